//! What came before: the last records, and more history than a keyframe has.

use std::io;

use super::super::course::Bounds;
use super::{Track, Until};
use crate::engine::state::HISTORY;
use crate::screen::Screen;
use crate::session::log::{Kind, Reader};

/// How far back more history is looked for, in bytes of log, one after the other.
const DEPTHS: [u64; 2] = [1 << 20, 8 << 20];

impl Track {
    /// The moments of the last record taken in beyond `bounds.low`, and of the last before that moment, if there are such.
    ///
    /// # Errors
    /// What the file system says.
    pub(in crate::replay) fn last_moments(
        &mut self,
        bounds: Bounds,
    ) -> io::Result<(Option<u64>, Option<u64>)> {
        let (offset, begin) = (self.offset, self.life.from.unwrap_or(0));
        let low = bounds.low.max(begin);
        let Some(log) = self.log.as_ref().filter(|_| offset > low) else { return Ok((None, None)) };
        // Places of keyframes are ends of records: good places to begin to read at.
        let places = log.keys.places().iter().rev().map(|p| p.end);
        let kept = self.memory.keys().rev().copied();
        let mut starts: Vec<u64> = places.chain(kept).filter(|p| *p < offset && *p > low).collect();
        starts.push(low);
        starts.sort_unstable();
        while let Some(start) = starts.pop() {
            let (mut last, mut before) = (None, None);
            for entry in Reader::open(&self.dir, start)? {
                let entry = entry?;
                if entry.end > offset {
                    break;
                }
                if entry.end > low && entry.record.kind == Kind::Output && last != Some(entry.record.us) {
                    before = last;
                    last = Some(entry.record.us);
                }
            }
            if before.is_some() || start == low {
                return Ok((last, before));
            }
        }
        Ok((None, None))
    }

    /// The screen as it stands with more history: what there is of it without going back across a change of size. None
    /// where it has all it can have.
    ///
    /// # Errors
    /// What the file system says.
    pub(in crate::replay) fn deeper(&self) -> io::Result<Option<Screen>> {
        let (Some(log), false, Some(from)) = (&self.log, self.whole, self.life.from) else { return Ok(None) };
        let mut best = None;
        for depth in DEPTHS {
            let target = self.offset.saturating_sub(depth).max(from);
            let mut track = Self::new(&self.dir);
            track.open()?;
            if target > from {
                let places = log.keys.places();
                let at = places.partition_point(|p| p.end <= target);
                let Some(place) = at.checked_sub(1).and_then(|i| places.get(i)) else { break };
                let bounds = Bounds { low: place.end, high: place.end };
                if !track.restore(self.life, from, 0, Until { bounds, us: None, room: u64::MAX }) {
                    break;
                }
            } else {
                track.restart(self.life, from);
            }
            let mut crossed = false;
            while let Some(entry) = track.peek()?.filter(|e| e.end <= self.offset) {
                track.next = None;
                if !track.feed(&entry) {
                    crossed = true;
                    break;
                }
            }
            if crossed {
                break;
            }
            let full = track.screen.as_ref().is_some_and(|s| s.history_len() >= HISTORY);
            best = track.screen.take();
            if full || target == from {
                break;
            }
        }
        Ok(best)
    }

    /// As [`Self::deeper`], and from here on this track has that history.
    ///
    /// # Errors
    /// What the file system says.
    pub(in crate::replay) fn deepen(&mut self) -> io::Result<bool> {
        let Some(screen) = self.deeper()? else { return Ok(false) };
        let more = self.screen.as_ref().is_none_or(|s| s.history_len() < screen.history_len());
        if more {
            self.screen = Some(screen);
        }
        Ok(more)
    }
}
