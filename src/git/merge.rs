//! Merging in memory: nothing reaches the object database.

use git2::{Commit, Index, MergeOptions, Repository};

use super::Error;
use super::error::git;
use super::open;
use crate::domain::review::{Conflict, ConflictKind};

/// What merging two commits gave.
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
    work(&repo)
}

/// Merges `theirs` into `ours`. Call it within [`in_memory`].
pub(super) fn commits(repo: &Repository, ours: &Commit<'_>, theirs: &Commit<'_>) -> Result<Merged, Error> {
    let doing = || git(format!("merge {} into {}", theirs.id(), ours.id()));
    match repo.merge_base(ours.id(), theirs.id()) {
        Ok(_) => {}
        Err(e) if e.code() == git2::ErrorCode::NotFound => return Ok(Merged::Unrelated),
        Err(e) => return Err(doing()(e)),
    }
    let mut how = MergeOptions::new();
    how.find_renames(true);
    let mut index = repo.merge_commits(ours, theirs, Some(&how)).map_err(doing())?;
    if index.has_conflicts() {
        return Ok(Merged::Conflict(conflicts(&index)?));
    }
    index.write_tree_to(repo).map(Merged::Clean).map_err(doing())
}

/// The conflicts of a merged index, one a path, in order.
pub(super) fn conflicts(index: &Index) -> Result<Vec<Conflict>, Error> {
    let mut found: Vec<Conflict> = Vec::new();
    for conflict in index.conflicts().map_err(git("read conflicts"))? {
        let c = conflict.map_err(git("read a conflict"))?;
        let kind = match (&c.ancestor, &c.our, &c.their) {
            (Some(_), Some(_), Some(_)) => ConflictKind::Content,
            (None, Some(_), Some(_)) => ConflictKind::AddAdd,
            (Some(_), None, Some(_)) | (Some(_), Some(_), None) => ConflictKind::ModifyDelete,
            _ => ConflictKind::Other,
        };
        let Some(entry) = c.our.or(c.their).or(c.ancestor) else { continue };
        found.push(Conflict::new(open::shown(&entry.path), kind));
    }
    found.sort_by(|a, b| a.path.cmp(&b.path));
    found.dedup_by(|a, b| a.path == b.path);
    Ok(found)
}

/// Paths that differ between two trees, both names of a rename included, in order.
pub(super) fn touched(repo: &Repository, old: git2::Oid, new: git2::Oid) -> Result<Vec<Vec<u8>>, Error> {
    let tree = |oid| repo.find_commit(oid).and_then(|c| c.tree()).map_err(git(format!("read tree of {oid}")));
    let diff = repo
        .diff_tree_to_tree(Some(&tree(old)?), Some(&tree(new)?), None)
        .map_err(git(format!("compare {old} with {new}")))?;
    let sides = |d: git2::DiffDelta<'_>| {
        [d.old_file().path_bytes(), d.new_file().path_bytes()].map(|p| p.map(<[u8]>::to_vec))
    };
    let mut paths: Vec<Vec<u8>> = diff.deltas().flat_map(sides).flatten().collect();
    paths.sort();
    paths.dedup();
    Ok(paths)
}
