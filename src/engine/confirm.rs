//! Calls that wait for a person.

use super::Step;
use super::event::ReplyTo;
use crate::domain::command::Confirming;
use crate::domain::view::Answer;

impl Step<'_> {
    /// Who asked for these is gone.
    pub(super) fn left(&mut self, _replies: &[ReplyTo]) {}

    /// Lists what waits for a person, or takes the answer to one.
    pub(super) fn confirm(&mut self, _what: Confirming) -> Result<Answer, String> {
        Err("confirm: not built yet".into())
    }
}
