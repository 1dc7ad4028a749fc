//! Finds text in what panes showed: on the screen or scrolled away, whatever colours and moves of the cursor made it.
//!
//! Every pane is played through the emulator once, panes side by side, and what changed is looked at after each of its
//! records. A line counts once when the text appears in it, and again when it was gone and comes back. A line that is
//! only drawn anew (a spinner, a counter, a status line that moves down) does not count again.

mod known;
mod plain;
mod query;
mod skim;
mod sweep;
#[cfg(test)]
mod tests;

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use super::{Error, Recording};
use crate::domain::id::AgentName;
use crate::session::log;

pub use query::{BadQuery, QUERY_MAX, Query};

/// Most characters of a line that are told with a hit.
pub const TEXT_MAX: usize = 400;

/// A place where the text was seen.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Hit {
    /// Whose pane.
    pub pane: AgentName,
    /// When it was first there, in microseconds of the session's clock.
    pub us: u64,
    /// The number of the last event by then; 0 before the first.
    pub seq: u64,
    /// The row it begins in, from the top of the screen; below 0 it had scrolled away already.
    pub row: i32,
    /// The column it begins in, from 0.
    pub col: u16,
    /// The line, without control characters; of a long one the part around the hit.
    pub text: String,
    /// What was found in it.
    pub found: String,
}

/// How a search stands; shared with whoever watches it.
#[derive(Debug, Default)]
pub struct Progress {
    /// Set it to end the search.
    pub cancelled: AtomicBool,
    /// Bytes of logs looked at.
    pub done: AtomicU64,
}

/// What came of a search.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Found {
    /// The hits by time, then in the order of panes.
    pub hits: Vec<Hit>,
    /// Whether there are more than were asked for.
    pub more: bool,
    /// Whether it was ended before its end.
    pub cancelled: bool,
    /// Bytes of logs looked at.
    pub bytes: u64,
}

/// What is to be searched: all that a thread of its own needs.
#[derive(Clone, Debug)]
pub struct Search {
    panes: Vec<(AgentName, PathBuf)>,
    /// Moment and number of each event.
    events: Vec<(u64, u64)>,
    most: usize,
}

impl Search {
    /// A search of a recording, of one pane alone where `only` says so, for at most `most` hits.
    ///
    /// # Errors
    /// [`Error::Missing`] when there is no such pane.
    pub fn of(recording: &Recording, only: Option<&AgentName>, most: usize) -> Result<Self, Error> {
        let panes = match only {
            Some(name) => vec![recording.pane(name)?],
            None => recording.panes(),
        };
        let panes = panes.into_iter().map(|n| (n.clone(), recording.dir().pane(&n))).collect();
        let events = recording.lines().iter().map(|l| (l.time.mono, l.seq)).collect();
        Ok(Self { panes, events, most })
    }

    /// Bytes of logs there are.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.panes.iter().map(|(_, dir)| log::end(dir)).sum()
    }

    /// Searches. Hits are also given to `each` as they are found: those of one pane in their order, those of different
    /// panes side by side.
    ///
    /// # Errors
    /// When a log cannot be read.
    pub fn run(
        &self,
        query: &Query,
        progress: &Progress,
        each: &(dyn Fn(&Hit) + Sync),
    ) -> Result<Found, Error> {
        let next = AtomicUsize::new(0);
        let all: Mutex<(Vec<(usize, Hit)>, bool)> = Mutex::default();
        let failed: Mutex<Option<Error>> = Mutex::default();
        let work = || {
            while let Some((place, (pane, dir))) = {
                let place = next.fetch_add(1, Ordering::Relaxed);
                self.panes.get(place).map(|p| (place, p))
            } {
                let mut hits = Vec::new();
                let done = sweep::pane(dir, query, progress, sweep::Way::Skim, &mut |mut hit| {
                    if hits.len() >= self.most {
                        return false;
                    }
                    hit.pane.clone_from(pane);
                    hit.seq = self.seq(hit.us);
                    each(&hit);
                    hits.push((place, hit));
                    true
                });
                let mut all = all.lock().unwrap_or_else(PoisonError::into_inner);
                all.0.append(&mut hits);
                match done {
                    Ok(whole) => all.1 |= !whole,
                    Err(source) => {
                        let error = Error::Log { path: dir.clone(), source };
                        failed.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(error);
                    }
                }
            }
        };
        let threads = std::thread::available_parallelism().map_or(1, usize::from).min(self.panes.len());
        std::thread::scope(|scope| {
            for _ in 1..threads {
                scope.spawn(work);
            }
            work();
        });
        if let Some(error) = failed.into_inner().unwrap_or_else(PoisonError::into_inner) {
            return Err(error);
        }
        let (mut hits, mut more) = all.into_inner().unwrap_or_else(PoisonError::into_inner);
        hits.sort_by_key(|(place, hit)| (hit.us, *place));
        let cancelled = progress.cancelled.load(Ordering::Relaxed);
        more = (more && !cancelled) || hits.len() > self.most;
        hits.truncate(self.most);
        let hits = hits.into_iter().map(|(_, hit)| hit).collect();
        Ok(Found { hits, more, cancelled, bytes: progress.done.load(Ordering::Relaxed) })
    }

    fn seq(&self, us: u64) -> u64 {
        let after = self.events.partition_point(|(at, _)| *at <= us);
        after.checked_sub(1).and_then(|i| self.events.get(i)).map_or(0, |(_, seq)| *seq)
    }
}

impl Found {
    /// The first hit after a moment, of one pane where `pane` says so.
    #[must_use]
    pub fn after(&self, us: u64, pane: Option<&AgentName>) -> Option<&Hit> {
        self.hits.iter().find(|h| h.us > us && pane.is_none_or(|p| *p == h.pane))
    }

    /// The last hit before a moment, of one pane where `pane` says so.
    #[must_use]
    pub fn before(&self, us: u64, pane: Option<&AgentName>) -> Option<&Hit> {
        self.hits.iter().rfind(|h| h.us < us && pane.is_none_or(|p| *p == h.pane))
    }
}
