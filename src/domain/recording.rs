//! What is recorded, and how much of it.

use serde::{Deserialize, Serialize};

/// The configuration's `[record]`.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(default)]
pub struct Rules {
    /// Whether what people type into panes is recorded too, not only that they did.
    pub keys: bool,
    /// Names of environment variables whose values are masked wherever a pane shows them.
    pub secrets: Vec<String>,
    /// Whether the orchestrator's pane is recorded; of agents each says it for itself.
    pub orchestrator: bool,
    /// Whether closed segments of pane logs are compressed.
    pub compress: bool,
    /// Bytes that the log of one pane may take on the disk.
    pub pane_quota: u64,
    /// Bytes that all pane logs may take together.
    pub session_quota: u64,
}

impl Default for Rules {
    fn default() -> Self {
        Self {
            keys: false,
            secrets: Vec::new(),
            orchestrator: true,
            compress: true,
            pane_quota: 256 << 20,
            session_quota: 2 << 30,
        }
    }
}
