//! What is done to a plan, and whether it still holds together afterwards.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::near::did_you_mean;
use crate::domain::workflow::pattern::{Must, Pair};
use crate::domain::workflow::plan::{PRODUCTION, Planned, Task};

/// The task of that id.
///
/// # Errors
/// When there is none: the nearest is named.
pub(super) fn find<'p>(plan: &'p Planned, id: &str) -> Result<&'p Task, String> {
    plan.task(id).ok_or_else(|| {
        let known = plan.tasks.iter().map(|t| t.id.as_str());
        format!("there is no task `{}`{}", shown(id), did_you_mean(id, known))
    })
}

/// The beginning of what was written, safe to show.
pub(super) fn shown(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(60).collect()
}

/// Puts each task behind those it needs, else as they stood: what a task needs moves before it, not the task back.
///
/// # Errors
/// When some need each other in a circle: they are named.
pub(super) fn order(plan: &mut Planned) -> Result<(), String> {
    let tasks: BTreeMap<&str, &Task> = plan.tasks.iter().map(|t| (t.id.as_str(), t)).collect();
    let mut placed: BTreeSet<&str> = BTreeSet::new();
    let mut ordered: Vec<Task> = Vec::with_capacity(plan.tasks.len());
    for first in &plan.tasks {
        // The task at its end, and before it who waits for it.
        let mut waiting: Vec<&Task> = vec![first];
        while let Some(task) = waiting.last().copied() {
            let open = task.needs.iter().find(|n| !placed.contains(n.as_str()));
            match open.and_then(|n| tasks.get(n.as_str())) {
                Some(need) if waiting.iter().any(|w| w.id == need.id) => {
                    let circle = waiting.iter().skip_while(|w| w.id != need.id);
                    let names: Vec<String> = circle.map(|t| format!("`{}`", t.id)).collect();
                    return Err(format!("{} would wait for each other in a circle", names.join(", ")));
                }
                Some(need) => waiting.push(need),
                None => {
                    waiting.pop();
                    if placed.insert(&task.id) {
                        ordered.push(task.clone());
                    }
                }
            }
        }
    }
    plan.tasks = ordered;
    Ok(())
}

/// All that a task needs, and what that needs.
pub(super) fn upstream(plan: &Planned, id: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut open = vec![id.to_owned()];
    while let Some(task) = open.pop().and_then(|id| plan.task(&id)) {
        for need in &task.needs {
            if found.insert(need.clone()) {
                open.push(need.clone());
            }
        }
    }
    found
}

/// Whether the first needs the second, directly or not.
pub(super) fn waits_for(plan: &Planned, id: &str, other: &str) -> bool {
    upstream(plan, id).contains(other)
}

/// The tasks that nobody needs, but this one.
pub(super) fn leaves(plan: &Planned, but: &str) -> Vec<String> {
    let needed = |id: &str| plan.blocks(id).any(|t| t.id != but);
    plan.tasks.iter().filter(|t| t.id != but && !needed(&t.id)).map(|t| t.id.clone()).collect()
}

/// Adds a need, once.
pub(super) fn need(plan: &mut Planned, id: &str, needed: &str) {
    if let Some(task) = plan.tasks.iter_mut().find(|t| t.id == id)
        && id != needed
        && !task.needs.iter().any(|n| n == needed)
    {
        task.needs.push(needed.to_owned());
    }
}

/// Puts what a need needs in the place of the need.
pub(super) fn bypass(plan: &mut Planned, id: &str, needed: &str) {
    let inherited = plan.task(needed).map(|t| t.needs.clone()).unwrap_or_default();
    if let Some(task) = plan.tasks.iter_mut().find(|t| t.id == id) {
        replace(&mut task.needs, needed, &inherited);
    }
}

fn replace(needs: &mut Vec<String>, gone: &str, by: &[String]) {
    let Some(at) = needs.iter().position(|n| n == gone) else { return };
    needs.remove(at);
    let fresh: Vec<String> = by.iter().filter(|n| !needs.contains(n)).cloned().collect();
    needs.splice(at..at, fresh);
}

/// Puts two tasks side by side, with what they tell each other.
pub(super) fn pair(plan: &mut Planned, a: &str, b: &str, sync: &str) {
    let is = |p: &Pair| p.tasks.iter().all(|t| t == a || t == b);
    if !plan.pairs.iter().any(is) {
        plan.pairs.push(Pair { tasks: [a.to_owned(), b.to_owned()], sync: sync.to_owned() });
    }
}

/// The plan without those tasks: who needed one needs what it needed, and what went with it is gone too.
pub(super) fn without(plan: &Planned, gone: &[String]) -> Planned {
    let mut plan = plan.clone();
    for id in gone {
        let Some(at) = plan.tasks.iter().position(|t| t.id == *id) else { continue };
        let task = plan.tasks.remove(at);
        for other in &mut plan.tasks {
            replace(&mut other.needs, id, &task.needs);
            other.hands_over.retain_mut(|item| {
                let told = item.to.len();
                item.to.retain(|to| to != id);
                !item.to.is_empty() || told == 0
            });
        }
    }
    plan.pairs.retain(|p| !p.tasks.iter().any(|t| gone.contains(t)));
    plan.loops.retain(|l| !gone.contains(&l.work) && !gone.contains(&l.review));
    plan.phases.retain(|p| plan.tasks.iter().any(|t| t.phase == p.id));
    plan
}

/// What must not be skipped and comes before no task in production that it should come before: with that task.
/// What was waived is not among it.
pub(super) fn unguarded(plan: &Planned) -> BTreeMap<Must, String> {
    let mut open = BTreeMap::new();
    for task in plan.tasks.iter().filter(|t| t.environment == PRODUCTION) {
        let before = upstream(plan, &task.id);
        let covered: BTreeSet<Must> = plan
            .tasks
            .iter()
            .filter(|t| before.contains(&t.id))
            .flat_map(|t| t.covers.iter().copied())
            .collect();
        let waived = |m: &Must| plan.options.waivers.iter().any(|w| w.must == *m);
        for must in Must::ALL.into_iter().filter(|m| !covered.contains(m) && !waived(m)) {
            open.entry(must).or_insert_with(|| task.id.clone());
        }
    }
    open
}

/// Brings a changed plan in order, and looks whether it holds together.
///
/// # Errors
/// When tasks need each other in a circle, one needs what is not there, or something that must not be skipped is
/// not done before production any more.
pub(super) fn settle(before: &Planned, after: &mut Planned) -> Result<(), String> {
    for task in &after.tasks {
        for need in &task.needs {
            find(after, need).map_err(|why| format!("`{}` cannot need it: {why}", task.id))?;
        }
    }
    order(after)?;
    // A review that no longer waits for the work judges nothing.
    let loops = std::mem::take(&mut after.loops);
    after.loops = loops.into_iter().filter(|l| waits_for(after, &l.review, &l.work)).collect();
    let known = unguarded(before);
    let fresh = unguarded(after).into_iter().find(|(must, _)| !known.contains_key(must));
    let Some((must, task)) = fresh else { return Ok(()) };
    let word = must.word();
    Err(format!(
        "nothing would see to {word} before `{task}`, which is in production, and it must not be skipped; add a task \
         that does, or leave it out with a reason: `orchestra workflow reprioritise waive {word}=REASON`"
    ))
}
