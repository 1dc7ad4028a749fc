//! How far back panes are looked at.

use super::layout;
use super::view::View;
use crate::domain::id::AgentName;
use crate::engine::state::{Agent, State};

/// How far back a pane is looked at: so many rows when its history had so many.
#[derive(Clone, Copy, Debug)]
pub(super) struct Scroll {
    back: usize,
    history: usize,
}

impl View {
    /// Whose pane is looked at from the oldest line that is kept of it, and how many rows back that is.
    #[must_use]
    pub fn oldest(&self, state: &State) -> Option<(AgentName, usize)> {
        let agents = self.scroll.keys().filter_map(|name| state.agent(name));
        let mut oldest = agents.filter(|a| self.back(a) >= a.pane.screen.history_len());
        oldest.next().map(|a| (a.name.clone(), self.back(a)))
    }

    /// Scrolls a pane back by so many rows, as far as there are.
    pub fn look_back(&mut self, agent: &Agent, rows: usize) {
        self.scroll_to(agent, rows);
    }

    /// Rows an agent's pane is scrolled back, kept still while new lines come.
    pub(super) fn back(&self, agent: &Agent) -> usize {
        let now = agent.pane.screen.history_len();
        let Some(scroll) = self.scroll.get(&agent.name) else { return 0 };
        (scroll.back + now.saturating_sub(scroll.history)).min(self.furthest(agent))
    }

    pub(super) fn scroll_to(&mut self, agent: &Agent, back: usize) {
        let history = agent.pane.screen.history_len();
        let back = back.min(self.furthest(agent));
        if back == 0 {
            self.scroll.remove(&agent.name);
        } else {
            self.scroll.insert(agent.name.clone(), Scroll { back, history });
        }
    }

    /// Whether the focused pane is seen from the oldest line that is kept of it.
    pub(super) fn at_oldest(&self, state: &State) -> bool {
        let agent = if layout::has_no_panes(state, self) { None } else { self.agent(state) };
        self.deck.is_none() && agent.is_some_and(|a| self.back(a) >= self.furthest(a))
    }

    /// The most rows that a pane can be looked back. A recorded screen, or one that somebody else has made so, may be taller
    /// than its area here: then its upper rows are what comes first.
    fn furthest(&self, agent: &Agent) -> usize {
        let screen = &agent.pane.screen;
        let taller = self.deck.is_some() || super::part::shared(self);
        let hidden = if taller { usize::from(screen.size().rows.saturating_sub(1)) } else { 0 };
        screen.history_len() + hidden
    }
}
