//! What can be said of one branch and its worktree quickly.

use std::path::Path;

use git2::Repository;

use super::error::git;
use super::status::{self, Uncommitted};
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
/// (`orchestra.toml`, `prompts/` and `skills/`, while untracked).
///
/// # Errors
/// When the working tree cannot be read.
pub fn dirty(workdir: &Path) -> Result<Vec<String>, Error> {
    let repo = open::at(workdir)?;
    let Uncommitted { mut changed, untracked } = status::uncommitted(&repo)?;
    let folders = ["prompts/", "skills/"];
    let ours = |path: &String| path == "orchestra.toml" || folders.iter().any(|f| path.starts_with(f));
    changed.extend(untracked.into_iter().filter(|path| !ours(path)));
    Ok(changed)
}

/// Tracked files with uncommitted changes: what a merge would have to write over. Untracked files are in
/// the way only where it brings a file of that name, which [`super::apply()`] finds.
///
/// # Errors
/// When the working tree cannot be read.
pub fn changed(workdir: &Path) -> Result<Vec<String>, Error> {
    Ok(status::uncommitted(&open::at(workdir)?)?.changed)
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
    let Uncommitted { mut changed, mut untracked } = status::uncommitted(&opened)?;
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
