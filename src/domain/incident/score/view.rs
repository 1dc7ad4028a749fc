//! A correlation by findings: what it says of two of them.

use std::collections::{BTreeMap, BTreeSet};

use super::Said;
use crate::domain::incident::correlate::{Class, Correlation};

/// A correlation by findings.
pub(super) struct View<'a> {
    pub found: &'a Correlation,
    /// Finding or event to the index of the event.
    pub event: BTreeMap<&'a str, usize>,
    classes: BTreeMap<(usize, usize), Class>,
    /// The effects of each event.
    out: BTreeMap<usize, Vec<usize>>,
}

impl<'a> View<'a> {
    pub(super) fn of(found: &'a Correlation) -> Self {
        let mut event = BTreeMap::new();
        for (i, one) in found.events.iter().enumerate() {
            event.extend(one.findings.iter().map(|f| (f.as_str(), i)));
        }
        let mut classes = BTreeMap::new();
        let mut out: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for pair in &found.pairs {
            let ends = (event.get(pair.from.as_str()), event.get(pair.to.as_str()));
            if let (Some(from), Some(to)) = ends {
                classes.insert((*from, *to), pair.class);
                if pair.class == Class::Causal {
                    out.entry(*from).or_default().push(*to);
                }
            }
        }
        Self { found, event, classes, out }
    }

    pub(super) fn said(&self, a: &str, b: &str) -> Said {
        let (Some(a), Some(b)) = (self.event.get(a), self.event.get(b)) else { return Said::Absent };
        if a == b {
            return Said::One;
        }
        match (self.classes.get(&(*a, *b)), self.classes.get(&(*b, *a))) {
            (Some(Class::Causal), _) => Said::Causal,
            (_, Some(Class::Causal)) => Said::Reversed,
            (Some(Class::Correlated), _) | (_, Some(Class::Correlated)) => Said::Correlated,
            (Some(Class::Independent), _) | (_, Some(Class::Independent)) => Said::Independent,
            _ if self.leads(*a, *b) || self.leads(*b, *a) => Said::Implied,
            _ => Said::Independent,
        }
    }

    fn leads(&self, from: usize, to: usize) -> bool {
        let (mut open, mut seen) = (vec![from], BTreeSet::new());
        while let Some(i) = open.pop() {
            if i == to {
                return true;
            }
            if seen.insert(i) {
                open.extend(self.out.get(&i).into_iter().flatten());
            }
        }
        false
    }

    /// Whether an event is in no group: it is an incident of its own, and its own root cause.
    pub(super) fn alone(&self, event: usize) -> bool {
        let id = self.found.events.get(event).map(|e| &e.id);
        id.is_some_and(|id| !self.found.groups.iter().any(|g| g.events.contains(id)))
    }
}
