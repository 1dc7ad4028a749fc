//! Private checkouts for gates: real worktrees, detached, at exactly one commit.

use std::fs;
use std::path::{Path, PathBuf};

use git2::Repository;
use git2::build::CheckoutBuilder;

use super::error::{git, io};
use super::lock::Lock;
use super::plain::Plain;
use super::{Error, checkout, heads, kinds, open, tamper};
use crate::domain::id::Oid;

/// Checks `oid` out at `dir`, detached. A checkout from an earlier call is reused: tracked files are made
/// exact, untracked ones removed, ignored ones (build caches) kept. One that was tampered with is replaced.
/// Returns the folder without symbolic links.
///
/// # Errors
/// When something that is no scratch checkout is at `dir`, or git fails.
pub fn scratch_checkout(repo: &Path, dir: &Path, oid: &Oid) -> Result<PathBuf, Error> {
    let main = open::main(repo)?;
    let id = open::commit(&main, oid)?.id();
    let dir = checkout::place(&main, dir)?;
    if fs::symlink_metadata(&dir).is_ok() && !reusable(&main, &dir)? {
        remove_scratch(repo, &dir)?;
    }
    if fs::symlink_metadata(&dir).is_ok() {
        let opened = tamper::open_checked(&main, &dir)?;
        let admin = tamper::admin_of(&main, &dir)?;
        return exact(&opened, &admin, id).map(|()| dir).map_err(|e| kinds::explain(&main, e));
    }
    let parent = dir.parent().unwrap_or(&dir);
    fs::create_dir_all(parent).map_err(io(parent))?;
    let lock = Lock::take(main.commondir())?;
    let admin = checkout::register(main.commondir(), &dir, &format!("{id}\n"))?;
    let chosen = checkout::follow_sparse(&main, &admin);
    drop(lock);
    let filled = chosen
        .and_then(|()| tamper::open_checked(&main, &dir))
        .and_then(|opened| checkout::fill(&opened, &admin));
    if let Err(e) = filled {
        let _lock = Lock::take(main.commondir())?;
        checkout::unregister(&admin, &dir);
        return Err(kinds::explain(&main, e));
    }
    Ok(dir)
}

/// Removes a scratch checkout and its metadata. Doing so twice is no error.
///
/// # Errors
/// When `dir` is not a detached worktree of this repository, or cannot be removed.
pub fn remove_scratch(repo: &Path, dir: &Path) -> Result<(), Error> {
    let main = open::main(repo)?;
    let dir = checkout::place(&main, dir)?;
    let _lock = Lock::take(main.commondir())?;
    // What the folder itself says is not trusted: a gate may have rewritten it.
    let mut admins = Vec::new();
    for head in heads::all(&main)? {
        if let (Some(admin), true) = (head.admin, open::real(&head.path)? == dir) {
            if let Some(branch) = head.branch {
                return Err(Error::Occupied { path: dir, by: format!("a worktree of branch `{branch}`") });
            }
            admins.push(admin);
        }
    }
    match fs::symlink_metadata(&dir) {
        Err(_) => {}
        Ok(_) if admins.is_empty() => {
            return Err(Error::Occupied {
                path: dir,
                by: "something that is no scratch checkout".to_owned(),
            });
        }
        Ok(_) => fs::remove_dir_all(&dir).map_err(io(&dir))?,
    }
    for admin in admins {
        checkout::unregister(&admin, &dir);
    }
    Ok(())
}

/// The tree of a commit.
///
/// # Errors
/// When there is no such commit here.
pub fn tree_of(repo: &Path, oid: &Oid) -> Result<Oid, Error> {
    let main = open::main(repo)?;
    Ok(open::ours(open::commit(&main, oid)?.tree_id()))
}

/// Files by which dependencies are named, wherever they lie in the first three levels.
const LOCKS: [&str; 29] = [
    "Cargo.lock",
    "Gemfile.lock",
    "Package.resolved",
    "Pipfile.lock",
    "Podfile.lock",
    "build.gradle",
    "build.gradle.kts",
    "bun.lock",
    "bun.lockb",
    "composer.lock",
    "deno.lock",
    "flake.lock",
    "go.mod",
    "go.sum",
    "gradle.lockfile",
    "mix.lock",
    "npm-shrinkwrap.json",
    "package-lock.json",
    "package.json",
    "packages.lock.json",
    "pdm.lock",
    "pnpm-lock.yaml",
    "poetry.lock",
    "pom.xml",
    "pubspec.lock",
    "pyproject.toml",
    "requirements.txt",
    "uv.lock",
    "yarn.lock",
];

/// The files of a commit that name dependencies (lock files and the like), with their contents' ids: a text that
/// changes with them.
///
/// # Errors
/// When there is no such commit here, or it cannot be read.
pub fn lock_files(repo: &Path, oid: &Oid) -> Result<String, Error> {
    let main = open::main(repo)?;
    let tree = open::commit(&main, oid)?.tree().map_err(git("read a tree"))?;
    let mut lines = String::new();
    let walked = tree.walk(git2::TreeWalkMode::PreOrder, |folder, entry| {
        if entry.name().is_ok_and(|name| LOCKS.contains(&name)) {
            lines.push_str(&format!("{folder}{} {}\n", entry.name().unwrap_or_default(), entry.id()));
        }
        let deep = folder.matches('/').count() >= 2;
        let skip = deep && entry.kind() == Some(git2::ObjectType::Tree);
        if skip { git2::TreeWalkResult::Skip } else { git2::TreeWalkResult::Ok }
    });
    walked.map_err(git("read a tree"))?;
    Ok(lines)
}

/// Environment that keeps git programs run by a build from starting hooks or a file system monitor that the
/// shared configuration names.
#[must_use]
pub fn quiet_env() -> Vec<(String, String)> {
    [
        ("GIT_CONFIG_COUNT", "2"),
        ("GIT_CONFIG_KEY_0", "core.fsmonitor"),
        ("GIT_CONFIG_VALUE_0", "false"),
        ("GIT_CONFIG_KEY_1", "core.hooksPath"),
        ("GIT_CONFIG_VALUE_1", "/dev/null"),
        ("GIT_TERMINAL_PROMPT", "0"),
    ]
    .map(|(key, value)| (key.to_owned(), value.to_owned()))
    .to_vec()
}

/// Whether a checkout is whole and still ours. A worktree with a branch never is.
fn reusable(main: &Repository, dir: &Path) -> Result<bool, Error> {
    let Ok(opened) = tamper::open_checked(main, dir) else { return Ok(false) };
    let admin = tamper::admin_of(main, dir)?;
    Ok(heads::branch_at(opened.path()).is_none() && !checkout::unfinished(&admin))
}

/// Makes a checkout exact.
fn exact(opened: &Repository, admin: &Path, id: git2::Oid) -> Result<(), Error> {
    let doing = || git(format!("check out {id}"));
    for lock in ["index.lock", "HEAD.lock"] {
        // Only gates work here, and they have ended.
        let _ = fs::remove_file(admin.join(lock));
    }
    opened.cleanup_state().map_err(doing())?;
    opened.set_head_detached(id).map_err(doing())?;
    // Without the old index nothing is believed by size and time: every file is compared by content.
    if checkout::by_git(opened)? {
        let index = admin.join("index");
        fs::remove_file(&index).map_err(io(&index))?;
        let plain = Plain::filling(opened)?;
        plain.run(&["read-tree", "--reset", "-u", "HEAD"])?;
        return plain.run(&["clean", "-ffdq"]).map(|_| ());
    }
    let mut index = opened.index().map_err(doing())?;
    index.clear().map_err(doing())?;
    let commit = opened.find_commit(id).map_err(doing())?;
    let tree = commit.tree().map_err(doing())?;
    index.read_tree(&tree).map_err(doing())?;
    index.write().map_err(doing())?;
    let mut how = CheckoutBuilder::new();
    how.force().remove_untracked(true);
    opened.checkout_tree(commit.as_object(), Some(&mut how)).map_err(doing())
}
