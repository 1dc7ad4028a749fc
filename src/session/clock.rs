//! The two clocks of a session.

use std::time::{SystemTime, UNIX_EPOCH};

use rustix::time::{ClockId, clock_gettime};
use serde::{Deserialize, Serialize};

use crate::domain::time::Time;

/// Where a session's monotonic clock starts. Recorded once, then handed to every holder.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Origin {
    /// The reading of `CLOCK_BOOTTIME` (it counts sleep) at the session's moment 0, in microseconds.
    /// Below zero when the session began before the machine's last start.
    pub boot_us: i64,
}

impl Origin {
    /// An origin at this moment.
    #[must_use]
    pub fn now() -> Self {
        Self { boot_us: boot_us() }
    }

    /// The origin for a session whose last recorded moment is `last`: `self` unless its clock would now run
    /// behind `last`, as it does after the machine was restarted; then the wall clock bridges the gap.
    #[must_use]
    pub fn resumed(self, last: Time) -> Self {
        self.resumed_at(last, boot_us(), wall_ms())
    }

    fn resumed_at(self, last: Time, boot_us: i64, wall_ms: i64) -> Self {
        let last_us = i64::try_from(last.mono).unwrap_or(i64::MAX);
        if boot_us.saturating_sub(self.boot_us) >= last_us {
            return self;
        }
        let gap = wall_ms.saturating_sub(last.wall).max(0).saturating_mul(1000);
        Self { boot_us: boot_us.saturating_sub(last_us).saturating_sub(gap) }
    }
}

/// Reads the moments of a session.
#[derive(Debug, Clone, Copy)]
pub struct Clock {
    origin: Origin,
}

impl Clock {
    /// A clock that counts from `origin`.
    #[must_use]
    pub fn new(origin: Origin) -> Self {
        Self { origin }
    }

    /// Where it counts from.
    #[must_use]
    pub fn origin(&self) -> Origin {
        self.origin
    }

    /// This moment.
    #[must_use]
    pub fn now(&self) -> Time {
        Time { mono: self.micros(), wall: wall_ms() }
    }

    /// Microseconds since the origin; 0 before it.
    #[must_use]
    pub fn micros(&self) -> u64 {
        u64::try_from(boot_us().saturating_sub(self.origin.boot_us)).unwrap_or(0)
    }
}

fn boot_us() -> i64 {
    let now = clock_gettime(ClockId::Boottime);
    now.tv_sec.saturating_mul(1_000_000).saturating_add(now.tv_nsec / 1000)
}

/// Milliseconds since 1970, by the wall clock.
#[must_use]
pub fn wall_ms() -> i64 {
    match SystemTime::now().duration_since(UNIX_EPOCH) {
        Ok(since) => i64::try_from(since.as_millis()).unwrap_or(i64::MAX),
        Err(before) => i64::try_from(before.duration().as_millis()).map_or(i64::MIN, |ms| -ms),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_runs_forward_from_its_origin() {
        let clock = Clock::new(Origin::now());
        let (a, b) = (clock.now(), clock.now());
        assert!(a.mono <= b.mono && b.mono < 60_000_000);
        assert!(a.wall > 1_600_000_000_000);
        assert_eq!(Clock::new(Origin { boot_us: i64::MAX }).micros(), 0);
    }

    #[test]
    fn a_restart_of_the_machine_does_not_turn_it_back() {
        let origin = Origin { boot_us: 5_000_000 };
        let last = Time { mono: 100_000_000, wall: 1_000_000 };
        assert_eq!(origin.resumed_at(last, 105_000_000, 0), origin);
        let after = origin.resumed_at(last, 3_000_000, 1_000_000 + 60_000);
        assert_eq!(3_000_000 - after.boot_us, 100_000_000 + 60_000_000);
        let wall_back = origin.resumed_at(last, 3_000_000, 0);
        assert_eq!(3_000_000 - wall_back.boot_us, 100_000_000);
    }
}
