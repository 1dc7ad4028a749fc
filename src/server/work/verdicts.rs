//! What is known of trees already, so that none is tested twice.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::domain::gates::Reuse;
use crate::domain::id::Oid;
use crate::domain::review::GateResult;

/// Verdicts kept; the oldest go first. Each holds at most 2 KiB of output.
const KEPT: usize = 4096;
/// How often one that waits for another's verdict looks whether it is cancelled.
const LOOK: Duration = Duration::from_millis(100);

/// Verdicts by key, and the keys that are being tested now.
#[derive(Default)]
pub(super) struct Verdicts {
    inner: Mutex<Inner>,
    freed: Condvar,
}

#[derive(Default)]
struct Inner {
    known: BTreeMap<String, GateResult>,
    order: VecDeque<String>,
    running: BTreeSet<String>,
}

/// What is to be done about a key.
pub(super) enum Turn<'a> {
    /// Nothing: this is known.
    Known(Box<GateResult>),
    /// It is to be tested, by nobody else until the turn ends.
    Mine(Mine<'a>),
    /// Nobody needs it any more.
    Cancelled,
}

/// The right to test one key.
pub(super) struct Mine<'a> {
    verdicts: &'a Verdicts,
    key: String,
}

impl Drop for Mine<'_> {
    fn drop(&mut self) {
        self.verdicts.lock().running.remove(&self.key);
        self.verdicts.freed.notify_all();
    }
}

impl Verdicts {
    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes in a verdict. Only green and red count: a time-out or an error may be another one next time.
    pub(super) fn keep(&self, result: &GateResult) {
        if result.key.is_empty() || !result.status.is_verdict() || result.reused_from.is_some() {
            return;
        }
        let known = GateResult { baseline: None, excused: false, ..result.clone() };
        let mut inner = self.lock();
        if inner.known.insert(result.key.clone(), known).is_none() {
            inner.order.push_back(result.key.clone());
        }
        while inner.order.len() > KEPT {
            if let Some(oldest) = inner.order.pop_front() {
                inner.known.remove(&oldest);
            }
        }
    }

    /// Waits until nobody else tests `key`, and gives what is known of it then, or the right to test it.
    pub(super) fn turn(&self, key: &str, reuse: Reuse, cancel: &AtomicBool) -> Turn<'_> {
        let mut inner = self.lock();
        loop {
            if cancel.load(Ordering::Relaxed) {
                return Turn::Cancelled;
            }
            if let (Reuse::Known, Some(known)) = (reuse, inner.known.get(key)) {
                return Turn::Known(Box::new(known.clone()));
            }
            if inner.running.insert(key.to_owned()) {
                return Turn::Mine(Mine { verdicts: self, key: key.to_owned() });
            }
            inner = self.freed.wait_timeout(inner, LOOK).unwrap_or_else(PoisonError::into_inner).0;
        }
    }
}

/// A known verdict as one of the commit `oid`.
pub(super) fn reused(known: GateResult, oid: &Oid) -> GateResult {
    GateResult { reused_from: Some(known.record.clone()), oid: oid.clone(), ..known }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::domain::review::GateStatus;

    fn result(key: &str, status: GateStatus) -> GateResult {
        GateResult {
            key: key.into(),
            record: "7".into(),
            ..GateResult::new("test", Oid("aa".into()), status)
        }
    }

    fn never() -> AtomicBool {
        AtomicBool::new(false)
    }

    #[test]
    fn only_green_and_red_that_really_ran_are_known_again() {
        let all = Verdicts::default();
        for (key, status) in [("t", GateStatus::Timeout), ("e", GateStatus::Error), ("", GateStatus::Green)] {
            all.keep(&result(key, status));
            assert!(matches!(all.turn(key, Reuse::Known, &never()), Turn::Mine(_)), "{key}");
        }
        all.keep(&reused(result("r", GateStatus::Red), &Oid("bb".into())));
        assert!(matches!(all.turn("r", Reuse::Known, &never()), Turn::Mine(_)));
        let red =
            GateResult { baseline: Some(GateStatus::Red), excused: true, ..result("r", GateStatus::Red) };
        all.keep(&red);
        let Turn::Known(known) = all.turn("r", Reuse::Known, &never()) else { panic!("not known") };
        assert_eq!((known.baseline, known.excused), (None, false), "of another base");
        let again = reused(*known, &Oid("bb".into()));
        assert_eq!((again.oid.0.as_str(), again.reused_from.as_deref()), ("bb", Some("7")));
        assert!(matches!(all.turn("r", Reuse::Never, &never()), Turn::Mine(_)), "asked to run again");
    }

    #[test]
    fn the_second_waits_for_the_first_and_takes_its_verdict() {
        let all = Arc::new(Verdicts::default());
        let Turn::Mine(mine) = all.turn("k", Reuse::Known, &never()) else { panic!("not mine") };
        let second = {
            let all = all.clone();
            std::thread::spawn(move || {
                matches!(all.turn("k", Reuse::Known, &AtomicBool::new(false)), Turn::Known(_))
            })
        };
        assert!(matches!(all.turn("k", Reuse::Known, &AtomicBool::new(true)), Turn::Cancelled));
        all.keep(&result("k", GateStatus::Green));
        drop(mine);
        assert!(second.join().unwrap(), "it ran twice");
    }

    #[test]
    fn the_oldest_verdicts_go_first() {
        let all = Verdicts::default();
        for n in 0..=KEPT {
            all.keep(&result(&n.to_string(), GateStatus::Green));
        }
        assert!(matches!(all.turn("0", Reuse::Known, &never()), Turn::Mine(_)));
        assert!(matches!(all.turn("1", Reuse::Known, &never()), Turn::Known(_)));
    }
}
