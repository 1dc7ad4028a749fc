//! What a keyboard does, before it is a key of the dashboard or of a pane.

use super::actions::{Action, other_key, perform};
use super::keymap::{Found, When};
use super::replay;
use super::typing::{type_on, type_stroke};
use super::view::{Mode, View};
use crate::domain::id::AgentName;
use crate::domain::key::{Code, Key, Stroke};
use crate::engine::state::State;
use crate::screen::MouseMode;

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

/// Bytes of a paste from which on its progress is shown.
const LONG: usize = 64 * 1024;

/// A long paste on its way to a program.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Pasting {
    agent: AgentName,
    total: usize,
    left: usize,
}

impl Pasting {
    /// A paste of so many bytes, if it is long enough to be spoken of.
    pub(super) fn begin(agent: &AgentName, total: usize) -> Option<Self> {
        (total > LONG).then(|| Self { agent: agent.clone(), total, left: total })
    }

    /// How far it is, in words.
    pub(super) fn text(&self) -> String {
        let percent = self.total.saturating_sub(self.left).saturating_mul(100) / self.total.max(1);
        format!("pasting {} KB: {percent} % read", self.total / 1024)
    }
}

impl View {
    /// So many bytes wait for an agent's program to read them; whether that changes what is shown.
    pub fn read_of_paste(&mut self, agent: &AgentName, unread: usize) -> bool {
        let Some(pasting) = self.pasting.as_mut().filter(|p| p.agent == *agent) else { return false };
        if unread == 0 {
            self.pasting = None;
        } else {
            pasting.left = unread.min(pasting.total);
        }
        true
    }

    /// What the program that is typed into wants to be told.
    #[must_use]
    pub fn wants(&self, state: &State) -> Wants {
        let name = self.typing_into(state);
        let Some(agent) = name.and_then(|name| state.agent(&name)) else { return Wants::default() };
        let modes = agent.pane.screen.modes();
        Wants { kitty: modes.kitty, keypad: modes.app_keypad, motion: modes.mouse == MouseMode::Motion }
    }
}

/// A key was pressed, or did something else that only a program in a pane may want to know.
pub fn on_key(state: &State, view: &mut View, stroke: impl Into<Stroke>) -> Vec<Action> {
    let stroke: Stroke = stroke.into();
    let typing = matches!(view.mode, Mode::Typing);
    if !stroke.is_plain() {
        return if typing { type_stroke(state, view, &stroke) } else { Vec::new() };
    }
    let mut key = stroke.key;
    if key.code == Code::Esc && !typing {
        // Pressed twice in a row it looks like Alt-Escape.
        key = Key::plain(Code::Esc);
    }
    view.message = None;
    view.settle(state);
    if !matches!(view.mode, Mode::Typing) {
        view.sent.settle(state);
    }
    let begun = view.begun.take();
    if view.just_left.take() == Some(key) && matches!(view.mode, Mode::Normal) {
        // Leaving twice in a row: the pane was meant.
        view.mode = Mode::Typing;
        return type_stroke(state, view, &stroke);
    }
    let actions = if view.deck.is_some() {
        replay::on_key(state, view, begun, key)
    } else {
        match view.keys.lookup(view.when(), begun, key) {
            Found::Does(op) => perform(state, view, op, Some(key)),
            Found::Begins => {
                view.begun = Some(key);
                Vec::new()
            }
            Found::Nothing if begun.is_none() && view.when() == When::Typing => {
                type_stroke(state, view, &stroke)
            }
            Found::Nothing => other_key(state, view, begun, key),
        }
    };
    view.settle(state);
    type_on(state, view);
    actions
}
