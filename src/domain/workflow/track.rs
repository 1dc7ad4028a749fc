//! How far a project is: shares, estimates, who waits for whom.
//!
//! What is left is scheduled forward from what is done and runs. It takes as long as planned by the speed at which the
//! tasks that are done went; where none is done yet, the estimate says that it is the plan and no measure. Like a
//! plan's schedule it goes by needs and by hands: an agent does one thing at a time.

mod judge;
mod reckon;
#[cfg(test)]
mod tests;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use self::reckon::Reckoned;
use super::project::{Project, Stage};
use super::span::{MOST, Span};
use crate::domain::incident::stamp;
use crate::domain::time::{Time, rfc3339};

/// The last moment that is told, the end of the year 9999: what lies beyond has no RFC 3339 text.
const LATEST: i64 = 253_402_300_799_000;
/// Milliseconds of an hour.
const HOUR_MS: i64 = 3_600_000;

/// How a project stands to its plan.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Standing {
    /// It ends when it was planned to.
    #[default]
    OnTrack,
    /// It is late, over its budget, or something blocks its critical path.
    AtRisk,
    /// It ends before.
    Ahead,
}

/// How far a project is, at a moment.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
pub struct Tracking {
    /// Tasks that are done.
    pub done: usize,
    /// Tasks of the plan, without those that were left out.
    pub total: usize,
    /// Percent complete, by planned hours: tasks that are done, and the share of those that run. 100 only once all are
    /// done.
    pub percent: u8,
    /// How fast it goes, in percent of what was planned: planned hours of the tasks that are done by those they took;
    /// none before the first is. 1 to 10,000.
    pub speed: Option<u32>,
    /// Planned hours that are left on the longest chain of open tasks.
    pub hours_left: u32,
    /// When it was planned to end, first (RFC 3339).
    #[serde(with = "stamp")]
    #[schemars(with = "String")]
    pub planned_end: i64,
    /// When the plan as it is now has it end: the same until the plan is changed (RFC 3339).
    #[serde(with = "stamp")]
    #[schemars(with = "String")]
    pub agreed_end: i64,
    /// When it is expected to end, by the measured speed where there is one (RFC 3339).
    #[serde(with = "stamp")]
    #[schemars(with = "String")]
    pub expected_end: i64,
    /// How it stands.
    pub standing: Standing,
    /// Why, sentence by sentence.
    pub why: Vec<String>,
    /// The phases.
    pub phases: Vec<PhaseTrack>,
    /// The tasks, in the order of the plan.
    pub tasks: Vec<TaskTrack>,
    /// The ids of the longest chain of open tasks.
    pub path: Vec<String>,
    /// What its tasks cost so far, where a rate was given.
    pub spent: Option<u64>,
    /// What they are expected to cost in all, where a rate was given.
    pub expected_cost: Option<u64>,
}

/// How far a phase is.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
pub struct PhaseTrack {
    /// Its id.
    pub id: String,
    /// One line for people.
    pub title: String,
    /// Tasks that are done.
    pub done: usize,
    /// Its tasks, without those that were left out.
    pub total: usize,
    /// `completed`, `in progress` or `pending`.
    pub state: String,
}

/// How far a task is.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
pub struct TaskTrack {
    /// Its id.
    pub id: String,
    /// Percent complete: 100 once it is done; while it runs what its agent said, at most 99, else by the time it has run,
    /// at most 95; 0 in every other state.
    pub percent: u8,
    /// When it is expected to begin, or began (RFC 3339).
    #[serde(with = "stamp")]
    #[schemars(with = "String")]
    pub from: i64,
    /// When it is expected to end, or ended (RFC 3339).
    #[serde(with = "stamp")]
    #[schemars(with = "String")]
    pub to: i64,
    /// Planned hours that it took, or has run.
    pub took: Option<u32>,
    /// Planned hours that it took, or runs, longer than planned; 0: it does not.
    pub late: u32,
    /// The open tasks that it needs.
    pub waits_for: Vec<String>,
    /// The open task of the same agent that it waits for longer than for what it needs; null: there is none.
    #[serde(default)]
    pub after: Option<String>,
    /// What blocks it.
    pub blockers: Vec<String>,
}

impl TaskTrack {
    /// What it waits for, as people read it; empty: nothing, it can begin.
    #[must_use]
    pub fn waiting(&self) -> String {
        let hands = self.after.iter().map(|a| format!("{a} (the same agent)"));
        self.waits_for.iter().cloned().chain(hands).collect::<Vec<_>>().join(", ")
    }
}

/// How far a project is at `now`, in milliseconds since 1970; when it is over, at its end.
#[must_use]
pub fn tracking(project: &Project, now: i64) -> Tracking {
    let at = project.over.unwrap_or(now).max(project.started).min(LATEST);
    let reckoned = Reckoned::of(project, at);
    let mut tracking = Tracking {
        done: reckoned.tasks.iter().filter(|t| t.is_done()).count(),
        total: reckoned.tasks.iter().filter(|t| t.counts()).count(),
        percent: reckoned.percent(project),
        speed: reckoned.speed.map(|s| s.percent),
        hours_left: reckoned.path.iter().fold(0, |sum, t| sum.saturating_add(reckoned.left_of(t))),
        planned_end: judge::planned_end(project),
        agreed_end: judge::agreed_end(project),
        expected_end: if project.stage == Stage::Running { reckoned.end(at) } else { at },
        standing: Standing::OnTrack,
        why: Vec::new(),
        phases: reckoned.phases(project),
        tasks: reckoned.tasks.iter().map(|t| t.track(project)).collect(),
        spent: reckoned.spent(project),
        expected_cost: reckoned.expected_cost(project),
        path: reckoned.path.clone(),
    };
    (tracking.standing, tracking.why) = judge::judged(project, &reckoned, &tracking);
    tracking
}

impl Standing {
    /// As people read it.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::OnTrack => "on track",
            Self::AtRisk => "at risk",
            Self::Ahead => "ahead",
        }
    }
}

/// A moment of a project as people read it, in UTC: the date; with the time where its days are shorter than an hour.
#[must_use]
pub fn moment(project: &Project, at: i64) -> String {
    let text = rfc3339(Time { mono: 0, wall: at.min(LATEST) });
    let length = if project.day_ms < HOUR_MS { 19 } else { 10 };
    text.get(..length).unwrap_or(&text).replace('T', " ")
}

/// Planned hours as people read them: `2d12h`; what no plan is as long as is told as such.
#[must_use]
pub fn hours(hours: u32) -> String {
    if hours > MOST { format!("over {}", Span::hours(MOST)) } else { Span::hours(hours).to_string() }
}

/// An amount of money as people read it: `16,512 EUR`.
#[must_use]
pub fn money(amount: u64, currency: &str) -> String {
    let digits = amount.to_string();
    let mut text = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    if currency.is_empty() { text } else { format!("{text} {currency}") }
}
