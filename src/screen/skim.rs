//! Passing over what a flood shows for no longer than it takes to scroll away.
//!
//! Where a screen takes in much text, what it is afterwards does not depend on how that text began: once the cursor went
//! down by as many rows as the history and twice the screen have, every row there is was made since. So the beginning may
//! be left out, up to a return that brings the cursor to the left edge, if nothing in it is of another kind: no sequences, no character
//! sets, no bell, and no scrolling region that would keep rows where they are. `skim` in the tests compares both ways.

use alacritty_terminal::term::TermMode;

use super::sieve::State;
use super::{Screen, Size};

const ESC: u8 = 0x1b;
const SO: u8 = 0x0e;
const SI: u8 = 0x0f;
const BEL: u8 = 0x07;

/// Whether there is nothing in `bytes` because of which they have to be fed as they are.
#[must_use]
pub fn is_plain(bytes: &[u8]) -> bool {
    memchr::memchr3(ESC, SO, SI, bytes).is_none() && memchr::memchr(BEL, bytes).is_none()
}

/// The screenfuls of line feeds that must follow what is left out, beside the history: one until the cursor is at the
/// foot, one until what was on the screen is in the history.
const SCREENS: usize = 2;

impl Screen {
    /// How many bytes at the beginning of `bytes` need not be fed: once the rest is, the screen is the same in every
    /// respect, history included. 0 where that is not certain. What may be left out is passed to [`Self::skip`].
    #[must_use]
    pub fn skippable(&self, bytes: &[u8]) -> usize {
        let core = &self.core;
        let Size { rows, .. } = core.size;
        let rows = usize::from(rows);
        let scrolls = match core.side.shadow.region {
            None => true,
            Some((top, bottom)) => top <= 1 && bottom.is_none_or(|b| b >= rows),
        };
        if self.sieve.state != State::Ground || core.hold.is_some() || !scrolls || !is_plain(bytes) {
            return 0;
        }
        let Some(last) = self.before_rows(core.history + SCREENS * rows + 1, bytes) else { return 0 };
        // What is kept begins with a return: only from there on the column is known.
        let mut ends = memchr::memrchr_iter(b'\n', bytes.get(..=last).unwrap_or_default());
        let cut =
            ends.find_map(|at| at.checked_sub(1).filter(|i| bytes.get(*i) == Some(&b'\r'))).unwrap_or(0);
        // What REP repeats is the last character of all, which must not be among what is left out.
        let tells = bytes.get(cut..).is_some_and(|rest| rest.iter().any(u8::is_ascii_graphic));
        if tells { cut } else { 0 }
    }

    /// Where the line feed is after which the cursor goes down by `count` rows at least.
    fn before_rows(&self, count: usize, bytes: &[u8]) -> Option<usize> {
        let cols = usize::from(self.core.size.cols);
        let wraps = self.core.term.mode().contains(TermMode::LINE_WRAP);
        let rows_of = |line: &[u8]| {
            let text = line.strip_suffix(b"\r").unwrap_or(line);
            // Of anything but ASCII a line may take fewer rows than it has bytes for.
            let sure = wraps && text.iter().all(|b| matches!(b, b' '..=b'~'));
            if sure { text.len().div_ceil(cols).max(1) } else { 1 }
        };
        let mut ends = memchr::memrchr_iter(b'\n', bytes);
        let (mut after, mut rows) = (ends.next()?, 0);
        for end in ends {
            rows += rows_of(bytes.get(end + 1..after).unwrap_or_default());
            if rows >= count {
                return Some(end);
            }
            after = end;
        }
        None
    }

    /// Passes over so many bytes: what [`Self::skippable`] gave, before the rest of what it was given is fed.
    pub fn skip(&mut self, count: usize) {
        if count > 0 {
            self.sieve.seen = self.sieve.seen.saturating_add(count as u64);
            // The character it begins would have ended within them, as a broken one at the latest.
            self.core.part.clear();
        }
    }
}
