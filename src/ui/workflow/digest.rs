//! A project in the orders in which it is drawn, made anew for each frame.

use super::Page;
use crate::domain::id::AgentName;
use crate::domain::state::TaskState;
use crate::domain::workflow::plan::Task;
use crate::domain::workflow::project::{Project, Tracked};
use crate::domain::workflow::track::{TaskTrack, Tracking, tracking};
use crate::domain::workflow::watch::{Flag, FlagState, Seen, flags};
use crate::engine::state::State;
use crate::ui::view::View;

/// A line of the tasks: a phase, or a task, by their places.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Row {
    Phase(usize),
    Task(usize),
}

/// Something that waits for a person, or is in the way.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(in crate::ui) enum Point {
    Question(u32),
    Escalation(u32),
    Blocker(u32),
}

/// The orders.
pub(super) struct Digest<'a> {
    pub project: &'a Project,
    /// When it is.
    pub now: i64,
    pub tracking: Tracking,
    pub rows: Vec<Row>,
    /// The place of the task that is looked at; none: there is no task.
    pub chosen: Option<usize>,
    pub points: Vec<Point>,
    /// Red flags that are up.
    pub flags: Vec<Flag>,
}

impl<'a> Digest<'a> {
    /// The project as `page` sees it.
    pub fn of(state: &State, project: &'a Project, page: &Page) -> Self {
        let now = state.now.wall;
        let tracking = tracking(project, now);
        let mut rows = Vec::new();
        for (i, phase) in tracking.phases.iter().enumerate() {
            rows.push(Row::Phase(i));
            let own = project.plan.tasks.iter().enumerate().filter(|(_, t)| t.phase == phase.id);
            rows.extend(own.map(|(i, _)| Row::Task(i)));
        }
        let raised = |f: &Flag| f.state == FlagState::Raised;
        let flags = flags(project, &Seen::default(), now).into_iter().filter(raised).collect();
        let mut digest = Self { project, now, tracking, rows, chosen: None, points: points(project), flags };
        let place = |id: &String| project.plan.tasks.iter().position(|t| t.id == *id);
        digest.chosen = page.chosen.as_ref().and_then(place).or_else(|| digest.first());
        digest
    }

    /// The task that is looked at where none was chosen.
    fn first(&self) -> Option<usize> {
        let tasks = || self.project.plan.tasks.iter().enumerate();
        let of =
            |want: &dyn Fn(TaskState) -> bool| tasks().find(|(_, t)| want(self.state(t))).map(|(i, _)| i);
        of(&|s| s == TaskState::Running)
            .or_else(|| of(&|s| !matches!(s, TaskState::Done | TaskState::Skipped)))
            .or_else(|| tasks().next().map(|(i, _)| i))
    }

    pub fn task(&self, place: usize) -> Option<&'a Task> {
        self.project.plan.tasks.get(place)
    }

    pub fn tracked(&self, task: &Task) -> Option<&'a Tracked> {
        self.project.tracked(&task.id)
    }

    pub fn track(&self, task: &Task) -> Option<&TaskTrack> {
        self.tracking.tasks.iter().find(|t| t.id == task.id)
    }

    pub fn state(&self, task: &Task) -> TaskState {
        self.tracked(task).map_or(TaskState::Queued, |t| t.state)
    }

    /// The tasks in the order in which they are seen.
    pub fn order(&self) -> Vec<usize> {
        let task = |row: &Row| match row {
            Row::Task(i) => Some(*i),
            Row::Phase(_) => None,
        };
        self.rows.iter().filter_map(task).collect()
    }

    /// The task so many places on from the one that is looked at.
    pub fn step(&self, by: isize) -> Option<usize> {
        let order = self.order();
        let at = self.chosen.and_then(|c| order.iter().position(|i| *i == c)).unwrap_or(0);
        let last = order.len().checked_sub(1)?;
        order.get(at.saturating_add_signed(by).min(last)).copied()
    }
}

fn points(project: &Project) -> Vec<Point> {
    let questions = project.questions.iter().filter(|q| q.decided.is_empty()).map(|q| Point::Question(q.id));
    let raised = project.escalations.iter().filter(|e| e.settled.is_empty());
    let raised = raised.map(|e| Point::Escalation(e.id));
    questions.chain(raised).chain(project.blocked().map(|b| Point::Blocker(b.id))).collect()
}

/// How many questions and escalations of the project wait for a person.
pub(in crate::ui) fn raised(state: &State) -> usize {
    let Some(project) = state.open_project() else { return 0 };
    points(project).iter().filter(|p| !matches!(p, Point::Blocker(_))).count()
}

/// The agent whose task is looked at.
pub(in crate::ui) fn agent(state: &State, view: &View) -> Option<AgentName> {
    let project = state.project.as_deref()?;
    let digest = Digest::of(state, project, &view.workflow.of(project));
    let name = &digest.task(digest.chosen?)?.agent;
    state.agent(name).map(|a| a.name.clone())
}
