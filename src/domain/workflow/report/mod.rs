//! Reports of a project, written from its record alone.
//!
//! A [`Report`] is data; Markdown and HTML are renderings of it. What was not given stands as missing, never as a number.

pub mod amount;
mod completion;
mod impact;
mod lessons;
mod look;
mod milestone;
mod page;
mod past;
mod returns;
#[cfg(test)]
mod tests;
mod text;
mod weekly;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use self::amount::{Amount, Change, amount, change};
pub use self::completion::Completion;
use self::look::Look;
pub use self::milestone::Milestones;
pub use self::page::html;
pub use self::past::as_of;
pub use self::text::{TEMPLATES, markdown};
pub use self::weekly::Weekly;
use super::project::{DAY_MS, Project, Stage};
use super::span::WEEK;
use super::track::Standing;
use super::watch::Seen;
use crate::domain::incident::stamp;

/// A report.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// Of a week, from 1, by the project's own days.
    Weekly(u32),
    /// Of the milestones.
    Milestone,
    /// Of the whole, at its end or as it is.
    Completion,
}

impl Kind {
    /// The word, as written everywhere.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Weekly(_) => "weekly",
            Self::Milestone => "milestone",
            Self::Completion => "completion",
        }
    }
}

/// A report as it is read.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Written {
    /// As Markdown.
    pub markdown: String,
    /// As a page of HTML that needs nothing else.
    pub html: String,
}

/// A report as data: `orchestra workflow report --json`.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "answer", rename = "workflow_report")]
pub struct Report {
    /// Its title.
    pub title: String,
    /// What all reports begin with.
    pub head: Head,
    /// The week, in a weekly report.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub weekly: Option<Weekly>,
    /// The milestones, in a milestone report.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub milestone: Option<Milestones>,
    /// The whole, in a completion report.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub completion: Option<Completion>,
    /// What cannot be known of the moment it is of, each to be read behind "not known:".
    pub unknown: Vec<String>,
}

/// What all reports begin with.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Head {
    /// The project's number in the session.
    pub number: u32,
    /// The project.
    pub project: String,
    /// The plan it follows.
    pub plan: String,
    /// What was wanted, in the words of who asked; may be empty.
    pub request: String,
    /// When it started (RFC 3339).
    #[serde(with = "stamp")]
    #[schemars(with = "String")]
    pub started: i64,
    /// The moment the report is of (RFC 3339).
    #[serde(with = "stamp")]
    #[schemars(with = "String")]
    pub at: i64,
    /// How far it is.
    pub stage: Stage,
    /// Why it was closed before it was complete; may be empty.
    pub ended: String,
    /// Milliseconds that a planned day lasts.
    pub day_ms: i64,
    /// Whether its days are not those of the calendar, as in a rehearsal.
    pub scaled: bool,
    /// How it stands.
    pub standing: Standing,
    /// Why, sentence by sentence.
    pub why: Vec<String>,
    /// Percent complete, by planned hours.
    pub percent: u8,
    /// Tasks that are done.
    pub done: usize,
    /// Tasks of the plan.
    pub total: usize,
}

/// The report of a project at `now`, milliseconds since 1970.
#[must_use]
pub fn report(project: &Project, seen: &Seen, kind: Kind, now: i64) -> Written {
    let told = told(project, seen, kind, now);
    // A test excludes that a template that comes along does not render.
    let markdown = markdown(&told, None).unwrap_or_else(|why| format!("Failed to {why}\n"));
    Written { html: html(&told.title, &markdown), markdown }
}

/// The report as data.
#[must_use]
pub fn told(project: &Project, seen: &Seen, kind: Kind, now: i64) -> Report {
    let now = now.max(project.started);
    let at = moment_of(project, kind, now);
    let (then, mut unknown) = as_of(project, at, now);
    // What git foresees is of now.
    let none = Seen::default();
    let past = past::is_past(project, at, now) && then.stage == Stage::Running;
    if past && !seen.clashes.is_empty() {
        unknown.push("which branches did not merge then".into());
    }
    tell(&then, unknown, if past { &none } else { seen }, kind, now)
}

/// The report as data of a project that is known as it was at the moment the report is of: the end of a week that is
/// over, else `now`.
#[must_use]
pub fn told_then(then: &Project, seen: &Seen, kind: Kind, now: i64) -> Report {
    tell(then, Vec::new(), seen, kind, now.max(then.started))
}

/// The last moment that a report tells of.
fn moment_of(project: &Project, kind: Kind, now: i64) -> i64 {
    match kind {
        Kind::Weekly(n) => {
            let end = week_begins(project, n.max(1).saturating_add(1));
            now.min(end.saturating_sub(1)).max(project.started)
        }
        Kind::Milestone | Kind::Completion => now,
    }
}

fn tell(project: &Project, unknown: Vec<String>, seen: &Seen, kind: Kind, now: i64) -> Report {
    let at = moment_of(project, kind, now);
    let look = Look::new(project, seen, at);
    let head = look.head();
    let mut report =
        Report { title: String::new(), head, weekly: None, milestone: None, completion: None, unknown };
    let name = &project.name;
    match kind {
        Kind::Weekly(n) => {
            let n = n.max(1);
            let (from, to) = (week_begins(project, n), week_begins(project, n.saturating_add(1)));
            report.title = format!("Week {n} update – {name}");
            // A week that is over is told of as of its end.
            report.head.at = now.min(to).max(at);
            report.weekly = Some(weekly::weekly(&look, n, from, to, now));
        }
        Kind::Milestone => {
            report.title = format!("Milestones – {name}");
            report.milestone = Some(milestone::milestones(&look));
        }
        Kind::Completion => {
            report.title = format!("Project results – {name}");
            report.completion = Some(completion::completion(&look));
        }
    }
    report
}

/// The number of the week at `now`, from 1.
#[must_use]
pub fn week_at(project: &Project, now: i64) -> u32 {
    project.hours_at(now) / WEEK + 1
}

/// When a week begins, milliseconds since 1970.
#[must_use]
pub fn week_begins(project: &Project, week: u32) -> i64 {
    let hours = week.saturating_sub(1).saturating_mul(WEEK);
    project.started.saturating_add(project.ms(hours))
}

/// Whether a project's days are not those of the calendar.
fn scaled(project: &Project) -> bool {
    project.day_ms != DAY_MS
}
