//! A recording that still grows.

use super::Player;
use crate::domain::record::Record;

impl Player {
    /// Whether the session was never ended: somebody may still write this recording.
    #[must_use]
    pub fn is_open(&self) -> bool {
        let last = self.recording().lines().last();
        last.is_some_and(|l| !matches!(l.record, Record::Closed { .. }))
    }
}
