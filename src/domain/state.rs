//! The states of agents, tasks and receipts.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What an agent is doing.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize, PartialOrd, Ord, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum AgentState {
    /// Waits for its stage; nothing was started.
    Pending,
    /// Its program is coming up.
    Starting,
    /// Busy.
    Working,
    /// Waits for a prompt.
    Idle,
    /// Waits for an answer or a permission.
    Asking,
    /// Hit a usage limit.
    Limited,
    /// Needs another agent first.
    Blocked,
    /// Says READY FOR MERGE; not proved.
    Claimed,
    /// Proved ready by git and the gates.
    Ready,
    /// Its branch is in the target.
    Merged,
    /// Its program or start failed.
    Failed,
    /// Stopped by someone.
    Stopped,
    /// Nothing trustworthy is known. Never shown as idle.
    Unknown,
}

impl AgentState {
    /// All states, in the order of the design's table.
    pub const ALL: [Self; 13] = [
        Self::Pending,
        Self::Starting,
        Self::Working,
        Self::Idle,
        Self::Asking,
        Self::Limited,
        Self::Blocked,
        Self::Claimed,
        Self::Ready,
        Self::Merged,
        Self::Failed,
        Self::Stopped,
        Self::Unknown,
    ];

    /// The states that a person may lay down: what a program does, not what git or a start proved.
    pub const PINNABLE: [Self; 6] =
        [Self::Working, Self::Idle, Self::Asking, Self::Blocked, Self::Limited, Self::Unknown];

    /// The word, as written everywhere.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Starting => "starting",
            Self::Working => "working",
            Self::Idle => "idle",
            Self::Asking => "asking",
            Self::Limited => "limited",
            Self::Blocked => "blocked",
            Self::Claimed => "claimed",
            Self::Ready => "ready",
            Self::Merged => "merged",
            Self::Failed => "failed",
            Self::Stopped => "stopped",
            Self::Unknown => "unknown",
        }
    }

    /// Its sign, and the one where there is only ASCII.
    #[must_use]
    pub fn signs(self) -> (&'static str, &'static str) {
        match self {
            Self::Asking => ("?", "?"),
            Self::Failed => ("!", "!"),
            Self::Limited => ("~", "~"),
            Self::Claimed => ("◆", "c"),
            Self::Working => ("●", "*"),
            Self::Idle => ("○", "."),
            Self::Pending => ("…", ","),
            Self::Starting => ("◌", "s"),
            Self::Blocked => ("■", "X"),
            Self::Ready => ("✔", "+"),
            Self::Merged => ("⇉", "m"),
            Self::Stopped => ("-", "-"),
            Self::Unknown => ("·", "u"),
        }
    }

    /// The state of that word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|s| s.word() == word)
    }

    /// Whether a program runs in the pane.
    #[must_use]
    pub fn alive(self) -> bool {
        !matches!(self, Self::Pending | Self::Failed | Self::Stopped)
    }

    /// Whether it waits for a human.
    #[must_use]
    pub fn needs_human(self) -> bool {
        matches!(self, Self::Asking | Self::Limited | Self::Failed | Self::Claimed)
    }
}

impl std::fmt::Display for AgentState {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(self.word())
    }
}

/// Where a task of a running plan stands.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum TaskState {
    /// Waits for its needs or its stage.
    Queued,
    /// Its prompt is on the way.
    Sent,
    /// Its prompt was submitted.
    Running,
    /// Its done-rule holds.
    Done,
    /// It cannot be finished.
    Failed,
    /// Left out by name.
    Skipped,
}

impl TaskState {
    /// The word, as written everywhere.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Sent => "sent",
            Self::Running => "running",
            Self::Done => "done",
            Self::Failed => "failed",
            Self::Skipped => "skipped",
        }
    }

    /// Whether nothing more will happen to it by itself.
    #[must_use]
    pub fn ended(self) -> bool {
        matches!(self, Self::Done | Self::Failed | Self::Skipped)
    }
}

/// How a dispatch ended.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    /// The program took the prompt and showed it.
    Submitted,
    /// The program did not react.
    Stalled,
    /// It was not sent, for a reason.
    Refused,
    /// The pane cannot take a prompt now.
    Busy,
}

impl Outcome {
    /// The word, as written everywhere.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Submitted => "submitted",
            Self::Stalled => "stalled",
            Self::Refused => "refused",
            Self::Busy => "busy",
        }
    }
}
