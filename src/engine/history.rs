//! What happened, for those who ask.

use super::Step;
use crate::domain::id::AgentName;
use crate::domain::view::Answer;

impl Step<'_> {
    /// What the journal's recent lines say.
    pub(super) fn history(
        &self,
        _agent: Option<&AgentName>,
        _since: Option<u64>,
        _limit: u16,
    ) -> Result<Answer, String> {
        Err("history: not built yet".into())
    }
}
