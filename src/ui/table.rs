//! Tables with a row an agent: columns that fit, in an order of worth.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use super::theme::{DIM, Look, of_sign, pad, pad_left, put};
use crate::domain::signal::printable;
use crate::engine::state::{Agent, State};

/// A column: title, width, side, and what an agent has in it.
pub(super) struct Column {
    pub title: &'static str,
    pub width: usize,
    pub side: Side,
    pub text: fn(&State, &Agent, Look) -> String,
    /// Columns with the least come first where not all fit.
    pub order: u8,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    Left,
    Right,
}

/// The columns that fit a width.
pub(super) struct Table {
    columns: Vec<&'static Column>,
    gap: usize,
}

impl Table {
    /// Of `all` those that `wanted` takes.
    pub fn fitting(all: &'static [Column], width: usize, wanted: impl Fn(&Column) -> bool) -> Self {
        let mut chosen: Vec<usize> = Vec::new();
        let mut used = 1;
        let mut by_worth: Vec<usize> = (0..all.len()).filter(|i| wanted(&all[*i])).collect();
        by_worth.sort_by_key(|i| all[*i].order);
        for i in by_worth {
            if used + all[i].width < width {
                used += all[i].width + 1;
                chosen.push(i);
            }
        }
        chosen.sort_unstable();
        let gap = if width > used + chosen.len() { 2 } else { 1 };
        Self { columns: chosen.into_iter().map(|i| &all[i]).collect(), gap }
    }

    /// Writes the titles.
    pub fn head(&self, buffer: &mut Buffer, row: Rect) {
        self.cells(buffer, row, |c| (c.title.to_owned(), DIM));
    }

    /// Writes what an agent has.
    pub fn row(&self, buffer: &mut Buffer, row: Rect, state: &State, agent: &Agent, look: Look) {
        self.cells(buffer, row, |c| {
            let text = printable(&(c.text)(state, agent, look));
            let style = of_sign(&text);
            (text, style)
        });
    }

    fn cells(&self, buffer: &mut Buffer, row: Rect, cell: impl Fn(&Column) -> (String, Style)) {
        let mut used = 1;
        for column in &self.columns {
            let (text, style) = cell(column);
            let text = match column.side {
                Side::Left => pad(&text, column.width),
                Side::Right => pad_left(&text, column.width),
            };
            let x = row.x + u16::try_from(used).unwrap_or(u16::MAX).min(row.width);
            let room = usize::from(row.width).saturating_sub(used);
            put(buffer, x, row.y, text, room, style);
            used += column.width + self.gap;
        }
    }
}
