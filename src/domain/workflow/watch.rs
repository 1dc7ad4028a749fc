//! What somebody who runs a project has to watch for: red flags, and what is raised to a person.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::project::{Cause, Project};

/// A conflict that git foresees between two branches, or met.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
pub struct Clash {
    /// The agents, in the order of the plan.
    pub agents: [String; 2],
    /// The files.
    pub files: Vec<String>,
}

/// What is seen of a project beside its own record.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
pub struct Seen {
    /// Branches that do not merge with each other.
    pub clashes: Vec<Clash>,
}

/// How a red flag stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum FlagState {
    /// It is up.
    Raised,
    /// It is not.
    Clear,
    /// It cannot be computed, and nobody has said yet.
    Asked,
}

/// A red flag.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Flag {
    /// Its name.
    pub name: String,
    /// One line of what it means.
    pub title: String,
    /// How it stands.
    pub state: FlagState,
    /// What that rests on, sentence by sentence; where it is asked, the question.
    pub evidence: Vec<String>,
}

/// Something that is to be raised to a person, and was not.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Due {
    /// Why.
    pub cause: Cause,
    /// What tells it apart from another of the same cause.
    pub key: String,
    /// What it rests on.
    pub evidence: Vec<String>,
}

/// All red flags at `now` (milliseconds since 1970), in the order of their file.
#[must_use]
pub fn flags(project: &Project, seen: &Seen, now: i64) -> Vec<Flag> {
    let _ = (project, seen, now);
    Vec::new()
}

/// What is to be raised to a person at `now` and is not among the project's escalations yet.
#[must_use]
pub fn due(project: &Project, seen: &Seen, now: i64) -> Vec<Due> {
    let _ = (project, seen, now);
    Vec::new()
}

/// When what [`due`] says may change by the time alone, milliseconds since 1970; none: not before something happens.
#[must_use]
pub fn next_look(project: &Project, now: i64) -> Option<i64> {
    let _ = (project, now);
    None
}
