//! Who commits in a worktree, set for that worktree alone.

use std::fs;
use std::path::Path;

use git2::Config;

use super::Error;
use super::error::{git, io};

/// Sets `user.name` and `user.email` for the worktree of `admin`. The caller holds the lock.
pub(super) fn set(common: &Path, admin: &Path, name: &str, email: &str) -> Result<(), Error> {
    enable(common)?;
    let mut config = open(&admin.join("config.worktree"))?;
    config.set_str("user.name", name).map_err(git("set user.name of the worktree"))?;
    config.set_str("user.email", email).map_err(git("set user.email of the worktree"))
}

/// Says yes to settings for the worktree of `admin`. The caller holds the lock.
pub(super) fn choose(common: &Path, admin: &Path, keys: &[&str]) -> Result<(), Error> {
    enable(common)?;
    let mut config = open(&admin.join("config.worktree"))?;
    keys.iter()
        .try_for_each(|key| config.set_bool(key, true).map_err(git(format!("set {key} of the worktree"))))
}

/// Turns on configuration per worktree. Git asks that `core.worktree` and a true `core.bare` move to the
/// main working tree's own file then, as they would be wrong for every linked worktree.
fn enable(common: &Path) -> Result<(), Error> {
    let path = common.join("config");
    let doing = || git(format!("change {}", path.display()));
    let mut shared = Config::open(&path).map_err(doing())?;
    if shared.get_bool("extensions.worktreeconfig").unwrap_or(false) {
        return Ok(());
    }
    let tree = shared.get_string("core.worktree").ok();
    let bare = shared.get_bool("core.bare").unwrap_or(false);
    if tree.is_some() || bare {
        let mut own = open(&common.join("config.worktree"))?;
        if let Some(tree) = &tree {
            own.set_str("core.worktree", tree).map_err(git("move core.worktree"))?;
        }
        if bare {
            own.set_bool("core.bare", true).map_err(git("move core.bare"))?;
        }
    }
    shared.set_bool("extensions.worktreeConfig", true).map_err(doing())?;
    if tree.is_some() {
        shared.remove("core.worktree").map_err(doing())?;
    }
    if bare {
        shared.remove("core.bare").map_err(doing())?;
    }
    Ok(())
}

/// Opens a configuration file, making an empty one where there is none.
fn open(path: &Path) -> Result<Config, Error> {
    fs::OpenOptions::new().append(true).create(true).open(path).map_err(io(path))?;
    Config::open(path).map_err(git(format!("open {}", path.display())))
}
