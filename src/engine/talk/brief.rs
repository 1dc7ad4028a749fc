//! All that an agent needs to know of its work, in one answer.

use super::super::Step;
use super::super::parts::Asked;
use super::asker;
use crate::domain::command::Caller;
use crate::domain::id::AgentName;
use crate::domain::query::QueryId;
use crate::domain::rights::Standing;
use crate::domain::view::{Answer, Briefing, Peer};

/// Longest prompt that a briefing repeats, in characters.
const MAX_PROMPT: usize = 64 * 1024;
/// Queries that a briefing holds.
const MAX_QUERIES: usize = 8;
/// What the orchestrator's pane is.
const ROLE: &str = "Orchestrator";

impl Step<'_> {
    pub(super) fn briefing(&mut self, caller: &Caller, of: Option<AgentName>) -> Result<Answer, String> {
        let name = match (of, caller.pane()) {
            (Some(other), Some(own)) if other != *own && caller.standing() == Standing::Agent => {
                return Err(format!(
                    "brief you on {other}: an agent gets its own briefing, which names its peers; `orchestra ask {other} \"...\"` asks it"
                ));
            }
            (Some(name), _) => name,
            (None, Some(own)) => own.clone(),
            (None, None) => return Err("brief nobody: name an agent, or ask for it in a pane".into()),
        };
        self.one(&name)?;
        let seen: Vec<QueryId> =
            self.state.asked_of(&name).iter().take(MAX_QUERIES).map(|a| a.query.id).collect();
        for query in seen {
            self.looked_at(query, &asker(caller));
        }
        let briefing = self.made_briefing(&name)?;
        Ok(Answer::Briefing(Box::new(briefing)))
    }

    fn made_briefing(&self, name: &AgentName) -> Result<Briefing, String> {
        let (state, agent) = (&*self.state, self.one(name)?);
        let spec = agent.spec.as_ref();
        let config = &state.config;
        let peer = |a: &super::super::state::Agent| Peer {
            name: a.name.clone(),
            role: a.spec.as_ref().map_or(ROLE.to_owned(), |s| s.role.clone()),
            state: a.state(),
            task: a.task.clone(),
            focus: a.spec.as_ref().map(|s| s.focus.clone()).unwrap_or_default(),
        };
        Ok(Briefing {
            agent: agent.name.clone(),
            role: spec.map_or(ROLE.to_owned(), |s| s.role.clone()),
            domain: spec.map(|s| s.domain.clone()).unwrap_or_default(),
            branch: spec.map(|s| s.branch.clone()).unwrap_or_default(),
            worktree: agent.worktree.clone(),
            target: config.merge.target.clone(),
            base: agent.base.clone(),
            focus: spec.map(|s| s.focus.clone()).unwrap_or_default(),
            after: spec.map(|s| s.after.clone()).unwrap_or_default(),
            state: agent.state(),
            prompt: agent.told.chars().take(MAX_PROMPT).collect(),
            reasons: agent.reasons.clone(),
            phrase: format!("[AGENT] {name} {}", config.conduct.phrase),
            gates: config.gates.iter().filter(|g| g.ready).map(|g| g.name.clone()).collect(),
            peers: state.agents.iter().filter(|a| a.name != *name).map(peer).collect(),
            queries: state.asked_of(name).into_iter().take(MAX_QUERIES).map(Asked::view).collect(),
        })
    }
}
