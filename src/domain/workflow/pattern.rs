//! A pattern of work in phases, as its file states it.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::span::Span;

/// The patterns that come with the program: name and text, in the order in which they are shown.
pub const BUILT_IN: &[(&str, &str)] = &[
    ("full-infrastructure", include_str!("../../data/workflows/full-infrastructure.toml")),
    ("kubernetes-pipeline", include_str!("../../data/workflows/kubernetes-pipeline.toml")),
    ("multi-cloud", include_str!("../../data/workflows/multi-cloud.toml")),
    ("migration", include_str!("../../data/workflows/migration.toml")),
    ("modernisation", include_str!("../../data/workflows/modernisation.toml")),
];

/// A pattern: `workflows/NAME.toml`.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Pattern {
    /// The name used on the command line.
    pub name: String,
    /// One line for people.
    pub title: String,
    /// When it fits, in a sentence.
    #[serde(default)]
    pub scenario: String,
    /// What can be chosen, by name.
    #[serde(default, rename = "condition", skip_serializing_if = "BTreeMap::is_empty")]
    pub conditions: BTreeMap<String, Condition>,
    /// Its phases in order: labels of tasks, no barriers.
    #[serde(default, rename = "phase")]
    pub phases: Vec<Phase>,
    /// Its tasks.
    #[serde(default, rename = "task")]
    pub tasks: Vec<Step>,
    /// Tasks that go on side by side and have to speak with each other.
    #[serde(default, rename = "parallel", skip_serializing_if = "Vec::is_empty")]
    pub pairs: Vec<Pair>,
    /// Tasks that go round until one is content with the other.
    #[serde(default, rename = "iterate", skip_serializing_if = "Vec::is_empty")]
    pub loops: Vec<Loop>,
    /// Where what the pattern was taken from is silent, ambiguous or contradicts itself: how it was read, and why.
    #[serde(default, rename = "reading", skip_serializing_if = "Vec::is_empty")]
    pub readings: Vec<Reading>,
}

impl Pattern {
    /// Those that come with the program.
    #[must_use]
    pub fn built_in() -> Vec<Self> {
        // A test reads each of them.
        static READ: LazyLock<Vec<Pattern>> =
            LazyLock::new(|| BUILT_IN.iter().filter_map(|(_, text)| toml::from_str(text).ok()).collect());
        READ.clone()
    }

    /// Who does a task: the specialist it names, else the owner of its phase; empty where there is none, which
    /// a check excludes.
    #[must_use]
    pub fn specialist<'p>(&'p self, step: &'p Step) -> &'p str {
        let owner = || self.phases.iter().find(|p| p.id == step.phase).and_then(|p| p.owner.as_deref());
        step.specialist.as_deref().or_else(owner).unwrap_or_default()
    }
}

/// Something that can be chosen: `[condition.kubernetes]`.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Condition {
    /// What it means.
    pub about: String,
    /// What holds where nothing is said.
    pub default: bool,
}

/// A phase.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Phase {
    /// Its name in the file.
    pub id: String,
    /// One line for people.
    pub title: String,
    /// The weeks it is meant for, such as `1-2`; empty: not said.
    #[serde(default)]
    pub weeks: String,
    /// The specialist who does its tasks that name none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
    /// The names of the checklists that go with it.
    #[serde(default)]
    pub checklists: Vec<String>,
}

/// A task.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// Unique in the pattern.
    pub id: String,
    /// One line for people.
    pub title: String,
    /// The id of its phase.
    pub phase: String,
    /// Who does it, by the name in the catalogue, such as `docker` or `cloud`; none: the phase's owner.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub specialist: Option<String>,
    /// How long it takes.
    pub duration: Span,
    /// Tasks that must be done first.
    #[serde(default)]
    pub needs: Vec<String>,
    /// The condition that has to hold, with `!` before it the one that must not; none: always part of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub when: Option<String>,
    /// How urgent it is.
    #[serde(default)]
    pub priority: Priority,
    /// Where its work lands: `production` or any other word; empty: nowhere yet.
    #[serde(default)]
    pub environment: String,
    /// What must not be skipped that it sees to.
    #[serde(default)]
    pub covers: Vec<Must>,
    /// The milestone it completes, by its name in `milestones.toml`.
    #[serde(default)]
    pub milestone: String,
    /// What it is to reach, each measurable.
    #[serde(default)]
    pub objectives: Vec<String>,
    /// What is there afterwards.
    #[serde(default)]
    pub outcomes: Vec<String>,
    /// How one sees that it succeeded.
    #[serde(default)]
    pub criteria: Vec<String>,
    /// Gates of `orchestra.toml` that have to be green on its commit.
    #[serde(default)]
    pub checks: Vec<String>,
}

/// How urgent a task is.
#[derive(
    Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum Priority {
    /// Everything waits for it.
    Critical,
    /// It is on the way of others.
    #[default]
    High,
    /// It can wait.
    Medium,
}

impl Priority {
    /// The word, as written everywhere.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Critical => "critical",
            Self::High => "high",
            Self::Medium => "medium",
        }
    }
}

/// What must not be skipped before anything goes to production.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Must {
    /// A security review.
    SecurityReview,
    /// Monitoring is set up.
    Monitoring,
    /// Backups, and a recovery that was tried.
    Recovery,
    /// The infrastructure is code.
    InfrastructureAsCode,
    /// A pipeline builds and deploys.
    Pipeline,
    /// Architecture and procedures are written down.
    Documentation,
}

impl Must {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::SecurityReview,
        Self::Monitoring,
        Self::Recovery,
        Self::InfrastructureAsCode,
        Self::Pipeline,
        Self::Documentation,
    ];

    /// The word, as written everywhere.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::SecurityReview => "security-review",
            Self::Monitoring => "monitoring",
            Self::Recovery => "recovery",
            Self::InfrastructureAsCode => "infrastructure-as-code",
            Self::Pipeline => "pipeline",
            Self::Documentation => "documentation",
        }
    }

    /// The one of that word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|m| m.word() == word)
    }
}

/// Two tasks side by side.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Pair {
    /// The tasks' ids.
    pub tasks: [String; 2],
    /// What they tell each other.
    pub sync: String,
}

/// A task and the one that judges it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Loop {
    /// The task that is done again.
    pub work: String,
    /// The task that says whether it is good.
    pub review: String,
    /// When it is.
    pub until: String,
    /// How often the work is done at the most, the first time among them: 1 to 9.
    pub limit: u8,
}

/// How something was read.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Reading {
    /// What it is about.
    pub about: String,
    /// What the source says, or that it says nothing.
    pub source: String,
    /// What was taken.
    pub taken: String,
    /// Why.
    pub why: String,
}
