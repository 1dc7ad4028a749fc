//! `session.toml`.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::clock::Origin;
use crate::domain::id::{AgentName, Oid};
use crate::domain::team::Config;

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
    /// Its worktree.
    pub worktree: PathBuf,
    /// The commit its work is counted from.
    pub base: Oid,
}
