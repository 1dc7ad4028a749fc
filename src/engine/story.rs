//! The journal for people: what each record says, and of what kind it is.

use crate::domain::command::{Silence, Via};
use crate::domain::id::AgentName;
use crate::domain::record::{Acted, Called, Confirmed, Did, Offered, Record, RunReviewed};
use crate::domain::ripple::RippleMove;
use crate::domain::signal::printable;
use crate::domain::time::{Time, rfc3339};
use crate::domain::train::{Applied, Built, Undone};

/// What a line of the journal is about.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// Prompts and their receipts.
    Prompt,
    /// What agents do: programs that start and end, states, limits, pins.
    State,
    /// Plans and their tasks.
    Run,
    /// Claims, and what came of them.
    Claim,
    /// Gates.
    Gate,
    /// Merges, and the order they are made in.
    Merge,
    /// What agents say of themselves and to each other.
    Talk,
    /// Incidents, their specialists and findings.
    Incident,
    /// Projects that follow a workflow.
    Workflow,
    /// Calls by programs and from panes, and those that wait for a person.
    Call,
    /// The session itself, and everything else.
    Session,
}

impl Kind {
    /// All kinds, in the order they are offered.
    pub const ALL: [Self; 11] = [
        Self::Prompt,
        Self::State,
        Self::Run,
        Self::Claim,
        Self::Gate,
        Self::Merge,
        Self::Talk,
        Self::Incident,
        Self::Workflow,
        Self::Call,
        Self::Session,
    ];

    /// The word, as written everywhere.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Prompt => "prompts",
            Self::State => "states",
            Self::Run => "plans",
            Self::Claim => "claims",
            Self::Gate => "gates",
            Self::Merge => "merges",
            Self::Talk => "talk",
            Self::Incident => "incidents",
            Self::Workflow => "workflows",
            Self::Call => "calls",
            Self::Session => "session",
        }
    }
}

/// Of what kind a record is.
fn kind(record: &Record) -> Kind {
    match record {
        Record::Queued { .. } | Record::Receipt { .. } | Record::Offered(_) => Kind::Prompt,
        Record::AgentUp { .. }
        | Record::AgentDown { .. }
        | Record::Activity { .. }
        | Record::Limit { .. }
        | Record::Pinned { .. }
        | Record::Dialog(_) => Kind::State,
        Record::RunStarted { .. }
        | Record::TaskAdded(_)
        | Record::Task { .. }
        | Record::TaskMoved(_)
        | Record::TaskFreed(_)
        | Record::TaskBound(_)
        | Record::RunGates { .. }
        | Record::RunReviewed(_)
        | Record::RippleIntent(_)
        | Record::Rippled(_)
        | Record::RunPaused { .. }
        | Record::RunResumed { .. }
        | Record::RunEnded { .. } => Kind::Run,
        Record::Claimed { .. }
        | Record::Hint { .. }
        | Record::Refused { .. }
        | Record::Ready { .. }
        | Record::Withdrawn { .. }
        | Record::LeftOut { .. }
        | Record::TakenBack { .. } => Kind::Claim,
        Record::Gate { .. } | Record::GateAt(_) => Kind::Gate,
        Record::OrderTaken { .. }
        | Record::TrainPlanned { .. }
        | Record::TrainBuilt { .. }
        | Record::TrainIntent(_)
        | Record::UndoIntent(_)
        | Record::TrainApplied { .. }
        | Record::TrainStopped { .. }
        | Record::TrainHalted { .. }
        | Record::TrainDropped { .. }
        | Record::TrainUndone { .. } => Kind::Merge,
        Record::Talk(_) => Kind::Talk,
        Record::Incident(_) => Kind::Incident,
        Record::Workflow(_) => Kind::Workflow,
        Record::Call(_) | Record::Confirm(_) => Kind::Call,
        _ => Kind::Session,
    }
}

/// A journal line for people, safe to show; none for records that would only be noise there. A
/// claim is told with the session's `phrase`.
pub(super) fn told(record: &Record, phrase: &str) -> Option<(Option<AgentName>, Kind, String)> {
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
        Record::TaskAdded(a) => format!("task {} added", a.task.id),
        Record::Task { task, state, why, .. } if why.is_empty() => format!("task {task} {}", state.word()),
        Record::Task { task, state, why, .. } => format!("task {task} {}: {why}", state.word()),
        Record::TaskMoved(m) => format!("task {} is done before {}", m.task, m.before),
        Record::TaskBound(b) => {
            let needs = if b.task.needs.is_empty() { "nothing".to_owned() } else { b.task.needs.join(", ") };
            format!("task {} is for {} and needs {needs}", b.task.id, b.task.agent)
        }
        Record::TaskFreed(f) => format!("task {} no longer waits for others", f.task),
        Record::RunGates { tips, .. } => format!("all gates run on {} branches", tips.len()),
        Record::RunReviewed(RunReviewed { said, .. }) => format!("review: {said}"),
        Record::Offered(Offered { prompt, why }) => {
            format!("{why}: the prompt {prompt} is offered to ORCHESTRATOR")
        }
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
        Record::Dialog(Acted { dialog, did, .. }) => match did {
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
        | Record::Wrote(_)
        | Record::Resized { .. } => return None,
        Record::Talk(talked) => super::talk::told(talked)?,
        Record::Incident(step) => super::incident::told(step)?,
        Record::Workflow(step) => super::workflow::told(step)?,
        Record::Call(called) => called_text(called),
        Record::Confirm(step) => match &**step {
            Confirmed::Asked { id, title, seconds, silence: Silence::Yes, .. } => {
                format!("confirmation {id} goes ahead in {seconds} s unless a person says no: {title}")
            }
            Confirmed::Asked { id, caller, title, seconds, .. } => {
                format!("{caller} waits for a person, confirmation {id}, {seconds} s: {title}")
            }
            Confirmed::Ended { id, end } => format!("confirmation {id}: {}", end.said()),
        },
    };
    Some((super::fold::subject(record).cloned(), kind(record), printable(&text)))
}

/// A call that is over.
fn called_text(called: &Called) -> String {
    let Called { caller, tool, about, outcome, why } = called;
    let about = if about.is_empty() { String::new() } else { format!(" {about}") };
    let why = if why.is_empty() { String::new() } else { format!(": {why}") };
    format!("{caller} called {tool}{about}: {outcome}{why}")
}
