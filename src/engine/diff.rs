//! Reading what a branch changes.

use super::Step;
use super::event::{Effect, ReplyTo};
use super::parts::JobKind;
use crate::domain::diff::BranchDiff;
use crate::domain::id::AgentName;
use crate::domain::view::{Answer, Fault};

impl Step<'_> {
    /// Has git compare a branch with where it left the target.
    pub(super) fn diff(
        &mut self,
        reply: Option<ReplyTo>,
        agent: AgentName,
        open: bool,
        path: Option<String>,
    ) -> Result<(), String> {
        self.members(std::slice::from_ref(&agent))?;
        let job = self.job(JobKind::Diff(reply));
        self.out.push(Effect::Diff { job, agent, open, path });
        Ok(())
    }

    /// It is compared.
    pub(super) fn diffed(&mut self, job: u64, diff: Result<Box<BranchDiff>, String>) {
        let Some(JobKind::Diff(reply)) = self.take_job_if(job, |k| matches!(k, JobKind::Diff(_))) else {
            return;
        };
        let answer = match diff {
            Ok(diff) => Answer::Diff(diff),
            Err(why) => Answer::Fault { fault: Fault::Failed, why },
        };
        self.reply(reply, answer);
    }
}
