//! What the records of a project make of it.

use super::super::state::State;
use super::BRIEF;
use super::notes::{Note, unknown_changes};
use crate::domain::id::RunId;
use crate::domain::record::{Record, Workflowed};
use crate::domain::state::TaskState;
use crate::domain::time::Time;
use crate::domain::workflow::project::{Project, Stage};

/// Folds one step of a project.
pub(in crate::engine) fn fold(state: &mut State, step: &Workflowed, now: Time) {
    if let Some(begun) = Project::begun(step, now.wall) {
        state.project = Some(Box::new(begun));
    } else if let Some(project) = state.project.as_deref_mut() {
        project.fold(step, now.wall);
    }
}

/// A task of a run changed its state: where the run is the project's, its task did.
pub(in crate::engine) fn task_folded(
    state: &mut State,
    run: RunId,
    task: &str,
    to: TaskState,
    why: &str,
    now: Time,
) {
    if let Some(project) = state.project.as_deref_mut().filter(|p| p.run == Some(run)) {
        project.task_changed(task, to, why, now.wall);
    }
}

/// A prompt was accepted for a pane: what it says its agent knows from then on.
pub(in crate::engine) fn queued(state: &mut State, record: &Record, now: Time) {
    let Record::Queued { agent, prompt: Some(prompt), task, .. } = record else { return };
    let Some(run) = state.project.as_deref().and_then(|p| p.run) else { return };
    let own = task.as_ref().filter(|(r, _)| *r == run).map(|(_, task)| task.clone());
    let works_on = |r: &&super::super::parts::Run| r.id == run;
    let running = state.runs.iter().find(works_on).into_iter().flat_map(|r| &r.tasks);
    let running = running.filter(|t| t.bound.agent == *agent && t.state == TaskState::Running);
    let running: Vec<String> = running.map(|t| t.bound.id.clone()).collect();
    let Some(project) = state.project.as_deref_mut() else { return };
    match (prompt.as_str(), own) {
        (BRIEF, Some(task)) => {
            project.briefed(&task);
            project.heard(&task, now.wall);
        }
        (p, Some(task)) if p == Note::Sync.prompt() => project.heard(&task, now.wall),
        (p, Some(task)) if p == Note::Answered.prompt() => project.answered(agent, &task),
        (p, Some(task)) if p == Note::Resting.prompt() => {
            if let Some(t) = project.tracked_mut(&task) {
                t.reminded = true;
            }
        }
        (p, Some(task)) if p == Note::Held.prompt() => {
            if let Some(t) = project.tracked_mut(&task) {
                t.told = true;
            }
        }
        (p, _) if p == Note::Changed.prompt() => {
            for task in running {
                let new: Vec<u32> = unknown_changes(project, agent, &task).map(|c| c.id).collect();
                project.briefed_anew(agent, &task, &new, now.wall);
            }
        }
        _ => {}
    }
}

/// The session was ended, or its machine.
pub(in crate::engine) fn session_over(state: &mut State, now: Time) {
    if let Some(project) = state.project.as_deref_mut().filter(|p| p.stage == Stage::Running) {
        project.stage = Stage::Closed;
        project.over = Some(now.wall);
        project.ended = "the session was ended before it was complete".into();
    }
}
