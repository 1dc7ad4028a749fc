//! Solving a conflict of a train: the merge stands in a worktree, somebody edits, what came of it is taken.
//!
//! No program is run for it: libgit2 writes the files with their markers and reads what became of them.

mod memory;
mod take;
mod text;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use git2::build::CheckoutBuilder;
use git2::{Index, MergeOptions, Oid as GitOid, Repository};

pub use self::memory::{recall, remember};
pub use self::take::take;
use super::error::git;
use super::lock::Lock;
use super::{Error, heads, open, ripple, scratch, stale, status, tamper};
use crate::domain::id::{AgentName, Oid, TrainId};
use crate::domain::train::{ConflictVar, Knot, SideVar};

/// The most bytes of a commit's message that a prompt quotes.
const MAX_MESSAGE: usize = 2048;

/// Makes a detached worktree at `dir`, outside the repository, in which the merge that conflicts stands; one
/// that is there already is left as it is. Returns the folder without symbolic links.
///
/// # Errors
/// When something else is at `dir`, or git fails.
pub fn by_hand(repo: &Path, dir: &Path, knot: &Knot) -> Result<PathBuf, Error> {
    let main = open::main(repo)?;
    let (tip, onto) = (open::commit(&main, &knot.tip)?.id(), open::theirs(&knot.onto)?);
    if fs::symlink_metadata(dir).is_ok()
        && let Ok(opened) = tamper::open_checked(&main, dir)
        && (merging(&opened) == Some(tip) || descends(&opened, onto))
    {
        return open::real(dir);
    }
    let dir = scratch::scratch_checkout(repo, dir, &knot.onto)?;
    stand(&tamper::open_checked(&main, &dir)?, tip)?;
    Ok(dir)
}

/// Begins the merge in the owner's worktree, where that can be done without touching anybody's work, and says
/// what a prompt has to say. `busy` is why the worktree must be left alone; empty where it need not. From then
/// on the branch's work is counted from what it is merged with.
///
/// # Errors
/// When the worktree is not what it should be, or git fails.
pub fn by_owner(repo: &Path, worktree: &Path, knot: &Knot, busy: &str) -> Result<ConflictVar, Error> {
    let main = open::main(repo)?;
    let lock = Lock::take(main.commondir())?;
    let onto = open::commit(&main, &knot.onto)?.id();
    let opened = tamper::open_checked(&main, worktree)?;
    let told = if busy.is_empty() { in_the_way(&main, &opened, knot, onto)? } else { busy.to_owned() };
    if told.is_empty() && merging(&opened) != Some(onto) {
        stand(&opened, onto)?;
    }
    ripple::keep_base(&main, &knot.branch, onto)?;
    drop(lock);
    let said = |oid: &Oid| {
        let commit = open::commit(&main, oid)?;
        let message = String::from_utf8_lossy(commit.message_bytes()).trim().to_owned();
        Ok::<_, Error>(message.chars().take(MAX_MESSAGE).collect::<String>())
    };
    let side = |(agent, branch, oid): &(AgentName, String, Oid)| {
        Ok(SideVar { agent: agent.to_string(), branch: branch.clone(), message: said(oid)? })
    };
    Ok(ConflictVar {
        onto: knot.onto.0.clone(),
        told,
        message: said(&knot.tip)?,
        with: knot.with.iter().map(side).collect::<Result<_, Error>>()?,
        files: text::files(&main, open::theirs(&knot.tip)?, onto)?,
    })
}

/// Drops the refs of a train, once it is settled or abandoned. Doing so twice is no error.
///
/// # Errors
/// When a ref cannot be removed.
pub fn forget(repo: &Path, train: TrainId) -> Result<(), Error> {
    let main = open::main(repo)?;
    let _lock = Lock::take(main.commondir())?;
    stale::unlock_all(&main, &format!("refs/orchestra/train/{train}"))?;
    let doing = || git(format!("drop the refs of train {train}"));
    for found in main.references_glob(&format!("refs/orchestra/train/{train}/*")).map_err(doing())? {
        found.and_then(|mut r| r.delete()).map_err(doing())?;
    }
    Ok(())
}

/// Why the merge cannot be begun in a worktree; empty where it can, or stands there.
fn in_the_way(main: &Repository, opened: &Repository, knot: &Knot, onto: GitOid) -> Result<String, Error> {
    if merging(opened) == Some(onto) {
        return Ok(String::new());
    }
    if heads::branch_at(opened.path()).as_deref() != Some(knot.branch.as_str()) {
        return Ok(format!("the worktree is not on branch {}", knot.branch));
    }
    if open::ours(open::tip(main, &knot.branch)?) != knot.tip {
        return Ok(format!("{} has moved on from {}", knot.branch, knot.tip.short()));
    }
    if opened.state() != git2::RepositoryState::Clean {
        return Ok("something is under way in the worktree".into());
    }
    let found = status::uncommitted(opened)?;
    let open: Vec<String> = found.changed.into_iter().chain(found.untracked).take(5).collect();
    Ok(if open.is_empty() { String::new() } else { format!("uncommitted files: {}", open.join(", ")) })
}

/// Merges a commit into the worktree that is opened, as `git merge --no-commit` does: markers in the files,
/// `MERGE_HEAD` set, conflicts in the index.
fn stand(opened: &Repository, theirs: GitOid) -> Result<(), Error> {
    let doing = || git(format!("begin the merge of {theirs}"));
    let annotated = opened.find_annotated_commit(theirs).map_err(doing())?;
    let mut how = CheckoutBuilder::new();
    how.safe().allow_conflicts(true).conflict_style_merge(true).our_label("HEAD").their_label("merged");
    opened.merge(&[&annotated], Some(&mut options()), Some(&mut how)).map_err(doing())
}

/// Which commit is being merged in a worktree.
fn merging(opened: &Repository) -> Option<GitOid> {
    let text = fs::read_to_string(opened.path().join("MERGE_HEAD")).ok()?;
    GitOid::from_str(text.lines().next()?.trim()).ok()
}

/// Whether something was committed on that commit.
fn descends(opened: &Repository, onto: GitOid) -> bool {
    let head = opened.head().ok().and_then(|h| h.target());
    head.is_some_and(|head| opened.graph_descendant_of(head, onto).unwrap_or(false))
}

fn options() -> MergeOptions {
    let mut how = MergeOptions::new();
    how.find_renames(true);
    how
}

/// The merge of two commits as an index, conflicts included.
fn merged(repo: &Repository, ours: GitOid, theirs: GitOid) -> Result<Index, Error> {
    let doing = || git(format!("merge {theirs} into {ours}"));
    let commit = |oid| repo.find_commit(oid).map_err(doing());
    repo.merge_commits(&commit(ours)?, &commit(theirs)?, Some(&options())).map_err(doing())
}

/// One path of a conflict: before, ours, theirs.
type Sides = [Option<git2::IndexEntry>; 3];

/// The conflicts of an index.
fn sides(index: &Index) -> Result<Vec<Sides>, Error> {
    let found = index.conflicts().map_err(git("read conflicts"))?;
    found.map(|c| c.map(|c| [c.ancestor, c.our, c.their]).map_err(git("read a conflict"))).collect()
}

/// Every path that a conflict is about.
fn paths(all: &[Sides]) -> BTreeSet<Vec<u8>> {
    all.iter().flatten().flatten().map(|e| e.path.clone()).collect()
}

/// The folder of a train's worktree below `scratch`.
#[must_use]
pub fn hand_dir(scratch: &Path, train: TrainId) -> PathBuf {
    scratch.join(format!("train-{train}"))
}

/// The content of a blob; empty where there is none.
fn blob(repo: &Repository, entry: Option<&git2::IndexEntry>) -> Result<Vec<u8>, Error> {
    let Some(entry) = entry else { return Ok(Vec::new()) };
    repo.find_blob(entry.id).map(|b| b.content().to_vec()).map_err(git(format!("read {}", entry.id)))
}

fn copy(entry: &git2::IndexEntry) -> git2::IndexEntry {
    git2::IndexEntry { path: entry.path.clone(), ..*entry }
}
