//! Makes a pattern fit what somebody wants of it.
//!
//! In this order: providers, specialists and conditions decide which tasks take part; wins are pulled in; where anything
//! lands in production, what must not be skipped is put before it; whoever needs the work of a loop needs its review;
//! tasks are put in order; what is handed over is taken from the catalogue.

mod chosen;
mod order;
mod production;
mod put;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use self::chosen::Chosen;
use super::catalogue::Catalogue;
use super::knowledge::Knowledge;
use super::pattern::{Pattern, Step};
use super::plan::{Item, Options, Phase, Planned, Task};

/// Why a pattern cannot be made to fit. Each completes "failed to plan NAME: …".
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum Misfit {
    /// A provider that is none, or one that the pattern has no part for.
    #[error("{0}")]
    Provider(String),
    /// The pattern needs a cloud, and nobody said which.
    #[error("which cloud provider? `{task}` is for one; expected {known}")]
    WhichProvider {
        /// The task that needs it.
        task: String,
        /// The providers there are.
        known: String,
    },
    /// A specialist that is not in the catalogue.
    #[error("use the specialist {0}")]
    Specialist(String),
    /// A condition that the pattern does not have.
    #[error("it has no condition `{name}`{expected}")]
    Condition {
        /// What was given.
        name: String,
        /// Those there are, and the nearest.
        expected: String,
    },
    /// A win that nobody knows.
    #[error("`{name}` is no quick win and no long-term item; expected one of {known}")]
    Win {
        /// What was given.
        name: String,
        /// Those there are, and the nearest.
        known: String,
    },
    /// A waiver without a reason, or two of the same.
    #[error("waive `{must}`: {why}")]
    Waiver {
        /// What is waived.
        must: &'static str,
        /// What is wrong with it.
        why: &'static str,
    },
    /// Nothing is left.
    #[error("no task is left of it: take fewer specialists and conditions out")]
    Nothing,
    /// Data that a check would have refused.
    #[error("{0}")]
    Data(String),
}

/// A pattern made to fit: the same pattern, data and options give the same plan.
///
/// # Errors
/// When an option names something that is not there, a cloud is needed and none was said, or nothing is left.
pub fn fit(
    pattern: &Pattern,
    catalogue: &Catalogue,
    knowledge: &Knowledge,
    options: &Options,
) -> Result<Planned, Misfit> {
    let mut notes = Vec::new();
    let chosen = Chosen::new(pattern, catalogue, knowledge, options)?;
    let tasks = chosen.tasks(&mut notes)?;
    if tasks.is_empty() {
        return Err(Misfit::Nothing);
    }
    let phase = |p: &super::pattern::Phase| Phase {
        id: p.id.clone(),
        title: p.title.clone(),
        weeks: p.weeks.clone(),
        checklists: p.checklists.iter().filter_map(|l| knowledge.checklists.find(l)).cloned().collect(),
    };
    let there = |id: &String| tasks.iter().any(|t| t.id == *id);
    let mut planned = Planned {
        pattern: pattern.name.clone(),
        title: pattern.title.clone(),
        options: chosen.options.clone(),
        phases: pattern.phases.iter().map(phase).collect(),
        pairs: pattern.pairs.iter().filter(|p| p.tasks.iter().all(there)).cloned().collect(),
        loops: pattern.loops.iter().filter(|l| there(&l.work) && there(&l.review)).cloned().collect(),
        readings: pattern.readings.clone(),
        tasks,
        notes,
        own: knowledge.own.clone(),
    };
    chosen.put_wins(&mut planned)?;
    chosen.see_to_production(&mut planned)?;
    loops(&mut planned);
    planned.tasks = order::sorted(std::mem::take(&mut planned.tasks));
    hand_over(&mut planned.tasks, catalogue);
    let used: BTreeSet<&str> = planned.tasks.iter().map(|t| t.phase.as_str()).collect();
    planned.phases.retain(|p| used.contains(p.id.as_str()));
    Ok(planned)
}

/// Whoever needs the work of a loop needs its review, but the review itself, what it waits for and what stands beside it.
fn loops(planned: &mut Planned) {
    for l in &planned.loops {
        let mut exempt = order::before(&planned.tasks, &l.review);
        let beside = planned.pairs.iter().filter(|p| p.tasks.contains(&l.review));
        exempt.extend(beside.flat_map(|p| p.tasks.iter().cloned()));
        for task in &mut planned.tasks {
            let needs = task.needs.contains(&l.work) && !task.needs.contains(&l.review);
            if needs && task.id != l.review && !exempt.contains(&task.id) {
                task.needs.push(l.review.clone());
            }
        }
    }
}

/// What each task hands to those that need it, by the catalogue.
fn hand_over(tasks: &mut [Task], catalogue: &Catalogue) {
    let mut all: Vec<Vec<Item>> = Vec::with_capacity(tasks.len());
    for task in tasks.iter() {
        let mut items: Vec<Item> = Vec::new();
        for next in tasks.iter().filter(|t| t.needs.contains(&task.id)) {
            for item in catalogue.handover(&task.specialist, &next.specialist) {
                match items.iter_mut().find(|i| i.key == item.key && i.what == item.what) {
                    Some(there) => there.to.push(next.id.clone()),
                    None => items.push(Item {
                        key: item.key.clone(),
                        what: item.what.clone(),
                        to: vec![next.id.clone()],
                    }),
                }
            }
        }
        all.push(items);
    }
    tasks.iter_mut().zip(all).for_each(|(task, items)| task.hands_over = items);
}

/// The needs of a task among those that are kept: who needed one that is not needs what it needed.
fn needs(pattern: &Pattern, step: &Step, kept: &BTreeSet<&str>) -> Vec<String> {
    let mut found: Vec<&str> = Vec::new();
    let mut seen: BTreeSet<&str> = BTreeSet::new();
    // Last in, first out, so that needs keep their order.
    let mut open: Vec<&str> = step.needs.iter().rev().map(String::as_str).collect();
    while let Some(need) = open.pop() {
        if !seen.insert(need) {
            continue;
        }
        if kept.contains(need) {
            found.push(need);
        } else if let Some(gone) = pattern.tasks.iter().find(|t| t.id == need) {
            open.extend(gone.needs.iter().rev().map(String::as_str));
        }
    }
    // What it took over and another of them waits for anyway need not be said.
    let said = |id: &str| {
        let own = step.needs.iter().any(|n| n == id);
        own || !found.iter().any(|other| *other != id && pattern.waits(other, id))
    };
    found.iter().filter(|id| said(id)).map(|id| (*id).to_owned()).collect()
}
