//! What specialists say of a made-up incident, and what is true of it.

use std::collections::BTreeSet;

use super::super::{Expected, Label, Truth, UNDECIDED};
use super::world::source;
use super::{Maker, Traits};
use crate::domain::incident::correlate::{Class, SKEW_MOST, WINDOW};
use crate::domain::incident::finding::{Finding, Severity};

impl Maker<'_> {
    fn id(&self, i: usize) -> String {
        format!("{i:02}.{}", self.happened[i].kind)
    }

    pub(super) fn truth(&self, traits: Traits) -> Truth {
        let n = self.happened.len();
        let mut pair = Vec::new();
        for a in 0..n {
            for b in 0..n {
                let label = |class| Label { a: self.id(a), b: self.id(b), class };
                if self.happened[b].causes.contains(&a) {
                    pair.push(label(Class::Causal));
                } else if a < b && !self.above(a).contains(&b) && !self.above(b).contains(&a) {
                    pair.extend(self.apart(a, b).map(label));
                }
            }
        }
        let linked = |i: &usize| self.happened.iter().any(|h| h.causes.contains(i));
        let tops: Vec<usize> = (0..n).filter(|i| self.happened[*i].causes.is_empty() && linked(i)).collect();
        let mut truth = Truth { title: "made".into(), pair, ..Truth::default() };
        truth.finding =
            (0..n).map(|i| Expected { id: self.id(i), at: self.happened[i].stamp * 1000 }).collect();
        if traits.undecided {
            truth.root = UNDECIDED.to_owned();
            truth.candidates = vec![self.id(0), self.id(1)];
        } else {
            // What had a part was drawn after the chains.
            let first = |chain| tops.iter().find(|i| self.happened[**i].chain == Some(chain));
            truth.roots = (0..2).filter_map(first).map(|i| self.id(*i)).collect();
        }
        truth
    }

    /// The class of two that neither led to the other; nothing where it is not clear.
    fn apart(&self, a: usize, b: usize) -> Option<Class> {
        let (one, other) = (&self.happened[a], &self.happened[b]);
        if !self.above(a).is_disjoint(&self.above(b)) {
            return Some(Class::Correlated);
        }
        // Two causes of one effect: whether they have to do with each other is another matter.
        if one.chain.is_some() && one.chain == other.chain {
            return None;
        }
        if self.names(one).is_disjoint(&self.names(other)) {
            return Some(Class::Independent);
        }
        let (apart, coarse) = ((one.stamp - other.stamp).abs(), one.precision.max(other.precision));
        let (window, off) = (i64::from(WINDOW), self.off);
        match () {
            () if coarse > window || apart - off > window + coarse => Some(Class::Independent),
            // The same window and something in common, but no cause: correlated by definition.
            () if apart + off + coarse <= window => Some(Class::Correlated),
            () => None,
        }
    }

    /// The source whose clock is off, and by how many seconds: one that is part of a chain with others.
    pub(super) fn skew(&mut self) -> Option<(&'static str, i64)> {
        let own = self.happened.iter().filter(|h| h.chain == Some(0));
        let sources: Vec<&str> = own.map(|h| source(&h.kind)).collect::<BTreeSet<_>>().into_iter().collect();
        if sources.len() < 2 {
            return None;
        }
        let by = self.dice.between(20, SKEW_MOST + 1) * if self.dice.chance(50) { 1 } else { -1 };
        Some((*self.dice.one(&sources), by))
    }

    pub(super) fn findings(&mut self, off: Option<(&'static str, i64)>) -> Vec<Finding> {
        let day = 1_773_446_400_000;
        let one = |i: usize| {
            let h = &self.happened[i];
            let by = off.filter(|(who, _)| *who == source(&h.kind)).map_or(0, |(_, by)| by);
            Finding {
                id: self.id(i),
                source: source(&h.kind).to_owned(),
                at: day + (h.stamp + by) * 1000,
                until: None,
                kind: h.kind.clone(),
                entities: self.entities(h),
                summary: h.kind.replace('.', " "),
                severity: Severity::Warning,
                before: None,
                after: None,
                unit: String::new(),
                precision: u32::try_from(h.precision).unwrap(),
                evidence: Vec::new(),
                simulated: true,
            }
        };
        (0..self.happened.len()).map(one).collect()
    }

    /// One finding in five names a service too many, or leaves out the last that it touches.
    pub(super) fn careless(&mut self, findings: &mut [Finding]) {
        for finding in findings {
            if !self.dice.chance(20) {
                continue;
            }
            let any = self.dice.one(&self.world.services).name.clone();
            let more = self.dice.chance(50);
            if more {
                finding.entities.push(format!("service/{any}"));
            } else if finding.entities.len() > 1 {
                finding.entities.pop();
            }
        }
    }
}
