//! Selecting with the mouse.

use ratatui::layout::{Position, Rect};

use super::act::take;
use super::{Copy, Place, Select, Shape};
use crate::domain::id::AgentName;
use crate::engine::state::State;
use crate::ui::actions::Action;
use crate::ui::view::{Mode, View};

/// The pane whose screen is at a place, and its area.
fn screen_at(state: &State, view: &View, at: Position) -> Option<(AgentName, Rect)> {
    view.pane_areas(state).into_iter().find(|(_, area)| area.contains(at))
}

/// What is at a place of the screen; beyond the pane its nearest row and column.
fn place(copy: &Copy, area: Rect, at: Position) -> Place {
    let x = at.x.clamp(area.x, area.right().saturating_sub(1)) - area.x;
    let y = at.y.clamp(area.y, area.bottom().saturating_sub(1)) - area.y;
    Place { row: (copy.top + usize::from(y)).min(copy.last()), col: x }
}

/// The left button was pressed while a pane is looked at: the cursor goes there. A press elsewhere is not dealt with.
pub(in crate::ui) fn press(
    state: &State,
    view: &mut View,
    at: Position,
    double: bool,
) -> Option<Vec<Action>> {
    let (name, area) = screen_at(state, view, at)?;
    let Mode::Copy(copy) = &mut view.mode else { return None };
    if copy.agent != name {
        return None;
    }
    let to = place(copy, area, at);
    copy.select = None;
    copy.go(to, usize::from(area.height));
    if let Some((from, to)) = copy.word_at(to).filter(|_| double) {
        copy.go(to, usize::from(area.height));
        copy.select = Some(Select { from, shape: Shape::Text });
        let copy = copy.clone();
        return Some(take(view, &copy).0);
    }
    Some(Vec::new())
}

/// The left button was pressed at `from` and is now at `to`: what lies between is selected. `typed` says whether the
/// person was typing before the press, and `back` how far back the pane was seen then.
pub(in crate::ui) fn dragged(
    state: &State,
    view: &mut View,
    (from, to): (Position, Position),
    (typed, back): (bool, usize),
) -> Vec<Action> {
    let Some((name, area)) = screen_at(state, view, from) else { return Vec::new() };
    let height = usize::from(area.height);
    if !matches!(&view.mode, Mode::Copy(copy) if copy.agent == name) {
        let Some(agent) = state.agent(&name) else { return Vec::new() };
        view.scroll_to(agent, back);
        let mut copy = Copy::new(view, agent, height);
        view.scroll.remove(&name);
        copy.drawn = Some(typed);
        view.mode = Mode::Copy(Box::new(copy));
    }
    let Mode::Copy(copy) = &mut view.mode else { return Vec::new() };
    if copy.select.is_none() {
        copy.select = Some(Select { from: place(copy, area, from), shape: Shape::Text });
    }
    // Beyond the edge what is seen moves on.
    if to.y < area.y {
        copy.scroll(-1, height);
    } else if to.y >= area.bottom() {
        copy.scroll(1, height);
    }
    copy.go(place(copy, area, to), height);
    Vec::new()
}

/// The left button was let go of: what was drawn over is copied.
pub(in crate::ui) fn released(view: &mut View) -> Vec<Action> {
    let Mode::Copy(copy) = &view.mode else { return Vec::new() };
    if copy.select.is_none() || copy.entry.is_some() {
        return Vec::new();
    }
    let copy = copy.clone();
    let (actions, _) = take(view, &copy);
    match copy.drawn {
        Some(true) => view.mode = Mode::Typing,
        Some(false) => view.mode = Mode::Normal,
        None => {}
    }
    actions
}

/// The wheel was turned by so many rows back.
pub(in crate::ui) fn wheel(state: &State, view: &mut View, by: isize) -> Vec<Action> {
    let Mode::Copy(mut copy) = std::mem::replace(&mut view.mode, Mode::Normal) else { return Vec::new() };
    let height = super::act::height(state, view, &copy.agent);
    copy.scroll(-by, height);
    let over = by < 0 && copy.leaves && copy.at_end(height) && copy.select.is_none();
    let actions = if by > 0 && copy.top == 0 { copy.ask(view, None) } else { Vec::new() };
    if !over || copy.entry.is_some() {
        view.mode = Mode::Copy(copy);
    }
    actions
}
