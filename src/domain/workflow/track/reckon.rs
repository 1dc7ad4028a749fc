//! The figures: what tasks took, what is left of them, when they are expected to end.

use super::{LATEST, PhaseTrack, TaskTrack};
use crate::domain::state::TaskState;
use crate::domain::workflow::hands::{Now, Place, Placed, Work, place};
use crate::domain::workflow::plan::Task;
use crate::domain::workflow::project::{Project, Stage, Tracked, Verdict};
use crate::domain::workflow::span::DAY;

/// Bounds of a measured speed, in percent: what is beyond is no speed to plan with.
const SPEED: (i64, i64) = (1, 10_000);
/// The most that an agent's word counts before the task is done, in percent.
const SAID_MOST: u8 = 99;
/// The most that the time alone says, in percent.
const ELAPSED_MOST: i64 = 95;
/// What is left at least of a task that runs, in percent of its planned length.
const LITTLE: i64 = 5;

/// A measured speed.
#[derive(Clone, Copy)]
pub(super) struct Speed {
    /// Percent of what was planned.
    pub percent: u32,
    /// The tasks it is measured from.
    pub tasks: usize,
    /// Their planned hours.
    pub planned: u32,
    /// The planned hours they took.
    pub took: u32,
}

/// A project with its figures.
pub(super) struct Reckoned<'a> {
    /// In the order of the plan.
    pub tasks: Vec<One<'a>>,
    pub speed: Option<Speed>,
    /// The ids of the longest chain of open tasks.
    pub path: Vec<String>,
    /// Milliseconds that tasks which are no part of the plan any more took.
    dropped: i64,
}

/// A task with its figures.
pub(super) struct One<'a> {
    pub task: &'a Task,
    tracked: Option<&'a Tracked>,
    percent: u8,
    /// Milliseconds that it took, or has run; none before it began.
    worked: Option<i64>,
    /// Milliseconds that it still takes.
    rest: i64,
    from: i64,
    to: i64,
    /// Planned hours that it took, or runs, longer than planned.
    pub late: u32,
    waits_for: Vec<String>,
    after: Option<String>,
    /// Whether the project was closed before it was complete: what was left out then was not done.
    closed: bool,
}

impl<'a> Reckoned<'a> {
    pub fn of(project: &'a Project, at: i64) -> Self {
        let mut tasks: Vec<One<'a>> = project.plan.tasks.iter().map(|t| One::of(project, t, at)).collect();
        let speed = speed(project, &tasks);
        tasks.iter_mut().for_each(|one| one.takes(project, speed, at));
        let placed = place(&tasks.iter().map(|one| one.work(at)).collect::<Vec<_>>(), at);
        for (index, place) in placed.places.iter().enumerate() {
            let open = |i: &usize| tasks.get(*i).filter(|t| t.is_open()).map(|t| t.task.id.clone());
            let waits_for = placed.needs.get(index).into_iter().flatten().filter_map(open).collect();
            let after = place.behind.filter(|_| place.held_up).as_ref().and_then(open);
            if let Some(one) = tasks.get_mut(index) {
                one.expect(place, waits_for, after);
            }
        }
        let dropped = project.tasks.iter().filter(|t| t.dropped);
        let dropped =
            dropped.filter_map(|t| worked(project, t, at)).fold(0, |sum: i64, ms| sum.saturating_add(ms));
        let path = longest(&tasks, &placed);
        Self { tasks, speed, path, dropped }
    }

    /// Percent complete.
    pub fn percent(&self, project: &Project) -> u8 {
        let counted: Vec<&One<'_>> = self.tasks.iter().filter(|t| t.counts()).collect();
        let (mut all, mut done) = (0_u64, 0_u64);
        for one in &counted {
            let hours = u64::from(one.planned().max(1));
            all += hours * 100;
            done += hours * u64::from(one.percent);
        }
        // Nothing to do is done once the project is over.
        let none = if project.over.is_some() { 100 } else { 0 };
        (done * 100).checked_div(all).map_or(none, |p| u8::try_from(p).unwrap_or(100))
    }

    /// When the last task is expected to end: not before `at`.
    pub fn end(&self, at: i64) -> i64 {
        self.tasks.iter().map(|t| t.to).fold(at, i64::max)
    }

    /// Planned hours that are left of a task.
    pub fn left_of(&self, id: &str) -> u32 {
        self.tasks.iter().find(|t| t.task.id == id).map_or(0, One::left)
    }

    pub fn on_path(&self) -> impl Iterator<Item = &One<'a>> {
        self.tasks.iter().filter(|t| self.path.contains(&t.task.id))
    }

    pub fn phases(&self, project: &Project) -> Vec<PhaseTrack> {
        let mut phases: Vec<(&str, &str)> =
            project.plan.phases.iter().map(|p| (p.id.as_str(), p.title.as_str())).collect();
        for one in &self.tasks {
            // A task whose phase the plan does not list is seen all the same.
            let id = one.task.phase.as_str();
            if !phases.iter().any(|p| p.0 == id) {
                phases.push((id, id));
            }
        }
        phases.into_iter().map(|(id, title)| self.phase(id, title)).collect()
    }

    fn phase(&self, id: &str, title: &str) -> PhaseTrack {
        let own: Vec<&One<'_>> = self.tasks.iter().filter(|t| t.task.phase == id).collect();
        let state = if own.is_empty() {
            "pending"
        } else if own.iter().all(|t| t.is_done() || !t.counts()) {
            "completed"
        } else if own.iter().any(|t| t.worked.is_some() || t.is_done()) {
            "in progress"
        } else {
            "pending"
        };
        PhaseTrack {
            id: id.to_owned(),
            title: title.to_owned(),
            done: own.iter().filter(|t| t.is_done()).count(),
            total: own.iter().filter(|t| t.counts()).count(),
            state: state.to_owned(),
        }
    }

    pub fn spent(&self, project: &Project) -> Option<u64> {
        let worked = self.tasks.iter().filter_map(|t| t.worked);
        cost(project, worked.fold(self.dropped, i64::saturating_add))
    }

    pub fn expected_cost(&self, project: &Project) -> Option<u64> {
        // What is over costs no more.
        let rest = |t: &One<'_>| if project.over.is_some() { 0 } else { t.rest };
        let worked = self.tasks.iter().map(|t| t.worked.unwrap_or(0).saturating_add(rest(t)));
        cost(project, worked.fold(self.dropped, i64::saturating_add))
    }
}

impl<'a> One<'a> {
    fn of(project: &'a Project, task: &'a Task, at: i64) -> Self {
        let tracked = project.tracked(&task.id);
        let worked = tracked.and_then(|t| worked(project, t, at));
        let planned = task.duration.as_hours();
        let mut one = Self {
            task,
            tracked,
            percent: 0,
            worked,
            rest: 0,
            from: at,
            to: at,
            late: 0,
            waits_for: Vec::new(),
            after: None,
            closed: project.stage == Stage::Closed,
        };
        one.percent = match (one.state(), tracked.and_then(|t| t.percent)) {
            (TaskState::Done, _) => 100,
            (TaskState::Running, Some(said)) => said.min(SAID_MOST),
            (TaskState::Running, None) => share(one.round_ms(project, at), project.ms(planned)),
            _ => 0,
        };
        one.late = worked.map_or(0, |ms| hours(project, ms).saturating_sub(planned));
        one
    }

    /// Works out how long it still takes.
    fn takes(&mut self, project: &Project, speed: Option<Speed>, at: i64) {
        if !self.is_open() {
            return;
        }
        let planned = project.ms(self.planned());
        let at_speed = |ms: i64| speed.map_or(ms, |s| ms.saturating_mul(100) / i64::from(s.percent.max(1)));
        let running = self.state() == TaskState::Running;
        self.rest = match self.tracked.and_then(|t| t.percent).filter(|_| running) {
            Some(_) => at_speed(planned.saturating_mul(100 - i64::from(self.percent)) / 100),
            None if running => at_speed(planned).saturating_sub(self.round_ms(project, at)),
            None => at_speed(planned),
        };
        self.rest = self.rest.max(planned / 100 * LITTLE).max(1);
    }

    /// As work to be put in time: what its agent was told to do is what it does now.
    fn work(&self, at: i64) -> Work<'a> {
        let now = match self.state() {
            TaskState::Done | TaskState::Skipped => Now::Over(self.ended(at)),
            TaskState::Sent | TaskState::Running => Now::Doing(at.saturating_add(self.rest)),
            TaskState::Queued | TaskState::Failed => Now::Ahead(self.rest),
        };
        Work { id: &self.task.id, agent: &self.task.agent, needs: &self.task.needs, now }
    }

    /// When it ended, where it is over.
    fn ended(&self, at: i64) -> i64 {
        self.tracked.and_then(|t| t.ended).unwrap_or(at).min(LATEST)
    }

    /// Takes on when it is expected to begin and end, and what it waits for.
    fn expect(&mut self, place: &Place, waits_for: Vec<String>, after: Option<String>) {
        self.to = place.to.min(LATEST);
        self.from = self.tracked.and_then(|t| t.began).unwrap_or(place.from).min(self.to);
        if self.is_open() {
            (self.waits_for, self.after) = (waits_for, after);
        } else if self.tracked.and_then(|t| t.began).is_none() {
            self.from = self.to;
        }
    }

    fn state(&self) -> TaskState {
        self.tracked.map_or(TaskState::Queued, |t| t.state)
    }

    fn planned(&self) -> u32 {
        self.task.duration.as_hours()
    }

    pub fn is_done(&self) -> bool {
        self.state() == TaskState::Done
    }

    /// Whether something is left to do.
    pub fn is_open(&self) -> bool {
        !matches!(self.state(), TaskState::Done | TaskState::Skipped)
    }

    pub fn has_failed(&self) -> bool {
        self.state() == TaskState::Failed
    }

    /// Whether it is one of those that are counted.
    pub fn counts(&self) -> bool {
        self.closed || self.state() != TaskState::Skipped
    }

    /// Planned hours that are left: at least one of an open task.
    fn left(&self) -> u32 {
        if !self.is_open() {
            return 0;
        }
        let left = u64::from(self.planned()) * u64::from(100 - self.percent.min(100));
        u32::try_from(left.div_ceil(100)).unwrap_or(u32::MAX).max(1)
    }

    /// Milliseconds that it runs in this round.
    fn round_ms(&self, project: &Project, at: i64) -> i64 {
        let Some(tracked) = self.tracked else { return 0 };
        let since = tracked.began.unwrap_or(at).max(judged_again(project, &tracked.id).unwrap_or(i64::MIN));
        at.saturating_sub(since).max(0)
    }

    pub fn track(&self, project: &Project) -> TaskTrack {
        let blockers = project.blocked().filter(|b| b.task == self.task.id);
        TaskTrack {
            id: self.task.id.clone(),
            percent: self.percent,
            from: self.from,
            to: self.to,
            took: self.worked.map(|ms| hours(project, ms)),
            late: self.late,
            waits_for: self.waits_for.clone(),
            after: self.after.clone(),
            blockers: blockers.map(|b| b.text.clone()).collect(),
        }
    }
}

/// Milliseconds that a task took or has run; none before it began.
fn worked(project: &Project, tracked: &Tracked, at: i64) -> Option<i64> {
    let began = tracked.began?;
    let until = match tracked.state {
        TaskState::Running => at,
        TaskState::Done | TaskState::Failed | TaskState::Skipped => tracked.ended.unwrap_or(at),
        // It waits for its next round.
        TaskState::Queued | TaskState::Sent => judged_again(project, &tracked.id).unwrap_or(began),
    };
    Some(until.min(at).saturating_sub(began).max(0))
}

/// When a review last said that a task is to be done again.
fn judged_again(project: &Project, id: &str) -> Option<i64> {
    let again = |r: &&crate::domain::workflow::project::Round| {
        r.verdict == Verdict::Again && (r.work == id || r.review == id)
    };
    project.rounds.iter().rev().find(again).map(|r| r.at)
}

/// What the tasks that are done say of the speed.
fn speed(project: &Project, tasks: &[One<'_>]) -> Option<Speed> {
    let done = || tasks.iter().filter(|t| t.is_done() && t.worked.is_some());
    let (count, planned) = done().fold((0, 0_u32), |(n, sum), t| (n + 1, sum.saturating_add(t.planned())));
    let took = done().filter_map(|t| t.worked).fold(0, i64::saturating_add);
    if count == 0 {
        return None;
    }
    let percent = project.ms(planned).saturating_mul(100) / took.max(1);
    let percent = u32::try_from(percent.clamp(SPEED.0, SPEED.1)).unwrap_or(100);
    Some(Speed { percent, tasks: count, planned, took: hours(project, took) })
}

/// The longest chain of open tasks by what is left of them, over needs and hands; of several the one whose last task
/// comes first.
fn longest(tasks: &[One<'_>], placed: &Placed) -> Vec<String> {
    let mut chains: Vec<(u64, Option<usize>)> = vec![(0, None); tasks.len()];
    for &index in &placed.order {
        let Some(one) = tasks.get(index).filter(|t| t.is_open()) else { continue };
        let mut best = (0, None);
        for before in placed.before(index) {
            let length = chains.get(before).map_or(0, |c| c.0);
            if length > best.0 {
                best = (length, Some(before));
            }
        }
        if let Some(chain) = chains.get_mut(index) {
            *chain = (best.0 + u64::from(one.left()), best.1);
        }
    }
    let length = chains.iter().map(|c| c.0).max().unwrap_or(0);
    let mut open = chains.iter().position(|c| c.0 == length && length > 0);
    let mut path = Vec::new();
    while let Some(index) = open {
        let (Some(one), Some(chain)) = (tasks.get(index), chains.get(index)) else { break };
        path.push(one.task.id.clone());
        open = chain.1;
    }
    path.reverse();
    path
}

/// The share that the time alone says, in percent.
fn share(elapsed: i64, planned: i64) -> u8 {
    let percent = elapsed.saturating_mul(100).checked_div(planned).unwrap_or(ELAPSED_MOST);
    u8::try_from(percent.clamp(0, ELAPSED_MOST)).unwrap_or_default()
}

/// Milliseconds as planned hours.
fn hours(project: &Project, ms: i64) -> u32 {
    let hours = i128::from(ms.max(0)) * i128::from(DAY) / i128::from(project.day_ms.max(1));
    u32::try_from(hours).unwrap_or(u32::MAX)
}

/// What so many milliseconds of work cost, where a rate was given.
fn cost(project: &Project, ms: i64) -> Option<u64> {
    let rate = project.terms.rate?;
    let cost = i128::from(rate) * i128::from(ms.max(0)) / i128::from(project.day_ms.max(1));
    Some(u64::try_from(cost).unwrap_or(u64::MAX))
}
