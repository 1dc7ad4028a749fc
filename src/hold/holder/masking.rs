//! Between the terminal and the log: what is secret is masked, and what may become so waits for a moment.

use std::time::{Duration, Instant};

use crate::session::log::Kind;

use super::{Holder, READ};

/// How long what may be the beginning of a secret is held back.
const HOLD: Duration = Duration::from_millis(50);

impl Holder {
    /// Whether output may be recorded as it is. Else what of it may be was recorded here.
    pub(super) fn is_plain(&mut self, bytes: &[u8], now: Instant) -> bool {
        let mut out = Vec::new();
        if self.masker.feed(bytes, &mut out) {
            return true;
        }
        if !self.masker.waits() {
            self.hold_until = None;
        } else if self.hold_until.is_none() || !out.is_empty() {
            self.hold_until = Some(now + HOLD);
        }
        self.output(&out, now);
        false
    }

    /// Lets go what was held back for long enough.
    pub(super) fn expire(&mut self, now: Instant) {
        if self.hold_until.is_some_and(|at| now >= at) {
            self.let_go(now);
        }
    }

    /// Lets go what is held back, before something is recorded that came after it.
    pub(super) fn let_go(&mut self, now: Instant) {
        self.hold_until = None;
        let mut out = Vec::new();
        self.masker.expire(&mut out);
        self.output(&out, now);
    }

    fn output(&mut self, bytes: &[u8], now: Instant) {
        for part in bytes.chunks(READ) {
            self.record(Kind::Output, part, now);
        }
    }
}
