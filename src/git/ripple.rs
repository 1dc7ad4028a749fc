//! Bringing a branch and its worktree onto other branches' work.
//!
//! As with a train, everything is made in the object database first; then the worktree's files move and the
//! branch follows, once, by compare-and-swap. Nothing uncommitted is ever written over.

use std::collections::BTreeSet;
use std::path::Path;

use git2::{Commit, Oid as GitOid, Repository, Signature, Sort, Time};

use super::error::git;
use super::lock::Lock;
use super::{Error, Recovered, apply, heads, merge, open, recover, stale, tamper, train};
use crate::domain::conduct::Ripple;
use crate::domain::id::{AgentName, Oid};
use crate::domain::ripple::{RippleBuilt, RipplePlan};
use crate::domain::train::Applied;

/// The most commits of one branch that are put elsewhere.
const MAX_COMMITS: usize = 1000;

/// Makes the commits that bring a branch onto its upstream work. `refs/orchestra/ripple/<branch>/old`, `…/new`
/// and `…/base` keep the objects, and the branch as it was.
///
/// A branch with merges of its own is merged even where a rebase was asked for: merges cannot be replayed.
///
/// # Errors
/// When the branch is not where the plan says, histories are unrelated, or git fails; no refs are left then.
pub fn build_ripple(repo: &Path, plan: &RipplePlan) -> Result<RippleBuilt, Error> {
    merge::in_memory(repo, |main| {
        let found = open::ours(open::tip(main, &plan.branch)?);
        if found != plan.old {
            let (branch, expected) = (plan.branch.clone(), plan.old.clone());
            return Err(Error::BranchMoved { branch, expected, found });
        }
        let maker = Maker { main, plan };
        let mut made = BTreeSet::new();
        let onto = match maker.upstream(&mut made)? {
            Ok(onto) => onto,
            Err(conflict) => return Ok(conflict),
        };
        let (old, base) = (open::commit(main, &plan.old)?, open::commit(main, &plan.base)?);
        if train::contains(main, base.id(), onto.id())? {
            return Ok(RippleBuilt::UpToDate);
        }
        let new = if train::contains(main, old.id(), onto.id())? {
            old.id()
        } else {
            match maker.onto(&base, &old, &onto, &mut made)? {
                Ok(new) => new,
                Err(conflict) => return Ok(conflict),
            }
        };
        let name = |kind: &str| ripple_ref(&plan.branch, kind);
        let refs = [(name("old"), old.id()), (name("new"), new), (name("base"), onto.id())];
        train::keep(repo, main, &made, &refs, "orchestra: ripple")?;
        Ok(RippleBuilt::Ready { base: open::ours(onto.id()), new: open::ours(new) })
    })
}

/// Moves a branch and its worktree from `old` to `new`. Call it once the intent is recorded; after a crash
/// call [`recover_branch`] first.
///
/// # Errors
/// When the worktree is not what it should be, another git is at work in it, or git fails. Branch and files
/// are as before then, unless the error says otherwise.
pub fn move_branch(
    repo: &Path,
    worktree: &Path,
    branch: &str,
    old: &Oid,
    new: &Oid,
) -> Result<Applied, Error> {
    let main = open::main(repo)?;
    let lock = Lock::take(main.commondir())?;
    open::commit(&main, new)?;
    let opened = on_branch(&main, worktree, branch)?;
    let found = open::ours(open::tip(&main, branch)?);
    if found == *new {
        return Ok(Applied::Moved);
    }
    if found != *old {
        return Ok(Applied::Elsewhere { expected: old.clone(), found });
    }
    apply::with_files(&opened, &lock, branch, "orchestra: ripple", old, new)
}

/// Decides after a crash whether a move happened, and finishes or undoes it, as
/// [`recover_apply`](super::recover_apply) does for the target. Repeating it is harmless.
///
/// # Errors
/// As [`move_branch`].
pub fn recover_branch(
    repo: &Path,
    worktree: &Path,
    branch: &str,
    old: &Oid,
    new: &Oid,
) -> Result<Recovered, Error> {
    let main = open::main(repo)?;
    let lock = Lock::take(main.commondir())?;
    let opened = on_branch(&main, worktree, branch)?;
    recover::put_right(&opened, &lock, branch, "orchestra: ripple", old, new)
}

/// The commit that a ripple left for a branch's work to be counted from, while the branch still has it.
pub(super) fn recorded_base(main: &Repository, branch: &str) -> Option<GitOid> {
    let base = main.find_reference(&ripple_ref(branch, "base")).ok()?.target()?;
    let tip = open::tip(main, branch).ok()?;
    train::contains(main, tip, base).ok()?.then_some(base)
}

/// Keeps the commit that a branch's work is counted from, for when it stands on it.
pub(super) fn keep_base(main: &Repository, branch: &str, base: GitOid) -> Result<(), Error> {
    let name = ripple_ref(branch, "base");
    stale::write(main, &name, base, "orchestra: train")
}

fn ripple_ref(branch: &str, kind: &str) -> String {
    format!("refs/orchestra/ripple/{branch}/{kind}")
}

fn on_branch(main: &Repository, worktree: &Path, branch: &str) -> Result<Repository, Error> {
    let opened = tamper::open_checked(main, worktree)?;
    let on = heads::branch_at(opened.path());
    if on.as_deref() == Some(branch) {
        return Ok(opened);
    }
    let found = on.map_or_else(|| "no branch".to_owned(), |other| format!("branch `{other}`"));
    Err(Error::OffBranch { worktree: worktree.to_owned(), found, branch: branch.to_owned() })
}

struct Maker<'a> {
    main: &'a Repository,
    plan: &'a RipplePlan,
}

type Made<T> = Result<Result<T, RippleBuilt>, Error>;

impl<'a> Maker<'a> {
    /// One commit with the work of all upstream agents and where the branch left the target.
    fn upstream(&self, made: &mut BTreeSet<GitOid>) -> Made<Commit<'a>> {
        let target = open::tip(self.main, &self.plan.target)?;
        let fork = self.main.merge_base(target, open::theirs(&self.plan.old)?);
        let fork = fork
            .map_err(|_| Error::Unrelated { branch: self.plan.branch.clone(), with: open::ours(target) })?;
        let mut onto = self.find(fork)?;
        let mut merged: Vec<&AgentName> = Vec::new();
        for (agent, oid) in &self.plan.upstream {
            let tip = open::commit(self.main, oid)?;
            if train::contains(self.main, onto.id(), tip.id())? {
                continue;
            }
            if train::contains(self.main, tip.id(), onto.id())? {
                onto = tip;
                merged = vec![agent];
                continue;
            }
            let tree = match merge::Merger::new(self.main)?.merge(onto.id(), tip.id())? {
                merge::Merged::Clean(tree) => tree,
                merge::Merged::Conflict(found) => {
                    let names: Vec<&str> = merged.iter().map(|a| a.as_str()).collect();
                    let first = if names.is_empty() { self.plan.target.clone() } else { names.join(", ") };
                    let paths = found.iter().map(|c| format!("{} ({})", c.path, c.kind)).collect();
                    let between = format!("{first} and {agent}");
                    return Ok(Err(RippleBuilt::Conflict { between, paths }));
                }
                merge::Merged::Unrelated => {
                    let (branch, with) = (agent.to_string(), open::ours(onto.id()));
                    return Err(Error::Unrelated { branch, with });
                }
            };
            let message = format!("Work of {agent} for {}\n", self.plan.agent);
            onto = self.commit(&self.ours()?, &self.ours()?, &message, tree, &[&onto, &tip])?;
            made.insert(onto.id());
            merged.push(agent);
        }
        Ok(Ok(onto))
    }

    /// The branch's own commits on top of `onto`, or merged with it.
    fn onto(
        &self,
        base: &Commit<'a>,
        old: &Commit<'a>,
        onto: &Commit<'a>,
        made: &mut BTreeSet<GitOid>,
    ) -> Made<GitOid> {
        let own = self.own(base, old)?;
        if own.is_empty() {
            return Ok(Ok(onto.id()));
        }
        let straight = own.iter().all(|c| c.parent_count() == 1) && own.len() < MAX_COMMITS;
        if self.plan.how == Ripple::Merge || !straight {
            // The recorded base is what both sides began from: upstream may have been squashed since.
            let tree = match self.three(base.tree_id(), old.tree_id(), onto.tree_id())? {
                Ok(tree) => tree,
                Err(conflict) => return Ok(Err(conflict)),
            };
            let names: Vec<&str> = self.plan.upstream.iter().map(|(a, _)| a.as_str()).collect();
            let message = format!("Merge the work of {} into {}\n", names.join(", "), self.plan.branch);
            let new = self.commit(&self.ours()?, &self.ours()?, &message, tree, &[old, onto])?;
            made.insert(new.id());
            return Ok(Ok(new.id()));
        }
        let mut at = onto.clone();
        for commit in own {
            let parent = commit.parent(0).map_err(git("read a parent"))?;
            let tree = match self.three(parent.tree_id(), at.tree_id(), commit.tree_id())? {
                Ok(tree) => tree,
                Err(conflict) => return Ok(Err(conflict)),
            };
            // What upstream has already needs no commit.
            if tree == at.tree_id() {
                continue;
            }
            let message = String::from_utf8_lossy(commit.message_raw_bytes()).into_owned();
            at = self.commit(&commit.author(), &commit.committer(), &message, tree, &[&at])?;
            made.insert(at.id());
        }
        Ok(Ok(at.id()))
    }

    /// The commits of the branch itself, oldest first.
    fn own(&self, base: &Commit<'_>, old: &Commit<'_>) -> Result<Vec<Commit<'a>>, Error> {
        let doing = || git(format!("list commits of `{}`", self.plan.branch));
        let mut walk = self.main.revwalk().map_err(doing())?;
        walk.set_sorting(Sort::TOPOLOGICAL | Sort::REVERSE).map_err(doing())?;
        walk.push(old.id()).map_err(doing())?;
        walk.hide(base.id()).map_err(doing())?;
        walk.take(MAX_COMMITS).map(|oid| self.find(oid.map_err(doing())?)).collect()
    }

    /// Merges two trees that began from a third.
    fn three(&self, from: GitOid, ours: GitOid, theirs: GitOid) -> Made<GitOid> {
        let conflicts = match merge::Merger::new(self.main)?.trees(from, ours, theirs)? {
            merge::Merged::Clean(tree) => return Ok(Ok(tree)),
            merge::Merged::Conflict(found) => found,
            merge::Merged::Unrelated => Vec::new(),
        };
        let paths = conflicts.iter().map(|c| format!("{} ({})", c.path, c.kind)).collect();
        let names: Vec<&str> = self.plan.upstream.iter().map(|(a, _)| a.as_str()).collect();
        let between = format!("{} and {}", self.plan.agent, names.join(", "));
        Ok(Err(RippleBuilt::Conflict { between, paths }))
    }

    fn commit(
        &self,
        author: &Signature<'_>,
        committer: &Signature<'_>,
        message: &str,
        tree: GitOid,
        parents: &[&Commit<'_>],
    ) -> Result<Commit<'a>, Error> {
        let doing = || git(format!("commit upstream work for `{}`", self.plan.branch));
        let tree = self.main.find_tree(tree).map_err(doing())?;
        let made = self.main.commit(None, author, committer, message, &tree, parents).map_err(doing())?;
        self.find(made)
    }

    fn ours(&self) -> Result<Signature<'static>, Error> {
        Signature::new("orchestra", "orchestra@localhost", &Time::new(self.plan.date, 0))
            .map_err(git("make a signature"))
    }

    fn find(&self, oid: GitOid) -> Result<Commit<'a>, Error> {
        self.main.find_commit(oid).map_err(git(format!("read commit {oid}")))
    }
}
