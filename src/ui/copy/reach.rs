//! Moving by words and within lines.

use super::{Copy, Place};
use crate::screen::Row;

/// What a word is made of.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Class {
    Blank,
    Word,
    Sign,
}

fn class(c: char) -> Class {
    match c {
        c if c.is_whitespace() => Class::Blank,
        c if c.is_alphanumeric() || c == '_' => Class::Word,
        _ => Class::Sign,
    }
}

/// The cells of a row that hold something: column and what kind.
fn cells(row: &Row<'_>) -> Vec<(u16, Class)> {
    let mut col = 0;
    let mut cells: Vec<(u16, Class)> = row
        .cells()
        .map(|cell| {
            let at = col;
            col += u16::from(cell.width);
            (at, class(cell.base))
        })
        .collect();
    let used = cells.iter().rposition(|(_, c)| *c != Class::Blank).map_or(0, |i| i + 1);
    cells.truncate(used);
    cells
}

impl Copy {
    /// Every cell from a place on, row after row; the end of a line counts as a blank.
    fn onward(&self, from: Place) -> impl Iterator<Item = (Place, Class)> + '_ {
        (from.row..self.rows.len()).flat_map(move |row| {
            let cells = cells(&self.row(row));
            let end = cells.last().map_or(0, |(col, _)| col + 1);
            let ends = !self.row(row).wraps();
            let blank = ends.then_some((end, Class::Blank));
            let start = if row == from.row { from.col } else { 0 };
            cells
                .into_iter()
                .chain(blank)
                .filter(move |(col, _)| *col >= start)
                .map(move |(col, class)| (Place { row, col }, class))
        })
    }

    /// Every cell before a place, the nearest first.
    fn before(&self, from: Place) -> impl Iterator<Item = (Place, Class)> + '_ {
        (0..=from.row.min(self.last())).rev().flat_map(move |row| {
            let cells = cells(&self.row(row));
            let end = cells.last().map_or(0, |(col, _)| col + 1);
            let blank = (!self.row(row).wraps()).then_some((end, Class::Blank));
            let limit = if row == from.row { from.col } else { u16::MAX };
            blank
                .into_iter()
                .chain(cells.into_iter().rev())
                .filter(move |(col, _)| *col < limit)
                .map(move |(col, class)| (Place { row, col }, class))
        })
    }

    /// The beginning of the next word.
    pub(super) fn word_on(&self) -> Place {
        let mut cells = self.onward(self.at);
        let Some((mut last, mut here)) = cells.next() else { return self.at };
        for (place, class) in cells {
            if class != Class::Blank && class != here {
                return place;
            }
            (here, last) = (class, place);
        }
        last
    }

    /// The beginning of this word, or of the one before.
    pub(super) fn word_back(&self) -> Place {
        let mut cells = self.before(self.at).skip_while(|(_, c)| *c == Class::Blank);
        let Some((mut start, word)) = cells.next() else { return Place::default() };
        for (place, class) in cells {
            if class != word {
                break;
            }
            start = place;
        }
        start
    }

    /// The end of this word, or of the next.
    pub(super) fn word_end(&self) -> Place {
        let mut cells = self.onward(self.at).skip(1).skip_while(|(_, c)| *c == Class::Blank);
        let Some((mut end, word)) = cells.next() else { return self.at };
        for (place, class) in cells {
            if class != word {
                break;
            }
            end = place;
        }
        end
    }

    /// First and last cell of the word at a place; none where there is none.
    pub(super) fn word_at(&self, at: Place) -> Option<(Place, Place)> {
        let (_, word) = self.onward(at).next().filter(|(p, c)| p.row == at.row && *c != Class::Blank)?;
        let from = self.before(at).take_while(|(_, c)| *c == word).last().map_or(at, |(p, _)| p);
        let to = self.onward(at).take_while(|(_, c)| *c == word).last().map_or(at, |(p, _)| p);
        Some((from, to))
    }

    /// The last column of a row that holds something.
    pub(super) fn line_end(&self) -> Place {
        let col = cells(&self.row(self.at.row)).last().map_or(0, |(col, _)| *col);
        Place { row: self.at.row, col }
    }
}
