//! Carrying out effects.

use super::run::Server;
use crate::domain::record::Record;
use crate::domain::train::{Halt, Undone};
use crate::engine::event::{Effect, Ended, Event, Intake, Writing};

/// Why the target stayed where it is.
const UNWRITTEN: &str = "the journal cannot be written, so the target was not touched";

impl Server {
    fn spawn(&mut self, name: crate::domain::id::AgentName) {
        let Some(agent) = self.state.agent(&name) else { return };
        match self.spec(agent) {
            Ok(spec) => {
                self.spawning += 1;
                self.workers.spawn(self.exe.clone(), spec);
            }
            Err(why) => self.inbox.push_back(Event::PaneEnded { agent: name, how: Ended::NeverRan(why) }),
        }
    }

    /// Carries out one effect.
    pub(super) fn carry_out(&mut self, effect: Effect) {
        match effect {
            Effect::Journal(record) => {
                let written = self.journal(&record);
                if !written && matches!(record, Record::TrainIntent(_) | Record::UndoIntent(_)) {
                    // An unjournaled move could not be recovered: the one that follows is refused.
                    self.drop_apply = true;
                }
                if !written && matches!(record, Record::RippleIntent(_)) {
                    self.drop_move = true;
                }
                if matches!(record, Record::Guard(_)) {
                    self.workers.know(self.state.accepted.as_ref());
                }
                if let Record::Base { agent, base } = record {
                    self.workers.count_from(agent, base);
                }
            }
            Effect::Spawn { agent } => self.spawn(agent),
            Effect::Write { agent, bytes, why } => match (self.give_input(&agent, &bytes), why) {
                (false, Writing::Prompt) => {
                    self.inbox.push_back(Event::Input { agent, how: Intake::Refused });
                }
                (false, Writing::Keys) => self.refuse_keys(&agent, bytes.len()),
                _ => {}
            },
            Effect::SetSize { agent, rows, cols } => self.with_holder(&agent, |h| h.resize(rows, cols)),
            Effect::Probe { agent } => self.with_holder(&agent, |h| h.probe()),
            Effect::Stop { agent } => {
                if self.holders.iter().any(|h| h.name == agent && h.connected()) {
                    self.with_holder(&agent, |h| h.stop());
                } else {
                    let how = Ended::Lost("its holder is gone".into());
                    self.inbox.push_back(Event::PaneEnded { agent, how });
                }
            }
            Effect::Apply(m) if std::mem::take(&mut self.drop_apply) => {
                let why = UNWRITTEN.to_owned();
                self.inbox
                    .push_back(Event::AppliedTrain { train: m.train, applied: Err(Halt::Failed { why }) });
            }
            Effect::Undo(m) if std::mem::take(&mut self.drop_apply) => {
                let undone = Some(Undone::Failed { why: UNWRITTEN.to_owned() });
                self.inbox.push_back(Event::UndoneTrain { train: m.train, undone });
            }
            Effect::MoveBranch { agent, .. } if std::mem::take(&mut self.drop_move) => {
                let why = "the journal cannot be written, so the branch was not touched".to_owned();
                self.inbox.push_back(Event::BranchMoved { agent, moved: Err(why) });
            }
            Effect::Inspect { .. }
            | Effect::Review { .. }
            | Effect::Report { .. }
            | Effect::Brief { .. }
            | Effect::Predict { .. }
            | Effect::Gates { .. }
            | Effect::Guard { .. }
            | Effect::Describe { .. }
            | Effect::Diff { .. }
            | Effect::Unmerged { .. }
            | Effect::KeepReport { .. }
            | Effect::CancelGates { .. }
            | Effect::LookAtTarget { .. }
            | Effect::Build { .. }
            | Effect::ForgetTrain { .. }
            | Effect::Snapshot { .. }
            | Effect::DropSnapshot { .. }
            | Effect::BuildRipple { .. }
            | Effect::MoveBranch { .. }
            | Effect::RecoverBranch { .. }
            | Effect::Apply(_)
            | Effect::RecoverApply(_)
            | Effect::Undo(_)
            | Effect::RecoverUndo(_)
            | Effect::Solve { .. } => self.workers.submit(effect),
            Effect::Notify { notices } => self.tell(&notices),
            Effect::Say { to, text } => self.say_meanwhile(to, text),
            Effect::Answer { to, answer } => self.deliver_answer(to, *answer),
            Effect::Quit => {
                self.end_starting();
                self.release_holders();
                self.quit = true;
            }
        }
    }
}
