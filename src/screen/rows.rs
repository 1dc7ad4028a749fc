//! Rows kept of a screen after it went on: what is looked back at.

use std::collections::VecDeque;

use alacritty_terminal::term::cell::Cell as Raw;

use super::{Lines, Row, Screen};

/// Most rows that are kept together.
pub const ROWS_MAX: usize = 20_000;
/// Most cells that are kept together: with 24 bytes each, 36 MB.
pub const CELLS_MAX: usize = 1_500_000;

/// Rows as they were, colours and all, the oldest first. Beyond [`ROWS_MAX`] or [`CELLS_MAX`] the oldest go.
#[derive(Clone, Debug, Default)]
pub struct Rows {
    rows: VecDeque<Box<[Raw]>>,
    cells: usize,
}

impl Rows {
    /// What a screen shows and its history above that.
    #[must_use]
    pub fn of(screen: &Screen) -> Self {
        let mut rows = Self::default();
        for row in screen.first_row()..screen.end_row() {
            rows.push(&screen.row_at(row));
        }
        rows
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Adds a row below the others.
    pub fn push(&mut self, row: &Row<'_>) {
        self.keep(row.kept().into());
    }

    /// Adds the rows of another from its row `from` to before its row `to`.
    pub fn extend(&mut self, other: &Self, from: usize, to: usize) {
        for row in other.rows.range(from.min(other.len())..to.min(other.len())) {
            self.keep(row.clone());
        }
    }

    /// Takes the last row away.
    pub fn pop(&mut self) {
        self.cells -= self.rows.pop_back().map_or(0, |r| r.len());
    }

    fn keep(&mut self, row: Box<[Raw]>) {
        self.cells += row.len();
        self.rows.push_back(row);
        while self.rows.len() > ROWS_MAX || self.cells > CELLS_MAX {
            self.cells -= self.rows.pop_front().map_or(0, |r| r.len());
        }
    }
}

/// 0 is the oldest.
impl Lines for Rows {
    fn row_at(&self, row: i32) -> Row<'_> {
        let row = usize::try_from(row).ok().and_then(|row| self.rows.get(row));
        Row::of(row.map_or(&[], |r| r))
    }

    fn first_row(&self) -> i32 {
        0
    }

    fn end_row(&self) -> i32 {
        i32::try_from(self.rows.len()).unwrap_or(i32::MAX)
    }
}
