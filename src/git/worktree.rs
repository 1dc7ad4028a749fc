//! One worktree and branch per agent: made, or adopted from an earlier run.

use std::fs;
use std::path::{Path, PathBuf};

use git2::Repository;

use super::error::{git, io};
use super::lock::Lock;
use super::{Error, checkout, heads, identity, kinds, open, tamper};
use crate::domain::id::Oid;

/// What is wanted.
#[derive(Clone, Copy, Debug)]
pub struct WorktreeSpec<'a> {
    /// Where: outside the repository, and either free or the same worktree from an earlier run.
    pub path: &'a Path,
    /// Its branch; made at `base` when there is none.
    pub branch: &'a str,
    /// Where the target stands.
    pub base: &'a Oid,
    /// The base recorded when the branch was made, if the caller knows it.
    pub recorded: Option<&'a Oid>,
    /// `user.name` in this worktree.
    pub name: &'a str,
    /// `user.email` in this worktree.
    pub email: &'a str,
}

/// How a worktree came to be.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Made {
    /// Branch and worktree are new.
    Created,
    /// The worktree is new, its branch was there.
    CheckedOut,
    /// Both were there.
    Adopted,
}

/// A worktree that is ready for work.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Worktree {
    /// Its top, without symbolic links.
    pub path: PathBuf,
    /// Its branch.
    pub branch: String,
    /// How it came to be.
    pub made: Made,
    /// The commit its work is measured from.
    pub base: Oid,
}

/// Makes or adopts a worktree. Safe to call at once from many threads and processes.
///
/// # Errors
/// When the branch is checked out elsewhere, the place is taken or inside the repository, the worktree was
/// tampered with, or git fails; nothing new is left behind then.
pub fn ensure_worktree(repo: &Path, spec: &WorktreeSpec<'_>) -> Result<Worktree, Error> {
    let main = open::main(repo)?;
    let path = checkout::place(&main, spec.path)?;
    open::commit(&main, spec.base)?;
    let lock = Lock::take(main.commondir())?;
    let tip = open::find_tip(&main, spec.branch)?;
    if let Some(adopted) = adopt(&main, spec, &path)? {
        drop(lock);
        return Ok(adopted);
    }
    free(&path)?;
    let fresh = tip.is_none();
    if fresh {
        create_branch(&main, spec)?;
    }
    let parent = path.parent().unwrap_or(&path);
    let admin = fs::create_dir_all(parent).map_err(io(parent)).and_then(|()| {
        let head = format!("ref: {}\n", open::branch_ref(spec.branch));
        checkout::register(main.commondir(), &path, &head)
    });
    let admin = match admin {
        Ok(admin) => admin,
        Err(e) => {
            drop_branch(&main, spec, fresh);
            return Err(e);
        }
    };
    let named = identity::set(main.commondir(), &admin, spec.name, spec.email)
        .and_then(|()| checkout::follow_sparse(&main, &admin));
    drop(lock);
    // Files take long and touch nothing shared.
    let filled = named
        .and_then(|()| tamper::open_checked(&main, &path))
        .and_then(|opened| checkout::fill(&opened, &admin))
        .and_then(|()| base_of(&main, spec));
    match filled {
        Ok(base) => {
            let made = if fresh { Made::Created } else { Made::CheckedOut };
            Ok(Worktree { path, branch: spec.branch.to_owned(), made, base })
        }
        Err(e) => {
            let _lock = Lock::take(main.commondir())?;
            checkout::unregister(&admin, &path);
            drop_branch(&main, spec, fresh);
            Err(kinds::explain(&main, e))
        }
    }
}

/// Takes over the worktree that has the branch, or refuses when that is another one.
fn adopt(main: &Repository, spec: &WorktreeSpec<'_>, path: &Path) -> Result<Option<Worktree>, Error> {
    for head in heads::all(main)? {
        let here = open::real(&head.path)? == path;
        let ours = head.branch.as_deref() == Some(spec.branch);
        match (here, ours, &head.admin) {
            (false, false, _) => {}
            (false, true, admin) => {
                let remedy = match admin {
                    Some(_) if !head.path.exists() => {
                        "that folder is gone: run `git worktree prune`".to_owned()
                    }
                    Some(_) => format!("run `git worktree remove {}`, or detach it", head.path.display()),
                    None => "switch the repository to another branch".to_owned(),
                };
                return Err(Error::CheckedOut { branch: spec.branch.to_owned(), at: head.path, remedy });
            }
            // Its folder vanished: only metadata of nothing is left, and the branch keeps the commits.
            (true, _, Some(admin)) if fs::symlink_metadata(path).is_err() => {
                fs::remove_dir_all(admin).map_err(io(admin))?;
            }
            (true, false, _) => {
                let by = match head.branch {
                    Some(other) => format!("a worktree of branch `{other}`"),
                    None => "a worktree without a branch".to_owned(),
                };
                return Err(Error::Occupied { path: path.to_owned(), by });
            }
            (true, true, _) => {
                let opened = tamper::open_checked(main, path)?;
                let admin = tamper::admin_of(main, path)?;
                identity::set(main.commondir(), &admin, spec.name, spec.email)?;
                if checkout::unfinished(&admin) {
                    checkout::fill(&opened, &admin)?;
                }
                let base = base_of(main, spec)?;
                let branch = spec.branch.to_owned();
                return Ok(Some(Worktree { path: path.to_owned(), branch, made: Made::Adopted, base }));
            }
        }
    }
    Ok(None)
}

/// Makes sure that nothing is at the place; an empty folder may be.
fn free(path: &Path) -> Result<(), Error> {
    let Ok(meta) = fs::symlink_metadata(path) else { return Ok(()) };
    if meta.is_dir() && fs::remove_dir(path).is_ok() {
        return Ok(());
    }
    let by = if path.join(".git").exists() {
        "another repository or worktree"
    } else if meta.is_dir() {
        "a folder that is not empty"
    } else {
        "a file"
    };
    Err(Error::Occupied { path: path.to_owned(), by: by.to_owned() })
}

/// Makes the branch, without upstream.
fn create_branch(main: &Repository, spec: &WorktreeSpec<'_>) -> Result<(), Error> {
    let base = open::commit(main, spec.base)?;
    let Err(e) = main.branch(spec.branch, &base, false) else { return Ok(()) };
    // `a` and `a/b` are a file and a folder of the same name; libgit2's text for it helps nobody.
    let mut names = main.branches(Some(git2::BranchType::Local)).into_iter().flatten().flatten();
    let clash = names.find_map(|(other, _)| {
        let other = String::from_utf8_lossy(other.name_bytes().ok()?).into_owned();
        let below = |long: &str, short: &str| long.strip_prefix(short).is_some_and(|r| r.starts_with('/'));
        (below(spec.branch, &other) || below(&other, spec.branch)).then_some(other)
    });
    Err(match clash {
        Some(other) => Error::BranchClash { branch: spec.branch.to_owned(), other },
        None => git(format!("create branch `{}`", spec.branch))(e),
    })
}

/// Takes a branch back that was made a moment ago, if nobody moved it.
fn drop_branch(main: &Repository, spec: &WorktreeSpec<'_>, fresh: bool) {
    if !fresh {
        return;
    }
    if let Ok(mut found) = main.find_reference(&open::branch_ref(spec.branch))
        && found.target().map(open::ours).as_ref() == Some(spec.base)
    {
        let _ = found.delete();
    }
}

/// The recorded base, else where branch and target parted.
fn base_of(main: &Repository, spec: &WorktreeSpec<'_>) -> Result<Oid, Error> {
    if let Some(recorded) = spec.recorded {
        open::commit(main, recorded)?;
        return Ok(recorded.clone());
    }
    let tip = open::tip(main, spec.branch)?;
    let parted = main
        .merge_base(tip, open::theirs(spec.base)?)
        .map_err(|_| Error::Unrelated { branch: spec.branch.to_owned(), with: spec.base.clone() })?;
    // Work brought in from other agents counts as base, until the target has it too.
    match super::ripple::recorded_base(main, spec.branch) {
        Some(base) if !super::train::contains(main, parted, base)? => Ok(open::ours(base)),
        _ => Ok(open::ours(parted)),
    }
}
