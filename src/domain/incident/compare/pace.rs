//! How long a fleet would take: a model, so that ways of routing can be compared offline and the same each time.
//!
//! Built-in analysts answer at once, whatever they are given; people and language models do not. The model says what
//! each piece of work costs. It is made of work only: nothing in it knows which way of routing it times.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What pieces of work cost. The figures are assumptions about a fleet of language models, not measurements.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Pace {
    /// Milliseconds for answering the four questions of triage, which the program does from the report. The other ways
    /// ask none.
    pub triage_ms: u64,
    /// Milliseconds for the brief of one specialist; briefs are written one after another.
    pub brief_ms: u64,
    /// Bytes of its data that a specialist reads in a second. It reads all before it says something.
    pub read_bytes_s: u64,
    /// Milliseconds in which a specialist writes one finding.
    pub write_ms: u64,
    /// Milliseconds in which the coordinator takes one finding in: one after another, whoever's they are.
    pub take_ms: u64,
}

impl Default for Pace {
    fn default() -> Self {
        Self { triage_ms: 1_000, brief_ms: 5_000, read_bytes_s: 2_000, write_ms: 4_000, take_ms: 3_000 }
    }
}

/// What one specialist has to do.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Work {
    /// Bytes of its data.
    pub bytes: u64,
    /// How many findings it writes.
    pub findings: usize,
}

impl Pace {
    /// Milliseconds that specialists and their coordinator are busy with that work, taken together.
    pub(super) fn busy(&self, routed: u64, work: &[Work]) -> u64 {
        let one = |w: &Work| {
            let findings = u64::try_from(w.findings).unwrap_or(u64::MAX);
            let each = self.write_ms.saturating_add(self.take_ms);
            self.brief_ms.saturating_add(self.read(w)).saturating_add(findings.saturating_mul(each))
        };
        work.iter().map(one).fold(routed, u64::saturating_add)
    }

    fn read(&self, work: &Work) -> u64 {
        work.bytes.saturating_mul(1000) / self.read_bytes_s.max(1)
    }

    /// Milliseconds from the report until the coordinator knows the first finding, and the last; nothing where there
    /// is none. `routed` are the milliseconds that it took to say who is engaged.
    pub(super) fn first_and_last(&self, routed: u64, work: &[Work]) -> Option<(u64, u64)> {
        let mut arrivals: Vec<u64> = Vec::new();
        let mut briefed = routed;
        for one in work {
            briefed = briefed.saturating_add(self.brief_ms);
            let mut at = briefed.saturating_add(self.read(one));
            for _ in 0..one.findings {
                at = at.saturating_add(self.write_ms);
                arrivals.push(at);
            }
        }
        arrivals.sort_unstable();
        // Until the last brief is written the coordinator has no time for findings.
        let mut free = briefed;
        let mut known = arrivals.into_iter().map(|at| {
            free = free.max(at).saturating_add(self.take_ms);
            free
        });
        let first = known.next()?;
        Some((first, known.last().unwrap_or(first)))
    }
}
