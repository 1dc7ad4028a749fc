//! What a review points out, as data.

use serde::{Deserialize, Serialize};

use super::Severity;
use super::convention::{Convention, MESSAGE, MessageCheck};

/// The checks that are built in; rules of paths may name others.
pub const CHECKS: &[&str] = &[
    MESSAGE,
    "binary",
    "focus",
    "imports",
    "marker",
    "mode",
    "name",
    "secret",
    "submodule",
    "symlink",
    "text",
    "tests",
    "untested",
];

/// A file larger than this is pointed out where it is binary, in bytes.
pub const BINARY_MOST: u64 = 1 << 20;
/// A text file larger than this is pointed out, in bytes.
pub const TEXT_MOST: u64 = 1 << 20;

/// Everything a review is told of by data and configuration.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(default)]
pub struct Rules {
    /// What a message that does not fit does.
    pub message: MessageCheck,
    /// Names of checks that say nothing.
    pub off: Vec<String>,
    /// Bytes above which a binary file is pointed out.
    pub binary_most: u64,
    /// Bytes above which a text file is pointed out.
    pub text_most: u64,
    /// How messages are written.
    #[serde(rename = "convention")]
    pub conventions: Vec<Convention>,
    /// Files whose changes are pointed out.
    #[serde(rename = "rule")]
    pub paths: Vec<PathRule>,
    /// How secrets look.
    #[serde(rename = "secret")]
    pub secrets: Vec<SecretRule>,
}

impl Default for Rules {
    fn default() -> Self {
        Self {
            message: MessageCheck::default(),
            off: Vec::new(),
            binary_most: BINARY_MOST,
            text_most: TEXT_MOST,
            conventions: Vec::new(),
            paths: Vec::new(),
            secrets: Vec::new(),
        }
    }
}

impl Rules {
    /// Whether nothing is to be said of a check.
    #[must_use]
    pub fn silent(&self, check: &str) -> bool {
        self.off.iter().any(|off| off == check)
    }
}

/// The file of the rules.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RuleFile {
    /// How messages are written.
    #[serde(rename = "convention")]
    pub conventions: Vec<Convention>,
    /// Files whose changes are pointed out.
    #[serde(rename = "rule")]
    pub paths: Vec<PathRule>,
    /// How secrets look.
    #[serde(rename = "secret")]
    pub secrets: Vec<SecretRule>,
}

/// Files whose changes are pointed out, whatever the change.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PathRule {
    /// Its name.
    pub name: String,
    /// The check it belongs to: `ci`, `hooks`.
    pub check: String,
    /// How much it weighs.
    pub severity: Severity,
    /// What to say, a sentence.
    pub text: String,
    /// Patterns of paths, any of which suffices, upper and lower case being the same. `*` stands for any
    /// characters but `/`, `**` for any folders; a pattern without `/` is compared with the file's name.
    pub paths: Vec<String>,
}

/// How one kind of secret looks.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SecretRule {
    /// Its name.
    pub name: String,
    /// A regular expression for a line. The secret is its group `secret`, or else all of it.
    pub pattern: String,
    /// What of it is masked in the record, where that is more than the pattern; as that, a regular expression.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mask: Option<String>,
    /// What it is, for people: `an access key of AWS`.
    pub text: String,
    /// How much it weighs.
    pub severity: Severity,
    /// Bits of information per character below which it is none; 0: any.
    #[serde(default)]
    pub bits: f64,
    /// Characters at its beginning that may be shown because they only name its kind.
    #[serde(default)]
    pub shown: usize,
}
