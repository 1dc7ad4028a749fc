//! Prompts: as they would be sent, and what came of those that were.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::domain::id::{AgentName, DispatchId};
use crate::domain::state::Outcome;

/// A prompt as it would be sent.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Rendered {
    /// To whom.
    pub agent: AgentName,
    /// The template.
    pub prompt: String,
    /// The text's size.
    pub bytes: usize,
    /// The text, with `<code>` where a claim's code would stand.
    pub text: String,
}

/// One dispatch.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Receipt {
    /// Its number.
    pub dispatch: DispatchId,
    /// To whom.
    pub agent: AgentName,
    /// How it ended; none while under way.
    pub outcome: Option<Outcome>,
    /// Why, or what it waits for.
    pub why: String,
    /// Control characters that were taken out of the text.
    #[serde(default)]
    pub removed: u64,
    /// Milliseconds it took.
    pub ms: u64,
}

/// Puts what came of open dispatches in their places. Who was refused at once has no later receipt of this prompt,
/// only those of earlier ones.
pub fn settle(receipts: &mut [Receipt], later: Vec<Receipt>) {
    for new in later {
        if let Some(open) = receipts.iter_mut().find(|r| r.outcome.is_none() && r.dispatch == new.dispatch) {
            *open = new;
        }
    }
}
