//! Moments as the engine sees them: handed in, never read.

use std::ops::Sub;
use std::time::Duration;

use serde::{Deserialize, Serialize};

/// A moment of a session on its two clocks.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Debug, Serialize, Deserialize)]
pub struct Time {
    /// Microseconds of the monotonic clock since the session's origin. Orders everything.
    pub mono: u64,
    /// Milliseconds since 1970 (UTC), for people only: it may jump.
    pub wall: i64,
}

impl Time {
    /// This moment, `by` later on both clocks.
    #[must_use]
    pub fn plus(self, by: Duration) -> Self {
        let us = u64::try_from(by.as_micros()).unwrap_or(u64::MAX);
        let ms = i64::try_from(by.as_millis()).unwrap_or(i64::MAX);
        Self { mono: self.mono.saturating_add(us), wall: self.wall.saturating_add(ms) }
    }
}

impl Sub for Time {
    type Output = Duration;
    /// How long after `earlier`; zero when it is not.
    fn sub(self, earlier: Self) -> Duration {
        Duration::from_micros(self.mono.saturating_sub(earlier.mono))
    }
}
