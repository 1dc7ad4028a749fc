//! What records about runs change.

use super::super::parts::{Rippling, Run, RunTask};
use super::super::state::{Agent, State};
use crate::domain::id::RunId;
use crate::domain::record::{Record, RunReviewed};
use crate::domain::ripple::RippleMove;
use crate::domain::state::TaskState;
use crate::domain::time::Time;

/// Folds a record about a run.
pub(super) fn fold_run(state: &mut State, record: &Record, now: Time) {
    match record {
        Record::RunStarted { run, plan, order, focus, prompt, tasks } => {
            state.offer = None;
            state.runs.push(Run {
                id: *run,
                plan: plan.clone(),
                order: *order,
                focus: focus.clone(),
                prompt: prompt.clone(),
                tasks: tasks.iter().cloned().map(RunTask::new).collect(),
                ended: false,
                paused: false,
                gating: None,
                at: now,
                review: None,
                over: None,
            });
        }
        Record::TaskAdded(added) => {
            if let Some(r) = state.runs.iter_mut().find(|r| r.id == added.run) {
                r.tasks.push(RunTask::new(added.task.clone()));
                (r.ended, r.over) = (false, None);
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
                if t.state != *to {
                    t.entered = now;
                }
                t.state = *to;
                t.why.clone_from(why);
                t.since.clone_from(since);
                again |= *to == TaskState::Queued;
                if again {
                    t.ripple = Rippling::Due;
                    t.freed = false;
                }
            }
            if let Some(r) = state.runs.iter_mut().find(|r| again && r.id == *run) {
                r.ended = false;
                r.gating = None;
                r.review = None;
                r.over = None;
            }
            super::super::workflow::task_folded(state, *run, task, *to, why, now);
        }
        Record::RunEnded { run } => {
            if let Some(r) = state.runs.iter_mut().find(|r| r.id == *run) {
                r.ended = true;
                r.over = Some(now);
            }
        }
        Record::RunGates { run, tips } => {
            if let Some(r) = state.runs.iter_mut().find(|r| r.id == *run) {
                r.gating = Some(tips.clone());
            }
        }
        Record::RunReviewed(RunReviewed { run, said }) => {
            if let Some(r) = state.runs.iter_mut().find(|r| r.id == *run) {
                r.review = Some(said.clone());
            }
        }
        Record::BranchGated { run, agent } => {
            let found = state.runs.iter_mut().find(|r| r.id == *run);
            if let Some(open) = found.and_then(|r| r.gating.as_mut()) {
                open.retain(|(a, _)| a != agent);
            }
        }
        Record::RippleIntent(RippleMove { run, task, old, new, base, onto, .. }) => {
            let (old, new, base, onto) = (old.clone(), new.clone(), base.clone(), onto.clone());
            set_ripple(state, *run, task, Rippling::Moving { old, new, base, onto });
        }
        Record::Rippled(r) => set_ripple(state, r.run, &r.task, Rippling::Over(r.said.clone())),
        Record::RunPaused { run } => set_paused(state, *run, true),
        Record::RunResumed { run } => set_paused(state, *run, false),
        Record::TaskMoved(m) => {
            if let Some(r) = state.runs.iter_mut().find(|r| r.id == m.run) {
                move_task(r, &m.task, &m.before, m.stage);
            }
        }
        Record::TaskBound(b) => {
            let found = state.runs.iter_mut().find(|r| r.id == b.run);
            if let Some(t) = found.and_then(|r| r.tasks.iter_mut().find(|t| t.bound.id == b.task.id)) {
                t.bound = b.task.clone();
            }
        }
        Record::TaskFreed(f) => {
            let found = state.runs.iter_mut().find(|r| r.id == f.run);
            if let Some(t) = found.and_then(|r| r.tasks.iter_mut().find(|t| t.bound.id == f.task)) {
                t.freed = true;
            }
        }
        _ => {}
    }
    show_tasks(state);
}

/// Ends whatever runs: its session was ended.
pub(super) fn session_over(state: &mut State, now: Time) {
    for run in state.runs.iter_mut().filter(|r| !r.ended) {
        run.ended = true;
        run.over = Some(now);
    }
    show_tasks(state);
    super::super::incident::session_over(state);
    super::super::workflow::session_over(state, now);
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

fn set_paused(state: &mut State, run: RunId, paused: bool) {
    if let Some(r) = state.runs.iter_mut().find(|r| r.id == run) {
        r.paused = paused;
    }
}

fn set_ripple(state: &mut State, run: RunId, task: &str, ripple: Rippling) {
    let found = state.runs.iter_mut().find(|r| r.id == run);
    if let Some(t) = found.and_then(|r| r.tasks.iter_mut().find(|t| t.bound.id == task)) {
        t.ripple = ripple;
    }
}

fn move_task(run: &mut Run, task: &str, before: &str, stage: usize) {
    let Some(from) = run.tasks.iter().position(|t| t.bound.id == task) else { return };
    let mut moved = run.tasks.remove(from);
    moved.bound.stage = stage;
    let to = run.tasks.iter().position(|t| t.bound.id == before).unwrap_or(from);
    if let Some(other) = run.tasks.get_mut(to).filter(|t| t.bound.id == before)
        && !other.bound.needs.iter().any(|n| n == task)
    {
        other.bound.needs.push(task.to_owned());
    }
    run.tasks.insert(to, moved);
}
