//! What agents and people said of a project.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::domain::incident::stamp;

/// Of when a figure is.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Epoch {
    /// Before the project changed anything.
    Before,
    /// While it goes on.
    Now,
    /// At its end.
    After,
}

/// A figure, as somebody gave it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Figure {
    /// What it measures, by its name in `metrics.toml` or one of its own.
    pub name: String,
    /// Of when it is.
    pub epoch: Epoch,
    /// The value with its unit, as it was given: `12 min`, `99.9 %`.
    pub value: String,
    /// Who gave it.
    pub by: String,
    /// When (RFC 3339).
    #[serde(with = "stamp")]
    #[schemars(with = "String")]
    pub at: i64,
}

/// Something that keeps somebody from going on.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Blocker {
    /// Its number in the project, from 1.
    pub id: u32,
    /// The task.
    pub task: String,
    /// What it is.
    pub text: String,
    /// What is done about it; may be empty.
    #[serde(default)]
    pub mitigation: String,
    /// Since when (RFC 3339).
    #[serde(with = "stamp")]
    #[schemars(with = "String")]
    pub since: i64,
    /// Until when (RFC 3339); none: it still does.
    #[serde(default, with = "stamp::maybe", skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub until: Option<i64>,
    /// Whether its task's agent knows that it blocks no longer.
    #[serde(default)]
    pub told: bool,
}

/// A question for a person.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Question {
    /// Its number in the project, from 1.
    pub id: u32,
    /// Who asks.
    pub by: String,
    /// What.
    pub text: String,
    /// Since when (RFC 3339).
    #[serde(with = "stamp")]
    #[schemars(with = "String")]
    pub at: i64,
    /// What was decided; empty: it is open.
    #[serde(default)]
    pub decided: String,
    /// Who decided it.
    #[serde(default)]
    pub decider: String,
    /// Whether who asked knows what was decided.
    #[serde(default)]
    pub told: bool,
}

/// What was said at a sync point.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Sync {
    /// The task whose agent said it.
    pub task: String,
    /// The task beside it.
    pub with: String,
    /// What.
    pub text: String,
    /// When (RFC 3339).
    #[serde(with = "stamp")]
    #[schemars(with = "String")]
    pub at: i64,
    /// When the other one had it (RFC 3339); none: not yet.
    #[serde(default, with = "stamp::maybe", skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub told: Option<i64>,
}

/// What a review says of work.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// The loop's condition is met.
    Met,
    /// The work is to be done again.
    Again,
}

/// A round of a loop that was judged.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Round {
    /// The task that was judged.
    pub work: String,
    /// The task that judged.
    pub review: String,
    /// Which round it was, from 1.
    pub round: u8,
    /// What it said.
    pub verdict: Verdict,
    /// What is to be better.
    pub feedback: Vec<String>,
    /// When (RFC 3339).
    #[serde(with = "stamp")]
    #[schemars(with = "String")]
    pub at: i64,
}

/// Why something is raised to a person: the names of `escalations.toml`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Cause {
    /// A critical blocker.
    Blocker,
    /// A vulnerability in production.
    Vulnerability,
    /// A major outage or incident.
    Outage,
    /// The budget is far exceeded.
    Budget,
    /// The time is at risk of a major delay.
    Delay,
    /// Specialists recommend what does not go together.
    Conflict,
    /// A person has to make a strategic decision.
    Decision,
    /// Compliance is violated.
    Compliance,
}

/// Something that was raised to a person.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Escalation {
    /// Its number in the project, from 1.
    pub id: u32,
    /// Why.
    pub cause: Cause,
    /// What tells one apart from another of the same cause, such as the number of a blocker: it is raised once.
    pub key: String,
    /// What it rests on, sentence by sentence.
    pub evidence: Vec<String>,
    /// When it was raised (RFC 3339).
    #[serde(with = "stamp")]
    #[schemars(with = "String")]
    pub at: i64,
    /// What was done about it; empty: it is open.
    #[serde(default)]
    pub settled: String,
}

impl Escalation {
    /// What the key of one begins with that somebody raised by hand.
    pub const SAID: &str = "said-";

    /// Who raised it; none where a rule did.
    #[must_use]
    pub fn by(&self) -> Option<&str> {
        let said = self.key.starts_with(Self::SAID);
        self.evidence.first().filter(|_| said).and_then(|e| e.split_once(": ")).map(|(by, _)| by)
    }
}

/// What was said of a red flag.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Answered {
    /// The flag, by its name in `flags.toml`.
    pub flag: String,
    /// Whether it is raised.
    pub raised: bool,
    /// What was said with it; may be empty.
    #[serde(default)]
    pub note: String,
    /// Who said it.
    pub by: String,
    /// When (RFC 3339).
    #[serde(with = "stamp")]
    #[schemars(with = "String")]
    pub at: i64,
}

/// A point of a checklist that was seen to.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Tick {
    /// The phase.
    pub phase: String,
    /// The checklist.
    pub list: String,
    /// The point.
    pub point: String,
    /// What was seen; may be empty.
    #[serde(default)]
    pub note: String,
    /// Who saw to it.
    pub by: String,
    /// When (RFC 3339).
    #[serde(with = "stamp")]
    #[schemars(with = "String")]
    pub at: i64,
}
