//! Opening repositories and finding commits.

use std::path::{Path, PathBuf};

use git2::{Commit, ErrorCode, Repository};

use super::error::{git, io};
use super::{Error, kinds};
use crate::domain::id::Oid;

/// Opens the main repository that `path` (its top, its git directory or a linked worktree) belongs to.
pub(super) fn main(path: &Path) -> Result<Repository, Error> {
    let repo = at(path)?;
    if repo.is_worktree() { at(repo.commondir()) } else { Ok(repo) }
}

/// Opens the repository at exactly `path`. Where libgit2 cannot read the index it gets an empty one: comparing
/// commits, which looks for attributes there, works then, and all that is about files asks git instead.
pub(super) fn at(path: &Path) -> Result<Repository, Error> {
    let repo = Repository::open(path).map_err(|e| match e.code() {
        ErrorCode::NotFound => Error::NotARepository(path.to_owned()),
        _ => git(format!("open repository {}", path.display()))(e),
    })?;
    if kinds::index(&repo)? != kinds::Kept::Whole {
        let empty = git2::Index::new().and_then(|mut empty| repo.set_index(&mut empty));
        empty.map_err(git("set an unreadable index aside"))?;
    }
    Ok(repo)
}

/// Our form of an object id.
pub(super) fn ours(oid: git2::Oid) -> Oid {
    Oid(oid.to_string())
}

/// libgit2's form of an object id; only whole ids are taken.
pub(super) fn theirs(oid: &Oid) -> Result<git2::Oid, Error> {
    if oid.0.len() != 40 {
        return Err(Error::NoCommit(oid.clone()));
    }
    git2::Oid::from_str(&oid.0).map_err(|_| Error::NoCommit(oid.clone()))
}

/// The commit of that id.
pub(super) fn commit<'r>(repo: &'r Repository, oid: &Oid) -> Result<Commit<'r>, Error> {
    repo.find_commit(theirs(oid)?).map_err(|_| Error::NoCommit(oid.clone()))
}

/// The full name of a local branch.
pub(super) fn branch_ref(branch: &str) -> String {
    format!("refs/heads/{branch}")
}

/// The tip of a local branch.
pub(super) fn tip(repo: &Repository, branch: &str) -> Result<git2::Oid, Error> {
    find_tip(repo, branch)?.ok_or_else(|| Error::NoBranch(branch.to_owned()))
}

/// The tip of a local branch, or `None` when there is no such branch.
pub(super) fn find_tip(repo: &Repository, branch: &str) -> Result<Option<git2::Oid>, Error> {
    if !git2::Branch::name_is_valid(branch).unwrap_or(false) {
        return Err(Error::BranchName(branch.to_owned()));
    }
    match repo.find_reference(&branch_ref(branch)) {
        Ok(found) => {
            let commit = found.peel_to_commit().map_err(git(format!("read branch `{branch}`")))?;
            Ok(Some(commit.id()))
        }
        Err(e) if e.code() == ErrorCode::NotFound => Ok(None),
        Err(e) => Err(git(format!("read branch `{branch}`"))(e)),
    }
}

/// The path without symbolic links; the part that does not exist yet is kept as it is.
pub(super) fn real(path: &Path) -> Result<PathBuf, Error> {
    let absolute = std::path::absolute(path).map_err(io(path))?;
    let mut missing = Vec::new();
    let mut at = absolute.as_path();
    loop {
        match at.canonicalize() {
            Ok(mut found) => {
                found.extend(missing.iter().rev());
                return Ok(found);
            }
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => {
                let (Some(parent), Some(name)) = (at.parent(), at.file_name()) else {
                    return Err(io(path)(e));
                };
                missing.push(name.to_owned());
                at = parent;
            }
            Err(e) => return Err(io(path)(e)),
        }
    }
}

/// What a path of the repository is called towards people.
pub(super) fn shown(path: &[u8]) -> String {
    String::from_utf8_lossy(path).into_owned()
}
