//! What the records of a project make of it.

use super::super::state::State;
use crate::domain::id::{AgentName, RunId};
use crate::domain::record::Workflowed;
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

/// The session was ended, or its machine.
pub(in crate::engine) fn session_over(state: &mut State, now: Time) {
    if let Some(project) = state.project.as_deref_mut().filter(|p| p.stage == Stage::Running) {
        project.stage = Stage::Closed;
        project.over = Some(now.wall);
        project.ended = "the session was ended before it was complete".into();
    }
}

/// Whom a step concerns.
pub(in crate::engine) fn subject(step: &Workflowed) -> Option<&AgentName> {
    match step {
        Workflowed::Rebriefed { agent, .. } => Some(agent),
        _ => None,
    }
}
