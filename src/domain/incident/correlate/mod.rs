//! What findings have to do with each other: which caused which, which only share a cause, and which do neither.
//!
//! Findings of one specialist, kind and entity that lie within a window of each other are one event. An event may be
//! the cause of another when a mechanism says so, the order and the lag fit within the precision of both times, and
//! their entities are linked. Only links between neighbours are kept.

mod candidates;
mod chains;
#[cfg(test)]
mod cost;
mod events;
mod groups;
#[cfg(test)]
mod laws;
mod links;
mod outline;
mod skew;
#[cfg(test)]
mod tests;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::finding::{Finding, Problem};
use super::kind::Kinds;
use super::mechanism::Mechanisms;
use super::stamp;
use events::Bond;

/// The window that is used where none is given, in seconds.
pub const WINDOW: u32 = 120;
/// How far the clock of one source may be assumed to be off, in seconds.
pub const SKEW_MOST: i64 = 90;
/// The most correlated pairs that are listed, and the most independent ones; how many are not is said. Causal links are
/// all listed.
pub const PAIRS_MOST: usize = 2000;
/// The largest group whose pairs are listed one by one beyond its links.
pub const GROUP_MOST: usize = 64;
/// The most chains that are listed, the longest; how many are not is said.
pub const CHAINS_MOST: usize = 200;
/// The most root causes of one group that are weighed: those with the most direct effects.
pub const ROOTS_MOST: usize = 32;

/// What two events have to do with each other.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Class {
    /// The first brought about the second.
    Causal,
    /// Neither brought about the other, but they belong together: the same cause, or the same window and entities.
    Correlated,
    /// They have nothing to do with each other.
    Independent,
}

/// Findings that are one event.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Event {
    /// The id of its first finding; by it the event is named.
    pub id: String,
    /// The ids of all its findings.
    pub findings: Vec<String>,
    /// The specialist.
    pub source: String,
    /// The kind.
    pub kind: String,
    /// When it began (RFC 3339).
    #[serde(with = "stamp")]
    #[schemars(with = "String")]
    pub at: i64,
    /// For how many seconds after `at` it may have begun.
    pub precision: u32,
    /// The line of its first finding.
    pub summary: String,
}

/// What two events have to do with each other, and why.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Pair {
    /// The event that began first; of a causal pair the cause.
    pub from: String,
    /// The other one; of a causal pair the effect.
    pub to: String,
    /// What they have to do with each other.
    pub class: Class,
    /// Why, in words.
    pub reason: String,
    /// From the begin of the one to the begin of the other, in seconds, with the assumed skew.
    pub lag_s: f64,
    /// How sure that is, from 0 to 1.
    pub confidence: f64,
    /// The mechanism of a causal pair.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mechanism: Option<String>,
    /// The common cause of a correlated pair, where it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub common: Option<String>,
}

/// Events that each brought about the next.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Chain {
    /// The events, from the root cause to the last effect.
    pub events: Vec<String>,
    /// The product of the confidences of its links.
    pub confidence: f64,
    /// Said where the first event needs a trigger and none was observed; may be empty.
    pub trigger: String,
}

/// An event that may be the root cause of a group.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Root {
    /// The event.
    pub event: String,
    /// 1 is the most likely of its group.
    pub rank: usize,
    /// How well it explains the group, from 0 to 1.
    pub score: f64,
    /// How many events of the group it explains.
    pub explains: usize,
    /// What would disprove it.
    pub disproof: Vec<String>,
}

/// Events that belong together. Groups are independent of each other.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Group {
    /// Its events, by time.
    pub events: Vec<String>,
    /// What holds it together.
    pub class: Class,
    /// Why, in words.
    pub reason: String,
    /// Its root causes, the most likely first; empty where no link is causal.
    pub roots: Vec<Root>,
    /// The root causes between which the findings do not decide; empty where they do.
    pub undecided: Vec<String>,
    /// Events that had a part in it without being its root cause.
    pub contributing: Vec<String>,
}

/// An event for which no cause and no effect was found.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Unexplained {
    /// The event.
    pub event: String,
    /// What was looked for.
    pub why: String,
}

/// A clock that was assumed to be off.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Skew {
    /// Whose clock.
    pub source: String,
    /// What was added to its times, in seconds.
    pub by_s: f64,
    /// Why, and what else would do.
    pub why: String,
}

/// What findings have to do with each other.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize, JsonSchema)]
pub struct Correlation {
    /// The window, in seconds.
    pub window_s: u32,
    /// How many findings were looked at.
    pub findings: usize,
    /// The events, by time.
    pub events: Vec<Event>,
    /// Every pair that is causal, or belongs together, or lies in the same window without.
    pub pairs: Vec<Pair>,
    /// How many pairs are not listed for their number: correlated and independent ones of the same window, and those of
    /// very large groups that are no links.
    pub unlisted: usize,
    /// The groups, by time; they are independent of each other.
    pub groups: Vec<Group>,
    /// The chains, longest first.
    pub chains: Vec<Chain>,
    /// How many chains are not listed for their number.
    pub more_chains: usize,
    /// What nothing explains, by time.
    pub unexplained: Vec<Unexplained>,
    /// The clock that was assumed to be off, where that repaired a chain.
    pub skew: Option<Skew>,
    /// Events that are each other's cause by their times; the order among them is a guess.
    pub cycles: Vec<Vec<String>>,
    /// What could not be used.
    pub problems: Vec<Problem>,
}

/// Whether the times of different specialists are compared.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Timestamps {
    /// Events of all specialists are put on one time axis.
    #[default]
    Used,
    /// Each specialist's findings are only compared among themselves, as by a coordinator that takes every report for
    /// itself: findings of different specialists are independent.
    Left,
}

/// How findings are correlated.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct How {
    /// The window in seconds, both ends included.
    pub window_s: u32,
    /// Whether the times of different specialists are compared.
    pub timestamps: Timestamps,
}

impl Default for How {
    fn default() -> Self {
        Self { window_s: WINDOW, timestamps: Timestamps::Used }
    }
}

/// What `findings` have to do with each other. Their order does not matter. `window_s` is in seconds, both ends
/// included.
#[must_use]
pub fn correlate(findings: &[Finding], mechanisms: &Mechanisms, kinds: &Kinds, window_s: u32) -> Correlation {
    correlate_how(findings, mechanisms, kinds, How { window_s, ..How::default() })
}

/// The same, with or without the step of timestamps.
#[must_use]
pub fn correlate_how(findings: &[Finding], mechanisms: &Mechanisms, kinds: &Kinds, how: How) -> Correlation {
    let mut set = events::Set::of(findings, how);
    let list: Vec<_> = mechanisms.iter().collect();
    // What nearly fits is what a clock that is off would explain.
    let mut all = candidates::candidates(&set, &list, SKEW_MOST * 1000);
    let mut graph = links::Graph::of(&set, &list, &all);
    let found = skew::find(&set, &graph, &all, kinds);
    if let Some(found) = &found {
        set.shift(found.source, found.by);
        all = candidates::candidates(&set, &list, 0);
        graph = links::Graph::of(&set, &list, &all);
    }
    let mut out = outline::outline(&set, &graph, &list, kinds);
    out.window_s = how.window_s;
    out.findings = findings.len();
    out.skew = found.map(|f| f.told(&set));
    out
}

/// To three digits: more would be pretended.
fn rounded(x: f64) -> f64 {
    (x * 1000.0).round() / 1000.0
}

fn seconds(ms: i64) -> f64 {
    // Spans of findings are far below the 2^53 that would lose digits.
    #[allow(clippy::cast_precision_loss)]
    let ms = ms as f64;
    ms / 1000.0
}

fn in_words(bond: Option<Bond>) -> &'static str {
    match bond {
        Some(Bond::About) => "both are about the same",
        Some(Bond::Names) => "one names what the other is about",
        Some(Bond::Through) => "another finding links what they are about",
        Some(Bond::Part) => "a part of the system links them",
        None => "across the whole account",
    }
}
