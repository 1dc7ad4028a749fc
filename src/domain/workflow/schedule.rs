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

    use proptest::prelude::*;

    /// Tasks that need only ones before them.
    fn any_tasks(most: usize) -> impl Strategy<Value = Vec<Task>> {
        let one = (1_u32..30, proptest::collection::vec(any::<proptest::sample::Index>(), 0..4));
        proptest::collection::vec(one, 1..most).prop_map(|all| {
            let name = |i: usize| format!("t{i}");
            let task = |(i, (days, needs)): (usize, (u32, Vec<proptest::sample::Index>))| {
                let needs: Vec<String> =
                    if i == 0 { Vec::new() } else { needs.iter().map(|n| name(n.index(i))).collect() };
                let needs: Vec<&str> = needs.iter().map(String::as_str).collect();
                sample::task(&name(i), "docker", days, &needs)
            };
            all.into_iter().enumerate().map(task).collect()
        })
    }

    /// The hours of the longest chain that ends with a task, by trying all of them.
    fn brute(tasks: &[Task], id: &str) -> u32 {
        let task = tasks.iter().find(|t| t.id == id).unwrap();
        task.duration.as_hours() + task.needs.iter().map(|n| brute(tasks, n)).max().unwrap_or_default()
    }

    proptest! {
        #[test]
        fn no_task_begins_before_its_needs_and_the_path_is_the_longest(tasks in any_tasks(10)) {
            let s = schedule(&tasks);
            for task in &tasks {
                let slot = s.slot(&task.id).unwrap();
                prop_assert_eq!(slot.to - slot.from, task.duration.as_hours());
                for need in &task.needs {
                    prop_assert!(s.slot(need).unwrap().to <= slot.from);
                }
            }
            let longest = tasks.iter().map(|t| brute(&tasks, &t.id)).max().unwrap();
            prop_assert_eq!(s.length, longest);
            let on_path = |id: &String| tasks.iter().find(|t| t.id == *id).unwrap();
            prop_assert_eq!(s.path.iter().map(|id| on_path(id).duration.as_hours()).sum::<u32>(), longest);
            for two in s.path.windows(2) {
                prop_assert!(on_path(&two[1]).needs.contains(&two[0]));
            }
            prop_assert!(s.path.iter().all(|id| s.slot(id).unwrap().slack == 0));
        }

        #[test]
        fn a_task_may_be_later_by_its_slack_and_not_more(tasks in any_tasks(10), at in any::<proptest::sample::Index>()) {
            let s = schedule(&tasks);
            let at = at.index(tasks.len());
            let slack = s.slots[at].slack;
            let longer = |by: u32| {
                let mut tasks = tasks.clone();
                tasks[at].duration = super::super::span::Span::hours(tasks[at].duration.as_hours() + by);
                schedule(&tasks).length
            };
            prop_assert_eq!(longer(slack), s.length);
            prop_assert_eq!(longer(slack + 1), s.length + 1);
        }

        #[test]
        fn leaving_a_task_out_never_lengthens(tasks in any_tasks(30), at in any::<proptest::sample::Index>()) {
            let before = schedule(&tasks).length;
            let mut left = tasks.clone();
            let gone = left.remove(at.index(tasks.len()));
            // Who needed it needs what it needed.
            for task in left.iter_mut().filter(|t| t.needs.contains(&gone.id)) {
                task.needs.retain(|n| *n != gone.id);
                task.needs.extend(gone.needs.clone());
            }
            prop_assert!(schedule(&left).length <= before);
        }
    }
}
