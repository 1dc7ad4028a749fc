//! The merge train: which branches, in which order, with which messages.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

mod halt;
mod solve;

pub use self::halt::{Choice, Halt, Phase, Solving};
pub use self::solve::{ConflictFileVar, ConflictVar, Knot, SideVar, Solve, Solved};
use super::id::{AgentName, Oid, TrainId};
use super::review::{Conflict, Engines};
use super::team::Signing;

/// The bit that marks the number of a train that is only shown; what it built is forgotten at once.
pub const DRY: TrainId = 1 << 63;

/// The bit that marks the number of a train that is built to be tested, and forgotten then.
pub const TRIAL: TrainId = 1 << 62;

/// One merge to make.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
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
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
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
    /// Author and committer of every merge; none: the program itself.
    #[serde(default)]
    pub author: Option<Who>,
    /// Merges that were made by somebody where the engines could not.
    #[serde(default)]
    pub resolved: Vec<Resolution>,
    /// Whether merges are signed.
    #[serde(default)]
    pub sign: Signing,
}

impl TrainPlan {
    /// A short name of what it does: the same for plans that bring the same commits in the same order onto the same
    /// commit with the same conflicts solved alike, whenever they were made.
    #[must_use]
    pub fn digest(&self) -> String {
        // FNV-1a: names, not secrets; a plan is compared with what git says before anything moves.
        let mut hash: u64 = 0xcbf2_9ce4_8422_2325;
        let mut eat = |text: &str| {
            for byte in text.bytes().chain([0]) {
                hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
            }
        };
        eat(&self.target);
        eat(&self.base.to_string());
        for step in &self.steps {
            eat(step.agent.as_str());
            eat(&step.oid.to_string());
        }
        for made in &self.resolved {
            eat(made.agent.as_str());
            eat(&made.tree.to_string());
        }
        format!("{hash:016x}")
    }
}

/// Somebody in a commit.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Who {
    /// `user.name`.
    pub name: String,
    /// `user.email`.
    pub email: String,
}

/// A merge that somebody made in place of the engines.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Resolution {
    /// Whose step.
    pub agent: AgentName,
    /// The merge before it; on another one it does not hold.
    pub onto: Oid,
    /// The step's commit.
    pub tip: Oid,
    /// The tree that is right.
    pub tree: Oid,
    /// How it came about, for people: `by hand`, `remembered`.
    pub how: String,
}

/// One merge that was made.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Merged {
    /// Whose branch.
    pub agent: AgentName,
    /// The merge commit.
    pub oid: Oid,
    /// Who judged it.
    #[serde(default)]
    pub engines: Engines,
    /// How its conflicts were solved, for people; empty where it had none.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub how: String,
}

impl Merged {
    /// A merge without conflicts that nobody cross-checked.
    #[must_use]
    pub fn new(agent: AgentName, oid: Oid) -> Self {
        Self { agent, oid, engines: Engines::default(), how: String::new() }
    }
}

/// A step that does not merge.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Stuck {
    /// Whose branch.
    pub agent: AgentName,
    /// Earlier branches of this train that touch the same paths.
    pub with: Vec<AgentName>,
    /// The paths.
    pub conflicts: Vec<Conflict>,
    /// Who judged it.
    #[serde(default)]
    pub engines: Engines,
    /// The merges before it, in order.
    #[serde(default)]
    pub steps: Vec<Merged>,
    /// What it does not merge with: the last of those merges, or the base. `refs/orchestra/train/<id>/onto` keeps it.
    #[serde(default)]
    pub onto: Oid,
}

impl Stuck {
    /// A first step that does not merge.
    #[must_use]
    pub fn new(agent: AgentName, with: Vec<AgentName>, conflicts: Vec<Conflict>) -> Self {
        Self { agent, with, conflicts, engines: Engines::default(), steps: Vec::new(), onto: Oid::default() }
    }
}

/// What building a train gave. Nothing but objects and refs under `refs/orchestra/` exists yet.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
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
    /// A step does not merge; the target is untouched.
    Conflict(Stuck),
}

/// One move of the target by a train: forwards, or back when it is undone.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Move {
    /// The train's number.
    pub train: TrainId,
    /// The target.
    pub target: String,
    /// From.
    pub old: Oid,
    /// To.
    pub new: Oid,
}

/// What moving the target gave.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
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

/// What taking the target back gave.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "undone", rename_all = "lowercase")]
pub enum Undone {
    /// The target is where it was before the train, and its worktree follows where it is checked out.
    Back {
        /// The ref that keeps what the train made.
        backup: String,
    },
    /// The target is not what the train made of it any more.
    Built {
        /// Where it is.
        found: Oid,
        /// The ref that keeps what the train made.
        backup: String,
    },
    /// Moving it would touch somebody's uncommitted or untracked files.
    Blocked {
        /// The files.
        files: Vec<String>,
        /// What to do.
        remedy: String,
    },
    /// It could not be tried.
    Failed {
        /// Why.
        why: String,
    },
}
