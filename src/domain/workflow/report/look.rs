//! A project at a moment, as reports look at it.

use std::borrow::Cow;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Head, scaled};
use crate::domain::incident::stamp;
use crate::domain::state::TaskState;
use crate::domain::workflow::project::{Epoch, Figure, Project, Tracked};
use crate::domain::workflow::span::DAY;
use crate::domain::workflow::track::{TaskTrack, Tracking, tracking};
use crate::domain::workflow::vocabulary::Vocabulary;
use crate::domain::workflow::watch::{Flag, FlagState, Seen, flags};

/// A project as it was at a moment.
pub(super) struct Look<'a> {
    pub project: &'a Project,
    pub tracking: Tracking,
    pub flags: Vec<Flag>,
    pub at: i64,
    pub vocabulary: Cow<'static, Vocabulary>,
}

/// A figure that was given.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Given {
    /// The value with its unit, as it was given.
    pub value: String,
    /// Of when it is.
    pub epoch: Epoch,
    /// Who gave it.
    pub by: String,
    /// When (RFC 3339).
    #[serde(with = "stamp")]
    #[schemars(with = "String")]
    pub at: i64,
}

/// A task, and something that is said of it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
pub struct OfTask {
    /// The task.
    pub task: String,
    /// What.
    pub text: String,
    /// Why, or what is done about it; may be empty.
    pub more: String,
}

impl From<&Figure> for Given {
    fn from(f: &Figure) -> Self {
        Self { value: f.value.clone(), epoch: f.epoch, by: f.by.clone(), at: f.at }
    }
}

impl<'a> Look<'a> {
    pub fn new(project: &'a Project, seen: &Seen, at: i64) -> Self {
        let (tracking, flags) = (tracking(project, at), flags(project, seen, at));
        Self { project, tracking, flags, at, vocabulary: project.plan.vocabulary() }
    }

    pub fn head(&self) -> Head {
        let p = self.project;
        Head {
            number: p.number,
            project: p.name.clone(),
            plan: p.plan.title.clone(),
            request: p.context.request.clone(),
            started: p.started,
            at: self.at,
            stage: p.stage,
            ended: p.ended.clone(),
            day_ms: p.day_ms,
            scaled: scaled(p),
            standing: self.tracking.standing,
            why: self.tracking.why.clone(),
            percent: self.tracking.percent,
            done: self.tracking.done,
            total: self.tracking.total,
        }
    }

    /// One line of a task; its id where the plan has it no more.
    pub fn title(&self, id: &str) -> String {
        self.project.plan.task(id).map_or_else(|| id.to_owned(), |t| t.title.clone())
    }

    /// Who does a task; empty where the plan has it no more.
    pub fn agent(&self, id: &str) -> String {
        self.project.plan.task(id).map(|t| t.agent.to_string()).unwrap_or_default()
    }

    /// How far a task is.
    pub fn track(&self, id: &str) -> Option<&TaskTrack> {
        self.tracking.tasks.iter().find(|t| t.id == id)
    }

    /// The planned hours of a task.
    pub fn planned(&self, id: &str) -> Option<u32> {
        self.project.plan.task(id).map(|t| t.duration.as_hours())
    }

    /// The planned hours that a task took; none where it has not ended.
    pub fn took(&self, t: &Tracked) -> Option<u32> {
        let (began, ended) = (t.began?, t.ended?);
        Some(self.track(&t.id).and_then(|t| t.took).unwrap_or_else(|| self.hours(began, ended)))
    }

    /// Planned hours between two moments.
    pub fn hours(&self, from: i64, to: i64) -> u32 {
        let ms = to.saturating_sub(from).max(0);
        let hours = ms.saturating_mul(i64::from(DAY)) / self.project.day_ms.max(1);
        u32::try_from(hours).unwrap_or(u32::MAX)
    }

    /// The tasks that are done, oldest first.
    pub fn finished(&self) -> Vec<&'a Tracked> {
        let done = |t: &&Tracked| t.state == TaskState::Done && t.ended.is_some();
        let mut all: Vec<&Tracked> = self.project.tasks.iter().filter(done).collect();
        all.sort_by_key(|t| t.ended);
        all
    }

    /// The risks of all handovers, each with what is done about it.
    pub fn risks(&self) -> Vec<OfTask> {
        self.of_handovers(|h| h.parts.risks.iter().map(|(a, b)| (a.clone(), b.clone())).collect())
    }

    /// Something that handovers say.
    pub fn of_handovers(
        &self,
        what: impl Fn(&crate::domain::workflow::project::Handed) -> Vec<(String, String)>,
    ) -> Vec<OfTask> {
        let mut all = Vec::new();
        for task in &self.project.tasks {
            for (text, more) in task.handed.iter().flat_map(&what) {
                all.push(OfTask { task: task.id.clone(), text, more });
            }
        }
        all
    }

    /// The latest figure of that name, of any time.
    pub fn latest(&self, name: &str) -> Option<Given> {
        self.project.figures.iter().rev().find(|f| f.name == name).map(Given::from)
    }

    /// The latest figure of that name and time.
    pub fn figure(&self, name: &str, epoch: Epoch) -> Option<Given> {
        self.project.figure(name, epoch).map(Given::from)
    }

    /// The red flags that stand so.
    pub fn flagged(&self, state: FlagState) -> impl Iterator<Item = &Flag> {
        self.flags.iter().filter(move |f| f.state == state)
    }
}

/// The command that gives a figure. A name of somebody's own that a shell could take for more stands for itself only
/// as `NAME`: commands are there to be pasted.
pub(super) fn give(name: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    let name = if name.starts_with(|c: char| c.is_ascii_alphanumeric()) && name.chars().all(plain) {
        name
    } else {
        "NAME"
    };
    format!("orchestra workflow figure {name} VALUE")
}
