//! Small aligned tables for people.

use unicode_width::UnicodeWidthStr;

use crate::domain::signal::printable;

/// Columns of a line.
pub const WIDTH: usize = 80;

/// Where a column's text stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Side {
    /// Words.
    Left,
    /// Numbers.
    Right,
}

/// A table under construction.
#[derive(Clone, Debug)]
pub struct Table {
    columns: Vec<(&'static str, Side)>,
    rows: Vec<Vec<String>>,
}

impl Table {
    /// A table with these columns.
    #[must_use]
    pub fn new(columns: &[(&'static str, Side)]) -> Self {
        Self { columns: columns.to_vec(), rows: Vec::new() }
    }

    /// Adds a row; what it lacks is empty, what it has beyond the columns is left out.
    pub fn row<const N: usize>(&mut self, cells: [String; N]) {
        let mut cells: Vec<String> = cells.iter().map(|c| printable(c)).collect();
        cells.resize(self.columns.len(), String::new());
        self.rows.push(cells);
    }

    /// Whether it has no row.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// The table as lines: a heading, then the rows, columns two blanks apart. A column without any
    /// text is left out.
    #[must_use]
    pub fn render(&self) -> String {
        let widths: Vec<usize> = (0..self.columns.len()).map(|i| self.width(i)).collect();
        let heading: Vec<String> = self.columns.iter().map(|(name, _)| (*name).to_owned()).collect();
        let mut text = String::new();
        for row in std::iter::once(&heading).chain(&self.rows) {
            let mut line = String::new();
            for ((cell, width), (_, side)) in row.iter().zip(&widths).zip(&self.columns) {
                if *width == 0 {
                    continue;
                }
                if !line.is_empty() {
                    line.push_str("  ");
                }
                let blanks = " ".repeat(width.saturating_sub(cell.width()));
                match side {
                    Side::Left => line.extend([cell.as_str(), &blanks]),
                    Side::Right => line.extend([blanks.as_str(), cell]),
                }
            }
            text.push_str(line.trim_end());
            text.push('\n');
        }
        text
    }

    /// Columns of the terminal that a column takes; 0 when it holds nothing.
    fn width(&self, column: usize) -> usize {
        let widest = self.rows.iter().filter_map(|r| r.get(column)).map(|c| c.width()).max().unwrap_or(0);
        if widest == 0 { 0 } else { widest.max(self.columns.get(column).map_or(0, |(n, _)| n.width())) }
    }
}

/// A line that is too long goes on below its text; a word that fits nowhere, such as a path, stays whole.
pub fn wrapped(line: &str) -> String {
    wrapped_at(line, WIDTH)
}

/// As [`wrapped`], in `columns` columns.
pub fn wrapped_at(line: &str, columns: usize) -> String {
    if line.width() <= columns {
        return line.to_owned();
    }
    let indent = line.len() - line.trim_start().len();
    let label = line[indent..].find("  ").map_or(indent, |at| {
        let rest = &line[indent + at..];
        indent + at + rest.len() - rest.trim_start().len()
    });
    let mut lines = vec![line[..label].to_owned()];
    let mut fresh = true;
    for word in line[label..].split_whitespace() {
        let Some(last) = lines.last_mut() else { break };
        if !fresh && last.width() + 1 + word.width() > columns {
            lines.push(" ".repeat(label));
            fresh = true;
        }
        let Some(last) = lines.last_mut() else { break };
        last.push_str(if fresh { "" } else { " " });
        last.push_str(word);
        fresh = false;
    }
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_line_up_by_what_the_terminal_shows() {
        let mut table = Table::new(&[("agent", Side::Left), ("n", Side::Right), ("why", Side::Left)]);
        table.row(["SEC".into(), "1".into(), String::new()]);
        table.row(["名前".into(), "1000".into(), "a\u{1b}[31mb".into()]);
        let expected = "agent     n  why\nSEC       1\n名前   1000  a [31mb\n";
        assert_eq!(table.render(), expected);
    }

    #[test]
    fn an_empty_column_is_left_out() {
        let mut table = Table::new(&[("a", Side::Left), ("b", Side::Left), ("c", Side::Left)]);
        table.row(["x".into(), String::new(), "y".into()]);
        assert_eq!(table.render(), "a  c\nx  y\n");
    }
}
