//! The brief of a project's task, as the command gives it.

use serde_json::Value;

/// What a task's brief says.
pub(super) struct Brief(pub(super) Value);

impl Brief {
    /// A text of it; empty where it says nothing.
    pub(super) fn text(&self, name: &str) -> &str {
        self.0.get(name).and_then(Value::as_str).unwrap_or_default()
    }

    /// The entries of a list.
    pub(super) fn list(&self, name: &str) -> &[Value] {
        self.0.get(name).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default()
    }

    /// Those that are texts.
    pub(super) fn texts(&self, name: &str) -> impl Iterator<Item = &str> {
        self.list(name).iter().filter_map(Value::as_str)
    }

    /// Which round this is.
    pub(super) fn round(&self) -> u64 {
        self.0.get("round").and_then(Value::as_u64).unwrap_or(1)
    }
}
