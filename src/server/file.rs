//! `session.toml` and the tokens of a session's panes.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::Error;
use crate::domain::id::{AgentName, Oid};
use crate::domain::team::Config;
use crate::session::clock::Origin;

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

/// The token of each pane: who shows it speaks for that pane. Kept beside the sockets, never in
/// the record, so that a session directory can be given away.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Tokens(BTreeMap<AgentName, String>);

impl Tokens {
    /// Reads the tokens of a session, or makes new ones for those in `names` that have none.
    ///
    /// # Errors
    /// When the file cannot be written or no random numbers are to be had.
    pub fn load(path: &Path, names: impl Iterator<Item = AgentName>) -> Result<Self, Error> {
        let known = std::fs::read(path).ok().and_then(|b| serde_json::from_slice(&b).ok());
        let mut tokens: Self = known.unwrap_or_default();
        for name in names {
            if let std::collections::btree_map::Entry::Vacant(free) = tokens.0.entry(name) {
                free.insert(random_hex()?);
            }
        }
        let text = serde_json::to_vec(&tokens).unwrap_or_default();
        crate::session::dir::replace(path, &text).map_err(|source| Error::Session {
            what: format!("write {}", path.display()),
            why: source.to_string(),
        })?;
        Ok(tokens)
    }

    /// The token of a pane.
    #[must_use]
    pub fn of(&self, name: &AgentName) -> &str {
        self.0.get(name).map_or("", String::as_str)
    }

    /// Whose token that is.
    #[must_use]
    pub fn owner(&self, token: &str) -> Option<&AgentName> {
        self.0.iter().find(|(_, t)| !token.is_empty() && *t == token).map(|(name, _)| name)
    }
}

fn random_hex() -> Result<String, Error> {
    let mut bytes = [0u8; 16];
    getrandom::fill(&mut bytes)
        .map_err(|e| Error::Session { what: "make a token".into(), why: e.to_string() })?;
    Ok(bytes.iter().map(|b| format!("{b:02x}")).collect())
}
