//! What follows from how far the tasks of an incident are. Each step is told from what is recorded alone, so that a
//! lost server leaves none out and takes none twice.

use super::super::run::LATE;
use crate::domain::command::{Caller, Silence};
use crate::domain::id::{AgentName, RunId};
use crate::domain::incident::case::{Case, Engagement, Progress, RETRIES, Stage};
use crate::domain::plan::DoneRule;
use crate::domain::record::Incidented;
use crate::domain::state::TaskState;
use crate::engine::Step;
use crate::engine::parts::{Run, RunTask};
use crate::engine::state::State;

/// A step that is due.
enum Next {
    /// The route is to be shown, or has waited long enough.
    Ask,
    /// The run is to begin.
    Engage,
    /// The run began, and its server was lost before it said so.
    Engaged(RunId),
    /// A specialist came further.
    Progress(AgentName, Progress, String),
    /// A task is as good as done, or over.
    Task(RunId, String, TaskState, String),
    /// All specialists have ended.
    Write,
    /// Nobody will write it: why.
    BuiltIn(String),
    /// It is over.
    Close(String),
}

impl Step<'_> {
    /// Takes all steps that are due.
    pub(in crate::engine) fn follow_incident(&mut self) {
        while let Some(next) = self.next_of_incident() {
            match next {
                Next::Ask => self.ask_for_route(&Caller::Outside),
                Next::Engage => self.engage(),
                Next::Engaged(run) => self.engaged(run),
                Next::Progress(agent, progress, note) => {
                    self.incidented(Incidented::Progress { agent, progress, note });
                }
                Next::Task(run, task, state, why) => self.set_task(run, &task, state, &why),
                Next::Write => self.incidented(Incidented::Writing),
                Next::BuiltIn(why) => self.write_built_in(&why),
                Next::Close(why) => self.incidented(Incidented::Closed { why }),
            }
        }
    }

    fn next_of_incident(&self) -> Option<Next> {
        let case = self.state.incident.as_deref()?;
        let run = case.run.and_then(|id| self.state.runs.iter().find(|r| r.id == id));
        match case.stage {
            Stage::Closed => {
                let run = run.filter(|r| !r.ended)?;
                let open = run.tasks.iter().find(|t| !t.state.ended())?;
                let why = "the incident is closed".to_owned();
                Some(Next::Task(run.id, open.bound.id.clone(), TaskState::Skipped, why))
            }
            _ if self.state.closing => None,
            Stage::Approval => {
                let waits = self.state.confirmations.iter().any(|c| c.silence == Silence::Yes);
                (!waits).then_some(Next::Ask)
            }
            Stage::Investigating => match run {
                Some(run) => investigating(case, run),
                None => {
                    let begun = self.state.running().filter(|r| r.plan == super::PLAN);
                    Some(begun.map_or(Next::Engage, |r| Next::Engaged(r.id)))
                }
            },
            Stage::Writing => writing(case, run?),
        }
    }
}

fn investigating(case: &Case, run: &Run) -> Option<Next> {
    if let Some(next) = case.specialists.iter().find_map(|one| progress(one, run)) {
        return Some(next);
    }
    let mut looks = run.tasks.iter().filter(|t| t.bound.done == DoneRule::Reported);
    looks.all(|t| t.state.ended()).then_some(Next::Write)
}

/// What the tasks of a specialist say of it that was not recorded yet.
fn progress(one: &Engagement, run: &Run) -> Option<Next> {
    let own: Vec<&RunTask> = run
        .tasks
        .iter()
        .filter(|t| t.bound.agent == one.agent && t.bound.done == DoneRule::Reported)
        .collect();
    let to = |progress, note: &str| Some(Next::Progress(one.agent.clone(), progress, note.to_owned()));
    let runs = own.iter().any(|t| t.state == TaskState::Running);
    match one.progress {
        Progress::Waiting | Progress::Looking => {
            if own.iter().any(|t| !t.state.ended()) {
                return (runs && one.progress == Progress::Waiting)
                    .then(|| to(Progress::Looking, ""))
                    .flatten();
            }
            let not_done = own.iter().find(|t| t.state != TaskState::Done);
            match not_done.map(|t| (t.state, t.why.as_str())) {
                Some((TaskState::Failed, why)) if why.starts_with(LATE) => to(Progress::Late, ""),
                Some((TaskState::Skipped, why)) => to(Progress::Failed, &format!("it was left out: {why}")),
                Some((_, why)) => to(Progress::Failed, why),
                None => match own.last() {
                    Some(task) => to(Progress::Reported, &task.why),
                    None => to(Progress::Failed, "it had no task"),
                },
            }
        }
        // Its word was taken, and its server lost before the task heard of it.
        Progress::Reported => {
            let open = own.iter().find(|t| !t.state.ended())?;
            Some(Next::Task(run.id, open.bound.id.clone(), TaskState::Done, one.note.clone()))
        }
        // Somebody has it do the task again.
        Progress::Late | Progress::Failed => runs.then(|| to(Progress::Looking, "")).flatten(),
    }
}

fn writing(case: &Case, run: &Run) -> Option<Next> {
    if !case.postmortem.is_empty() {
        let by = case.drafts.last().map(|d| d.by.as_str()).unwrap_or_default();
        return Some(Next::Close(format!("the postmortem of {by} stands")));
    }
    let task = run.tasks.iter().find(|t| t.bound.done == DoneRule::Accepted);
    let Some(task) = task else { return Some(Next::BuiltIn("the run has no task for it".into())) };
    let coordinator = &task.bound.agent;
    match task.state {
        TaskState::Failed => Some(Next::BuiltIn(format!("{coordinator} did not write it: {}", task.why))),
        TaskState::Skipped => Some(Next::BuiltIn(format!("{coordinator} was left out: {}", task.why))),
        TaskState::Done => Some(Next::BuiltIn(format!("{coordinator} ended without one"))),
        _ if refused(case, coordinator) > usize::from(RETRIES) => {
            let why = format!("its text did not pass the check {} times", refused(case, coordinator));
            Some(Next::Task(run.id, task.bound.id.clone(), TaskState::Failed, why))
        }
        _ => None,
    }
}

/// How often a text of that agent did not stand.
pub(super) fn refused(case: &Case, agent: &AgentName) -> usize {
    case.drafts.iter().filter(|d| d.by == agent.as_str() && !d.problems.is_empty()).count()
}

/// The task of writing the postmortem: its run, its id and how far it is.
pub(super) fn writer<'a>(state: &'a State, case: &Case) -> Option<(RunId, &'a RunTask)> {
    let run = state.runs.iter().find(|r| Some(r.id) == case.run)?;
    run.tasks.iter().find(|t| t.bound.done == DoneRule::Accepted).map(|t| (run.id, t))
}
