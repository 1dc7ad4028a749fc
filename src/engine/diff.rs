//! Reading what a branch changes, and where it does not merge.

use super::Step;
use super::event::{Effect, ReplyTo};
use super::parts::JobKind;
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

    /// Has git merge a branch with another, or with the target, and tell where they do not.
    pub(super) fn unmerged(
        &mut self,
        reply: Option<ReplyTo>,
        ours: Option<AgentName>,
        theirs: AgentName,
    ) -> Result<(), String> {
        if ours.as_ref() == Some(&theirs) {
            return Err(format!("merge {theirs} with itself: name two agents"));
        }
        let both: Vec<AgentName> = ours.iter().chain([&theirs]).cloned().collect();
        self.members(&both)?;
        let job = self.job(JobKind::Diff(reply));
        self.out.push(Effect::Unmerged { job, ours, theirs });
        Ok(())
    }

    /// Git has told.
    pub(super) fn compared(&mut self, job: u64, told: Result<Answer, String>) {
        let Some(JobKind::Diff(reply)) = self.take_job_if(job, |k| matches!(k, JobKind::Diff(_))) else {
            return;
        };
        let answer = told.unwrap_or_else(|why| Answer::Fault { fault: Fault::Failed, why });
        self.reply(reply, answer);
    }
}
