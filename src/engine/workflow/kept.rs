//! What is kept of a project beside the record, and what is raised to people: looked at whenever something happened, and
//! when time alone may change it.

use std::time::Duration;

use super::super::event::Effect;
use super::super::state::State;
use crate::domain::record::{Record, Workflowed};
use crate::domain::review::Matrix;
use crate::domain::time::Time;
use crate::domain::workflow::project::{ENTRIES_MOST, Project, Stage};
use crate::domain::workflow::report::{Kind, report, week_at};
use crate::domain::workflow::span::WEEK;
use crate::domain::workflow::watch::{Clash, Due, Seen, due, next_look};
use crate::engine::Step;

/// The least time between two looks by the clock: the days of a rehearsal may be short.
const APART: Duration = Duration::from_secs(1);
/// The most weeks whose reports are written at once; earlier ones are left out.
const WEEKS_MOST: u32 = 8;

/// When a project is to be looked at for the time alone.
pub(in crate::engine) fn deadline(state: &State) -> Option<Time> {
    let project = state.open_project()?;
    if state.closing {
        return None;
    }
    let at = |wall: i64| {
        let ms = u64::try_from(wall.saturating_sub(state.now.wall)).unwrap_or_default();
        state.now.plus(Duration::from_millis(ms))
    };
    let week = at(week_ends(project, week_at(project, state.now.wall)));
    let week = state.doing.kept.map_or(week, |t| week.max(t.plus(APART)));
    let look = state.doing.look.filter(|t| *t > state.now.wall).map(at);
    Some(look.map_or(week, |l| l.min(week)))
}

/// When a week is over, milliseconds since 1970.
fn week_ends(project: &Project, week: u32) -> i64 {
    project.started.saturating_add(project.ms(week.saturating_mul(WEEK)))
}

impl State {
    /// What is seen of the project beside its own record.
    #[must_use]
    pub fn seen(&self) -> Seen {
        let Some(project) = self.project.as_deref() else { return Seen::default() };
        let agents = project.plan.agents();
        let place = |name: &crate::domain::id::AgentName| agents.iter().position(|a| a == name);
        let clash = |p: &crate::domain::review::Pair| {
            let (a, b) = (place(&p.a)?, place(&p.b)?);
            let mut files: Vec<String> = p.verdict.conflicts.iter().map(|c| c.path.clone()).collect();
            files.dedup();
            let [first, second] = if a <= b { [&p.a, &p.b] } else { [&p.b, &p.a] };
            let agents = [first.to_string(), second.to_string()];
            (!files.is_empty()).then_some(Clash { agents, files })
        };
        let pairs = self.matrix.as_deref().map_or(&[][..], |m: &Matrix| &m.pairs);
        Seen { clashes: pairs.iter().filter_map(clash).collect() }
    }
}

impl Step<'_> {
    /// Takes up that something happened which may have to be raised.
    pub(in crate::engine) fn stirs_project(&mut self, record: &Record) {
        let told_anew = match record {
            Record::Workflow(_) | Record::Task { .. } | Record::TaskAdded(_) | Record::Facts { .. } => true,
            _ => return,
        };
        self.state.doing.settled &= !told_anew;
        let news = match record {
            Record::Workflow(step) => match &**step {
                Workflowed::HandedOver { task, .. } | Workflowed::Synced { with: task, .. } => Some(task),
                Workflowed::Replanned { .. } => return self.state.doing.vain.clear(),
                _ => None,
            },
            Record::Task { task, .. } => Some(task),
            _ => None,
        };
        if let Some(task) = news {
            self.state.doing.vain.retain(|(_, _, of)| of != task);
        }
    }

    /// The pictures of what would conflict are others now.
    pub(in crate::engine) fn foresight_stirs_project(&mut self) {
        self.state.doing.settled = false;
    }

    /// Raises what is due, and keeps the reports of weeks that are over.
    pub(in crate::engine) fn watch_project(&mut self) {
        if self.state.closing {
            return;
        }
        self.keep_weeks();
        let now = self.now.wall;
        let Some(project) = self.state.open_project() else { return };
        let time = self.state.doing.look.is_some_and(|t| t <= now);
        if self.state.doing.settled && !time {
            return;
        }
        let room = ENTRIES_MOST.saturating_sub(project.escalations.len());
        let raised = due(project, &self.state.seen(), now);
        for one in raised.into_iter().take(room) {
            self.raise(one);
        }
        let least = now.saturating_add(i64::try_from(APART.as_millis()).unwrap_or(1000));
        let look = self.state.open_project().and_then(|p| next_look(p, now)).map(|t| t.max(least));
        (self.state.doing.settled, self.state.doing.look) = (true, look);
    }

    /// Raises something to a person.
    pub(super) fn raise(&mut self, due: Due) {
        let Due { cause, key, evidence } = due;
        self.workflowed(Workflowed::Escalated { cause, key, evidence });
    }

    fn keep_weeks(&mut self) {
        let Some(project) = self.state.open_project() else { return };
        let over = week_at(project, self.now.wall).saturating_sub(1);
        let soon = self.state.doing.kept.is_some_and(|t| self.now < t.plus(APART));
        if over <= project.reported || soon {
            return;
        }
        let first = (project.reported + 1).max(over.saturating_sub(WEEKS_MOST - 1));
        self.state.doing.kept = Some(self.now);
        for week in first..=over {
            self.workflowed(Workflowed::Reported { week });
            self.keep_week(week);
        }
    }

    fn keep_week(&mut self, week: u32) {
        let Some(project) = self.state.project.as_deref() else { return };
        let at = week_ends(project, week).min(project.over.unwrap_or(self.now.wall)).min(self.now.wall);
        self.keep_project_report(&format!("weekly-{week:02}"), Kind::Weekly(week), at);
    }

    fn keep_project_report(&mut self, name: &str, kind: Kind, at: i64) {
        let Some(project) = self.state.project.as_deref() else { return };
        let written = report(project, &self.state.seen(), kind, at);
        let file = |end: &str| project.file(&format!("{name}.{end}"));
        for (name, text) in [(file("md"), written.markdown), (file("html"), written.html)] {
            self.out.push(Effect::Report { name, text });
        }
    }

    /// Keeps what a task handed over.
    pub(super) fn keep_handover(&mut self, task: &str) {
        let Some(project) = self.state.project.as_deref() else { return };
        let Some(handed) = project.tracked(task).and_then(|t| t.handed.as_ref()) else { return };
        let (name, text) = (project.handover_file(task), handed.text.clone());
        self.out.push(Effect::Report { name, text });
    }

    /// A project is over: its last reports are kept.
    pub(super) fn project_over(&mut self, stage: Stage, why: String) {
        self.workflowed(Workflowed::Closed { stage, why });
        self.keep_last_reports();
    }

    fn keep_last_reports(&mut self) {
        let Some(project) = self.state.project.as_deref() else { return };
        let over = project.over.unwrap_or(self.now.wall);
        let week = week_at(project, over);
        self.keep_week(week);
        self.keep_project_report("milestones", Kind::Milestone, over);
        self.keep_project_report("completion", Kind::Completion, over);
    }

    /// A server took over: what the lost one may not have kept is kept.
    pub(in crate::engine) fn recover_project(&mut self) {
        let Some(project) = self.state.project.as_deref() else { return };
        let handed: Vec<String> =
            project.tasks.iter().filter(|t| t.handed.is_some()).map(|t| t.id.clone()).collect();
        let (open, week) = (project.stage == Stage::Running, project.reported);
        for task in handed.iter().filter(|_| open) {
            self.keep_handover(task);
        }
        match open {
            true if week > 0 => self.keep_week(week),
            true => {}
            false => self.keep_last_reports(),
        }
    }
}
