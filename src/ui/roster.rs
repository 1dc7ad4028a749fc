//! The order in which a client sees the agents, and which of their results it has not looked at.
//!
//! Agents are grouped by need, in the team's order within a group, so one that changes its group changes its row. No row
//! moves under somebody's hand: while the rows are in use ([`SETTLE`]) signs and words change where they stand and the
//! order waits; and a click that comes just after a change ([`AIM`]) means what was in that row before it.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use super::view::needs_me;
use crate::domain::id::AgentName;
use crate::domain::state::AgentState;
use crate::domain::time::Time;
use crate::engine::state::{Agent, State};

/// How long after the rows were last used they may move.
pub const SETTLE: Duration = Duration::from_secs(2);
/// How long after they have moved a click still means where they were: nobody aims faster.
pub const AIM: Duration = Duration::from_millis(400);

/// The groups, by need.
pub(super) const GROUPS: [&str; 4] = ["need you", "at work", "at rest", "not known"];

/// What an agent is counted to: an index into [`GROUPS`].
pub(super) fn group(agent: &Agent) -> usize {
    match agent.state() {
        _ if needs_me(agent) => 0,
        AgentState::Asking | AgentState::Limited | AgentState::Failed | AgentState::Claimed => 0,
        AgentState::Working | AgentState::Starting | AgentState::Blocked | AgentState::Pending => 1,
        AgentState::Idle | AgentState::Ready | AgentState::Merged | AgentState::Stopped => 2,
        AgentState::Unknown => 3,
    }
}

/// How many agents, calls, and questions and escalations of a project wait for a human.
pub(super) fn needing(state: &State) -> usize {
    let agents = state.team().filter(|a| group(a) == 0).count();
    agents + super::calls::waiting(state).count() + super::workflow::raised(state)
}

/// An agent, and the group it stands in.
type Place = (AgentName, usize);

/// What one client knows of the agents.
#[derive(Clone, Debug, Default)]
pub(super) struct Roster {
    /// As it is shown; empty: as it is.
    rows: Vec<Place>,
    /// As it was shown before, and until when a click means that.
    before: Vec<Place>,
    aimed_until: Time,
    /// Until when the rows stay as they are.
    held_until: Time,
    /// What each agent was doing when last looked.
    known: BTreeMap<AgentName, AgentState>,
    new: BTreeSet<AgentName>,
}

impl Roster {
    /// Takes in what has become of the agents. `seen` are those whose panes are looked at. The answer is when to look
    /// again although nothing else happens.
    pub fn observe(&mut self, state: &State, seen: &BTreeSet<AgentName>, now: Time) -> Option<Time> {
        for agent in state.team() {
            let is = agent.state();
            let was = self.known.insert(agent.name.clone(), is);
            if seen.contains(&agent.name) {
                self.new.remove(&agent.name);
            } else if was.is_some_and(|was| is_result(was, is)) {
                self.new.insert(agent.name.clone());
            }
        }
        let wanted = as_it_is(state);
        if self.rows == wanted {
            return None;
        }
        // Not twice within the time it takes to aim, or a click would have two befores.
        let held = self.held_until.max(self.aimed_until);
        if !self.rows.is_empty() && now < held {
            return Some(held);
        }
        if !self.rows.is_empty() {
            self.before = std::mem::take(&mut self.rows);
            self.aimed_until = now.plus(AIM);
        }
        self.rows = wanted;
        None
    }

    /// Somebody uses the rows.
    pub fn touch(&mut self, now: Time) {
        self.held_until = now.plus(SETTLE);
    }

    /// Where everybody stands, group by group.
    pub fn places<'a>(&self, state: &'a State) -> Vec<(&'a Agent, usize)> {
        found(state, if self.rows.is_empty() { as_it_is(state) } else { self.rows.clone() })
    }

    /// Where everybody stood for who clicks at `now`.
    pub fn aimed<'a>(&self, state: &'a State, now: Time) -> Vec<(&'a Agent, usize)> {
        if now < self.aimed_until { found(state, self.before.clone()) } else { self.places(state) }
    }

    /// Whether an agent has a result that this client has not looked at.
    pub fn is_new(&self, name: &AgentName) -> bool {
        self.new.contains(name)
    }

    /// The agent after `from`, in team order, with a result that was not looked at.
    pub fn next_new(&self, state: &State, from: Option<&AgentName>) -> Option<AgentName> {
        let at = from.and_then(|n| state.agents.iter().position(|a| a.name == *n)).map_or(0, |i| i + 1);
        let (before, after) = state.agents.split_at(at.min(state.agents.len()));
        after.iter().chain(before).map(|a| &a.name).find(|n| self.is_new(n)).cloned()
    }
}

/// Whether becoming `is` is something to look at.
fn is_result(was: AgentState, is: AgentState) -> bool {
    was != is
        && match is {
            AgentState::Asking | AgentState::Limited | AgentState::Failed | AgentState::Ready => true,
            AgentState::Idle => was == AgentState::Working,
            _ => false,
        }
}

fn as_it_is(state: &State) -> Vec<Place> {
    let mut places: Vec<Place> = state.team().map(|a| (a.name.clone(), group(a))).collect();
    places.sort_by_key(|(_, group)| *group);
    places
}

fn found(state: &State, places: Vec<Place>) -> Vec<(&Agent, usize)> {
    places.into_iter().filter_map(|(name, group)| Some((state.agent(&name)?, group))).collect()
}
