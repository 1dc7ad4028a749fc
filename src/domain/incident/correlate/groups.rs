//! Groups of events that belong together, and their root causes.

use std::cmp::Reverse;
use std::collections::HashMap;

use super::outline::Outline;
use super::{Class, Group, ROOTS_MOST, Root, rounded};

/// What is left of the score of a root cause that itself needs a trigger which nobody saw.
const UNTRIGGERED: f64 = 0.97;
/// How near two scores are, as a part of the higher one, between which nothing is decided.
const TIE: f64 = 0.1;

/// A root cause with its score and what it explains.
struct Weighed {
    score: f64,
    event: usize,
    below: HashMap<usize, f64>,
}

impl Outline<'_, '_> {
    /// The group of these events.
    pub(super) fn group(&self, members: &[usize]) -> Group {
        let linked: Vec<usize> = members.iter().copied().filter(|i| !self.alone(*i)).collect();
        let mut seen: Vec<usize> = members.to_vec();
        seen.sort_by_key(|i| self.set.events.get(*i).map(|e| (e.at - e.moved, e.id)));
        let events = seen.into_iter().map(|i| self.id(i)).collect();
        if linked.is_empty() {
            return Group {
                events,
                class: Class::Correlated,
                reason: "the same window and linked entities; no mechanism, so the cause is unknown"
                    .to_owned(),
                roots: Vec::new(),
                undecided: Vec::new(),
                contributing: Vec::new(),
            };
        }
        let (roots, more) = self.weighed(&linked);
        let (undecided, contributing) = self.rivals(&roots);
        let mut reason = match (undecided.is_empty(), roots.len()) {
            (false, _) => format!("undecided between {}", undecided.join(", ")),
            (true, 1) => "one root cause explains it".to_owned(),
            (true, _) => "several root causes, of which the first explains most".to_owned(),
        };
        if more > 0 {
            reason.push_str(&format!("; {more} more with fewer direct effects were not weighed"));
        }
        let told = roots.iter().enumerate().map(|(k, root)| Root {
            event: self.id(root.event),
            rank: k + 1,
            score: rounded(root.score),
            explains: root.below.len(),
            disproof: self.disproof(root.event),
        });
        Group { events, class: Class::Causal, reason, roots: told.collect(), undecided, contributing }
    }

    /// The root causes of linked events, the best first, and how many are left out.
    fn weighed(&self, linked: &[usize]) -> (Vec<Weighed>, usize) {
        let mut tops: Vec<usize> =
            linked.iter().copied().filter(|i| self.graph.causes(*i).next().is_none()).collect();
        let more = tops.len().saturating_sub(ROOTS_MOST);
        if more > 0 {
            tops.sort_by_key(|i| (Reverse(self.out(*i).len()), *i));
            tops.truncate(ROOTS_MOST);
        }
        let most = f64::from(u32::try_from(linked.len().saturating_sub(1).max(1)).unwrap_or(u32::MAX));
        let mut roots: Vec<Weighed> = Vec::new();
        for event in tops {
            let below = self.below(event);
            let known = self.kinds.get(self.kind(event)).is_some_and(|k| k.origin);
            // In a fixed order: sums of fractions depend on self.
            let mut parts: Vec<f64> = below.values().copied().collect();
            parts.sort_by(f64::total_cmp);
            let score = parts.iter().sum::<f64>() / most * if known { 1.0 } else { UNTRIGGERED };
            roots.push(Weighed { score, event, below });
        }
        roots.sort_by(|a, b| b.score.total_cmp(&a.score).then(a.event.cmp(&b.event)));
        (roots, more)
    }

    /// Those between which nothing decides, and those that only had a part.
    fn rivals(&self, roots: &[Weighed]) -> (Vec<String>, Vec<String>) {
        let (mut undecided, mut contributing) = (Vec::new(), Vec::new());
        if let Some(first) = roots.first() {
            for other in roots.iter().skip(1) {
                let both = other.below.keys().filter(|k| first.below.contains_key(k)).count();
                if both == 0 {
                    continue;
                }
                if both * 2 >= first.below.len() && first.score - other.score <= first.score * TIE {
                    undecided.push(self.id(other.event));
                } else {
                    contributing.push(self.id(other.event));
                }
            }
            if !undecided.is_empty() {
                undecided.insert(0, self.id(first.event));
            }
        }
        (undecided, contributing)
    }

    /// What would show that an event is not the root cause.
    fn disproof(&self, root: usize) -> Vec<String> {
        let mut told = Vec::new();
        for to in self.out(root) {
            let links = self.graph.into.get(*to).into_iter().flatten().filter(|l| l.from == root);
            for mechanism in links.filter_map(|l| self.mechanisms.get(l.by)) {
                told.push(format!("{}: {}", self.id(*to), mechanism.unless));
            }
        }
        told.sort();
        told.dedup();
        if !self.trigger(root).is_empty() {
            told.push(format!("an earlier finding that brings about {}", self.id(root)));
        }
        told
    }
}
