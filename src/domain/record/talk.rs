//! What agents said of themselves and to each other, and what was asked by programs.

use serde::{Deserialize, Serialize};

use crate::domain::command::{Caller, Silence};
use crate::domain::id::AgentName;
use crate::domain::query::{Asker, Query, QueryId};
use crate::domain::state::AgentState;

/// Something said by an agent of itself, or between agents.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "talk", rename_all = "snake_case")]
pub enum Talked {
    /// A query was asked.
    Asked(Query),
    /// Its agent was prompted with it, or looked at it.
    Delivered {
        /// Which.
        query: QueryId,
    },
    /// It was answered.
    Answered {
        /// Which.
        query: QueryId,
        /// By whom.
        by: Asker,
        /// The answer, clean of control characters.
        message: String,
    },
    /// Who asked has heard the answer.
    Heard {
        /// Which.
        query: QueryId,
    },
    /// Nobody will answer it.
    Dropped {
        /// Which.
        query: QueryId,
        /// Why.
        why: String,
    },
    /// An agent says what it does.
    State {
        /// Who.
        agent: AgentName,
        /// What it does; none: nothing was said of that.
        state: Option<AgentState>,
        /// What it works on; empty: nothing was said of that.
        task: String,
    },
    /// An agent says that its task is done.
    Complete {
        /// Who.
        agent: AgentName,
        /// What was done.
        summary: String,
    },
}

/// What of a query a prompt brings to its agent.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Brings {
    /// The query, to whom it is put.
    Query(QueryId),
    /// The answer, to who asked.
    Answer(QueryId),
}

/// A call by a program or from a pane, once it is over.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Called {
    /// Who called.
    pub caller: Caller,
    /// The tool's name.
    pub tool: String,
    /// What was asked, in a few words without texts of prompts; may be empty.
    #[serde(default)]
    pub about: String,
    /// `done`, `failed`, `usage`, `refused`, `declined`, `timeout` or `left`.
    pub outcome: String,
    /// Why it was not done; empty where it was.
    #[serde(default)]
    pub why: String,
}

/// A call waits for a person, or waits no more.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "step", rename_all = "snake_case")]
pub enum Confirmed {
    /// A person is asked.
    Asked {
        /// Its number in the session, from 1.
        id: u64,
        /// Who called.
        caller: Caller,
        /// The tool's name.
        tool: String,
        /// What would be done, in one line.
        title: String,
        /// What would come of it, line by line.
        lines: Vec<String>,
        /// Seconds a person has.
        seconds: u64,
        /// What it means that nobody says anything in them.
        #[serde(default, skip_serializing_if = "Silence::is_no")]
        silence: Silence,
    },
    /// It is over.
    Ended {
        /// Its number.
        id: u64,
        /// How.
        end: End,
    },
}

/// How a confirmation ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum End {
    /// A person said yes.
    Yes,
    /// A person said no.
    No,
    /// Nobody said anything in time, which means no.
    Timeout,
    /// Nobody said anything in time, which means yes.
    Silence,
    /// The caller did not wait for it, or its server was lost.
    Left,
    /// What was to be done is not what it was any more.
    Stale,
}

impl End {
    /// How it ended, for people.
    #[must_use]
    pub fn said(self) -> &'static str {
        match self {
            Self::Yes => "a person said yes",
            Self::No => "a person said no",
            Self::Timeout => "nobody answered in time, which means no",
            Self::Silence => "nobody said no in time, so it goes ahead",
            Self::Left => "who asked did not wait for the answer",
            Self::Stale => "what was to be done is not what it was any more",
        }
    }
}
