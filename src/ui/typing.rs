//! Keys that go into a pane, and how one begins and ends to type.

use super::actions::{Action, normal};
use super::ended::can_start;
use super::keymap::{Op, Seq, When};
use super::text::hint;
use super::view::{Mode, View};
use crate::domain::key::{Key, Stroke};
use crate::engine::state::State;
use crate::screen::keys;

pub(super) fn start_typing(state: &State, view: &mut View) -> Vec<Action> {
    if super::layout::has_no_panes(state, view) {
        if let Some(name) = view.focused(state) {
            view.go_to(state, &name);
        }
        return Vec::new();
    }
    match view.agent(state) {
        Some(_) if view.looks_only => {
            view.complain("you attached read-only: nothing you type goes into a pane");
            vec![Action::Beep]
        }
        Some(agent) if agent.pane.pid.is_some() => {
            view.scroll.remove(&agent.name);
            view.mode = Mode::Typing;
            Vec::new()
        }
        Some(agent) => {
            let text = if can_start(agent) {
                "does not run: ‹run› starts it"
            } else {
                "was not started yet: ‹run› runs a plan"
            };
            let text = hint(view, &format!("{} {text}", agent.name));
            view.complain(text);
            vec![Action::Beep]
        }
        None => vec![Action::Beep],
    }
}

/// What an operation does while keys go into a pane.
pub(super) fn while_typing(state: &State, view: &mut View, op: Op, key: Option<Key>) -> Vec<Action> {
    match op {
        Op::LeaveTyping => {
            view.mode = Mode::Normal;
            let leaves = |key: &Key| {
                let binding = view.keys.binding(When::Typing, Op::LeaveTyping);
                binding.is_some_and(|b| b.keys.contains(&Seq::one(*key)))
            };
            view.just_left = key.filter(leaves);
            Vec::new()
        }
        Op::TypeIt => key.map_or(Vec::new(), |key| type_key(state, view, key)),
        _ => {
            view.mode = Mode::Normal;
            // Whoever looks back wants to look on, not to type.
            view.types_on = !matches!(op, Op::PageUp | Op::PageDown | Op::Top | Op::Bottom);
            normal(state, view, op, key)
        }
    }
}

pub(super) fn type_key(state: &State, view: &mut View, key: Key) -> Vec<Action> {
    type_stroke(state, view, &key.into())
}

/// Sends what a key did to the program that is typed into, in the encoding it asked for.
pub(super) fn type_stroke(state: &State, view: &mut View, stroke: &Stroke) -> Vec<Action> {
    let Some(agent) = view.agent(state) else { return vec![Action::Beep] };
    if agent.pane.pid.is_none() {
        let name = agent.name.clone();
        view.mode = Mode::Normal;
        let text = hint(view, &format!("{name} ended: ‹run› starts it again"));
        view.complain(text);
        return vec![Action::Beep];
    }
    let bytes = keys::encode(stroke, &agent.pane.screen.modes());
    if bytes.is_empty() {
        return Vec::new();
    }
    let submits = keys::submits(stroke, &bytes);
    let name = agent.name.clone();
    view.scroll.remove(&name);
    vec![Action::Type { agent: name, bytes, submits }]
}

/// Whoever did something while typing goes on typing once it is over.
pub(super) fn type_on(state: &State, view: &mut View) {
    if !view.types_on || view.sheet.is_some() || !matches!(view.mode, Mode::Normal) {
        return;
    }
    view.types_on = false;
    let runs = view.agent(state).is_some_and(|a| a.pane.pid.is_some());
    if runs && !super::layout::has_no_panes(state, view) {
        view.mode = Mode::Typing;
    }
}
