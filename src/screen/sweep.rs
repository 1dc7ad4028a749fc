//! For those who look at everything a pane showed, not only at what it shows at last: which rows changed, the lines
//! they are part of, and a history that is let go of once it was looked at.

use alacritty_terminal::grid::Dimensions as _;
use alacritty_terminal::term::{TermDamage, TermMode};

use super::{Row, Screen};

/// Rows that a line is followed over in either direction.
pub const LINE_ROWS: i32 = 64;

/// Which visible rows may have changed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Changed {
    /// Any of them.
    All,
    /// These, from the top.
    Rows(Vec<usize>),
}

impl Screen {
    /// Which visible rows may have changed since this was last asked.
    pub fn changed_rows(&mut self) -> Changed {
        let term = &mut self.core.term;
        let changed = match term.damage() {
            TermDamage::Full => Changed::All,
            TermDamage::Partial(lines) => Changed::Rows(lines.map(|l| l.line).collect()),
        };
        term.reset_damage();
        changed
    }

    /// Lets go of all but the latest `keep` rows of history; up to `most` are kept from here on. On the alternate
    /// screen nothing happens.
    pub fn forget_history(&mut self, keep: usize, most: usize) {
        let term = &mut self.core.term;
        if !term.mode().contains(TermMode::ALT_SCREEN) {
            term.grid_mut().update_history(keep.min(most));
            term.grid_mut().update_history(most);
        }
    }

    /// Whether the cursor is at the beginning of the last row of the primary screen and nothing is set that would show
    /// a line otherwise than as it is. Character sets and regions that scroll by themselves it does not know of.
    #[must_use]
    pub fn at_plain_foot(&self) -> bool {
        let term = &self.core.term;
        let odd = TermMode::ALT_SCREEN | TermMode::INSERT | TermMode::ORIGIN;
        let point = term.grid().cursor.point;
        let foot = point.line.0 + 1 == i32::from(self.size().rows) && point.column.0 == 0;
        foot && term.mode().contains(TermMode::LINE_WRAP) && !term.mode().intersects(odd)
    }

    /// The row at `row`: 0 is the top of the screen, -1 the latest of history. Without cells where there is none.
    #[must_use]
    pub fn row_at(&self, row: i32) -> Row<'_> {
        let there = row >= self.first_row() && row < i32::from(self.size().rows);
        if there { self.line(row) } else { Row::of(&[]) }
    }

    /// The first row there is: 0, or below it where there is history.
    #[must_use]
    pub fn first_row(&self) -> i32 {
        i32::try_from(self.core.term.history_size()).map_or(i32::MIN, |n| -n)
    }

    /// The first row of the line that `row` is part of, at most [`LINE_ROWS`] further up.
    #[must_use]
    pub fn line_begin(&self, row: i32) -> i32 {
        let (mut start, least) = (row, self.first_row().max(row.saturating_sub(LINE_ROWS)));
        while start > least && self.row_at(start - 1).wraps() {
            start -= 1;
        }
        start
    }

    /// Puts the text of the line that begins in the row `first` into `text`, without blanks at its end, and gives the
    /// row after it. At most [`LINE_ROWS`] rows are taken.
    pub fn line_text(&self, first: i32, text: &mut String) -> i32 {
        text.clear();
        let bottom = i32::from(self.size().rows);
        let mut row = first;
        loop {
            let cells = self.row_at(row);
            let goes_on = cells.wraps() && row + 1 < bottom && row - first + 1 < LINE_ROWS;
            row += 1;
            if !goes_on {
                cells.push_filled(text);
                break;
            }
            cells.push_to(text);
        }
        text.truncate(text.trim_end_matches(' ').len());
        row
    }

    /// The row after the line that begins in the row `first`, as [`Self::line_text`] gives it, if neither of two ASCII
    /// characters is in it. Much quicker than its text.
    #[must_use]
    pub fn line_without(&self, first: i32, one: char, other: char) -> Option<i32> {
        let bottom = i32::from(self.size().rows);
        let mut row = first;
        loop {
            let cells = self.row_at(row);
            if cells.may_have(one, other) {
                return None;
            }
            row += 1;
            if !cells.wraps() || row >= bottom || row - first >= LINE_ROWS {
                return Some(row);
            }
        }
    }

    /// Row and column of the byte `at` of the text that [`Self::line_text`] gives for `first`.
    #[must_use]
    pub fn place_in_line(&self, first: i32, at: usize) -> (i32, u16) {
        let (mut row, mut rest) = (first, at);
        let mut text = String::new();
        while row < i32::from(self.size().rows) && row - first < LINE_ROWS {
            text.clear();
            let cells = self.row_at(row);
            cells.push_to(&mut text);
            if rest < text.len() || !cells.wraps() {
                let (mut col, mut bytes) = (0, 0);
                for cell in cells.cells() {
                    bytes += cell.to_string().len();
                    if bytes > rest {
                        break;
                    }
                    col += u16::from(cell.width);
                }
                return (row, col);
            }
            rest -= text.len();
            row += 1;
        }
        (row, 0)
    }
}
