//! Names and numbers that identify things.

use std::fmt;
use std::sync::Arc;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The pane of the orchestrator; no agent of a team may carry this name.
pub const ORCHESTRATOR: &str = "ORCHESTRATOR";

/// The name of an agent and of its pane: `^[A-Za-z][A-Za-z0-9_-]{0,31}$`.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "String", into = "String")]
#[schemars(with = "String")]
pub struct AgentName(Arc<str>);

/// Why a text is not a name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a name: it takes a letter, then at most 31 letters, digits, `_` or `-`")]
pub struct NameError(pub String);

impl AgentName {
    /// Checks `text` and makes it a name.
    ///
    /// # Errors
    /// When it does not match `^[A-Za-z][A-Za-z0-9_-]{0,31}$`.
    pub fn new(text: &str) -> Result<Self, NameError> {
        let mut bytes = text.bytes();
        let first = bytes.next().is_some_and(|b| b.is_ascii_alphabetic());
        let rest = bytes.all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-');
        if first && rest && text.len() <= 32 {
            Ok(Self(text.into()))
        } else {
            Err(NameError(text.to_owned()))
        }
    }

    /// The name of the orchestrator's pane.
    #[must_use]
    pub fn orchestrator() -> Self {
        Self(ORCHESTRATOR.into())
    }

    /// The name as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for AgentName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl fmt::Debug for AgentName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for AgentName {
    type Error = NameError;
    fn try_from(text: String) -> Result<Self, NameError> {
        Self::new(&text)
    }
}

impl From<AgentName> for String {
    fn from(name: AgentName) -> Self {
        name.0.as_ref().to_owned()
    }
}

impl PartialEq<str> for AgentName {
    fn eq(&self, other: &str) -> bool {
        &*self.0 == other
    }
}

impl PartialEq<&str> for AgentName {
    fn eq(&self, other: &&str) -> bool {
        &*self.0 == *other
    }
}

/// A git object id in lower-case hexadecimal.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, Default, JsonSchema)]
#[serde(transparent)]
pub struct Oid(pub String);

impl Oid {
    /// The first seven digits, as people write them.
    #[must_use]
    pub fn short(&self) -> &str {
        self.0.get(..7).unwrap_or(&self.0)
    }
}

impl fmt::Display for Oid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl fmt::Debug for Oid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// One dispatch of a session, counted from 1.
pub type DispatchId = u64;
/// One run of a plan in a session, counted from 1.
pub type RunId = u64;
/// One merge train of a session, counted from 1.
pub type TrainId = u64;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_follow_the_rule() {
        for good in ["A", "SEC", "a-b_9", &"x".repeat(32)] {
            assert!(AgentName::new(good).is_ok(), "{good}");
        }
        for bad in ["", "9A", "-a", "a b", "a/b", "é", "a;touch", &"x".repeat(33)] {
            assert!(AgentName::new(bad).is_err(), "{bad}");
        }
    }
}
