//! The processes below a holder: found, signalled, reaped.
//!
//! A holder is the reaper of all its descendants, so whatever a child does (`setsid`, a double fork), it
//! stays below the holder and can be found.

use std::collections::HashMap;
use std::fs;
use std::time::{Duration, Instant};

use rustix::process::{
    Pid, PidfdFlags, Signal, WaitOptions, getpid, kill_process, pidfd_open, pidfd_send_signal, wait,
};

use crate::domain::exit::Exit;

/// How often a stop looks whether something is left.
const LOOK: Duration = Duration::from_millis(25);

/// A process, as it was when it was looked at.
#[derive(Debug, Clone, Copy)]
pub struct Proc {
    pid: i32,
    /// Its parent: the next process above it that reaps.
    pub parent: i32,
    group: i32,
    session: i32,
    /// When it started, in ticks; tells it from a later process with the same id.
    pub started: u64,
}

/// Takes the status of every child that ended.
pub(crate) fn reap() -> Vec<(Pid, Exit)> {
    let mut ended = Vec::new();
    while let Ok(Some((pid, status))) = wait(WaitOptions::NOHANG) {
        let code = status.exit_status().map(Exit::Code);
        let signal = status.terminating_signal().map(Exit::Signal);
        ended.extend(code.or(signal).map(|exit| (pid, exit)));
    }
    ended
}

/// Ends everything below this process: HUP, after a third of the grace TERM, after all of it KILL.
#[derive(Debug)]
pub(crate) struct Stop {
    begun: Instant,
    grace: Duration,
    stage: Stage,
    next: Instant,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Stage {
    Begun,
    Hup,
    Term,
    Kill,
}

impl Stop {
    /// To begin at once.
    pub(crate) fn new(grace: Duration, now: Instant) -> Self {
        Self { begun: now, grace, stage: Stage::Begun, next: now }
    }

    /// Makes the rest last no longer than `grace` from now.
    pub(crate) fn hurry(&mut self, grace: Duration, now: Instant) {
        let left = (self.begun + self.grace).saturating_duration_since(now);
        if grace < left {
            self.begun = now;
            self.grace = grace;
            self.next = now;
        }
    }

    /// When to call [`Self::step`] again.
    pub(crate) fn deadline(&self) -> Instant {
        self.next
    }

    /// Does what is due. `true` once nothing is left below this process.
    pub(crate) fn step(&mut self, now: Instant, child: Pid, foreground: Option<Pid>) -> bool {
        if now < self.next {
            return false;
        }
        let kin = descendants();
        if kin.is_empty() {
            return true;
        }
        let since = now.saturating_duration_since(self.begun);
        let due = match since {
            since if since >= self.grace => Stage::Kill,
            since if since >= self.grace / 3 => Stage::Term,
            _ => Stage::Hup,
        };
        match due {
            Stage::Kill => signal(&kin, Signal::KILL, |_| true),
            _ if due <= self.stage => {}
            Stage::Term => {
                signal(&kin, Signal::TERM, |_| true);
                signal(&kin, Signal::CONT, |_| true);
            }
            _ => {
                let child = child.as_raw_nonzero().get();
                let foreground = foreground.map_or(child, |pid| pid.as_raw_nonzero().get());
                let ours = |p: &Proc| p.session == child || p.group == child || p.group == foreground;
                signal(&kin, Signal::HUP, ours);
                signal(&kin, Signal::CONT, ours);
            }
        }
        self.stage = self.stage.max(due);
        self.next = now + LOOK;
        false
    }
}

/// Whether any process is left below this one.
pub(crate) fn any_left() -> bool {
    !descendants().is_empty()
}

fn signal(kin: &[Proc], sig: Signal, which: impl Fn(&Proc) -> bool) {
    for process in kin.iter().filter(|p| which(p)) {
        let Some(pid) = Pid::from_raw(process.pid) else { continue };
        match pidfd_open(pid, PidfdFlags::empty()) {
            // Between the look and now its id may have become another's: the handle is of one process, whose
            // start is compared again.
            Ok(handle) => {
                if look(process.pid).is_some_and(|p| p.started == process.started) {
                    let _ = pidfd_send_signal(handle, sig);
                }
            }
            Err(rustix::io::Errno::NOSYS) => {
                let _ = kill_process(pid, sig);
            }
            Err(_) => {}
        }
    }
}

fn descendants() -> Vec<Proc> {
    let mut children: HashMap<i32, Vec<Proc>> = HashMap::new();
    let Ok(entries) = fs::read_dir("/proc") else { return Vec::new() };
    for entry in entries.flatten() {
        let pid = entry.file_name().to_str().and_then(|n| n.parse().ok());
        if let Some(process) = pid.and_then(look) {
            children.entry(process.parent).or_default().push(process);
        }
    }
    let mut found = Vec::new();
    let mut above = vec![getpid().as_raw_nonzero().get()];
    while let Some(pid) = above.pop() {
        for process in children.remove(&pid).unwrap_or_default() {
            above.push(process.pid);
            found.push(process);
        }
    }
    found
}

/// The process with that id; none when there is none, or it is not shown to us.
#[must_use]
pub fn look(pid: i32) -> Option<Proc> {
    let bytes = fs::read(format!("/proc/{pid}/stat")).ok()?;
    // The name before it may hold anything, also spaces and brackets.
    let after = bytes.iter().rposition(|b| *b == b')')?;
    let text = std::str::from_utf8(bytes.get(after + 1..)?).ok()?;
    let fields: Vec<&str> = text.split_ascii_whitespace().collect();
    let number = |i: usize| fields.get(i)?.parse::<i32>().ok();
    let started = fields.get(19)?.parse().ok()?;
    Some(Proc { pid, parent: number(1)?, group: number(2)?, session: number(3)?, started })
}
