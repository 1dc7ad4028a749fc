//! The merge train: which branches, in which order, with which messages.

use serde::{Deserialize, Serialize};

use super::id::{AgentName, Oid, TrainId};
use super::review::Conflict;

/// The bit that marks the number of a train that is only shown; what it built is forgotten at once.
pub const DRY: TrainId = 1 << 63;

/// One merge to make.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Step {
    /// Whose branch.
    pub agent: AgentName,
    /// The branch.
    pub branch: String,
    /// The very commit that was reviewed and gated.
    pub oid: Oid,
    /// The merge's message.
    pub message: String,
}

/// The whole train, frozen: the same plan gives the same commit ids whenever it is built.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct TrainPlan {
    /// Its number.
    pub id: TrainId,
    /// The branch that takes the work.
    pub target: String,
    /// Where the target stands.
    pub base: Oid,
    /// The merges in order.
    pub steps: Vec<Step>,
    /// Seconds since 1970 (UTC) used for every merge commit.
    pub date: i64,
}

/// One merge that was made.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Merged {
    /// Whose branch.
    pub agent: AgentName,
    /// The merge commit.
    pub oid: Oid,
}

/// What building a train gave. Nothing but objects and refs under `refs/orchestra/` exists yet.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum Built {
    /// All merges are clean.
    Clean {
        /// The merges in order.
        steps: Vec<Merged>,
        /// The last merge: what the target will be.
        result: Oid,
        /// Files that differ from the base.
        files: u32,
    },
    /// A step does not merge; nothing was kept.
    Conflict {
        /// Whose branch.
        agent: AgentName,
        /// Earlier branches of this train that touch the same paths.
        with: Vec<AgentName>,
        /// The paths.
        conflicts: Vec<Conflict>,
    },
}

/// What moving the target gave.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum Applied {
    /// The target is at the result, and its worktree follows where it is checked out.
    Moved,
    /// The target stands elsewhere than planned.
    Elsewhere {
        /// Where it was expected.
        expected: Oid,
        /// Where it is.
        found: Oid,
    },
    /// Moving it would touch somebody's uncommitted or untracked files.
    InTheWay {
        /// The files.
        files: Vec<String>,
        /// What to do.
        remedy: String,
    },
}
