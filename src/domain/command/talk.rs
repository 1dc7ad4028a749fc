//! What agents say of themselves and to each other, and what people say to what waits for them.

use serde::{Deserialize, Serialize};

use crate::domain::id::AgentName;
use crate::domain::query::{Priority, QueryId};
use crate::domain::state::AgentState;

/// Something said by an agent of itself, or between agents.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "talk", rename_all = "snake_case")]
pub enum Talk {
    /// Asks an agent something; it is prompted with it when it is idle.
    Ask {
        /// Whom; the orchestrator's pane too.
        to: AgentName,
        /// What, at most [`crate::domain::query::MAX_TEXT`] bytes.
        message: String,
        /// How urgent.
        #[serde(default)]
        priority: Priority,
        /// The query that this one comes of; none begins a thread.
        #[serde(default)]
        about: Option<QueryId>,
        /// Chosen by the caller: with the same one again nothing is asked twice.
        #[serde(default)]
        key: Option<String>,
    },
    /// Answers what the caller was asked. People may answer for anybody.
    Answer {
        /// Which.
        query: QueryId,
        /// What, at most [`crate::domain::query::MAX_TEXT`] bytes.
        message: String,
    },
    /// Lists queries: those that concern the caller, or from outside all.
    Queries {
        /// Also those that are over.
        #[serde(default)]
        all: bool,
    },
    /// Says what the caller does.
    State {
        /// One of [`AgentState::PINNABLE`]; none: only the task is told.
        #[serde(default)]
        state: Option<AgentState>,
        /// What it works on, one line of at most 200 characters; empty: as before.
        #[serde(default)]
        task: String,
    },
    /// Says that the caller's task is done.
    Complete {
        /// What was done.
        summary: String,
    },
    /// All that an agent needs to know of its work.
    Briefing {
        /// Whose; none: the caller's.
        #[serde(default)]
        agent: Option<AgentName>,
    },
}

/// What is said to calls that wait for a person.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "confirm", rename_all = "snake_case")]
pub enum Confirming {
    /// Lists them.
    List,
    /// Has one done.
    Yes {
        /// Its number.
        id: u64,
    },
    /// Has one refused.
    No {
        /// Its number.
        id: u64,
    },
}

/// On which terms a prompt is sent.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Terms {
    /// Chosen by the caller, at most 128 characters: an agent that was sent something with the same one by the same
    /// caller is sent nothing, and the receipt is that of then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// Seconds it may wait for a busy pane, at most a day; none: 60; 0: it is refused at once by a busy one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub patience: Option<u32>,
}
