//! Which part of a program's screen a pane's area shows, where the two are not of one size.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use super::theme::{DIM, put};
use super::view::View;
use crate::engine::state::Agent;
use crate::screen::Screen;

/// The part that is seen.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Part {
    /// Rows that lie between what is seen and the newest.
    pub above: usize,
    /// The most that could.
    pub most: usize,
    /// Of those, rows of the history.
    pub back: usize,
    /// Rows and columns of the screen that are left out before what is seen.
    pub skip: u16,
    pub left: u16,
}

impl Part {
    /// What `area`, inside its border, shows of an agent's pane.
    pub fn of(view: &View, agent: &Agent, area: Rect) -> Self {
        let screen = &agent.pane.screen;
        // What a screen taller than its area hides above comes before its history.
        let hidden = skipped(screen, area);
        let most = screen.history_len() + usize::from(hidden);
        let above = view.back(agent).min(most);
        let back = above.saturating_sub(usize::from(hidden));
        let skip = hidden - u16::try_from(above - back).unwrap_or(hidden).min(hidden);
        Self { above, most, back, skip, left: left_out(screen, area) }
    }

    /// Where a place of the area is on the screen; none where the screen ends before it.
    pub fn on_screen(self, screen: &Screen, area: Rect, at: Position) -> Option<(u16, u16)> {
        let size = screen.size();
        let column = at.x.checked_sub(area.x)?.checked_add(self.left)?;
        let row = at.y.checked_sub(area.y)?.checked_add(self.skip)?;
        (column < size.cols && row < size.rows).then_some((column, row))
    }
}

/// Rows left out at the top of a screen that is taller than its area: those that keep its cursor in sight.
pub(super) fn skipped(screen: &Screen, area: Rect) -> u16 {
    let last = screen.cursor().map_or(0, |c| c.row.saturating_add(1));
    last.saturating_sub(area.height).min(screen.size().rows.saturating_sub(area.height))
}

/// Columns left out before the cursor of a screen that is wider than its area: by halves of the area, so that it does not
/// move with every letter.
fn left_out(screen: &Screen, area: Rect) -> u16 {
    let beyond = screen.size().cols.saturating_sub(area.width);
    let last = screen.cursor().map_or(0, |c| c.col.saturating_add(1));
    let step = (area.width / 2).max(1);
    let wanted = last.saturating_sub(area.width).div_ceil(step).saturating_mul(step);
    wanted.min(beyond)
}

/// Whether somebody else may have given panes their sizes.
pub(super) fn shared(view: &View) -> bool {
    view.deck.is_none() && (view.looks_only || !view.company.is_empty())
}

/// The size of a pane that somebody else made larger or smaller than it is seen here, in words.
pub(super) fn size_told(view: &View, agent: &Agent, area: Rect) -> Option<String> {
    let size = agent.pane.screen.size();
    let differs = (size.rows, size.cols) != (area.height.max(2), area.width.max(2));
    (differs && shared(view)).then(|| format!(" {}×{} ", size.cols, size.rows))
}

/// Marks what of an area lies beyond a screen that is smaller.
pub(super) fn draw_beyond(buffer: &mut Buffer, view: &View, screen: &Screen, area: Rect) {
    if !shared(view) {
        return;
    }
    let size = screen.size();
    let dots = |n: u16| "·".repeat(usize::from(n));
    for y in area.y..area.bottom() {
        let used = if y - area.y < size.rows { size.cols.min(area.width) } else { 0 };
        let left = area.width - used;
        put(buffer, area.x + used, y, dots(left), usize::from(left), DIM);
    }
}
