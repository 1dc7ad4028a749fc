//! What is selected, and its text.

use std::fmt::Write as _;

use super::{Copy, Place};

/// How far a selection reaches between its ends.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(in crate::ui) enum Shape {
    /// From the one to the other as text runs.
    Text,
    /// Whole rows.
    Rows,
    /// The rectangle between them.
    Block,
}

/// A selection: its other end is the cursor.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(in crate::ui) struct Select {
    pub from: Place,
    pub shape: Shape,
}

impl Copy {
    /// Columns of a row that are selected, from the first to before the second.
    pub(in crate::ui) fn selected(&self, row: usize) -> Option<(u16, u16)> {
        let Select { from, shape } = self.select?;
        let (first, last) = (from.min(self.at), from.max(self.at));
        if !(first.row..=last.row).contains(&row) {
            return None;
        }
        Some(match shape {
            Shape::Rows => (0, u16::MAX),
            Shape::Block => (from.col.min(self.at.col), from.col.max(self.at.col) + 1),
            Shape::Text => {
                let begin = if row == first.row { first.col } else { 0 };
                let end = if row == last.row { last.col + 1 } else { u16::MAX };
                (begin, end)
            }
        })
    }

    /// What is selected as text: rows that were one line are one, and blanks at the end of lines are left out.
    pub(in crate::ui) fn text(&self) -> String {
        let mut text = String::new();
        let Some(Select { from, shape }) = self.select else { return text };
        let (first, last) = (from.row.min(self.at.row), from.row.max(self.at.row).min(self.last()));
        for row in first..=last {
            let Some((begin, end)) = self.selected(row) else { continue };
            let cells = self.row(row);
            let mut col = 0;
            for cell in cells.cells() {
                // A wide character belongs to it when either half does.
                if col < end && col + u16::from(cell.width) > begin {
                    // Writing to a string does not fail.
                    let _ = write!(text, "{cell}");
                }
                col += u16::from(cell.width);
            }
            if shape == Shape::Block || !cells.wraps() {
                text.truncate(text.trim_end_matches(' ').len());
                if row < last {
                    text.push('\n');
                }
            }
        }
        text.truncate(text.trim_end_matches(' ').len());
        text
    }
}

/// What is said of a text that was copied: `copied 3 lines (210 bytes)`.
pub(super) fn told(text: &str) -> String {
    let lines = text.lines().count().max(1);
    let lines = if lines == 1 { "1 line".to_owned() } else { format!("{lines} lines") };
    let bytes = if text.len() == 1 { "1 byte".to_owned() } else { format!("{} bytes", text.len()) };
    format!("copied {lines} ({bytes})")
}
