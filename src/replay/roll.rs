//! All that a pane showed as one long roll: the rows that scrolled away, and at last its screen.

use crate::domain::time::Time;
use crate::engine::state::HISTORY;
use crate::screen::{Row, Screen, Size};

/// Bytes fed at a time.
const SLICE: usize = 4096;
/// Rows that the history may grow by before rows are given out.
const SPARE: usize = 2 * SLICE;
const MOST: usize = HISTORY + SPARE;
/// What empties the history, and what empties the screen too.
const CLEARS: [&[u8]; 2] = [b"\x1b[3J", b"\x1bc"];

/// A screen that gives its rows out in order, each once, when nothing can change them any more.
pub(super) struct Roll {
    screen: Screen,
}

impl Roll {
    pub(super) fn new() -> Self {
        Self { screen: Screen::new(Size { rows: 24, cols: 80 }, MOST) }
    }

    pub(super) fn feed<E>(
        &mut self,
        bytes: &[u8],
        us: u64,
        each: &mut dyn FnMut(Row<'_>) -> Result<(), E>,
    ) -> Result<(), E> {
        let mut rest = bytes;
        while !rest.is_empty() {
            let (mut now, mut after) = rest.split_at(rest.len().min(SLICE));
            // What is about to be cleared was shown all the same.
            let clear = CLEARS.iter().filter_map(|c| memchr::memmem::find(now, c).map(|at| (at, *c))).min();
            if let Some((at, what)) = clear {
                if at > 0 {
                    (now, after) = rest.split_at(at);
                } else if what == CLEARS[0] {
                    self.give(0, each)?;
                    (now, after) = rest.split_at(what.len());
                } else {
                    self.end(each)?;
                    (now, after) = rest.split_at(what.len());
                }
            }
            drop(self.screen.feed(now, Time { mono: us, wall: 0 }));
            if self.screen.history_len() > HISTORY + SPARE / 2 {
                self.give(HISTORY, each)?;
            }
            rest = after;
        }
        Ok(())
    }

    pub(super) fn resize<E>(
        &mut self,
        size: Size,
        each: &mut dyn FnMut(Row<'_>) -> Result<(), E>,
    ) -> Result<(), E> {
        let (old, new) = (usize::from(self.screen.size().cols), usize::from(size.clamped().cols));
        // Narrower rows are more rows: what would fall out of the history is given out first.
        let factor = old.div_ceil(new.max(1)).max(1);
        self.give((MOST / factor).saturating_sub(usize::from(size.clamped().rows)).min(HISTORY), each)?;
        self.screen.resize(size);
        Ok(())
    }

    /// Gives out the rest, the screen's rows up to the last that has something in it.
    pub(super) fn end<E>(&mut self, each: &mut dyn FnMut(Row<'_>) -> Result<(), E>) -> Result<(), E> {
        self.give(0, each)?;
        let rows = i32::from(self.screen.size().rows);
        let filled = (0..rows).rev().find(|r| !self.screen.row_at(*r).is_blank()).map_or(0, |r| r + 1);
        (0..filled).try_for_each(|row| each(self.screen.row_at(row)))
    }

    /// Gives out all but the latest `keep` rows of history.
    fn give<E>(&mut self, keep: usize, each: &mut dyn FnMut(Row<'_>) -> Result<(), E>) -> Result<(), E> {
        let kept = i32::try_from(keep).map_or(i32::MIN, |k| -k);
        (self.screen.first_row()..kept).try_for_each(|row| each(self.screen.row_at(row)))?;
        self.screen.forget_history(keep, MOST);
        Ok(())
    }
}
