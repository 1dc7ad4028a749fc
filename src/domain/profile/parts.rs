//! The parts of a profile beside prompting and rules: injection, dialogs, stopping, usage.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// What a program is given for one run, beside its own arguments, without touching any file of the user's.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Inject {
    /// Whether it is done. Set it to `false` for a program version that does not take it.
    #[serde(default = "super::yes")]
    pub enabled: bool,
    /// Arguments that follow those of `argv`.
    #[serde(default)]
    pub argv: Vec<String>,
    /// Environment variables. Where a value and the one already there are both JSON objects, they are
    /// merged; otherwise this one counts.
    #[serde(default)]
    pub env: BTreeMap<String, String>,
    /// Files written into the agent's folder below the session's directory before the program starts.
    #[serde(default, rename = "file")]
    pub files: Vec<InjectFile>,
}

impl Inject {
    /// Whether nothing is given.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        !self.enabled || (self.argv.is_empty() && self.env.is_empty() && self.files.is_empty())
    }
}

/// One file of an injection.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InjectFile {
    /// Its path below `{files}`: relative, without `..`.
    pub path: String,
    /// What it holds; placeholders are replaced.
    pub text: String,
}

/// What a dialog is about.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum DialogKind {
    /// Whether the folder is trusted.
    Trust,
    /// Whether to update the program.
    Update,
    /// Whether permissions are really to be bypassed.
    Bypass,
    /// Who the user is.
    Signin,
    /// The usage limit is reached.
    Limit,
}

impl DialogKind {
    /// The word in files and messages.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Trust => "trust",
            Self::Update => "update",
            Self::Bypass => "bypass",
            Self::Signin => "signin",
            Self::Limit => "limit",
        }
    }
}

/// A dialog that a program may show before it takes prompts.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Dialog {
    /// Named in the journal: `claude/trust`.
    pub name: String,
    /// What it is about.
    pub kind: DialogKind,
    /// A regular expression over the screen, as for rules with `source = "screen"`.
    pub pattern: String,
    /// Keys that accept it, by name (`Enter`, `Down`, `C-c`) or as text; empty: it cannot be accepted
    /// by keys alone.
    #[serde(default)]
    pub accept: Vec<String>,
}

/// What is done about a dialog while an agent starts.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Dialogs {
    /// Nothing: a person answers.
    #[default]
    Ask,
    /// A dialog of the kind `trust` is accepted once, in a worktree of ours only; others are asked.
    AcceptTrust,
    /// The agent is stopped, with the dialog as the reason.
    Stop,
}

/// How a program is stopped.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Stop {
    /// Keys that make it quit by itself, by name or as text; empty: it is sent HUP at once.
    #[serde(default)]
    pub keys: Vec<String>,
    /// Milliseconds it may take to quit by them before the holder sends HUP, TERM and KILL; at most 60,000.
    #[serde(default = "grace_default")]
    pub grace_ms: u64,
}

fn grace_default() -> u64 {
    2000
}

/// Where figures of usage come from.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Usage {
    /// How they are kept: `jsonl`, `sqlite`, `text`, or empty for nowhere.
    #[serde(default)]
    pub kind: String,
    /// The files, as a glob; `~/` is the home.
    #[serde(default)]
    pub path: String,
    /// The variable that names another folder in place of the first folder below the home; may be empty.
    #[serde(default)]
    pub home_env: String,
    /// Whose files they are; none: nothing reads them yet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reader: Option<crate::domain::usage::Reader>,
    /// Where the figures stand in a record, for people who write readers.
    #[serde(default)]
    pub fields: String,
}
