//! What a project is measured by and told in: metrics, milestones, areas of work, and the words of red flags, of causes
//! and of reasons. Data files come along, and a project goes over them.

pub mod measures;
mod own;
#[cfg(test)]
mod tests;

use std::sync::LazyLock;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use self::measures::{Area, Metrics, Named};
pub(in crate::domain::workflow) use self::own::add;
pub use self::own::{
    Own, OwnAreas, OwnCause, OwnCauses, OwnFlag, OwnFlags, OwnMetrics, OwnMilestones, OwnReasons,
};
use crate::domain::near::did_you_mean;
use crate::domain::workflow::project::{Cause, Reason};

const FLAGS: &str = include_str!("../../../data/workflow/flags.toml");
const CAUSES: &str = include_str!("../../../data/workflow/escalations.toml");
const REASONS: &str = include_str!("../../../data/workflow/reasons.toml");
const METRICS: &str = include_str!("../../../data/workflow/metrics.toml");
const MILESTONES: &str = include_str!("../../../data/workflow/milestones.toml");
const AREAS: &str = include_str!("../../../data/workflow/areas.toml");

static BUILT_IN: LazyLock<Vocabulary> = LazyLock::new(Vocabulary::read);

/// What the data says of a red flag.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FlagWords {
    /// Its name.
    pub name: String,
    /// What it means, in a line.
    pub title: String,
    /// What is asked where the record does not tell; empty: it always does.
    #[serde(default)]
    pub question: String,
    /// What to do when it is raised.
    pub remedy: String,
    /// What a text has to say for its rule.
    #[serde(default)]
    pub words: Vec<String>,
    /// The number its rule goes by; 0: none.
    #[serde(default)]
    pub limit: usize,
}

/// What the data says of a cause for raising something to a person.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CauseWords {
    /// The cause.
    pub name: Cause,
    /// What it means, in a line.
    pub title: String,
    /// What the person can do.
    pub remedy: String,
    /// What a text has to say for its rule.
    #[serde(default)]
    pub words: Vec<String>,
    /// How far a figure has to be exceeded, in percent; 0: at all.
    #[serde(default)]
    pub percent: u32,
}

/// What the data says of a reason for changing a plan.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ReasonWords {
    /// The reason.
    pub name: Reason,
    /// What it means, in a line.
    pub title: String,
}

/// All of it.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Vocabulary {
    /// The red flags, in their order.
    pub flags: Vec<FlagWords>,
    /// The causes, in their order.
    pub causes: Vec<CauseWords>,
    /// The reasons, in their order.
    pub reasons: Vec<ReasonWords>,
    /// What is measured.
    pub metrics: Metrics,
    /// The milestones, in their order.
    pub milestones: Vec<Named>,
    /// The areas of work, in their order; the last one takes whoever is in no other.
    pub areas: Vec<Area>,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
struct File {
    flag: Vec<FlagWords>,
    cause: Vec<CauseWords>,
    reason: Vec<ReasonWords>,
    milestone: Vec<Named>,
    area: Vec<Area>,
}

impl Vocabulary {
    /// What comes with the program.
    #[must_use]
    pub fn built_in() -> &'static Self {
        &BUILT_IN
    }

    fn read() -> Self {
        // A test reads the files, so that none is ever empty.
        let file = |text: &str| toml::from_str::<File>(text).unwrap_or_default();
        Self {
            flags: file(FLAGS).flag,
            causes: file(CAUSES).cause,
            reasons: file(REASONS).reason,
            metrics: toml::from_str(METRICS).unwrap_or_default(),
            milestones: file(MILESTONES).milestone,
            areas: file(AREAS).area,
        }
    }

    /// The red flag of that name.
    ///
    /// # Errors
    /// When there is none: the nearest is named.
    pub fn flag(&self, name: &str) -> Result<&FlagWords, String> {
        self.flags.iter().find(|f| f.name == name).ok_or_else(|| {
            let shown: String = name.chars().filter(|c| !c.is_control()).take(40).collect();
            let near = did_you_mean(name, self.flags.iter().map(|f| f.name.as_str()));
            format!("there is no red flag `{shown}`{near}; `orchestra workflow watch` lists them")
        })
    }

    /// What the data says of a cause.
    #[must_use]
    pub fn cause(&self, cause: Cause) -> Option<&CauseWords> {
        self.causes.iter().find(|c| c.name == cause)
    }

    /// What a cause means, in a line; its word where the data says nothing of it.
    #[must_use]
    pub fn cause_title(&self, cause: Cause) -> &str {
        self.cause(cause).map_or(cause.word(), |c| c.title.as_str())
    }

    /// What a reason means, in a line; its word where the data says nothing of it.
    #[must_use]
    pub fn reason_title(&self, reason: Reason) -> &str {
        let found = self.reasons.iter().find(|r| r.name == reason);
        found.map_or(reason.word(), |r| r.title.as_str())
    }
}
