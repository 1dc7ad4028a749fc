//! Why an agent is in its state.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::domain::id::AgentName;
use crate::domain::state::AgentState;

/// Why an agent is in its state.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Explained {
    /// Whose.
    pub agent: AgentName,
    /// The state shown.
    pub state: AgentState,
    /// Since when, RFC 3339 UTC.
    #[serde(default)]
    pub since: String,
    /// Where the evidence is from: `hook`, `report`, `notify`, `progress`, `mark`, `title`, `screen`,
    /// `bytes`, `terminal`, `process`, `person`, `agent`, `git`, `plan`, or `none`.
    #[serde(default)]
    pub source: String,
    /// The rule that decided.
    pub rule: String,
    /// The text it matched.
    pub evidence: String,
    /// Its age in milliseconds.
    pub age_ms: u64,
    /// Other evidence as lines: source, rule, state, text. The same as `losers`.
    pub over: Vec<String>,
    /// Other evidence, and why it did not decide.
    #[serde(default)]
    pub losers: Vec<Loser>,
    /// Since when the state is pinned, RFC 3339 UTC.
    #[serde(default)]
    pub pinned: Option<String>,
    /// When a usage limit is over, RFC 3339 UTC, where that is known.
    #[serde(default)]
    pub until: Option<String>,
    /// Milliseconds until time alone may change something; none while only news can.
    #[serde(default)]
    pub next_look_ms: Option<u64>,
}

/// Evidence that did not decide.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Loser {
    /// The rule.
    pub rule: String,
    /// Where from, as in [`Explained`].
    pub source: String,
    /// What it says.
    pub state: AgentState,
    /// The text it matched.
    pub evidence: String,
    /// For how long it has said so, in milliseconds.
    pub age_ms: u64,
    /// Why it did not decide.
    pub why: String,
}
