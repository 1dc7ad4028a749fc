//! What came of the incidents of a fleet.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::When;
use crate::domain::incident::case::{Engagement, Stage};

/// An incident.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Incident {
    /// Its number in the session, from 1.
    pub number: u32,
    /// What it is called.
    pub name: String,
    /// `P1`, `P2`, `P3`; empty where nobody said.
    pub priority: String,
    /// When it was opened.
    pub begin: When,
    /// When it was closed; none where it was not.
    pub end: Option<When>,
    /// How far it is.
    pub stage: Stage,
    /// Those who were engaged, and what came of it.
    pub specialists: Vec<Engagement>,
    /// How many findings there are.
    pub findings: usize,
    /// The first root cause of each group of findings that has one.
    pub roots: Vec<String>,
    /// How many postmortems were handed in, those that did not stand among them.
    pub drafts: usize,
    /// Why it was closed; empty while it is open.
    pub ended: String,
}
