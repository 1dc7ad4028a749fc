//! The end of a run: gates on every branch, the review, the offer to the orchestrator.

use super::super::Step;
use super::super::answer::gates_at_tip;
use super::super::draft::Purpose;
use super::super::event::{Effect, ReplyTo};
use super::super::letter::Letter;
use super::super::parts::{JobKind, Run};
use super::super::state::{Agent, State};
use super::Change;
use crate::domain::command::Target;
use crate::domain::ending::{EndGates, OnRed, Red};
use crate::domain::gates::Reuse;
use crate::domain::id::{AgentName, Oid, RunId};
use crate::domain::record::{Offered, Record, RunReviewed};
use crate::domain::review::{GateResult, GateStatus, Review, git_reasons};
use crate::domain::state::TaskState;
use crate::domain::team::Gate;

impl State {
    /// The gates that are not green at the tips of branches as they are now, for all the team but who is left out.
    pub fn red_gates(&self) -> impl Iterator<Item = (&Agent, &GateResult)> {
        let bad = |a| gates_at_tip(a).into_iter().filter(|g| !g.passed()).map(move |g| (a, g));
        self.team().filter(|a| !a.left_out).flat_map(bad)
    }

    /// What a plan that looks at gates first has to say of red ones, one line a gate; empty when it may start.
    #[must_use]
    pub fn red_before(&self, plan: &str) -> Vec<String> {
        if !self.config.plans.get(plan).is_some_and(|p| p.confirm_red) {
            return Vec::new();
        }
        self.red_gates().map(|(a, g)| red_line(a, g)).collect()
    }
}

fn red_line(agent: &Agent, result: &GateResult) -> String {
    let status = match result.status {
        GateStatus::Timeout => "over its time",
        GateStatus::Error => "not to be run",
        GateStatus::Red | GateStatus::Green => "red",
    };
    format!("{}: {} is {status} at {}", agent.name, result.gate, result.oid.short())
}

impl Step<'_> {
    /// Why a plan does not start without a word about red gates.
    pub(in crate::engine) fn held_by_red(&self, plan: &str, targets: &[Target], red: Red) -> Option<String> {
        let asks = red == Red::Ask && self.state.config.plans.get(plan).is_some_and(|p| p.confirm_red);
        // Targets that name nobody are told of by who starts the plan.
        let wanted = super::super::targets::resolve(self.state, targets).ok().filter(|_| asks)?;
        let red = self.state.red_gates().filter(|(a, _)| wanted.contains(&a.name));
        let lines: Vec<String> = red.map(|(a, g)| red_line(a, g)).collect();
        let said = lines.join("; ");
        (!lines.is_empty())
            .then(|| format!("run {plan}: gates are not green: {said}; start all the same with --yes"))
    }

    /// What is left to do of a run whose tasks have ended.
    pub(super) fn next_of_end(&self, run: &Run) -> Option<Change> {
        let gates = self.state.config.plans.get(&run.plan).map(|p| p.gates).unwrap_or_default();
        match &run.gating {
            None if gates == EndGates::All && !self.state.config.gates.is_empty() => {
                Some(Change::Gate(run.id))
            }
            Some(open) if !open.is_empty() => {
                let under_way = |a: &AgentName| {
                    let kind = JobKind::Branch(run.id, a.clone());
                    self.state.jobs.iter().any(|j| j.kind == kind)
                };
                let (agent, oid) = open.iter().find(|(a, _)| !under_way(a))?;
                Some(Change::GateBranch(run.id, agent.clone(), oid.clone()))
            }
            _ => Some(Change::End(run.id)),
        }
    }

    /// All gates are to run on the branches of a run as they are now.
    pub(super) fn begin_gates(&mut self, id: RunId) {
        let Some(run) = self.state.runs.iter().find(|r| r.id == id) else { return };
        let had_task = |a: &&Agent| {
            let mut own = run.tasks.iter().filter(|t| t.bound.agent == a.name);
            !a.left_out && own.any(|t| t.state != TaskState::Skipped)
        };
        let tip = |a: &Agent| Some((a.name.clone(), a.facts.as_ref()?.head.clone()));
        let tips = self.state.team().filter(had_task).filter_map(tip).collect();
        self.record(Record::RunGates { run: id, tips });
    }

    /// Runs the gates of one branch that are not known yet at that commit.
    pub(super) fn gate_branch(&mut self, run: RunId, agent: AgentName, oid: Oid) {
        let known = |g: &Gate| {
            let results = self.state.agent(&agent).map_or(&[][..], |a| &a.gates);
            let told = |r: &&GateResult| r.status.is_verdict();
            results.iter().filter(told).any(|r| r.gate == g.name && r.oid == oid)
        };
        let gates: Vec<Gate> = self.state.config.gates.iter().filter(|g| !known(g)).cloned().collect();
        if gates.is_empty() {
            return self.record(Record::BranchGated { run, agent });
        }
        let base = self.state.agent(&agent).and_then(|a| a.base.clone());
        self.run_gates(JobKind::Branch(run, agent), oid, gates, OnRed::Go, base, Reuse::Known);
    }

    /// A run has ended: what its plan asks for follows, unless somebody has still to decide about a failed task.
    pub(super) fn end_run(&mut self, id: RunId) {
        self.record(Record::RunEnded { run: id });
        let Some(run) = self.state.runs.iter().find(|r| r.id == id) else { return };
        let Some(then) = self.state.config.plans.get(&run.plan).map(|p| p.then.clone()) else { return };
        let failed = self.undecided(run);
        if then.is_nothing() {
            return;
        }
        if !failed.is_empty() {
            let text = format!(
                "what follows {} waits for {}: do it again with `orchestra task retry`, or leave it out with \
                 `orchestra skip`",
                run.plan,
                failed.join(", ")
            );
            self.record(Record::Note { text });
        } else if then.review {
            self.review_after(id);
        } else {
            self.offer(id);
        }
    }

    /// Agents of a run whose task failed and who were not left out by name.
    fn undecided(&self, run: &Run) -> Vec<String> {
        let left_out = |a: &AgentName| self.state.agent(a).is_some_and(|a| a.left_out);
        let failed = run.tasks.iter().filter(|t| t.state == TaskState::Failed && !left_out(&t.bound.agent));
        failed.map(|t| t.bound.agent.to_string()).collect()
    }

    /// The review after the latest run, where it is due and was not made: its server was lost meanwhile, or
    /// it waited for somebody to be left out.
    pub(in crate::engine) fn review_if_due(&mut self) {
        let Some(run) = self.state.runs.last() else { return };
        let asked = self.state.config.plans.get(&run.plan).is_some_and(|p| p.then.review);
        // What was cut short by the session's end has not come to its own.
        let whole = run.ended && run.tasks.iter().all(|t| t.state.ended()) && self.undecided(run).is_empty();
        let under_way = self.state.jobs.iter().any(|j| j.kind == JobKind::AfterRun(run.id));
        if asked && whole && run.review.is_none() && !under_way {
            self.review_after(run.id);
        }
    }

    fn review_after(&mut self, id: RunId) {
        let agents = self.state.team().filter(|a| !a.left_out).map(|a| a.name.clone()).collect();
        let job = self.job(JobKind::AfterRun(id));
        let depth = self.whole();
        self.out.push(Effect::Review { job, agents, depth });
    }

    /// What the review after a run said.
    pub(in crate::engine) fn reviewed_after(&mut self, id: RunId, reviews: Result<Vec<Review>, String>) {
        let text = match reviews {
            Ok(reviews) => {
                let text = told(&reviews);
                self.keep_reviews(reviews);
                text
            }
            Err(why) => format!("the branches cannot be read: {why}"),
        };
        self.record(Record::RunReviewed(RunReviewed { run: id, said: text }));
        self.offer(id);
    }

    /// Offers the orchestrator the prompt that its plan names, where there is one of that name.
    fn offer(&mut self, id: RunId) {
        let plan = self.state.runs.iter().find(|r| r.id == id).map(|r| r.plan.clone()).unwrap_or_default();
        let Some(prompt) = self.state.config.plans.get(&plan).and_then(|p| p.then.offer.clone()) else {
            return;
        };
        if !self.state.config.prompts.contains_key(&prompt) {
            let text = format!("{plan} offers the prompt {prompt}, which there is not: put it into prompts/");
            return self.record(Record::Note { text });
        }
        self.record(Record::Offered(Offered { prompt, why: format!("{plan} has ended") }));
    }

    /// Sends the orchestrator what is offered.
    pub(in crate::engine) fn take_offer(&mut self, reply: Option<ReplyTo>) -> Result<(), String> {
        let Some(offer) = self.state.offer.clone() else {
            return Err("offer: nothing is offered; send a prompt with `orchestra send ORCHESTRATOR`".into());
        };
        let name = AgentName::orchestrator();
        let drafted = self.state.drafts.iter().any(|d| d.is_for(&name));
        let waits = drafted
            || self
                .state
                .agent(&name)
                .is_some_and(|a| a.queue.iter().any(|d| d.prompt == Some(offer.prompt.clone())));
        if waits {
            return Err(format!("offer: {} is on its way to {name} already", offer.prompt));
        }
        let letter = Letter::of_template(name, &offer.prompt, None, "");
        self.draft(Purpose::Send(reply), vec![letter]);
        Ok(())
    }
}

/// A review in a line.
fn told(reviews: &[Review]) -> String {
    let faulty: Vec<String> = reviews
        .iter()
        .filter_map(|r| {
            let mut faults = git_reasons(r);
            faults.extend((!r.conflicts.is_empty()).then(|| "conflicts with the target".to_owned()));
            (!faults.is_empty()).then(|| format!("{}: {}", r.agent, faults.join(", ")))
        })
        .collect();
    let shared = reviews.iter().filter(|r| !r.overlaps.is_empty()).count();
    let good = reviews.len() - faulty.len();
    let mut text = format!("{good} of {} branches are one clean commit", reviews.len());
    if shared > 0 {
        text.push_str(&format!(", {shared} share files with others"));
    }
    if !faulty.is_empty() {
        text.push_str(&format!("; {}", faulty.join("; ")));
    }
    text
}
