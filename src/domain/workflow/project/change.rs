//! Changes of a plan under way.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::domain::id::AgentName;
use crate::domain::incident::stamp;
use crate::domain::workflow::plan::{Task, Waiver};

/// Why a plan is changed.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Reason {
    /// A specialist uncovered something critical.
    CriticalIssue,
    /// The budget got tighter.
    Budget,
    /// The time got shorter.
    Timeline,
    /// The business wants something else.
    Business,
    /// Technology changed: new services, deprecations.
    Technology,
    /// A vulnerability was found.
    Security,
    /// Performance is not what it should be.
    Performance,
}

/// What of a plan is to be changed.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "change", rename_all = "snake_case")]
pub enum Wanted {
    /// A task is added.
    Add {
        /// The task.
        task: Box<Task>,
        /// Tasks that shall need it.
        before: Vec<String>,
    },
    /// A task is left out.
    Drop {
        /// Its id.
        task: String,
    },
    /// A task is to be done before another.
    Reorder {
        /// Its id.
        task: String,
        /// The other's.
        before: String,
    },
    /// Another specialist does a task.
    Reassign {
        /// Its id.
        task: String,
        /// The specialist, by the name in the catalogue.
        to: String,
        /// The agent that is this specialist.
        agent: AgentName,
    },
    /// It has to be ready at another time.
    Deadline {
        /// Milliseconds since 1970; none: no deadline any more.
        at: Option<i64>,
    },
    /// It may cost something else.
    Budget {
        /// In whole units of the currency; none: no budget any more.
        amount: Option<u64>,
    },
    /// Something that must not be skipped is left out, or no longer left out.
    Waive {
        /// What, and why.
        waiver: Waiver,
    },
}

/// What a change does.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
pub struct Impact {
    /// Hours from the start to the planned end, before.
    pub length_before: u32,
    /// And after.
    pub length_after: u32,
    /// The planned end before, milliseconds since 1970.
    pub end_before: i64,
    /// And after.
    pub end_after: i64,
    /// The tasks of the critical path before.
    pub path_before: Vec<String>,
    /// And after.
    pub path_after: Vec<String>,
    /// What its tasks cost before, where a rate was given.
    pub cost_before: Option<u64>,
    /// And after.
    pub cost_after: Option<u64>,
    /// Whose brief says something else afterwards.
    pub affected: Vec<AgentName>,
}

/// A change of the plan that was decided.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Change {
    /// Its number in the project, from 1.
    pub id: u32,
    /// Why.
    pub reason: Reason,
    /// What was said with it; may be empty.
    #[serde(default)]
    pub note: String,
    /// What was asked for, in words.
    pub asked: String,
    /// The alternative that was chosen.
    pub chosen: String,
    /// The others.
    pub others: Vec<String>,
    /// What it does.
    pub impact: Impact,
    /// Who decided.
    pub by: String,
    /// When (RFC 3339).
    #[serde(with = "stamp")]
    #[schemars(with = "String")]
    pub at: i64,
}

/// A brief that was sent again.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Rebriefed {
    /// The change it follows.
    pub change: u32,
    /// Who had it.
    pub agent: AgentName,
    /// When (RFC 3339).
    #[serde(with = "stamp")]
    #[schemars(with = "String")]
    pub at: i64,
}
