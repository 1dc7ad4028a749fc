//! Queries between agents.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::id::AgentName;

/// A query's number in its session, from 1.
pub type QueryId = u64;

/// Longest message or answer, in bytes.
pub const MAX_TEXT: usize = 16 * 1024;
/// Longest line in which an agent says what it works on, in characters.
pub const MAX_TASK: usize = 200;
/// Longest key of an asker's own, in characters.
pub const MAX_KEY: usize = 128;

/// How urgent a query is.
#[derive(
    Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum Priority {
    /// When nothing else is to be done.
    Low,
    /// In turn.
    #[default]
    Normal,
    /// Before others.
    High,
    /// Before all others: the asker cannot go on.
    Urgent,
}

impl Priority {
    /// All of them, the least urgent first.
    pub const ALL: [Self; 4] = [Self::Low, Self::Normal, Self::High, Self::Urgent];

    /// The word, as written everywhere.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Normal => "normal",
            Self::High => "high",
            Self::Urgent => "urgent",
        }
    }
}

/// Who asks: an agent or the orchestrator in its pane, or nobody of them.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Asker {
    /// A person outside all panes.
    Lead,
    /// A program outside all panes, by its name.
    Program(String),
    /// Who is in that pane.
    Pane(AgentName),
}

impl Asker {
    /// The pane it is in; none: outside all.
    #[must_use]
    pub fn pane(&self) -> Option<&AgentName> {
        match self {
            Self::Pane(name) => Some(name),
            Self::Lead | Self::Program(_) => None,
        }
    }
}

impl fmt::Display for Asker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Lead => f.write_str("the lead"),
            Self::Program(name) if name.is_empty() => f.write_str("a program"),
            Self::Program(name) => write!(f, "the program {name}"),
            Self::Pane(name) => write!(f, "{name}"),
        }
    }
}

/// How far a query is.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Stage {
    /// Its agent has not been prompted with it.
    Waiting,
    /// Its agent was prompted with it, or looked at it.
    Delivered,
    /// It was answered.
    Answered,
    /// Nobody will answer it; its reason says why.
    Dropped,
}

impl Stage {
    /// The word, as written everywhere.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Delivered => "delivered",
            Self::Answered => "answered",
            Self::Dropped => "dropped",
        }
    }

    /// Whether somebody may still answer it.
    #[must_use]
    pub fn open(self) -> bool {
        matches!(self, Self::Waiting | Self::Delivered)
    }
}

/// A query.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Query {
    /// Its number.
    pub id: QueryId,
    /// The first query of its thread; its own number where it began one.
    pub thread: QueryId,
    /// Queries of its thread before it.
    pub depth: u8,
    /// Who asks.
    pub from: Asker,
    /// Whom.
    pub to: AgentName,
    /// How urgent.
    pub priority: Priority,
    /// What, clean of control characters.
    pub message: String,
    /// The asker's own key; see [`crate::domain::command::Talk::Ask`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
}
