//! What changed the order of a run's tasks, or the ground under one.

use serde::{Deserialize, Serialize};

use super::super::id::{AgentName, RunId};
use super::super::plan::Bound;

/// A task is to be done before another.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct TaskMoved {
    /// The run.
    pub run: RunId,
    /// The task's id.
    pub task: String,
    /// The task that waits for it now.
    pub before: String,
    /// Its stage from now on, from 0.
    pub stage: usize,
}

/// All branches were reviewed after a run.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct RunReviewed {
    /// The run.
    pub run: RunId,
    /// What was found, for people.
    pub said: String,
}

/// A task waits for nothing any more but its agent.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct TaskFreed {
    /// The run.
    pub run: RunId,
    /// The task's id.
    pub task: String,
}

/// A task of a run as it is bound: added to it, or bound anew, for another agent or with other needs.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct TaskBound {
    /// The run.
    pub run: RunId,
    /// The task as it is from now on.
    pub task: Bound,
}

/// What came of bringing an agent's branch onto the work it builds on.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Rippled {
    /// The run.
    pub run: RunId,
    /// The task that is sent now.
    pub task: String,
    /// The agent.
    pub agent: AgentName,
    /// What came of it, for people.
    pub said: String,
}

/// A prompt that is offered to the orchestrator's pane.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Offered {
    /// The template's name.
    pub prompt: String,
    /// Why, for people.
    pub why: String,
}
