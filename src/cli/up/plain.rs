//! The folders of a team without worktrees.

use std::path::PathBuf;

use anyhow::Context;

use super::setup;
use crate::cli::exit::Fail;
use crate::cli::{out, paths};
use crate::domain::id::{AgentName, Oid};
use crate::domain::team::Config;
use crate::git::Made;
use crate::server::Found;
use crate::session::dir::SessionDir;
use crate::session::file::SessionFile;

/// Makes a folder for every agent where there is none, and runs the setup in new ones. What is there stays as it is.
pub(super) fn folders(
    top: &std::path::Path,
    config: &Config,
) -> anyhow::Result<Vec<(AgentName, PathBuf, Oid)>> {
    let mut made = Vec::new();
    for agent in &config.team {
        let path = paths::worktree(top, &config.session, &agent.name);
        if path.join(".git").symlink_metadata().is_ok() {
            let why = format!(
                "use {} as the folder of {}: it is a worktree of git, and this team has `worktrees = false`; \
                 remove it with `orchestra clean`, or start another session with --session",
                path.display(),
                agent.name
            );
            return Err(Fail::usage(why).into());
        }
        let how = if path.is_dir() { Made::Adopted } else { Made::Created };
        std::fs::create_dir_all(&path).with_context(|| format!("make {}", path.display()))?;
        let said = if how == Made::Adopted { "took up" } else { "made" };
        out::progress(&format!("{said} {}", path.display()));
        setup::run(&config.setup, &path, how, &agent.name)?;
        made.push((agent.name.clone(), path, Oid(String::new())));
    }
    Ok(made)
}

/// Passes when an ended session that is to go on is of the same kind as the configuration now says: its record speaks
/// of branches, or of none.
///
/// # Errors
/// [`Fail`] with status 2 where it is of the other kind.
pub(super) fn same_kind(ended: &Found, config: &Config) -> Result<(), Fail> {
    let earlier = SessionDir::open(&ended.session_dir).and_then(|dir| dir.read_toml::<SessionFile>());
    // What cannot be read is told where it is taken up.
    let Ok(earlier) = earlier else { return Ok(()) };
    if earlier.config.worktrees == config.worktrees {
        return Ok(());
    }
    let (was, now) = if config.worktrees { ("had no", "has") } else { ("had", "has no") };
    Err(Fail::usage(format!(
        "go on with session `{0}`: it {was} worktrees, and the team now {now} worktrees; start another with \
         `orchestra up --session NAME`, or remove it with `orchestra clean {0} --record`",
        ended.name
    )))
}
