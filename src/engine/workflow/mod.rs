//! A project at work: its tasks are those of a run like any other; what belongs to projects alone is followed here.

mod folded;
mod told;

use super::Step;
use super::state::State;
use crate::domain::command::{Caller, Workflow};
use crate::domain::id::AgentName;
use crate::domain::view::Answer;
use crate::domain::workflow::brief::{TaskBrief, brief};
use crate::domain::workflow::project::{Project, Stage};

pub(super) use self::folded::{fold, session_over, subject, task_folded};
pub(super) use self::told::told;

impl State {
    /// The project, unless it is over.
    #[must_use]
    pub fn open_project(&self) -> Option<&Project> {
        self.project.as_deref().filter(|p| p.stage == Stage::Running)
    }
}

/// The brief of the task that an agent has now; empty where it has none.
pub(super) fn brief_of(state: &State, agent: &AgentName) -> TaskBrief {
    let found = state.open_project().and_then(|p| brief(p, &p.task_of(agent)?.id));
    found.unwrap_or_default()
}

impl Step<'_> {
    /// Carries out what is asked of a project.
    pub(super) fn workflow(&mut self, _caller: &Caller, what: Workflow) -> Result<Answer, String> {
        match what {
            Workflow::Show => {
                let project = self.state.project.clone();
                let why = "show the project: there is none; `orchestra workflow run` begins one";
                project.map(Answer::Project).ok_or_else(|| why.to_owned())
            }
            _ => Err("work on a project: this is not built yet".into()),
        }
    }
}
