//! An incident as templates see it.

use serde::Serialize;

/// An incident, for its specialists and its coordinator.
#[derive(Clone, Debug, Serialize, Default)]
pub struct IncidentVar {
    /// What it is called.
    pub name: String,
    /// The report, line by line.
    pub report: Vec<String>,
    /// The folder of all its data; empty: none.
    pub data: String,
    /// The folder of this agent's data; empty: none.
    pub own_data: String,
    /// The begin of the time that findings may be of, RFC 3339.
    pub from: String,
    /// Its end, RFC 3339; empty: it goes on.
    pub to: String,
    /// When it started, RFC 3339; empty: not known.
    pub started: String,
    /// What is seen first.
    pub symptom: String,
    /// How far it reaches, in words.
    pub scope: String,
    /// `P1`, `P2`, `P3` or empty.
    pub priority: String,
    /// The rule of the route, and why.
    pub route: String,
    /// Why this agent was engaged; empty for the coordinator.
    pub why: String,
    /// Who was engaged.
    pub engaged: Vec<String>,
    /// Minutes this agent has.
    pub minutes: u32,
    /// The kinds of findings there are.
    pub kinds: Vec<KindVar>,
    /// What the findings have to do with each other, line by line: only for the coordinator.
    pub correlation: Vec<String>,
    /// What is missing of the answer, sentence by sentence: only for the coordinator.
    pub missing: Vec<String>,
    /// The sections a postmortem has to have, in their order.
    pub sections: Vec<String>,
    /// What the check says against the postmortem that was handed in; empty: none was.
    pub problems: Vec<String>,
    /// How many attempts are left.
    pub attempts: u8,
}

/// A kind of finding.
#[derive(Clone, Debug, Serialize, Default)]
pub struct KindVar {
    /// Its name.
    pub name: String,
    /// What it says.
    pub what: String,
}
