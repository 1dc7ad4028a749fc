//! One event of the journal, for programs that read along.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::domain::id::AgentName;

/// One event of the journal.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, JsonSchema)]
pub struct EventLine {
    /// Its number in the journal, from 1; what to give as `--since` to begin with it.
    pub seq: u64,
    /// When, RFC 3339 UTC.
    pub at: String,
    /// Its kind, as `--kind` takes it.
    pub kind: String,
    /// Whom it concerns; none: the whole session.
    pub agent: Option<AgentName>,
    /// What happened, as the story tells it, safe to show; empty where people are told nothing of it.
    pub text: String,
    /// The event itself, as `docs/session-format.md` describes it.
    pub body: serde_json::Value,
}
