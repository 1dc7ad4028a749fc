//! The checklists of what concerns several specialists: security, cost, availability, compliance, performance.

use serde::{Deserialize, Serialize};

use super::plan::Checklist;

/// The file that comes with the program.
pub const BUILT_IN: &str = include_str!("../../data/workflow/checklists.toml");

/// `checklists.toml`.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Checklists {
    /// The lists, in order.
    #[serde(default, rename = "checklist")]
    pub all: Vec<Checklist>,
}

impl Checklists {
    /// Those that come with the program.
    #[must_use]
    pub fn built_in() -> Self {
        // A test reads the file.
        toml::from_str(BUILT_IN).unwrap_or_default()
    }

    /// These with `own` put in: one of the same name is replaced, others are added.
    #[must_use]
    pub fn with(mut self, own: Self) -> Self {
        for list in own.all {
            match self.all.iter_mut().find(|l| l.name == list.name) {
                Some(there) => *there = list,
                None => self.all.push(list),
            }
        }
        self
    }

    /// The list of that name.
    #[must_use]
    pub fn find(&self, name: &str) -> Option<&Checklist> {
        self.all.iter().find(|l| l.name == name)
    }
}
