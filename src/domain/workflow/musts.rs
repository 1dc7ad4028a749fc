//! What must not be skipped before anything goes to production, and the tasks that are put in where nothing sees to it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::knowledge::Template;
use super::pattern::Must;

/// The file that comes with the program.
pub const BUILT_IN: &str = include_str!("../../data/workflow/musts.toml");

/// The order in which they are put in: what others look at comes first.
pub const ORDER: [Must; 6] = [
    Must::InfrastructureAsCode,
    Must::Pipeline,
    Must::Monitoring,
    Must::SecurityReview,
    Must::Recovery,
    Must::Documentation,
];

/// `musts.toml`.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Musts {
    /// The task of each.
    #[serde(default, rename = "must")]
    pub tasks: BTreeMap<Must, Template>,
    /// The task that deploys to production.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub production: Option<Template>,
}

impl Musts {
    /// Those that come with the program.
    #[must_use]
    pub fn built_in() -> Self {
        // A test reads the file.
        toml::from_str(BUILT_IN).unwrap_or_default()
    }

    /// These with `own` put in their places.
    #[must_use]
    pub fn with(mut self, own: Self) -> Self {
        self.tasks.extend(own.tasks);
        self.production = own.production.or(self.production);
        self
    }
}
