//! Other people at the same session: who they are, where they look, and what somebody who only looks may do.

use super::actions::Action;
use super::keymap::{Op, When};
use super::theme::cut;
use super::view::View;
use crate::domain::id::AgentName;
use crate::domain::signal::printable;

/// Columns of somebody's name at most.
const NAME: usize = 12;
/// Names told at the top at most.
const NAMES: usize = 3;

/// Somebody else at the same session.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Guest {
    /// What they are called here.
    pub name: String,
    /// Whom they look at.
    pub agent: Option<AgentName>,
    /// Whether they type into that pane.
    pub typing: bool,
    /// Whether they only look.
    pub looks_only: bool,
}

impl View {
    /// From now on nothing that is pressed here reaches an agent or the session.
    pub fn look_only(&mut self) {
        self.looks_only = true;
    }

    /// Whether nothing that is pressed here reaches an agent or the session.
    #[must_use]
    pub fn looks_only(&self) -> bool {
        self.looks_only
    }

    /// These others are here now; says whether that is news.
    pub fn meet(&mut self, company: Vec<Guest>) -> bool {
        let news = self.company != company;
        self.company = company;
        news
    }

    /// Whether this client may do that: whoever only looks moves and looks.
    pub(super) fn may(&self, op: Op) -> bool {
        let looks = op.looks()
            || matches!(op, Op::Type | Op::Review | Op::Merge | Op::No | Op::LeaveTyping)
            || matches!(op, Op::Copy | Op::Find | Op::Glean(_) | Op::Read(_));
        looks || !self.looks_only || self.deck.is_some()
    }

    /// Refuses what somebody who only looks may not do; the answer is whether it was. Enter opens a row of the Monitor: what
    /// it may not do is known where it is done.
    pub(super) fn refuses(&mut self, op: Op) -> bool {
        let refuses = !self.may(op);
        if refuses {
            let name = [self.when(), When::Normal].into_iter().find_map(|w| self.keys.binding(w, op));
            let name = name.map_or("that", |b| b.name);
            self.complain(format!(
                "`{name}` is not for you: you attached read-only; attach without it to act"
            ));
        }
        refuses
    }

    /// Takes out of what keys and clicks ask for what somebody who only looks may not.
    #[must_use]
    pub fn allowed(&mut self, actions: Vec<Action>) -> Vec<Action> {
        if !self.looks_only {
            return actions;
        }
        let harmless = |action: &Action| match action {
            Action::Type { .. } | Action::Edit(_) => false,
            Action::Do(command) => command.looks(),
            _ => true,
        };
        let (kept, refused): (Vec<Action>, Vec<Action>) = actions.into_iter().partition(harmless);
        if !refused.is_empty() {
            self.complain("you attached read-only: attach without it to act");
        }
        kept
    }

    /// Who else is here, for the top: names, or how many where there is little room. Empty when nobody is.
    pub(super) fn with(&self, long: bool) -> String {
        let names: Vec<String> = self.company.iter().map(|g| cut(&printable(&g.name), NAME)).collect();
        match (names.len(), long) {
            (0, _) => String::new(),
            (n, true) if n <= NAMES => format!("with {}", names.join(", ")),
            (n, _) => format!("+{n}"),
        }
    }

    /// Who else is at an agent: `← ana`, `⇠ ana types`. Empty when nobody is.
    pub(super) fn at_agent(&self, agent: &AgentName) -> String {
        let here = self.company.iter().filter(|g| g.agent.as_ref() == Some(agent));
        let one = |g: &Guest| {
            let does = if g.typing { " types" } else { "" };
            format!("{}{does}", cut(&printable(&g.name), NAME))
        };
        let here: Vec<String> = here.map(one).collect();
        if here.is_empty() { String::new() } else { format!("← {}", here.join(", ")) }
    }
}
