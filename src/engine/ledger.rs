//! What was sent under a key: who asks for the same again is given the receipt of then, and nothing is sent twice.

use std::collections::VecDeque;

use super::Step;
use super::parts::Receipt as Ended;
use crate::domain::command::{Caller, Terms};
use crate::domain::id::{AgentName, DispatchId};
use crate::domain::view::Receipt;

/// Keys that are remembered of one pane; the oldest goes first.
pub const MAX_KEYS: usize = 256;
/// Characters of a key.
pub const MAX_KEY: usize = 128;
/// The longest that a prompt may wait for a busy pane: a day, in seconds.
pub const MAX_PATIENCE: u32 = 24 * 3600;

/// The keys of one pane.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Ledger(VecDeque<Entry>);

#[derive(Clone, PartialEq, Eq, Debug)]
struct Entry {
    /// With its caller before it.
    key: String,
    dispatch: DispatchId,
    ended: Option<Ended>,
}

impl Ledger {
    /// A dispatch was accepted under that key.
    pub(super) fn queued(&mut self, key: &str, dispatch: DispatchId) {
        if self.0.len() >= MAX_KEYS {
            self.0.pop_front();
        }
        self.0.push_back(Entry { key: key.to_owned(), dispatch, ended: None });
    }

    /// A dispatch has its receipt.
    pub(super) fn ended(&mut self, receipt: &Ended) {
        if let Some(entry) = self.0.iter_mut().find(|e| e.dispatch == receipt.id) {
            entry.ended = Some(receipt.clone());
        }
    }

    fn receipt(&self, agent: &AgentName, key: &str) -> Option<Receipt> {
        let entry = self.0.iter().rev().find(|e| e.key == key)?;
        let (dispatch, agent) = (entry.dispatch, agent.clone());
        Some(match &entry.ended {
            Some(r) => super::answer::receipt(&agent, r),
            None => {
                let why = "it was sent before under this key, and is under way".to_owned();
                Receipt { dispatch, agent, outcome: None, why, removed: 0, ms: 0 }
            }
        })
    }
}

impl Step<'_> {
    /// The receipt of what an agent was sent before on the same terms, if it was.
    pub(super) fn sent_before(&self, agent: &AgentName, terms: &Terms) -> Option<Receipt> {
        let key = terms.key.as_deref()?;
        self.state.agent(agent)?.ledger.receipt(agent, key)
    }
}

/// Terms as they are recorded: the key with who gave it, since another caller's is another.
///
/// # Errors
/// When the key or the patience is none.
pub(super) fn terms(caller: &Caller, terms: Terms) -> Result<Terms, String> {
    if let Some(patience) = terms.patience.filter(|p| *p > MAX_PATIENCE) {
        return Err(format!(
            "send with a patience of {patience} s: at most {MAX_PATIENCE} s, which is a day"
        ));
    }
    let key = match terms.key {
        None => None,
        Some(key) if key.is_empty() || key.chars().count() > MAX_KEY || key.chars().any(char::is_control) => {
            return Err(format!(
                "send under this key: it takes 1 to {MAX_KEY} characters, none of them a control"
            ));
        }
        Some(key) => Some(format!("{}/{key}", who(caller))),
    };
    Ok(Terms { key, ..terms })
}

/// Who gave a key. What runs in a pane is that pane's, however it calls.
fn who(caller: &Caller) -> String {
    match caller {
        Caller::Outside => "person".to_owned(),
        Caller::Pane(pane) | Caller::Mcp { pane: Some(pane), .. } => format!("pane {pane}"),
        Caller::Mcp { client, pane: None } => format!("mcp {client}"),
    }
}
