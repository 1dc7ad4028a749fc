//! The weeks of a phase: that they are some, and that each of its tasks fits into them.
//!
//! Weeks are for people and part no work: tasks behind each other may well go on after them.

use super::{Flaw, at, flaw};
use crate::domain::workflow::pattern::Pattern;
use crate::domain::workflow::span::{MOST, Span, WEEK};

/// The last week there can be: plans are at most so long.
const LAST: u32 = MOST / WEEK;

/// The first and the last week that `3` or `1-2` means, both from 1.
fn range(text: &str) -> Option<(u32, u32)> {
    let digits = |t: &str| t.bytes().all(|b| b.is_ascii_digit()).then(|| t.parse().ok()).flatten();
    let (first, last) = match text.split_once('-') {
        Some((first, last)) => (digits(first)?, digits(last)?),
        None => (digits(text)?, digits(text)?),
    };
    (first >= 1 && first <= last && last <= LAST).then_some((first, last))
}

impl Pattern {
    /// Whether the weeks of phases can be read, and hold each of its tasks.
    pub(super) fn weeks(&self) -> Result<(), Flaw> {
        for (i, phase) in self.phases.iter().enumerate().filter(|(_, p)| !p.weeks.is_empty()) {
            let at = || at!["phase", i, "weeks"];
            let Some((first, last)) = range(&phase.weeks) else {
                let what = format!(
                    "expected a week or the first and the last of several, such as `2` or `1-2`, from 1 to {LAST}, found \
                     `{}`",
                    super::words::shown(&phase.weeks)
                );
                return Err(flaw(at(), what));
            };
            let holds = Span::hours((last - first + 1) * WEEK);
            let own = self.tasks.iter().filter(|t| t.phase == phase.id);
            if let Some(long) = own.max_by_key(|t| t.duration).filter(|t| t.duration > holds) {
                let what = format!(
                    "its task `{}` takes {}, and `{}` holds {holds}; expected more weeks, or a shorter task",
                    long.id, long.duration, phase.weeks
                );
                return Err(flaw(at(), what));
            }
        }
        Ok(())
    }
}
