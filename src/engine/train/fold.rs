//! What the records of a train make of it.

use super::super::state::State;
use super::{Train, TrainPhase};
use crate::domain::id::AgentName;
use crate::domain::record::Record;
use crate::domain::train::{Applied, Built, Halt, Merged, TrainPlan, Undone};

/// Folds a record about trains.
pub(in crate::engine) fn fold(state: &mut State, record: &Record) {
    if let Record::TrainPlanned { plan, skipped } = record {
        let earlier = state.train.take().filter(|t| t.plan.id == plan.id);
        state.train = Some(planned(plan, skipped, earlier));
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
        Record::TrainIntent(intent) => {
            train.phase = TrainPhase::Applying;
            train.moving = Some(intent.new.clone());
        }
        Record::TrainApplied { applied: Applied::Moved, .. } => {
            state.offer = None;
            for (name, oid) in moved(train) {
                if let Some(agent) = state.agent_mut(&name) {
                    agent.merged = Some(oid);
                }
            }
        }
        Record::TrainApplied { .. } => train.phase = TrainPhase::Halted,
        Record::TrainStopped { why, .. } => halted(train, Halt::Failed { why: why.clone() }),
        Record::TrainHalted { halt, .. } => halted(train, halt.clone()),
        Record::TrainDropped { .. } => train.phase = TrainPhase::Dropped,
        Record::UndoIntent(_) => train.phase = TrainPhase::Undoing,
        Record::TrainUndone { undone: Undone::Back { backup }, .. } => {
            train.phase = TrainPhase::Undone;
            train.backup.clone_from(backup);
            for name in back(train) {
                if let Some(agent) = state.agent_mut(&name) {
                    agent.merged = None;
                }
            }
        }
        Record::TrainUndone { .. } => train.phase = resting(train),
        _ => {}
    }
}

fn planned(plan: &TrainPlan, skipped: &[AgentName], earlier: Option<Train>) -> Train {
    // What landed before counts as this train's as long as nobody built on it.
    let earlier = earlier.filter(|t| t.landed.as_ref() == Some(&plan.base));
    let began = earlier.as_ref().map_or(&plan.base, |t| &t.began).clone();
    let landed = earlier.as_ref().and_then(|t| t.landed.clone());
    Train {
        plan: plan.clone(),
        built: None,
        gates: Vec::new(),
        phase: TrainPhase::Building,
        halt: None,
        skipped: skipped.to_vec(),
        began,
        landed,
        merges: earlier.map(|t| t.merges).unwrap_or_default(),
        moving: None,
        backup: String::new(),
        reply: None,
    }
}

fn halted(train: &mut Train, halt: Halt) {
    train.phase = TrainPhase::Halted;
    train.moving = None;
    train.halt = Some(halt);
}

/// The target stands at what was intended. Gives whose work landed, each with its commit.
fn moved(train: &mut Train) -> Vec<(AgentName, crate::domain::id::Oid)> {
    let Some(Built::Clean { steps, result, .. }) = &train.built else { return Vec::new() };
    let at = train.moving.take().unwrap_or_else(|| result.clone());
    let all = at == *result;
    let count = if all { steps.len() } else { steps.iter().rposition(|s| s.oid == at).map_or(0, |i| i + 1) };
    let landed: Vec<Merged> = steps.iter().take(count).cloned().collect();
    for merged in &landed {
        if !train.merges.iter().any(|m| m.agent == merged.agent) {
            train.merges.push(merged.clone());
        }
    }
    train.phase = if all { TrainPhase::Applied } else { TrainPhase::Gating };
    train.landed = Some(at);
    let tip = |m: &Merged| {
        let step = train.plan.steps.iter().find(|s| s.agent == m.agent)?;
        Some((step.agent.clone(), step.oid.clone()))
    };
    landed.iter().filter_map(tip).collect()
}

/// Nothing of it has landed any more. Gives whose work it was.
fn back(train: &mut Train) -> Vec<AgentName> {
    train.landed = None;
    std::mem::take(&mut train.merges).into_iter().map(|m| m.agent).collect()
}

/// Where a train stands whose target was not taken back after all.
fn resting(train: &Train) -> TrainPhase {
    if train.landed.is_some() && train.landed.as_ref() == train.result() {
        TrainPhase::Applied
    } else if train.halt.is_some() {
        TrainPhase::Halted
    } else {
        TrainPhase::Dropped
    }
}
