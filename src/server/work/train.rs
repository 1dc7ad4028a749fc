//! What the workers do for a train.

use super::{Ground, NEITHER};
use crate::domain::id::TrainId;
use crate::domain::train::{Applied, DRY, Halt, Move, Phase, Solve, Solved, TrainPlan, Undone};
use crate::engine::event::Event;
use crate::git::{self, Recovered};

impl Ground {
    pub(in crate::server) fn build(&self, plan: &TrainPlan) -> Event {
        let built = git::build(&self.repository, plan).map_err(halted);
        if plan.id & DRY != 0
            && let Err(e) = git::forget(&self.repository, plan.id)
        {
            tracing::warn!("failed to forget a train that was only shown: {e}");
        }
        Event::BuiltTrain { train: plan.id, built, remembered: None }
    }

    pub(in crate::server) fn apply(&self, m: &Move) -> Event {
        let applied = match git::apply(&self.repository, &m.target, m.train, &m.old, &m.new) {
            Ok(applied) => Ok(applied),
            // It may have failed behind the move: where the target stands decides, not the error.
            Err(e) => match self.put_right(m) {
                Ok(Recovered::Moved) => Ok(Applied::Moved),
                Ok(Recovered::Stopped { files }) => Ok(Applied::InTheWay { files, remedy: NEITHER.into() }),
                Ok(Recovered::Restored | Recovered::Elsewhere { .. }) | Err(_) => Err(halted(e)),
            },
        };
        Event::AppliedTrain { train: m.train, applied }
    }

    pub(in crate::server) fn recover(&self, m: &Move) -> Event {
        let applied = match self.put_right(m) {
            Ok(Recovered::Moved) => Ok(Applied::Moved),
            Ok(Recovered::Restored) => Err(Halt::Lost { during: Phase::Applying }),
            Ok(Recovered::Elsewhere { found }) => Ok(Applied::Elsewhere { expected: m.old.clone(), found }),
            Ok(Recovered::Stopped { files }) => Ok(Applied::InTheWay { files, remedy: NEITHER.into() }),
            Err(e) => Err(halted(e)),
        };
        Event::AppliedTrain { train: m.train, applied }
    }

    pub(in crate::server) fn undo(&self, m: &Move) -> Event {
        let undone = match git::undo(&self.repository, &self.session, m) {
            Ok(undone) => undone,
            Err(e) => match self.put_right(m) {
                Ok(Recovered::Moved) => self.back(m),
                Ok(Recovered::Stopped { files }) => Undone::Blocked { files, remedy: NEITHER.into() },
                Ok(Recovered::Restored | Recovered::Elsewhere { .. }) | Err(_) => {
                    Undone::Failed { why: e.to_string() }
                }
            },
        };
        Event::UndoneTrain { train: m.train, undone: Some(undone) }
    }

    pub(in crate::server) fn recover_undo(&self, m: &Move) -> Event {
        let undone = match self.put_right(m) {
            Ok(Recovered::Moved) => Some(self.back(m)),
            Ok(Recovered::Restored) => None,
            Ok(Recovered::Elsewhere { found }) => {
                Some(match git::back_up(&self.repository, &self.session, m) {
                    Ok(backup) => Undone::Built { found, backup },
                    Err(e) => Undone::Failed { why: e.to_string() },
                })
            }
            Ok(Recovered::Stopped { files }) => Some(Undone::Blocked { files, remedy: NEITHER.into() }),
            Err(e) => Some(Undone::Failed { why: e.to_string() }),
        };
        Event::UndoneTrain { train: m.train, undone }
    }

    pub(in crate::server) fn forget(&self, train: TrainId) {
        if let Err(e) = git::forget(&self.repository, train) {
            tracing::warn!("failed to forget train {train}: {e}");
        }
    }

    pub(in crate::server) fn solve(&self, job: u64, how: &Solve) -> Event {
        let solved: Result<Solved, String> = Err(format!("{} cannot be helped yet", how.knot().agent));
        Event::Solved { job, solved }
    }

    fn put_right(&self, m: &Move) -> Result<Recovered, git::Error> {
        git::recover_apply(&self.repository, &m.target, m.train, &m.old, &m.new)
    }

    /// The target is back; so is the ref that keeps what the train made.
    fn back(&self, m: &Move) -> Undone {
        match git::back_up(&self.repository, &self.session, m) {
            Ok(backup) => Undone::Back { backup },
            Err(e) => {
                tracing::error!("failed to leave a backup of train {}: {e}", m.train);
                Undone::Back { backup: String::new() }
            }
        }
    }
}

/// Why a train stands still, from why git refused.
fn halted(error: git::Error) -> Halt {
    match error {
        git::Error::BranchMoved { branch, expected, found } => Halt::Moved { branch, expected, found },
        other => Halt::Failed { why: other.to_string() },
    }
}
