//! Many things of one kind in a short time are one finding.

use std::collections::BTreeMap;

use super::super::finding::{Evidence, Finding, Severity};
use super::{EVIDENCE_MOST, drafted};

/// Sightings that are at most so far apart belong together, in milliseconds.
pub(super) const GAP: i64 = 2 * 60_000;

/// Something that was seen once, or from one time to another.
pub(super) struct Sighting {
    /// Begin and end, in milliseconds since 1970.
    pub at: i64,
    pub until: i64,
    pub kind: &'static str,
    pub severity: Severity,
    /// What it is about: sightings of one subject belong together.
    pub subject: String,
    pub entities: Vec<String>,
    pub evidence: Evidence,
    /// How often it was seen.
    pub count: u64,
}

/// One finding of each kind, subject and time. `words` says what happened, of the number of sightings and a subject.
pub(super) fn grouped(sightings: Vec<Sighting>, words: impl Fn(&str, u64, &str) -> String) -> Vec<Finding> {
    let mut by: BTreeMap<(&'static str, String), Vec<Sighting>> = BTreeMap::new();
    for sighting in sightings {
        by.entry((sighting.kind, sighting.subject.clone())).or_default().push(sighting);
    }
    let mut found = Vec::new();
    for ((kind, subject), mut all) in by {
        all.sort_by(|a, b| (a.at, a.until, &a.entities).cmp(&(b.at, b.until, &b.entities)));
        let mut group: Vec<Sighting> = Vec::new();
        let mut last = i64::MIN;
        for sighting in all {
            if !group.is_empty() && sighting.at > last.saturating_add(GAP) {
                found.push(one(kind, &subject, &group, &words));
                group.clear();
                last = i64::MIN;
            }
            last = last.max(sighting.until);
            group.push(sighting);
        }
        found.push(one(kind, &subject, &group, &words));
    }
    found
}

fn one(kind: &str, subject: &str, group: &[Sighting], words: &impl Fn(&str, u64, &str) -> String) -> Finding {
    let at = group.first().map_or(0, |s| s.at);
    let until = group.iter().map(|s| s.until).max().filter(|until| *until > at);
    let count = group.iter().map(|s| s.count).fold(0_u64, u64::saturating_add);
    let entities = group.iter().flat_map(|s| s.entities.iter().cloned()).collect();
    let mut finding = drafted(kind, at, entities, &words(kind, count, subject));
    finding.until = until;
    finding.severity = group.iter().map(|s| s.severity).max().unwrap_or_default();
    finding.after = Some(count as f64);
    finding.unit = "times".to_owned();
    finding.evidence = group.iter().take(EVIDENCE_MOST).map(|s| s.evidence.clone()).collect();
    finding
}
