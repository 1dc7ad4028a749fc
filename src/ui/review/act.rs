//! Keys and clicks on the review.

use ratatui::layout::Position;

use super::super::actions::{Action, normal};
use super::super::diff;
use super::super::keymap::Op;
use super::super::popup::Page;
use super::super::sheet::Sheet;
use super::super::view::{Mode, View};
use super::detail::Subject;
use super::{Cursor, hit, lines, subject};
use crate::domain::command::{Command, Subject as Tested};
use crate::domain::gates::Reuse;
use crate::engine::state::State;

/// Agents a page moves by.
const PAGE: isize = 10;

pub(in crate::ui) fn perform(state: &State, view: &mut View, cursor: Cursor, op: Op) -> Vec<Action> {
    let mut cursor = cursor.within(state);
    let last = state.team().count().saturating_sub(1);
    let step = |row: usize, by: isize| row.saturating_add_signed(by).min(last);
    match op {
        Op::Up => cursor.row = step(cursor.row, -1),
        Op::Down => cursor.row = step(cursor.row, 1),
        Op::PageUp => cursor.row = step(cursor.row, -PAGE),
        Op::PageDown => cursor.row = step(cursor.row, PAGE),
        Op::Top => cursor.row = 0,
        Op::Bottom => cursor.row = last,
        Op::Left => cursor.column = cursor.column.saturating_sub(1),
        Op::Right => cursor.column += 1,
        Op::OtherPart => cursor.column = usize::from(cursor.column == 0),
        Op::Accept => {
            if let Some(subject) = subject(state, cursor) {
                // Of a recording only what was noted then is known.
                return match lines::asked(state, &subject).filter(|_| view.deck.is_none()) {
                    Some(asked) => lines::open(state, view, subject, asked),
                    None => {
                        read(state, view, subject);
                        Vec::new()
                    }
                };
            }
            return Vec::new();
        }
        Op::Diff => {
            if let Some(agent) = cursor.agent(state) {
                if view.deck.is_some() {
                    // Of a recording only what was noted then is known.
                    read(state, view, Subject::Files(agent));
                    return Vec::new();
                }
                return diff::open(state, view, &agent);
            }
        }
        Op::Gates | Op::AllGates => {
            let agents = match op {
                Op::Gates => cursor.agent(state).into_iter().collect(),
                _ => Vec::new(),
            };
            return run_gates(state, view, Tested::Tips(agents));
        }
        Op::Close => {
            view.sheet = None;
            return Vec::new();
        }
        Op::Review => {
            view.say("asking git about all branches…");
            return vec![Action::Do(Command::Review { agents: Vec::new() })];
        }
        other => return normal(state, view, other, None),
    }
    view.sheet = Some(Sheet::Review(cursor.within(state)));
    Vec::new()
}

/// Opens what there is to say of a subject over the review; it stays true while it is read.
fn read(state: &State, view: &mut View, subject: Subject) {
    view.mode = Mode::Page(Box::new(Page::about(subject.title(state), subject)));
}

/// Has all gates run; verdicts known of the same tree are taken.
pub(in crate::ui) fn run_gates(state: &State, view: &mut View, subject: Tested) -> Vec<Action> {
    if state.config.gates.is_empty() {
        view.complain("no gate is configured: give some under [[gate]] in orchestra.toml");
        return vec![Action::Beep];
    }
    view.say("gates run; what they say is seen here");
    vec![Action::Do(Command::Verify { subject, gates: Vec::new(), reuse: Reuse::Known })]
}

/// Puts the cursor there; where it is already, opens what it is on.
pub(in crate::ui) fn click(state: &State, view: &mut View, cursor: Cursor, at: Position) -> Vec<Action> {
    let Some(there) = hit(state, cursor, view.frame(state).body, at) else { return Vec::new() };
    if there == cursor.within(state) {
        return perform(state, view, cursor, Op::Accept);
    }
    view.sheet = Some(Sheet::Review(there));
    Vec::new()
}

/// The keys that mean something where the cursor is.
pub(in crate::ui) fn keys(state: &State, cursor: Cursor) -> Vec<(Op, Option<&'static str>)> {
    let cursor = cursor.within(state);
    let agent = cursor.agent(state).and_then(|n| state.agent(&n));
    let mut keys = vec![(Op::Accept, Some(if cursor.column == 0 { "all of it" } else { "hunks" }))];
    if state.matrix.as_ref().is_some_and(|m| m.proposal.is_some()) {
        keys.push((Op::TakeOrder, None));
    } else if state.configured_order.is_some() {
        keys.push((Op::TakeOrder, Some("order as configured")));
    }
    if agent.is_some_and(|a| !a.reasons.is_empty()) {
        keys.push((Op::SendReasons, None));
    }
    keys.push((Op::OtherPart, Some(if cursor.column == 0 { "matrix" } else { "facts" })));
    keys.extend([
        (Op::Gates, None),
        (Op::Merge, None),
        (Op::Diff, None),
        (Op::Review, None),
        (Op::Close, None),
    ]);
    keys
}
