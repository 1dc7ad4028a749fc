//! Moving about: panes, tabs, history.

use ratatui::layout::Rect;

use super::actions::{Action, next_need};
use super::arrange::{Axis, Tile, arrange};
use super::keymap::{Lay, Op};
use super::layout::{self, WIDE};
use super::monitor;
use super::view::{View, inner};
use crate::domain::id::AgentName;
use crate::domain::key::{Code, Key};
use crate::domain::team::Layout;
use crate::engine::state::State;

/// Rows the wheel moves.
pub(super) const WHEEL: isize = 3;
/// Columns and rows a key moves a border by.
const STEP: (u16, u16) = (4, 2);

pub(super) fn go(state: &State, view: &mut View, op: Op, key: Option<Key>) -> Vec<Action> {
    let tabs = state.config.tabs.len().max(1);
    let page = page_rows(state, view);
    if matches!(op, Op::NextAgent | Op::PrevAgent | Op::NextNeed | Op::NextNew) {
        view.roster.touch(view.now);
    }
    match op {
        Op::NextTab => view.go_to_tab(state, (view.tab + 1) % tabs),
        Op::PrevTab => view.go_to_tab(state, (view.tab + tabs - 1) % tabs),
        Op::Tab => {
            let digit = match key.map(|k| k.code) {
                // After 9 comes the tenth.
                Some(Code::Char('0')) => 10,
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
        Op::NextNeed => {
            let place = |name: &AgentName| state.agents.iter().position(|a| a.name == *name);
            let from = view.focused(state);
            let next = next_need(state, from.as_ref());
            // Calls come after the last agent; those that are new go first.
            let at = next.as_ref().and_then(place);
            let round = at.map(|at| from.as_ref().and_then(place).is_some_and(|from| at <= from));
            match next {
                _ if super::calls::are_next(state, view, round) => return super::calls::open(state, view),
                Some(name) => view.go_to(state, &name),
                None if super::workflow::raised(state) > 0 => return super::workflow::attend(state, view),
                None => view.say("nobody needs you"),
            }
        }
        Op::NextNew => match view.roster.next_new(state, view.focused(state).as_ref()) {
            Some(name) => view.go_to(state, &name),
            None => view.say("there is no result that you have not looked at"),
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

/// Changes how panes are laid out.
pub(super) fn lay(state: &State, view: &mut View, lay: Lay) -> Vec<Action> {
    let whose = match view.layout(state) {
        Layout::Incident => "incident",
        Layout::Workflow => "workflow",
        _ => "",
    };
    if !whose.is_empty() && !matches!(lay, Lay::NextPage | Lay::PreviousPage) {
        view.complain(format!("this tab is the {whose}'s: it has no panes to lay out"));
        return vec![Action::Beep];
    }
    let ways = Layout::ALL;
    let at = ways.iter().position(|w| *w == view.layout(state)).unwrap_or(0);
    let layout = match lay {
        Lay::NextLayout => ways[(at + 1) % ways.len()],
        Lay::PreviousLayout => ways[(at + ways.len() - 1) % ways.len()],
        Lay::GridLayout => Layout::Grid,
        Lay::FocusLayout => Layout::Focus,
        Lay::StackLayout => Layout::Stack,
        Lay::OneLayout => Layout::One,
        Lay::MonitorLayout => Layout::Monitor,
        Lay::NextPage => return turn(state, view, 1),
        Lay::PreviousPage => return turn(state, view, -1),
        Lay::Wider => return resize(state, view, Axis::Columns, true),
        Lay::Narrower => return resize(state, view, Axis::Columns, false),
        Lay::Taller => return resize(state, view, Axis::Rows, true),
        Lay::Lower => return resize(state, view, Axis::Rows, false),
        Lay::EvenBorders => {
            view.sizes.remove(&(view.tab, view.layout(state)));
            return Vec::new();
        }
    };
    view.lay_out(state, layout);
    let what = match layout {
        Layout::Grid => "rows and columns of panes",
        Layout::Focus => "the chosen pane large, the others small beside it",
        Layout::Stack => "the chosen pane open, a line for each other",
        Layout::One => "one pane at a time",
        Layout::Monitor => "a row for every agent",
        Layout::Incident => "the incident",
        Layout::Workflow => "the workflow",
    };
    let narrow = view.cols < WIDE && matches!(layout, Layout::Grid | Layout::Focus);
    let narrow = if narrow { format!("; one at a time below {WIDE} columns") } else { String::new() };
    let what = if narrow.is_empty() { format!(": {what}") } else { narrow };
    view.say(format!("layout {}{what}", layout.word()));
    Vec::new()
}

/// Turns pages, those of the Monitor too.
pub(super) fn turn(state: &State, view: &mut View, by: isize) -> Vec<Action> {
    if layout::is_monitor(state, view) {
        scroll(state, view, page_rows(state, view).saturating_mul(-by));
        return Vec::new();
    }
    if view.turn(state, by) {
        return Vec::new();
    }
    view.complain(match arrange(state, view, view.frame(state).body).page {
        Some(_) if by > 0 => "this is the last page",
        Some(_) => "this is the first page",
        None => "all panes of this tab are on one page",
    });
    vec![Action::Beep]
}

/// Moves the border of the focused pane that lies that way.
fn resize(state: &State, view: &mut View, axis: Axis, grow: bool) -> Vec<Action> {
    let arranged = arrange(state, view, view.frame(state).body);
    let border = arranged.border_of(view.choice(state), axis);
    let Some((index, onward)) = border.filter(|_| view.zoomed.is_none()) else {
        view.complain("no other pane is beside it that way");
        return vec![Action::Beep];
    };
    let step = if axis == Axis::Columns { STEP.0 } else { STEP.1 };
    let at = arranged.border(axis, index).unwrap_or_default();
    let to = if grow == onward { at.saturating_add(step) } else { at.saturating_sub(step) };
    view.move_border(state, axis, index, to);
    Vec::new()
}

/// Scrolls the focused pane back (or, below zero, forward).
pub(super) fn scroll(state: &State, view: &mut View, by: isize) {
    if layout::is_monitor(state, view) {
        let by = by.clamp(-1000, 1000);
        let place = view.choice(state).saturating_add_signed(-by);
        view.choose(place.min(view.members(state).len().saturating_sub(1)));
        return;
    }
    let Some(agent) = view.agent(state) else { return };
    let back = view.back(agent).saturating_add_signed(by);
    view.scroll_to(agent, back);
}

fn page_rows(state: &State, view: &View) -> isize {
    if layout::is_monitor(state, view) {
        return isize::try_from(monitor::shown(state, view).max(1)).unwrap_or(1);
    }
    let focused = view.focused(state);
    let tiles = arrange(state, view, view.frame(state).body).tiles;
    let tile = tiles.iter().find(|t| Some(&t.name) == focused.as_ref());
    let rows = tile.map_or(1, |t| inner(t.area).height.saturating_sub(1).max(1));
    isize::try_from(rows).unwrap_or(1)
}

/// Steps through all agents, the orchestrator last, on whatever tab they are.
fn step_agent(state: &State, view: &mut View, by: isize) {
    let n = state.agents.len();
    let focused = view.focused(state);
    if layout::is_monitor(state, view) {
        let rows = view.members(state).len().max(1);
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

/// Focuses the pane next to the focused one. Where panes are not beside one another it is the one before or after it,
/// and above and below a page there may be another.
fn side(state: &State, view: &mut View, op: Op) {
    let forward = matches!(op, Op::Right | Op::Down);
    if layout::is_monitor(state, view) && matches!(op, Op::Left | Op::Right) {
        return;
    }
    let arranged = arrange(state, view, view.frame(state).body);
    if view.layout(state) != Layout::Grid || arranged.tiles.len() < 2 {
        let all = view.members(state);
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
    let choice = view.choice(state);
    match (beside(&arranged.tiles, choice, op), op) {
        (Some(next), _) => view.choose(next),
        (None, Op::Down | Op::Up) => drop(view.turn(state, if forward { 1 } else { -1 })),
        (None, _) => {}
    }
}

/// The place of the nearest pane that lies that way and shares rows (or columns) with the one at `from`.
fn beside(tiles: &[Tile], from: usize, op: Op) -> Option<usize> {
    let here = tiles.iter().find(|t| t.place == from)?.area;
    let rows = |a: &Rect| a.y < here.bottom() && here.y < a.bottom();
    let columns = |a: &Rect| a.x < here.right() && here.x < a.right();
    let far = |a: &Rect| match op {
        Op::Left => (rows(a) && a.right() <= here.x).then(|| here.x - a.right()),
        Op::Right => (rows(a) && a.x >= here.right()).then(|| a.x - here.right()),
        Op::Up => (columns(a) && a.bottom() <= here.y).then(|| here.y - a.bottom()),
        _ => (columns(a) && a.y >= here.bottom()).then(|| a.y - here.bottom()),
    };
    tiles.iter().filter_map(|t| far(&t.area).map(|d| (d, t.place))).min().map(|(_, place)| place)
}
