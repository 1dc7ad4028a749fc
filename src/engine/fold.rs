//! The fold: what each record changes. Nothing else changes durable state.

use super::evidence::Evidence;
use super::parts::{Dispatch, Expected, LogLine, Phase, Receipt, Run, RunTask, Said, Train, TrainPhase};
use super::state::{Agent, Claim, HISTORY, LOG_LINES, Pin, State, Why};
use crate::domain::id::AgentName;
use crate::domain::record::Record;
use crate::domain::state::{AgentState, Outcome, TaskState};
use crate::domain::time::Time;
use crate::domain::train::{Applied, Built};
use crate::screen::{Screen, Size};

/// Entries kept of lists that only the latest of matter.
const RECENT: usize = 32;

/// Folds `record`, made at `now`, into `state`. A record about an agent that is not there is only logged.
pub(super) fn fold(state: &mut State, record: &Record, now: Time) {
    match record {
        Record::TrainPlanned { .. }
        | Record::TrainBuilt { .. }
        | Record::TrainIntent { .. }
        | Record::TrainApplied { .. }
        | Record::TrainStopped { .. } => fold_train(state, record),
        Record::RunStarted { .. }
        | Record::TaskAdded { .. }
        | Record::Task { .. }
        | Record::RunEnded { .. } => {
            fold_run(state, record, now);
        }
        // Whatever ran before a new opening is gone: its session was ended, or its machine restarted.
        Record::Opened { .. } => {
            state.agents.iter_mut().for_each(reopen);
            end_runs(state);
        }
        Record::Closed { .. } => end_runs(state),
        Record::Queued { dispatch, .. } => {
            state.next_dispatch = state.next_dispatch.max(dispatch + 1);
            fold_agent(state, record, now);
        }
        Record::Activity { .. } => {
            fold_agent(state, record, now);
            super::fusion::remember(state, record, now);
        }
        Record::Gate { agent: None, result } => {
            if let Some(train) = &mut state.train {
                train.gates.push(result.clone());
            }
        }
        _ => fold_agent(state, record, now),
    }
    for agent in &mut state.agents {
        let shown = agent.state();
        if agent.shown.0 != shown {
            agent.shown = (shown, now);
        }
    }
    if let Some((agent, text)) = super::answer::log_text(record, &state.config.conduct.phrase) {
        state.log.push_back(LogLine { at: now, agent, text });
        if state.log.len() > LOG_LINES {
            state.log.pop_front();
        }
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
        | Record::Dialog { agent, .. }
        | Record::Resized { agent, .. } => Some(agent),
        Record::Gate { agent, .. } => agent.as_ref(),
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
            agent.pane.stop_why.clear();
            agent.pane.quit_due = None;
            agent.activity = if *orderly { AgentState::Stopped } else { AgentState::Failed };
            agent.since = now;
            agent.why = Why { rule: "process".into(), evidence: why.clone() };
            agent.evidence = Evidence::default();
            agent.pin = None;
        }
        Record::Pinned { state, .. } => agent.pin = state.map(|state| Pin { state, at: now }),
        Record::Activity { state, rule, evidence, .. } => {
            let begins = *state == AgentState::Working && agent.activity != AgentState::Working;
            agent.turns += u64::from(begins);
            agent.activity = *state;
            agent.settled |= super::programs::settles(*state);
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
        Record::LeftOut { .. } => agent.left_out = true,
        Record::TakenBack { .. } => agent.left_out = false,
        Record::Dialog { dialog, .. } => agent.dialogs.push(dialog.clone()),
        Record::Gate { result, .. } => push_recent(&mut agent.gates, result.clone()),
        Record::Resized { rows, cols, .. } => {
            let size = Size { rows: *rows, cols: *cols };
            agent.pane.size = size;
            agent.pane.screen.resize(size);
        }
        _ => fold_dispatch(agent, record, now),
    }
}

fn reopen(agent: &mut Agent) {
    agent.pane.pid = None;
    agent.pane.status = None;
    agent.pane.ended.clear();
    agent.pane.typing_over();
    agent.pane.screen = Screen::new(agent.pane.size, HISTORY);
    agent.activity = AgentState::Pending;
    agent.why = Why::default();
    agent.pin = None;
    agent.queue.clear();
    agent.claim = None;
    agent.expects = None;
    agent.hint = None;
    agent.waits_for_stage = None;
    agent.stuck.clear();
}

fn up(agent: &mut Agent, pid: u32, now: Time) {
    // A program started again begins on an empty screen; its earlier output is in the pane log.
    if agent.pane.status.is_some() {
        agent.pane.screen = Screen::new(agent.pane.size, HISTORY);
    }
    agent.pane.pid = Some(pid);
    agent.pane.status = None;
    agent.pane.ended.clear();
    agent.pane.up_at = Some(now);
    agent.pane.stopping = false;
    agent.pane.stop_why.clear();
    agent.pane.quit_due = None;
    agent.settled = false;
    agent.dialogs.clear();
    agent.evidence = Evidence::default();
    agent.pin = None;
    agent.activity = AgentState::Starting;
    agent.since = now;
    agent.why = Why { rule: "process".into(), evidence: format!("pid {pid} started") };
}

fn fold_dispatch(agent: &mut Agent, record: &Record, now: Time) {
    match record {
        Record::Queued { dispatch, prompt, task, code, text, removed, .. } => {
            agent.sent += 1;
            agent.queue.push_back(Dispatch {
                id: *dispatch,
                prompt: prompt.clone(),
                task: task.clone(),
                longest: text.split('\n').map(str::len).max().unwrap_or(0),
                text: text.clone(),
                removed: *removed,
                code: code.clone(),
                at: now,
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
            push_recent(&mut agent.receipts, receipt);
        }
        _ => {}
    }
}

fn fold_run(state: &mut State, record: &Record, now: Time) {
    match record {
        Record::RunStarted { run, plan, order, focus, prompt, tasks } => {
            let fresh = |b: &crate::domain::plan::Bound| RunTask {
                bound: b.clone(),
                state: TaskState::Queued,
                why: String::new(),
                since: None,
                from: 0,
            };
            state.runs.push(Run {
                id: *run,
                plan: plan.clone(),
                order: *order,
                focus: focus.clone(),
                prompt: prompt.clone(),
                tasks: tasks.iter().map(fresh).collect(),
                ended: false,
                at: now,
            });
        }
        Record::TaskAdded { run, task } => {
            if let Some(r) = state.runs.iter_mut().find(|r| r.id == *run) {
                let new = RunTask {
                    bound: task.clone(),
                    state: TaskState::Queued,
                    why: String::new(),
                    since: None,
                    from: 0,
                };
                r.tasks.push(new);
            }
        }
        Record::Task { run, task, state: to, why, since } => {
            let mut again = false;
            let next = state.next_dispatch;
            let found = state.runs.iter_mut().find(|r| r.id == *run);
            if let Some(t) = found.and_then(|r| r.tasks.iter_mut().find(|t| t.bound.id == *task)) {
                if *to == TaskState::Sent && t.state != TaskState::Sent {
                    t.from = next;
                }
                t.state = *to;
                t.why.clone_from(why);
                t.since.clone_from(since);
                again |= *to == TaskState::Queued;
            }
            if let Some(r) = state.runs.iter_mut().find(|r| again && r.id == *run) {
                r.ended = false;
            }
        }
        Record::RunEnded { run } => {
            if let Some(r) = state.runs.iter_mut().find(|r| r.id == *run) {
                r.ended = true;
            }
        }
        _ => {}
    }
    show_tasks(state);
}

fn end_runs(state: &mut State) {
    state.runs.iter_mut().for_each(|r| r.ended = true);
    show_tasks(state);
}

/// What each agent's tasks mean for it: the stage it waits for, and what its task lacks.
fn show_tasks(state: &mut State) {
    let running = state.runs.iter().rev().find(|r| !r.ended);
    let waits = |a: &Agent| {
        let tasks = &running?.tasks;
        let mut own = tasks.iter().filter(|t| t.bound.agent == a.name);
        own.clone()
            .all(|t| matches!(t.state, TaskState::Queued | TaskState::Done | TaskState::Skipped))
            .then_some(())?;
        own.find(|t| t.state == TaskState::Queued).map(|t| t.bound.stage)
    };
    let stuck = |a: &Agent| {
        let own = running.into_iter().flat_map(|r| &r.tasks).filter(|t| t.bound.agent == a.name);
        own.filter(|t| matches!(t.state, TaskState::Running | TaskState::Failed))
            .map(|t| t.why.clone())
            .next_back()
    };
    let found: Vec<_> = state.agents.iter().map(|a| (waits(a), stuck(a).unwrap_or_default())).collect();
    for (agent, (stage, stuck)) in state.agents.iter_mut().zip(found) {
        agent.waits_for_stage = stage;
        agent.stuck = stuck;
    }
}

fn fold_train(state: &mut State, record: &Record) {
    if let Record::TrainPlanned { plan } = record {
        state.train = Some(Train {
            plan: plan.clone(),
            built: None,
            gates: Vec::new(),
            phase: TrainPhase::Building,
            why: String::new(),
            reply: None,
        });
        return;
    }
    let Some(train) = &mut state.train else { return };
    match record {
        Record::TrainBuilt { built, .. } => {
            if matches!(built, Built::Clean { .. }) {
                train.phase = TrainPhase::Gating;
            }
            train.built = Some(built.clone());
        }
        Record::TrainIntent { .. } => train.phase = TrainPhase::Applying,
        Record::TrainApplied { applied: Applied::Moved, .. } => {
            train.phase = TrainPhase::Applied;
            let steps = train.plan.steps.clone();
            for step in steps {
                if let Some(agent) = state.agent_mut(&step.agent) {
                    agent.merged = Some(step.oid);
                }
            }
        }
        Record::TrainApplied { .. } => train.phase = TrainPhase::Stopped,
        Record::TrainStopped { why, .. } => {
            train.phase = TrainPhase::Stopped;
            train.why.clone_from(why);
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
