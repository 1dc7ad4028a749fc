//! Answers and texts made from the state.

use super::Step;
use super::state::{Agent, State};
use crate::domain::gates::Place;
use crate::domain::id::{AgentName, DispatchId};
use crate::domain::prompt::names;
use crate::domain::review::{GateResult, Review, gate_reasons};
use crate::domain::time::{Time, rfc3339};
use crate::domain::view::{
    AgentView, Answer, GateView, Library, OfferView, PlanView, Receipt, ReviewView, Status, Template,
};

impl Step<'_> {
    pub(super) fn status(&self) -> Answer {
        Answer::Status(Box::new(self.state.view_status()))
    }

    /// The agent of that name.
    pub(super) fn one(&self, name: &AgentName) -> Result<&Agent, String> {
        let known = self.state.agents.iter().map(|a| a.name.as_str());
        self.state.agent(name).ok_or_else(|| super::targets::unknown("agent", name.as_str(), known))
    }

    /// The receipts of these dispatches that have one, in the order asked for.
    pub(super) fn receipts_of(&self, dispatches: &[DispatchId]) -> Vec<Receipt> {
        let find = |id: &DispatchId| {
            self.state.agents.iter().find_map(|a| {
                let r = a.receipts.iter().rev().find(|r| r.id == *id)?;
                Some(receipt(&a.name, r))
            })
        };
        dispatches.iter().filter_map(find).collect()
    }

    pub(super) fn last_receipts(&self, agents: &[AgentName]) -> Vec<Receipt> {
        let last = |name: &AgentName| Some(receipt(name, self.state.agent(name)?.receipts.last()?));
        agents.iter().filter_map(last).collect()
    }

    pub(super) fn review_view(&self, mut review: Review) -> ReviewView {
        let mut reasons = self.faults(&review);
        let Some(agent) = self.state.agent(&review.agent) else {
            let (state, convention) = (crate::domain::state::AgentState::Unknown, String::new());
            return ReviewView { state, review, reasons, convention };
        };
        review.gates = self.state.gates_of(&review);
        reasons.extend(gate_reasons(&review.gates, &review.facts.head));
        let convention = self.state.convention_of(&agent.name).map(|c| c.name.clone()).unwrap_or_default();
        ReviewView { state: agent.state(), review, reasons, convention }
    }
}

impl State {
    /// The prompts and plans of the session.
    #[must_use]
    pub fn view_library(&self) -> Library {
        let config = &self.config;
        let prompts = names(&config.prompts).map(|name| Template {
            name: name.to_owned(),
            text: config.prompts.get(name).cloned().unwrap_or_default(),
        });
        Library { prompts: prompts.collect(), plans: config.plans.values().map(PlanView::from).collect() }
    }

    /// The session as `status` shows it.
    #[must_use]
    pub fn view_status(&self) -> Status {
        Status {
            session: self.config.session.clone(),
            dir: self.info.dir.clone(),
            server_pid: self.info.server_pid,
            repository: self.info.repository.clone(),
            target: self.config.merge.target.clone(),
            agents: self.team().map(|a| agent_view(a, self.redirected(&a.name))).collect(),
            runs: self.runs.iter().map(|r| self.view_run(r)).collect(),
            tampering: self.tampering(),
            unrecorded: self.unrecorded.clone(),
            offer: self.offer.as_ref().map(|o| OfferView { prompt: o.prompt.clone(), why: o.why.clone() }),
            gating: self.view_gating(),
            base: gates_on_base(self),
            // Who serves knows of them.
            clients: Vec::new(),
            confirmations: self.view_confirmations(),
            queries: self.open_queries(),
        }
    }

    /// The gates of a review, and those that ran at its tip since.
    #[must_use]
    pub fn gates_of(&self, review: &Review) -> Vec<GateResult> {
        let mut gates = review.gates.clone();
        let since = self.agent(&review.agent).into_iter().flat_map(|a| &a.gates);
        for gate in since.filter(|g| g.oid == review.facts.head) {
            gates.retain(|g| g.gate != gate.gate);
            gates.push(gate.clone());
        }
        gates
    }
}

pub(super) fn receipt(agent: &AgentName, r: &super::parts::Receipt) -> Receipt {
    Receipt {
        dispatch: r.id,
        agent: agent.clone(),
        outcome: Some(r.outcome),
        why: r.why.clone(),
        removed: r.removed,
        ms: r.ms,
    }
}

fn agent_view(agent: &Agent, tampered: &str) -> AgentView {
    let facts = agent.facts.as_ref();
    AgentView {
        name: agent.name.clone(),
        role: agent.spec.as_ref().map(|s| s.role.clone()).unwrap_or_default(),
        state: agent.state(),
        task: agent.task.clone(),
        pinned: agent.pin.is_some(),
        until: agent.limited_until().map(|wall| rfc3339(Time { mono: 0, wall })),
        need: if tampered.is_empty() { agent.need() } else { super::guard::need(tampered) },
        tampered: tampered.to_owned(),
        branch: agent.spec.as_ref().map(|s| s.branch.clone()).unwrap_or_default(),
        worktree: agent.worktree.clone(),
        pid: agent.pane.pid,
        head: facts.map(|f| f.head.clone()),
        ahead: facts.map_or(0, |f| f.ahead),
        behind: facts.map_or(0, |f| f.behind),
        dirty: facts.is_some_and(|f| !f.clean()),
        last_activity: agent.pane.last_output.map(rfc3339),
        usage: agent.usage.clone(),
        reasons: agent.reasons.clone(),
        gates: gates_at_tip(agent).into_iter().map(gate_view).collect(),
    }
}

fn gate_view(g: &GateResult) -> GateView {
    GateView { gate: g.gate.clone(), status: g.status, baseline: g.baseline, excused: g.excused }
}

/// The gates that ran on the base, the latest of each.
fn gates_on_base(state: &State) -> Vec<GateView> {
    let mut found: Vec<GateView> = Vec::new();
    for (_, result) in state.elsewhere.iter().filter(|(place, _)| *place == Place::Base) {
        found.retain(|g| g.gate != result.gate);
        found.push(gate_view(result));
    }
    found
}

/// The gates known at a branch's tip, the latest of each, in the order they ran.
pub(super) fn gates_at_tip(agent: &Agent) -> Vec<&GateResult> {
    let mut found: Vec<&GateResult> = Vec::new();
    let tip = agent.facts.as_ref().map(|f| &f.head);
    for result in agent.gates.iter().filter(|g| Some(&g.oid) == tip) {
        found.retain(|g| g.gate != result.gate);
        found.push(result);
    }
    found
}
