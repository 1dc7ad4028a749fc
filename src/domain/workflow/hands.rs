//! Work put in time where everybody does one thing at a time.
//!
//! It goes as the run does: whoever is free begins, of the tasks whose needs are done, with the one that stands first in
//! the plan, and is not idle as long as there is one. All that tells of time is worked out here: the schedule of a plan,
//! how far a project is, what a change would do.
//!
//! That is what happens, and so it may not be the shortest way: where a task is left out, somebody may come to another
//! task earlier than before, and what more depends on waits behind that. As long as everybody keeps their order, nothing
//! ends later for it.

use crate::domain::id::AgentName;

/// A task that is to be put in time.
pub(super) struct Work<'a> {
    /// Its id.
    pub id: &'a str,
    /// Who does it: one thing at a time.
    pub agent: &'a AgentName,
    /// The ids of those it waits for. What is no work, or stands behind, does not count.
    pub needs: &'a [String],
    /// How far it is.
    pub now: Now,
}

/// How far work is; times are in whatever the caller counts in.
#[derive(Clone, Copy)]
pub(super) enum Now {
    /// It is over since then: nobody's hands are taken.
    Over(i64),
    /// It is being done until then.
    Doing(i64),
    /// It is ahead, and takes so long.
    Ahead(i64),
}

/// When work is done.
#[derive(Clone, Copy, Default, PartialEq, Eq, Debug)]
pub(super) struct Place {
    /// When it begins; of what is over or being done, now.
    pub from: i64,
    /// When it ends.
    pub to: i64,
    /// What the same agent does before it, by its index.
    pub behind: Option<usize>,
    /// Whether it begins later for that than for what it needs.
    pub held_up: bool,
}

/// Work in time.
pub(super) struct Placed {
    /// As the work was given.
    pub places: Vec<Place>,
    /// What each needs, by index.
    pub needs: Vec<Vec<usize>>,
    /// The indices of all, each behind those it waits for.
    pub order: Vec<usize>,
}

impl Placed {
    /// What has to be over before one begins: what it needs, then what the same agent does before it.
    pub fn before(&self, index: usize) -> impl Iterator<Item = usize> {
        let needs = self.needs.get(index).into_iter().flatten().copied();
        needs.chain(self.places.get(index).and_then(|p| p.behind))
    }
}

/// Puts work in time from `now` on.
pub(super) fn place(all: &[Work<'_>], now: i64) -> Placed {
    let needs: Vec<Vec<usize>> = all.iter().enumerate().map(|(at, work)| needed(all, work, at)).collect();
    // An agent is known by the first that it does; its last is what it does last so far.
    let whose: Vec<usize> =
        all.iter().map(|w| all.iter().position(|o| o.agent == w.agent).unwrap_or_default()).collect();
    let mut last: Vec<Option<usize>> = vec![None; all.len()];
    let mut places: Vec<Option<Place>> = vec![None; all.len()];
    let mut order: Vec<usize> = Vec::with_capacity(all.len());
    let ends = |places: &[Option<Place>], at: usize| places[at].map(|p| p.to);
    for (at, work) in all.iter().enumerate() {
        let (to, doing) = match work.now {
            Now::Over(to) => (to, false),
            Now::Doing(to) => (to, true),
            Now::Ahead(_) => continue,
        };
        places[at] = Some(Place { from: now.min(to), to, ..Place::default() });
        order.push(at);
        let before = last[whose[at]].and_then(|l| ends(&places, l));
        if doing && before.is_none_or(|b| b < to) {
            last[whose[at]] = Some(at);
        }
    }
    let mut open: Vec<usize> = (0..all.len()).filter(|at| places[*at].is_none()).collect();
    while !open.is_empty() {
        // Who begins next: the first in the plan of those that can begin first.
        let can = |at: &usize| {
            let mut ready = now;
            for need in &needs[*at] {
                ready = ready.max(ends(&places, *need)?);
            }
            let behind = last[whose[*at]];
            let free = behind.and_then(|b| ends(&places, b)).unwrap_or(now);
            let place = Place { from: ready.max(free), to: 0, behind, held_up: free > ready };
            Some((*at, place))
        };
        // What it needs stands before it, so that there is always one.
        let next = open.iter().filter_map(can).min_by_key(|(at, place)| (place.from, *at));
        let Some((at, place)) = next else { break };
        let takes = if let Now::Ahead(takes) = all[at].now { takes } else { 0 };
        places[at] = Some(Place { to: place.from.saturating_add(takes), ..place });
        last[whose[at]] = Some(at);
        order.push(at);
        open.retain(|o| *o != at);
    }
    Placed { places: places.into_iter().map(Option::unwrap_or_default).collect(), needs, order }
}

/// The indices of what one needs, of those that stand before it, in their order.
fn needed(all: &[Work<'_>], work: &Work<'_>, at: usize) -> Vec<usize> {
    let before = all.get(..at).unwrap_or_default();
    let needs = |w: &Work<'_>| work.needs.iter().any(|n| n == w.id);
    (0..).zip(before).filter(|(_, w)| needs(w)).map(|(index, _)| index).collect()
}
