//! What the workers do for a train.

use super::{Ground, NEITHER};
use crate::domain::id::TrainId;
use crate::domain::train::{
    Applied, Built, DRY, Halt, Knot, Move, Phase, Resolution, Solve, Solved, Stuck, TrainPlan, Undone,
};
use crate::engine::event::Event;
use crate::git::{self, Recovered};

impl Ground {
    pub(in crate::server) fn build(&self, plan: &TrainPlan) -> Event {
        let built = git::build(&self.repository, plan).map_err(halted);
        let remembered = match &built {
            Ok(Built::Conflict(stuck)) => self.recall(plan, stuck),
            _ => None,
        };
        if plan.id & DRY != 0 {
            self.forget(plan.id);
        }
        Event::BuiltTrain { train: plan.id, built, remembered }
    }

    pub(in crate::server) fn apply(&self, m: &Move) -> Event {
        if let Some(refused) = self.refuse_move() {
            return Event::AppliedTrain { train: m.train, applied: Ok(refused) };
        }
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
        let dir = git::hand_dir(&self.scratch, train);
        let there = std::fs::symlink_metadata(&dir).is_ok();
        let removed = if there { git::remove_scratch(&self.repository, &dir) } else { Ok(()) };
        if let Err(e) = removed.and_then(|()| git::forget(&self.repository, train)) {
            tracing::warn!("failed to forget train {train}: {e}");
        }
    }

    /// How a conflict was solved before.
    fn recall(&self, plan: &TrainPlan, stuck: &Stuck) -> Option<Resolution> {
        match git::recall(&self.repository, &Knot::of(plan, stuck)?) {
            Ok(remembered) => remembered,
            Err(e) => {
                tracing::warn!("failed to look for a remembered resolution: {e}");
                None
            }
        }
    }

    pub(in crate::server) fn solve(&self, job: u64, how: &Solve) -> Event {
        let knot = how.knot();
        let (repo, dir) = (&self.repository, git::hand_dir(&self.scratch, knot.train));
        let solved = match how {
            Solve::Owner { busy, .. } => match self.branch(&knot.agent) {
                Some((pane, _)) => {
                    git::by_owner(repo, &pane.worktree, knot, busy).map(|c| Solved::Given(Box::new(c)))
                }
                None => return Event::Solved { job, solved: Err(format!("{} has no branch", knot.agent)) },
            },
            Solve::Hand(_) => {
                git::by_hand(repo, &dir, knot).map(|path| Solved::Open { path: path.display().to_string() })
            }
            Solve::Take(_) => git::take(repo, &dir, knot),
            Solve::Remember { by, .. } => {
                git::remember(repo, knot, by, "by its agent").map(|()| Solved::Remembered)
            }
        };
        Event::Solved { job, solved: solved.map_err(|e| e.to_string()) }
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
