//! What is recorded of the record itself, and of what runs beside it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::super::gates::Place;
use super::super::id::{AgentName, Oid};
use super::super::review::{FileChange, GateResult};
use super::super::usage::Usage;

/// A person typed into a pane: one record for keys that follow each other closely.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Typed {
    /// Into whose pane.
    pub agent: AgentName,
    /// How many bytes.
    pub bytes: u64,
    /// Whether the last of them was an Enter.
    pub submitted: bool,
    /// What; only where the configuration records keys.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
}

/// A text with placeholders that somebody sent: what each agent got of it is in that prompt's own record.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Wrote {
    /// The text as it was written.
    pub text: String,
}

/// What the work that an agent claims to be ready changes.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Changed {
    /// Whose work.
    pub agent: AgentName,
    /// At that commit.
    pub head: Oid,
    /// Its files, at most [`Self::MOST`].
    pub files: Vec<FileChange>,
    /// Files that are not listed.
    #[serde(default)]
    pub more: usize,
}

impl Changed {
    /// Most files that are listed.
    pub const MOST: usize = 300;
}

/// Whether everything is recorded.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Recording {
    /// Whose pane; none: the journal.
    pub agent: Option<AgentName>,
    /// Bytes of output that are missing so far.
    pub lost: u64,
    /// Why something is missing from here on; empty: nothing is any more.
    pub why: String,
}

impl Recording {
    /// For people: what is not recorded, and why.
    #[must_use]
    pub fn line(&self) -> String {
        match &self.agent {
            Some(agent) => format!("{agent} is not recorded: {}", self.why),
            None => format!("the journal cannot be written: {}", self.why),
        }
    }
}

/// A part of a pane's log that was removed to keep the record within its quota.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Dropped {
    /// Whose pane.
    pub agent: AgentName,
    /// The logical offset of the first byte that is missing.
    pub from: u64,
    /// The logical offset after the last one.
    pub to: u64,
}

/// Somebody marked a moment, as the markers of an imported recording.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Marked {
    /// In whose pane.
    pub agent: AgentName,
    /// What stands on the mark; may be empty.
    pub text: String,
}

/// What an agent's program says it has used.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Used {
    /// Whose.
    pub agent: AgentName,
    /// Since its start.
    pub usage: Usage,
}

/// How a gate ended at a commit that is no branch's tip and no train's.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct GateAt {
    /// What it is.
    pub place: Place,
    /// How it went.
    pub result: GateResult,
}
