//! The holder's state and its one loop.

mod masking;
mod output;
mod talk;

use std::io::Read;
use std::os::unix::net::{UnixListener, UnixStream};
use std::sync::Arc;
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::process::{Pid, getpid, set_child_subreaper};
use signal_hook::consts::{SIGCHLD, SIGHUP, SIGINT, SIGTERM};

use crate::domain::exit::Exit;
use crate::domain::mask::{Mask, Masker};
use crate::session::clock::Clock;
use crate::session::log::{HEADER, Kind, Writer, size_text};
use crate::wire::pane::FromHolder;
use crate::wire::sock;

use super::conn::Conn;
use super::input::Outbox;
use super::kin::{self, Stop};
use super::launch::Started;
use super::pty::Pty;
use super::{Error, Spec};

/// The most one turn reads from the terminal, and so the longest record.
const READ: usize = 64 * 1024;
/// After the child's end: output is complete when nothing came for this long …
const QUIET: Duration = Duration::from_millis(100);
/// … or, whatever still writes, after this.
const DRAIN: Duration = Duration::from_secs(2);
/// A terminal nobody has open is looked at again after this, as long as the child lives.
const REOPEN: Duration = Duration::from_secs(1);
/// A log that cannot be written is tried again after this.
const RETRY: Duration = Duration::from_secs(1);
/// How long an ended pane is kept for a server that never comes.
const KEEP: Duration = Duration::from_secs(24 * 3600);
/// How often an ended pane looks whether its record still exists.
const LOOK: Duration = Duration::from_secs(60);
/// The grace when nobody says one: the holder itself is asked to end.
const GRACE: Duration = Duration::from_secs(5);

/// A pane, held.
#[derive(Debug)]
pub(super) struct Holder {
    spec: Spec,
    clock: Clock,
    log: Writer,
    pty: Option<Pty>,
    child: Pid,
    outbox: Outbox,
    listener: UnixListener,
    /// Connected, not yet greeted.
    caller: Option<Conn>,
    server: Option<Conn>,
    ended: UnixStream,
    asked: UnixStream,
    /// The child's status, once reaped, and until when its output is awaited.
    exit: Option<(Exit, Instant)>,
    quiet_at: Instant,
    /// Since when the status is in the log.
    recorded: Option<Instant>,
    stop: Option<Stop>,
    /// End as soon as the pane is over: nobody will come.
    leave: bool,
    /// When the terminal is worth reading again.
    read_at: Option<Instant>,
    trouble: Option<Trouble>,
    /// The segment of the log whose beginning was the last occasion to look at the quota.
    kept: u32,
    look_at: Instant,
    buffer: Vec<u8>,
    masker: Masker,
    /// Until when output is held back that may be the beginning of a secret.
    hold_until: Option<Instant>,
}

#[derive(Debug)]
struct Trouble {
    lost: u64,
    reason: String,
    retry: Instant,
}

impl Holder {
    /// Checks the spec, takes log and socket, and starts the child.
    pub(super) fn start(spec: Spec) -> Result<Self, Error> {
        let failed = |what: &str, e: &dyn std::fmt::Display| Error::System {
            pane: spec.pane.clone(),
            what: what.to_owned(),
            reason: e.to_string(),
        };
        let program = spec.check()?;
        let listener = sock::bind(&spec.socket).map_err(|e| failed("take its socket", &e))?;
        listener.set_nonblocking(true).map_err(|e| failed("take its socket", &e))?;
        let log = Writer::open(&spec.log_dir, spec.segment_bytes);
        let log = log.map_err(|e| failed(&format!("begin its log in {}", spec.log_dir.display()), &e))?;
        let ended = on_signals(&[SIGCHLD]).map_err(|e| failed("watch for signals", &e))?;
        let asked = on_signals(&[SIGTERM, SIGINT]).map_err(|e| failed("watch for signals", &e))?;
        // A holder has no terminal to lose; a stray HUP is not for it.
        on_signals(&[SIGHUP]).map_err(|e| failed("watch for signals", &e))?;
        set_child_subreaper(Some(getpid())).map_err(|e| failed("become the reaper of its processes", &e))?;
        let (pty, child) = Pty::start(&spec, &program).inspect_err(|_| {
            let _ = std::fs::remove_file(&spec.socket);
        })?;
        let now = Instant::now();
        let mut holder = Self {
            clock: Clock::new(spec.origin),
            log,
            pty: Some(pty),
            child,
            outbox: Outbox::default(),
            listener,
            caller: None,
            server: None,
            ended,
            asked,
            exit: None,
            quiet_at: now,
            recorded: None,
            stop: None,
            leave: false,
            read_at: None,
            trouble: None,
            kept: 0,
            look_at: now,
            buffer: vec![0; HEADER + READ],
            masker: Masker::new(Arc::new(Mask::new(&spec.secrets))),
            hold_until: None,
            spec,
        };
        let (rows, cols) = holder.spec.size();
        holder.record(Kind::Resize, size_text(rows, cols).as_bytes(), now);
        Ok(holder)
    }

    /// Who runs now.
    pub(super) fn started(&self) -> Started {
        Started { holder: raw(getpid()), child: raw(self.child) }
    }

    /// Holds the pane until it is over and no longer needed.
    pub(super) fn run(&mut self) {
        loop {
            let now = Instant::now();
            self.work(now);
            if self.is_over(now) {
                self.let_go(now);
                break;
            }
            self.turn(now);
        }
        let _ = self.log.sync();
        let _ = std::fs::remove_file(&self.spec.socket);
        if !self.spec.recorded {
            let _ = std::fs::remove_dir_all(&self.spec.log_dir);
        }
    }

    /// Waits for events and meets them.
    fn turn(&mut self, now: Instant) {
        let end = self.log.end();
        let reading = self.reading(now);
        let writing = self.outbox.wants_write(now);
        let timeout = self.deadline(now).map(|at| timespec(at.saturating_duration_since(now)));
        let mut fds = vec![
            PollFd::new(&self.ended, PollFlags::IN),
            PollFd::new(&self.asked, PollFlags::IN),
            PollFd::new(&self.listener, PollFlags::IN),
        ];
        let caller = self.caller.as_ref().map(|c| {
            let at = fds.len();
            fds.push(PollFd::new(c.stream(), PollFlags::IN));
            at
        });
        let server = self.server.as_ref().map(|c| {
            let at = fds.len();
            let flags = if c.wants_write(end) { PollFlags::IN | PollFlags::OUT } else { PollFlags::IN };
            fds.push(PollFd::new(c.stream(), flags));
            at
        });
        let mut flags = PollFlags::empty();
        flags.set(PollFlags::IN, reading);
        flags.set(PollFlags::OUT, writing);
        let pty = self.pty.as_ref().filter(|_| !flags.is_empty()).map(|p| {
            let at = fds.len();
            fds.push(PollFd::new(p.file(), flags));
            at
        });
        if poll(&mut fds, timeout.as_ref()).is_err() {
            return;
        }
        let events: Vec<PollFlags> = fds.iter().map(PollFd::revents).collect();
        drop(fds);
        let of = |at: Option<usize>| at.and_then(|at| events.get(at)).copied().unwrap_or(PollFlags::empty());
        let now = Instant::now();
        if !of(Some(0)).is_empty() {
            empty(&self.ended);
            self.reap(now);
        }
        if !of(Some(1)).is_empty() {
            empty(&self.asked);
            self.leave = true;
            self.begin_stop(GRACE, now);
        }
        if !of(server).is_empty() {
            self.hear_server(now);
        }
        if !of(caller).is_empty() {
            self.hear_caller(now);
        }
        if !of(Some(2)).is_empty() {
            self.accept(now);
        }
        let pty = of(pty);
        if pty.contains(PollFlags::OUT) {
            self.write_input(now);
        }
        if reading && pty.intersects(PollFlags::IN | PollFlags::HUP | PollFlags::ERR) {
            self.read_pty(now);
        }
    }

    /// Does what is due without an event.
    fn work(&mut self, now: Instant) {
        let foreground = self.stop.as_ref().and(self.pty.as_ref()).and_then(Pty::foreground);
        if self.stop.as_mut().is_some_and(|stop| stop.step(now, self.child, foreground)) {
            self.stop = None;
            self.reap(now);
            let exit = self.exit.map(|(exit, _)| exit);
            self.tell(&FromHolder::Stopped { exit });
        }
        let writable = self.mend(now);
        self.expire(now);
        if let Some((exit, until)) = self.exit {
            let complete = self.pty.is_none() || now >= self.quiet_at || now >= until;
            let first = self.recorded.is_none() && self.stop.is_none();
            if first && complete && writable {
                self.let_go(now);
            }
            if first && complete && writable && self.record(Kind::Exit, exit.to_string().as_bytes(), now) {
                self.recorded = Some(now);
                self.look_at = now + LOOK;
            }
        }
        if let Some(report) = self.outbox.stalled(now) {
            self.tell(&report);
        }
        if self.caller.as_ref().is_some_and(|c| now >= c.greeting_deadline()) {
            self.caller = None;
        }
        if self.server.as_mut().is_some_and(|server| server.pump(&mut self.log).is_err()) {
            self.server = None;
        }
    }

    /// Whether the holder is needed no more.
    fn is_over(&mut self, now: Instant) -> bool {
        let Some(since) = self.recorded else { return false };
        if self.stop.is_some() {
            return false;
        }
        if self.leave {
            // Nothing of a pane outlives it.
            if kin::any_left() {
                self.begin_stop(Duration::from_secs(1), now);
                return false;
            }
            return true;
        }
        if now < self.look_at {
            return false;
        }
        self.look_at = now + LOOK;
        let idle = self.server.is_none() && now >= since + KEEP;
        self.leave = idle || !self.spec.log_dir.is_dir();
        self.leave && !kin::any_left()
    }

    /// Whether to read the terminal now: not while a server holds the child back.
    fn reading(&mut self, now: Instant) -> bool {
        self.read_at = self.read_at.filter(|at| now < *at);
        if self.pty.is_none() || self.read_at.is_some() {
            return false;
        }
        let end = self.log.end();
        let held = self.server.as_mut().is_some_and(|s| s.holds_back_until(end, now).is_some());
        self.exit.is_some() || self.stop.is_some() || !held
    }

    /// The next moment at which something is due.
    fn deadline(&mut self, now: Instant) -> Option<Instant> {
        let end = self.log.end();
        let retry = self.trouble.as_ref().map(|t| t.retry);
        let exit = self.exit.filter(|_| self.recorded.is_none() && self.stop.is_none());
        // A record that could not be written is due again at the retry, not at once.
        let complete = exit.map(|(_, until)| retry.unwrap_or(until.min(self.quiet_at)));
        [
            self.outbox.deadline(now),
            self.read_at.filter(|_| self.pty.is_some()),
            self.hold_until,
            self.caller.as_ref().map(Conn::greeting_deadline),
            self.server.as_mut().and_then(|s| s.holds_back_until(end, now)),
            self.stop.as_ref().map(Stop::deadline),
            complete,
            retry,
            self.recorded.map(|_| self.look_at),
        ]
        .into_iter()
        .flatten()
        .min()
    }

    fn reap(&mut self, now: Instant) {
        for (pid, exit) in kin::reap() {
            if pid == self.child && self.exit.is_none() {
                self.exit = Some((exit, now + DRAIN));
                self.quiet_at = now + QUIET;
                self.read_at = None;
                for report in self.outbox.drop_all() {
                    self.tell(&report);
                }
            }
        }
    }

    fn begin_stop(&mut self, grace: Duration, now: Instant) {
        match &mut self.stop {
            Some(stop) => stop.hurry(grace, now),
            None => self.stop = Some(Stop::new(grace, now)),
        }
    }

    fn write_input(&mut self, now: Instant) {
        let reports = match &self.pty {
            Some(pty) if self.exit.is_none() => self.outbox.write(pty.file(), now),
            _ => self.outbox.drop_all(),
        };
        for report in reports {
            self.tell(&report);
        }
    }
}

fn on_signals(signals: &[i32]) -> std::io::Result<UnixStream> {
    let (heard, said) = UnixStream::pair()?;
    heard.set_nonblocking(true)?;
    for signal in signals {
        signal_hook::low_level::pipe::register(*signal, said.try_clone()?)?;
    }
    Ok(heard)
}

fn empty(mut stream: &UnixStream) {
    let mut buffer = [0; 256];
    while matches!(stream.read(&mut buffer), Ok(n) if n > 0) {}
}

fn raw(pid: Pid) -> i32 {
    pid.as_raw_nonzero().get()
}

fn timespec(duration: Duration) -> Timespec {
    Timespec { tv_sec: duration.as_secs().cast_signed(), tv_nsec: i64::from(duration.subsec_nanos()) }
}
