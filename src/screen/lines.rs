//! Rows one below the other, and the lines they are part of: those of a screen, or those kept of one.

use alacritty_terminal::grid::Dimensions as _;

use super::{Row, Screen};

/// Rows that a line is followed over in either direction.
pub const LINE_ROWS: i32 = 64;

/// Rows by their places, each below the one before.
pub trait Lines {
    /// The row there. Without cells where there is none.
    fn row_at(&self, row: i32) -> Row<'_>;

    /// The place of the first row there is.
    fn first_row(&self) -> i32;

    /// The place after the last row.
    fn end_row(&self) -> i32;

    /// The first row of the line that `row` is part of, at most [`LINE_ROWS`] further up.
    fn line_begin(&self, row: i32) -> i32 {
        let (mut start, least) = (row, self.first_row().max(row.saturating_sub(LINE_ROWS)));
        while start > least && self.row_at(start - 1).wraps() {
            start -= 1;
        }
        start
    }

    /// Puts the text of the line that begins in the row `first` into `text`, without blanks at its end, and gives the
    /// row after it. At most [`LINE_ROWS`] rows are taken.
    fn line_text(&self, first: i32, text: &mut String) -> i32 {
        text.clear();
        let bottom = self.end_row();
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
    fn line_without(&self, first: i32, one: char, other: char) -> Option<i32> {
        let bottom = self.end_row();
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
    fn place_in_line(&self, first: i32, at: usize) -> (i32, u16) {
        let (mut row, mut rest) = (first, at);
        let mut text = String::new();
        while row < self.end_row() && row - first < LINE_ROWS {
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

/// 0 is the top of the screen, -1 the latest row of history.
impl Lines for Screen {
    fn row_at(&self, row: i32) -> Row<'_> {
        let there = row >= self.first_row() && row < self.end_row();
        if there { self.line(row) } else { Row::of(&[]) }
    }

    fn first_row(&self) -> i32 {
        i32::try_from(self.core.term.history_size()).map_or(i32::MIN, |n| -n)
    }

    fn end_row(&self) -> i32 {
        i32::from(self.size().rows)
    }
}
