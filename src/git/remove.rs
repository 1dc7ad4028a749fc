//! Removing a worktree and its branch without losing work.

use std::fs;
use std::path::Path;

use git2::{ErrorCode, Repository, Sort};

use super::error::{git, io};
use super::lock::Lock;
use super::status::{self, Uncommitted};
use super::{Error, heads, open, probe, stale, tamper};
use crate::domain::id::{AgentName, Oid};

/// The most commits compared by content.
const MAX_COMPARED: usize = 1000;

/// What to remove.
#[derive(Clone, Copy, Debug)]
pub struct Removal<'a> {
    /// The worktree; it may be gone already.
    pub worktree: &'a Path,
    /// Its branch.
    pub branch: &'a str,
    /// The branch that must have the work.
    pub target: &'a str,
    /// The session, for the backup's name.
    pub session: &'a str,
    /// The agent, for the backup's name.
    pub agent: &'a AgentName,
}

/// Whether nothing would be lost: no uncommitted and no untracked file (ignored ones do not count), nothing
/// under way, and every commit contained in the target by ancestry, by tree or by content. `Ok(Err(_))` lists
/// what would be lost.
///
/// # Errors
/// When it cannot be found out.
pub fn removable(
    repo: &Path,
    worktree: &Path,
    branch: &str,
    target: &str,
) -> Result<Result<(), Vec<String>>, Error> {
    reasons(&open::main(repo)?, worktree, branch, target).map(|r| if r.is_empty() { Ok(()) } else { Err(r) })
}

/// Removes a worktree and its branch if they are [`removable`], and returns the backup ref that keeps the
/// branch's last commit (`refs/orchestra/backup/<session>/<agent>`, numbered where that is taken).
///
/// # Errors
/// [`Error::NotRemovable`] when work would be lost; others when git fails.
pub fn remove_worktree(repo: &Path, what: &Removal<'_>) -> Result<String, Error> {
    let main = open::main(repo)?;
    let _lock = Lock::take(main.commondir())?;
    let reasons = reasons(&main, what.worktree, what.branch, what.target)?;
    if !reasons.is_empty() {
        return Err(Error::NotRemovable { path: what.worktree.to_owned(), reasons });
    }
    let tip = open::tip(&main, what.branch)?;
    let log = format!("orchestra: backup of {}", what.branch);
    let backup = keep_backup(&main, what.session, what.agent.as_str(), tip, &log)?;
    if what.worktree.exists() {
        let admin = tamper::admin_of(&main, what.worktree)?;
        fs::remove_dir_all(what.worktree).map_err(io(what.worktree))?;
        fs::remove_dir_all(&admin).map_err(io(&admin))?;
    } else {
        for head in heads::all(&main)? {
            if let (Some(admin), true) = (head.admin, head.path == what.worktree) {
                fs::remove_dir_all(&admin).map_err(io(&admin))?;
            }
        }
    }
    let name = open::branch_ref(what.branch);
    let mut found = main.find_reference(&name).map_err(git(format!("read {name}")))?;
    if found.target() == Some(tip) {
        found.delete().map_err(git(format!("remove branch `{}`", what.branch)))?;
    }
    Ok(backup)
}

fn reasons(main: &Repository, worktree: &Path, branch: &str, target: &str) -> Result<Vec<String>, Error> {
    let mut reasons = Vec::new();
    if worktree.exists() {
        let opened = tamper::open_checked(main, worktree)?;
        if let Err(e) = probe::check_state(&opened, worktree) {
            reasons.push(e.to_string());
        }
        match heads::branch_at(opened.path()) {
            Some(on) if on == branch => {}
            Some(on) => reasons.push(format!("it has branch `{on}` checked out, not `{branch}`")),
            None => reasons.push("its HEAD is detached and may have commits of its own".to_owned()),
        }
        let Uncommitted { changed, untracked } = status::uncommitted(&opened)?;
        for (what, files) in [("uncommitted changes in", changed), ("untracked", untracked)] {
            if let Some(first) = files.first() {
                let more = files.len() - 1;
                let rest = if more > 0 { format!(" and {more} more") } else { String::new() };
                reasons.push(format!("{what} {first}{rest}"));
            }
        }
    }
    let tip = open::tip(main, branch)?;
    if !contained(main, tip, open::tip(main, target)?)? {
        reasons.push(format!("branch `{branch}` has commits that `{target}` does not have"));
    }
    Ok(reasons)
}

/// Whether the target has everything the branch has.
fn contained(main: &Repository, tip: git2::Oid, target: git2::Oid) -> Result<bool, Error> {
    let doing = || git(format!("compare {tip} with {target}"));
    if tip == target || main.graph_descendant_of(target, tip).map_err(doing())? {
        return Ok(true);
    }
    let commit = |oid| main.find_commit(oid).map_err(doing());
    if commit(tip)?.tree_id() == commit(target)?.tree_id() {
        return Ok(true);
    }
    let Ok(base) = main.merge_base(tip, target) else { return Ok(false) };
    let (Some(mine), Some(other)) = (between(main, base, tip)?, between(main, base, target)?) else {
        return Ok(false);
    };
    let mut there = Vec::new();
    for oid in other {
        there.extend(patch_of(main, oid)?);
    }
    // All as one commit there (a squash), or each of them.
    if patch(main, Some(base), tip)?.is_some_and(|whole| there.contains(&whole)) {
        return Ok(true);
    }
    for oid in mine {
        match patch_of(main, oid)? {
            Some(id) if there.contains(&id) => {}
            _ => return Ok(false),
        }
    }
    Ok(true)
}

/// Commits after `base` up to `tip`, or `None` when there are too many to compare.
fn between(main: &Repository, base: git2::Oid, tip: git2::Oid) -> Result<Option<Vec<git2::Oid>>, Error> {
    let doing = || git(format!("list commits of {tip}"));
    let mut walk = main.revwalk().map_err(doing())?;
    walk.set_sorting(Sort::TOPOLOGICAL).map_err(doing())?;
    walk.push(tip).map_err(doing())?;
    walk.hide(base).map_err(doing())?;
    let found: Result<Vec<_>, _> = walk.take(MAX_COMPARED + 1).collect();
    let found = found.map_err(doing())?;
    Ok((found.len() <= MAX_COMPARED).then_some(found))
}

/// The patch id of a commit with one parent; merges have none.
fn patch_of(main: &Repository, oid: git2::Oid) -> Result<Option<git2::Oid>, Error> {
    let commit = main.find_commit(oid).map_err(git(format!("read commit {oid}")))?;
    if commit.parent_count() > 1 {
        return Ok(None);
    }
    patch(main, commit.parent_id(0).ok(), oid)
}

fn patch(main: &Repository, old: Option<git2::Oid>, new: git2::Oid) -> Result<Option<git2::Oid>, Error> {
    let doing = || git(format!("compare commit {new} with its parent"));
    let tree = |oid| main.find_commit(oid).and_then(|c| c.tree()).map_err(doing());
    let old = old.map(tree).transpose()?;
    let diff = main.diff_tree_to_tree(old.as_ref(), Some(&tree(new)?), None).map_err(doing())?;
    // A patch id is made of text: binary files, links and modes alone would all look the same.
    let text = diff.deltas().all(|d| {
        let (old, new) = (d.old_file(), d.new_file());
        let same_mode = !old.exists() || !new.exists() || old.mode() == new.mode();
        let text = |file: git2::DiffFile<'_>| {
            file.id().is_zero() || main.find_blob(file.id()).is_ok_and(|blob| !blob.is_binary())
        };
        same_mode && text(old) && text(new)
    });
    if diff.deltas().len() == 0 || !text {
        return Ok(None);
    }
    diff.patchid(None).map(Some).map_err(doing())
}

/// Leaves `refs/orchestra/backup/<session>/<name>` at a commit, numbered where that is taken, and gives its name.
pub(super) fn keep_backup(
    main: &Repository,
    session: &str,
    name: &str,
    tip: git2::Oid,
    log: &str,
) -> Result<String, Error> {
    let plain = |c: char| if c.is_ascii_alphanumeric() || c == '-' || c == '_' { c } else { '-' };
    let session: String = session.chars().map(plain).collect();
    let base = format!("refs/orchestra/backup/{session}/{name}");
    for n in 0..10_000u32 {
        let name = if n == 0 { base.clone() } else { format!("{base}.{n}") };
        match main.find_reference(&name) {
            Ok(found) if found.target() == Some(tip) => return Ok(name),
            Ok(_) => {}
            Err(e) if e.code() == ErrorCode::NotFound => {
                stale::unlock(main, &name)?;
                main.reference(&name, tip, false, log).map_err(git(format!("write {name}")))?;
                return Ok(name);
            }
            Err(e) => return Err(git(format!("read {name}"))(e)),
        }
    }
    Err(Error::NoCommit(Oid(base)))
}
