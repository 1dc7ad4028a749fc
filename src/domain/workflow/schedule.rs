//! When tasks can be done at the earliest, and which must not be late: the critical path method.
//!
//! Only needs count. That an agent does one thing at a time is not planned with: patterns give tasks of one
//! specialist that could meet a need between them.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

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
    /// Hours that it may be later without the end being later.
    pub slack: u32,
}

/// The schedule of tasks, each behind those it needs. Needs that are no tasks, and those that stand behind, do not
/// count: a plan has none.
#[must_use]
pub fn schedule(tasks: &[Task]) -> Schedule {
    let at = |id: &str, before: usize| tasks.iter().take(before).position(|t| t.id == id);
    let mut ends: Vec<u32> = Vec::new();
    let mut slots = Vec::new();
    for (index, task) in tasks.iter().enumerate() {
        let needs = task.needs.iter().filter_map(|n| at(n, index)).filter_map(|i| ends.get(i));
        let from = needs.max().copied().unwrap_or_default();
        let to = from.saturating_add(task.duration.as_hours());
        ends.push(to);
        slots.push(Slot { task: task.id.clone(), from, to, slack: 0 });
    }
    let length = ends.iter().max().copied().unwrap_or_default();
    // The latest end of each, from the last task to the first.
    let mut latest = vec![length; tasks.len()];
    for (index, task) in tasks.iter().enumerate().rev() {
        let begin = latest[index].saturating_sub(task.duration.as_hours());
        for need in task.needs.iter().filter_map(|n| at(n, index)) {
            latest[need] = latest[need].min(begin);
        }
    }
    for (slot, latest) in slots.iter_mut().zip(&latest) {
        slot.slack = latest.saturating_sub(slot.to);
    }
    let path = longest(tasks, &slots, length);
    Schedule { slots, length, path }
}

/// A chain of tasks without slack from the last that ends at the end back to the start.
fn longest(tasks: &[Task], slots: &[Slot], length: u32) -> Vec<String> {
    let mut path: Vec<String> = Vec::new();
    let mut open = slots.iter().position(|s| s.to == length);
    while let Some(index) = open {
        let (Some(task), Some(slot)) = (tasks.get(index), slots.get(index)) else { break };
        path.push(task.id.clone());
        let holds_up = |s: &Slot| s.to == slot.from && task.needs.contains(&s.task);
        open = slots.iter().take(index).position(holds_up);
    }
    path.reverse();
    path
}

impl Schedule {
    /// When a task is done.
    #[must_use]
    pub fn slot(&self, id: &str) -> Option<&Slot> {
        self.slots.iter().find(|s| s.task == id)
    }
}

#[cfg(test)]
mod tests {
    use super::super::project::sample;
    use super::*;

    #[test]
    fn the_longest_chain_is_the_critical_path() {
        let s = schedule(&sample::plan().tasks);
        assert_eq!(s.path, ["containers", "cluster", "pipeline", "monitoring"]);
        assert_eq!(s.length, 22 * 24);
        let slot = |id: &str| s.slot(id).map(|s| (s.from / 24, s.to / 24, s.slack / 24)).unwrap();
        assert_eq!((slot("cluster"), slot("logging")), ((5, 12, 0), (18, 21, 1)));
        assert_eq!(schedule(&[]), Schedule::default());
    }
}
