//! Building a train: all merges in the object database, the target untouched.

mod line;

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::path::{Path, PathBuf};

use git2::Repository;

use self::line::{Line, changed_files, line};
use super::error::{git, io};
use super::lock::Lock;
use super::merge::Means;
use super::sign::Signer;
use super::{Error, capabilities, merge, open, stale};
use crate::domain::id::{Oid, TrainId};
use crate::domain::train::{Built, DRY, Merged, TrainPlan};

/// Merges the steps of a plan one after another, each with two parents even where a fast-forward would do.
/// A step whose commit is already contained makes no commit and names the one before it. The same plan gives
/// the same ids, signed merges too as long as the refs of the first build are there. `refs/orchestra/train/<id>/base` and `…/built` keep the objects until [`forget`](super::forget); where a step
/// does not merge, `…/onto` keeps those before it. A train that is only shown ([`DRY`]) leaves nothing.
///
/// libgit2 merges and git is asked about every step; where they disagree git is followed.
///
/// # Errors
/// When the target or a branch is not where the plan says, histories are unrelated, or git fails; no refs
/// are left then.
pub fn build(repo: &Path, plan: &TrainPlan) -> Result<Built, Error> {
    build_by(repo, plan, &Means::default())
}

/// As [`build`], with merge drivers that a configuration of ours names, or by git alone.
///
/// # Errors
/// As [`build`].
pub fn build_by(repo: &Path, plan: &TrainPlan, means: &Means) -> Result<Built, Error> {
    merge::in_memory(repo, |main| {
        verify(main, plan)?;
        let signer = Signer::for_train(main, plan)?;
        let git_only = means.git_only.clone().or_else(|| capabilities::merge_by_git(main));
        let means = Means { git_only, ..means.clone() };
        let Line { steps, onto, stuck } = line(main, plan, signer.as_ref(), &means)?;
        let kind = if stuck.is_some() { "onto" } else { "built" };
        if plan.id & DRY == 0 {
            store(repo, main, &steps, plan, (kind, onto))?;
        }
        match stuck {
            Some(stuck) => Ok(Built::Conflict(stuck)),
            None => {
                let files = changed_files(main, &plan.base, onto)?;
                Ok(Built::Clean { steps, result: open::ours(onto), files })
            }
        }
    })
}

fn ref_name(id: TrainId, kind: &str) -> String {
    format!("refs/orchestra/train/{id}/{kind}")
}

/// Everything must still be where it was reviewed.
fn verify(main: &Repository, plan: &TrainPlan) -> Result<(), Error> {
    let at = |branch: &str, expected: &Oid| {
        let found = open::ours(open::tip(main, branch)?);
        if found == *expected {
            return Ok(());
        }
        Err(Error::BranchMoved { branch: branch.to_owned(), expected: expected.clone(), found })
    };
    at(&plan.target, &plan.base)?;
    plan.steps.iter().try_for_each(|step| at(&step.branch, &step.oid))
}

/// Whether `tip` is an ancestor of `onto` or the same.
pub(super) fn contains(main: &Repository, onto: git2::Oid, tip: git2::Oid) -> Result<bool, Error> {
    let descends = || main.graph_descendant_of(onto, tip).map_err(git(format!("compare {onto} with {tip}")));
    Ok(onto == tip || descends()?)
}

/// Writes the merges of a train and names the base and the last one.
fn store(
    repo: &Path,
    memory: &Repository,
    steps: &[Merged],
    plan: &TrainPlan,
    (kind, last): (&str, git2::Oid),
) -> Result<(), Error> {
    let made = steps.iter().map(|s| open::theirs(&s.oid)).collect::<Result<_, _>>()?;
    let refs = [(ref_name(plan.id, "base"), open::theirs(&plan.base)?), (ref_name(plan.id, kind), last)];
    keep(repo, memory, &made, &refs, &format!("orchestra: train {}", plan.id))
}

/// Writes what is new of commits made in memory as one pack, makes it durable, and only then names them.
pub(super) fn keep(
    repo: &Path,
    memory: &Repository,
    commits: &BTreeSet<git2::Oid>,
    refs: &[(String, git2::Oid)],
    log: &str,
) -> Result<(), Error> {
    let disk = open::main(repo)?;
    let odb = disk.odb().map_err(git("open the object database"))?;
    let missing = merge::missing(memory, &odb, commits.iter().copied())?;
    let _lock = Lock::take(disk.commondir())?;
    if !missing.is_empty() {
        let dir = disk.commondir().join("objects/pack");
        let before = packs(&dir);
        merge::pack(memory, &missing, &disk)?;
        for path in packs(&dir).difference(&before) {
            match File::open(path).and_then(|f| f.sync_all()) {
                // A file of somebody else's `gc`, which is gone by now.
                Err(e) if e.kind() == std::io::ErrorKind::NotFound => {}
                synced => synced.map_err(io(path))?,
            }
        }
        File::open(&dir).and_then(|f| f.sync_all()).map_err(io(&dir))?;
    }
    for (name, oid) in refs {
        stale::write(&disk, name, *oid, log)?;
    }
    Ok(())
}

fn packs(dir: &Path) -> BTreeSet<PathBuf> {
    fs::read_dir(dir).into_iter().flatten().filter_map(|e| Some(e.ok()?.path())).collect()
}
