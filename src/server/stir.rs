//! Has the kernel tell of changes of branches, indexes and worktrees, and passes that on.
//!
//! One thread, which sleeps until something changes. Watched are the refs, what git keeps of each worktree, and the
//! folders of the worktrees that git looks at: not `.git`, not what is ignored. Where a worktree has too many
//! folders, the log says so, and of that agent only commits are told.

mod places;

use std::os::fd::OwnedFd;
use std::path::PathBuf;
use std::sync::mpsc::Sender;
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, poll};
use rustix::pipe::{PipeFlags, pipe_with};
use rustix::time::Timespec;

use self::places::Places;
use super::waker::Waker;
use crate::domain::id::AgentName;
use crate::engine::event::{Event, Stirred};

/// How messages are spread in time.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pace {
    /// How long what belongs to one change is gathered: a commit is some ten events.
    pub gather: Duration,
    /// How much time is between two messages at least, however much changes.
    pub between: Duration,
}

impl Default for Pace {
    fn default() -> Self {
        Self { gather: Duration::from_millis(100), between: Duration::from_secs(1) }
    }
}

/// One agent's worktree.
#[derive(Clone, Debug)]
pub(super) struct Yard {
    pub agent: AgentName,
    pub branch: String,
    pub worktree: PathBuf,
}

/// What is to be watched.
#[derive(Clone, Debug)]
pub(super) struct Ward {
    pub repository: PathBuf,
    pub target: String,
    pub yards: Vec<Yard>,
}

/// Starts to watch. It ends when what is returned is dropped; none where it cannot be.
pub(super) fn start(ward: Ward, pace: Pace, out: Sender<Event>, waker: Waker) -> Option<OwnedFd> {
    let (end, stop) = match pipe_with(PipeFlags::CLOEXEC) {
        Ok(pair) => pair,
        Err(e) => {
            tracing::warn!("changes of branches and worktrees are not noticed: {e}");
            return None;
        }
    };
    let tell = move |what: Stirred| {
        let _ = out.send(Event::Stirred(what));
        waker.wake();
    };
    let run = move || {
        if let Err(e) = watch(ward, pace, &end, &tell) {
            tracing::warn!("changes of branches and worktrees are not noticed any more: {e}");
        }
    };
    match std::thread::Builder::new().name("stir".into()).spawn(run) {
        Ok(_) => Some(stop),
        Err(e) => {
            tracing::error!("failed to start a thread: {e}");
            None
        }
    }
}

fn watch(ward: Ward, pace: Pace, end: &OwnedFd, tell: &dyn Fn(Stirred)) -> std::io::Result<()> {
    let mut places = Places::new(ward)?;
    let mut pending = Stirred::default();
    let (mut first, mut last) = (None::<Instant>, None::<Instant>);
    loop {
        // Worktrees are taken in one by one, so that refs and those before are heard meanwhile.
        let settled = !places.take_in_one();
        places.read(&mut pending);
        let open = pending.target || !pending.agents.is_empty();
        let due = open.then(|| {
            let first = *first.get_or_insert_with(Instant::now) + pace.gather;
            last.map_or(first, |last| first.max(last + pace.between))
        });
        if due.is_some_and(|due| due <= Instant::now()) {
            tell(std::mem::take(&mut pending));
            (first, last) = (None, Some(Instant::now()));
            continue;
        }
        let wait = match due {
            _ if !settled => Some(Duration::ZERO),
            Some(due) => Some(due.saturating_duration_since(Instant::now()) + Duration::from_millis(1)),
            None => None,
        };
        // While something waits to be told, more of it need not wake this thread.
        let interest = if due.is_some() { PollFlags::empty() } else { PollFlags::IN };
        let mut fds = [PollFd::new(end, PollFlags::IN), PollFd::from_borrowed_fd(places.fd(), interest)];
        let limit = wait.map(|d| Timespec {
            tv_sec: i64::try_from(d.as_secs()).unwrap_or(i64::MAX),
            tv_nsec: i64::from(d.subsec_nanos()),
        });
        match poll(&mut fds, limit.as_ref()) {
            Ok(_) | Err(rustix::io::Errno::INTR) => {}
            Err(e) => return Err(e.into()),
        }
        if fds.first().is_some_and(|f| !f.revents().is_empty()) {
            return Ok(());
        }
    }
}

#[cfg(test)]
#[path = "stir/tests.rs"]
mod tests;
