//! What a reviewer should look at, with the evidence.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How much a concern weighs.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Cannot be told here, and why.
    Unknown,
    /// Worth knowing.
    Note,
    /// Look before merging.
    Warning,
    /// Keeps the branch from being merged as it is.
    Error,
}

impl Severity {
    /// The word, as written everywhere.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Unknown => "cannot tell",
            Self::Note => "note",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

/// One thing to look at.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Concern {
    /// Which check found it, such as `message`, `imports`, `symlink`, `secret`.
    pub check: String,
    /// How much it weighs.
    pub severity: Severity,
    /// Where; empty where it is about the whole branch.
    #[serde(default)]
    pub path: String,
    /// The line, from 1; none where it is about the whole file.
    #[serde(default)]
    pub line: Option<u32>,
    /// What, one sentence.
    pub text: String,
    /// What it was told from, safe to show; may be empty. Never a secret itself.
    #[serde(default)]
    pub evidence: String,
}
