//! What keys do while a pane is looked at.

use super::select::told;
use super::{COPY_MAX, Copy, Known, Place, QUERY_MAX, Select, Shape, Then};
use crate::domain::id::AgentName;
use crate::domain::key::{Code, Key};
use crate::domain::signal::printable;
use crate::engine::state::State;
use crate::ui::actions::Action;
use crate::ui::ended::can_start;
use crate::ui::keymap::{Glean, Op, When};
use crate::ui::layout::has_no_panes;
use crate::ui::text::hint;
use crate::ui::view::{Mode, View};

/// Rows of the pane of an agent; none where it is not seen.
pub(super) fn height(state: &State, view: &View, name: &AgentName) -> usize {
    let areas = view.pane_areas(state);
    areas.iter().find(|(n, _)| n == name).map_or(0, |(_, area)| usize::from(area.height))
}

/// Begins to look at the focused pane.
pub(in crate::ui) fn start(state: &State, view: &mut View) -> bool {
    let agent = if has_no_panes(state, view) { None } else { view.agent(state) };
    let Some(agent) = agent.filter(|a| height(state, view, &a.name) > 0) else {
        let text = hint(view, "no pane is seen here: ‹type› opens one");
        view.complain(text);
        return false;
    };
    let copy = Copy::new(view, agent, height(state, view, &agent.name));
    view.scroll.remove(&agent.name);
    view.mode = Mode::Copy(Box::new(copy));
    true
}

/// Begins to look at the focused pane; at all that it printed where its program has ended.
pub(in crate::ui) fn start_looking(state: &State, view: &mut View) -> Vec<Action> {
    if !start(state, view) {
        return vec![Action::Beep];
    }
    let ended = view.agent(state).is_some_and(can_start);
    if ended { asked(view, None) } else { Vec::new() }
}

/// Looks further back than memory goes; says whether that can be.
pub(in crate::ui) fn look_back(state: &State, view: &mut View, rows: usize) -> Vec<Action> {
    if view.deck.is_some() {
        return Vec::new();
    }
    let typed = matches!(view.mode, Mode::Typing);
    if let Some(agent) = view.agent(state) {
        view.scroll_to(agent, usize::MAX);
    }
    if !start(state, view) {
        return Vec::new();
    }
    view.types_on |= typed;
    if let Mode::Copy(copy) = &mut view.mode {
        copy.leaves = true;
        copy.at.row = copy.top;
    }
    let then = if rows == usize::MAX { Then::Top } else { Then::Up(rows) };
    asked(view, Some(then))
}

fn asked(view: &mut View, then: Option<Then>) -> Vec<Action> {
    let Mode::Copy(mut copy) = std::mem::replace(&mut view.mode, Mode::Normal) else { return Vec::new() };
    let actions = copy.ask(view, then);
    view.mode = Mode::Copy(copy);
    actions
}

/// Begins to look for a text in the focused pane.
pub(in crate::ui) fn start_search(state: &State, view: &mut View) -> Vec<Action> {
    if !start(state, view) {
        return vec![Action::Beep];
    }
    if let Mode::Copy(copy) = &mut view.mode {
        copy.entry = Some(String::new());
    }
    Vec::new()
}

/// Adds pasted text to what is looked for.
pub(in crate::ui) fn paste(copy: &mut Copy, text: &str) {
    if let Some(entry) = &mut copy.entry {
        let room = QUERY_MAX.saturating_sub(entry.chars().count());
        entry.extend(printable(text).chars().take(room));
    }
}

/// A key that no binding knows.
pub(in crate::ui) fn on_other(copy: &mut Copy, key: Key) -> bool {
    let Some(entry) = &mut copy.entry else { return false };
    match key.code {
        Code::Char(c) if !key.mods.ctrl && !key.mods.alt => paste(copy, c.encode_utf8(&mut [0; 4])),
        Code::Backspace => drop(entry.pop()),
        _ => {}
    }
    true
}

/// Does what an operation says.
pub(in crate::ui) fn perform(state: &State, view: &mut View, op: Op) -> Vec<Action> {
    let Mode::Copy(mut copy) = std::mem::replace(&mut view.mode, Mode::Normal) else { return Vec::new() };
    let height = height(state, view, &copy.agent);
    if copy.entry.is_some() {
        let actions = searching(view, &mut copy, op, height);
        view.mode = Mode::Copy(copy);
        return actions;
    }
    match op {
        Op::Close if copy.select.is_some() => copy.select = None,
        Op::Close => return Vec::new(),
        Op::Accept => {
            let (actions, done) = take(view, &copy);
            if !done {
                view.mode = Mode::Copy(copy);
            }
            return actions;
        }
        Op::Find => copy.entry = Some(String::new()),
        Op::Glean(Glean::Older | Glean::Newer) => {
            let actions = next(view, &mut copy, op == Op::Glean(Glean::Older), height);
            view.mode = Mode::Copy(copy);
            return actions;
        }
        op => {
            step(&mut copy, op, height);
            if copy.leaves && forward(op) && copy.at_end(height) && copy.select.is_none() {
                return Vec::new();
            }
            if backward(op) && copy.top == 0 {
                // Whoever comes to the top wants to see what is above it.
                let then = if op == Op::Top { Some(Then::Top) } else { None };
                let actions = copy.ask(view, then);
                view.mode = Mode::Copy(copy);
                return actions;
            }
        }
    }
    view.mode = Mode::Copy(copy);
    Vec::new()
}

fn backward(op: Op) -> bool {
    matches!(op, Op::PageUp | Op::Top | Op::Up | Op::Glean(Glean::HalfUp))
}

fn forward(op: Op) -> bool {
    matches!(op, Op::PageDown | Op::Bottom | Op::Down | Op::Glean(Glean::HalfDown))
}

/// Moves the cursor, or begins a selection.
fn step(copy: &mut Copy, op: Op, height: usize) {
    let page = isize::try_from(height.saturating_sub(1).max(1)).unwrap_or(1);
    let half = isize::try_from((height / 2).max(1)).unwrap_or(1);
    let at = copy.at;
    match op {
        Op::Left => copy.go(Place { col: left_of(copy), ..at }, height),
        Op::Right => {
            let col = at.col + copy.row(at.row).width_at(at.col);
            let end: u16 = copy.row(at.row).cells().map(|c| u16::from(c.width)).sum();
            copy.go(Place { col: col.min(end.saturating_sub(1)), ..at }, height);
        }
        Op::Up => copy.rows_on(-1, height),
        Op::Down => copy.rows_on(1, height),
        Op::PageUp => copy.page_on(-page, height),
        Op::PageDown => copy.page_on(page, height),
        Op::Glean(Glean::HalfUp) => copy.page_on(-half, height),
        Op::Glean(Glean::HalfDown) => copy.page_on(half, height),
        Op::Top => copy.go(Place::default(), height),
        Op::Bottom => copy.go(Place { row: copy.last(), col: 0 }, height),
        Op::Glean(Glean::Word) => copy.go(copy.word_on(), height),
        Op::Glean(Glean::WordBack) => copy.go(copy.word_back(), height),
        Op::Glean(Glean::WordEnd) => copy.go(copy.word_end(), height),
        Op::Glean(Glean::LineBegin) => copy.go(Place { col: 0, ..at }, height),
        Op::Glean(Glean::LineEnd) => copy.go(copy.line_end(), height),
        Op::Glean(Glean::Select) => select(copy, Shape::Text),
        Op::Glean(Glean::SelectRows) => select(copy, Shape::Rows),
        Op::Glean(Glean::SelectBlock) => select(copy, Shape::Block),
        _ => {}
    }
}

/// The column of the cell before the cursor.
fn left_of(copy: &Copy) -> u16 {
    let mut col = 0;
    let ends = copy.row(copy.at.row).cells().map(|cell| {
        let at = col;
        col += u16::from(cell.width);
        at
    });
    ends.take_while(|at| *at < copy.at.col).last().unwrap_or(0)
}

/// Begins a selection, changes its shape, or ends one of that shape.
fn select(copy: &mut Copy, shape: Shape) {
    copy.select = match copy.select {
        Some(Select { shape: now, .. }) if now == shape => None,
        Some(Select { from, .. }) => Some(Select { from, shape }),
        None => Some(Select { from: copy.at, shape }),
    };
}

fn searching(view: &mut View, copy: &mut Copy, op: Op, height: usize) -> Vec<Action> {
    match op {
        Op::Top => copy.entry = Some(String::new()),
        Op::Accept => {
            let text = copy.entry.take().unwrap_or_default();
            if text.is_empty() {
                copy.search = None;
                return Vec::new();
            }
            let at = copy.at;
            copy.find(&text, height);
            let found = copy.search.as_ref().is_some_and(|s| !s.hits.is_empty());
            if found && copy.at <= at {
                return Vec::new();
            }
            // It may stand further back.
            let actions = copy.ask(view, Some(Then::Older));
            if !found && actions.is_empty() && !matches!(copy.known, Known::Reading(_)) {
                view.complain(format!("`{}` is not in what the pane printed", printable(&text)));
            }
            return actions;
        }
        _ => copy.entry = None,
    }
    Vec::new()
}

fn next(view: &mut View, copy: &mut Copy, back: bool, height: usize) -> Vec<Action> {
    let older = |c: &Copy| c.search.as_ref().is_some_and(|s| s.hits.first().is_some_and(|h| h.from < c.at));
    if back && copy.search.is_some() && !older(copy) {
        let actions = copy.ask(view, Some(Then::Older));
        if !actions.is_empty() {
            return actions;
        }
    }
    match &copy.search {
        None => {
            let text =
                format!("nothing is looked for: {} finds a text", view.keys.key(When::Copying, Op::Find));
            view.complain(text);
        }
        Some(search) if search.hits.is_empty() => {
            view.complain(format!("`{}` is not in what the pane printed", printable(&search.text)));
        }
        Some(_) => {
            if copy.next_hit(back, height) {
                view.say(if back { "on from the newest line" } else { "on from the oldest line" });
            }
        }
    }
    Vec::new()
}

/// Hands what is selected to the clipboard. Says whether that is done.
pub(super) fn take(view: &mut View, copy: &Copy) -> (Vec<Action>, bool) {
    let text = copy.text();
    if text.is_empty() {
        let key = |op| view.keys.key(When::Copying, Op::Glean(op));
        let (text, rows) = (key(Glean::Select), key(Glean::SelectRows));
        view.complain(format!("nothing is selected: {text} begins a selection, {rows} one of lines"));
        return (vec![Action::Beep], false);
    }
    if text.len() > COPY_MAX {
        let (many, most) = (text.len(), COPY_MAX);
        view.complain(format!("{many} bytes are selected; at most {most} go to the clipboard"));
        return (vec![Action::Beep], false);
    }
    if !view.clipboard {
        let name = &copy.agent;
        view.complain(format!(
            "not copied: the clipboard is off for this client; `orchestra read {name}` prints the pane's text"
        ));
        return (vec![Action::Beep], false);
    }
    view.say(told(&text));
    (vec![Action::Copy(text)], true)
}
