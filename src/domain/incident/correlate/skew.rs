//! Clocks that are off. One source's times are moved only where that repairs a chain which the source is part of
//! anyhow, and breaks no link.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use super::candidates::Candidate;
use super::events::{Set, Union};
use super::links::Graph;
use super::{SKEW_MOST, Skew, seconds};
use crate::domain::incident::kind::Kinds;

/// The most offsets of a source that are tried, the smallest first.
const TRIES_MOST: usize = 32;

/// A clock that is taken to be off.
pub(super) struct Found {
    pub source: usize,
    /// Milliseconds.
    pub by: i64,
    repaired: usize,
    others: Vec<(usize, i64)>,
}

impl Found {
    pub(super) fn told(&self, set: &Set<'_>) -> Skew {
        let name = |s: usize| set.sources.get(s).copied().unwrap_or_default().to_owned();
        let mut why = format!(
            "assumed, not observed: with it {} more link(s) hold and none is lost; without it an effect would begin before its cause",
            self.repaired
        );
        for (source, by) in &self.others {
            why.push_str(&format!("; {} by {} s would do as well", name(*source), seconds(*by)));
        }
        Skew { source: name(self.source), by_s: seconds(self.by), why }
    }
}

/// The clock to take as off, if that repairs a chain.
pub(super) fn find(set: &Set<'_>, graph: &Graph, all: &[Candidate], kinds: &Kinds) -> Option<Found> {
    if set.sources.len() < 2 {
        return None;
    }
    let mut together = Union::of(set.events.len());
    let source = |i: usize| set.events.get(i).map_or(0, |e| e.source);
    let between = all.iter().filter(|c| source(c.from) != source(c.to));
    let (held, near): (Vec<&Candidate>, Vec<&Candidate>) = between.partition(|c| c.fits());
    if near.is_empty() {
        return None;
    }
    let fitting: BTreeSet<(usize, usize)> = held.iter().map(|c| (c.from, c.to)).collect();
    for (to, links) in graph.into.iter().enumerate() {
        links.iter().for_each(|l| together.join(l.from, to));
    }
    let there: BTreeSet<(usize, usize)> =
        (0..set.events.len()).map(|i| (together.top(i), source(i))).collect();
    let bare = |i: usize| graph.causes(i).next().is_none();
    let ends = |i: usize| graph.out.get(i).is_none_or(Vec::is_empty);
    let mut wanted: Vec<&Candidate> = Vec::new();
    for c in near {
        let origin = set.events.get(c.to).and_then(|e| kinds.get(e.kind)).is_some_and(|k| k.origin);
        let one = together.top(c.from) == together.top(c.to);
        if !fitting.contains(&(c.from, c.to)) && !origin && (bare(c.to) || (one && ends(c.from))) {
            wanted.push(c);
        }
    }
    let mut found: Vec<Found> = Vec::new();
    for s in 0..set.sources.len() {
        let mut own: Vec<(usize, (i64, i64))> = Vec::new();
        for c in wanted.iter().filter(|c| source(c.from) == s || source(c.to) == s) {
            let (mine, other) = if source(c.to) == s { (c.to, c.from) } else { (c.from, c.to) };
            let linked = !bare(mine) || !ends(mine) || there.contains(&(together.top(other), s));
            if linked {
                own.push((c.to, moves(c, source(c.to) == s)));
            }
        }
        let kept = held.iter().filter(|c| source(c.from) == s || source(c.to) == s);
        // What breaks none of the links that hold.
        let (least, most) = kept
            .map(|c| moves(c, source(c.to) == s))
            .fold((i64::MIN, i64::MAX), |(lo, hi), (l, h)| (lo.max(l), hi.min(h)));
        let mut tries: Vec<i64> = own.iter().flat_map(|(_, (lo, hi))| [*lo, *hi]).collect();
        tries.retain(|d| *d != 0 && d.abs() <= SKEW_MOST * 1000 && (least..=most).contains(d));
        tries.sort_by_key(|d| (d.abs(), *d));
        tries.dedup();
        for by in tries.into_iter().take(TRIES_MOST) {
            let holds = |(lo, hi): &(i64, i64)| (*lo..=*hi).contains(&by);
            let effects: BTreeSet<usize> = own.iter().filter(|(_, m)| holds(m)).map(|(to, _)| *to).collect();
            if !effects.is_empty() {
                found.push(Found { source: s, by, repaired: effects.len(), others: Vec::new() });
            }
        }
    }
    let events = |s: usize| set.events.iter().filter(|e| e.source == s).count();
    // The most repaired, by the smallest step, of the source that says least.
    found.sort_by_key(|f| (Reverse(f.repaired), f.by.abs(), events(f.source), f.source, f.by));
    let mut found = found.into_iter();
    let mut best = found.next()?;
    let same = found.filter(|f| f.repaired == best.repaired && f.by.abs() == best.by.abs());
    best.others = same.map(|f| (f.source, f.by)).collect();
    Some(best)
}

/// The least and the most by which the times of one end may be moved so that the pair fits, in whole seconds where
/// there are any: more is not known of a clock.
fn moves(c: &Candidate, effect: bool) -> (i64, i64) {
    let (least, most) = if effect {
        (c.allowed.0 - c.lag.1, c.allowed.1 - c.lag.0)
    } else {
        (c.lag.0 - c.allowed.1, c.lag.1 - c.allowed.0)
    };
    let whole = (-(-least).div_euclid(1000) * 1000, most.div_euclid(1000) * 1000);
    if whole.0 <= whole.1 { whole } else { (least, most) }
}
