//! What comes before what.

use std::collections::BTreeSet;

use crate::domain::workflow::plan::Task;

/// The ids of all tasks that `id` waits for, over others too.
pub(super) fn before(tasks: &[Task], id: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut open = vec![id.to_owned()];
    while let Some(next) = open.pop() {
        let needs = tasks.iter().filter(|t| t.id == next).flat_map(|t| &t.needs);
        for need in needs {
            if found.insert(need.clone()) {
                open.push(need.clone());
            }
        }
    }
    found
}

/// Whether `task` waits for `other`, over others too.
pub(super) fn waits(tasks: &[Task], task: &str, other: &str) -> bool {
    before(tasks, task).contains(other)
}

/// Each task behind those it needs, else in their order. What waits for itself comes last, which a check excludes.
pub(super) fn sorted(mut open: Vec<Task>) -> Vec<Task> {
    let mut done: Vec<Task> = Vec::with_capacity(open.len());
    while !open.is_empty() {
        let waits = |t: &Task| t.needs.iter().any(|n| open.iter().any(|o| o.id == *n));
        let Some(at) = open.iter().position(|t| !waits(t)) else { break };
        done.push(open.remove(at));
    }
    done.append(&mut open);
    done
}
