//! Plans: a graph of tasks, each a prompt for an agent with what it needs and what proves it done.

mod bind;
#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};

pub use self::bind::{Groups, find_cycle};
use super::ending::{EndGates, Then};
use super::id::AgentName;

/// The group of the specialists that an incident engaged.
pub const SPECIALISTS: &str = "specialists";
/// The group of one that has the fleet's coordinator.
pub const COORDINATOR: &str = "coordinator";
/// Seconds of a task's deadline: the least and the most.
pub const DEADLINE: std::ops::RangeInclusive<u32> = 1..=7 * 86_400;

/// What proves a task done.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum DoneRule {
    /// A new commit since dispatch, tracked files clean, the agent idle by more than silence.
    Committed,
    /// The agent claimed and was proved ready.
    Ready,
    /// The agent is idle again by more than silence.
    Idle,
    /// The agent says that it is done: `orchestra complete`, or in an incident that it has found all it can.
    Reported,
    /// What the agent was to write was handed in and stands: the postmortem of an incident.
    Accepted,
}

impl DoneRule {
    /// Whether it takes commits to prove it.
    #[must_use]
    pub fn by_commits(self) -> bool {
        matches!(self, Self::Committed | Self::Ready)
    }
}

/// One task as a plan file states it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Task {
    /// Unique in the plan. With `each`, `{agent}` stands for the agent's name.
    pub id: String,
    /// Who does it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agent: Option<AgentName>,
    /// Who does it, by role; the first agent of that role.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<String>,
    /// Who does it, by group: a focus group, or one that the session makes, see [`Groups`]. The first agent of it; with
    /// `each` every one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
    /// One such task for every agent of the team, or of `group`.
    #[serde(default)]
    pub each: bool,
    /// The template's name.
    pub prompt: String,
    /// Tasks that must be done first. `*` stands for any characters: all tasks of the plan with such an id.
    #[serde(default)]
    pub needs: Vec<String>,
    /// Whether it goes ahead once what it waits for has ended in any way, also by failing.
    #[serde(default, skip_serializing_if = "is_false")]
    pub settled: bool,
    /// What proves it done.
    pub done: DoneRule,
    /// Seconds it has from the moment its prompt was submitted, and as many before for its prompt to get there; past
    /// them it has failed. None: as long as it takes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deadline: Option<u32>,
}

impl Task {
    /// A task for nobody yet, which needs nothing.
    #[must_use]
    pub fn new(id: &str, prompt: &str, done: DoneRule) -> Self {
        Self {
            id: id.to_owned(),
            agent: None,
            role: None,
            group: None,
            each: false,
            prompt: prompt.to_owned(),
            needs: Vec::new(),
            settled: false,
            done,
            deadline: None,
        }
    }
}

// What serde wants.
#[allow(clippy::trivially_copy_pass_by_ref)]
fn is_false(is: &bool) -> bool {
    !is
}

/// A plan as its file states it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Plan {
    /// The name used on the command line.
    pub name: String,
    /// One line for people.
    pub title: String,
    /// Groups of agent names or task ids; a group waits for the whole group before it.
    #[serde(default)]
    pub stages: Vec<Vec<String>>,
    /// The gates that run once the last task has ended.
    #[serde(default)]
    pub gates: EndGates,
    /// Whether gates known to be red at the tips of branches hold it back until somebody confirms.
    #[serde(default)]
    pub confirm_red: bool,
    /// What follows once it has ended.
    #[serde(default, skip_serializing_if = "Then::is_nothing")]
    pub then: Then,
    /// The tasks.
    #[serde(rename = "task")]
    pub tasks: Vec<Task>,
}

/// A task bound to an agent of a team.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Bound {
    /// Unique in the run.
    pub id: String,
    /// Who does it.
    pub agent: AgentName,
    /// The template's name.
    pub prompt: String,
    /// Ids of tasks that must be done first, apart from stages.
    pub needs: Vec<String>,
    /// Its stage, from 0.
    pub stage: usize,
    /// Whether it goes ahead once what it waits for has ended in any way.
    #[serde(default, skip_serializing_if = "is_false")]
    pub settled: bool,
    /// What proves it done.
    pub done: DoneRule,
    /// Seconds it has from the moment its prompt was submitted, and as many before for that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deadline: Option<u32>,
}

impl Bound {
    /// A task of the first stage that needs nothing.
    #[must_use]
    pub fn new(id: &str, agent: AgentName, prompt: &str, done: DoneRule) -> Self {
        Self {
            id: id.to_owned(),
            agent,
            prompt: prompt.to_owned(),
            needs: Vec::new(),
            stage: 0,
            settled: false,
            done,
            deadline: None,
        }
    }
}

/// Why a plan does not fit a team or itself.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PlanError {
    /// Two tasks with one id.
    #[error("plan `{plan}`: task `{task}` appears twice; give each task its own id")]
    Twice {
        /// The plan.
        plan: String,
        /// The id.
        task: String,
    },
    /// A task that names nobody or somebody unknown.
    #[error("plan `{plan}`: task `{task}` {why}")]
    Nobody {
        /// The plan.
        plan: String,
        /// The id.
        task: String,
        /// What is wrong and what to write.
        why: String,
    },
    /// A need or stage entry that is no task.
    #[error("plan `{plan}`: {place} names `{name}`, which is no task of it")]
    Missing {
        /// The plan.
        plan: String,
        /// Where.
        place: String,
        /// What.
        name: String,
    },
    /// A deadline that is none.
    #[error("plan `{plan}`: task `{task}`: `deadline` is {} to {} seconds", DEADLINE.start(), DEADLINE.end())]
    Deadline {
        /// The plan.
        plan: String,
        /// The id.
        task: String,
    },
    /// Tasks that wait for each other.
    #[error("plan `{plan}`: these tasks wait for each other: {}", .cycle.join(" → "))]
    Cycle {
        /// The plan.
        plan: String,
        /// The tasks, first and last the same.
        cycle: Vec<String>,
    },
}
