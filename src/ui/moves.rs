//! Moving about: panes, tabs, history.

use super::actions::{Action, next_need};
use super::keymap::Op;
use super::layout;
use super::view::{View, inner, members};
use crate::domain::id::AgentName;
use crate::domain::key::{Code, Key};
use crate::engine::state::State;

/// Rows the wheel moves.
pub(super) const WHEEL: isize = 3;

pub(super) fn go(state: &State, view: &mut View, op: Op, key: Option<Key>) -> Vec<Action> {
    let tabs = state.config.tabs.len().max(1);
    let page = page_rows(state, view);
    match op {
        Op::NextTab => view.go_to_tab(state, (view.tab + 1) % tabs),
        Op::PrevTab => view.go_to_tab(state, (view.tab + tabs - 1) % tabs),
        Op::Tab => {
            let digit = match key.map(|k| k.code) {
                Some(Code::Char(c)) => c.to_digit(10).and_then(|d| usize::try_from(d).ok()).unwrap_or(0),
                _ => 0,
            };
            if digit == 0 || digit > state.config.tabs.len() {
                view.complain(format!("there are {} tabs", state.config.tabs.len()));
                return vec![Action::Beep];
            }
            view.go_to_tab(state, digit - 1);
        }
        Op::Zoom => {
            view.zoomed = if view.zoomed.is_some() { None } else { view.focused(state) };
        }
        Op::NextNeed => match next_need(state, view.focused(state).as_ref()) {
            Some(name) => view.go_to(state, &name),
            None => view.say("nobody needs you"),
        },
        Op::NextAgent => step_agent(state, view, 1),
        Op::PrevAgent => step_agent(state, view, -1),
        Op::PageUp | Op::Top if view.at_oldest(state) => {
            let rows = if op == Op::Top { usize::MAX } else { page.unsigned_abs() };
            return super::copy::look_back(state, view, rows);
        }
        Op::PageUp => scroll(state, view, page),
        Op::PageDown => scroll(state, view, -page),
        Op::Top => scroll(state, view, isize::MAX),
        Op::Bottom => scroll(state, view, isize::MIN + 1),
        Op::Left | Op::Right | Op::Up | Op::Down => side(state, view, op),
        _ => {}
    }
    Vec::new()
}

/// Scrolls the focused pane back (or, below zero, forward).
pub(super) fn scroll(state: &State, view: &mut View, by: isize) {
    if layout::is_monitor(state, view) {
        let by = by.clamp(-1000, 1000);
        let place = view.choice(state).saturating_add_signed(-by);
        view.choose(place.min(members(state, view.tab).len().saturating_sub(1)));
        return;
    }
    let Some(agent) = view.agent(state) else { return };
    let back = view.back(agent).saturating_add_signed(by);
    view.scroll_to(agent, back);
}

fn page_rows(state: &State, view: &View) -> isize {
    let focused = view.focused(state);
    let area = layout::panes(state, view, view.frame(state).body)
        .into_iter()
        .find(|(n, _)| Some(n) == focused.as_ref());
    let rows = area.map_or(1, |(_, a)| inner(a).height.saturating_sub(1).max(1));
    isize::try_from(rows).unwrap_or(1)
}

/// Steps through all agents, the orchestrator last, on whatever tab they are.
fn step_agent(state: &State, view: &mut View, by: isize) {
    let n = state.agents.len();
    let focused = view.focused(state);
    if layout::is_monitor(state, view) {
        let rows = members(state, view.tab).len().max(1);
        let place = view.choice(state) + rows;
        view.choose(place.saturating_add_signed(by) % rows);
        return;
    }
    let at = state.agents.iter().position(|a| Some(&a.name) == focused.as_ref());
    let next = match at {
        Some(at) => (at + n).saturating_add_signed(by) % n.max(1),
        None => 0,
    };
    if let Some(name) = state.agents.get(next).map(|a| a.name.clone()) {
        view.go_to(state, &name);
    }
}

/// Focuses the pane next to the focused one; where only one is seen, the one before or after it.
fn side(state: &State, view: &mut View, op: Op) {
    let forward = matches!(op, Op::Right | Op::Down);
    let areas = layout::panes(state, view, view.frame(state).body);
    if areas.len() < 2 {
        let all = members(state, view.tab);
        let last = all.len().saturating_sub(1);
        let place = view.choice(state);
        let next = if forward { (place + 1).min(last) } else { place.saturating_sub(1) };
        if let Some(name) = all.get(next) {
            if view.zoomed.is_some() {
                view.zoomed = Some(name.clone());
            }
            view.choose(next);
        }
        return;
    }
    if let Some(next) = beside(&areas, view.choice(state), op) {
        view.choose(next);
    }
}

/// The place of the nearest pane that lies that way and shares rows (or columns) with the one at `from`.
fn beside(areas: &[(AgentName, ratatui::layout::Rect)], from: usize, op: Op) -> Option<usize> {
    let (_, here) = areas.get(from)?;
    let rows = |a: &ratatui::layout::Rect| a.y < here.bottom() && here.y < a.bottom();
    let columns = |a: &ratatui::layout::Rect| a.x < here.right() && here.x < a.right();
    let far = |a: &ratatui::layout::Rect| match op {
        Op::Left => (rows(a) && a.right() <= here.x).then(|| here.x - a.right()),
        Op::Right => (rows(a) && a.x >= here.right()).then(|| a.x - here.right()),
        Op::Up => (columns(a) && a.bottom() <= here.y).then(|| here.y - a.bottom()),
        _ => (columns(a) && a.y >= here.bottom()).then(|| a.y - here.bottom()),
    };
    areas.iter().enumerate().filter_map(|(i, (_, a))| far(a).map(|d| (d, i))).min().map(|(_, i)| i)
}
