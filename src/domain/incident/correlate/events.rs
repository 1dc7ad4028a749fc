//! Findings as events: what one specialist said of one thing in one go.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::{How, Timestamps};
use crate::domain::incident::finding::Finding;
use crate::domain::incident::mechanism::Linked;

/// Types of entities that hold so much that sharing one links nothing, unless a finding names nothing narrower.
const BROAD: [&str; 7] = ["account", "region", "zone", "cluster", "namespace", "env", "vpc"];

/// One event.
pub(super) struct Ev<'a> {
    /// Its findings, by time and id; there is at least one.
    pub findings: Vec<&'a Finding>,
    pub id: &'a str,
    pub kind: &'a str,
    /// The index of its source.
    pub source: usize,
    /// The earliest and the latest moment at which it may have begun, in milliseconds.
    pub at: i64,
    pub latest: i64,
    narrow: Vec<u32>,
    all: Vec<u32>,
}

/// The events of all findings, by time and id.
pub(super) struct Set<'a> {
    pub events: Vec<Ev<'a>>,
    pub sources: Vec<&'a str>,
    /// Milliseconds.
    pub window: i64,
    timestamps: Timestamps,
    /// Entities of which one finding names both.
    near: HashSet<(u32, u32)>,
}

impl<'a> Set<'a> {
    pub(super) fn of(findings: &'a [Finding], how: How) -> Self {
        let window = i64::from(how.window_s) * 1000;
        let mut sorted: Vec<&Finding> = findings.iter().collect();
        sorted.sort_by(|a, b| (a.at, &a.id).cmp(&(b.at, &b.id)));
        let mut names: HashMap<&str, u32> = HashMap::new();
        let mut broad: HashSet<u32> = HashSet::new();
        let mut near = HashSet::new();
        let mut of: Vec<Vec<u32>> = Vec::with_capacity(sorted.len());
        for finding in &sorted {
            let mut own = Vec::with_capacity(finding.entities.len());
            for entity in &finding.entities {
                let next = u32::try_from(names.len()).unwrap_or(u32::MAX);
                let id = *names.entry(entity).or_insert(next);
                if BROAD.contains(&entity.split('/').next().unwrap_or_default()) {
                    broad.insert(id);
                }
                own.push(id);
            }
            let narrow = own.iter().filter(|e| !broad.contains(e));
            for a in narrow.clone() {
                near.extend(narrow.clone().map(|b| (*a, *b)));
            }
            of.push(own);
        }
        let mut sources: Vec<&str> = sorted.iter().map(|f| f.source.as_str()).collect();
        sources.sort_unstable();
        sources.dedup();
        let mut events: Vec<Ev<'a>> = joined(&sorted, &of, &broad, window)
            .into_iter()
            .filter_map(|members| {
                let first = *sorted.get(*members.first()?)?;
                let mut all: Vec<u32> =
                    members.iter().filter_map(|i| of.get(*i)).flatten().copied().collect();
                all.sort_unstable();
                all.dedup();
                let findings: Vec<&Finding> =
                    members.iter().filter_map(|i| sorted.get(*i).copied()).collect();
                Some(Ev {
                    id: &first.id,
                    kind: &first.kind,
                    source: sources.binary_search(&first.source.as_str()).unwrap_or(0),
                    at: first.at,
                    latest: findings.iter().map(|f| f.latest()).min().unwrap_or(first.at),
                    findings,
                    narrow: all.iter().copied().filter(|e| !broad.contains(e)).collect(),
                    all,
                })
            })
            .collect();
        events.sort_by(|a, b| (a.at, a.id).cmp(&(b.at, b.id)));
        Self { events, sources, window, timestamps: how.timestamps, near }
    }

    /// Whether two events may be compared by their times.
    pub(super) fn compared(&self, a: &Ev<'_>, b: &Ev<'_>) -> bool {
        a.source == b.source || self.timestamps == Timestamps::Used
    }

    /// Whether the entities of two events are linked, and whether by the same entity.
    pub(super) fn linked(&self, a: &Ev<'_>, b: &Ev<'_>) -> Option<Linked> {
        let (x, y) = if a.narrow.is_empty() || b.narrow.is_empty() {
            (&a.all, &b.all)
        } else {
            (&a.narrow, &b.narrow)
        };
        if shares(x, y) {
            return Some(Linked::Same);
        }
        let related = x.iter().any(|e| y.iter().any(|f| self.near.contains(&(*e, *f))));
        related.then_some(Linked::Related)
    }
}

/// Whether two sorted lists have something in common.
fn shares(mut x: &[u32], mut y: &[u32]) -> bool {
    while let (Some((a, xs)), Some((b, ys))) = (x.split_first(), y.split_first()) {
        match a.cmp(b) {
            std::cmp::Ordering::Less => x = xs,
            std::cmp::Ordering::Greater => y = ys,
            std::cmp::Ordering::Equal => return true,
        }
    }
    false
}

/// The indexes of the findings of each event: those of the same source, kind and entity, one within a window of the
/// next.
fn joined(sorted: &[&Finding], of: &[Vec<u32>], broad: &HashSet<u32>, window: i64) -> Vec<Vec<usize>> {
    let mut sets = Union::of(sorted.len());
    let mut last: HashMap<(&str, &str, u32), (usize, i64)> = HashMap::new();
    for (i, (finding, entities)) in sorted.iter().zip(of).enumerate() {
        for entity in entities.iter().filter(|e| !broad.contains(e)) {
            let before = last.insert((&finding.source, &finding.kind, *entity), (i, finding.at));
            if let Some((before, at)) = before
                && finding.at - at <= window
            {
                sets.join(before, i);
            }
        }
    }
    let mut by: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for i in 0..sorted.len() {
        by.entry(sets.top(i)).or_default().push(i);
    }
    by.into_values().collect()
}

/// Sets of indexes that grow together.
pub(super) struct Union(Vec<usize>);

impl Union {
    pub(super) fn of(n: usize) -> Self {
        Self((0..n).collect())
    }

    /// The least index of the set that `i` is in.
    pub(super) fn top(&mut self, mut i: usize) -> usize {
        while let Some(up) = self.0.get(i).copied()
            && up != i
        {
            let upper = self.0.get(up).copied().unwrap_or(up);
            if let Some(own) = self.0.get_mut(i) {
                *own = upper;
            }
            i = upper;
        }
        i
    }

    pub(super) fn join(&mut self, a: usize, b: usize) {
        let (a, b) = (self.top(a), self.top(b));
        if let Some(own) = self.0.get_mut(a.max(b)) {
            *own = a.min(b);
        }
    }
}
