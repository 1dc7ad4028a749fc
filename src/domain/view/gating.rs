//! Gates that run, and what a verification found.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::super::gates::{Part, Place};
use super::super::id::{AgentName, Oid};
use super::super::review::GateResult;

/// A gate job under way.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
pub struct GatingView {
    /// What it tests: an agent, `SEC (uncommitted)`, `merged`, `train`.
    pub place: String,
    /// The commit.
    pub oid: Oid,
    /// The gate that runs or waits.
    pub gate: String,
    /// How far it is.
    pub part: Part,
    /// Since when it is there, RFC 3339 UTC.
    pub since: String,
    /// For how many seconds.
    pub seconds: u64,
    /// Gates that follow.
    pub left: Vec<String>,
    /// The last lines it printed; may be empty.
    pub tail: String,
}

/// What gates said of one commit, because somebody asked.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Verified {
    /// What was tested: an agent, `SEC (uncommitted)`, `merged`.
    pub place: String,
    /// What it is.
    pub what: Place,
    /// The commit; none where there was none to test.
    pub oid: Option<Oid>,
    /// Whose branches are in it, where it is what merging gives.
    pub of: Vec<AgentName>,
    /// The commit that red gates were looked at, where that is not an agent's own base.
    pub base: Option<Oid>,
    /// The gates in order.
    pub gates: Vec<GateResult>,
    /// Why nothing was tested; empty where it was.
    pub why: String,
}

impl Verified {
    /// Nothing is known yet.
    #[must_use]
    pub fn new(what: &Place) -> Self {
        Self {
            place: what.to_string(),
            what: what.clone(),
            oid: None,
            of: Vec::new(),
            base: None,
            gates: Vec::new(),
            why: String::new(),
        }
    }

    /// Whether it was tested and every gate passed.
    #[must_use]
    pub fn passed(&self) -> bool {
        self.why.is_empty() && self.gates.iter().all(GateResult::passed)
    }
}
