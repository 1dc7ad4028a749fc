//! What a changed plan does to dates, costs and briefs.

use std::collections::BTreeMap;

use super::Alternative;
use crate::domain::id::AgentName;
use crate::domain::incident::stamp;
use crate::domain::state::TaskState;
use crate::domain::workflow::brief::{TaskBrief, brief};
use crate::domain::workflow::plan::Planned;
use crate::domain::workflow::project::{Impact, Project, Terms, Tracked};
use crate::domain::workflow::span::{DAY, Span};
use crate::domain::workflow::track::money;

/// Something that could be done, before what it does is worked out.
pub(super) struct Draft {
    pub title: String,
    pub gains: Vec<String>,
    pub costs: Vec<String>,
    pub plan: Planned,
    pub terms: Terms,
}

/// How a plan goes on from now.
pub(super) struct Outlook {
    /// When each of its tasks begins and ends or did, milliseconds since 1970.
    pub times: BTreeMap<String, (i64, i64)>,
    /// When the last ends.
    pub end: i64,
    /// The open tasks that make it so late, first to last.
    pub path: Vec<String>,
    /// What it costs, where a rate was given.
    pub cost: Option<u64>,
}

/// Whether a task is over: done, or left out.
pub(super) fn over(tracked: Option<&Tracked>) -> bool {
    tracked.is_some_and(|t| matches!(t.state, TaskState::Done | TaskState::Skipped))
}

/// Whether an agent works on a task.
pub(super) fn begun(tracked: Option<&Tracked>) -> bool {
    tracked.is_some_and(|t| matches!(t.state, TaskState::Sent | TaskState::Running))
}

/// How a plan goes on from now: what is over stays when it was, what runs ends after its planned hours but not before
/// now, what is open follows what it needs. It goes by planned hours, not by the measured speed, so that two plans
/// differ by what was changed and nothing else.
pub(super) fn outlook(project: &Project, plan: &Planned, now: i64) -> Outlook {
    let mut times: BTreeMap<String, (i64, i64)> = BTreeMap::new();
    let mut hours: u64 = 0;
    for task in &plan.tasks {
        let tracked = project.tracked(&task.id);
        let planned = project.ms(task.duration.as_hours());
        let needs = task.needs.iter().filter_map(|n| times.get(n)).map(|(_, to)| *to).max();
        let began = tracked.and_then(|t| t.began);
        let ended = tracked.and_then(|t| t.ended);
        let (from, to) = match began {
            _ if over(tracked) => {
                let to = ended.unwrap_or(now);
                (began.unwrap_or(to), to)
            }
            Some(from) if begun(tracked) => (from, from.saturating_add(planned).max(now)),
            _ => {
                let from = needs.unwrap_or(project.started).max(now);
                (from, from.saturating_add(planned))
            }
        };
        hours += u64::from(if over(tracked) { between(project, from, to) } else { task.duration.as_hours() });
        times.insert(task.id.clone(), (from, to));
    }
    // What was begun and is no part of it any more was paid all the same.
    for lost in project.tasks.iter().filter(|t| plan.task(&t.id).is_none()) {
        if let Some(from) = lost.began {
            hours += u64::from(between(project, from, lost.ended.unwrap_or(now)));
        }
    }
    let end = times.values().map(|(_, to)| *to).max().unwrap_or(now);
    let cost = project.terms.rate.map(|rate| rate.saturating_mul(hours) / u64::from(DAY));
    let path = path(project, plan, &times, end);
    Outlook { times, end, path, cost }
}

fn between(project: &Project, from: i64, to: i64) -> u32 {
    let since = to.saturating_sub(from).max(0).saturating_mul(i64::from(DAY)) / project.day_ms.max(1);
    u32::try_from(since).unwrap_or(u32::MAX)
}

/// The open tasks from the one that ends last back to one that waits for no open task.
fn path(project: &Project, plan: &Planned, times: &BTreeMap<String, (i64, i64)>, end: i64) -> Vec<String> {
    let to = |id: &str| times.get(id).map_or(i64::MIN, |(_, to)| *to);
    let open = |id: &str| !over(project.tracked(id));
    let mut at = plan.tasks.iter().find(|t| to(&t.id) == end && open(&t.id));
    let mut path = Vec::new();
    while let Some(task) = at {
        path.push(task.id.clone());
        let last = task.needs.iter().filter(|n| open(n)).map(|n| to(n)).max();
        at = last.and_then(|last| {
            plan.tasks.iter().find(|t| task.needs.contains(&t.id) && open(&t.id) && to(&t.id) == last)
        });
    }
    path.reverse();
    path
}

/// The project as it would be with another plan.
pub(super) fn with(project: &Project, plan: &Planned, terms: &Terms) -> Project {
    let mut changed = project.clone();
    changed.plan = plan.clone();
    changed.terms = terms.clone();
    for task in &plan.tasks {
        if changed.tracked(&task.id).is_none() {
            changed.tasks.push(Tracked::new(&task.id));
        }
    }
    changed
}

/// What each agent is to do, and knows of it.
fn briefs(project: &Project) -> BTreeMap<AgentName, Vec<TaskBrief>> {
    let mut all: BTreeMap<AgentName, Vec<TaskBrief>> = BTreeMap::new();
    for task in &project.plan.tasks {
        if !over(project.tracked(&task.id)) {
            all.entry(task.agent.clone()).or_default().extend(brief(project, &task.id));
        }
    }
    all.values_mut().for_each(|own| own.sort_by(|a, b| a.task.cmp(&b.task)));
    all
}

/// Whose briefs of open tasks say something else afterwards: a task that one loses or gets is a difference too.
pub(super) fn affected(before: &Project, after: &Project) -> Vec<AgentName> {
    let (old, new) = (briefs(before), briefs(after));
    let mut named = before.plan.agents();
    named
        .extend(after.plan.agents().into_iter().filter(|a| !before.plan.tasks.iter().any(|t| t.agent == *a)));
    named.retain(|a| old.get(a) != new.get(a));
    named
}

impl Draft {
    /// With what it does.
    pub(super) fn weighed(self, project: &Project, now: i64) -> Alternative {
        let Self { title, mut gains, mut costs, plan, terms } = self;
        let changed = with(project, &plan, &terms);
        let (old, new) = (outlook(project, &project.plan, now), outlook(&changed, &plan, now));
        let impact = Impact {
            length_before: project.hours_at(old.end),
            length_after: project.hours_at(new.end),
            end_before: old.end,
            end_after: new.end,
            path_before: old.path,
            path_after: new.path,
            cost_before: old.cost,
            cost_after: new.cost,
            affected: affected(project, &changed),
        };
        let kept = |work: &str| plan.task(work).is_none() || plan.loops.iter().any(|l| l.work == work);
        for gone in project.plan.loops.iter().filter(|l| !kept(&l.work)) {
            costs.push(format!("nobody judges `{}` any more", gone.work));
        }
        let by = span(project, (new.end - old.end).abs());
        match new.end.cmp(&old.end) {
            std::cmp::Ordering::Less => gains.push(format!("it ends {by} earlier, on {}", day(new.end))),
            std::cmp::Ordering::Equal => gains.push(format!("it still ends on {}", day(new.end))),
            std::cmp::Ordering::Greater => costs.push(format!("it ends {by} later, on {}", day(new.end))),
        }
        if let (Some(old), Some(new)) = (impact.cost_before, impact.cost_after) {
            if new < old {
                gains.push(format!("it costs {} less: {}", said(&terms, old - new), said(&terms, new)));
            } else if new > old {
                costs.push(format!("it costs {} more: {}", said(&terms, new - old), said(&terms, new)));
            }
            if let Some(budget) = terms.budget.filter(|b| new > *b) {
                let (by, budget) = (said(&terms, new - budget), said(&terms, budget));
                costs.push(format!("that is {by} over the budget of {budget}"));
            }
        }
        if let Some(deadline) = terms.deadline.filter(|d| impact.end_after > *d) {
            let by = span(project, impact.end_after - deadline);
            costs.push(format!("the deadline of {} is missed by {by}", day(deadline)));
        }
        let others: Vec<&str> = impact.affected.iter().map(AgentName::as_str).collect();
        if !others.is_empty() {
            costs.push(format!("it changes the briefs of {}", others.join(", ")));
        }
        let name = super::name::of(&plan, &terms);
        Alternative { name, title, gains, costs, impact, plan, terms }
    }
}

/// A moment for people, in UTC.
pub(super) fn day(at: i64) -> String {
    let text = stamp::text(at);
    // Seconds only where there are some: a rehearsal's days are short.
    let length = if at % 60_000 == 0 { 16 } else { 19 };
    text.get(..length).unwrap_or(&text).replace('T', " ")
}

/// So many milliseconds in planned days and hours.
pub(super) fn span(project: &Project, ms: i64) -> String {
    match between(project, 0, ms) {
        0 => "less than a planned hour".into(),
        hours => Span::hours(hours).to_string(),
    }
}

/// An amount for people, in the currency of the project.
pub(super) fn said(terms: &Terms, amount: u64) -> String {
    money(amount, &terms.currency)
}
