//! All that a pane showed, as plain text.

use std::io::{self, Write};

use super::super::roll::Roll;
use super::{Happened, Sink};
use crate::screen::Row;

/// Bytes of a line that are kept until its end.
const LINE_KEPT: usize = 65_536;

pub(super) struct Text<'a> {
    roll: Roll,
    lines: Lines<'a>,
}

/// Rows as lines: those that were wrapped are one.
struct Lines<'a> {
    out: &'a mut dyn Write,
    text: String,
}

impl<'a> Text<'a> {
    pub(super) fn new(out: &'a mut dyn Write) -> Self {
        Self { roll: Roll::new(), lines: Lines { out, text: String::new() } }
    }

    fn flush(&mut self) -> io::Result<()> {
        let lines = &mut self.lines;
        self.roll.end(&mut |row| lines.row(row))?;
        lines.end()
    }
}

impl Lines<'_> {
    fn row(&mut self, row: Row<'_>) -> io::Result<()> {
        row.push_to(&mut self.text);
        if !row.wraps() {
            let end = self.text.trim_end_matches(' ').len();
            self.text.truncate(end);
            self.text.push('\n');
            self.out.write_all(self.text.as_bytes())?;
            self.text.clear();
        } else if self.text.len() > LINE_KEPT {
            // A line without end is given out as it comes.
            self.out.write_all(self.text.as_bytes())?;
            self.text.clear();
        }
        Ok(())
    }

    fn end(&mut self) -> io::Result<()> {
        if !self.text.is_empty() {
            self.text.push('\n');
            self.out.write_all(self.text.as_bytes())?;
            self.text.clear();
        }
        Ok(())
    }
}

impl Sink for Text<'_> {
    fn take(&mut self, us: u64, what: Happened<'_>) -> io::Result<()> {
        let lines = &mut self.lines;
        match what {
            Happened::Output(bytes) => self.roll.feed(bytes, us, &mut |row| lines.row(row)),
            Happened::Size(size) => self.roll.resize(size, &mut |row| lines.row(row)),
            Happened::Again => {
                self.flush()?;
                self.roll = Roll::new();
                Ok(())
            }
            Happened::Chapter(_) | Happened::Exit(_) => Ok(()),
        }
    }

    fn end(&mut self) -> io::Result<()> {
        self.flush()?;
        self.lines.out.flush()
    }
}
