//! When tasks can be done at the earliest, and which must not be late: the critical path method.
//!
//! A task waits for what it needs, and for what its agent does before it: an agent does one thing at a time, see
//! [`hands`](super::hands). The critical path goes over both.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::hands::{Now, Place, Placed, Work, place};
use super::plan::Task;

/// A schedule.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
pub struct Schedule {
    /// The tasks, in the order they were given.
    pub slots: Vec<Slot>,
    /// Hours from the start to the end of the last task.
    pub length: u32,
    /// The ids of a longest chain of tasks, first to last; of several the one whose tasks come first.
    pub path: Vec<String>,
}

/// When a task is done.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Slot {
    /// Its id.
    pub task: String,
    /// Hours from the start to its earliest begin.
    pub from: u32,
    /// Hours from the start to its earliest end.
    pub to: u32,
    /// Hours that it may be later without the end being later, where everybody keeps the order of their tasks.
    pub slack: u32,
    /// The task of the same agent that it waits for longer than for what it needs; null: what it needs says when it
    /// begins.
    #[serde(default)]
    pub after: Option<String>,
}

/// The schedule of tasks, each behind those it needs and behind what its agent does before it. Needs that are no tasks,
/// and those that stand behind, do not count: a plan has none.
#[must_use]
pub fn schedule(tasks: &[Task]) -> Schedule {
    let ahead = |t: &Task| Now::Ahead(t.duration.as_hours().into());
    let work = tasks.iter().map(|t| Work { id: &t.id, agent: &t.agent, needs: &t.needs, now: ahead(t) });
    let placed = place(&work.collect::<Vec<_>>(), 0);
    let length = placed.places.iter().map(|p| p.to).max().unwrap_or_default();
    // The latest end of each, from the last task to the first.
    let mut latest = vec![length; tasks.len()];
    for index in placed.order.iter().rev().copied() {
        let place = placed.places[index];
        let begin = latest[index] - (place.to - place.from);
        for before in placed.before(index) {
            latest[before] = latest[before].min(begin);
        }
    }
    let id = |index: usize| tasks.get(index).map(|t| t.id.clone());
    let slot = |(index, place): (usize, &Place)| Slot {
        task: id(index).unwrap_or_default(),
        from: hours(place.from),
        to: hours(place.to),
        slack: hours(latest[index] - place.to),
        after: place.behind.filter(|_| place.held_up).and_then(id),
    };
    let slots = placed.places.iter().enumerate().map(slot).collect();
    let path = longest(&placed, length).into_iter().filter_map(id).collect();
    Schedule { slots, length: hours(length), path }
}

/// A chain of tasks without slack from the first that ends at the end back to the start, by their indices.
fn longest(placed: &Placed, length: i64) -> Vec<usize> {
    let ends = |index: usize| placed.places.get(index).map(|p| p.to);
    let mut path: Vec<usize> = Vec::new();
    let mut open = placed.places.iter().position(|p| p.to == length);
    while let Some(index) = open {
        path.push(index);
        let begins = placed.places.get(index).map(|p| p.from);
        let holds_up = |before: &usize| ends(*before) == begins;
        // Of those it needs the first of the plan; hands only where none of them does.
        let need = placed.needs.get(index).into_iter().flatten().copied().find(holds_up);
        let hands = || placed.places.get(index).and_then(|p| p.behind).filter(holds_up);
        open = need.or_else(hands);
    }
    path.reverse();
    path
}

fn hours(hours: i64) -> u32 {
    u32::try_from(hours).unwrap_or(u32::MAX)
}

impl Schedule {
    /// When a task is done.
    #[must_use]
    pub fn slot(&self, id: &str) -> Option<&Slot> {
        self.slots.iter().find(|s| s.task == id)
    }
}

#[cfg(test)]
mod tests;
