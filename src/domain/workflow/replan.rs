//! Changing a plan under way: what could be done, and what each would do.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::plan::Planned;
use super::project::{Impact, Project, Terms, Wanted};

/// Something that could be done.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Alternative {
    /// What, in a line.
    pub title: String,
    /// What speaks for it.
    pub gains: Vec<String>,
    /// What speaks against it.
    pub costs: Vec<String>,
    /// What it does.
    pub impact: Impact,
    /// The plan then.
    pub plan: Planned,
    /// What it keeps to then.
    pub terms: Terms,
}

/// What could be done about what is wanted, at least two alternatives, the one that was asked for first. Finished
/// work stays in every one.
///
/// # Errors
/// When it cannot be: an unknown task, one that is done, a circle, an agent that is not there.
pub fn alternatives(project: &Project, wanted: &Wanted, now: i64) -> Result<Vec<Alternative>, String> {
    let _ = (project, wanted, now);
    Err("change the plan: this is not built yet".into())
}

/// What is wanted, in a line.
#[must_use]
pub fn in_words(wanted: &Wanted) -> String {
    let _ = wanted;
    String::new()
}
