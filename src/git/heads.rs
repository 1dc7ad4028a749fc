//! Which working tree has which branch.

use std::fs;
use std::path::{Path, PathBuf};

use git2::Repository;

use super::Error;
use super::error::io;

/// One working tree of a repository.
pub(super) struct Head {
    /// The branch it is on (also while a rebase of it is under way), or `None` when detached.
    pub(super) branch: Option<String>,
    /// Its top; for a linked worktree what its metadata says.
    pub(super) path: PathBuf,
    /// The metadata directory of a linked worktree; `None` for the main working tree.
    pub(super) admin: Option<PathBuf>,
}

/// All working trees of a repository, the main one first. Unreadable metadata is passed over.
pub(super) fn all(repo: &Repository) -> Result<Vec<Head>, Error> {
    let common = repo.commondir();
    let mut heads = Vec::new();
    if let (false, Some(path)) = (repo.is_bare(), repo.workdir()) {
        heads.push(Head { branch: branch_at(common), path: path.to_owned(), admin: None });
    }
    let dir = common.join("worktrees");
    let entries = match fs::read_dir(&dir) {
        Ok(entries) => entries,
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(heads),
        Err(e) => return Err(io(&dir)(e)),
    };
    let mut admins: Vec<PathBuf> = entries.filter_map(|e| Some(e.ok()?.path())).collect();
    admins.sort();
    for admin in admins {
        if let Some(path) = worktree_of(&admin) {
            heads.push(Head { branch: branch_at(&admin), path, admin: Some(admin) });
        }
    }
    Ok(heads)
}

/// The working tree that a metadata directory names.
pub(super) fn worktree_of(admin: &Path) -> Option<PathBuf> {
    let text = fs::read_to_string(admin.join("gitdir")).ok()?;
    let file = admin.join(text.trim_end_matches(['\n', '\r']));
    Some(file.parent()?.to_owned())
}

/// The branch that a git directory is on.
pub(super) fn branch_at(gitdir: &Path) -> Option<String> {
    let name = |text: String| Some(text.trim().strip_prefix("refs/heads/")?.to_owned());
    let head = fs::read_to_string(gitdir.join("HEAD")).ok()?;
    if let Some(target) = head.strip_prefix("ref:") {
        return name(target.to_owned());
    }
    // A rebase detaches HEAD but still owns its branch.
    ["rebase-merge", "rebase-apply"]
        .iter()
        .find_map(|dir| name(fs::read_to_string(gitdir.join(dir).join("head-name")).ok()?))
}
