//! What the links say: events, pairs, and what is left over.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::chains::{Way, ways};
use super::events::{Ev, Set, Union};
use super::links::{Graph, Link};
use super::{
    Chain, Class, Correlation, Event, GROUP_MOST, PAIRS_MOST, Pair, Unexplained, in_words, rounded, seconds,
};
use crate::domain::incident::kind::Kinds;
use crate::domain::incident::mechanism::Mechanism;
use crate::domain::incident::stamp;

/// The confidence of a pair that shares a window and entities, but no known cause.
const UNKNOWN_CAUSE: f64 = 0.4;
/// How sure it is that what lies in one window without any link is independent.
const APART: f64 = 0.7;
/// The most events of one entity, or of one window, that are compared with one of them.
const COMPARED_MOST: usize = 256;

/// What is looked at.
pub(super) struct Outline<'a, 'b> {
    pub set: &'a Set<'b>,
    pub graph: &'a Graph,
    pub mechanisms: &'a [&'a Mechanism],
    pub kinds: &'a Kinds,
}

/// All of it.
pub(super) fn outline(set: &Set<'_>, graph: &Graph, mechanisms: &[&Mechanism], kinds: &Kinds) -> Correlation {
    let it = Outline { set, graph, mechanisms, kinds };
    let mut out = Correlation { events: it.events(), ..Correlation::default() };
    let (ways, more) = ways(graph);
    out.chains = ways.iter().map(|way| it.chain(way)).collect();
    out.more_chains = more;
    out.cycles = graph.cycles.iter().map(|c| c.iter().map(|i| it.id(*i)).collect()).collect();
    let n = set.events.len();
    let mut causal = Union::of(n);
    for (to, links) in graph.into.iter().enumerate() {
        for link in links {
            causal.join(link.from, to);
            out.pairs.push(it.causal(link));
        }
    }
    let part: Vec<usize> = (0..n).map(|i| causal.top(i)).collect();
    let mut parts: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    part.iter().enumerate().for_each(|(i, top)| parts.entry(*top).or_default().push(i));
    let mut room = Room { correlated: PAIRS_MOST, independent: PAIRS_MOST };
    for members in parts.values().filter(|m| m.len() > 1) {
        it.inside(members, &mut room, &mut out);
    }
    let mut whole = causal;
    let listed = it.windows(&part, &mut whole, &mut room, &mut out.pairs);
    out.unlisted += it.in_windows(&parts).saturating_sub(listed);
    // By what was observed, not by what a clock is assumed to have been.
    let places: HashMap<&str, usize> =
        out.events.iter().enumerate().map(|(i, e)| (e.id.as_str(), i)).collect();
    let place = |id: &str| places.get(id).copied().unwrap_or(0);
    out.pairs.sort_by_cached_key(|p| (p.class, place(&p.from), place(&p.to)));
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
    out.unexplained.sort_by_cached_key(|u| place(&u.event));
    out
}

/// How many pairs may still be listed.
struct Room {
    correlated: usize,
    independent: usize,
}

/// Whether there is room for one more, which is then taken.
fn take(room: &mut usize) -> bool {
    let free = *room > 0;
    *room = room.saturating_sub(1);
    free
}

impl Outline<'_, '_> {
    pub(super) fn id(&self, i: usize) -> String {
        self.set.events.get(i).map_or_else(String::new, |e| e.id.to_owned())
    }

    /// Whether nothing brought an event about and nothing came of it.
    pub(super) fn alone(&self, i: usize) -> bool {
        self.graph.causes(i).next().is_none() && self.out(i).is_empty()
    }

    pub(super) fn out(&self, i: usize) -> &[usize] {
        self.graph.out.get(i).map_or(&[], Vec::as_slice)
    }

    fn at(&self, i: usize) -> i64 {
        self.set.events.get(i).map_or(0, |e| e.at)
    }

    pub(super) fn kind(&self, i: usize) -> &str {
        self.set.events.get(i).map_or("", |e| e.kind)
    }

    fn events(&self) -> Vec<Event> {
        let one = |e: &Ev<'_>| {
            let first = e.findings.first();
            // Up to the next whole second: the last millisecond of a period is not its end.
            let precision = (e.latest - e.at + 999) / 1000;
            Event {
                id: e.id.to_owned(),
                findings: e.findings.iter().map(|f| f.id.clone()).collect(),
                source: first.map_or_else(String::new, |f| f.source.clone()),
                kind: e.kind.to_owned(),
                at: e.at - e.moved,
                precision: u32::try_from(precision).unwrap_or(0),
                summary: first.map_or_else(String::new, |f| f.summary.clone()),
            }
        };
        let mut events: Vec<Event> = self.set.events.iter().map(one).collect();
        events.sort_by(|a, b| (a.at, &a.id).cmp(&(b.at, &b.id)));
        events
    }

    fn causal(&self, link: &Link) -> Pair {
        let mechanism = self.mechanisms.get(link.by);
        let how = if link.sure { "the lag fits" } else { "the precision of the times allows the lag" };
        let why = mechanism.map_or("", |m| m.why.as_str());
        Pair {
            from: self.id(link.from),
            to: self.id(link.to),
            class: Class::Causal,
            reason: format!("{why}; {how}, {}", in_words(link.bond)),
            lag_s: seconds(link.lag),
            confidence: rounded(link.confidence),
            mechanism: mechanism.map(|m| m.name.clone()),
            common: None,
        }
    }

    fn pair(&self, i: usize, j: usize, class: Class, reason: String, confidence: f64) -> Pair {
        let lag_s = seconds(self.at(j) - self.at(i));
        let (from, to, confidence) = (self.id(i), self.id(j), rounded(confidence));
        Pair { from, to, class, reason, lag_s, confidence, mechanism: None, common: None }
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

    /// Whether an event lies in windows: what is coarser cannot be said to lie in one.
    fn fine(&self, e: &Ev<'_>) -> bool {
        e.latest - e.at <= self.set.window
    }

    /// The pairs of the same window that links do not hold together, as far as there is room; joins those that belong
    /// together. How many are listed.
    fn windows(&self, part: &[usize], whole: &mut Union, room: &mut Room, pairs: &mut Vec<Pair>) -> usize {
        let before = pairs.len();
        let same = |i: usize, j: usize| part.get(i) == part.get(j);
        // The events of each entity so far.
        let mut of: HashMap<u32, Vec<usize>> = HashMap::new();
        for (j, b) in self.set.events.iter().enumerate().filter(|(_, e)| self.fine(e)) {
            let mut with: Vec<usize> = Vec::new();
            for entity in &b.all {
                let list = of.entry(*entity).or_default();
                with.extend(list.iter().rev().take(COMPARED_MOST).take_while(|i| self.near(**i, b, 2)));
                list.push(j);
            }
            with.sort_unstable();
            with.dedup();
            for i in with {
                let Some(a) = self.set.events.get(i) else { continue };
                if !same(i, j) && self.near(i, b, 1) && self.set.compared(a, b) && self.set.share(a, b) {
                    whole.join(i, j);
                    if take(&mut room.correlated) {
                        let reason =
                            "the same window and linked entities, no mechanism between them: cause unknown";
                        pairs.push(self.pair(i, j, Class::Correlated, reason.to_owned(), UNKNOWN_CAUSE));
                    }
                }
            }
        }
        'all: for (i, a) in self.set.events.iter().enumerate().filter(|(_, e)| self.fine(e)) {
            for (j, b) in self.set.events.iter().enumerate().skip(i + 1).take(COMPARED_MOST) {
                if b.at - a.latest > self.set.window {
                    break;
                }
                let linked = self.set.compared(a, b) && self.set.share(a, b);
                if self.fine(b) && !same(i, j) && !linked {
                    if !take(&mut room.independent) {
                        break 'all;
                    }
                    pairs.push(self.apart(i, j));
                }
            }
        }
        pairs.len() - before
    }

    /// Whether an event lies at most so many windows before another.
    fn near(&self, i: usize, b: &Ev<'_>, windows: i64) -> bool {
        // One window of time, and one more for the precision of an event that lies in windows.
        let most = self.set.window * windows;
        self.set.events.get(i).is_some_and(|a| b.at - if windows > 1 { a.at } else { a.latest } <= most)
    }

    /// How many pairs lie in one window without links that hold them together.
    fn in_windows(&self, parts: &BTreeMap<usize, Vec<usize>>) -> usize {
        let count = |list: &[&Ev<'_>]| -> usize {
            let end = |a: &Ev<'_>| list.partition_point(|b| b.at - a.latest <= self.set.window);
            list.iter().enumerate().map(|(i, a)| end(a).saturating_sub(i + 1)).sum()
        };
        let fine = |i: &usize| self.set.events.get(*i).filter(|e| self.fine(e));
        let all: Vec<&Ev<'_>> = self.set.events.iter().filter(|e| self.fine(e)).collect();
        let inside = parts.values().map(|m| count(&m.iter().filter_map(fine).collect::<Vec<_>>()));
        count(&all).saturating_sub(inside.sum())
    }

    /// The pairs of events that links hold together, beyond the links.
    fn inside(&self, members: &[usize], room: &mut Room, out: &mut Correlation) {
        if members.len() > GROUP_MOST {
            let links: usize = members.iter().map(|i| self.graph.causes(*i).count()).sum();
            out.unlisted += (members.len() * (members.len() - 1) / 2).saturating_sub(links);
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
                let free = if common.is_some() { &mut room.correlated } else { &mut room.independent };
                if !take(free) {
                    out.unlisted += 1;
                    continue;
                }
                out.pairs.push(if let Some(common) = common {
                    let reason = format!("both come from {}, neither from the other", self.id(*common));
                    let ways = self.below(*common);
                    let way = |to: &usize| ways.get(to).copied().unwrap_or(0.0);
                    let mut pair = self.pair(*i, *j, Class::Correlated, reason, way(i).min(way(j)));
                    pair.common = Some(self.id(*common));
                    pair
                } else {
                    let reason =
                        "no common cause and no mechanism between them, though both lead to the same effect";
                    self.pair(*i, *j, Class::Independent, reason.to_owned(), APART)
                });
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
    pub(super) fn below(&self, i: usize) -> HashMap<usize, f64> {
        let mut reached = BTreeSet::from([i]);
        let mut open = vec![i];
        while let Some(j) = open.pop() {
            open.extend(self.out(j).iter().copied().filter(|k| reached.insert(*k)));
        }
        reached.remove(&i);
        let mut sorted: Vec<usize> = reached.into_iter().collect();
        sorted.sort_by_key(|j| self.graph.place.get(*j).copied());
        let mut best = HashMap::from([(i, 1.0)]);
        for j in sorted {
            let ways = self.graph.into.get(j).into_iter().flatten();
            let way = ways.filter_map(|l| Some(best.get(&l.from)? * l.confidence)).fold(0.0, f64::max);
            best.insert(j, way);
        }
        best.remove(&i);
        best
    }

    fn chain(&self, way: &Way) -> Chain {
        let trigger = way.events.first().map_or_else(String::new, |root| self.trigger(*root));
        let events = way.events.iter().map(|i| self.id(*i)).collect();
        Chain { events, confidence: way.confidence, trigger }
    }

    /// What is said of an event that begins a chain and should have been triggered by something; may be empty.
    pub(super) fn trigger(&self, root: usize) -> String {
        if self.kinds.get(self.kind(root)).is_some_and(|k| k.origin) {
            return String::new();
        }
        format!("no finding says what triggered {}; the chain may begin earlier", self.id(root))
    }

    fn why_alone(&self, i: usize, together: bool) -> String {
        let from = |m: &&&Mechanism| m.to.iter().any(|k| k == self.kind(i));
        let causes: BTreeSet<&str> =
            self.mechanisms.iter().filter(from).flat_map(|m| &m.from).map(String::as_str).collect();
        let at = stamp::text(self.set.events.get(i).map_or(0, |e| e.at - e.moved));
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
