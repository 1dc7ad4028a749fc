//! Which panes of a tab are seen and where: layouts, pages, and the borders that can be moved.

use ratatui::layout::{Position, Rect};

use super::layout::WIDE;
use super::view::View;
use crate::domain::id::AgentName;
use crate::domain::team::Layout;
use crate::engine::state::State;

/// Fewest columns and rows of one pane in a grid.
const PANE: (u16, u16) = (48, 7);
/// Fewest rows of a small pane beside the chosen one.
const PEEK: u16 = 5;
/// Fewest columns and rows to which moving a border brings a pane.
const LEAST: (u16, u16) = (12, 3);
/// How wide the chosen pane is beside the small ones, where nobody says.
const FOCUS: [u16; 2] = [2, 1];

/// How much of a pane is seen.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Kind {
    /// All of it: its program's screen is to have this size.
    Whole,
    /// As much as there is room for, whatever its size.
    Peek,
    /// Its title alone.
    Line,
}

/// One pane of the page that is seen.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Tile {
    pub name: AgentName,
    /// Its place among the members of the tab.
    pub place: usize,
    /// With its border.
    pub area: Rect,
    pub kind: Kind,
}

/// Which part of a tab is seen.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Page {
    /// Counted from 0.
    pub number: usize,
    pub of: usize,
    /// Panes of a page.
    pub size: usize,
}

/// The direction in which borders part panes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Axis {
    /// Between columns.
    Columns,
    /// Between rows.
    Rows,
}

/// The panes that are seen, and where they meet.
#[derive(Clone, Default, PartialEq, Eq, Debug)]
pub(super) struct Arranged {
    pub tiles: Vec<Tile>,
    /// None where there is nothing to turn.
    pub page: Option<Page>,
    /// Where columns begin, and where the last ends; empty where none can be moved.
    columns: Vec<u16>,
    rows: Vec<u16>,
    body: Rect,
}

/// How large columns and rows are beside one another, as a client has made them.
#[derive(Clone, Default, PartialEq, Eq, Debug)]
pub(super) struct Sizes {
    widths: Vec<u16>,
    heights: Vec<u16>,
}

impl Sizes {
    fn of(&self, axis: Axis) -> &[u16] {
        match axis {
            Axis::Columns => &self.widths,
            Axis::Rows => &self.heights,
        }
    }
}

pub(super) fn arrange(state: &State, view: &View, body: Rect) -> Arranged {
    if body.is_empty() || view.sheet.is_some() {
        return Arranged::default();
    }
    let all = view.members(state);
    if let Some(name) = &view.zoomed {
        let place = all.iter().position(|n| n == name).unwrap_or(0);
        let tile = Tile { name: name.clone(), place, area: body, kind: Kind::Whole };
        return Arranged { tiles: vec![tile], body, ..Arranged::default() };
    }
    let layout = match view.layout(state) {
        // Narrow terminals show one pane at a time.
        Layout::Grid | Layout::Focus if view.cols < WIDE => Layout::One,
        layout => layout,
    };
    if !layout.has_panes() || all.is_empty() {
        return Arranged::default();
    }
    let columns = grid_columns(state, view, body, all.len());
    let fit = match layout {
        Layout::Grid => usize::from(columns) * usize::from(body.height / PANE.1).max(1),
        Layout::Focus => 1 + usize::from(body.height / PEEK).max(1),
        Layout::Stack => usize::from(body.height.saturating_sub(PANE.1)) + 1,
        _ => 1,
    };
    // Pages are alike: a last one of a single pane would be a waste of the others' room.
    let size = all.len().div_ceil(all.len().div_ceil(fit));
    let choice = view.choice(state).min(all.len() - 1);
    let page = Page { number: choice / size, of: all.len().div_ceil(size), size };
    let first = page.number * size;
    let seen: Vec<(usize, &AgentName)> = all.iter().enumerate().skip(first).take(size).collect();
    let mut arranged = Arranged { page: (page.of > 1).then_some(page), body, ..Arranged::default() };
    match layout {
        Layout::Focus if seen.len() > 1 => {
            arranged.focus(view.weights(state, Axis::Columns, 2), &seen, choice)
        }
        Layout::Grid if seen.len() > 1 => {
            let columns = columns.min(count(seen.len()));
            let rows = count(seen.len()).div_ceil(columns);
            let widths = view.weights(state, Axis::Columns, columns);
            arranged.grid(widths, view.weights(state, Axis::Rows, rows), &seen);
        }
        Layout::Stack => arranged.stack(&seen, choice),
        _ => arranged.show(&seen, choice, body, Kind::Whole),
    }
    arranged
}

/// Columns of the grid of `n` panes.
fn grid_columns(state: &State, view: &View, body: Rect, n: usize) -> u16 {
    let fits = (body.width / PANE.0).max(1);
    let wanted = state.config.tabs.get(view.tab).map_or(0, |t| t.columns);
    let columns = if wanted == 0 { fits } else { wanted.min(fits) };
    columns.min(count(n)).max(1)
}

impl Arranged {
    fn show(&mut self, seen: &[(usize, &AgentName)], place: usize, area: Rect, kind: Kind) {
        if let Some((place, name)) = seen.iter().find(|(p, _)| *p == place) {
            self.tiles.push(Tile { name: (*name).clone(), place: *place, area, kind });
        }
    }

    fn grid(&mut self, widths: Vec<u16>, heights: Vec<u16>, seen: &[(usize, &AgentName)]) {
        let columns = widths.len().max(1);
        self.columns = cuts(self.body.x, self.body.width, &widths, LEAST.0);
        self.rows = cuts(self.body.y, self.body.height, &heights, LEAST.1);
        for (i, (place, _)) in seen.iter().enumerate() {
            let (row, column) = (i / columns, i % columns);
            let at = |cuts: &[u16], i: usize| cuts.get(i).copied().unwrap_or_default();
            let (x, y) = (at(&self.columns, column), at(&self.rows, row));
            // The last pane takes what its row has left.
            let last = i + 1 == seen.len();
            let right = if last { self.body.right() } else { at(&self.columns, column + 1) };
            let bottom = at(&self.rows, row + 1);
            let area = Rect { x, y, width: right.saturating_sub(x), height: bottom.saturating_sub(y) };
            self.show(seen, *place, area, Kind::Whole);
        }
    }

    fn focus(&mut self, widths: Vec<u16>, seen: &[(usize, &AgentName)], choice: usize) {
        let body = self.body;
        self.columns = cuts(body.x, body.width, &widths, LEAST.0);
        let middle = self.columns.get(1).copied().unwrap_or(body.right());
        self.show(seen, choice, Rect { width: middle - body.x, ..body }, Kind::Whole);
        let others = seen.iter().map(|(p, _)| *p).filter(|p| *p != choice);
        let rows = cuts(body.y, body.height, &vec![1; seen.len() - 1], 1);
        for (place, edges) in others.zip(rows.windows(2)) {
            let [top, bottom] = *edges else { continue };
            let area = Rect { x: middle, y: top, width: body.right() - middle, height: bottom - top };
            self.show(seen, place, area, Kind::Peek);
        }
    }

    fn stack(&mut self, seen: &[(usize, &AgentName)], choice: usize) {
        let mut y = self.body.y;
        let lines = count(seen.len().saturating_sub(1));
        for (place, _) in seen {
            let chosen = *place == choice;
            let height = if chosen { self.body.height.saturating_sub(lines) } else { 1 };
            let kind = if chosen { Kind::Whole } else { Kind::Line };
            self.show(seen, *place, Rect { y, height, ..self.body }, kind);
            y += height;
        }
    }

    fn cuts(&self, axis: Axis) -> &[u16] {
        match axis {
            Axis::Columns => &self.columns,
            Axis::Rows => &self.rows,
        }
    }

    /// The border at a place that can be moved: where it parts, and which of those it is.
    pub fn border_at(&self, at: Position) -> Option<(Axis, usize)> {
        if !self.body.contains(at) {
            return None;
        }
        // A border is the last cell of what is before it and the first of what is behind it.
        let hit = |cuts: &[u16], at: u16| {
            let inner = cuts.get(1..cuts.len().saturating_sub(1)).unwrap_or_default();
            inner.iter().position(|cut| at == *cut || at + 1 == *cut).map(|i| i + 1)
        };
        let meets = |axis: Axis| {
            let tile = self.tiles.iter().find(|t| t.area.contains(at));
            tile.is_some_and(|t| match axis {
                Axis::Columns => at.x == t.area.x || at.x + 1 == t.area.right(),
                Axis::Rows => at.y == t.area.y || at.y + 1 == t.area.bottom(),
            })
        };
        let columns = hit(&self.columns, at.x).filter(|_| meets(Axis::Columns));
        let rows = || hit(&self.rows, at.y).filter(|_| meets(Axis::Rows));
        columns.map(|i| (Axis::Columns, i)).or_else(|| rows().map(|i| (Axis::Rows, i)))
    }

    /// The border to move so that the pane at `place` grows that way, and whether it grows by moving it on.
    pub fn border_of(&self, place: usize, axis: Axis) -> Option<(usize, bool)> {
        let area = self.tiles.iter().find(|t| t.place == place)?.area;
        let (near, far) = match axis {
            Axis::Columns => (area.x, area.right()),
            Axis::Rows => (area.y, area.bottom()),
        };
        let cuts = self.cuts(axis);
        let inner = 1..cuts.len().saturating_sub(1);
        let find = |edge: u16| inner.clone().find(|i| cuts.get(*i) == Some(&edge));
        find(far).map(|i| (i, true)).or_else(|| find(near).map(|i| (i, false)))
    }

    /// Where a border is.
    pub fn border(&self, axis: Axis, index: usize) -> Option<u16> {
        self.cuts(axis).get(index).copied()
    }

    /// The sizes that columns or rows have once a border is at `to`, or as near to it as others leave room.
    fn moved(&self, axis: Axis, index: usize, to: u16) -> Option<Vec<u16>> {
        let mut cuts = self.cuts(axis).to_vec();
        let least = if axis == Axis::Columns { LEAST.0 } else { LEAST.1 };
        let (before, after) = (*cuts.get(index.checked_sub(1)?)?, *cuts.get(index + 1)?);
        let (low, high) = (before.saturating_add(least), after.saturating_sub(least));
        if low > high {
            return None;
        }
        *cuts.get_mut(index)? = to.clamp(low, high);
        Some(cuts.windows(2).map(|w| w[1] - w[0]).collect())
    }
}

impl View {
    /// How large `parts` columns or rows are beside one another.
    fn weights(&self, state: &State, axis: Axis, parts: u16) -> Vec<u16> {
        let layout = self.layout(state);
        let parts = usize::from(parts);
        let fits = |w: &&[u16]| w.len() == parts;
        let own = self.sizes.get(&(self.tab, layout)).map(|s| s.of(axis)).filter(fits);
        let tab = state.config.tabs.get(self.tab).filter(|t| t.layout == layout);
        let given = tab.map(|t| match axis {
            Axis::Columns => &t.widths[..],
            Axis::Rows => &t.heights[..],
        });
        let usual = Some(&FOCUS[..]).filter(|_| layout == Layout::Focus && axis == Axis::Columns);
        let known = own.or_else(|| given.filter(fits)).or_else(|| usual.filter(fits));
        known.map_or_else(|| vec![1; parts], <[u16]>::to_vec)
    }

    /// Moves a border of this tab's panes.
    pub(super) fn move_border(&mut self, state: &State, axis: Axis, index: usize, to: u16) {
        let arranged = arrange(state, self, self.frame(state).body);
        let Some(moved) = arranged.moved(axis, index, to) else { return };
        let layout = self.layout(state);
        let sizes = self.sizes.entry((self.tab, layout)).or_default();
        match axis {
            Axis::Columns => sizes.widths = moved,
            Axis::Rows => sizes.heights = moved,
        }
    }
}

fn count(n: usize) -> u16 {
    u16::try_from(n).unwrap_or(u16::MAX)
}

/// Where parts of those weights begin in `length`, and where the last ends; each gets `least` where there is that much.
fn cuts(start: u16, length: u16, weights: &[u16], least: u16) -> Vec<u16> {
    let parts = count(weights.len().max(1));
    let least = least.min(length / parts);
    let all: u32 = weights.iter().map(|w| u32::from(*w)).sum::<u32>().max(1);
    let (mut at, mut used) = (0, 0);
    let mut cuts = vec![start];
    for (weight, left) in weights.iter().zip((0..parts).rev()) {
        used += u32::from(*weight);
        let ideal = u16::try_from(u32::from(length) * used / all).unwrap_or(length);
        let high = length - least * left;
        at = ideal.clamp((at + least).min(high), high);
        cuts.push(start + at);
    }
    cuts
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn parts_fill_the_length_and_none_is_lost(
            start in 0u16..50, length in 0u16..1000, weights in proptest::collection::vec(1u16..200, 1..16), least in 0u16..20,
        ) {
            let cuts = cuts(start, length, &weights, least);
            prop_assert_eq!(cuts.len(), weights.len() + 1);
            prop_assert_eq!((cuts[0], cuts[weights.len()]), (start, start + length));
            let least = least.min(length / u16::try_from(weights.len()).unwrap());
            for pair in cuts.windows(2) {
                prop_assert!(pair[1] - pair[0] >= least, "{:?}", cuts);
            }
        }
    }

    #[test]
    fn equal_weights_are_equal_parts() {
        assert_eq!(cuts(0, 100, &[1, 1], 3), [0, 50, 100]);
        assert_eq!(cuts(10, 90, &[2, 1], 3), [10, 70, 100]);
        assert_eq!(cuts(0, 10, &[100, 1], 3), [0, 7, 10]);
    }
}
