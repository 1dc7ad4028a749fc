//! The mouse: focuses, opens, scrolls, and reaches programs that ask for it.

use std::time::Duration;

use ratatui::layout::{Position, Rect};

use super::actions::{Action, normal, perform};
use super::arrange::{Axis, arrange};
use super::keymap::Op;
use super::layout;
use super::moves::{WHEEL, scroll, turn};
use super::part::Part;
use super::typing::{start_typing, type_on};
use super::view::{Click, Mode, View};
use super::{calls, chrome, composer, copy, incident, monitor, popup, rail, replay, sheet, workflow};
use crate::domain::id::AgentName;
use crate::domain::key::{Mouse, MouseKind};
use crate::domain::time::Time;
use crate::engine::state::State;
use crate::screen::{MouseMode, keys};

/// Within which two clicks at one place are one double click.
const DOUBLE: Duration = Duration::from_millis(400);

/// Something happened with the mouse at `now`.
pub fn on_mouse(state: &State, view: &mut View, mouse: Mouse, now: Time) -> Vec<Action> {
    let at = Position { x: mouse.column, y: mouse.row };
    view.at(now);
    view.settle(state);
    if in_rows(state, view, at) {
        view.roster.touch(now);
    }
    if let Some(actions) = forwarded(state, view, mouse, at) {
        return actions;
    }
    let actions = done(state, view, mouse, at, now);
    view.settle(state);
    type_on(state, view);
    actions
}

fn done(state: &State, view: &mut View, mouse: Mouse, at: Position, now: Time) -> Vec<Action> {
    match mouse.kind {
        MouseKind::Down(0) => {
            view.message = None;
            view.just_left = None;
            if view.frame(state).banner.contains(at) {
                return calls::open(state, view);
            }
            let click = Click { at: now, column: at.x, row: at.y, before: before(state, view, at) };
            let last = view.click.replace(click);
            let double = last.is_some_and(|l| (l.column, l.row) == (at.x, at.y) && now - l.at < DOUBLE);
            if let Some(actions) = copy::press(state, view, at, double) {
                return actions;
            }
            if matches!(view.mode, Mode::Copy(_)) {
                view.mode = Mode::Normal;
            }
            if double {
                view.click = None;
                return double_click(state, view, at);
            }
            click_at(state, view, at)
        }
        MouseKind::Drag(0) if view.deck.is_some() && matches!(view.mode, Mode::Normal) => {
            replay::drag(state, view, at)
        }
        MouseKind::Drag(0) if view.drag.is_some() => {
            if let Some((axis, index)) = view.drag {
                // The border is the first cell of what is behind it.
                view.move_border(state, axis, index, if axis == Axis::Columns { at.x } else { at.y });
            }
            Vec::new()
        }
        MouseKind::Drag(0) if matches!(view.mode, Mode::Normal | Mode::Typing | Mode::Copy(_)) => {
            let Some(click) = view.click else { return Vec::new() };
            let from = Position { x: click.column, y: click.row };
            if from == at && !matches!(view.mode, Mode::Copy(_)) {
                return Vec::new();
            }
            copy::dragged(state, view, (from, at), click.before)
        }
        MouseKind::Up(0) if view.drag.is_none() => copy::released(view),
        MouseKind::Up(_) => {
            view.drag = None;
            Vec::new()
        }
        MouseKind::ScrollUp => wheel(state, view, at, WHEEL),
        MouseKind::ScrollDown => wheel(state, view, at, -WHEEL),
        _ => Vec::new(),
    }
}

/// What a press at a place changes although a selection may be what is meant.
fn before(state: &State, view: &View, at: Position) -> (bool, usize) {
    let agent = pane_at(state, view, at).and_then(|n| state.agent(&n));
    (matches!(view.mode, Mode::Typing), agent.map_or(0, |a| view.back(a)))
}

/// Events over the pane that is typed into belong to its program, if it asked for any; with Shift they are ours.
fn forwarded(state: &State, view: &mut View, mouse: Mouse, at: Position) -> Option<Vec<Action>> {
    let name = view.typing_into(state)?;
    let (_, area) = view.pane_areas(state).into_iter().find(|(n, _)| *n == name)?;
    let modes = state.agent(&name)?.pane.screen.modes();
    let goes_on = matches!(mouse.kind, MouseKind::Drag(_) | MouseKind::Up(_)) && view.grabbed;
    let inside = area.contains(at) && !mouse.mods.shift;
    if modes.mouse == MouseMode::Off || area.is_empty() || !(goes_on || inside) {
        return None;
    }
    match mouse.kind {
        MouseKind::Down(_) => view.grabbed = true,
        MouseKind::Up(_) => view.grabbed = false,
        _ => {}
    }
    let agent = state.agent(&name)?;
    // What began inside goes on at the edge.
    let at = Position { x: at.x.clamp(area.x, area.right() - 1), y: at.y.clamp(area.y, area.bottom() - 1) };
    let part = Part::of(view, agent, area);
    let Some((column, row)) = part.on_screen(&agent.pane.screen, area, at) else { return Some(Vec::new()) };
    let inside = Mouse { column, row, ..mouse };
    let bytes = keys::encode_mouse(&inside, &modes);
    let typed = Action::Type { agent: name, bytes: bytes.clone(), submits: false };
    Some(if bytes.is_empty() { Vec::new() } else { vec![typed] })
}

fn click_at(state: &State, view: &mut View, at: Position) -> Vec<Action> {
    match view.mode.clone() {
        Mode::Normal | Mode::Typing | Mode::Copy(_) => {}
        Mode::Composer(c) => {
            let hit = composer::tick_areas(view, &c).iter().position(|a| a.contains(at));
            if let (Some(i), Mode::Composer(c)) = (hit, &mut view.mode) {
                c.tick(i);
                return Vec::new();
            }
            return hint(state, view, composer::area(view), at);
        }
        Mode::Entry(_) => return Vec::new(),
        Mode::Triage(_) => {
            if incident::click_form(state, view, at) {
                return Vec::new();
            }
            return hint(state, view, incident::form_area(view), at);
        }
        Mode::Calls(_) => return calls::click(state, view, at),
        Mode::Confirm(question) => return hint(state, view, popup::question_area(view, &question), at),
        Mode::Page(_) => return hint(state, view, popup::page_area(view), at),
        Mode::Choose(chooser) => {
            let entry = popup::entry_at(view, &chooser, at);
            if let (Some(entry), Mode::Choose(open)) = (entry, &mut view.mode) {
                open.at = entry;
                return perform(state, view, Op::Accept, None);
            }
            return hint(state, view, popup::chooser_area(view, &chooser), at);
        }
    }
    if let Some(actions) = replay::pressed(state, view, at) {
        return actions;
    }
    let top = layout::top(state, view);
    if top.page.is_some_and(|p| p.contains(at)) && matches!(view.mode, Mode::Normal) {
        return turn(state, view, 1);
    }
    if let Some(tab) = top.tabs.iter().position(|(a, _)| a.contains(at)) {
        view.mode = Mode::Normal;
        view.go_to_tab(state, tab);
        return Vec::new();
    }
    if let Some(name) = listed_at(state, view, at) {
        view.mode = Mode::Normal;
        view.go_to(state, &name);
        return Vec::new();
    }
    if let Some((when, op)) = chrome::foot_at(state, view, view.frame(state).foot, at) {
        view.begun = None;
        return if when == view.when() || view.deck.is_some() {
            perform(state, view, op, None)
        } else {
            normal(state, view, op, None)
        };
    }
    if view.sheet.is_some() {
        let mut actions = sheet::click(state, view, at);
        if view.deck.is_some() {
            // What a sheet offers to do is for a session that runs.
            actions.retain(|a| !matches!(a, Action::Do(_)));
        }
        return actions;
    }
    if layout::is_monitor(state, view) {
        if let Some(row) = monitor::row_at(state, view, at) {
            view.choose(row);
        }
        return Vec::new();
    }
    let Some(name) = pane_at(state, view, at) else { return Vec::new() };
    view.drag = arrange(state, view, view.frame(state).body).border_at(at);
    if view.drag.is_some() {
        // Whoever takes hold of a border has not chosen the pane it belongs to.
        return Vec::new();
    }
    if view.focused(state).as_ref() == Some(&name) {
        let types = matches!(view.mode, Mode::Normal) && view.deck.is_none();
        if types { start_typing(state, view) } else { Vec::new() }
    } else {
        view.mode = Mode::Normal;
        view.go_to(state, &name);
        Vec::new()
    }
}

/// Does what the hint at a place of the lower edge of what is open says.
fn hint(state: &State, view: &mut View, area: Rect, at: Position) -> Vec<Action> {
    let op = popup::hint_at(&view.keys, area, view.when(), at);
    op.map_or(Vec::new(), |op| perform(state, view, op, None))
}

fn double_click(state: &State, view: &mut View, at: Position) -> Vec<Action> {
    if !matches!(view.mode, Mode::Normal | Mode::Typing) || view.sheet.is_some() {
        return click_at(state, view, at);
    }
    if layout::is_monitor(state, view) {
        if let Some(row) = monitor::row_at(state, view, at) {
            view.choose(row);
            return start_typing(state, view);
        }
    } else if let Some(name) = pane_at(state, view, at) {
        view.zoomed = if view.zoomed.is_some() { None } else { Some(name) };
    }
    Vec::new()
}

fn wheel(state: &State, view: &mut View, at: Position, by: isize) -> Vec<Action> {
    let monitor = layout::is_monitor(state, view);
    let on_top = view.sheet.is_none() && view.frame(state).top.contains(at);
    match &mut view.mode {
        Mode::Page(_) => super::open::scroll(state, view, -by),
        Mode::Choose(chooser) => chooser.step(-by.signum()),
        Mode::Composer(_) | Mode::Confirm(_) | Mode::Entry(_) | Mode::Triage(_) => {}
        Mode::Copy(_) => return copy::wheel(state, view, by),
        Mode::Calls(_) => calls::wheel(state, view, -by),
        Mode::Normal if on_top => {
            return turn(state, view, -by.signum());
        }
        Mode::Normal if view.sheet == Some(sheet::Sheet::Incident) => {
            return incident::wheel(state, view, at, by);
        }
        Mode::Normal if view.sheet == Some(sheet::Sheet::Workflow) => {
            return workflow::wheel(state, view, at, by);
        }
        Mode::Normal if view.sheet.is_some() => {
            let op = if by > 0 { Op::Up } else { Op::Down };
            return perform(state, view, op, None);
        }
        Mode::Normal | Mode::Typing if monitor => scroll(state, view, by.signum()),
        Mode::Normal | Mode::Typing => {
            // The pane under the pointer scrolls; the focus stays where it is.
            let agent = pane_at(state, view, at).and_then(|n| state.agent(&n));
            let focused = view.focused(state);
            if by > 0 && agent.is_some_and(|a| Some(&a.name) == focused.as_ref()) && view.at_oldest(state) {
                return copy::look_back(state, view, by.unsigned_abs());
            }
            if let Some(agent) = agent {
                let back = view.back(agent).saturating_add_signed(by);
                view.scroll_to(agent, back);
            }
        }
    }
    Vec::new()
}

fn pane_at(state: &State, view: &View, at: Position) -> Option<AgentName> {
    let tiles = arrange(state, view, view.frame(state).body).tiles;
    tiles.into_iter().find(|t| t.area.contains(at)).map(|t| t.name)
}

/// Whether that is a place of the rows of agents.
fn in_rows(state: &State, view: &View, at: Position) -> bool {
    let frame = view.frame(state);
    frame.rail.contains(at) || frame.list.contains(at)
}

fn listed_at(state: &State, view: &View, at: Position) -> Option<AgentName> {
    let (frame, now) = (view.frame(state), view.now);
    if frame.rail.contains(at) {
        return rail::rail_at(state, view, frame.rail, at, now);
    }
    if frame.list.contains(at) {
        return rail::list_at(state, view, frame.list, at, now);
    }
    None
}
