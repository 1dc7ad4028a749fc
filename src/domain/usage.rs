//! What agent programs use, where they say so.

mod tally;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use self::tally::{Reader, Tally};

/// Tokens and money of one agent since the session began. Never estimated: what a program does not say is none.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
pub struct Usage {
    /// Tokens read, those from a cache included.
    pub input: u64,
    /// Of these, tokens read from a cache.
    #[serde(default)]
    pub cached: u64,
    /// Tokens written, reasoning included.
    pub output: u64,
    /// Millionths of a US dollar, where the program gives money.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub micro_usd: Option<u64>,
    /// How full its context is, in percent, where it says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub context: Option<u8>,
    /// Where the figures are from, as `codex rollout`.
    pub source: String,
}

impl Usage {
    /// Tokens read and written.
    #[must_use]
    pub fn tokens(&self) -> u64 {
        self.input.saturating_add(self.output)
    }

    /// Tokens as a column shows them, in at most five characters: `980`, `12.4k`, `1.2M`.
    #[must_use]
    pub fn short(&self) -> String {
        let n = self.tokens();
        let tenths = |unit: u64| format!("{}.{}", n / unit, n % unit / (unit / 10));
        match n {
            0..1_000 => n.to_string(),
            1_000..100_000 => tenths(1_000) + "k",
            100_000..1_000_000 => format!("{}k", n / 1_000),
            1_000_000..100_000_000 => tenths(1_000_000) + "M",
            _ => format!("{}M", n / 1_000_000),
        }
    }
}
