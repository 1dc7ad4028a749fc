//! Whether a worktree still belongs to its repository.

use std::fs;
use std::path::{Path, PathBuf};

use git2::Repository;

use super::Error;
use super::open;

/// The longest metadata file taken seriously, in bytes.
const MAX: u64 = 64 * 1024;

/// Checks that `worktree` is a linked worktree of `repo` and that nobody redirected it.
///
/// # Errors
/// [`Error::Tampered`] naming what differs; others when the repository itself cannot be read.
pub fn check_worktree(repo: &Path, worktree: &Path) -> Result<(), Error> {
    let main = open::main(repo)?;
    open_checked(&main, worktree).map(|_| ())
}

/// Where git keeps what belongs to a worktree.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Dirs {
    /// Its own directory: index, HEAD and the like.
    pub own: PathBuf,
    /// The directory all worktrees share: objects, refs, logs.
    pub common: PathBuf,
}

/// The git directories of `worktree`, a linked worktree of `repo`.
///
/// # Errors
/// As [`check_worktree`].
pub fn dirs(repo: &Path, worktree: &Path) -> Result<Dirs, Error> {
    let main = open::main(repo)?;
    let own = admin_of(&main, worktree)?;
    Ok(Dirs { own, common: open::real(main.commondir())? })
}

/// Opens a worktree after checking every link between it and the repository.
pub(super) fn open_checked(main: &Repository, worktree: &Path) -> Result<Repository, Error> {
    admin_of(main, worktree)?;
    let opened = open::at(worktree)?;
    let bad = |what: &str| Error::Tampered { worktree: worktree.to_owned(), what: what.to_owned() };
    if !opened.is_worktree() {
        return Err(bad("it is not a linked worktree any more"));
    }
    if open::real(opened.commondir())? != open::real(main.commondir())? {
        return Err(bad("it belongs to another repository"));
    }
    let top = opened.workdir().ok_or_else(|| bad("it has no working tree any more"))?;
    if open::real(top)? != open::real(worktree)? {
        return Err(bad("its configuration points at another working tree"));
    }
    Ok(opened)
}

/// The metadata directory of a worktree, all links checked in both directions.
pub(super) fn admin_of(main: &Repository, worktree: &Path) -> Result<PathBuf, Error> {
    let bad = |what: String| Error::Tampered { worktree: worktree.to_owned(), what };
    let link = worktree.join(".git");
    let text = small(&link).map_err(|why| bad(format!("its .git file {why}")))?;
    let named = text
        .strip_prefix("gitdir:")
        .map(|rest| worktree.join(rest.trim()))
        .ok_or_else(|| bad("its .git file names no git directory".to_owned()))?;
    let admin = named
        .canonicalize()
        .map_err(|_| bad(format!("its .git file points at {}, which is gone", named.display())))?;
    let home = open::real(&main.commondir().join("worktrees"))?;
    if admin.parent() != Some(home.as_path()) {
        return Err(bad(format!("its .git file points at {}", admin.display())));
    }
    let back = small(&admin.join("gitdir")).map_err(|why| bad(format!("its gitdir file {why}")))?;
    let back = admin.join(back.trim_end_matches(['\n', '\r']));
    if open::real(&back)? != open::real(worktree)?.join(".git") {
        return Err(bad(format!("its metadata belongs to {}", back.display())));
    }
    let common = small(&admin.join("commondir")).map_err(|why| bad(format!("its commondir file {why}")))?;
    if open::real(&admin.join(common.trim()))? != open::real(main.commondir())? {
        return Err(bad(format!("its commondir file says {}", common.trim())));
    }
    Ok(admin)
}

/// The text of a small regular file, or what is wrong with it.
fn small(path: &Path) -> Result<String, String> {
    let meta = fs::symlink_metadata(path).map_err(|_| "is missing".to_owned())?;
    if !meta.is_file() || meta.len() > MAX {
        return Err("is not a small regular file".to_owned());
    }
    fs::read_to_string(path).map_err(|e| format!("cannot be read: {e}"))
}
