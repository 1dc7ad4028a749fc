//! Locks that our own killed processes left on our own refs.

use std::fs;

use git2::Repository;

use super::error::{git, io};
use super::{Error, recover};

/// What is below is written by nobody but us.
const OURS: &str = "refs/orchestra/";

/// Removes the lock of one of our own refs, if no process has it open: whoever made it was killed. A lock that is
/// held stays, and so do those of all other refs.
pub(super) fn unlock(main: &Repository, name: &str) -> Result<(), Error> {
    if !name.starts_with(OURS) {
        return Ok(());
    }
    let lock = main.commondir().join(format!("{name}.lock"));
    if fs::symlink_metadata(&lock).is_err() || recover::held(&lock) {
        return Ok(());
    }
    match fs::remove_file(&lock) {
        Err(e) if e.kind() != std::io::ErrorKind::NotFound => Err(io(lock)(e)),
        _ => Ok(()),
    }
}

/// Writes one of our own refs, past a lock that a killed process of ours left on it.
pub(super) fn write(main: &Repository, name: &str, oid: git2::Oid, log: &str) -> Result<(), Error> {
    unlock(main, name)?;
    main.reference(name, oid, true, log).map(|_| ()).map_err(git(format!("write {name}")))
}

/// As [`unlock`] for every ref in a folder of ours, such as `refs/orchestra/train/3`.
pub(super) fn unlock_all(main: &Repository, folder: &str) -> Result<(), Error> {
    let entries = fs::read_dir(main.commondir().join(folder)).into_iter().flatten().flatten();
    for name in entries.filter_map(|e| e.file_name().into_string().ok()) {
        if let Some(name) = name.strip_suffix(".lock") {
            unlock(main, &format!("{folder}/{name}"))?;
        }
    }
    Ok(())
}
