//! All that a pane showed as one long roll: the rows that scrolled away, and at last its screen.

use crate::domain::time::Time;
use crate::engine::state::HISTORY;
use crate::screen::{Lines as _, Row, Screen, Size};

/// Bytes fed at a time.
const SLICE: usize = 4096;
/// Rows that the history may grow by before rows are given out.
const SPARE: usize = 2 * SLICE;
const MOST: usize = HISTORY + SPARE;
/// What takes away what is shown, and what is to be given out before it does.
const ENDS: [(&[u8], End); 4] = [
    (b"\x1b[3J", End::History),
    (b"\x1bc", End::All),
    (b"\x1b[?1049h", End::Primary),
    (LEAVE, End::Alternate),
];
/// Back to the primary screen.
const LEAVE: &[u8] = b"\x1b[?1049l";

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum End {
    History,
    All,
    /// The history of the primary screen; its rows come back.
    Primary,
    /// The rows of the alternate screen.
    Alternate,
}

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
            // What is about to go was shown all the same.
            let found = ENDS
                .iter()
                .filter_map(|(what, end)| Some((memchr::memmem::find(now, what)?, what.len(), *end)));
            match found.min_by_key(|(at, ..)| *at) {
                Some((0, len, end)) => {
                    match (end, self.screen.modes().alt_screen) {
                        (End::History, _) | (End::Primary, false) => self.give(0, each)?,
                        (End::All, _) => self.end(each)?,
                        (End::Alternate, true) => self.rows(each)?,
                        _ => {}
                    }
                    (now, after) = rest.split_at(len);
                }
                Some((at, ..)) => (now, after) = rest.split_at(at),
                None => {}
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
        if self.screen.modes().alt_screen {
            self.rows(each)?;
            drop(self.screen.feed(LEAVE, Time::default()));
        }
        self.give(0, each)?;
        self.rows(each)
    }

    /// Gives out what is on the screen.
    fn rows<E>(&self, each: &mut dyn FnMut(Row<'_>) -> Result<(), E>) -> Result<(), E> {
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
