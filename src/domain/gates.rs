//! Verification commands: what is run, where, and what is made of it.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::id::AgentName;

/// MiB of a gate's output that are kept when its configuration does not say.
pub const OUTPUT_MIB: u32 = 10;

/// A verification command.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Gate {
    /// Its name: `build`.
    pub name: String,
    /// The command line, given to `sh -c`.
    pub run: String,
    /// Time limit in seconds.
    pub timeout: u64,
    /// Directory below the checkout; empty for its top.
    pub dir: String,
    /// Whether readiness asks for it (the build by default).
    pub ready: bool,
    /// Names of environment variables handed on beside the fixed few.
    #[serde(default)]
    pub env: Vec<String>,
    /// MiB of its output that are kept: half of the beginning, half of the end.
    #[serde(default = "output")]
    pub output: u32,
    /// How often it is run again when it is red, at the most.
    #[serde(default)]
    pub retries: u32,
}

fn output() -> u32 {
    OUTPUT_MIB
}

impl Gate {
    /// A gate that says no more than its name and command: ten minutes, at the top, asked for by nobody.
    #[must_use]
    pub fn new(name: impl Into<String>, run: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            run: run.into(),
            timeout: 600,
            dir: String::new(),
            ready: false,
            env: Vec::new(),
            output: OUTPUT_MIB,
            retries: 0,
        }
    }
}

/// How all gates are run.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Verify {
    /// Commits that are tested at one time; 0 stands for the number of cores, at most 4.
    #[serde(default)]
    pub parallel: u16,
    /// What becomes of a gate that is red on the base already.
    #[serde(default)]
    pub baseline: Baseline,
}

/// What becomes of a gate that is red on the base already.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Baseline {
    /// It is said, and not held against the branch or the train.
    #[default]
    Excuse,
    /// It is said, and counts all the same.
    Tell,
    /// Nobody looks.
    Off,
}

/// What is done with a verdict that is known of the same tree.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Reuse {
    /// It is taken.
    #[default]
    Known,
    /// The gate runs again.
    Never,
}

/// What is tested.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Place {
    /// The tip of an agent's branch.
    Tip(AgentName),
    /// What an agent's worktree holds, uncommitted work too.
    Open(AgentName),
    /// What merging all ready branches gives.
    Merged,
    /// What a branch or a train begins with.
    Base,
    /// A commit of a train.
    Train,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tip(agent) => write!(f, "{agent}"),
            Self::Open(agent) => write!(f, "{agent} (uncommitted)"),
            Self::Merged => f.write_str("merged"),
            Self::Base => f.write_str("base"),
            Self::Train => f.write_str("train"),
        }
    }
}

/// How far a gate job is.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Part {
    /// It waits for its turn, or for another job that tests the same tree.
    #[default]
    Waiting,
    /// Its checkout is being made.
    Checkout,
    /// The setup command runs.
    Setup,
    /// A gate runs.
    Running,
    /// A gate that was red runs on the base.
    Baseline,
}

impl Part {
    /// In a word or two, as `build` is put behind it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Waiting => "waits",
            Self::Checkout => "checkout for",
            Self::Setup => "setup for",
            Self::Running => "runs",
            Self::Baseline => "base runs",
        }
    }
}
