//! Merging in memory: nothing reaches the object database.

mod attrs;
mod bases;
mod change;
mod check;
mod graft;
mod kind;
mod lines;
mod means;
mod merger;
mod said;
mod second;
mod store;

use git2::Repository;

#[cfg(test)]
pub(super) use self::change::Change;
pub(super) use self::change::{Changes, Entry};
pub(super) use self::lines::{Spot, spots, texts};
pub use self::means::Means;
pub(super) use self::merger::{Merger, Three};
pub(super) use self::second::{Ask, Second, Verdict};
pub(super) use self::store::{missing, pack};
use super::Error;
use super::error::git;
use super::open;
use crate::domain::review::Conflict;

/// What merging two sides gave.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Merged {
    /// The tree, in memory.
    Clean(git2::Oid),
    /// Paths that do not merge.
    Conflict(Vec<Conflict>),
    /// The two share no history.
    Unrelated,
}

/// Runs `work` on a repository whose new objects stay in memory and vanish with it.
pub(super) fn in_memory<T>(
    path: &std::path::Path,
    work: impl FnOnce(&Repository) -> Result<T, Error>,
) -> Result<T, Error> {
    let repo = open::main(path)?;
    let odb = repo.odb().map_err(git("open the object database"))?;
    // Even a prediction writes the blobs it merged; this catches them.
    let _memory = odb.add_new_mempack_backend(1000).map_err(git("set up merging in memory"))?;
    work(&repo).map_err(|e| crate::git::kinds::explain(&repo, e))
}

/// Paths that differ between two commits, both names of a rename included, in order.
pub(super) fn touched(repo: &Repository, old: git2::Oid, new: git2::Oid) -> Result<Vec<Vec<u8>>, Error> {
    Ok(change::changes(repo, tree_of(repo, old)?, tree_of(repo, new)?)?.into_keys().collect())
}

/// The tree of a commit.
pub(super) fn tree_of(repo: &Repository, commit: git2::Oid) -> Result<git2::Oid, Error> {
    repo.find_commit(commit).map(|c| c.tree_id()).map_err(git(format!("read commit {commit}")))
}
