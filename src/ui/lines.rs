//! Lines that belong to a lead, and perhaps to something that can be chosen: wrapped below what follows the lead.

use ratatui::style::Style;
use unicode_width::UnicodeWidthStr;

use crate::domain::signal::printable;
use crate::ui::text::{Row, wrap};
use crate::ui::theme::{BOLD, CAUTION, DIM, cut};

/// Fewest columns beside a lead.
const LEAST: usize = 12;

/// One line.
#[derive(Clone, Debug, Default)]
pub(super) struct Line {
    /// What stands before it, and stands out.
    lead: String,
    text: String,
    style: Style,
    /// What it is about: the place of a finding, or of what waits for a person.
    pub about: Option<usize>,
}

/// A row of a line, and what it is about.
pub(super) type Placed = (Row, Option<usize>);

impl Line {
    pub fn new(lead: impl Into<String>, text: impl AsRef<str>, style: Style) -> Self {
        Self { lead: printable(&lead.into()), text: printable(text.as_ref()), style, about: None }
    }

    pub fn plain(text: impl AsRef<str>) -> Self {
        Self::new("", text, Style::new())
    }

    pub fn head(text: impl AsRef<str>) -> Self {
        Self::new("", text, BOLD)
    }

    pub fn quiet(text: impl AsRef<str>) -> Self {
        Self::new("", text, DIM)
    }

    /// What somebody should look at.
    pub fn warn(text: impl AsRef<str>) -> Self {
        Self::new("▲ ", text, CAUTION)
    }

    /// An answer to a question of so many columns.
    pub fn pair(question: &str, text: impl AsRef<str>) -> Self {
        Self::new(format!("{question:<9} "), text, Style::new())
    }

    pub fn of(self, about: Option<usize>) -> Self {
        Self { about, ..self }
    }

    fn rows(&self, width: usize) -> Vec<Placed> {
        // Most lines are short and plain: they are as they are.
        if self.text.len() + self.lead.len() <= width && self.lead.is_ascii() && self.text.is_ascii() {
            let out = (!self.lead.trim().is_empty()).then_some(self.lead.len());
            return vec![((format!("{}{}", self.lead, self.text.trim_end()), self.style, out), self.about)];
        }
        let lead = cut(&self.lead, width.saturating_sub(LEAST).max(2).min(width));
        let left = lead.width();
        let out = (!lead.trim().is_empty()).then_some(left);
        let mut rows = wrap(&self.text, width.saturating_sub(left).max(1)).into_iter();
        let first = (format!("{lead}{}", rows.next().unwrap_or_default()), self.style, out);
        let rest = rows.map(|row| (format!("{:left$}{row}", ""), self.style, None));
        std::iter::once(first).chain(rest).map(|row| (row, self.about)).collect()
    }
}

/// All rows of lines.
pub(super) fn rows(lines: &[Line], width: usize) -> Vec<Placed> {
    lines.iter().flat_map(|l| l.rows(width)).collect()
}

/// Whether a text holds another; what is written in lower case finds upper case too.
pub(super) fn holds(text: &str, query: &str) -> bool {
    match query.chars().any(char::is_uppercase) {
        true => text.contains(query),
        false => text.to_lowercase().contains(query),
    }
}
