//! The links between events: every cause that a mechanism allows, without circles, and then only those between
//! neighbours.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};

use super::candidates::Candidate;
use super::events::{Bond, Set};
use crate::domain::incident::mechanism::Mechanism;

/// What is left of the confidence where the precision of the times allows the lag, but does not show it.
const NOT_SURE: f64 = 0.85;
/// What is left where the entities are linked through another finding only.
const THROUGH: f64 = 0.95;
/// What is left where order was guessed in a circle.
const CIRCLE: f64 = 0.5;

/// One event as the cause of another.
#[derive(Clone, Debug)]
pub(super) struct Link {
    pub from: usize,
    pub to: usize,
    /// The index of the mechanism.
    pub by: usize,
    /// Milliseconds between their times.
    pub lag: i64,
    /// Whether the lag fits whatever the precision of the times.
    pub sure: bool,
    /// Nothing where the mechanism works across a whole account.
    pub bond: Option<Bond>,
    pub confidence: f64,
}

/// The links, by effect.
#[derive(Default)]
pub(super) struct Graph {
    /// The links to each event.
    pub into: Vec<Vec<Link>>,
    /// The events that each event brings about.
    pub out: Vec<Vec<usize>>,
    /// All events, causes before effects.
    pub order: Vec<usize>,
    /// The place of each event in `order`.
    pub place: Vec<usize>,
    /// The circles there were.
    pub cycles: Vec<Vec<usize>>,
}

impl Graph {
    /// The graph of those candidates that fit.
    pub(super) fn of(set: &Set<'_>, mechanisms: &[&Mechanism], all: &[Candidate]) -> Self {
        let n = set.events.len();
        let begin = |i: usize| set.events.get(i).map_or(0, |e| e.at);
        let mut best: BTreeMap<(usize, usize), Link> = BTreeMap::new();
        for c in all.iter().filter(|c| c.fits()) {
            let sure = c.sure();
            let through = if c.bond > Some(Bond::Names) { THROUGH } else { 1.0 };
            let confidence = mechanisms.get(c.by).map_or(0.0, |m| m.confidence)
                * if sure { 1.0 } else { NOT_SURE }
                * through;
            let lag = begin(c.to) - begin(c.from);
            let link = Link { from: c.from, to: c.to, by: c.by, lag, sure, bond: c.bond, confidence };
            let known = best.entry((c.from, c.to)).or_insert_with(|| link.clone());
            // Mechanisms come by name: of equals the first stays, in whatever order kinds are looked at.
            if (link.confidence, Reverse(link.by)) > (known.confidence, Reverse(known.by)) {
                *known = link;
            }
        }
        let mut graph = Self { into: vec![Vec::new(); n], out: vec![Vec::new(); n], ..Self::default() };
        for link in best.into_values() {
            graph.add(link);
        }
        let (part, cycles) = parts(&graph.out);
        graph.cycles = cycles;
        if !graph.cycles.is_empty() {
            let all: Vec<Link> = std::mem::take(&mut graph.into).into_iter().flatten().collect();
            graph.into = vec![Vec::new(); n];
            graph.out = vec![Vec::new(); n];
            for mut link in all {
                if part.get(link.from) == part.get(link.to) {
                    // Indexes go by time and id: of equal times it is a guess, which is said.
                    if (begin(link.from), link.from) > (begin(link.to), link.to) {
                        continue;
                    }
                    link.confidence *= CIRCLE;
                }
                graph.add(link);
            }
        }
        graph.sort();
        graph.reduce();
        graph
    }

    fn add(&mut self, link: Link) {
        if let Some(out) = self.out.get_mut(link.from) {
            out.push(link.to);
        }
        if let Some(into) = self.into.get_mut(link.to) {
            into.push(link);
        }
    }

    /// The causes of an event.
    pub(super) fn causes(&self, i: usize) -> impl Iterator<Item = usize> {
        self.into.get(i).into_iter().flatten().map(|l| l.from)
    }

    fn sort(&mut self) {
        let mut open: Vec<usize> = self.into.iter().map(Vec::len).collect();
        let ready = open.iter().enumerate().filter(|(_, n)| **n == 0).map(|(i, _)| Reverse(i));
        let mut ready: BinaryHeap<Reverse<usize>> = ready.collect();
        while let Some(Reverse(i)) = ready.pop() {
            self.order.push(i);
            for to in self.out.get(i).into_iter().flatten() {
                if let Some(n) = open.get_mut(*to) {
                    *n -= 1;
                    if *n == 0 {
                        ready.push(Reverse(*to));
                    }
                }
            }
        }
    }

    /// Drops every link beside which there is a longer way.
    fn reduce(&mut self) {
        let n = self.into.len();
        self.place = vec![0; n];
        for (p, i) in self.order.iter().enumerate() {
            if let Some(own) = self.place.get_mut(*i) {
                *own = p;
            }
        }
        let place = self.place.clone();
        let at = |i: usize| place.get(i).copied().unwrap_or(0);
        let mut seen = vec![usize::MAX; n];
        let mut kept: Vec<Vec<Link>> = Vec::with_capacity(n);
        // Causes are gone through in order, so that what is reached from them is already without by-ways.
        let mut into = std::mem::take(&mut self.into);
        self.into = vec![Vec::new(); n];
        for i in self.order.clone() {
            let mut links = into.get_mut(i).map(std::mem::take).unwrap_or_default();
            links.sort_by_key(|l| Reverse(at(l.from)));
            let least = links.last().map_or(0, |l| at(l.from));
            let mut stay = Vec::with_capacity(links.len());
            for link in links {
                if seen.get(link.from) == Some(&i) {
                    continue;
                }
                let mut open = vec![link.from];
                while let Some(j) = open.pop() {
                    if let Some(own) = seen.get_mut(j).filter(|s| **s != i) {
                        *own = i;
                        open.extend(self.causes(j).filter(|c| at(*c) >= least));
                    }
                }
                stay.push(link);
            }
            stay.sort_by_key(|l| l.from);
            if let Some(own) = self.into.get_mut(i) {
                own.clone_from(&stay);
            }
            kept.push(stay);
        }
        self.out = vec![Vec::new(); n];
        for link in kept.into_iter().flatten() {
            if let Some(out) = self.out.get_mut(link.from) {
                out.push(link.to);
            }
        }
    }
}

/// The number of the strongly connected part of each event, and the parts of more than one (after Tarjan, without
/// recursion).
fn parts(out: &[Vec<usize>]) -> (Vec<usize>, Vec<Vec<usize>>) {
    let n = out.len();
    let (mut number, mut low, mut part) = (vec![0; n], vec![0; n], vec![0; n]);
    let (mut next, mut parts) = (1, 0);
    let (mut stack, mut cycles) = (Vec::new(), Vec::new());
    let get = |list: &[usize], i: usize| list.get(i).copied().unwrap_or(0);
    for start in 0..n {
        if get(&number, start) != 0 {
            continue;
        }
        let mut work = vec![(start, 0)];
        while let Some((i, k)) = work.pop() {
            if k == 0 {
                (number[i], low[i]) = (next, next);
                next += 1;
                stack.push(i);
            }
            if let Some(to) = out[i].get(k).copied() {
                work.push((i, k + 1));
                if number[to] == 0 {
                    work.push((to, 0));
                } else if part[to] == 0 {
                    low[i] = low[i].min(number[to]);
                }
                continue;
            }
            if low[i] == number[i] {
                parts += 1;
                let from = stack.iter().rposition(|s| *s == i).unwrap_or(0);
                let mut members = stack.split_off(from);
                members.iter().for_each(|m| part[*m] = parts);
                members.sort_unstable();
                if members.len() > 1 {
                    cycles.push(members);
                }
            }
            if let Some((up, _)) = work.last() {
                low[*up] = low[*up].min(low[i]);
            }
        }
    }
    cycles.sort();
    (part, cycles)
}
