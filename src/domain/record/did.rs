//! What was done about dialogs.

use serde::{Deserialize, Serialize};

/// What was done about a dialog.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Did {
    /// The keys that accept it were typed.
    Accepted,
    /// The agent was stopped.
    Stopped,
}
