//! What records of talk change.

use super::super::evidence::{BY_WORD, Found};
use super::super::parts::Asked;
use super::super::state::{State, Why};
use super::MAX_OVER;
use super::say::MAX_SAID;
use crate::domain::id::{AgentName, DispatchId};
use crate::domain::profile::Source;
use crate::domain::query::{QueryId, Stage};
use crate::domain::record::{Brings, Record, Talked};
use crate::domain::state::{AgentState, Outcome};
use crate::domain::time::Time;

use super::bring::AGAIN;

/// Whom a line of talk concerns.
pub(in crate::engine) fn subject(talked: &Talked) -> Option<&AgentName> {
    match talked {
        Talked::Asked(query) => Some(query.from.pane().unwrap_or(&query.to)),
        Talked::Answered { by, .. } => by.pane(),
        Talked::State { agent, .. } | Talked::Complete { agent, .. } => Some(agent),
        Talked::Delivered { .. } | Talked::Heard { .. } | Talked::Dropped { .. } => None,
    }
}

/// Folds what was said.
pub(in crate::engine) fn fold(state: &mut State, talked: &Talked, now: Time) {
    match talked {
        Talked::Asked(query) => {
            state.queries.push(Asked {
                query: query.clone(),
                at: now,
                stage: Stage::Waiting,
                answer: None,
                heard: false,
                why: String::new(),
                tries: 0,
                held: String::new(),
                again: now,
            });
        }
        Talked::Delivered { query } => delivered(state, *query),
        Talked::Answered { query, by, message } => {
            if let Some(asked) = state.query_mut(*query) {
                asked.stage = Stage::Answered;
                asked.answer = Some((by.clone(), message.clone()));
                (asked.tries, asked.again) = (0, now);
                asked.held.clear();
            }
            forget(state);
        }
        Talked::Heard { query } => {
            if let Some(asked) = state.query_mut(*query) {
                asked.heard = true;
            }
        }
        Talked::Dropped { query, why } => {
            if let Some(asked) = state.query_mut(*query) {
                asked.stage = Stage::Dropped;
                asked.why.clone_from(why);
            }
            forget(state);
        }
        Talked::State { agent, state: what, task } => {
            said(state, agent, (now, *what, task.clone()));
            if !task.is_empty()
                && let Some(agent) = state.agent_mut(agent)
            {
                agent.task.clone_from(task);
            }
            if let Some(what) = what {
                says(state, agent, *what, task, now);
            }
        }
        Talked::Complete { agent, summary } => {
            said(state, agent, (now, None, summary.clone()));
            let task = format!("done: {summary}");
            says(state, agent, AgentState::Idle, &task, now);
            if let Some(agent) = state.agent_mut(agent) {
                agent.task = task;
            }
        }
    }
}

/// Keeps the last of what an agent said of itself.
fn said(state: &mut State, name: &AgentName, what: (Time, Option<AgentState>, String)) {
    let Some(agent) = state.agent_mut(name) else { return };
    agent.said.push_back(what);
    if agent.said.len() > MAX_SAID {
        agent.said.pop_front();
    }
}

/// The word of an agent is evidence like any other.
fn says(state: &mut State, name: &AgentName, what: AgentState, task: &str, now: Time) {
    let Some(agent) = state.agent_mut(name).filter(|a| a.pane.pid.is_some()) else { return };
    let evidence = if task.is_empty() { "it says so".to_owned() } else { task.to_owned() };
    let why = Why { rule: BY_WORD.into(), evidence };
    agent.evidence.take(Source::Report, Some(Found { state: what, why, reset: None }), now);
}

fn delivered(state: &mut State, query: QueryId) {
    if let Some(asked) = state.query_mut(query).filter(|a| a.stage == Stage::Waiting) {
        asked.stage = Stage::Delivered;
        asked.held.clear();
    }
}

/// Forgets the oldest of those that are over.
fn forget(state: &mut State) {
    let over = state.queries.iter().filter(|a| !a.stage.open()).count();
    for _ in MAX_OVER..over {
        if let Some(at) = state.queries.iter().position(|a| !a.stage.open()) {
            state.queries.remove(at);
        }
    }
}

/// A dispatch ended; it may have brought a query.
pub(in crate::engine) fn brought(
    state: &mut State,
    (agent, dispatch): (&AgentName, DispatchId),
    outcome: Outcome,
    why: &str,
    now: Time,
) {
    let found = state.agent(agent).and_then(|a| a.queue.iter().find(|d| d.id == dispatch));
    let Some(brings) = found.and_then(|d| d.brings) else { return };
    if outcome == Outcome::Submitted {
        return arrived(state, brings);
    }
    let (Brings::Query(id) | Brings::Answer(id)) = brings;
    if let Some(asked) = state.query_mut(id) {
        asked.tries = asked.tries.saturating_add(1);
        asked.held = format!("{}: {why}", outcome.word());
        asked.again = now.plus(AGAIN);
    }
}

fn arrived(state: &mut State, brings: Brings) {
    match brings {
        Brings::Query(id) => delivered(state, id),
        Brings::Answer(id) => {
            if let Some(asked) = state.query_mut(id) {
                asked.heard = true;
            }
        }
    }
}

/// An agent begins to work: what sat in its composer was taken late.
pub(in crate::engine) fn taken_late(state: &mut State, record: &Record, _now: Time) {
    let Record::Activity { agent, state: AgentState::Working, .. } = record else { return };
    let Some(agent) = state.agent(agent) else { return };
    let sat = agent.undelivered.as_ref().filter(|u| agent.pane.leftover == Some(u.id));
    if let Some(brings) = sat.and_then(|u| u.brings) {
        arrived(state, brings);
    }
}

/// A program begins: it knows nothing of what the last one was asked and did not answer.
pub(in crate::engine) fn begins_anew(state: &mut State, name: &AgentName) {
    for asked in state.queries.iter_mut().filter(|a| a.query.to == *name && a.stage == Stage::Delivered) {
        asked.stage = Stage::Waiting;
        asked.tries = 0;
    }
}
