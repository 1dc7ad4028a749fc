//! Findings as events: what one specialist said of one thing in one go, and what links events to each other.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::{How, Timestamps};
use crate::domain::incident::finding::Finding;

/// Types of entities that hold so much that sharing one links nothing, unless a finding names nothing narrower.
const BROAD: [&str; 7] = ["account", "region", "zone", "cluster", "namespace", "env", "vpc"];
/// Types of entities that serve many: two that both only name one, and are about something else, are not linked by it.
const SERVING: [&str; 9] = ["db", "cache", "queue", "topic", "bucket", "lb", "cdn", "dns", "nat"];
/// Types of entities of which there are many alike, and of those that they belong to.
const ALIKE: [&str; 4] = ["pod", "node", "instance", "container"];
const OWNERS: [&str; 8] =
    ["service", "deployment", "statefulset", "daemonset", "replicaset", "job", "asg", "pool"];
/// Of how many things at most an event counts as being about.
const ABOUT_MOST: usize = 8;

/// How the entities of two events are linked, the closest first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) enum Bond {
    /// Both are about the same.
    About,
    /// One names what the other is about.
    Names,
    /// A third finding is about what one is about, and names what the other is about.
    Through,
    /// Both name the same part of the system, or a third finding links what one is about with a part the other names.
    Part,
}

/// One event.
#[derive(Clone)]
pub(super) struct Ev<'a> {
    /// Its findings, by time and id; there is at least one.
    pub findings: Vec<&'a Finding>,
    pub id: &'a str,
    pub kind: &'a str,
    /// The index of its source.
    pub source: usize,
    /// The earliest and the latest moment at which it may have begun, in milliseconds, with `moved`.
    pub at: i64,
    pub latest: i64,
    /// What was added to its times, in milliseconds.
    pub moved: i64,
    /// What it is about, sorted: the first narrow entity of its findings.
    pub about: Vec<u32>,
    /// What it names, sorted: without broad ones, and with them.
    pub narrow: Vec<u32>,
    pub all: Vec<u32>,
    /// Those of the narrow ones that do not serve many.
    pub parts: Vec<u32>,
}

/// The events of all findings, by time and id.
pub(super) struct Set<'a> {
    pub events: Vec<Ev<'a>>,
    pub sources: Vec<&'a str>,
    /// Milliseconds.
    pub window: i64,
    timestamps: Timestamps,
    /// Entities that a finding is about, with those it names, both ways round.
    near: HashMap<u32, Vec<u32>>,
    pairs: HashSet<(u32, u32)>,
}

/// The entities by number, with what their types say.
#[derive(Default)]
struct Names<'a> {
    numbers: HashMap<&'a str, u32>,
    /// The type of each.
    types: Vec<&'a str>,
    broad: HashSet<u32>,
    serving: HashSet<u32>,
    alike: HashSet<u32>,
    owners: HashSet<u32>,
}

impl<'a> Names<'a> {
    fn number(&mut self, entity: &'a str) -> u32 {
        let next = u32::try_from(self.numbers.len()).unwrap_or(u32::MAX);
        if let Some(known) = self.numbers.get(entity) {
            return *known;
        }
        self.numbers.insert(entity, next);
        let kind = entity.split('/').next().unwrap_or_default();
        self.types.push(kind);
        for (types, into) in [
            (&BROAD[..], &mut self.broad),
            (&SERVING, &mut self.serving),
            (&ALIKE, &mut self.alike),
            (&OWNERS, &mut self.owners),
        ] {
            if types.contains(&kind) {
                into.insert(next);
            }
        }
        next
    }
}

impl<'a> Set<'a> {
    pub(super) fn of(findings: &'a [Finding], how: How) -> Self {
        let window = i64::from(how.window_s) * 1000;
        let mut sorted: Vec<&Finding> = findings.iter().collect();
        sorted.sort_by(|a, b| (a.at, &a.id).cmp(&(b.at, &b.id)));
        let mut names = Names::default();
        let mut pairs = HashSet::new();
        let mut of: Vec<Vec<u32>> = Vec::with_capacity(sorted.len());
        for finding in &sorted {
            let own: Vec<u32> = finding.entities.iter().map(|e| names.number(e)).collect();
            let mut narrow = own.iter().filter(|e| !names.broad.contains(e));
            if let Some(about) = narrow.next() {
                // What a service names of its own type it calls or hurts; that does not make them parts of each other.
                let other =
                    narrow.filter(|e| names.types.get(**e as usize) != names.types.get(*about as usize));
                pairs.extend(other.flat_map(|other| [(*about, *other), (*other, *about)]));
            }
            of.push(own);
        }
        let mut near: HashMap<u32, Vec<u32>> = HashMap::new();
        pairs.iter().for_each(|(a, b)| near.entry(*a).or_default().push(*b));
        let mut sources: Vec<&str> = sorted.iter().map(|f| f.source.as_str()).collect();
        sources.sort_unstable();
        sources.dedup();
        let mut events: Vec<Ev<'a>> = joined(&sorted, &of, &names, window)
            .into_iter()
            .filter_map(|members| event(&members, &sorted, &of, &names, &sources))
            .collect();
        events.sort_by(|a, b| (a.at, a.id).cmp(&(b.at, b.id)));
        Self { events, sources, window, timestamps: how.timestamps, near, pairs }
    }

    /// Adds `by` milliseconds to the times of one source.
    pub(super) fn shift(&mut self, source: usize, by: i64) {
        for event in self.events.iter_mut().filter(|e| e.source == source) {
            event.at += by;
            event.latest += by;
            event.moved += by;
        }
        self.events.sort_by(|a, b| (a.at, a.id).cmp(&(b.at, b.id)));
    }

    /// Whether two events may be compared by their times.
    pub(super) fn compared(&self, a: &Ev<'_>, b: &Ev<'_>) -> bool {
        a.source == b.source || self.timestamps == Timestamps::Used
    }

    /// The entities of which a finding is about one and names the other.
    pub(super) fn near(&self, entity: u32) -> &[u32] {
        self.near.get(&entity).map_or(&[], Vec::as_slice)
    }

    /// Whether two events name something in common.
    pub(super) fn share(&self, a: &Ev<'_>, b: &Ev<'_>) -> bool {
        let (x, y) = pick(a, b);
        shares(x, y)
    }

    /// How the entities of two events are linked, if they are.
    pub(super) fn bond(&self, a: &Ev<'_>, b: &Ev<'_>) -> Option<Bond> {
        if shares(&a.about, &b.about) {
            return Some(Bond::About);
        }
        let (x, y) = pick(a, b);
        if shares(&a.about, y) || shares(&b.about, x) {
            return Some(Bond::Names);
        }
        if a.narrow.is_empty() || b.narrow.is_empty() {
            return shares(x, y).then_some(Bond::Names);
        }
        let through =
            |of: &[u32], to: &[u32]| of.iter().any(|e| to.iter().any(|f| self.pairs.contains(&(*e, *f))));
        if through(&a.about, &b.about) {
            return Some(Bond::Through);
        }
        let part = shares(&a.parts, &b.parts) || through(&a.about, &b.parts) || through(&b.about, &a.parts);
        part.then_some(Bond::Part)
    }
}

/// What two events name: narrow entities, unless one names none.
fn pick<'b>(a: &'b Ev<'_>, b: &'b Ev<'_>) -> (&'b [u32], &'b [u32]) {
    if a.narrow.is_empty() || b.narrow.is_empty() { (&a.all, &b.all) } else { (&a.narrow, &b.narrow) }
}

/// Whether two sorted lists have something in common.
fn shares(x: &[u32], y: &[u32]) -> bool {
    let (few, many) = if x.len() < y.len() { (x, y) } else { (y, x) };
    few.iter().any(|e| many.binary_search(e).is_ok())
}

fn event<'a>(
    members: &[usize],
    sorted: &[&'a Finding],
    of: &[Vec<u32>],
    names: &Names<'_>,
    sources: &[&str],
) -> Option<Ev<'a>> {
    let findings: Vec<&Finding> = members.iter().filter_map(|i| sorted.get(*i).copied()).collect();
    let first = *findings.first()?;
    let unique = |mut list: Vec<u32>| {
        list.sort_unstable();
        list.dedup();
        list
    };
    let all = unique(members.iter().filter_map(|i| of.get(*i)).flatten().copied().collect());
    let narrow: Vec<u32> = all.iter().copied().filter(|e| !names.broad.contains(e)).collect();
    let mut about = Vec::new();
    for own in members.iter().filter_map(|i| of.get(*i)) {
        let first = own.iter().find(|e| !names.broad.contains(e)).or_else(|| own.first());
        about.extend(first.filter(|e| !about.contains(*e)).copied());
        if about.len() == ABOUT_MOST {
            break;
        }
    }
    Some(Ev {
        id: &first.id,
        kind: &first.kind,
        source: sources.binary_search(&first.source.as_str()).unwrap_or(0),
        at: first.at,
        latest: findings.iter().map(|f| f.latest()).min().unwrap_or(first.at).max(first.at),
        moved: 0,
        findings,
        about: unique(about),
        parts: narrow.iter().copied().filter(|e| !names.serving.contains(e)).collect(),
        narrow,
        all,
    })
}

/// The indexes of the findings of each event: those of the same source and kind, one within a window of the next, that
/// are about the same, or about things that are alike and of the same owner.
fn joined(sorted: &[&Finding], of: &[Vec<u32>], names: &Names<'_>, window: i64) -> Vec<Vec<usize>> {
    let mut sets = Union::of(sorted.len());
    let mut last: HashMap<(&str, &str, u32), (usize, i64)> = HashMap::new();
    for (i, (finding, entities)) in sorted.iter().zip(of).enumerate() {
        let narrow = || entities.iter().filter(|e| !names.broad.contains(e));
        let Some(about) = narrow().next() else { continue };
        let owned = names.alike.contains(about);
        let owners = narrow().skip(1).filter(|e| owned && names.owners.contains(e));
        for entity in std::iter::once(about).chain(owners) {
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
