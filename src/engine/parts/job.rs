//! Questions put to workers, and callers that wait.

use super::{AgentName, ReplyTo, RunId, Time, TrainId};
use crate::domain::command::Until;
use crate::domain::gates::{Gate, Part, Place, Reuse};
use crate::domain::id::Oid;
use crate::domain::query::QueryId;
use crate::domain::view::{ReviewView, Verified};
use crate::engine::train::Planning;
use crate::engine::workflow::Examined;

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
    /// Somebody wants to know what gates say there.
    Verify(u64, Place),
    /// The same of what an agent's worktree holds: that is to be made a commit first.
    Snapshot(u64, AgentName),
    /// The same of what merging would give: it is to be built first.
    VerifyMerged(u64),
    /// A train's result is tested.
    Train(TrainId),
    /// All gates run on a branch after a run.
    Branch(RunId, AgentName),
    /// All branches are reviewed after a run.
    AfterRun(RunId),
    /// What a task of a project handed over is examined: git first, then the gates.
    Handover(Examined),
    /// A task's branch is brought onto earlier work.
    Ripple(RunId, String),
    /// Somebody asked what a branch changes, or where it does not merge.
    Diff(Option<ReplyTo>),
    /// Somebody asked for the description of a train.
    Describe(Option<ReplyTo>),
    /// Somebody asked for the session's report.
    Report(Option<ReplyTo>),
    /// A train is to be planned.
    PlanTrain(Planning),
    /// A conflict of a train is being solved.
    Solve(TrainId, Option<ReplyTo>),
    /// What was solved by hand is looked at before the train goes on with it.
    TakeSolved(Planning),
    /// Somebody asked what changed of shared configuration, or accepts it.
    Guard(Option<ReplyTo>, Option<Accept>),
}

/// Changes that are to be accepted.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(in crate::engine) struct Accept {
    /// The digest of what was shown.
    pub digest: String,
    /// Who accepts it.
    pub by: String,
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
    /// A query is over.
    Answer {
        /// Which.
        query: QueryId,
        /// Whether who asked it waits, who has heard the answer then.
        hears: bool,
    },
    /// Fresh facts of the agents listed, for a status.
    Facts,
    /// A matrix, for a review.
    Matrix {
        /// The prediction that will do, or a later one.
        of: u64,
        /// What git and the gates say.
        reviews: Vec<ReviewView>,
    },
}

/// A gate job under way. Not durable.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Gating {
    /// Its number.
    pub job: u64,
    /// What it tests.
    pub place: Place,
    /// The commit.
    pub oid: Oid,
    /// The gate that runs or waits.
    pub gate: String,
    /// How far it is.
    pub part: Part,
    /// Since when it is there.
    pub since: Time,
    /// Gates that follow.
    pub left: Vec<String>,
    /// The last lines it printed; may be empty.
    pub tail: String,
}

/// A verification that somebody asked for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(in crate::engine) struct Verifying {
    pub id: u64,
    pub reply: Option<ReplyTo>,
    pub gates: Vec<Gate>,
    pub reuse: Reuse,
    /// Agents whose tips are still to be read.
    pub facts: Vec<AgentName>,
    pub rows: Vec<Verified>,
    /// Gate jobs under way.
    pub open: usize,
}

impl Verifying {
    /// What is known of a place.
    pub fn row(&mut self, place: &Place) -> Option<&mut Verified> {
        self.rows.iter_mut().find(|r| r.what == *place)
    }
}
