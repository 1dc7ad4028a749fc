//! What building a train gave, and halting it.

use super::super::Step;
use super::TrainPhase;
use crate::domain::id::TrainId;
use crate::domain::record::Record;
use crate::domain::train::{Built, DRY, Halt, Resolution};
use crate::domain::view::{Answer, Fault};

impl Step<'_> {
    /// A train was built, or not.
    pub(in crate::engine) fn built(
        &mut self,
        id: TrainId,
        built: Result<Built, Halt>,
        remembered: Option<Resolution>,
    ) {
        if id & DRY != 0 {
            return self.built_to_show(id, built, remembered);
        }
        if self.state.train.as_ref().is_none_or(|t| t.plan.id != id || t.phase != TrainPhase::Building) {
            return;
        }
        let built = match built {
            Ok(built) => built,
            Err(halt) => return self.halt(id, halt),
        };
        self.record(Record::TrainBuilt { train: id, built: built.clone() });
        match built {
            Built::Conflict(stuck) => self.halt(id, Halt::conflict(&stuck, remembered)),
            Built::Clean { .. } => self.advance_train(id),
        }
    }

    fn built_to_show(&mut self, id: TrainId, built: Result<Built, Halt>, remembered: Option<Resolution>) {
        let Some(at) = self.state.dry_trains.iter().position(|(v, _)| v.plan.id == id) else { return };
        let (mut view, reply) = self.state.dry_trains.swap_remove(at);
        view.plan.id = 0;
        let answer = match built {
            Ok(built) => {
                if let Built::Conflict(stuck) = &built {
                    view.halt = Some(Halt::conflict(stuck, remembered));
                }
                view.built = Some(built);
                Answer::Train(Box::new(view))
            }
            Err(halt @ Halt::Moved { .. }) => {
                view.halt = Some(halt);
                Answer::Train(Box::new(view))
            }
            Err(halt) => Answer::Fault { fault: Fault::Failed, why: halt.to_string() },
        };
        self.reply(reply, answer);
    }

    /// The train stands still until somebody decides.
    pub(super) fn halt(&mut self, train: TrainId, halt: Halt) {
        self.record(Record::TrainHalted { train, halt });
        self.tell_train();
    }
}
