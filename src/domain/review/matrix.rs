//! What merging would meet: every branch with every other, with the target, and along the order.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::conflict::{Conflict, Engines};
use crate::domain::id::{AgentName, Oid};

/// What is known of a worktree whose uncommitted files are to count in.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Look {
    /// Nothing is uncommitted.
    Clean,
    /// Files may have changed since it was looked at last.
    Anew,
    /// Nothing has changed since it was looked at last.
    AsBefore,
}

/// What was compared of one agent.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Tip {
    /// Whose.
    pub agent: AgentName,
    /// The branch's tip.
    pub oid: Oid,
    /// Whether uncommitted files of the worktree count in.
    pub open: bool,
    /// Files it changes.
    pub files: u32,
    /// Why nothing can be said of it; empty where it can.
    pub why: String,
}

/// What merging two sides gives.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
pub struct Verdict {
    /// The paths that do not merge; empty where all do.
    pub conflicts: Vec<Conflict>,
    /// Who judged it.
    #[serde(default)]
    pub engines: Engines,
    /// Why it cannot be told; empty where it can.
    #[serde(default)]
    pub why: String,
    /// Conflicts beyond those listed.
    #[serde(default)]
    pub more: u32,
}

impl Verdict {
    /// Whether it is known to merge.
    #[must_use]
    pub fn clean(&self) -> bool {
        self.conflicts.is_empty() && self.why.is_empty()
    }

    /// How many paths do not merge.
    #[must_use]
    pub fn count(&self) -> u32 {
        u32::try_from(self.conflicts.len()).unwrap_or(u32::MAX).saturating_add(self.more)
    }
}

/// Two branches, merged with each other.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Pair {
    /// The one that comes first in the team.
    pub a: AgentName,
    /// The other.
    pub b: AgentName,
    /// What it gives; lines of hunks are a's, then b's.
    pub verdict: Verdict,
}

/// One branch merged with something else.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Along {
    /// Whose.
    pub agent: AgentName,
    /// Earlier branches that touch the paths in conflict.
    pub with: Vec<AgentName>,
    /// What it gives.
    pub verdict: Verdict,
}

/// A better order.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Proposal {
    /// The order.
    pub order: Vec<AgentName>,
    /// Steps that conflict in it.
    pub conflicts: u32,
    /// Steps that conflict in the order as configured.
    pub instead_of: u32,
    /// What is moved, for people: `NET before PLAT`.
    pub moves: String,
}

/// Everything that merging would meet, at one moment.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
pub struct Matrix {
    /// Where the target stands.
    pub target: Oid,
    /// What was compared, in team order. Agents that are left out are not there.
    pub tips: Vec<Tip>,
    /// Each branch merged into the target as it is.
    pub onto: Vec<Along>,
    /// All pairs, in team order.
    pub pairs: Vec<Pair>,
    /// The merge order.
    pub order: Vec<AgentName>,
    /// Each step of that order on all before it; a step that conflicts is left out of those after it.
    pub along: Vec<Along>,
    /// Where the order goes against what branches build on, a sentence each.
    pub disorder: Vec<String>,
    /// An order with fewer conflicts that keeps to what branches build on, where there is one.
    pub proposal: Option<Proposal>,
    /// Milliseconds it took.
    pub ms: u64,
    /// Whether the rest is still being found out.
    #[serde(default)]
    pub partial: bool,
}

impl Matrix {
    /// What was found of two agents, in either order.
    #[must_use]
    pub fn pair(&self, one: &AgentName, other: &AgentName) -> Option<&Pair> {
        self.pairs.iter().find(|p| (p.a == *one && p.b == *other) || (p.a == *other && p.b == *one))
    }
}
