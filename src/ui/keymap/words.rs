//! The words by which files name actions, and when they hold.

use super::{Op, When};

impl Op {
    /// By what files name it: `zoom`, `next-tab`.
    #[must_use]
    pub fn word(self) -> String {
        let value = serde_json::to_value(self).unwrap_or_default();
        // What belongs to one part of the dashboard is one level deeper.
        let inner = value.as_object().and_then(|o| o.values().next()).unwrap_or(&value);
        inner.as_str().unwrap_or_default().to_owned()
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
            Self::Reading => "text",
            Self::Choosing => "list",
            Self::Reviewing => "review",
            Self::Training => "merge",
            Self::Receiving => "receipts",
            Self::Diffing => "diff",
            Self::Replaying => "recording",
            Self::Entering => "line",
            Self::Copying => "copy",
            Self::Seeking => "search",
        }
    }
}
