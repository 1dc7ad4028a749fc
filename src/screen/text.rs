//! The text of a screen: by rows, and by the lines the program printed.

use super::{Row, Screen};

/// A line as printed: the rows it was wrapped over, joined.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LogicalLine {
    /// Its text without blanks at the end.
    pub text: String,
    /// Whether the cursor has left it.
    pub finished: bool,
}

impl Screen {
    /// The visible rows from the top, without blanks at their ends.
    #[must_use]
    pub fn text_rows(&self) -> Vec<String> {
        self.visible().map(|row| row.text()).collect()
    }

    /// Whether nothing is visible but blanks.
    #[must_use]
    pub fn is_blank(&self) -> bool {
        self.visible().all(|row| row.is_blank())
    }

    /// The last `n` lines that were printed, history included, oldest first; blank ones at the end do not count.
    #[must_use]
    pub fn last_lines(&self, n: usize) -> Vec<String> {
        let top = self.top();
        let mut end = self.bottom();
        while end >= top && self.line(end).is_blank() {
            end -= 1;
        }
        let mut lines = Vec::new();
        while end >= top && lines.len() < n {
            let start = self.start_of(end);
            lines.push(self.joined(start, end));
            end = start - 1;
        }
        lines.reverse();
        lines
    }

    /// The lines of the screen and of `history_rows` rows above it, oldest first. The first is taken from its
    /// beginning even if that lies further up; blank ones below the cursor and the text are left out.
    #[must_use]
    pub fn logical_lines(&self, history_rows: usize) -> Vec<LogicalLine> {
        let cursor = self.core.term.grid().cursor.point.line.0;
        let back = i32::try_from(history_rows.min(self.history_len())).unwrap_or(i32::MAX);
        let mut last = self.bottom();
        while last > cursor && self.line(last).is_blank() {
            last -= 1;
        }
        let mut lines = Vec::new();
        let mut start = self.start_of(-back);
        while start <= last {
            let mut end = start;
            while end < last && self.line(end).wraps() {
                end += 1;
            }
            let finished = !(start..=end).contains(&cursor);
            lines.push(LogicalLine { text: self.joined(start, end), finished });
            start = end + 1;
        }
        lines
    }

    fn visible(&self) -> impl Iterator<Item = Row<'_>> {
        (0..=self.bottom()).map(|line| self.line(line))
    }

    fn top(&self) -> i32 {
        i32::try_from(self.history_len()).map_or(i32::MIN, |n| -n)
    }

    fn bottom(&self) -> i32 {
        i32::from(self.size().rows) - 1
    }

    /// The first row of the line that `row` is part of.
    fn start_of(&self, row: i32) -> i32 {
        let mut start = row;
        while start > self.top() && self.line(start - 1).wraps() {
            start -= 1;
        }
        start
    }

    fn joined(&self, start: i32, end: i32) -> String {
        let mut text = String::new();
        for line in start..=end {
            self.line(line).push_to(&mut text);
        }
        text.truncate(text.trim_end_matches(' ').len());
        text
    }
}
