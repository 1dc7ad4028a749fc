//! A recording that still grows.

use super::{Error, Player};
use crate::domain::record::Record;

impl Player {
    /// Whether the session was never ended: somebody may still write this recording.
    #[must_use]
    pub fn is_open(&self) -> bool {
        let last = self.recording().lines().last();
        last.is_some_and(|l| !matches!(l.record, Record::Closed { .. }))
    }

    /// Takes in what was recorded since, and stays where it is.
    ///
    /// # Errors
    /// When the recording cannot be read any more.
    pub fn refresh(&mut self) -> Result<(), Error> {
        let (now, dir) = (self.now(), self.recording().dir().path().to_owned());
        let mut fresh = Self::open(&dir)?;
        fresh.seek(now)?;
        *self = fresh;
        Ok(())
    }
}
