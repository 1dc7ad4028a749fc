//! `session.toml`.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::clock::Origin;
use super::dir::{Error, SessionDir};
use crate::domain::id::{AgentName, Oid};
use crate::domain::team::{AgentSpec, Config};

/// What `session.toml` holds: enough for a server to take the session up, and for a reader of the
/// record to understand it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct SessionFile {
    /// The program's version.
    pub version: String,
    /// The repository's top.
    pub repository: PathBuf,
    /// When the session's clocks began.
    pub origin: Origin,
    /// Which start of the machine it was last opened in; empty where the system does not tell.
    #[serde(default)]
    pub boot: String,
    /// The panes of agents.
    #[serde(rename = "pane")]
    pub panes: Vec<PaneFile>,
    /// The configuration as it was.
    pub config: Config,
}

impl SessionFile {
    /// That of a session that is nothing but a record: every agent of the configuration has a pane at the repository itself,
    /// and the clock begins at 0.
    #[must_use]
    pub fn bare(version: &str, repository: &Path, config: Config) -> Self {
        let pane = |a: &AgentSpec| PaneFile {
            name: a.name.clone(),
            worktree: repository.to_owned(),
            base: Oid("0".repeat(40)),
        };
        Self {
            version: version.to_owned(),
            repository: repository.to_owned(),
            origin: Origin { boot_us: 0 },
            boot: String::new(),
            panes: config.team.iter().map(pane).collect(),
            config,
        }
    }

    /// Reads `session.toml` as a stranger may have written it, for looking at the session.
    ///
    /// What only a running session needs and what would cost time is left out: profiles with their patterns,
    /// prompts and hooks are not needed to show what was.
    ///
    /// # Errors
    /// [`Error::Content`] when it is not what is expected or names more than [`MAX_TEAM`] agents, or [`Error::Io`].
    pub fn look(dir: &SessionDir) -> Result<Self, Error> {
        let mut file: Self = dir.read_toml()?;
        let team = &file.config.team;
        let wrong = |reason: String| Error::Content { path: dir.path().join("session.toml"), reason };
        if team.len() > MAX_TEAM {
            return Err(wrong(format!("it has {} agents; {MAX_TEAM} are shown at most", team.len())));
        }
        let mut names: Vec<&AgentName> = team.iter().map(|a| &a.name).collect();
        names.sort();
        if let Some([name, _]) = names.windows(2).find(|w| w.first() == w.last()) {
            return Err(wrong(format!("it has two agents called {name}")));
        }
        file.config.profiles.clear();
        file.config.conduct.hooks.clear();
        file.config.prompts.clear();
        Ok(file)
    }
}

/// Most agents of a session that is looked at.
pub const MAX_TEAM: usize = 256;

/// The machine's present start, as the kernel names it; empty where it does not.
#[must_use]
pub fn boot_id() -> String {
    let id = std::fs::read_to_string("/proc/sys/kernel/random/boot_id");
    id.map(|t| t.trim().to_owned()).unwrap_or_default()
}

/// One agent's pane.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct PaneFile {
    /// The agent.
    pub name: AgentName,
    /// Its worktree, or its plain folder.
    pub worktree: PathBuf,
    /// The commit its work is counted from; empty without worktrees.
    pub base: Oid,
}
