//! Taking the target back to where it was before the train.

use super::super::Step;
use super::super::event::{Effect, ReplyTo};
use super::{Train, TrainPhase};
use crate::domain::id::TrainId;
use crate::domain::record::Record;
use crate::domain::train::{Move, Undone};
use crate::domain::view::{Answer, Fault};

impl Step<'_> {
    /// Takes the target back.
    pub(super) fn undo_train(&mut self, reply: Option<ReplyTo>) {
        if let Some(why) = self.train_busy() {
            return self.refuse_train(reply, Fault::Protected, why);
        }
        if self.state.train.as_ref().is_some_and(|t| t.phase == TrainPhase::Undone) {
            return self.show_train(reply);
        }
        let Some(back) = self.way_back() else {
            return self.refuse_train(reply, Fault::Usage, "nothing has landed, so there is nothing to undo");
        };
        self.record(Record::UndoIntent(back.clone()));
        if let Some(train) = &mut self.state.train {
            train.reply = reply;
        }
        self.out.push(Effect::Undo(back));
    }

    /// From what a train made of the target to what it was before.
    pub(in crate::engine) fn way_back(&self) -> Option<Move> {
        let train = self.state.train.as_ref()?;
        let (old, new) = (train.landed.clone()?, train.began.clone());
        Some(Move { train: train.plan.id, target: train.plan.target.clone(), old, new })
    }

    /// The target was taken back, or not.
    pub(in crate::engine) fn undone(&mut self, id: TrainId, undone: Option<Undone>) {
        if self.state.train.as_ref().is_none_or(|t| t.plan.id != id || t.phase != TrainPhase::Undoing) {
            return;
        }
        let lost = || "the server was lost before the target was taken back; it is as before, undo again";
        let undone = undone.unwrap_or_else(|| Undone::Failed { why: lost().into() });
        self.record(Record::TrainUndone { train: id, undone: undone.clone() });
        let fault = match undone {
            Undone::Back { .. } => {
                for agent in self.names() {
                    self.inspect_anew(&agent);
                }
                self.out.push(Effect::ForgetTrain { train: id });
                return self.tell_train();
            }
            Undone::Built { found, backup } => {
                let why = self.state.train.as_ref().map_or_else(String::new, |train| {
                    let at = train.landed.as_ref().map_or("", |l| l.short());
                    let (target, found, revert) = (&train.plan.target, found.short(), revert(train));
                    format!(
                        "{target} is at {found}, not at {at} as train {id} left it: somebody built on it, so it is \
                         not taken back ({backup} keeps {at}); revert the merges instead: {revert}"
                    )
                });
                (Fault::Protected, why)
            }
            Undone::Blocked { files, remedy } => {
                (Fault::Protected, format!("not taken back: {}; {remedy}", files.join(", ")))
            }
            Undone::Failed { why } => (Fault::Failed, format!("not taken back: {why}")),
        };
        let reply = self.state.train.as_mut().and_then(|t| t.reply.take());
        let (fault, why) = fault;
        self.reply(reply, Answer::Fault { fault, why: format!("merge: {why}") });
    }
}

/// The command that takes back what a train made, newest first.
fn revert(train: &Train) -> String {
    let mut merges: Vec<&str> = Vec::new();
    for merge in train.merges.iter().rev() {
        if !merges.contains(&merge.oid.short()) && merge.oid != train.began {
            merges.push(merge.oid.short());
        }
    }
    format!("git revert --no-edit -m 1 {}", merges.join(" "))
}
