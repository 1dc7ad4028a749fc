//! Who waited for whom, and what ended it.

use super::people::push;
use super::{Teller, WIDTH};
use crate::domain::id::DispatchId;
use crate::domain::record::Record;
use crate::domain::report::{Wait, clean};
use crate::domain::state::AgentState;

/// A wait that is not over.
pub(super) struct Open {
    /// Its place among the report's waits.
    place: usize,
    /// Whether a person typed since.
    pub typed: bool,
    /// The prompt that arrived since.
    pub prompt: Option<DispatchId>,
}

impl Teller {
    /// Compares what agents do now with what they did before `record`.
    pub(super) fn changed(&mut self, before: &[AgentState], record: &Record) {
        let now = self.shown();
        for (i, (old, new)) in before.iter().zip(&now).enumerate() {
            if old == new {
                continue;
            }
            if self.open {
                let ms = self.ms();
                let line = &mut self.report.agents[i].line;
                // Of states that lasted less than can be told, the last one counts.
                line.pop_if(|(at, _)| *at == ms);
                if line.last().is_none_or(|(_, last)| last != new) {
                    line.push((ms, *new));
                }
            }
            self.release(i, *new, record);
            self.wait_of(i, *new);
        }
    }

    fn wait_of(&mut self, place: usize, state: AgentState) {
        let whom = match state {
            AgentState::Asking => "a person's answer",
            AgentState::Limited => "its usage limit",
            AgentState::Blocked => "another agent",
            AgentState::Claimed => "git and the gates",
            AgentState::Failed => "somebody to start it again",
            _ => return,
        };
        let Some(seen) = self.state.team().nth(place) else { return };
        let why = match state {
            AgentState::Failed => seen.pane.ended.clone(),
            AgentState::Claimed => seen.claim.as_ref().map(|c| c.note.clone()).unwrap_or_default(),
            _ => seen.why.evidence.clone(),
        };
        let whom = match seen.limited_until() {
            Some(until) => {
                let time = crate::domain::time::Time { mono: 0, wall: until };
                format!("{whom} until {}", crate::domain::time::rfc3339(time))
            }
            None => whom.to_owned(),
        };
        let wait = Wait {
            agent: seen.name.clone(),
            state,
            whom,
            why: clean(&why, WIDTH),
            from: self.when(),
            to: None,
            released: String::new(),
        };
        self.waiting[place] = Some(Open { place: self.report.waits.len(), typed: false, prompt: None });
        push(&mut self.report.waits, wait);
    }

    fn release(&mut self, agent: usize, state: AgentState, record: &Record) {
        let Some(open) = self.waiting[agent].take() else { return };
        let released = match record {
            Record::Ready { oid, .. } => format!("proved ready at {}", oid.short()),
            Record::Refused { reasons, .. } => format!("refused: {}", reasons.join("; ")),
            Record::Withdrawn { why, .. } => why.clone(),
            Record::AgentUp { .. } => "its program was started".to_owned(),
            Record::AgentDown { why, .. } => format!("its program ended: {why}"),
            Record::Opened { .. } => "the session was opened anew".to_owned(),
            Record::Closed { .. } => "the session was closed".to_owned(),
            Record::Claimed { .. } => "it claims READY".to_owned(),
            _ if open.typed => format!("a person typed into its pane; {state}"),
            Record::Activity { rule, .. } => match open.prompt {
                Some(n) => format!("prompt {n} arrived; {state}"),
                None => format!("{state} ({rule})"),
            },
            _ => state.word().to_owned(),
        };
        let to = self.when();
        if let Some(wait) = self.report.waits.get_mut(open.place) {
            (wait.to, wait.released) = (Some(to), clean(&released, WIDTH));
        }
    }
}
