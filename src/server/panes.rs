//! The server's end of the panes: connections to holders, and their bytes into the engine.

use rustix::event::{PollFd, PollFlags, poll};
use rustix::time::Timespec;

use super::flow::SLICE;
use super::holder::{Holder, Past};
use super::run::Server;
use crate::domain::exit::Exit;
use crate::domain::id::AgentName;
use crate::domain::record::Record;
use crate::engine::event::{Ended, Event, Feeding, Intake, TtyInfo};
use crate::hold::{self, Connection, PaneEvent};
use crate::session::log::{Entry, Kind};
use crate::wire::pane::ToHolder;

/// How long holders may take to go at the end of a session.
const RELEASE: std::time::Duration = std::time::Duration::from_secs(3);
/// Connections to one holder in a row that may break without a record; then it counts as gone.
const BREAKS: u32 = 5;

impl Server {
    pub(super) fn with_holder(&mut self, agent: &AgentName, act: impl FnOnce(&mut Holder)) {
        if let Some(holder) = self.holders.iter_mut().find(|h| h.name == *agent) {
            act(holder);
        }
    }

    /// Sends bytes to a pane; `false`, and a line for everybody, when they were refused.
    pub(super) fn give_input(&mut self, agent: &AgentName, bytes: &[u8]) -> bool {
        let mut taken = false;
        self.with_holder(agent, |h| taken = h.input(bytes));
        if !taken {
            let lost = bytes.len();
            self.stuck(agent, format!("{agent}: its input queue is full; {lost} bytes were refused"));
        }
        taken
    }

    /// Tells the engine what became of a pane's input, if it waits to hear of it.
    fn tell_intake(&mut self, agent: &AgentName, stuck: bool) {
        let waits = self.state.agent(agent).is_some_and(|a| a.pane.intake != Intake::Taken);
        let unread = self.holders.iter().find(|h| h.name == *agent).map_or(0, Holder::unread);
        let how = match u64::try_from(unread).unwrap_or(u64::MAX) {
            0 => Intake::Taken,
            waiting if stuck => Intake::Stuck { waiting },
            _ => return,
        };
        if waits {
            self.happen(Event::Input { agent: agent.clone(), how });
        }
    }

    /// Says once that a pane's input is stuck.
    fn stuck(&mut self, agent: &AgentName, text: String) {
        let mut said = true;
        self.with_holder(agent, |h| said = std::mem::replace(&mut h.stuck, true));
        tracing::warn!("{text}");
        if !said {
            self.note(text);
        }
    }

    /// Connects to the holder of a pane whose program's output begins at `log`.
    ///
    /// # Errors
    /// When nobody of ours listens there.
    pub(super) fn connect(&mut self, agent: &AgentName, log: u64, past: Past) -> Result<(), String> {
        self.link_up(agent, log)?;
        self.with_holder(agent, |h| {
            (h.past, h.exit, h.breaks) = (past, None, 0);
            (h.pending, h.rests_until) = (super::pending::Pending::default(), None);
            (h.stopping, h.leaving, h.stuck) = (false, false, false);
        });
        Ok(())
    }

    fn link_up(&mut self, agent: &AgentName, offset: u64) -> Result<(), String> {
        let socket = self.holder_socket(agent)?;
        let link = Connection::connect(&socket, offset).map_err(|e| e.to_string())?;
        let size = self.state.agent(agent).map(|a| a.pane.size);
        self.with_holder(agent, |h| {
            h.roots.know(link.peer().pid);
            h.link = Some(link);
            h.greeted_at = None;
            h.forget_input();
            // Clients may have asked for another size while nobody was there to hear of it.
            if let Some(size) = size {
                h.resize(size.rows, size.cols);
            }
        });
        Ok(())
    }

    /// Ends programs that are being started when the session ends, before they are anybody's.
    pub(super) fn end_starting(&mut self) {
        let until = std::time::Instant::now() + hold::START_LIMIT;
        while self.spawning > 0 && std::time::Instant::now() < until {
            let mut fds = [PollFd::new(&self.sleeper, PollFlags::IN)];
            let _ = poll(&mut fds, Some(&Timespec { tv_sec: 0, tv_nsec: 50_000_000 }));
            self.sleeper.drain();
            while let Some(event) = self.workers.result() {
                match event {
                    Event::PaneUp { agent, log, .. } => {
                        self.spawning = self.spawning.saturating_sub(1);
                        if self.connect(&agent, log, Past::Seen).is_ok() {
                            self.with_holder(&agent, Holder::stop);
                        }
                    }
                    Event::PaneEnded { .. } => self.spawning = self.spawning.saturating_sub(1),
                    _ => {}
                }
            }
        }
    }

    /// Lets all holders go and waits until they have, so that nothing of the session runs after it.
    pub(super) fn release_holders(&mut self) {
        for holder in self.holders.iter_mut().filter(|h| !h.stopping || h.leaving) {
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
                if events.iter().any(|e| matches!(e, PaneEvent::Stopped(_))) {
                    link.send(&ToHolder::Bye);
                }
                !events.iter().any(|e| matches!(e, PaneEvent::Closed(_)))
            });
        }
        for link in left {
            tracing::warn!("a holder has not ended in time: {:?}", link.fd());
        }
    }

    pub(super) fn pane_event(&mut self, name: &AgentName, event: PaneEvent) {
        match event {
            PaneEvent::Hello(hello) => {
                self.show_all(name);
                // It says so anew if it still is in trouble.
                self.pane_trouble(name, 0, String::new());
                self.with_holder(name, |h| {
                    h.greeted_at = Some(hello.end);
                    h.exit = hello.exit.or(h.exit);
                });
            }
            PaneEvent::Records(entries) => {
                for entry in entries {
                    self.pane_record(name, entry);
                }
            }
            // Said in `catch_up`, after everything printed before it.
            PaneEvent::Exit(exit) => self.with_holder(name, |h| h.exit = Some(exit)),
            PaneEvent::Probe(probe) => {
                let info = TtyInfo { foreground: probe.foreground, canonical: probe.icanon };
                self.happen(Event::Tty { agent: name.clone(), info });
            }
            PaneEvent::Stopped(exit) => {
                self.show_all(name);
                self.pane_trouble(name, 0, String::new());
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
                let (written, total) = (report.written, report.total);
                self.stuck(name, format!("{name} reads no input: {written} of {total} bytes are written"));
                self.tell_intake(name, true);
            }
            PaneEvent::Trouble { lost, reason } => self.pane_trouble(name, lost, reason),
            PaneEvent::Unlogged(bytes) => {
                self.show_all(name);
                self.happen(Event::Output { agent: name.clone(), bytes, mode: Feeding::Live });
            }
            PaneEvent::InputDone(report) if report.written < report.total => {
                let (lost, total) = (report.total - report.written, report.total);
                self.stuck(name, format!("{name}: {lost} of {total} bytes of input were dropped"));
                self.with_holder(name, |h| h.input_over(report.id));
                self.tell_intake(name, false);
                self.tell_paste(name);
            }
            PaneEvent::InputDone(report) => {
                self.with_holder(name, |h| {
                    h.stuck = false;
                    h.input_over(report.id);
                });
                self.tell_intake(name, false);
                self.tell_paste(name);
            }
            PaneEvent::Closed(why) => {
                self.show_all(name);
                self.reconnect(name, &why);
            }
        }
    }

    fn pane_record(&mut self, name: &AgentName, entry: Entry) {
        let mut live = false;
        self.with_holder(name, |h| {
            live = h.past == Past::Unseen || h.greeted_at.is_some_and(|end| entry.end > end);
            h.breaks = 0;
        });
        let mode = if live { Feeding::Live } else { Feeding::Recovering };
        if entry.record.kind == Kind::Output {
            self.usage.stirred(name);
            return self.output(name, &entry, mode);
        }
        self.show_all(name);
        if live {
            self.took_in(name, entry.end);
        }
        match entry.record.kind {
            Kind::Resize => {
                if let Some((rows, cols)) = entry.record.size() {
                    self.with_holder(name, |h| h.frames.sized(&entry));
                    self.happen(Event::Sized { agent: name.clone(), rows, cols });
                }
            }
            // A segment was closed.
            Kind::Begin if live => self.keeper.look(),
            _ => {}
        }
    }

    /// Once everything from before the greeting is in, a program that has ended is said to have. One that
    /// is being stopped has, once nothing of its pane is left.
    pub(super) fn catch_up(&mut self, name: &AgentName) {
        let mut ended = None;
        let mut now_caught_up = false;
        let mut up_to = None;
        self.with_holder(name, |h| {
            let (Some(link), Some(end)) = (&h.link, h.greeted_at) else { return };
            if link.offset() < end || !h.pending.is_empty() {
                return;
            }
            now_caught_up = std::mem::replace(&mut h.past, Past::Unseen) == Past::Seen;
            up_to = now_caught_up.then_some(link.offset());
            ended = if h.stopping { None } else { h.exit.take() };
        });
        if let Some(offset) = up_to {
            // What was printed while no server was there is on the screen now.
            self.took_in(name, offset);
        }
        if let Some(exit) = ended {
            self.pane_over(name, exit);
        } else if now_caught_up {
            self.happen(Event::CaughtUp { agent: name.clone() });
        }
    }

    /// A program ended by itself: whatever it left running is ended too.
    fn pane_over(&mut self, name: &AgentName, exit: Exit) {
        self.happen(Event::PaneEnded { agent: name.clone(), how: Ended::Exited(status(exit)) });
        self.with_holder(name, Holder::stop);
    }

    /// A connection broke: the holder may still be there.
    fn reconnect(&mut self, name: &AgentName, why: &str) {
        let (mut offset, mut stopping, mut leaving, mut breaks, mut exit) = (0, false, false, 0, None);
        self.with_holder(name, |h| {
            offset = h.link.take().map_or(0, |l| l.offset());
            h.breaks += 1;
            (stopping, leaving, breaks, exit) = (h.stopping, h.leaving, h.breaks, h.exit);
        });
        if leaving {
            return;
        }
        let runs = self.state.agent(name).is_some_and(|a| a.pane.pid.is_some());
        if !runs {
            return;
        }
        let again = if breaks > BREAKS {
            Err(format!("it broke the connection {breaks} times"))
        } else {
            self.link_up(name, offset)
        };
        match again {
            Ok(()) if stopping => self.with_holder(name, Holder::stop),
            Ok(()) => self.tell_intake(name, false),
            Err(e) => {
                let lost =
                    Ended::Lost(format!("its holder is gone ({why}; {e}); its work is in its worktree"));
                let how = exit.map_or(lost, |e| Ended::Exited(status(e)));
                self.happen(Event::PaneEnded { agent: name.clone(), how });
            }
        }
    }

    pub(super) fn note(&mut self, text: String) {
        self.record(Record::Note { text });
    }
}

/// An exit status as shells give it.
fn status(exit: Exit) -> i32 {
    match exit {
        Exit::Code(code) => code,
        Exit::Signal(signal) => 128 + signal,
    }
}
