//! Carrying out effects.

use super::run::Server;
use crate::domain::record::Record;
use crate::engine::event::{Effect, Ended, Event, Intake, Writing};

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
                if !written && matches!(record, Record::TrainIntent { .. }) {
                    // An unjournaled move could not be recovered: the one that follows is refused.
                    self.drop_apply = true;
                }
                if !written && matches!(record, Record::RippleIntent { .. }) {
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
            Effect::Write { agent, bytes, why } => {
                if !self.give_input(&agent, &bytes) && why == Writing::Prompt {
                    self.inbox.push_back(Event::Input { agent, how: Intake::Refused });
                }
            }
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
            Effect::Apply { train, .. } if std::mem::take(&mut self.drop_apply) => {
                let why = "the journal cannot be written, so the target was not touched".to_owned();
                self.inbox.push_back(Event::AppliedTrain { train, applied: Err(why) });
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
            | Effect::CancelGates { .. }
            | Effect::LookAtTarget { .. }
            | Effect::Build { .. }
            | Effect::ForgetTrain { .. }
            | Effect::Snapshot { .. }
            | Effect::DropSnapshot { .. }
            | Effect::BuildRipple { .. }
            | Effect::MoveBranch { .. }
            | Effect::RecoverBranch { .. }
            | Effect::Apply { .. }
            | Effect::RecoverApply { .. } => self.workers.submit(effect),
            Effect::Notify { notices } => self.tell(&notices),
            Effect::Answer { to, answer } => self.deliver_answer(to, *answer),
            Effect::Quit => {
                self.end_starting();
                self.release_holders();
                self.quit = true;
            }
        }
    }
}
