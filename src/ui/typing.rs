//! Typing into a pane, and what keys are before they are told apart.

use super::actions::{Action, other_key, perform};
use super::keymap::{self, Op, When};
use super::replay;
use super::view::{Mode, View};
use crate::domain::key::{Code, Key, Stroke};
use crate::engine::state::State;
use crate::screen::{MouseMode, keys};

/// What the program that is typed into wants to be told by the terminal; nothing when nobody types.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Wants {
    /// Flags of the kitty keyboard protocol.
    pub kitty: u8,
    /// The keypad's keys apart from others.
    pub keypad: bool,
    /// Moves of the mouse without a button.
    pub motion: bool,
}

impl View {
    /// What the program that is typed into wants to be told.
    #[must_use]
    pub fn wants(&self, state: &State) -> Wants {
        let name = self.typing_into(state);
        let Some(agent) = name.and_then(|name| state.agent(&name)) else { return Wants::default() };
        let modes = agent.pane.screen.modes();
        Wants { kitty: modes.kitty, keypad: modes.app_keypad, motion: modes.mouse == MouseMode::Motion }
    }
}

/// A key was pressed, or did something else that a program in a pane may want to know.
pub fn on_key(state: &State, view: &mut View, stroke: impl Into<Stroke>) -> Vec<Action> {
    let stroke: Stroke = stroke.into();
    let typing = matches!(view.mode, Mode::Typing);
    if !stroke.is_plain() {
        return if typing { type_stroke(state, view, &stroke) } else { Vec::new() };
    }
    view.message = None;
    let just_left = std::mem::take(&mut view.just_left);
    let key = stroke.key;
    let leaves = keymap::lookup(When::Typing, key) == Some(Op::LeaveTyping);
    if just_left && leaves && matches!(view.mode, Mode::Normal) {
        // Leaving twice in a row: the pane was meant.
        view.mode = Mode::Typing;
        return type_stroke(state, view, &stroke);
    }
    if typing && !leaves {
        return type_stroke(state, view, &stroke);
    }
    // Escape pressed twice looks like this.
    let key = if key.code == Code::Esc { Key::plain(Code::Esc) } else { key };
    if view.deck.is_some() {
        return replay::on_key(state, view, key);
    }
    match keymap::lookup(view.when(), key) {
        Some(op) => perform(state, view, op, Some(key)),
        None => other_key(view, key),
    }
}

fn type_stroke(state: &State, view: &mut View, stroke: &Stroke) -> Vec<Action> {
    let Some(agent) = view.agent(state) else { return vec![Action::Beep] };
    let name = agent.name.clone();
    if agent.pane.pid.is_none() {
        view.mode = Mode::Normal;
        view.complain(format!("{name} ended: r starts it again"));
        return vec![Action::Beep];
    }
    let bytes = keys::encode(stroke, &agent.pane.screen.modes());
    if bytes.is_empty() {
        return Vec::new();
    }
    view.scroll.remove(&name);
    let submits = keys::submits(stroke, &bytes);
    vec![Action::Type { agent: name, bytes, submits }]
}
