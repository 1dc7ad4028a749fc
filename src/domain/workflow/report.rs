//! Reports of a project, written from its record alone.

use super::project::Project;
use super::watch::Seen;

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

/// A report as it is read.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Written {
    /// As Markdown.
    pub markdown: String,
    /// As a page of HTML that needs nothing else.
    pub html: String,
}

/// The report of a project at `now`, milliseconds since 1970.
#[must_use]
pub fn report(project: &Project, seen: &Seen, kind: Kind, now: i64) -> Written {
    let _ = (project, seen, kind, now);
    Written { markdown: String::new(), html: String::new() }
}

/// The number of the week at `now`, from 1.
#[must_use]
pub fn week_at(project: &Project, now: i64) -> u32 {
    project.hours_at(now) / super::span::WEEK + 1
}
