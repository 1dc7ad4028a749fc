//! The figures of many incidents in one.

use schemars::JsonSchema;
use serde::Serialize;

use super::{Compared, Measured, Strategy};
use crate::domain::incident::score::{Count, Verdict};

/// What one way of routing makes of all incidents.
#[derive(Clone, PartialEq, Debug, Serialize, JsonSchema)]
pub struct Sum {
    /// The way.
    pub strategy: Strategy,
    /// Incidents.
    pub scenarios: usize,
    /// Specialists engaged, over all incidents.
    pub engaged: usize,
    /// Findings that came.
    pub findings: usize,
    /// Seconds until the first finding, on average over the incidents in which every way has one. Null where there is
    /// none.
    pub first_s: Option<f64>,
    /// Seconds until the last finding, in the same way.
    pub last_s: Option<f64>,
    /// Seconds of work of specialists and coordinators, over all incidents.
    pub work_s: f64,
    /// Incidents whose truth is known: what follows is of those alone.
    pub with_truth: usize,
    /// Findings that came in those incidents. Null where there is none, as all that follows.
    pub findings_with_truth: Option<usize>,
    /// Those that are part of what is true.
    pub relevant: Option<usize>,
    /// Causal links: said and true, said, true.
    pub links: Option<Count>,
    /// How much of the true links was found, from 0 to 1. Null also where there is no link.
    pub recall: Option<f64>,
    /// How much of the links that were said is true, from 0 to 1. Null also where none was said.
    pub precision: Option<f64>,
    /// In how many incidents the root cause is right at rank 1.
    pub roots_right: Option<usize>,
}

/// The sums, one for each way.
#[must_use]
pub fn sums(all: &[Compared]) -> Vec<Sum> {
    // A way that engages nobody would have the best average.
    let timed: Vec<&Compared> = all.iter().filter(|c| c.ways.iter().all(|w| w.first_s.is_some())).collect();
    Strategy::ALL.into_iter().map(|strategy| sum(strategy, all, &timed)).collect()
}

fn sum(strategy: Strategy, all: &[Compared], timed: &[&Compared]) -> Sum {
    let of =
        |c: &'_ Compared| -> Option<Measured> { c.ways.iter().find(|w| w.strategy == strategy).cloned() };
    let ways: Vec<Measured> = all.iter().filter_map(of).collect();
    let known: Vec<Measured> = all.iter().filter(|c| c.truth).filter_map(of).collect();
    let mean = |time: fn(&Measured) -> Option<f64>| {
        let times: Vec<f64> = timed.iter().filter_map(|c| time(&of(c)?)).collect();
        // Incidents are few.
        #[allow(clippy::cast_precision_loss)]
        let n = times.len() as f64;
        (!times.is_empty()).then(|| (times.iter().sum::<f64>() / n * 10.0).round() / 10.0)
    };
    let mut links = Count::default();
    for count in known.iter().filter_map(|w| w.links) {
        links.right += count.right;
        links.said += count.said;
        links.labelled += count.labelled;
    }
    let links = (!known.is_empty()).then_some(links);
    let counted = |n: usize| (!known.is_empty()).then_some(n);
    Sum {
        strategy,
        scenarios: ways.len(),
        engaged: ways.iter().map(|w| w.engaged.len()).sum(),
        findings: ways.iter().map(|w| w.findings).sum(),
        first_s: mean(|w| w.first_s),
        last_s: mean(|w| w.last_s),
        work_s: (ways.iter().map(|w| w.work_s).sum::<f64>() * 10.0).round() / 10.0,
        with_truth: known.len(),
        findings_with_truth: counted(known.iter().map(|w| w.findings).sum()),
        relevant: counted(known.iter().filter_map(|w| w.relevant).sum()),
        links,
        recall: links.filter(|l| l.labelled > 0).map(|l| l.recall()),
        precision: links.filter(|l| l.said > 0).map(|l| l.precision()),
        roots_right: counted(known.iter().filter(|w| w.root == Some(Verdict::Right)).count()),
    }
}
