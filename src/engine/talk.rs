//! What agents say of themselves and to each other.

use super::Step;
use crate::domain::command::{Caller, Talk};
use crate::domain::view::Answer;

impl Step<'_> {
    /// Carries out what an agent says of itself or to another.
    pub(super) fn talk(&mut self, _caller: &Caller, _talk: Talk) -> Result<Answer, String> {
        Err("talk: not built yet".into())
    }
}
