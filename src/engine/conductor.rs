//! The orchestrator's first prompt: sent once in an opening of the session, when an agent program there is first ready.

use super::Step;
use super::draft::Purpose;
use super::letter::Letter;
use super::state::State;
use crate::domain::id::{AgentName, ORCHESTRATOR};
use crate::domain::record::Record;
use crate::domain::state::AgentState;

impl Step<'_> {
    /// Makes the first prompt of an orchestrator that is ready for it. A shell gets none, nor does a program of which no
    /// profile says that it takes prompts. A program that is started again keeps what it was told, or is told by a
    /// person.
    pub(super) fn begin_conducting(&mut self) {
        let state = &*self.state;
        let prompt = &state.config.orchestrator_prompt;
        if state.conducted || state.closing || prompt.is_empty() {
            return;
        }
        let name = AgentName::orchestrator();
        let prompted = state.config.conductor().is_some_and(|p| !p.is_shell());
        let ready = state.agent(&name).is_some_and(|a| a.activity == AgentState::Idle && !a.pane.past);
        if prompted && ready {
            let letter = Letter::of_template(name, prompt, None, "");
            self.state.conducted = true;
            self.draft(Purpose::First, vec![letter]);
        }
    }
}

/// Whether that is the orchestrator's first prompt on its way.
pub(super) fn is_first(state: &State, record: &Record) -> bool {
    matches!(record, Record::Queued { agent, prompt: Some(prompt), .. }
        if agent.as_str() == ORCHESTRATOR && *prompt == state.config.orchestrator_prompt)
}
