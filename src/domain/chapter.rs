//! Chapters: the moments of a session that somebody who looks back wants to find.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::id::AgentName;
use super::incident::case::{Approval, Progress};
use super::record::{Incidented, Record};
use super::review::GateStatus;
use super::signal::printable;
use super::state::{AgentState, Outcome};
use super::train::{Applied, Built, Undone};

/// What a chapter begins with.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// A prompt was submitted.
    Prompt,
    /// An agent claims to be ready.
    Claim,
    /// It is.
    Ready,
    /// It is not.
    Refused,
    /// An agent asks.
    Asking,
    /// An agent's program failed.
    Failed,
    /// A gate is red.
    GateRed,
    /// A merge meets a conflict.
    Conflict,
    /// The target moved.
    Merge,
    /// The target was taken back.
    Undo,
    /// Somebody marked the moment.
    Mark,
    /// An incident is taken on or closed, its route goes ahead, or its postmortem stands or does not.
    Incident,
    /// A specialist found something, or is past its deadline.
    Finding,
}

impl Kind {
    /// In words.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Prompt => "prompt",
            Self::Claim => "claim",
            Self::Ready => "ready",
            Self::Refused => "refused",
            Self::Asking => "asking",
            Self::Failed => "failed",
            Self::GateRed => "gate red",
            Self::Conflict => "conflict",
            Self::Merge => "merge",
            Self::Undo => "undo",
            Self::Mark => "mark",
            Self::Incident => "incident",
            Self::Finding => "finding",
        }
    }
}

impl Kind {
    /// Its sign on a time line.
    #[must_use]
    pub fn sign(self) -> &'static str {
        match self {
            Self::Prompt => "\u{25b8}",
            Self::Claim => "\u{25c6}",
            Self::Ready => "\u{2714}",
            Self::Refused => "\u{2718}",
            Self::Asking => "?",
            Self::Failed => "!",
            Self::GateRed => "\u{25b2}",
            Self::Conflict => "\u{2260}",
            Self::Merge => "\u{21c9}",
            Self::Undo => "\u{21b6}",
            Self::Mark => "\u{2605}",
            Self::Incident => "\u{25c8}",
            Self::Finding => "\u{2022}",
        }
    }

    /// What is kept where not all can be shown: the lower, the rather.
    #[must_use]
    pub fn rank(self) -> u8 {
        match self {
            Self::Failed | Self::Mark | Self::Incident => 0,
            Self::Conflict | Self::Undo => 1,
            Self::Merge | Self::GateRed => 2,
            Self::Refused => 3,
            Self::Asking => 4,
            Self::Ready => 5,
            Self::Claim | Self::Finding => 6,
            Self::Prompt => 7,
        }
    }
}

/// The beginning of a chapter.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Chapter {
    /// What it is.
    pub kind: Kind,
    /// Whom it is about; none: everybody.
    pub agent: Option<AgentName>,
    /// One line for people, without control characters.
    pub text: String,
}

impl Chapter {
    /// What chapter a record begins, if it begins one.
    #[must_use]
    pub fn of(record: &Record) -> Option<Self> {
        let (kind, agent, text) = match record {
            Record::Queued { agent, prompt: Some(prompt), .. } => {
                (Kind::Prompt, Some(agent), format!("prompt \u{201c}{prompt}\u{201d} \u{2192} {agent}"))
            }
            Record::Queued { agent, .. } => {
                (Kind::Prompt, Some(agent), format!("free text \u{2192} {agent}"))
            }
            Record::Receipt { agent, outcome, why, .. } if *outcome != Outcome::Submitted => {
                (Kind::Failed, Some(agent), format!("prompt to {agent} {}: {why}", outcome.word()))
            }
            Record::Claimed { agent, .. } => (Kind::Claim, Some(agent), format!("{agent} claims READY")),
            Record::Ready { agent, oid } => {
                (Kind::Ready, Some(agent), format!("{agent} is ready at {}", oid.short()))
            }
            Record::Refused { agent, reasons } => {
                (Kind::Refused, Some(agent), format!("{agent} is not ready: {}", reasons.join("; ")))
            }
            Record::Activity { agent, state: AgentState::Asking, evidence, .. } => {
                (Kind::Asking, Some(agent), format!("{agent} asks: {evidence}"))
            }
            Record::AgentDown { agent, orderly: false, why, .. } => {
                (Kind::Failed, Some(agent), format!("{agent} failed: {why}"))
            }
            Record::Gate { agent, result } if result.status != GateStatus::Green && !result.excused => {
                let whose = agent.as_ref().map_or("the merged result".to_owned(), ToString::to_string);
                (
                    Kind::GateRed,
                    agent.as_ref(),
                    format!("gate {} is {} on {whose}", result.gate, result.status.word()),
                )
            }
            Record::Marked(marked) => (Kind::Mark, Some(&marked.agent), marked.text.clone()),
            Record::TrainBuilt { built: Built::Conflict(stuck), .. } => {
                (Kind::Conflict, Some(&stuck.agent), format!("the train conflicts at {}", stuck.agent))
            }
            Record::TrainApplied { train, applied: Applied::Moved } => {
                (Kind::Merge, None, format!("train {train} moved the target"))
            }
            Record::TrainUndone { train, undone: Undone::Back { .. } } => {
                (Kind::Undo, None, format!("train {train} was taken back"))
            }
            Record::Incident(step) => return Self::of_incident(step),
            _ => return None,
        };
        Some(Self { kind, agent: agent.cloned(), text: printable(&text) })
    }

    /// What chapter a step of an incident begins.
    fn of_incident(step: &Incidented) -> Option<Self> {
        let (kind, agent, text) = match step {
            Incidented::Opened { number, name, .. } => {
                (Kind::Incident, None, format!("incident {number} {name} is taken on"))
            }
            Incidented::Approved { by: Approval::Person } => {
                (Kind::Incident, None, "a person lets the route go ahead".to_owned())
            }
            Incidented::Approved { by: Approval::Silence } => {
                (Kind::Incident, None, "the route goes ahead: nobody said no in time".to_owned())
            }
            Incidented::Found { finding } => {
                let agent = AgentName::new(&finding.source).ok();
                (
                    Kind::Finding,
                    agent,
                    format!("{} found {}: {}", finding.source, finding.kind, finding.summary),
                )
            }
            Incidented::Progress { agent, progress: Progress::Late, .. } => {
                (Kind::Finding, Some(agent.clone()), format!("{agent} is past its deadline"))
            }
            Incidented::Progress { agent, progress: Progress::Failed, note } => {
                (Kind::Failed, Some(agent.clone()), format!("{agent} failed: {note}"))
            }
            Incidented::Written { draft, .. } if draft.problems.is_empty() => {
                (Kind::Incident, None, format!("the postmortem of {} stands", draft.by))
            }
            Incidented::Written { draft, .. } => {
                (Kind::Incident, None, format!("draft {} of the postmortem does not stand", draft.attempt))
            }
            Incidented::Closed { why } => (Kind::Incident, None, format!("the incident is closed: {why}")),
            _ => return None,
        };
        Some(Self { kind, agent, text: printable(&text) })
    }
}
