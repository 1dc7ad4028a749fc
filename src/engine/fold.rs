//! The fold: what each record changes. Nothing else changes durable state.

mod run;

use std::sync::Arc;

use self::run::{fold_run, session_over};
use super::dispatch::patience;
use super::evidence::Evidence;
use super::parts::{
    Claim, Dispatch, Expected, Limit, LogLine, Offer, Phase, Pin, Receipt, Said, Undelivered,
};
use super::state::{Agent, HISTORY, LOG_LINES, MAX_PAST, MAX_PAST_TEXT, State, Why};
use crate::domain::id::{AgentName, DispatchId, ORCHESTRATOR};
use crate::domain::record::{Acted, Dropped, Marked, Offered, Record, Rippled, Typed};
use crate::domain::ripple::RippleMove;
use crate::domain::state::{AgentState, Outcome};
use crate::domain::time::Time;
use crate::screen::{Screen, Size};

/// Entries kept of lists that only the latest of matter.
const RECENT: usize = 32;

/// Folds `record`, made at `now`, into `state`. A record about an agent that is not there is only logged.
pub(super) fn fold(state: &mut State, record: &Record, now: Time) {
    match record {
        Record::TrainPlanned { .. }
        | Record::TrainBuilt { .. }
        | Record::TrainIntent(_)
        | Record::TrainApplied { .. }
        | Record::TrainStopped { .. }
        | Record::TrainHalted { .. }
        | Record::TrainDropped { .. }
        | Record::UndoIntent(_)
        | Record::TrainUndone { .. } => super::train::fold(state, record),
        Record::RunStarted { .. }
        | Record::TaskAdded(_)
        | Record::Task { .. }
        | Record::TaskMoved { .. }
        | Record::TaskFreed { .. }
        | Record::TaskBound(_)
        | Record::RunGates { .. }
        | Record::BranchGated { .. }
        | Record::RunReviewed(_)
        | Record::RippleIntent(_)
        | Record::Rippled { .. }
        | Record::RunPaused { .. }
        | Record::RunResumed { .. }
        | Record::RunEnded { .. } => fold_run(state, record, now),
        // Whatever ran before a new opening is gone: its session was ended, or its machine restarted.
        Record::Opened { .. } => {
            state.agents.iter_mut().for_each(reopen);
            state.conducted = false;
            session_over(state, now);
        }
        Record::Closed { .. } => session_over(state, now),
        Record::OrderTaken { order } => take_order(state, order),
        Record::Offered(Offered { prompt, why }) => {
            state.offer = Some(Offer { prompt: prompt.clone(), why: why.clone(), at: now });
        }
        Record::Wrote(wrote) => remember_text(state, &wrote.text.as_str().into()),
        Record::Talk(talked) => super::talk::fold(state, talked, now),
        Record::Incident(step) => super::incident::fold(state, step, now),
        Record::Workflow(step) => super::workflow::fold(state, step, now),
        Record::Queued { dispatch, prompt, task, text, .. } => {
            state.next_dispatch = state.next_dispatch.max(dispatch + 1);
            if prompt.is_none() && task.is_none() {
                remember_text(state, text);
            }
            state.conducted |= super::conductor::is_first(state, record);
            super::workflow::queued(state, record, now);
            fold_agent(state, record, now);
        }
        Record::Activity { .. } => {
            super::talk::taken_late(state, record, now);
            fold_agent(state, record, now);
            super::fusion::remember(state, record, now);
        }
        Record::Receipt { dispatch, agent, outcome, why, .. } => {
            if agent.as_str() == ORCHESTRATOR && *outcome == Outcome::Submitted {
                end_offer(state, *dispatch);
            }
            super::talk::brought(state, (agent, *dispatch), *outcome, why, now);
            fold_agent(state, record, now);
        }
        Record::AgentUp { agent, .. } => {
            super::talk::begins_anew(state, agent);
            fold_agent(state, record, now);
        }
        Record::Confirm(step) => super::confirm::fold(state, step, now),
        Record::Guard(guarded) => super::guard::fold(state, guarded),
        Record::Recording(recording) => {
            state.unrecorded.retain(|r| r.agent != recording.agent);
            if !recording.why.is_empty() {
                state.unrecorded.push(recording.clone());
            }
        }
        Record::Gate { agent: None, result } => {
            if let Some(train) = &mut state.train {
                train.gates.push(result.clone());
            }
        }
        Record::GateAt(at) => {
            push_recent(&mut state.elsewhere, (at.place.clone(), at.result.clone()));
        }
        _ => fold_agent(state, record, now),
    }
    for agent in &mut state.agents {
        let shown = agent.state();
        if agent.shown.0 != shown {
            agent.shown = (shown, now);
        }
    }
    if let Some((agent, kind, text)) = super::story::told(record, &state.config.conduct.phrase) {
        state.logged += 1;
        state.log.push_back(LogLine { at: now, agent, kind, text });
        if state.log.len() > LOG_LINES {
            state.log.pop_front();
        }
    }
}

/// Everything that asks the configuration for the merge order gets the one that was taken.
fn take_order(state: &mut State, order: &[AgentName]) {
    let mut config = (*state.config).clone();
    let own = state.configured_order.take().unwrap_or_else(|| config.merge.order.clone());
    if order.is_empty() {
        config.merge.order = own;
    } else {
        config.merge.order = order.iter().map(|a| vec![a.clone()]).collect();
        state.configured_order = Some(own);
    }
    state.config = std::sync::Arc::new(config);
}

/// Keeps a text that somebody sent, each once, the latest last.
fn remember_text(state: &mut State, text: &Arc<str>) {
    if text.trim().is_empty() || text.len() > MAX_PAST_TEXT {
        return;
    }
    state.past.retain(|t| t != text);
    if state.past.len() >= MAX_PAST {
        state.past.pop_front();
    }
    state.past.push_back(text.clone());
}

/// What was offered has arrived.
fn end_offer(state: &mut State, dispatch: DispatchId) {
    let pane = state.agent(&AgentName::orchestrator());
    let sent = pane.and_then(|a| a.queue.iter().find(|d| d.id == dispatch)).and_then(|d| d.prompt.as_ref());
    if state.offer.as_ref().is_some_and(|o| Some(&o.prompt) == sent) {
        state.offer = None;
    }
}

/// Whom a record is about.
pub(super) fn subject(record: &Record) -> Option<&AgentName> {
    match record {
        Record::Base { agent, .. }
        | Record::AgentUp { agent, .. }
        | Record::AgentDown { agent, .. }
        | Record::Activity { agent, .. }
        | Record::Pinned { agent, .. }
        | Record::Limit { agent, .. }
        | Record::Facts { agent, .. }
        | Record::Queued { agent, .. }
        | Record::Pasting { agent, .. }
        | Record::Receipt { agent, .. }
        | Record::Claimed { agent, .. }
        | Record::Hint { agent, .. }
        | Record::Refused { agent, .. }
        | Record::Ready { agent, .. }
        | Record::Withdrawn { agent, .. }
        | Record::LeftOut { agent }
        | Record::TakenBack { agent }
        | Record::Dialog(Acted { agent, .. })
        | Record::RippleIntent(RippleMove { agent, .. })
        | Record::Rippled(Rippled { agent, .. })
        | Record::Typed(Typed { agent, .. })
        | Record::Dropped(Dropped { agent, .. })
        | Record::Marked(Marked { agent, .. })
        | Record::Resized { agent, .. } => Some(agent),
        Record::Changed(changed) => Some(&changed.agent),
        Record::Usage(used) => Some(&used.agent),
        Record::Recording(r) => r.agent.as_ref(),
        Record::Gate { agent, .. } => agent.as_ref(),
        Record::Talk(talked) => super::talk::subject(talked),
        Record::Incident(step) => super::incident::subject(step),
        _ => None,
    }
}

fn fold_agent(state: &mut State, record: &Record, now: Time) {
    let Some(agent) = subject(record).and_then(|name| state.agent_mut(name)) else { return };
    match record {
        Record::Base { base, .. } => agent.base = Some(base.clone()),
        Record::AgentUp { pid, .. } => up(agent, *pid, now),
        Record::AgentDown { status, orderly, why, .. } => {
            agent.pane.pid = None;
            agent.pane.status = *status;
            agent.pane.ended.clone_from(why);
            agent.pane.typing_over();
            agent.pane.stopping = false;
            agent.life.stop_why.clear();
            agent.life.quit_due = None;
            agent.activity = if *orderly { AgentState::Stopped } else { AgentState::Failed };
            agent.since = now;
            agent.why = Why { rule: "process".into(), evidence: why.clone() };
            agent.evidence = Evidence::default();
            agent.pin = None;
        }
        Record::Pinned { state, .. } => agent.pin = state.map(|state| Pin { state, at: now }),
        Record::Limit { until, attempt, .. } => {
            let told = agent.limit.as_ref().filter(|l| l.attempt == *attempt).map(|l| l.at);
            let at = if *attempt == 0 { now } else { told.unwrap_or(now) };
            agent.limit = Some(Limit { until: *until, attempt: *attempt, at, seen: now });
        }
        Record::Activity { state, rule, evidence, .. } => {
            let begins = *state == AgentState::Working && agent.activity != AgentState::Working;
            agent.turns += u64::from(begins);
            agent.activity = *state;
            agent.life.settled |= super::programs::settles(*state);
            agent.since = now;
            agent.why = Why { rule: rule.clone(), evidence: evidence.clone() };
            if *state == AgentState::Working {
                // What sat in its composer was taken late.
                agent.pane.leftover = None;
            }
        }
        Record::Facts { facts, .. } => agent.facts = Some(facts.clone()),
        Record::Claimed { via, note, .. } => {
            agent.claim = Some(Claim { via: *via, note: note.clone(), at: now, oid: None });
            // What was proved before is in question until the claim is judged.
            agent.ready = None;
            agent.reasons.clear();
            agent.hint = None;
            let turn = agent.turns;
            if let Some(expected) = &mut agent.expects {
                (expected.claim, expected.hint) = (Said::at(turn), Said::at(turn));
            }
        }
        Record::Hint { line, .. } => {
            agent.hint = Some(line.clone());
            let turn = agent.turns;
            if let Some(expected) = &mut agent.expects {
                expected.hint = Said::at(turn);
            }
        }
        Record::Refused { reasons, .. } => {
            agent.claim = None;
            agent.ready = None;
            agent.reasons.clone_from(reasons);
        }
        Record::Ready { oid, .. } => {
            agent.claim = None;
            agent.reasons.clear();
            agent.ready = Some(oid.clone());
            agent.merged = None;
        }
        Record::Withdrawn { why, asked, .. } => {
            agent.claim = None;
            agent.ready = None;
            agent.merged = None;
            agent.reasons = if *asked { Vec::new() } else { vec![why.clone()] };
        }
        Record::Usage(used) => agent.usage = Some(used.usage.clone()),
        Record::LeftOut { .. } => agent.left_out = true,
        Record::TakenBack { .. } => agent.left_out = false,
        Record::Dialog(Acted { dialog, .. }) => agent.life.dialogs.push(dialog.clone()),
        Record::Gate { result, .. } => push_recent(&mut agent.gates, result.clone()),
        Record::Resized { rows, cols, .. } => {
            let size = Size { rows: *rows, cols: *cols };
            agent.pane.size = size;
            if agent.pane.up_at.is_none() {
                // Nothing has run on it yet. Else it is the log that says from where on it has that size.
                agent.pane.screen = Screen::new(size, HISTORY);
            }
        }
        _ => fold_dispatch(agent, record, now),
    }
}

fn reopen(agent: &mut Agent) {
    agent.pane.pid = None;
    agent.pane.status = None;
    agent.pane.ended.clear();
    agent.pane.typing_over();
    agent.pane.up_at = None;
    agent.pane.screen = Screen::new(agent.pane.size, HISTORY);
    agent.activity = AgentState::Pending;
    agent.why = Why::default();
    agent.pin = None;
    agent.limit = None;
    agent.queue.clear();
    agent.undelivered = None;
    agent.claim = None;
    agent.expects = None;
    agent.hint = None;
    agent.waits_for_stage = None;
    agent.stuck.clear();
}

fn up(agent: &mut Agent, pid: u32, now: Time) {
    // A program started again begins on an empty screen; its earlier output is in the pane log.
    agent.pane.screen = Screen::new(agent.pane.size, HISTORY);
    agent.pane.pid = Some(pid);
    agent.pane.status = None;
    agent.pane.ended.clear();
    agent.pane.up_at = Some(now);
    agent.pane.stopping = false;
    agent.life.stop_why.clear();
    agent.life.quit_due = None;
    agent.life.settled = false;
    agent.life.dialogs.clear();
    agent.evidence = Evidence::default();
    agent.pin = None;
    agent.limit = None;
    agent.activity = AgentState::Starting;
    agent.since = now;
    agent.why = Why { rule: "process".into(), evidence: format!("pid {pid} started") };
}

fn fold_dispatch(agent: &mut Agent, record: &Record, now: Time) {
    match record {
        Record::Queued { dispatch, prompt, task, code, text, removed, terms, brings, .. } => {
            agent.sent += 1;
            if let Some(key) = &terms.key {
                agent.ledger.queued(key, *dispatch);
            }
            agent.queue.push_back(Dispatch {
                id: *dispatch,
                prompt: prompt.clone(),
                task: task.clone(),
                longest: text.split('\n').map(str::len).max().unwrap_or(0),
                text: text.clone(),
                removed: *removed,
                code: code.clone(),
                brings: *brings,
                at: now,
                patience: patience(terms),
                phase: Phase::Waiting("queued".into()),
            });
        }
        Record::Pasting { dispatch, .. } => {
            let changes = agent.pane.screen.changes();
            if let Some(d) = agent.queue.iter_mut().find(|d| d.id == *dispatch) {
                d.phase = Phase::Pasted { at: now, changes };
                // From here on somebody may submit it, be it a person by hand.
                if let Some(code) = d.code.clone() {
                    agent.expects = Some(Expected::new(code, d.text.clone(), agent.turns));
                    agent.hint = None;
                }
            }
        }
        Record::Receipt { dispatch, outcome, why, ms, .. } => {
            let at = agent.queue.iter().position(|d| d.id == *dispatch);
            let Some(d) = at.and_then(|i| agent.queue.remove(i)) else { return };
            agent.pane.leftover = (*outcome == Outcome::Stalled).then_some(d.id);
            let sent = *outcome == Outcome::Submitted || d.text.is_empty();
            agent.undelivered = (!sent).then(|| Undelivered {
                id: d.id,
                outcome: *outcome,
                prompt: d.prompt.clone(),
                task: d.task.clone(),
                code: d.code.clone(),
                brings: d.brings,
                text: d.text.clone(),
            });
            if *outcome == Outcome::Submitted && d.brings.is_none() {
                agent.told = d.text.clone();
            }
            let receipt = Receipt {
                id: d.id,
                prompt: d.prompt,
                task: d.task,
                outcome: *outcome,
                why: why.clone(),
                removed: d.removed,
                ms: *ms,
                at: now,
            };
            agent.ledger.ended(&receipt);
            push_recent(&mut agent.receipts, receipt);
        }
        _ => {}
    }
}

fn push_recent<T>(list: &mut Vec<T>, entry: T) {
    if list.len() >= RECENT {
        list.remove(0);
    }
    list.push(entry);
}
