//! Solving a conflict of a halted train: by its owner, or by hand.

use serde::Serialize;

use super::{Stuck, TrainPlan};
use crate::domain::id::{AgentName, Oid, TrainId};

/// A step that does not merge.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Knot {
    /// The train.
    pub train: TrainId,
    /// Whose step.
    pub agent: AgentName,
    /// The branch.
    pub branch: String,
    /// The step's commit.
    pub tip: Oid,
    /// What it does not merge with.
    pub onto: Oid,
    /// The paths that do not merge.
    pub paths: Vec<String>,
    /// The earlier steps that touch the same paths: whose, which branch, which commit.
    pub with: Vec<(AgentName, String, Oid)>,
}

impl Knot {
    /// A step of a plan that does not merge; none where it is not on the plan.
    #[must_use]
    pub fn of(plan: &TrainPlan, stuck: &Stuck) -> Option<Self> {
        let of = |name: &AgentName| plan.steps.iter().find(|s| s.agent == *name);
        let step = of(&stuck.agent)?;
        let with = stuck.with.iter().filter_map(of);
        let paths = stuck.conflicts.iter().flat_map(|c| std::iter::once(&c.path).chain(&c.also));
        Some(Self {
            train: plan.id,
            agent: step.agent.clone(),
            branch: step.branch.clone(),
            tip: step.oid.clone(),
            onto: stuck.onto.clone(),
            paths: paths.cloned().collect(),
            with: with.map(|s| (s.agent.clone(), s.branch.clone(), s.oid.clone())).collect(),
        })
    }
}

/// What is to be done about a conflict.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Solve {
    /// Begin the merge in the owner's worktree, and tell what the prompt has to say.
    Owner {
        /// Which.
        knot: Knot,
        /// Why the worktree must be left alone; empty where it need not.
        busy: String,
    },
    /// Begin the merge in a worktree outside the repository.
    Hand(Knot),
    /// Take what was made of it there.
    Take(Knot),
    /// Remember how its owner solved it.
    Remember {
        /// Which.
        knot: Knot,
        /// The owner's commit that solves it.
        by: Oid,
    },
}

impl Solve {
    /// Which conflict it is about.
    #[must_use]
    pub fn knot(&self) -> &Knot {
        match self {
            Self::Owner { knot, .. } | Self::Remember { knot, .. } | Self::Hand(knot) | Self::Take(knot) => {
                knot
            }
        }
    }
}

/// What came of it.
#[derive(Clone, PartialEq, Debug)]
pub enum Solved {
    /// The owner can begin.
    Given(Box<ConflictVar>),
    /// The merge stands in that worktree.
    Open {
        /// Where.
        path: String,
    },
    /// All of it is solved.
    Taken {
        /// The tree that is right.
        tree: Oid,
    },
    /// Something is still open, sentence by sentence.
    Unsolved(Vec<String>),
    /// It will be known again.
    Remembered,
}

/// What a prompt says of a conflict.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize)]
pub struct ConflictVar {
    /// What the branch does not merge with, whole.
    pub onto: String,
    /// Why the merge does not stand in the worktree yet; empty where it does.
    pub told: String,
    /// The branch's own message, to be kept.
    pub message: String,
    /// The other sides.
    pub with: Vec<SideVar>,
    /// The files, with the places that do not merge.
    pub files: Vec<ConflictFileVar>,
}

/// Another side of a conflict.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize)]
pub struct SideVar {
    /// Whose.
    pub agent: String,
    /// Its branch.
    pub branch: String,
    /// What its commit says it is for.
    pub message: String,
}

/// A file that does not merge.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize)]
pub struct ConflictFileVar {
    /// Its path.
    pub path: String,
    /// The kind of conflict.
    pub kind: String,
    /// The places with both sides, as git marks them; empty where it is not about lines.
    pub text: String,
}
