//! What agents could do next.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::super::id::AgentName;

/// What could be done next on a branch.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Suggestions {
    /// Whose.
    pub agent: AgentName,
    /// One sentence each, the weightiest first, at most 7.
    pub points: Vec<String>,
    /// Why nothing can be said; empty where it can.
    pub why: String,
}
