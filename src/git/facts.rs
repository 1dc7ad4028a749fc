//! What can be said of one branch and its worktree quickly.

use std::path::Path;

use git2::{Repository, Status, StatusOptions};

use super::error::git;
use super::{Error, heads, open, tamper};
use crate::domain::id::Oid;
use crate::domain::review::BranchFacts;

/// The most files named of one kind.
const MAX_FILES: usize = 100;

/// Measures a branch against its recorded base and the target, and looks at its worktree's files.
///
/// # Errors
/// [`Error::Tampered`] or [`Error::OffBranch`] when the worktree is not what it should be; others when
/// something cannot be read.
pub fn facts(
    repo: &Path,
    worktree: &Path,
    branch: &str,
    base: &Oid,
    target: &str,
) -> Result<BranchFacts, Error> {
    facts_in(&open::main(repo)?, worktree, branch, base, target)
}

/// The user's own uncommitted work: changed and untracked files, except what `init` wrote
/// (`orchestra.toml` and `prompts/`, while untracked).
///
/// # Errors
/// When the working tree cannot be read.
pub fn dirty(workdir: &Path) -> Result<Vec<String>, Error> {
    let repo = open::at(workdir)?;
    let (mut changed, untracked) = uncommitted(&repo)?;
    let ours = |path: &String| path == "orchestra.toml" || path.starts_with("prompts/");
    changed.extend(untracked.into_iter().filter(|path| !ours(path)));
    Ok(changed)
}

/// Tracked files with uncommitted changes: what a merge would have to write over. Untracked files are in
/// the way only where it brings a file of that name, which [`super::apply()`] finds.
///
/// # Errors
/// When the working tree cannot be read.
pub fn changed(workdir: &Path) -> Result<Vec<String>, Error> {
    Ok(uncommitted(&open::at(workdir)?)?.0)
}

pub(super) fn facts_in(
    main: &Repository,
    worktree: &Path,
    branch: &str,
    base: &Oid,
    target: &str,
) -> Result<BranchFacts, Error> {
    let opened = tamper::open_checked(main, worktree)?;
    let on = heads::branch_at(opened.path());
    if on.as_deref() != Some(branch) {
        let found = on.map_or_else(|| "no branch".to_owned(), |other| format!("branch `{other}`"));
        return Err(Error::OffBranch { worktree: worktree.to_owned(), found, branch: branch.to_owned() });
    }
    let tip = open::tip(main, branch)?;
    let base_oid = open::commit(main, base)?.id();
    let count = |a, b| main.graph_ahead_behind(a, b).map_err(git(format!("count commits of `{branch}`")));
    let (ahead, _) = count(tip, base_oid)?;
    let (_, behind) = count(tip, open::tip(main, target)?)?;
    let commit = main.find_commit(tip).map_err(git(format!("read branch `{branch}`")))?;
    let (mut changed, mut untracked) = uncommitted(&opened)?;
    changed.truncate(MAX_FILES);
    untracked.truncate(MAX_FILES);
    Ok(BranchFacts {
        head: open::ours(tip),
        base: base.clone(),
        ahead: u32::try_from(ahead).unwrap_or(u32::MAX),
        behind: u32::try_from(behind).unwrap_or(u32::MAX),
        changed,
        untracked,
        subject: subject(&commit),
    })
}

/// First line of a commit's message.
pub(super) fn subject(commit: &git2::Commit<'_>) -> String {
    open::shown(commit.summary_bytes().unwrap_or_default())
}

/// Tracked files that differ from HEAD or the index, and untracked ones that are not ignored.
pub(super) fn uncommitted(repo: &Repository) -> Result<(Vec<String>, Vec<String>), Error> {
    let mut how = StatusOptions::new();
    // Untracked folders count as one: an agent may have unpacked a hundred thousand files there.
    how.include_untracked(true).recurse_untracked_dirs(false);
    how.include_ignored(false).exclude_submodules(true).update_index(false);
    let statuses = repo.statuses(Some(&mut how)).map_err(git("read the status of the working tree"))?;
    let (mut changed, mut untracked) = (Vec::new(), Vec::new());
    for entry in statuses.iter() {
        let path = open::shown(entry.path_bytes());
        if entry.status() == Status::WT_NEW {
            untracked.push(path);
        } else if !entry.status().is_empty() && !entry.status().is_ignored() {
            changed.push(path);
        }
    }
    Ok((changed, untracked))
}
