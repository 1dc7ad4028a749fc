//! The target moves: intent first, then by compare-and-swap, then what came of it.

use super::super::Step;
use super::super::event::Effect;
use super::TrainPhase;
use super::prove::{Next, next};
use crate::domain::ending::OnRed;
use crate::domain::id::{Oid, TrainId};
use crate::domain::record::Record;
use crate::domain::train::{Applied, Halt, Move};
use crate::engine::parts::JobKind;

impl Step<'_> {
    /// Does what comes next for a train whose merges are built.
    pub(super) fn advance_train(&mut self, id: TrainId) {
        let Some(train) = self.state.train.as_ref().filter(|t| t.plan.id == id) else { return };
        if train.phase != TrainPhase::Gating {
            return;
        }
        match next(train, &self.state.config.gates, &self.state.config.merge) {
            Next::Prove { oid, gates, reuse } => {
                let base = Some(train.plan.base.clone());
                self.run_gates(JobKind::Train(id), oid, gates, OnRed::Stop, base, reuse);
            }
            Next::Land(oid) => self.land(oid),
            Next::Halt(halt) => self.halt(id, halt),
        }
    }

    /// All gates that were asked for have run.
    pub(in crate::engine) fn train_gated(&mut self, id: TrainId) {
        self.advance_train(id);
    }

    fn land(&mut self, new: Oid) {
        let Some(train) = &self.state.train else { return };
        let old = train.landed.clone().unwrap_or_else(|| train.plan.base.clone());
        let intent = Move { train: train.plan.id, target: train.plan.target.clone(), old, new };
        self.record(Record::TrainIntent(intent.clone()));
        self.out.push(Effect::Apply(intent));
    }

    /// A lost server left something of a train under way: git decides where the target is, the rest stops.
    pub(in crate::engine) fn recover_train(&mut self) {
        let Some(train) = &self.state.train else { return };
        let (id, phase) = (train.plan.id, train.phase);
        match phase {
            TrainPhase::Building | TrainPhase::Gating => self.halt(id, Halt::Lost { during: phase }),
            TrainPhase::Applying => {
                let old = train.landed.clone().unwrap_or_else(|| train.plan.base.clone());
                let new = train.moving.clone().unwrap_or_else(|| old.clone());
                let intent = Move { train: id, target: train.plan.target.clone(), old, new };
                self.out.push(Effect::RecoverApply(intent));
            }
            TrainPhase::Undoing => {
                if let Some(back) = self.way_back() {
                    self.out.push(Effect::RecoverUndo(back));
                }
            }
            // It may have been lost before it had forgotten what it kept.
            TrainPhase::Applied | TrainPhase::Dropped | TrainPhase::Undone => {
                self.out.push(Effect::ForgetTrain { train: id });
            }
            TrainPhase::Planned | TrainPhase::Halted => {}
        }
    }

    /// The target moved, or not.
    pub(in crate::engine) fn applied(&mut self, id: TrainId, applied: Result<Applied, Halt>) {
        if self.state.train.as_ref().is_none_or(|t| t.plan.id != id || t.phase != TrainPhase::Applying) {
            return;
        }
        let applied = match applied {
            Ok(applied) => applied,
            Err(halt) => return self.halt(id, halt),
        };
        self.record(Record::TrainApplied { train: id, applied: applied.clone() });
        match applied {
            Applied::Moved => self.landed(id),
            Applied::Elsewhere { expected, found } => {
                let branch = self.state.config.merge.target.clone();
                self.halt(id, Halt::Moved { branch, expected, found });
            }
            Applied::InTheWay { files, remedy } => self.halt(id, Halt::Blocked { files, remedy }),
        }
    }

    /// A step landed, or all of them.
    pub(super) fn landed(&mut self, id: TrainId) {
        for agent in self.names() {
            self.inspect_anew(&agent);
        }
        if self.state.train.as_ref().is_some_and(|t| t.phase == TrainPhase::Applied) {
            self.out.push(Effect::ForgetTrain { train: id });
            self.tell_train();
        } else {
            self.advance_train(id);
        }
    }
}
