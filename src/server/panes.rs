//! The server's end of the panes: connections to holders, and their bytes into the engine.

use std::os::fd::BorrowedFd;

use rustix::event::{PollFd, PollFlags, poll};
use rustix::time::Timespec;

use super::run::Server;
use crate::domain::exit::Exit;
use crate::domain::id::AgentName;
use crate::domain::record::Record;
use crate::engine::event::{Ended, Event, Feeding, TtyInfo};
use crate::hold::{Connection, PaneEvent};
use crate::session::log::{Entry, Kind};
use crate::wire::pane::ToHolder;

/// Bytes taken from one pane before the next has its turn.
const SLICE: usize = 16 * 1024;
/// How long holders may take to go at the end of a session.
const RELEASE: std::time::Duration = std::time::Duration::from_secs(3);
/// From HUP to KILL, in milliseconds.
const GRACE_MS: u32 = 3000;

/// One pane's holder.
pub(super) struct Holder {
    pub name: AgentName,
    link: Option<Connection>,
    /// The end of the log at the greeting: what lies before was printed earlier.
    caught_up_at: u64,
    /// Whether [`Self::caught_up_at`] was reached.
    caught_up: bool,
    /// How the child had ended before the greeting.
    ended_before: Option<Exit>,
    stopping: bool,
    /// Nothing of it is left and it was told to go.
    leaving: bool,
    next_id: u64,
}

impl Holder {
    pub fn new(name: AgentName) -> Self {
        Self {
            name,
            link: None,
            caught_up_at: 0,
            caught_up: false,
            ended_before: None,
            stopping: false,
            leaving: false,
            next_id: 1,
        }
    }

    pub fn connected(&self) -> bool {
        self.link.is_some()
    }

    /// What to poll, and whether for writing too.
    pub fn fd(&self) -> Option<(BorrowedFd<'_>, bool)> {
        self.link.as_ref().map(|l| (l.fd(), l.wants_write()))
    }

    /// Sends bytes to the child. What does not fit in the queue is refused whole and said in the log.
    pub fn input(&mut self, bytes: &[u8]) {
        let Some(link) = &mut self.link else { return };
        for part in bytes.chunks(256 * 1024) {
            let id = self.next_id;
            self.next_id += 1;
            if !link.input(id, part) {
                tracing::warn!("{}: its input queue is full; {} bytes were refused", self.name, part.len());
                return;
            }
        }
    }

    pub fn resize(&mut self, rows: u16, cols: u16) {
        self.send(&ToHolder::Resize { rows, cols });
    }

    pub fn probe(&mut self) {
        let id = self.next_id;
        self.next_id += 1;
        self.send(&ToHolder::Probe { id });
    }

    pub fn stop(&mut self) {
        self.stopping = true;
        self.send(&ToHolder::Stop { grace_ms: GRACE_MS });
    }

    fn send(&mut self, message: &ToHolder) {
        if let Some(link) = &mut self.link {
            link.send(message);
        }
    }
}

impl Server {
    pub(super) fn with_holder(&mut self, agent: &AgentName, act: impl FnOnce(&mut Holder)) {
        if let Some(holder) = self.holders.iter_mut().find(|h| h.name == *agent) {
            act(holder);
        }
    }

    /// Connects to the holder of a pane whose program's output begins at `log`.
    ///
    /// # Errors
    /// When nobody of ours listens there.
    pub(super) fn connect(&mut self, agent: &AgentName, log: u64) -> Result<(), String> {
        let socket = self.holder_socket(agent)?;
        let link = Connection::connect(&socket, log).map_err(|e| e.to_string())?;
        let size = self.state.agent(agent).map(|a| a.pane.size);
        self.with_holder(agent, |h| {
            h.link = Some(link);
            // Clients may have asked for another size while nobody was there to hear of it.
            if let Some(size) = size {
                h.resize(size.rows, size.cols);
            }
            (h.caught_up, h.caught_up_at, h.ended_before) = (false, log, None);
            (h.stopping, h.leaving) = (false, false);
        });
        Ok(())
    }

    /// Lets all holders go and waits until they have, so that nothing of the session runs after it.
    pub(super) fn release_holders(&mut self) {
        for holder in &mut self.holders {
            holder.send(&ToHolder::Bye);
        }
        let until = std::time::Instant::now() + RELEASE;
        let mut left: Vec<Connection> = self.holders.iter_mut().filter_map(|h| h.link.take()).collect();
        while !left.is_empty() && std::time::Instant::now() < until {
            let mut fds: Vec<_> =
                left.iter().map(|l| PollFd::from_borrowed_fd(l.fd(), PollFlags::IN)).collect();
            let _ = poll(&mut fds, Some(&Timespec { tv_sec: 0, tv_nsec: 50_000_000 }));
            left.retain_mut(|link| {
                link.write_ready();
                let events = link.read_ready(SLICE);
                link.ack(link.offset());
                !events.iter().any(|e| matches!(e, PaneEvent::Closed(_)))
            });
        }
        for link in left {
            tracing::warn!("a holder has not ended in time: {:?}", link.fd());
        }
    }

    /// Takes in what panes printed: the focused one first, then the others, a slice each.
    pub(super) fn read_holders(&mut self) {
        let focused = self.focused_pane();
        let mut names: Vec<AgentName> =
            self.holders.iter().filter(|h| h.connected()).map(|h| h.name.clone()).collect();
        names.sort_by_key(|n| Some(n) != focused.as_ref());
        for name in names {
            self.read_holder(&name);
        }
    }

    fn read_holder(&mut self, name: &AgentName) {
        let Some(holder) = self.holders.iter_mut().find(|h| h.name == *name) else { return };
        let Some(link) = &mut holder.link else { return };
        link.write_ready();
        let events = link.read_ready(SLICE);
        if events.is_empty() {
            return;
        }
        for event in events {
            self.pane_event(name, event);
        }
        self.with_holder(name, |h| {
            if let Some(link) = &mut h.link {
                link.ack(link.offset());
            }
        });
        self.catch_up(name);
    }

    fn pane_event(&mut self, name: &AgentName, event: PaneEvent) {
        match event {
            PaneEvent::Hello(hello) => self.with_holder(name, |h| {
                h.caught_up_at = hello.end;
                h.ended_before = hello.exit;
            }),
            PaneEvent::Records(entries) => {
                for entry in entries {
                    self.pane_record(name, entry);
                }
            }
            PaneEvent::Exit(exit) => {
                let mut live = false;
                self.with_holder(name, |h| {
                    live = h.caught_up && !h.stopping;
                });
                if live {
                    self.pane_over(name, exit);
                }
            }
            PaneEvent::Probe(probe) => {
                let info = TtyInfo { foreground: probe.foreground, canonical: probe.icanon };
                self.happen(Event::Tty { agent: name.clone(), info });
            }
            PaneEvent::Stopped(exit) => {
                self.with_holder(name, |h| {
                    h.send(&ToHolder::Bye);
                    h.leaving = true;
                });
                if self.state.agent(name).is_some_and(|a| a.pane.pid.is_some()) {
                    let how = exit
                        .map_or(Ended::Lost("nothing of it is left".into()), |e| Ended::Exited(status(e)));
                    self.happen(Event::PaneEnded { agent: name.clone(), how });
                }
            }
            PaneEvent::InputStalled(report) => {
                tracing::warn!("{name} reads nothing: {} of {} bytes written", report.written, report.total);
            }
            PaneEvent::Trouble { lost, reason } if !reason.is_empty() => {
                let text = format!("{name}: its output cannot be recorded ({lost} bytes lost): {reason}");
                self.note(text);
            }
            PaneEvent::Trouble { .. } => self.note(format!("{name}: its output is recorded again")),
            PaneEvent::InputDone(_) => {}
            PaneEvent::Closed(why) => self.reconnect(name, &why),
        }
    }

    fn pane_record(&mut self, name: &AgentName, entry: Entry) {
        let mut live = false;
        self.with_holder(name, |h| live = h.caught_up || entry.end > h.caught_up_at);
        let mode = if live { Feeding::Live } else { Feeding::Recovering };
        match entry.record.kind {
            Kind::Output => {
                self.happen(Event::Output { agent: name.clone(), bytes: entry.record.payload, mode });
            }
            Kind::Resize if mode == Feeding::Recovering => {
                if let Some((rows, cols)) = entry.record.size() {
                    let record = Record::Resized { agent: name.clone(), rows, cols };
                    self.happen(Event::Recorded(record));
                }
            }
            _ => {}
        }
    }

    /// Once everything from before the greeting is in, a program that had ended by then is said to have.
    fn catch_up(&mut self, name: &AgentName) {
        let mut ended = None;
        let mut now_caught_up = false;
        self.with_holder(name, |h| {
            let at_end = h.link.as_ref().is_some_and(|l| l.offset() >= h.caught_up_at);
            if at_end && !h.caught_up && h.caught_up_at > 0 {
                h.caught_up = true;
                now_caught_up = true;
                ended = h.ended_before.take();
            }
        });
        if let Some(exit) = ended {
            self.pane_over(name, exit);
        } else if now_caught_up {
            self.happen(Event::Tick);
        }
    }

    /// A program ended by itself: whatever it left running is ended too.
    fn pane_over(&mut self, name: &AgentName, exit: Exit) {
        self.happen(Event::PaneEnded { agent: name.clone(), how: Ended::Exited(status(exit)) });
        self.with_holder(name, Holder::stop);
    }

    /// A connection broke: the holder may still be there.
    fn reconnect(&mut self, name: &AgentName, why: &str) {
        let (mut offset, mut stopping, mut leaving) = (0, false, false);
        self.with_holder(name, |h| {
            offset = h.link.take().map_or(0, |l| l.offset());
            (stopping, leaving) = (h.stopping, h.leaving);
        });
        if leaving {
            return;
        }
        let runs = self.state.agent(name).is_some_and(|a| a.pane.pid.is_some());
        if !runs {
            return;
        }
        match self.connect(name, offset) {
            Ok(()) if stopping => self.with_holder(name, Holder::stop),
            Ok(()) => {}
            Err(e) => {
                let how =
                    Ended::Lost(format!("its holder is gone ({why}; {e}); its work is in its worktree"));
                self.happen(Event::PaneEnded { agent: name.clone(), how });
            }
        }
    }

    fn note(&mut self, text: String) {
        let record = Record::Note { text };
        self.journal(&record);
        self.happen(Event::Recorded(record));
    }
}

/// An exit status as shells give it.
fn status(exit: Exit) -> i32 {
    match exit {
        Exit::Code(code) => code,
        Exit::Signal(signal) => 128 + signal,
    }
}
