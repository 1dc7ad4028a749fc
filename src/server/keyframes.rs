//! Keyframes of the panes' logs, made as their output is taken in.
//!
//! They are what a replay seeks by and nothing else: where one cannot be written the session goes on without it, and a
//! reader makes it anew from the log.

use std::path::Path;

use super::pending::Done;
use super::run::Server;
use crate::domain::id::AgentName;
use crate::session::log::keyframe::{Anchor, Keeper, Pace, Wanted, pack};
use crate::session::log::{Entry, HEADER};

/// Rows of history kept at a change of size: those before it cannot be had again from later keyframes.
const SIZED: usize = 40;

/// Bytes of output after which a keyframe has all history there is: a server that takes over reads no more of a log.
const WHOLE: usize = 8 << 20;

/// The keyframes of one pane.
#[derive(Debug, Default)]
pub(super) struct Frames {
    keeper: Option<Keeper>,
    pace: Pace,
    /// Bytes of output since the last one with all history.
    since_whole: usize,
    /// A change of size after which nothing was printed yet.
    sized: Option<Anchor>,
    /// That they cannot be written was said.
    said: bool,
}

/// A keyframe that is due once its record was taken in.
pub(super) struct Due {
    anchor: Anchor,
    wanted: Wanted,
}

impl Frames {
    /// The screen changes its size. A keyframe that lacks history is no good beyond that place, so one follows it.
    pub fn sized(&mut self, entry: &Entry) {
        self.sized = Some(Anchor::of(entry));
    }

    fn keep(&mut self, dir: &Path, anchor: &Anchor, screen: &[u8], rows: usize) {
        let Some(packed) = pack(anchor, screen) else { return };
        self.pace.kept(anchor.us, packed.len(), rows);
        if self.keeper.is_none() {
            self.keeper = Keeper::open(dir).ok();
        }
        let done = self.keeper.as_mut().map(|k| k.add(anchor, &packed));
        if let Some(Err(e)) = done {
            // Looked at afresh next time: a torn end is then passed over.
            self.keeper = None;
            if !std::mem::replace(&mut self.said, true) {
                tracing::warn!("{}: no keyframe can be written: {e}", dir.display());
            }
        }
    }

    /// Whether an earlier server made those up to there.
    fn made(&mut self, dir: &Path, end: u64) -> bool {
        if self.keeper.is_none() {
            self.keeper = Keeper::open(dir).ok();
        }
        self.keeper.as_ref().is_none_or(|k| end <= k.until())
    }
}

impl Server {
    /// Whether a keyframe is due after a record that was just taken in.
    pub(super) fn keyframe_due(&mut self, name: &AgentName, done: &Done) -> Option<Due> {
        let rows = self.state.agent(name)?.pane.screen.size().rows;
        let holder = self.holders.iter_mut().find(|h| h.name == *name)?;
        holder.frames.since_whole = holder.frames.since_whole.saturating_add(done.bytes);
        let wanted = holder.frames.pace.came(done.bytes + HEADER, done.us, rows);
        let place = done.place.as_ref()?;
        let whole = holder.frames.since_whole >= WHOLE;
        let wanted = if whole { Some(Wanted { rows: usize::MAX, patient: true }) } else { wanted };
        Some(Due { anchor: holder.pending.anchor(place), wanted: wanted? })
    }

    /// Keeps the screen of a pane as it is now.
    pub(super) fn keep_screen(&mut self, name: &AgentName, due: Due) {
        let Some(agent) = self.state.agent(name).filter(|_| self.state.config.records(name)) else { return };
        let screen = &agent.pane.screen;
        if screen.deadline().is_some() && due.wanted.patient {
            return;
        }
        let dir = self.dir.pane(name);
        let rows = due.wanted.rows.min(screen.history_len());
        let Some(holder) = self.holders.iter_mut().find(|h| h.name == *name) else { return };
        if holder.frames.made(&dir, due.anchor.end) {
            holder.frames.pace = Pace::default();
            return;
        }
        let all = rows + usize::from(screen.size().rows);
        holder.frames.keep(&dir, &due.anchor, &screen.snapshot(rows), all);
        if rows == screen.history_len() && due.wanted.rows == usize::MAX {
            holder.frames.since_whole = 0;
        }
    }

    /// Keeps the screen of a pane that has changed its size, before anything is printed on it.
    pub(super) fn keep_sized(&mut self, name: &AgentName) {
        let mut sized = None;
        self.with_holder(name, |h| sized = h.frames.sized.take());
        if let Some(anchor) = sized {
            self.keep_screen(name, Due { anchor, wanted: Wanted { rows: SIZED, patient: false } });
        }
    }
}
