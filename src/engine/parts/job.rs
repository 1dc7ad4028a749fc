//! Questions put to workers, and callers that wait.

use super::{AgentName, ReplyTo, RunId, Time, TrainId};
use crate::domain::command::Until;
use crate::engine::train::Planning;

/// A question put to a worker.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(in crate::engine) struct Job {
    pub id: u64,
    pub kind: JobKind,
}

/// What a worker's answer is for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(in crate::engine) enum JobKind {
    /// Somebody asked to see reviews of these.
    Show(Option<ReplyTo>, Vec<AgentName>),
    /// A claim is examined: git first, then the gates.
    Claim(AgentName),
    /// A train's result is tested.
    Train(TrainId),
    /// All gates run on a branch after a run.
    Branch(RunId, AgentName),
    /// All branches are reviewed after a run.
    AfterRun(RunId),
    /// A task's branch is brought onto earlier work.
    Ripple(RunId, String),
    /// A train is to be planned.
    PlanTrain(Planning),
    /// A conflict of a train is being solved.
    Solve(TrainId, Option<ReplyTo>),
    /// What was solved by hand is looked at before the train goes on with it.
    TakeSolved(Planning),
}

/// Somebody who waits.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(in crate::engine) struct Waiter {
    pub reply: ReplyTo,
    pub agents: Vec<AgentName>,
    pub goal: Goal,
    pub deadline: Time,
}

/// What is waited for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(in crate::engine) enum Goal {
    /// What a caller asked for.
    Until(Until),
    /// Fresh facts of the agents listed, for a status.
    Facts,
}
