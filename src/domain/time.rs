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

/// A moment as RFC 3339 in UTC, to the second.
#[must_use]
pub fn rfc3339(at: Time) -> String {
    let seconds = at.wall.div_euclid(1000);
    let (days, rest) = (seconds.div_euclid(86_400), seconds.rem_euclid(86_400));
    // Civil date from days since 1970 (Howard Hinnant, "chrono-compatible low-level date algorithms").
    let z = days + 719_468;
    let (era, doe) = (z.div_euclid(146_097), z.rem_euclid(146_097));
    let yoe = (doe - doe / 1460 + doe / 36_524 - doe / 146_096) / 365;
    let doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    let mp = (5 * doy + 2) / 153;
    let (day, month) = (doy - (153 * mp + 2) / 5 + 1, if mp < 10 { mp + 3 } else { mp - 9 });
    let year = yoe + era * 400 + i64::from(month <= 2);
    let (h, m, s) = (rest / 3600, rest / 60 % 60, rest % 60);
    format!("{year:04}-{month:02}-{day:02}T{h:02}:{m:02}:{s:02}Z")
}
