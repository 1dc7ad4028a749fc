//! What the links say: pairs, chains, root causes, groups, and what is left over.

use std::collections::{BTreeMap, BTreeSet};

use super::events::{Set, Union};
use super::links::{Graph, Link};
use super::{
    Chain, Class, Correlation, Event, GROUP_MOST, Group, PAIRS_MOST, Pair, Root, Unexplained, in_words,
    rounded, seconds,
};
use crate::domain::incident::kind::Kinds;
use crate::domain::incident::mechanism::Mechanism;
use crate::domain::incident::stamp;

/// What is left of the score of a root cause that itself needs a trigger which nobody saw.
const UNTRIGGERED: f64 = 0.97;
/// How near two scores are, as a part of the higher one, between which nothing is decided.
const TIE: f64 = 0.1;
/// The confidence of a pair that shares a window and entities, but no known cause.
const UNKNOWN_CAUSE: f64 = 0.4;
/// How sure it is that what lies in one window without any link is independent.
const APART: f64 = 0.7;

struct Outline<'a, 'b> {
    set: &'a Set<'b>,
    graph: &'a Graph,
    mechanisms: &'a [&'a Mechanism],
    kinds: &'a Kinds,
}

/// All of it.
pub(super) fn outline(set: &Set<'_>, graph: &Graph, mechanisms: &[&Mechanism], kinds: &Kinds) -> Correlation {
    let it = Outline { set, graph, mechanisms, kinds };
    let mut out = Correlation { events: it.events(), chains: it.chains(), ..Correlation::default() };
    out.cycles = graph.cycles.iter().map(|c| c.iter().map(|i| it.id(*i)).collect()).collect();
    let n = set.events.len();
    let mut causal = Union::of(n);
    for (to, links) in graph.into.iter().enumerate() {
        for link in links {
            causal.join(link.from, to);
            out.pairs.push(it.causal(link));
        }
    }
    let mut whole = Union::of(n);
    (0..n).for_each(|i| whole.join(causal.top(i), i));
    let mut independent = Vec::new();
    for (i, a) in set.events.iter().enumerate() {
        // What is coarser than the window cannot be said to lie in one.
        if a.latest - a.at > set.window {
            continue;
        }
        for (j, b) in set.events.iter().enumerate().skip(i + 1) {
            if b.at - a.latest > set.window {
                break;
            }
            if b.latest - b.at > set.window || causal.top(i) == causal.top(j) {
                continue;
            }
            if set.compared(a, b) && set.linked(a, b).is_some() {
                whole.join(i, j);
                if out.pairs.len() < PAIRS_MOST + n {
                    out.pairs.push(it.same_window(i, j));
                } else {
                    out.unlisted += 1;
                }
            } else if independent.len() < PAIRS_MOST {
                independent.push(it.apart(i, j));
            } else {
                out.unlisted += 1;
            }
        }
    }
    let mut parts: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    (0..n).for_each(|i| parts.entry(causal.top(i)).or_default().push(i));
    for members in parts.values().filter(|m| m.len() > 1) {
        it.inside(members, &mut out);
    }
    out.pairs.extend(independent);
    let places: BTreeMap<&str, usize> =
        out.events.iter().enumerate().map(|(i, e)| (e.id.as_str(), i)).collect();
    out.pairs
        .sort_by_key(|p| (p.class, places.get(p.from.as_str()).copied(), places.get(p.to.as_str()).copied()));
    let mut groups: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    (0..n).for_each(|i| groups.entry(whole.top(i)).or_default().push(i));
    for members in groups.values() {
        if members.len() > 1 {
            out.groups.push(it.group(members));
        }
        for i in members.iter().filter(|i| it.alone(**i)) {
            out.unexplained.push(Unexplained { event: it.id(*i), why: it.why_alone(*i, members.len() > 1) });
        }
    }
    out.unexplained.sort_by_key(|u| places.get(u.event.as_str()).copied());
    out
}

impl Outline<'_, '_> {
    fn id(&self, i: usize) -> String {
        self.set.events.get(i).map_or_else(String::new, |e| e.id.to_owned())
    }

    fn alone(&self, i: usize) -> bool {
        self.graph.causes(i).next().is_none() && self.out(i).is_empty()
    }

    fn out(&self, i: usize) -> &[usize] {
        self.graph.out.get(i).map_or(&[], Vec::as_slice)
    }

    fn at(&self, i: usize) -> i64 {
        self.set.events.get(i).map_or(0, |e| e.at)
    }

    fn kind(&self, i: usize) -> &str {
        self.set.events.get(i).map_or("", |e| e.kind)
    }

    fn events(&self) -> Vec<Event> {
        let one = |e: &super::events::Ev<'_>| {
            let first = e.findings.first();
            Event {
                id: e.id.to_owned(),
                findings: e.findings.iter().map(|f| f.id.clone()).collect(),
                source: first.map_or_else(String::new, |f| f.source.clone()),
                kind: e.kind.to_owned(),
                at: e.at,
                precision: u32::try_from((e.latest - e.at) / 1000).unwrap_or(0),
                summary: first.map_or_else(String::new, |f| f.summary.clone()),
            }
        };
        self.set.events.iter().map(one).collect()
    }

    fn causal(&self, link: &Link) -> Pair {
        let mechanism = self.mechanisms.get(link.by);
        let how = if link.sure { "the lag fits" } else { "the precision of the times allows the lag" };
        let why = mechanism.map_or("", |m| m.why.as_str());
        Pair {
            from: self.id(link.from),
            to: self.id(link.to),
            class: Class::Causal,
            reason: format!("{why}; {how}, {}", in_words(link.linked)),
            lag_s: seconds(link.lag),
            confidence: rounded(link.confidence),
            mechanism: mechanism.map(|m| m.name.clone()),
            common: None,
        }
    }

    fn pair(&self, i: usize, j: usize, class: Class, reason: String, confidence: f64) -> Pair {
        let lag_s = seconds(self.at(j) - self.at(i));
        let (from, to) = (self.id(i), self.id(j));
        Pair {
            from,
            to,
            class,
            reason,
            lag_s,
            confidence: rounded(confidence),
            mechanism: None,
            common: None,
        }
    }

    fn same_window(&self, i: usize, j: usize) -> Pair {
        let reason = "the same window and linked entities, no mechanism between them: cause unknown";
        self.pair(i, j, Class::Correlated, reason.to_owned(), UNKNOWN_CAUSE)
    }

    fn apart(&self, i: usize, j: usize) -> Pair {
        let events = self.set.events.get(i).zip(self.set.events.get(j));
        let reason = if events.is_some_and(|(a, b)| !self.set.compared(a, b)) {
            "found by different specialists, whose times were not compared"
        } else {
            "the same window, but neither a mechanism nor an entity links them"
        };
        self.pair(i, j, Class::Independent, reason.to_owned(), APART)
    }

    /// The pairs of events that links hold together, beyond the links.
    fn inside(&self, members: &[usize], out: &mut Correlation) {
        if members.len() > GROUP_MOST {
            out.unlisted += members.len() * (members.len() - 1) / 2;
            return;
        }
        let above: BTreeMap<usize, BTreeSet<usize>> = members.iter().map(|i| (*i, self.above(*i))).collect();
        let none = BTreeSet::new();
        for (k, i) in members.iter().enumerate() {
            for j in members.iter().skip(k + 1) {
                let (a, b) = (above.get(i).unwrap_or(&none), above.get(j).unwrap_or(&none));
                if a.contains(j) || b.contains(i) {
                    continue;
                }
                // The last of the common causes: it has the most to do with both.
                let common = a.intersection(b).max_by_key(|c| (self.at(**c), **c));
                let pair = if let Some(common) = common {
                    let reason = format!("both come from {}, neither from the other", self.id(*common));
                    let sure = self.surest(*common, *i).min(self.surest(*common, *j));
                    let mut pair = self.pair(*i, *j, Class::Correlated, reason, sure);
                    pair.common = Some(self.id(*common));
                    pair
                } else {
                    let reason =
                        "no common cause and no mechanism between them, though both lead to the same effect";
                    self.pair(*i, *j, Class::Independent, reason.to_owned(), APART)
                };
                out.pairs.push(pair);
            }
        }
    }

    /// All causes of an event, near and far.
    fn above(&self, i: usize) -> BTreeSet<usize> {
        let mut seen = BTreeSet::new();
        let mut open: Vec<usize> = self.graph.causes(i).collect();
        while let Some(j) = open.pop() {
            if seen.insert(j) {
                open.extend(self.graph.causes(j));
            }
        }
        seen
    }

    /// All effects of an event, each with the confidence of the surest way there.
    fn below(&self, i: usize) -> BTreeMap<usize, f64> {
        let mut reached = BTreeSet::from([i]);
        let mut open = vec![i];
        while let Some(j) = open.pop() {
            open.extend(self.out(j).iter().copied().filter(|k| reached.insert(*k)));
        }
        let mut sorted: Vec<usize> = reached.iter().copied().collect();
        // By time is nearly in order of causes; where precision turned two round, a second look finds the rest.
        sorted.sort_by_key(|j| (self.at(*j), *j));
        let mut best = BTreeMap::from([(i, 1.0)]);
        for _ in 0..sorted.len() {
            let mut changed = false;
            for j in sorted.iter().filter(|j| **j != i) {
                let ways = self.graph.into.get(*j).into_iter().flatten();
                let way = ways.filter_map(|l| Some(best.get(&l.from)? * l.confidence)).fold(0.0, f64::max);
                if way > best.get(j).copied().unwrap_or(0.0) {
                    best.insert(*j, way);
                    changed = true;
                }
            }
            if !changed {
                break;
            }
        }
        best.remove(&i);
        best
    }

    fn surest(&self, from: usize, to: usize) -> f64 {
        self.below(from).get(&to).copied().unwrap_or(0.0)
    }

    /// One chain for every last effect: back along the surest links.
    fn chains(&self) -> Vec<Chain> {
        let mut chains = Vec::new();
        for last in (0..self.set.events.len()).filter(|i| self.out(*i).is_empty()) {
            let (mut way, mut confidence, mut i) = (vec![last], 1.0, last);
            let best = |i: usize| {
                self.graph.into.get(i).into_iter().flatten().max_by(|a, b| {
                    a.confidence.total_cmp(&b.confidence).then(b.lag.cmp(&a.lag)).then(b.from.cmp(&a.from))
                })
            };
            while let Some(link) = best(i) {
                confidence *= link.confidence;
                i = link.from;
                way.push(i);
            }
            if way.len() > 1 {
                way.reverse();
                let events = way.iter().map(|i| self.id(*i)).collect();
                chains
                    .push((way, Chain { events, confidence: rounded(confidence), trigger: self.trigger(i) }));
            }
        }
        chains.sort_by(|(a, x), (b, y)| {
            b.len().cmp(&a.len()).then(y.confidence.total_cmp(&x.confidence)).then(a.cmp(b))
        });
        chains.into_iter().map(|(_, chain)| chain).collect()
    }

    fn trigger(&self, root: usize) -> String {
        if self.kinds.get(self.kind(root)).is_some_and(|k| k.origin) {
            return String::new();
        }
        format!("no finding says what triggered {}; the chain may begin earlier", self.id(root))
    }

    fn group(&self, members: &[usize]) -> Group {
        let linked: Vec<usize> = members.iter().copied().filter(|i| !self.alone(*i)).collect();
        let events = members.iter().map(|i| self.id(*i)).collect();
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
        let tops: Vec<usize> =
            linked.iter().copied().filter(|i| self.graph.causes(*i).next().is_none()).collect();
        let mut roots: Vec<(f64, usize, BTreeMap<usize, f64>)> = Vec::new();
        for i in tops {
            let below = self.below(i);
            let most = u32::try_from(linked.len().saturating_sub(1).max(1)).unwrap_or(u32::MAX);
            let known = self.kinds.get(self.kind(i)).is_some_and(|k| k.origin);
            let score = below.values().sum::<f64>() / f64::from(most) * if known { 1.0 } else { UNTRIGGERED };
            roots.push((score, i, below));
        }
        roots.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        let shares = |a: &BTreeMap<usize, f64>, b: &BTreeMap<usize, f64>| a.keys().any(|k| b.contains_key(k));
        let (mut undecided, mut contributing) = (Vec::new(), Vec::new());
        if let Some((best, first, below)) = roots.first() {
            for (score, i, other) in roots.iter().skip(1).filter(|(_, _, o)| shares(below, o)) {
                let rival = other.keys().filter(|k| below.contains_key(k)).count() * 2 >= below.len();
                if rival && best - score <= best * TIE {
                    undecided.push(self.id(*i));
                } else {
                    contributing.push(self.id(*i));
                }
            }
            if !undecided.is_empty() {
                undecided.insert(0, self.id(*first));
            }
        }
        let reason = match (undecided.is_empty(), roots.len()) {
            (false, _) => format!("undecided between {}", undecided.join(", ")),
            (true, 1) => "one root cause explains it".to_owned(),
            (true, _) => "several root causes, of which the first explains most".to_owned(),
        };
        let told = roots.iter().enumerate().map(|(k, (score, i, below))| Root {
            event: self.id(*i),
            rank: k + 1,
            score: rounded(*score),
            explains: below.len(),
            disproof: self.disproof(*i),
        });
        Group { events, class: Class::Causal, reason, roots: told.collect(), undecided, contributing }
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

    fn why_alone(&self, i: usize, together: bool) -> String {
        let from = |m: &&&Mechanism| m.to.iter().any(|k| k == self.kind(i));
        let causes: BTreeSet<&str> =
            self.mechanisms.iter().filter(from).flat_map(|m| &m.from).map(String::as_str).collect();
        let at = stamp::text(self.at(i));
        let with = if together { "it shares window and entities with others, but " } else { "" };
        if causes.is_empty() {
            return format!(
                "{with}no mechanism leads to {} and nothing follows from it at {at}",
                self.kind(i)
            );
        }
        let most = 6;
        let mut list = causes.iter().take(most).copied().collect::<Vec<_>>().join(", ");
        if causes.len() > most {
            list.push_str(&format!(" and {} more", causes.len() - most));
        }
        format!("{with}no linked finding before {at} is one of its known causes: {list}")
    }
}
