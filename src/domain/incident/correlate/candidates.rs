//! The pairs of events that a mechanism might link.

use std::cmp::Reverse;
use std::collections::HashMap;

use super::events::{Bond, Ev, Set};
use crate::domain::incident::mechanism::{Linked, Mechanism};

/// The most events that are looked at as a cause of one event, of each kind and entity: the latest.
const EXAMINED_MOST: usize = 128;
/// The most causes of one event that are kept: the closest bonds, the surest and the latest.
const CAUSES_MOST: usize = 48;
/// So few events of a kind are gone through one by one rather than by their entities.
const FEW: usize = 24;

/// A pair that a mechanism might link.
#[derive(Clone, Copy)]
pub(super) struct Candidate {
    pub from: usize,
    pub to: usize,
    pub by: usize,
    /// The least and the most milliseconds between them, and those that the mechanism allows.
    pub lag: (i64, i64),
    pub allowed: (i64, i64),
    /// Nothing where the mechanism works across a whole account.
    pub bond: Option<Bond>,
}

impl Candidate {
    pub(super) fn fits(&self) -> bool {
        self.lag.1 >= self.allowed.0 && self.lag.0 <= self.allowed.1
    }

    /// Whether the lag fits whatever the precision of the times.
    pub(super) fn sure(&self) -> bool {
        self.lag.0 >= self.allowed.0 && self.lag.1 <= self.allowed.1
    }
}

/// Whether a bond is what a mechanism asks for.
fn allows(linked: Linked, bond: Option<Bond>) -> bool {
    match linked {
        Linked::Any => true,
        Linked::About => bond == Some(Bond::About),
        Linked::Same => bond.is_some_and(|b| b <= Bond::Through),
        Linked::Related => bond.is_some(),
    }
}

/// Events by time, and the widest precision among them in milliseconds.
#[derive(Default)]
struct Timed {
    list: Vec<usize>,
    widest: i64,
}

impl Timed {
    fn add(&mut self, i: usize, event: &Ev<'_>) {
        self.list.push(i);
        self.widest = self.widest.max(event.latest - event.at);
    }
}

struct Index<'a, 'b> {
    set: &'a Set<'b>,
    kinds: HashMap<&'a str, Timed>,
    entities: HashMap<(&'a str, u32), Timed>,
}

/// What is looked for: causes of an event by one mechanism and kind.
struct Sought<'a, 'b> {
    to: usize,
    effect: &'a Ev<'b>,
    by: usize,
    mechanism: &'a Mechanism,
    kind: &'a str,
    slack: i64,
}

impl Sought<'_, '_> {
    fn allowed(&self) -> (i64, i64) {
        (i64::from(self.mechanism.lag.0) * 1000, i64::from(self.mechanism.lag.1) * 1000)
    }
}

/// Every pair that a mechanism links, or would if one time were up to `slack` milliseconds other; by effect.
pub(super) fn candidates(set: &Set<'_>, mechanisms: &[&Mechanism], slack: i64) -> Vec<Candidate> {
    let mut all = Vec::new();
    let mut index = Index { set, kinds: HashMap::new(), entities: HashMap::new() };
    for (i, event) in set.events.iter().enumerate() {
        index.kinds.entry(event.kind).or_default().add(i, event);
        for entity in &event.all {
            index.entities.entry((event.kind, *entity)).or_default().add(i, event);
        }
    }
    let mut to: HashMap<&str, Vec<usize>> = HashMap::new();
    for (m, mechanism) in mechanisms.iter().enumerate() {
        mechanism.to.iter().for_each(|kind| to.entry(kind).or_default().push(m));
    }
    let mut found: Vec<Candidate> = Vec::new();
    for (b, effect) in set.events.iter().enumerate() {
        for by in to.get(effect.kind).into_iter().flatten().copied() {
            let Some(mechanism) = mechanisms.get(by) else { continue };
            for kind in &mechanism.from {
                index.causes(&Sought { to: b, effect, by, mechanism, kind, slack }, &mut found);
            }
        }
        if found.len() > CAUSES_MOST {
            let sure = |c: &Candidate| mechanisms.get(c.by).map_or(0.0, |m| m.confidence);
            found.sort_by(|x, y| {
                let rank = |c: &Candidate| (c.bond, Reverse(c.from), c.by);
                let fits = y.fits().cmp(&x.fits());
                fits.then(sure(y).total_cmp(&sure(x))).then(rank(x).cmp(&rank(y)))
            });
            // A cause that several mechanisms allow counts for each.
            found.truncate(CAUSES_MOST);
        }
        all.append(&mut found);
    }
    all
}

impl Index<'_, '_> {
    fn causes(&self, sought: &Sought<'_, '_>, found: &mut Vec<Candidate>) {
        let Some(all) = self.kinds.get(sought.kind) else { return };
        let within = self.within(all, sought);
        if within.len() <= FEW || sought.mechanism.linked == Linked::Any {
            return self.take(within, sought, found);
        }
        let effect = sought.effect;
        let mut entities: Vec<u32> = effect.all.clone();
        for known in effect.about.iter().chain(&effect.parts) {
            entities.extend(self.set.near(*known));
            if entities.len() > within.len() {
                return self.take(within, sought, found);
            }
        }
        entities.sort_unstable();
        entities.dedup();
        let mut causes: Vec<usize> = Vec::new();
        for entity in entities {
            let list = self.entities.get(&(sought.kind, entity)).map_or(&[][..], |t| self.within(t, sought));
            causes.extend(list.iter().rev().take(EXAMINED_MOST));
        }
        causes.sort_unstable();
        causes.dedup();
        self.take(&causes, sought, found);
    }

    /// The part of a list that may lie within the lag.
    fn within<'l>(&self, timed: &'l Timed, sought: &Sought<'_, '_>) -> &'l [usize] {
        let allowed = sought.allowed();
        let at = |i: &usize| self.set.events.get(*i).map_or(i64::MIN, |e| e.at);
        let earliest = sought.effect.at - allowed.1 - sought.slack - timed.widest;
        let last = sought.effect.latest - allowed.0 + sought.slack;
        let begin = timed.list.partition_point(|i| at(i) < earliest);
        let end = timed.list.partition_point(|i| at(i) <= last);
        timed.list.get(begin..end).unwrap_or_default()
    }

    fn take(&self, causes: &[usize], sought: &Sought<'_, '_>, found: &mut Vec<Candidate>) {
        let (effect, allowed, slack) = (sought.effect, sought.allowed(), sought.slack);
        for from in causes.iter().rev().take(EXAMINED_MOST).copied() {
            let Some(cause) = self.set.events.get(from) else { continue };
            let lag = (effect.at - cause.latest, effect.latest - cause.at);
            if from == sought.to
                || lag.1 + slack < allowed.0
                || lag.0 - slack > allowed.1
                || !self.set.compared(cause, effect)
            {
                continue;
            }
            let mut bond = self.set.bond(cause, effect);
            if sought.mechanism.linked == Linked::Any {
                // A loose bond says nothing where none is asked for.
                bond = bond.filter(|b| *b <= Bond::Names);
            }
            if allows(sought.mechanism.linked, bond) {
                found.push(Candidate { from, to: sought.to, by: sought.by, lag, allowed, bond });
            }
        }
    }
}
