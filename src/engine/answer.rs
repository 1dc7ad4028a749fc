//! Answers and texts made from the state.

use super::Step;
use super::state::{Agent, State};
use crate::domain::command::Via;
use crate::domain::gates::Place;
use crate::domain::id::{AgentName, DispatchId};
use crate::domain::record::{Did, Record};
use crate::domain::review::{GateResult, Review, gate_reasons};
use crate::domain::ripple::RippleMove;
use crate::domain::signal::printable;
use crate::domain::time::{Time, rfc3339};
use crate::domain::train::{Applied, Built, Undone};
use crate::domain::view::{AgentView, Answer, GateView, OfferView, PaneText, Receipt, ReviewView, Status};

/// Most lines `read` gives.
const MAX_LINES: usize = 2000;

impl Step<'_> {
    pub(super) fn status(&self) -> Answer {
        Answer::Status(Box::new(self.state.view_status()))
    }

    pub(super) fn pane_text(&self, name: &AgentName, lines: u16) -> Result<Answer, String> {
        let agent = self.one(name)?;
        let screen = &agent.pane.screen;
        let lines = match usize::from(lines) {
            0 => {
                let mut rows = screen.text_rows();
                rows.truncate(rows.iter().rposition(|r| !r.is_empty()).map_or(0, |i| i + 1));
                rows
            }
            n => screen.last_lines(n.min(MAX_LINES)),
        };
        let size = screen.size();
        let title = printable(screen.title());
        Ok(Answer::Pane(PaneText { agent: name.clone(), rows: size.rows, cols: size.cols, title, lines }))
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

fn receipt(agent: &AgentName, r: &super::parts::Receipt) -> Receipt {
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

/// A journal line for people, safe to show; none for records that would only be noise there. A
/// claim is told with the session's `phrase`.
pub(super) fn log_text(record: &Record, phrase: &str) -> Option<(Option<AgentName>, String)> {
    let text = match record {
        Record::Opened { .. } => "session opened".into(),
        Record::Recovered { .. } => "server restarted; panes re-adopted".into(),
        Record::Closed { why } => format!("session ended: {why}"),
        Record::AgentUp { pid, .. } => format!("started, pid {pid}"),
        Record::AgentDown { why, .. } => format!("ended: {why}"),
        Record::Activity { state, rule, evidence, .. } => format!("{state} ({rule}: {evidence})"),
        Record::Limit { until: None, .. } => "its usage limit names no end".into(),
        Record::Limit { until: Some(ms), attempt: 0, .. } => {
            format!("usage limit until {}", rfc3339(Time { mono: 0, wall: *ms }))
        }
        Record::Limit { attempt, .. } => format!("limit over: told to go on, attempt {attempt}"),
        Record::Pinned { state: Some(state), .. } => format!("pinned to {state}"),
        Record::Pinned { state: None, .. } => "pin taken off".into(),
        Record::Queued { prompt, text, .. } => match prompt {
            Some(name) => format!("prompt {name}, {} bytes", text.len()),
            None => format!("text, {} bytes", text.len()),
        },
        Record::Receipt { outcome, why, ms, .. } if why.is_empty() => {
            format!("{} after {}.{:01} s", outcome.word(), ms / 1000, ms % 1000 / 100)
        }
        Record::Receipt { outcome, why, .. } => format!("{}: {why}", outcome.word()),
        Record::RunStarted { plan, tasks, .. } => format!("plan {plan} started, {} tasks", tasks.len()),
        Record::TaskAdded { task, .. } => format!("task {} added", task.id),
        Record::Task { task, state, why, .. } if why.is_empty() => format!("task {task} {}", state.word()),
        Record::Task { task, state, why, .. } => format!("task {task} {}: {why}", state.word()),
        Record::TaskMoved(m) => format!("task {} is done before {}", m.task, m.before),
        Record::RunGates { tips, .. } => format!("all gates run on {} branches", tips.len()),
        Record::RunReviewed { said, .. } => format!("review: {said}"),
        Record::Offered { prompt, why } => format!("{why}: the prompt {prompt} is offered to ORCHESTRATOR"),
        Record::RippleIntent(RippleMove { onto, old, new, .. }) => {
            format!("moving onto the work of {onto}: {} → {}", old.short(), new.short())
        }
        Record::Rippled(r) => r.said.clone(),
        Record::RunPaused { run } => format!("run {run} paused"),
        Record::RunResumed { run } => format!("run {run} goes on"),
        Record::RunEnded { run } => format!("run {run} ended"),
        Record::Claimed { via, note, .. } => {
            let who = if *via == Via::Lead { "is taken at its word:" } else { "claims" };
            format!("{who} {phrase}{}{note}", if note.is_empty() { "" } else { ": " })
        }
        Record::Hint { line, .. } => format!("says it is ready, without its code: {line}"),
        Record::Refused { reasons, .. } => format!("refused: {}", reasons.join("; ")),
        Record::Ready { oid, .. } => format!("ready at {}", oid.short()),
        Record::Withdrawn { why, .. } => format!("readiness withdrawn: {why}"),
        Record::LeftOut { .. } => "left out of the merge".into(),
        Record::TakenBack { .. } => "taken back into the merge".into(),
        Record::OrderTaken { order } if order.is_empty() => "merge order: that of the configuration".into(),
        Record::OrderTaken { order } => {
            let names: Vec<&str> = order.iter().map(AgentName::as_str).collect();
            format!("merge order: {}", names.join(", "))
        }
        Record::Dialog { dialog, did, .. } => match did {
            Did::Accepted => format!("its dialog {dialog} was accepted for it"),
            Did::Stopped => format!("stopped because of its dialog {dialog}"),
        },
        Record::ProfilesChanged { profiles } => format!("profiles changed: {}", profiles.join(", ")),
        Record::Gate { result, .. } => {
            let status = format!("{:?}", result.status).to_lowercase();
            let remark = Some(result.remark()).filter(|r| !r.is_empty());
            let remark = remark.map(|r| format!(" ({r})")).unwrap_or_default();
            format!("gate {} {status} at {} in {} ms{remark}", result.gate, result.oid.short(), result.ms)
        }
        Record::GateAt(at) => {
            let (place, result) = (&at.place, &at.result);
            let status = format!("{:?}", result.status).to_lowercase();
            format!("gate {} {status} on {place}, at {}", result.gate, result.oid.short())
        }
        Record::TrainPlanned { plan, .. } => {
            format!("train {} planned: {} merges into {}", plan.id, plan.steps.len(), plan.target)
        }
        Record::TrainBuilt { built: Built::Clean { result, .. }, .. } => {
            format!("train built: {}", result.short())
        }
        Record::TrainBuilt { built: Built::Conflict(stuck), .. } => {
            format!("train conflicts at {}", stuck.agent)
        }
        Record::TrainIntent(m) => format!("moving {} {} → {}", m.target, m.old.short(), m.new.short()),
        Record::UndoIntent(m) => format!("taking {} back {} → {}", m.target, m.old.short(), m.new.short()),
        Record::TrainApplied { applied: Applied::Moved, .. } => "target moved".into(),
        Record::TrainApplied { .. } => "target not moved".into(),
        Record::TrainStopped { why, .. } => format!("train stopped: {why}"),
        Record::TrainHalted { halt, .. } => format!("train halted: {halt}"),
        Record::TrainDropped { train } => format!("train {train} given up"),
        Record::TrainUndone { undone: Undone::Back { backup }, .. } => {
            format!("target taken back; {backup} keeps what the train made")
        }
        Record::TrainUndone { .. } => "target not taken back".into(),
        Record::Guard(guarded) => super::guard::log_text(guarded)?,
        Record::Note { text } => text.clone(),
        Record::Marked(marked) => format!("mark: {}", marked.text),
        Record::Dropped(d) => {
            format!("the oldest {} MiB of its log made room", d.to.saturating_sub(d.from) >> 20)
        }
        Record::Recording(r) if r.why.is_empty() => {
            format!("recorded again; {} bytes are missing", r.lost)
        }
        Record::Recording(r) => format!("not recorded: {}", r.why),
        Record::Base { .. }
        | Record::Facts { .. }
        | Record::Pasting { .. }
        | Record::BranchGated { .. }
        | Record::Typed(_)
        | Record::Changed(_)
        | Record::Usage(_)
        | Record::Resized { .. } => return None,
    };
    Some((super::fold::subject(record).cloned(), printable(&text)))
}
