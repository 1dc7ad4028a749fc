//! A project as its rules see it.

use std::borrow::Cow;

use super::Seen;
use crate::domain::state::TaskState;
use crate::domain::workflow::plan::Task;
use crate::domain::workflow::project::{Project, Tracked};
use crate::domain::workflow::span::Span;
use crate::domain::workflow::track::{Tracking, moment, money, tracking};
use crate::domain::workflow::vocabulary::Vocabulary;

/// Something that raises a flag.
pub(super) struct Sign {
    /// When it came about.
    pub at: i64,
    /// A sentence.
    pub text: String,
}

/// A project at a moment.
pub(super) struct Look<'p> {
    pub project: &'p Project,
    pub seen: &'p Seen,
    pub track: Tracking,
    pub now: i64,
    pub vocabulary: Cow<'static, Vocabulary>,
}

impl<'p> Look<'p> {
    pub fn new(project: &'p Project, seen: &'p Seen, now: i64) -> Self {
        let now = project.over.map_or(now, |over| over.min(now)).max(project.started);
        Self { project, seen, track: tracking(project, now), now, vocabulary: project.plan.vocabulary() }
    }

    /// A moment for people.
    pub fn day(&self, at: i64) -> String {
        moment(self.project, at)
    }

    /// The time between two moments, in planned days and hours.
    pub fn span(&self, from: i64, to: i64) -> String {
        let since = to.saturating_sub(from).max(0);
        match self.project.hours_at(self.project.started.saturating_add(since)) {
            0 => "less than a planned hour".to_owned(),
            hours => Span::hours(hours).to_string(),
        }
    }

    pub fn money(&self, amount: u64) -> String {
        money(amount, &self.project.terms.currency)
    }

    /// The tasks of the plan with how they stand, in its order.
    pub fn tasks(&self) -> impl Iterator<Item = (&'p Task, &'p Tracked)> + use<'p> {
        let project = self.project;
        project.plan.tasks.iter().filter_map(move |t| Some((t, project.tracked(&t.id)?)))
    }

    /// The tasks that are done, with when.
    pub fn done(&self) -> impl Iterator<Item = (&'p Task, &'p Tracked, i64)> + use<'p> {
        self.tasks().filter(|(_, t)| t.state == TaskState::Done).filter_map(|(p, t)| Some((p, t, t.ended?)))
    }

    /// Whether a task is done.
    pub fn is_done(&self, id: &str) -> bool {
        self.project.tracked(id).is_some_and(|t| t.state == TaskState::Done)
    }

    /// Whether a task is under way.
    pub fn is_begun(&self, id: &str) -> bool {
        self.project.tracked(id).is_some_and(|t| matches!(t.state, TaskState::Sent | TaskState::Running))
    }

    /// All that a task needs, directly or not.
    pub fn upstream(&self, id: &str) -> Vec<&'p str> {
        let plan = &self.project.plan;
        let mut found: Vec<&'p str> = Vec::new();
        let mut open: Vec<&'p str> =
            plan.task(id).into_iter().flat_map(|t| &t.needs).map(String::as_str).collect();
        while let Some(next) = open.pop() {
            if !found.contains(&next) {
                found.push(next);
                open.extend(plan.task(next).into_iter().flat_map(|t| &t.needs).map(String::as_str));
            }
        }
        found
    }

    /// The risks of all handovers: the task, when it was told, the risk and what is done about it.
    pub fn risks(&self) -> impl Iterator<Item = (&'p Tracked, i64, &'p str, &'p str)> + use<'p> {
        self.project.tasks.iter().filter_map(|t| Some((t, t.handed.as_ref()?))).flat_map(|(t, handed)| {
            handed.parts.risks.iter().map(move |(risk, about)| (t, handed.at, risk.as_str(), about.as_str()))
        })
    }
}
