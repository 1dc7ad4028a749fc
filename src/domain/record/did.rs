//! What was done about dialogs.

use serde::{Deserialize, Serialize};

use crate::domain::id::AgentName;

/// A dialog of a starting program that was acted on.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Acted {
    /// The agent.
    pub agent: AgentName,
    /// The dialog's name.
    pub dialog: String,
    /// What was done.
    pub did: Did,
}

/// What was done about a dialog.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Did {
    /// The keys that accept it were typed.
    Accepted,
    /// The agent was stopped.
    Stopped,
}
