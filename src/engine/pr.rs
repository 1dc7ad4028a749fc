//! Describing a train for a pull request, and keeping the session's report.

use super::Step;
use super::event::{Effect, ReplyTo};
use super::parts::{JobKind, TrainPhase};
use crate::domain::pr::{Draft, Pr};
use crate::domain::view::{Answer, Fault, TrainView};

impl Step<'_> {
    /// Has git asked about a train: one that was shown, else the last that was applied.
    pub(super) fn describe(&mut self, reply: Option<ReplyTo>, shown: Option<TrainView>) {
        let last = || {
            let train = self.state.train.as_ref().filter(|t| t.phase == TrainPhase::Applied)?;
            Some((train.plan.clone(), train.built.clone()?, train.gates.clone(), true))
        };
        let found = match shown {
            Some(view) => view.built.map(|built| (view.plan, built, view.gates, false)),
            None => last(),
        };
        let Some((plan, built, gates, applied)) = found else {
            let why = "describe the last merge: there was none; `--planned` describes the next".to_owned();
            return self.reply(reply, Answer::Fault { fault: Fault::Failed, why });
        };
        let out = self.state.team().filter(|a| !plan.steps.iter().any(|s| s.agent == a.name));
        let left_out = out.map(|a| {
            let why = match () {
                () if a.left_out => "left out by the lead".to_owned(),
                () if a.merged.is_some() => "merged before".to_owned(),
                () if a.reasons.is_empty() => format!("not ready: {}", a.state().word()),
                () => format!("not ready: {}", a.reasons.join("; ")),
            };
            (a.name.clone(), why)
        });
        let left_out = left_out.collect();
        // Only what was said of the very commits that are merged.
        let reviews = self
            .state
            .reviews
            .iter()
            .filter(|r| plan.steps.iter().any(|s| s.agent == r.agent && s.oid == r.facts.head));
        let concerns =
            reviews.flat_map(|r| r.concerns.iter().map(|c| (r.agent.clone(), c.clone()))).collect();
        let draft = Box::new(Draft { plan, built, gates, applied, left_out, concerns });
        let job = self.job(JobKind::Describe(reply));
        self.out.push(Effect::Describe { job, draft });
    }

    /// The description is made.
    pub(super) fn described(&mut self, job: u64, pr: Result<Box<Pr>, String>) {
        let Some(JobKind::Describe(reply)) = self.take_job(job) else { return };
        let answer = match pr {
            Ok(pr) => Answer::Pr(pr),
            Err(why) => Answer::Fault { fault: Fault::Failed, why },
        };
        self.reply(reply, answer);
    }

    /// Has the session's report written anew.
    pub(super) fn keep_report(&mut self, reply: Option<ReplyTo>) {
        let job = self.job(JobKind::Report(reply));
        self.out.push(Effect::KeepReport { job });
    }

    /// It is written.
    pub(super) fn report_kept(&mut self, job: u64, kept: Result<String, String>) {
        let Some(JobKind::Report(reply)) = self.take_job(job) else { return };
        let answer = match kept {
            Ok(name) => Answer::Done { text: format!("kept as reports/{name} of the session") },
            Err(why) => Answer::Fault { fault: Fault::Failed, why },
        };
        self.reply(reply, answer);
    }
}
