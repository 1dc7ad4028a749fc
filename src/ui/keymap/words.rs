//! The words by which files name actions, and when they hold.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::{Op, When, rows};

/// The word of each action.
static WORDS: LazyLock<HashMap<Op, String>> = LazyLock::new(|| {
    let word = |op: Op| {
        let value = serde_json::to_value(op).unwrap_or_default();
        // What is done with a recording or a diff is one level deeper.
        let inner = value.as_object().and_then(|o| o.values().next()).unwrap_or(&value);
        inner.as_str().unwrap_or_default().to_owned()
    };
    rows().map(|r| (r.op, word(r.op))).collect()
});

impl Op {
    /// By what files name it: `zoom`, `next-tab`.
    #[must_use]
    pub fn word(self) -> &'static str {
        WORDS.get(&self).map_or("", String::as_str)
    }
}

impl When {
    /// By what files name it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Normal => "normal",
            Self::Typing => "typing",
            Self::Composing => "prompt",
            Self::Addressing => "people",
            Self::Previewing => "preview",
            Self::Asked => "question",
            Self::Answering => "call",
            Self::Reading => "text",
            Self::Choosing => "list",
            Self::Reviewing => "review",
            Self::Training => "merge",
            Self::Receiving => "receipts",
            Self::Planning => "plan",
            Self::Journaling => "journal",
            Self::Diffing => "diff",
            Self::Investigating => "incident",
            Self::Following => "workflow",
            Self::Triaging => "form",
            Self::Replaying => "recording",
            Self::Entering => "line",
            Self::Copying => "copy",
            Self::Seeking => "search",
        }
    }
}
