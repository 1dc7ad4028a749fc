//! Where a client is: its tab, the layout it has there, and what it has chosen in it.

use super::super::arrange::arrange;
use super::View;
use crate::domain::id::AgentName;
use crate::domain::team::Layout;
use crate::engine::state::State;

impl View {
    /// How this tab is laid out for this client.
    pub(in crate::ui) fn layout(&self, state: &State) -> Layout {
        self.layout_of(state, self.tab)
    }

    fn layout_of(&self, state: &State, tab: usize) -> Layout {
        let configured = || state.config.tabs.get(tab).map_or(Layout::Grid, |t| t.layout);
        self.layouts.get(&tab).copied().unwrap_or_else(configured)
    }

    /// Whether this tab is laid out so.
    pub(in crate::ui) fn is_tab_of(&self, state: &State, layout: Layout) -> bool {
        self.tab < state.config.tabs.len() && self.layout(state) == layout
    }

    /// On a tab of an incident or a project that is seen, whatever was closed there.
    pub(in crate::ui) fn settle(&mut self, state: &State) {
        self.sheet = super::super::layout::by_tab(state, self).or(self.sheet);
    }

    /// Lays this tab out in another way; the same agent stays chosen.
    pub(in crate::ui) fn lay_out(&mut self, state: &State, layout: Layout) {
        let chosen = self.members(state).get(self.choice(state)).cloned();
        self.zoomed = None;
        self.layouts.insert(self.tab, layout);
        let place = chosen.and_then(|name| self.members(state).iter().position(|m| *m == name));
        self.choose(place.unwrap_or(0));
    }

    /// What can be chosen on this tab, in order.
    pub(in crate::ui) fn members(&self, state: &State) -> Vec<AgentName> {
        self.members_of(state, self.tab)
    }

    /// The tab's panes; on a monitor, and where it was one, the whole team.
    fn members_of(&self, state: &State, tab: usize) -> Vec<AgentName> {
        let panes = state.config.tabs.get(tab).map_or(&[][..], |t| &t.panes);
        if panes.is_empty() || self.layout_of(state, tab) == Layout::Monitor {
            let known = tab < state.config.tabs.len();
            return state.team().filter(|_| known).map(|a| a.name.clone()).collect();
        }
        panes.iter().filter(|p| state.agent(p).is_some()).cloned().collect()
    }

    /// The place of the focus on this tab.
    pub(in crate::ui) fn choice(&self, state: &State) -> usize {
        let last = self.members(state).len().saturating_sub(1);
        self.chosen.get(&self.tab).copied().unwrap_or(0).min(last)
    }

    pub(in crate::ui) fn choose(&mut self, place: usize) {
        self.chosen.insert(self.tab, place);
    }

    /// Turns by so many pages, as far as there are; says whether there was one.
    pub(in crate::ui) fn turn(&mut self, state: &State, by: isize) -> bool {
        let Some(page) = arrange(state, self, self.frame(state).body).page else { return false };
        let to = page.number.saturating_add_signed(by).min(page.of - 1);
        if to == page.number {
            return false;
        }
        // The pane in the same place, as in a book.
        let place = self.choice(state) % page.size;
        let last = self.members(state).len().saturating_sub(1);
        self.choose((to * page.size + place).min(last));
        true
    }

    pub(in crate::ui) fn go_to_tab(&mut self, state: &State, tab: usize) {
        if tab < state.config.tabs.len() {
            self.tab = tab;
            self.zoomed = None;
            self.sheet = None;
        }
    }

    /// Focuses an agent: on this tab if it has a pane here, else on the first that has, else alone.
    pub(in crate::ui) fn go_to(&mut self, state: &State, name: &AgentName) {
        let place = |tab: usize| {
            let panes = self.layout_of(state, tab).has_panes();
            let members = if panes { self.members_of(state, tab) } else { Vec::new() };
            members.iter().position(|m| m == name).map(|p| (tab, p))
        };
        let found = place(self.tab).or_else(|| (0..state.config.tabs.len()).find_map(place));
        self.sheet = None;
        let was_zoomed = self.zoomed.take().is_some();
        match found {
            Some((tab, place)) => {
                self.tab = tab;
                self.choose(place);
                if was_zoomed {
                    self.zoomed = Some(name.clone());
                }
            }
            None => self.zoomed = state.agent(name).map(|a| a.name.clone()),
        }
    }
}
