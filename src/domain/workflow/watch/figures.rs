//! Red flags of figures.

use std::cmp::Ordering;

use super::Told;
use super::look::{Look, Sign};
use crate::domain::workflow::project::{Epoch, Figure};
use crate::domain::workflow::report::amount::{amount, change};
use crate::domain::workflow::span::WEEK;
use crate::domain::workflow::vocabulary::measures::Better;

/// The figure of how much is done by hand.
const BY_HAND: &str = "manual-processes";
/// The figure of how much of it was automated.
const AUTOMATED: &str = "manual-processes-automated";

impl Look<'_> {
    /// The last figure of a name that is not from before.
    pub(super) fn latest(&self, name: &str) -> Option<&Figure> {
        let after = |f: &&Figure| f.name == name && f.epoch != Epoch::Before && f.at <= self.now;
        self.project.figures.iter().rev().find(after)
    }

    /// A figure that went the wrong way, or is the same a planned week after the start.
    pub(super) fn metrics_not_improving(&self) -> Told {
        let week = self.project.started.saturating_add(self.project.ms(WEEK));
        let mut signs = Vec::new();
        for metric in self.vocabulary.metrics.metrics.iter().filter(|m| m.better != Better::Neither) {
            let before = self.project.figure(&metric.name, Epoch::Before);
            let (Some(before), Some(after)) = (before, self.latest(&metric.name)) else { continue };
            let Ok(change) = change(&before.value, &after.value) else { continue };
            let worse = match metric.better {
                Better::Lower => Ordering::Greater,
                _ => Ordering::Less,
            };
            let how = match change.went {
                Ordering::Equal if after.at >= week => "still what it was".to_owned(),
                went if went == worse => format!("worse ({})", change.text),
                _ => continue,
            };
            let text = format!(
                "{}: {} before, {} on {}, which is {how}",
                metric.name,
                before.value,
                after.value,
                self.day(after.at)
            );
            signs.push(Sign { at: after.at, text });
        }
        Told::Signs(signs)
    }

    /// As much by hand as before, or nothing automated a planned week after the start.
    pub(super) fn manual_processes(&self) -> Told {
        let week = self.project.started.saturating_add(self.project.ms(WEEK));
        if let (Some(before), Some(after)) =
            (self.project.figure(BY_HAND, Epoch::Before), self.latest(BY_HAND))
            && let Ok(change) = change(&before.value, &after.value)
        {
            let text =
                format!("{BY_HAND}: {} before, {} on {}", before.value, after.value, self.day(after.at));
            let same = change.went != Ordering::Less;
            return Told::Signs(same.then_some(Sign { at: after.at, text }).into_iter().collect());
        }
        let Some(automated) = self.latest(AUTOMATED) else { return Told::Ask };
        match amount(&automated.value).map(|a| a.number) {
            Some(number) if number > 0.0 => Told::Signs(Vec::new()),
            Some(_) if automated.at >= week => {
                let text = format!("{AUTOMATED}: {} on {}", automated.value, self.day(automated.at));
                Told::Signs(vec![Sign { at: automated.at, text }])
            }
            _ => Told::Ask,
        }
    }
}
