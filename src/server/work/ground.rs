//! What the workers do with git and gates.

use std::panic::AssertUnwindSafe;
use std::sync::PoisonError;

use super::Ground;
use crate::domain::brief::Brief;
use crate::domain::id::{AgentName, Oid};
use crate::domain::review::{BranchFacts, Review, Severity, concern};
use crate::domain::tech::recognise;
use crate::engine::event::{Depth, Event, TargetFacts};
use crate::git;
use crate::server::stir::{Ward, Yard};
use crate::session::dir::replace;
use crate::session::file::PaneFile;

impl Ground {
    pub(in crate::server) fn branch(&self, agent: &AgentName) -> Option<(&PaneFile, &str)> {
        let pane = self.panes.iter().find(|p| p.name == *agent)?;
        let (_, branch) = self.branches.iter().find(|(name, _)| name == agent)?;
        Some((pane, branch))
    }

    /// What the kernel is to tell of.
    pub(in crate::server) fn ward(&self) -> Ward {
        let known = self.panes.iter().filter_map(|p| self.branch(&p.name));
        let yard = |(pane, branch): (&PaneFile, &str)| Yard {
            agent: pane.name.clone(),
            branch: branch.to_owned(),
            worktree: pane.worktree.clone(),
        };
        let (repository, target) = (self.repository.clone(), self.target.clone());
        Ward { repository, target, yards: known.map(yard).collect() }
    }

    /// The commit an agent's work is counted from.
    pub(in crate::server) fn base(&self, pane: &PaneFile) -> Oid {
        let bases = self.bases.lock().unwrap_or_else(PoisonError::into_inner);
        bases.get(&pane.name).unwrap_or(&pane.base).clone()
    }

    pub(in crate::server) fn inspect(&self, agent: AgentName) -> Event {
        let facts = match self.branch(&agent) {
            Some((pane, branch)) => {
                git::facts(&self.repository, &pane.worktree, branch, &self.base(pane), &self.target)
                    .map_err(|e| e.to_string())
            }
            None => Err(format!("{agent} has no branch")),
        };
        Event::Inspected { agent, facts }
    }

    pub(in crate::server) fn inputs(&self) -> Vec<git::ReviewInput> {
        let known = self.panes.iter().filter_map(|p| self.branch(&p.name));
        let input = |(pane, branch): (&PaneFile, &str)| git::ReviewInput {
            agent: pane.name.clone(),
            worktree: pane.worktree.clone(),
            branch: branch.to_owned(),
            base: self.base(pane),
        };
        known.map(input).collect()
    }

    pub(in crate::server) fn brief(&self, job: u64, agents: &[AgentName]) -> Event {
        let team = git::Team { branches: self.inputs(), after: self.after.clone() };
        let read = || {
            git::briefs(&self.repository, &team, agents, &self.target, &|paths, read| {
                recognise(&self.tech, paths, read)
            })
        };
        // A prompt waits for this: whatever happens, there is an answer.
        let briefs: Vec<Result<Brief, String>> = match std::panic::catch_unwind(AssertUnwindSafe(read)) {
            Ok(briefs) => briefs.into_iter().map(|b| b.map_err(|e| e.to_string())).collect(),
            Err(_) => {
                agents.iter().map(|_| Err("reading it panicked; see the server's log".into())).collect()
            }
        };
        Event::Briefed { job, briefs: agents.iter().cloned().zip(briefs).collect() }
    }

    pub(in crate::server) fn review(
        &self,
        agents: &[AgentName],
        depth: &Depth,
    ) -> Result<Vec<Review>, String> {
        // All branches are looked at, whoever was asked for: overlaps concern everybody.
        let inputs = self.inputs();
        let all = git::review(&self.repository, &inputs, &self.target).map_err(|e| e.to_string())?;
        let wanted = inputs.iter().zip(all).filter(|(i, _)| agents.contains(&i.agent));
        let one = |(input, found): (&git::ReviewInput, Result<Review, git::Error>)| match (found, depth) {
            (Ok(review), _) => Ok(review),
            (Err(e), Depth::Facts) => Err(format!("{}: {e}", input.agent)),
            // One that cannot be read does not hide the others.
            (Err(e), Depth::Whole(_)) => Ok(unread(input, &e)),
        };
        let mut reviews = wanted.map(one).collect::<Result<Vec<_>, _>>()?;
        if let Depth::Whole(order) = depth {
            self.look_into(&mut reviews, order);
        }
        Ok(reviews)
    }

    /// Adds what reviewers should look at. Whatever happens to it, the facts stand.
    fn look_into(&self, reviews: &mut [Review], order: &[AgentName]) {
        let (readable, branches): (Vec<usize>, Vec<git::Looked>) = reviews
            .iter()
            .enumerate()
            .filter(|(_, r)| !r.facts.head.0.is_empty())
            .map(|(i, r)| {
                let focus = self.focus.get(&r.agent).cloned().unwrap_or_default();
                let (base, head) = (r.facts.base.clone(), r.facts.head.clone());
                (i, git::Looked { agent: r.agent.clone(), base, head, focus })
            })
            .unzip();
        let look = || {
            let mut found = git::concerns(&self.repository, &self.review, &branches)?;
            if !self.review.silent("imports") {
                let imports = git::imports(&self.repository, &self.target, &branches, order)?;
                found.iter_mut().zip(imports).for_each(|(all, more)| all.extend(more));
            }
            Ok::<_, git::Error>(found)
        };
        let found = match std::panic::catch_unwind(AssertUnwindSafe(look)) {
            Ok(found) => found.map_err(|e| e.to_string()),
            Err(_) => Err("looking at it panicked; see the server's log".to_owned()),
        };
        let mut found = found.map(Vec::into_iter);
        for i in readable {
            let Some(review) = reviews.get_mut(i) else { continue };
            match &mut found {
                Ok(found) => review.concerns.extend(found.next().unwrap_or_default()),
                Err(why) => {
                    let text = "its files cannot be looked at";
                    let (check, why) = ("branch", why.clone());
                    review.concerns.push(concern(check, Severity::Unknown, "", None, text, why));
                }
            }
        }
    }

    /// Writes a report of the session in one step.
    pub(in crate::server) fn write_report(&self, name: &str, text: &str) {
        if let Err(e) = replace(&self.dir.report(name), text.as_bytes()) {
            tracing::warn!("failed to write the report {name}: {e}");
        }
    }

    pub(in crate::server) fn look_at_target(&self) -> Result<TargetFacts, String> {
        let info = git::probe(&self.repository, &self.target).map_err(|e| e.to_string())?;
        let mut notes = info.capabilities.sentences();
        let signed = git::signing(&self.repository, self.sign);
        let refuse = match signed {
            Ok(said) => {
                notes.extend(said);
                String::new()
            }
            Err(e) => format!("merge: {e}"),
        };
        let checked_out = info.head.as_deref() == Some(self.target.as_str());
        let changed =
            if checked_out { git::changed(&info.workdir).map_err(|e| e.to_string())? } else { Vec::new() };
        Ok(TargetFacts { oid: info.target, in_the_way: changed, refuse, notes })
    }
}

/// What is left of a review when the branch cannot be read.
fn unread(input: &git::ReviewInput, why: &git::Error) -> Review {
    let facts = BranchFacts { base: input.base.clone(), ..BranchFacts::default() };
    let mut review = Review::new(input.agent.clone(), input.branch.clone(), facts);
    let text = "its branch or worktree cannot be read";
    review.concerns.push(concern("branch", Severity::Error, "", None, text, why.to_string()));
    review
}
