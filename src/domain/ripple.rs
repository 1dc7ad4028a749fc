//! Bringing an agent's branch onto the work it builds on, before its task is sent.

use serde::{Deserialize, Serialize};

use super::conduct::Ripple;
use super::id::{AgentName, Oid, RunId};

/// What is to be made, frozen: the same plan gives the same commit ids whenever it is built.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct RipplePlan {
    /// Whose branch.
    pub agent: AgentName,
    /// The branch.
    pub branch: String,
    /// `rebase` or `merge`.
    pub how: Ripple,
    /// Where the branch stands.
    pub old: Oid,
    /// The commit its work is counted from.
    pub base: Oid,
    /// Whose work it is brought onto, in the order of the merge, each with its tip.
    pub upstream: Vec<(AgentName, Oid)>,
    /// The branch that will take all work.
    pub target: String,
    /// Seconds since 1970 (UTC) used for merge commits.
    pub date: i64,
}

/// What building it gave. Nothing but objects and refs under `refs/orchestra/` exists yet.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum RippleBuilt {
    /// The branch has all of it already.
    UpToDate,
    /// It can move.
    Ready {
        /// The commit the work is counted from afterwards: the work of all upstream agents.
        base: Oid,
        /// Where the branch will stand.
        new: Oid,
    },
    /// Something does not fit.
    Conflict {
        /// What with what: `PLAT and SEC`, `NET`.
        between: String,
        /// The paths, each with the kind of conflict.
        paths: Vec<String>,
    },
}

/// A branch's move onto the work it builds on.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct RippleMove {
    /// The run.
    pub run: RunId,
    /// The task that is sent afterwards.
    pub task: String,
    /// The agent.
    pub agent: AgentName,
    /// From.
    pub old: Oid,
    /// To.
    pub new: Oid,
    /// The commit its work is counted from then.
    pub base: Oid,
    /// Whose work it is, for people.
    pub onto: String,
}
