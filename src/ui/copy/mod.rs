//! Looking at what a pane printed: a cursor in it, a search, and a selection for the clipboard.
//!
//! What is looked at stands still: it is kept as it was when the person began, whatever the program prints meanwhile.

mod act;
mod draw;
mod find;
mod mouse;
mod past;
mod reach;
mod select;

use std::sync::Arc;

use super::view::View;
use crate::domain::id::AgentName;
use crate::engine::state::Agent;
use crate::screen::{Lines as _, Rows};

pub(super) use act::{look_back, on_other, paste, perform, start_looking, start_search};
pub(super) use draw::{draw_entry, draw_foot, lower_edge, marks};
pub(super) use find::Search;
pub(super) use mouse::{dragged, press, released, wheel};
pub(super) use past::{Known, Then};
pub use past::{Past, on_past};
pub(super) use select::{Select, Shape};

/// Most bytes that are copied at a time: more than this many terminals refuse.
pub(super) const COPY_MAX: usize = 256 * 1024;
/// Most characters of a text that is looked for.
const QUERY_MAX: usize = 200;

/// A place in what is looked at: the row from the oldest, and the column.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Default)]
pub(super) struct Place {
    pub row: usize,
    pub col: u16,
}

/// A pane that is looked at.
#[derive(Clone, Debug)]
pub(super) struct Copy {
    pub agent: AgentName,
    /// What it had printed, as far as it is known here.
    pub rows: Arc<Rows>,
    pub at: Place,
    /// The first row that is seen.
    pub top: usize,
    /// The column that moving up and down keeps to.
    goal: u16,
    pub select: Option<Select>,
    pub search: Option<Search>,
    /// The text that is being written to look for.
    pub entry: Option<String>,
    /// Begun by going back: the way forward leaves it at the end.
    pub leaves: bool,
    /// Rows above those that the screen showed.
    pub history: usize,
    pub known: Known,
    then: Option<Then>,
    /// By which what is read of the log is known to be for this.
    pub ticket: u64,
    /// The mouse draws a selection; on its release all is as before, which was typing if this says so.
    pub drawn: Option<bool>,
}

impl Copy {
    /// A pane as it is seen now, `back` rows back, in an area of that many rows.
    pub fn new(view: &View, agent: &Agent, height: usize) -> Self {
        let screen = &agent.pane.screen;
        let rows = Rows::of(screen);
        let shown = usize::from(screen.size().rows);
        let first = rows.len().saturating_sub(shown);
        // A screen taller than its area shows the rows around its cursor.
        let hidden = screen.cursor().map_or(0, |c| usize::from(c.row) + 1).saturating_sub(height);
        let top = (first + hidden.min(shown.saturating_sub(height))).saturating_sub(view.back(agent));
        let at = match screen.cursor().filter(|_| view.back(agent) == 0) {
            Some(cursor) => Place { row: first + usize::from(cursor.row), col: cursor.col },
            None => Place { row: top, col: 0 },
        };
        Self {
            agent: agent.name.clone(),
            rows: Arc::new(rows),
            at,
            top,
            goal: at.col,
            select: None,
            search: None,
            entry: None,
            leaves: false,
            drawn: None,
            history: first,
            known: Known::Memory,
            then: None,
            ticket: screen.changes(),
        }
    }

    /// The row of a place, as rows are counted there.
    pub(super) fn row(&self, row: usize) -> crate::screen::Row<'_> {
        self.rows.row_at(i32::try_from(row).unwrap_or(i32::MAX))
    }

    fn last(&self) -> usize {
        self.rows.len().saturating_sub(1)
    }

    /// Goes to a place, and keeps it in sight of an area of that many rows.
    pub fn go(&mut self, to: Place, height: usize) {
        self.at = Place { row: to.row.min(self.last()), col: to.col };
        self.goal = self.at.col;
        self.show(height);
    }

    /// Keeps the cursor in sight.
    fn show(&mut self, height: usize) {
        let height = height.max(1);
        self.top = self.top.min(self.at.row).max((self.at.row + 1).saturating_sub(height));
        self.top = self.top.min(self.rows.len().saturating_sub(height));
    }

    /// Moves up or down, in the column it came from.
    fn rows_on(&mut self, by: isize, height: usize) {
        let goal = self.goal;
        let row = self.at.row.saturating_add_signed(by).min(self.last());
        let width = self.row(row).cells().map(|c| u16::from(c.width)).sum::<u16>();
        self.go(Place { row, col: goal.min(width.saturating_sub(1)) }, height);
        self.goal = goal;
    }

    /// Scrolls what is seen, and takes the cursor along.
    fn scroll(&mut self, by: isize, height: usize) {
        let most = self.rows.len().saturating_sub(height);
        self.top = self.top.saturating_add_signed(by).min(most);
        let row = self.at.row.clamp(self.top, (self.top + height.max(1) - 1).min(self.last()));
        self.at.row = row;
    }

    /// A page further: what is seen moves, and the cursor with it.
    fn page_on(&mut self, by: isize, height: usize) {
        self.scroll(by, height);
        self.rows_on(by, height);
    }

    /// Whether the newest row is seen.
    fn at_end(&self, height: usize) -> bool {
        self.top + height >= self.rows.len()
    }
}
