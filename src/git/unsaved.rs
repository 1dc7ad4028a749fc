//! What a worktree holds, uncommitted work too, as a commit that only a ref of ours knows; and the end of such refs.

use std::path::Path;

use super::error::git;
use super::lock::Lock;
use super::predict::{Found, look};
use super::{Error, open, stale};
use crate::domain::id::{AgentName, Oid, TrainId};
use crate::domain::train::{DRY, TRIAL};

/// Where snapshots are kept while they are tested.
const OPEN: &str = "refs/orchestra/open/";
/// Where trains are.
const TRAINS: &str = "refs/orchestra/train/";

/// Makes a commit of what an agent's worktree holds: its tip where nothing is uncommitted, else changed and new
/// files (not ignored ones) on top of it, kept by `refs/orchestra/open/<agent>` until [`drop_open`]. Branch, index
/// and files stay as they are.
///
/// # Errors
/// When the worktree cannot be read or is not on its branch, or holds more than a limit allows.
pub fn keep_open(repo: &Path, worktree: &Path, branch: &str, agent: &AgentName) -> Result<Oid, Error> {
    let main = open::main(repo)?;
    let tip = open::tip(&main, branch)?;
    match look(&main, worktree, branch, tip)? {
        Found::Nothing => Ok(open::ours(tip)),
        Found::Left(why) => Err(Error::OpenWork { agent: agent.clone(), why }),
        Found::Work(commit) => {
            let _lock = Lock::take(main.commondir())?;
            let name = format!("{OPEN}{agent}");
            stale::write(&main, &name, commit, "orchestra: tested")?;
            Ok(open::ours(commit))
        }
    }
}

/// Drops the ref of a snapshot. Doing so twice is no error.
///
/// # Errors
/// When it cannot be removed.
pub fn drop_open(repo: &Path, agent: &AgentName) -> Result<(), Error> {
    drop_refs(repo, |name| name.strip_prefix(OPEN) == Some(agent.as_str()))
}

/// Drops what a server that was lost left of snapshots, and of trains that were only shown or tested.
///
/// # Errors
/// When a ref cannot be removed.
pub fn sweep(repo: &Path) -> Result<(), Error> {
    let passing = |name: &str| {
        let id = name.strip_prefix(TRAINS).and_then(|rest| rest.split('/').next());
        id.and_then(|id| id.parse::<TrainId>().ok()).is_some_and(|id| id & (DRY | TRIAL) != 0)
    };
    drop_refs(repo, |name| name.starts_with(OPEN) || passing(name))
}

fn drop_refs(repo: &Path, of: impl Fn(&str) -> bool) -> Result<(), Error> {
    let main = open::main(repo)?;
    let _lock = Lock::take(main.commondir())?;
    let doing = || git("read refs/orchestra");
    let mut refs = Vec::new();
    for found in main.references_glob("refs/orchestra/*").map_err(doing())? {
        let found = found.map_err(doing())?;
        if found.name().is_ok_and(&of) {
            refs.push(found);
        }
    }
    for mut found in refs {
        found.delete().map_err(git("remove a ref of refs/orchestra"))?;
    }
    Ok(())
}
