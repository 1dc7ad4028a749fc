//! What plans draw on beside their pattern: what must not be skipped, wins that can be pulled in, checklists, milestones.
//!
//! They are data: `src/data/workflow/*.toml` come with the program, and a project goes over them.

use serde::{Deserialize, Serialize};

use super::checklists::Checklists;
use super::musts::Musts;
use super::span::Span;
use super::vocabulary::{Own, Vocabulary};
use super::wins::Wins;
use crate::domain::workflow::pattern::Must;

/// Stands in `after` for every task that deploys anywhere but to production.
pub const DEPLOYMENTS: &str = "deployments";

/// All of it.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Knowledge {
    /// What must not be skipped before production.
    pub musts: Musts,
    /// What a plan can pull in.
    pub wins: Wins,
    /// The lists that go with phases.
    pub checklists: Checklists,
    /// What it says over the words, metrics, milestones and areas that come along.
    pub own: Own,
}

/// A task that is put into a plan though its pattern has none.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Template {
    /// One line for people.
    pub title: String,
    /// Who does it, by the name in the catalogue.
    pub specialist: String,
    /// How long it takes.
    pub duration: Span,
    /// What it waits for: the tasks of these specialists, and [`DEPLOYMENTS`].
    #[serde(default)]
    pub after: Vec<String>,
    /// What must not be skipped that it sees to.
    #[serde(default)]
    pub covers: Vec<Must>,
    /// The milestone it completes.
    #[serde(default)]
    pub milestone: String,
    /// What it is to reach.
    #[serde(default)]
    pub objectives: Vec<String>,
    /// What is there afterwards.
    #[serde(default)]
    pub outcomes: Vec<String>,
    /// How one sees that it succeeded.
    #[serde(default)]
    pub criteria: Vec<String>,
}

impl Knowledge {
    /// What comes with the program.
    #[must_use]
    pub fn built_in() -> Self {
        let (musts, wins, checklists) = (Musts::built_in(), Wins::built_in(), Checklists::built_in());
        Self { musts, wins, checklists, own: Own::default() }
    }

    /// The milestones there are, by name: those that come along, then its own.
    pub fn milestones(&self) -> impl Iterator<Item = &str> {
        let all = Vocabulary::built_in().milestones.iter().chain(&self.own.milestones);
        all.map(|m| m.name.as_str())
    }
}
