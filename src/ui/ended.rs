//! A program that has ended: how it is brought back.

use super::actions::Action;
use super::keymap::Op;
use super::text::hint;
use super::view::View;
use crate::domain::command::{Begin, Command};
use crate::domain::state::AgentState;
use crate::engine::state::{Agent, State};

/// Whether an agent's program is not there and may be started.
pub(super) fn can_start(agent: &Agent) -> bool {
    let never = agent.state() == AgentState::Pending && agent.pane.ended.is_empty();
    agent.pane.pid.is_none() && !never
}

/// Whether its profile knows how a run is gone on with.
pub(super) fn can_resume(state: &State, agent: &Agent) -> bool {
    state.profile(agent).is_some_and(|p| !p.resume.is_empty())
}

/// Starts it afresh, or where its last run ended.
pub(super) fn start_again(state: &State, view: &mut View, op: Op, agent: &Agent) -> Vec<Action> {
    let name = agent.name.clone();
    match op {
        Op::Resume if can_resume(state, agent) => {
            vec![Action::Do(Command::Restart { agent: name, begin: Begin::Last, what: None })]
        }
        Op::Resume => {
            let text = format!("the profile of {name} has no `resume` arguments: ‹run› starts it afresh");
            let text = hint(view, &text);
            view.complain(text);
            vec![Action::Beep]
        }
        _ => vec![Action::Do(Command::restart(name))],
    }
}
