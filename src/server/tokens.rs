//! The tokens of a session's panes.

use std::collections::BTreeMap;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::Error;
use crate::domain::id::AgentName;

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

    /// All of them.
    pub fn all(&self) -> impl Iterator<Item = &String> {
        self.0.values()
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
