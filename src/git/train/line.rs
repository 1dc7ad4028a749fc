//! The merges of a train, one on the other, in memory.
//!
//! libgit2 makes them all; then git is asked about all of them at once. Where it disagrees, its answer stands, and
//! the merges after it are made anew.

use std::collections::BTreeSet;

use git2::{Oid as GitOid, Repository, Signature, Time};

use super::contains;
use crate::domain::id::{AgentName, Oid};
use crate::domain::review::Conflict;
use crate::domain::train::{Merged, Resolution, Step, Stuck, TrainPlan};
use crate::git::error::git;
use crate::git::merge::{self, Ask, Means, Merger, Second, Verdict};
use crate::git::sign::{self, Signer};
use crate::git::{Error, open};

/// The merges made, and the step that does not merge, if any.
pub(super) struct Line {
    /// The merges, in order.
    pub(super) steps: Vec<Merged>,
    /// The last of them, or the base.
    pub(super) onto: GitOid,
    /// The step after them, where it does not merge.
    pub(super) stuck: Option<Stuck>,
}

/// Makes the merges of a plan. Call it within [`merge::in_memory`].
pub(super) fn line(
    main: &Repository,
    plan: &TrainPlan,
    signer: Option<&Signer>,
    means: &Means,
) -> Result<Line, Error> {
    let onto = open::commit(main, &plan.base)?.id();
    let maker =
        Maker { main, plan, signer, means, merger: Merger::new(main)?, second: Second::new(main, means) };
    maker.run(onto)
}

/// A step as libgit2 has it, until git has spoken.
struct Draft<'p> {
    step: &'p Step,
    onto: GitOid,
    tip: GitOid,
    what: What<'p>,
}

enum What<'p> {
    /// Nothing to merge.
    Contained,
    /// Somebody solved it.
    Resolved(&'p Resolution, GitOid),
    /// To be judged; what libgit2 says, unless git alone is asked.
    Open(Option<merge::Merged>, Option<GitOid>),
}

struct Maker<'p> {
    main: &'p Repository,
    plan: &'p TrainPlan,
    signer: Option<&'p Signer>,
    means: &'p Means,
    merger: Merger<'p>,
    second: Second<'p>,
}

impl<'p> Maker<'p> {
    fn run(mut self, base: GitOid) -> Result<Line, Error> {
        let mut line = Line { steps: Vec::new(), onto: base, stuck: None };
        let all = &self.plan.steps[..];
        while line.stuck.is_none() && line.steps.len() < all.len() {
            let drafts = self.drafts(&all[line.steps.len()..], line.onto)?;
            let verdicts = self.verdicts(&drafts)?;
            self.settle(drafts, verdicts, &mut line)?;
        }
        Ok(line)
    }

    /// As many steps as libgit2 can make, and the one it cannot.
    fn drafts(&mut self, steps: &'p [Step], mut onto: GitOid) -> Result<Vec<Draft<'p>>, Error> {
        let mut drafts = Vec::new();
        for step in steps {
            let tip = open::commit(self.main, &step.oid)?.id();
            let (what, next) = if contains(self.main, onto, tip)? {
                (What::Contained, Some(onto))
            } else if let Some(solved) = self.solved(step, onto) {
                let made = self.commit(step, open::theirs(&solved.tree)?, onto, tip)?;
                (What::Resolved(solved, made), Some(made))
            } else if self.means.git_only.is_some() {
                (What::Open(None, None), None)
            } else {
                let merged = self.merger.merge(onto, tip)?;
                let made = match &merged {
                    merge::Merged::Clean(tree) => Some(self.commit(step, *tree, onto, tip)?),
                    merge::Merged::Conflict(_) => None,
                    merge::Merged::Unrelated => return Err(self.unrelated(step)),
                };
                (What::Open(Some(merged), made), made)
            };
            drafts.push(Draft { step, onto, tip, what });
            match next {
                Some(next) => onto = next,
                None => break,
            }
        }
        Ok(drafts)
    }

    /// What git says of those that are open.
    fn verdicts(&mut self, drafts: &[Draft<'p>]) -> Result<Vec<Verdict>, Error> {
        let mut asks: Vec<Ask> = Vec::new();
        let (mut run, mut last) = (0, None);
        for draft in drafts {
            let What::Open(library, made) = &draft.what else {
                last = None;
                continue;
            };
            // Attributes hold until a step brings others.
            if last != Some(draft.onto) || self.changes_attributes(draft)? {
                run += 1;
            }
            let (ours, theirs) = (draft.onto, draft.tip);
            let attributes = self.merger.attributes(ours, theirs)?;
            asks.push(Ask { ours, theirs, run, attributes, library: library.clone() });
            last = *made;
        }
        self.second.judge(asks, true)
    }

    /// Whether what was merged before a step, since the last question, may have brought other attributes.
    fn changes_attributes(&mut self, draft: &Draft<'p>) -> Result<bool, Error> {
        let parent = open::commit(self.main, &open::ours(draft.onto))?.parent_id(0);
        let Ok(parent) = parent else { return Ok(false) };
        let (before, after) = (self.merger.tree(parent)?, self.merger.tree(draft.onto)?);
        Ok(self.merger.changed(before, after)?.keys().any(|path| path.ends_with(b".gitattributes")))
    }

    /// Takes over what holds, up to the first step that git sees in another way.
    fn settle(
        &mut self,
        drafts: Vec<Draft<'p>>,
        verdicts: Vec<Verdict>,
        line: &mut Line,
    ) -> Result<(), Error> {
        let mut verdicts = verdicts.into_iter();
        for draft in drafts {
            let agent = draft.step.agent.clone();
            let (library, made) = match draft.what {
                What::Contained => {
                    line.steps.push(Merged::new(agent, open::ours(draft.onto)));
                    continue;
                }
                What::Resolved(solved, made) => {
                    let how = solved.how.clone();
                    line.steps.push(Merged { how, ..Merged::new(agent, open::ours(made)) });
                    line.onto = made;
                    continue;
                }
                What::Open(library, made) => (library, made),
            };
            let Some(Verdict { merged, engines }) = verdicts.next() else { return Ok(()) };
            let tree = match merged {
                merge::Merged::Clean(tree) => tree,
                merge::Merged::Conflict(conflicts) => {
                    let with = self.touching(draft.step, &conflicts)?;
                    let stuck = Stuck::new(agent, with, conflicts);
                    let (steps, onto) = (line.steps.clone(), open::ours(line.onto));
                    line.stuck = Some(Stuck { engines, steps, onto, ..stuck });
                    return Ok(());
                }
                merge::Merged::Unrelated => return Err(self.unrelated(draft.step)),
            };
            let kept = matches!(library, Some(merge::Merged::Clean(other)) if other == tree);
            let made = match made.filter(|_| kept) {
                Some(made) => made,
                None => self.commit(draft.step, tree, draft.onto, draft.tip)?,
            };
            line.steps.push(Merged { engines, ..Merged::new(agent, open::ours(made)) });
            line.onto = made;
            if !kept {
                return Ok(());
            }
        }
        Ok(())
    }

    fn solved(&self, step: &Step, onto: GitOid) -> Option<&'p Resolution> {
        let onto = open::ours(onto);
        self.plan.resolved.iter().find(|r| r.agent == step.agent && r.tip == step.oid && r.onto == onto)
    }

    fn unrelated(&self, step: &Step) -> Error {
        Error::Unrelated { branch: step.branch.clone(), with: self.plan.base.clone() }
    }

    /// One merge commit, made of nothing but the plan.
    fn commit(&mut self, step: &Step, tree: GitOid, onto: GitOid, tip: GitOid) -> Result<GitOid, Error> {
        let doing = || git(format!("commit the merge of `{}`", step.branch));
        let (name, email) = match &self.plan.author {
            Some(who) => (who.name.as_str(), who.email.as_str()),
            None => ("orchestra", "orchestra@localhost"),
        };
        let who = Signature::new(name, email, &Time::new(self.plan.date, 0)).map_err(doing())?;
        let tree = self.main.find_tree(tree).map_err(doing())?;
        let message = format!(
            "{}\n\nOrchestra-Agent: {}\nOrchestra-Branch: {}\n",
            step.message.trim_end(),
            step.agent,
            step.branch
        );
        let parent = |oid| self.main.find_commit(oid).map_err(doing());
        let parents = [&parent(onto)?, &parent(tip)?];
        let text = self.main.commit_create_buffer(&who, &who, &message, &tree, &parents).map_err(doing())?;
        let (oid, fresh) = sign::write(self.main, self.signer, &text)?;
        if fresh {
            self.merger.note(oid, onto, tip);
        }
        Ok(oid)
    }

    /// Earlier branches of the train that touch any of the paths.
    fn touching(&mut self, failed: &Step, conflicts: &[Conflict]) -> Result<Vec<AgentName>, Error> {
        let paths: BTreeSet<&str> = conflicts
            .iter()
            .flat_map(|c| std::iter::once(&c.path).chain(&c.also))
            .map(String::as_str)
            .collect();
        let base = open::theirs(&self.plan.base)?;
        let mut with = Vec::new();
        for step in self.plan.steps.iter().take_while(|s| s.agent != failed.agent) {
            let tip = open::theirs(&step.oid)?;
            let Some(from) = self.merger.bases(base, tip)?.first().copied() else { continue };
            let (from, tip) = (self.merger.tree(from)?, self.merger.tree(tip)?);
            let touched = self.merger.changed(from, tip)?;
            if touched.keys().any(|p| paths.contains(open::shown(p).as_str())) {
                with.push(step.agent.clone());
            }
        }
        Ok(with)
    }
}

/// Files that differ between two commits.
pub(super) fn changed_files(main: &Repository, old: &Oid, new: GitOid) -> Result<u32, Error> {
    Ok(u32::try_from(merge::touched(main, open::theirs(old)?, new)?.len()).unwrap_or(u32::MAX))
}
