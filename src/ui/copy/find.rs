//! Looking for a text in the lines that are looked at.

use super::{Copy, Place};
use crate::screen::{Lines as _, Rows};

/// Most places that are marked.
const FOUND_MAX: usize = 10_000;

/// Where a text was found: its first cell, and the one after its last.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(in crate::ui) struct Hit {
    pub from: Place,
    pub to: Place,
}

/// A text and where it is.
#[derive(Clone, Debug)]
pub(in crate::ui) struct Search {
    pub text: String,
    /// The oldest first.
    pub hits: Vec<Hit>,
    /// Which of them the cursor was brought to.
    pub at: Option<usize>,
}

impl Search {
    /// Finds a text. Without an upper-case letter in it, it finds both.
    pub fn new(text: &str, rows: &Rows) -> Self {
        Self { text: text.to_owned(), hits: hits(text, rows), at: None }
    }

    /// The columns of a row that were found, each with whether that is the one the cursor was brought to.
    pub fn marks(&self, row: usize) -> impl Iterator<Item = (u16, u16, bool)> + '_ {
        let first = self.hits.partition_point(|h| h.to.row < row);
        let hits = self.hits.iter().enumerate().skip(first).take_while(move |(_, h)| h.from.row <= row);
        hits.map(move |(i, h)| {
            let from = if h.from.row == row { h.from.col } else { 0 };
            let to = if h.to.row == row { h.to.col } else { u16::MAX };
            (from, to, self.at == Some(i))
        })
    }

    /// The nearest before a place, or the last of all.
    fn before(&self, at: Place) -> Option<usize> {
        let n = self.hits.partition_point(|h| h.from < at);
        n.checked_sub(1).or(self.hits.len().checked_sub(1))
    }

    /// The nearest after a place, or the first of all.
    fn after(&self, at: Place) -> Option<usize> {
        let n = self.hits.partition_point(|h| h.from <= at);
        if n < self.hits.len() { Some(n) } else { (!self.hits.is_empty()).then_some(0) }
    }
}

impl Copy {
    /// Looks for a text from the cursor back: a hit under the cursor counts.
    pub(super) fn find(&mut self, text: &str, height: usize) {
        let mut search = Search::new(text, &self.rows);
        let here = Place { col: self.at.col.saturating_add(1), ..self.at };
        search.at = search.before(here);
        self.search = Some(search);
        self.bring_to_hit(height);
    }

    /// Goes to the next hit further back, or further on. Says whether that went round.
    pub(super) fn next_hit(&mut self, back: bool, height: usize) -> bool {
        let at = self.at;
        let Some(search) = &mut self.search else { return false };
        search.at = if back { search.before(at) } else { search.after(at) };
        self.bring_to_hit(height);
        if back { self.at >= at } else { self.at <= at }
    }

    fn bring_to_hit(&mut self, height: usize) {
        let Some(hit) = self.search.as_ref().and_then(|s| s.hits.get(s.at?)).copied() else { return };
        let seen = (self.top..self.top + height).contains(&hit.from.row);
        self.go(hit.from, height);
        if !seen {
            // With what stands around it.
            self.top = hit.from.row.saturating_sub(height / 2);
            self.top = self.top.min(self.rows.len().saturating_sub(height));
        }
    }
}

/// A character as it is compared when case does not matter. Its length in bytes stays.
fn folded(c: char) -> char {
    let mut lower = c.to_lowercase();
    match (lower.next(), lower.next()) {
        (Some(l), None) if l.len_utf8() == c.len_utf8() => l,
        _ => c,
    }
}

fn hits(text: &str, rows: &Rows) -> Vec<Hit> {
    let mut hits = Vec::new();
    if text.is_empty() {
        return hits;
    }
    let any_case = !text.chars().any(char::is_uppercase);
    let needle = if any_case { text.chars().map(folded).collect() } else { text.to_owned() };
    let finder = memchr::memmem::Finder::new(&needle);
    let (mut line, mut row) = (String::new(), rows.first_row());
    while row < rows.end_row() && hits.len() < FOUND_MAX {
        let first = row;
        row = rows.line_text(first, &mut line);
        if any_case {
            line = line.chars().map(folded).collect();
        }
        for at in finder.find_iter(line.as_bytes()) {
            let place = |at: usize| {
                let (row, col) = rows.place_in_line(first, at);
                Place { row: usize::try_from(row).unwrap_or(0), col }
            };
            let last = needle.chars().next_back().map_or(1, char::len_utf8);
            let end = place(at + needle.len() - last);
            let wide = rows.row_at(i32::try_from(end.row).unwrap_or(0)).width_at(end.col);
            hits.push(Hit { from: place(at), to: Place { col: end.col + wide, ..end } });
        }
    }
    hits.truncate(FOUND_MAX);
    hits
}
