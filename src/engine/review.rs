//! Reviews: what git found together with what the session knows.

use super::Step;
use super::event::{Depth, Effect, ReplyTo};
use super::parts::JobKind;
use super::state::State;
use crate::domain::id::AgentName;
use crate::domain::review::{
    Concern, Convention, MESSAGE, MessageCheck, Review, convention, git_reasons, report,
};
use crate::domain::state::TaskState;
use crate::domain::view::{Answer, Fault, ReviewView};

impl Step<'_> {
    /// Has the branches reviewed; whoever asked is shown those of `agents`. The whole team is looked at:
    /// overlaps concern everybody, and so does the report.
    pub(super) fn review_for(&mut self, reply: Option<ReplyTo>, agents: Vec<AgentName>) {
        let team = self.state.team().map(|a| a.name.clone()).collect();
        let depth = self.whole();
        let job = self.job(JobKind::Show(reply, agents));
        self.out.push(Effect::Review { job, agents: team, depth });
    }

    /// Everything is looked at, in the order in which branches would be merged.
    pub(super) fn whole(&self) -> Depth {
        let left_out = |name: &AgentName| self.state.agent(name).is_some_and(|a| a.left_out);
        Depth::Whole(self.state.config.merge_sequence().into_iter().filter(|a| !left_out(a)).collect())
    }

    /// What git found, for somebody who asked.
    pub(super) fn show_reviews(
        &mut self,
        reply: Option<ReplyTo>,
        agents: &[AgentName],
        reviews: Result<Vec<Review>, String>,
    ) {
        match reviews {
            Ok(reviews) => {
                let views = self.keep_reviews(reviews);
                let shown = views.into_iter().filter(|v| agents.contains(&v.review.agent)).collect();
                self.review_when_fresh(reply, shown);
            }
            Err(why) => self.reply(reply, Answer::Fault { fault: Fault::Failed, why }),
        }
    }

    /// Takes in reviews of the whole team and has them written down.
    pub(super) fn keep_reviews(&mut self, mut reviews: Vec<Review>) -> Vec<ReviewView> {
        for review in &mut reviews {
            let mut found = self.of_message(review);
            found.append(&mut review.concerns);
            found.sort_by_key(|c| std::cmp::Reverse(c.severity));
            review.concerns = found;
        }
        self.state.reviews = reviews;
        self.report_reviews()
    }

    /// Has the reviews and the matrix, as they are known, written down.
    pub(super) fn report_reviews(&mut self) -> Vec<ReviewView> {
        let views: Vec<ReviewView> = self.state.reviews.iter().map(|r| self.review_view(r.clone())).collect();
        let text = report(&views, self.state.matrix.as_deref(), &self.state.config.merge.target);
        let tampered = self.state.tampering.lines();
        let text = if tampered.is_empty() {
            text
        } else {
            // Indented: a block in which nothing of an agent's is Markdown.
            let block: String = tampered.iter().map(|l| format!("    {l}\n")).collect();
            format!("{text}\n## Tampered with\n\n{block}")
        };
        self.out.push(Effect::Report { name: "review.md".into(), text });
        views
    }

    /// What the convention that holds for an agent says of its messages.
    fn of_message(&self, review: &Review) -> Vec<Concern> {
        self.state
            .convention_of(&review.agent)
            .map(|c| c.concerns(review, &self.state.config.session))
            .unwrap_or_default()
    }

    /// Why git does not agree that a branch is ready: its shape, and its message where that is asked for.
    pub(super) fn faults(&self, review: &Review) -> Vec<String> {
        let mut reasons = git_reasons(review);
        if self.state.config.review.message == MessageCheck::Refuse {
            let told = |c: Concern| format!("{}: {}", c.text, c.evidence);
            reasons.extend(self.of_message(review).into_iter().map(told));
        }
        reasons
    }
}

impl State {
    /// The convention that an agent's messages are judged by; none where none holds.
    #[must_use]
    pub fn convention_of(&self, name: &AgentName) -> Option<&Convention> {
        let rules = &self.config.review;
        if rules.message == MessageCheck::Off || rules.silent(MESSAGE) {
            return None;
        }
        let agent = self.agent(name)?;
        // A claim that was refused is to be made again.
        let claims = agent.claim.is_some() || !agent.reasons.is_empty();
        let ready = claims || agent.ready.is_some() || agent.merged.is_some();
        let took_part = |state| !matches!(state, TaskState::Queued | TaskState::Skipped);
        let last = self
            .runs
            .iter()
            .rev()
            .find(|run| run.tasks.iter().any(|t| t.bound.agent == *name && took_part(t.state)));
        convention(&rules.conventions, ready, last.map(|run| run.plan.as_str()))
    }
}
