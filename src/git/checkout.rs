//! The metadata of a linked worktree, and its files.
//!
//! Metadata is written here rather than by libgit2 so that it can be done under our lock while the files,
//! which take long, are checked out outside it, and so that a failure can be undone to the last file.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

use git2::Repository;
use git2::build::CheckoutBuilder;

use super::error::{git, io};
use super::kinds::{self, Kept};
use super::plain::Plain;
use super::user::User;
use super::{Error, identity, open};

/// Marks metadata whose files are not all there yet; git itself leaves such a worktree alone.
const INITIALISING: &str = "orchestra: files are being checked out\n";

/// Writes metadata for a new worktree at `path` with this `HEAD` line. The caller holds the lock, and
/// nothing is at `path`. What was written is removed again on failure.
pub(super) fn register(common: &Path, path: &Path, head: &str) -> Result<PathBuf, Error> {
    let admin = free_admin(common, path)?;
    let written = (|| {
        put(&admin.join("locked"), INITIALISING)?;
        put(&admin.join("HEAD"), head)?;
        put(&admin.join("commondir"), "../..\n")?;
        let link = path.join(".git");
        let shown = link.to_str().ok_or_else(|| not_text(path))?;
        put(&admin.join("gitdir"), &format!("{shown}\n"))?;
        fs::DirBuilder::new().mode(0o700).create(path).map_err(io(path))?;
        let shown = admin.to_str().ok_or_else(|| not_text(&admin))?;
        put(&link, &format!("gitdir: {shown}\n"))
    })();
    match written {
        Ok(()) => Ok(admin),
        Err(e) => {
            unregister(&admin, path);
            Err(e)
        }
    }
}

/// Takes back what [`register`] did, as far as possible. Only for worktrees nobody worked in.
pub(super) fn unregister(admin: &Path, path: &Path) {
    let _ = fs::remove_dir_all(path);
    let _ = fs::remove_dir_all(admin);
    if let Some(dir) = admin.parent() {
        // Git removes the empty folder too; it fails when there are others.
        let _ = fs::remove_dir(dir);
    }
}

/// Whether the files of a worktree were never all checked out.
pub(super) fn unfinished(admin: &Path) -> bool {
    fs::read_to_string(admin.join("locked")).is_ok_and(|text| text == INITIALISING)
}

/// Whether git must write the files of a working tree: filters of the user, or only part of the files.
pub(super) fn by_git(tree: &Repository) -> Result<bool, Error> {
    Ok(kinds::sparse(&kinds::configs(tree)?)
        || kinds::index(tree)? != Kept::Whole
        || !kinds::filters(tree, &User::of(tree)?).is_empty())
}

/// Gives a new worktree the main one's choice of files, as git does. The caller holds the lock.
pub(super) fn follow_sparse(main: &Repository, admin: &Path) -> Result<(), Error> {
    let configs = kinds::configs(main)?;
    if !kinds::sparse(&configs) {
        return Ok(());
    }
    let (from, info) = (main.path().join("info/sparse-checkout"), admin.join("info"));
    if from.is_file() {
        fs::create_dir_all(&info).map_err(io(&info))?;
        fs::copy(&from, info.join("sparse-checkout")).map_err(io(&from))?;
    }
    let yes = ["core.sparseCheckout", "core.sparseCheckoutCone", "index.sparse"];
    let yes = yes.into_iter().filter(|key| kinds::on(&configs, key));
    identity::choose(main.commondir(), admin, &yes.collect::<Vec<_>>())
}

/// Checks out all files of a fresh worktree and marks it as finished.
pub(super) fn fill(worktree: &Repository, admin: &Path) -> Result<(), Error> {
    if by_git(worktree)? {
        Plain::filling(worktree)?.run(&["read-tree", "--reset", "-u", "HEAD"])?;
    } else {
        let mut how = CheckoutBuilder::new();
        how.force();
        worktree.checkout_head(Some(&mut how)).map_err(git("check out the worktree's files"))?;
    }
    let mark = admin.join("locked");
    match fs::remove_file(&mark) {
        Err(e) if e.kind() != std::io::ErrorKind::NotFound => Err(io(mark)(e)),
        _ => Ok(()),
    }
}

/// Refuses a place inside the repository and returns it without symbolic links.
pub(super) fn place(repo: &Repository, path: &Path) -> Result<PathBuf, Error> {
    let path = open::real(path)?;
    for top in [repo.workdir(), Some(repo.commondir())].into_iter().flatten() {
        let top = open::real(top)?;
        if path.starts_with(&top) {
            return Err(Error::Inside { path, repo: top });
        }
    }
    Ok(path)
}

/// Makes an empty metadata directory named after the worktree's folder.
fn free_admin(common: &Path, path: &Path) -> Result<PathBuf, Error> {
    let home = common.join("worktrees");
    fs::create_dir_all(&home).map_err(io(&home))?;
    let home = home.canonicalize().map_err(io(&home))?;
    let name = path.file_name().and_then(OsStr::to_str).unwrap_or("worktree");
    let name: String =
        name.chars().map(|c| if c.is_ascii_alphanumeric() || c == '_' { c } else { '-' }).collect();
    for n in 0..10_000u32 {
        let admin = if n == 0 { home.join(&name) } else { home.join(format!("{name}{n}")) };
        match fs::create_dir(&admin) {
            Ok(()) => return Ok(admin),
            Err(e) if e.kind() == std::io::ErrorKind::AlreadyExists => {}
            Err(e) => return Err(io(admin)(e)),
        }
    }
    Err(Error::Occupied { path: home, by: format!("10000 worktrees named {name}") })
}

fn put(path: &Path, text: &str) -> Result<(), Error> {
    fs::write(path, text).map_err(io(path))
}

fn not_text(path: &Path) -> Error {
    Error::Occupied { path: path.to_owned(), by: "a name that is not UTF-8".to_owned() }
}
