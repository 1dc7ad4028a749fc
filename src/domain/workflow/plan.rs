//! A pattern made to fit: providers chosen, conditions decided, what must not be skipped put in.
//!
//! It stands by itself, so that a session's record needs no data file to be understood.

use std::borrow::Cow;
use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::pattern::{Loop, Must, Pair, Priority, Reading};
use super::span::Span;
use super::vocabulary::{Own, Vocabulary};
use crate::domain::id::AgentName;

/// The environment that what must not be skipped has to precede.
pub const PRODUCTION: &str = "production";

/// What somebody wants of a pattern.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
pub struct Options {
    /// The cloud providers, by the names of their specialists; `cloud` resolves to the first, tasks of others are left out.
    #[serde(default)]
    pub providers: Vec<String>,
    /// Specialists that are not to take part.
    #[serde(default)]
    pub without: Vec<String>,
    /// Conditions that were decided, by name.
    #[serde(default)]
    pub conditions: BTreeMap<String, bool>,
    /// Whether it ends in production.
    #[serde(default)]
    pub production: bool,
    /// Quick wins and long-term items that it pulls in, by name.
    #[serde(default)]
    pub wins: Vec<String>,
    /// What is left out all the same of what must not be skipped.
    #[serde(default)]
    pub waivers: Vec<Waiver>,
}

/// Something that must not be skipped, and is: with a reason.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Waiver {
    /// What.
    pub must: Must,
    /// Why; never empty.
    pub reason: String,
}

/// A plan of work.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
pub struct Planned {
    /// The name of its pattern.
    pub pattern: String,
    /// One line for people.
    pub title: String,
    /// What was wanted.
    pub options: Options,
    /// Its phases that have tasks, in order.
    pub phases: Vec<Phase>,
    /// Its tasks; a task stands behind those it needs.
    pub tasks: Vec<Task>,
    /// Tasks side by side.
    #[serde(default)]
    pub pairs: Vec<Pair>,
    /// Tasks that go round. Whoever needs the work of one also needs its review, but what the review itself waits for
    /// and what stands beside it.
    #[serde(default)]
    pub loops: Vec<Loop>,
    /// How what it was taken from was read.
    #[serde(default)]
    pub readings: Vec<Reading>,
    /// What was left out or put in, and why, sentence by sentence.
    #[serde(default)]
    pub notes: Vec<String>,
    /// What the project's own files say over the words, metrics, milestones and areas that come along.
    #[serde(default, skip_serializing_if = "Own::is_empty")]
    pub own: Own,
}

/// A phase of a plan.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Phase {
    /// Its name in the plan.
    pub id: String,
    /// One line for people.
    pub title: String,
    /// The weeks it is meant for; empty: not said.
    #[serde(default)]
    pub weeks: String,
    /// What goes with it across all specialists.
    #[serde(default)]
    pub checklists: Vec<Checklist>,
}

/// A list of points that concern several specialists.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
pub struct Checklist {
    /// Its name: `security`, `cost`, `availability`, `compliance`, `performance`.
    pub name: String,
    /// One line for people.
    pub title: String,
    /// Its points.
    pub points: Vec<Point>,
}

/// A point of a checklist.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Point {
    /// Its name in the list.
    pub id: String,
    /// What is to be seen to.
    pub text: String,
}

/// A task of a plan.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Task {
    /// Unique in the plan.
    pub id: String,
    /// One line for people.
    pub title: String,
    /// The id of its phase.
    pub phase: String,
    /// Who does it, by the name in the catalogue: `docker`.
    pub specialist: String,
    /// The agent that is this specialist: `docker-specialist`.
    pub agent: AgentName,
    /// How long it takes.
    pub duration: Span,
    /// Tasks that must be done first.
    pub needs: Vec<String>,
    /// How urgent it is.
    #[serde(default)]
    pub priority: Priority,
    /// Where its work lands; empty: nowhere yet.
    #[serde(default)]
    pub environment: String,
    /// What must not be skipped that it sees to.
    #[serde(default)]
    pub covers: Vec<Must>,
    /// Why it was added to what the pattern has; empty: it is of the pattern.
    #[serde(default)]
    pub added: String,
    /// The milestone it completes; empty: none.
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
    /// What it hands over, and to which tasks.
    #[serde(default)]
    pub hands_over: Vec<Item>,
    /// Gates that have to be green on its commit.
    #[serde(default)]
    pub checks: Vec<String>,
}

/// Something that is handed over.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Item {
    /// Its name in the handover: `images`.
    pub key: String,
    /// What it is: `the optimised images`.
    pub what: String,
    /// The tasks it is for.
    pub to: Vec<String>,
}

impl Planned {
    /// What it is measured by and told in: what comes along, with the project's own over it.
    #[must_use]
    pub fn vocabulary(&self) -> Cow<'static, Vocabulary> {
        let built_in = Vocabulary::built_in();
        if self.own.is_empty() {
            Cow::Borrowed(built_in)
        } else {
            Cow::Owned(built_in.clone().with(&self.own))
        }
    }

    /// The task of that id.
    #[must_use]
    pub fn task(&self, id: &str) -> Option<&Task> {
        self.tasks.iter().find(|t| t.id == id)
    }

    /// The tasks that need this one.
    pub fn blocks<'a>(&'a self, id: &'a str) -> impl Iterator<Item = &'a Task> {
        self.tasks.iter().filter(move |t| t.needs.iter().any(|n| n == id))
    }

    /// The agents that have tasks, each once, in the order of their first.
    #[must_use]
    pub fn agents(&self) -> Vec<AgentName> {
        let mut all: Vec<AgentName> = Vec::new();
        for task in &self.tasks {
            if !all.contains(&task.agent) {
                all.push(task.agent.clone());
            }
        }
        all
    }

    /// The tasks that stand beside this one, each with what they tell each other.
    pub fn beside<'a>(&'a self, id: &'a str) -> impl Iterator<Item = (&'a Task, &'a str)> {
        self.pairs.iter().filter_map(move |p| {
            let [a, b] = &p.tasks;
            let other = if a == id { b } else { (b == id).then_some(a)? };
            Some((self.task(other)?, p.sync.as_str()))
        })
    }
}
