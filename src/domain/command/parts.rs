//! What the parts of commands are.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::domain::id::{AgentName, DispatchId, RunId};
use crate::domain::query::QueryId;
use crate::domain::state::AgentState;

/// Who a command is for, as typed: `AGENT`, `all`, `stage:N` (from 1) or `focus:GROUP`.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Target(pub String);

/// All at once, or stage by stage.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Order {
    /// Every task as soon as its own needs are met; stages are ignored.
    Broadcast,
    /// A stage waits for the whole stage before it.
    Staged,
}

/// How a claim was made.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Via {
    /// `orchestra ready` in the agent's own pane.
    Command,
    /// The phrase with the dispatch's code in the agent's own pane.
    Text,
    /// The phrase with the dispatch's code in the last message that the agent program's hook handed over.
    Hook,
    /// The lead, who took the agent at its word.
    Lead,
}

/// What to send.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum What {
    /// A template by name, rendered for each agent; or `universal`, `role` or `suggested`.
    Prompt(String),
    /// Text as it is.
    Text(String),
    /// Text whose placeholders are filled in for each agent, as those of a template are.
    Fill(String),
    /// What did not arrive: the last prompt of each agent, where it was not submitted.
    Again,
    /// Text that came in parts on the same connection before the command: too long for one message.
    Parts {
        /// Bytes of all parts.
        bytes: usize,
    },
}

/// A merge order.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum WhichOrder {
    /// The better one that the conflict matrix proposes.
    Proposed,
    /// That of the configuration.
    Configured,
}

/// What gates are run on because somebody wants to know.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Subject {
    /// The tips of these agents' branches; empty means all.
    Tips(Vec<AgentName>),
    /// What the worktrees of these agents hold, uncommitted work too; empty means all.
    Open(Vec<AgentName>),
    /// What merging all ready branches would give now.
    Merged,
}

/// Where a program that is started again begins.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Begin {
    /// Afresh.
    #[default]
    Afresh,
    /// Where its last run ended.
    Last,
}

/// What a caller waits for.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Until {
    /// All targets are in that state.
    State(AgentState),
    /// Each target is in one of these states.
    States(Vec<AgentState>),
    /// Each target's last dispatch has its receipt.
    Receipts,
    /// These dispatches have their receipts.
    Dispatched(Vec<DispatchId>),
    /// The run has ended.
    Run(RunId),
    /// No train is under way.
    Train,
    /// The query was answered, or nobody will answer it.
    Answered(QueryId),
}

/// What it means that a person says nothing in time.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Silence {
    /// It is not done.
    #[default]
    No,
    /// It goes ahead.
    Yes,
}

impl Silence {
    /// Whether it means no.
    #[must_use]
    pub fn is_no(&self) -> bool {
        *self == Self::No
    }
}

/// Who is asking. Decided by the server from the caller's processes and token, never by the caller's word.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Caller {
    /// A person or script outside any pane.
    Outside,
    /// A process in that pane.
    Pane(AgentName),
    /// A program that speaks MCP.
    Mcp {
        /// What it calls itself; may be empty.
        client: String,
        /// The pane it runs in; none: outside all.
        pane: Option<AgentName>,
    },
}

impl Caller {
    /// The pane it speaks for.
    #[must_use]
    pub fn pane(&self) -> Option<&AgentName> {
        match self {
            Self::Outside => None,
            Self::Pane(name) => Some(name),
            Self::Mcp { pane, .. } => pane.as_ref(),
        }
    }
}

impl fmt::Display for Caller {
    /// Who it is, for people: what a program calls itself is its own word, already clean.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Outside => f.write_str("a person"),
            Self::Pane(name) => write!(f, "{name}"),
            Self::Mcp { client, pane } => {
                match pane {
                    Some(name) => write!(f, "{name} by MCP")?,
                    None => f.write_str("an MCP client outside all panes")?,
                }
                if client.is_empty() { Ok(()) } else { write!(f, " ({client})") }
            }
        }
    }
}
