//! What a changed plan does to dates, costs and briefs.

use std::collections::BTreeMap;

use super::Alternative;
use crate::domain::id::AgentName;
use crate::domain::incident::stamp;
use crate::domain::state::TaskState;
use crate::domain::workflow::brief::{TaskBrief, brief};
use crate::domain::workflow::hands::{Now, Placed, Work, place};
use crate::domain::workflow::plan::{Planned, Task};
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
    /// When the last ends.
    pub end: i64,
    /// Tasks that wait longer for what their agent does before than for what they need: each with that.
    pub held_up: BTreeMap<String, String>,
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
/// now, what is open follows what it needs and what its agent does before it. What runs and is given to another begins
/// anew with them. It goes by planned hours, not by the measured speed, so that two plans differ by what was changed and
/// nothing else.
pub(super) fn outlook(project: &Project, plan: &Planned, now: i64) -> Outlook {
    let all: Vec<Work<'_>> = plan.tasks.iter().map(|t| work(project, t, now)).collect();
    let placed = place(&all, now.max(project.started));
    let mut held_up: BTreeMap<String, String> = BTreeMap::new();
    let mut hours: u64 = 0;
    for (task, place) in plan.tasks.iter().zip(&placed.places) {
        let tracked = project.tracked(&task.id);
        let began = tracked.and_then(|t| t.began);
        hours += u64::from(match began {
            _ if !over(tracked) => task.duration.as_hours(),
            Some(from) => between(project, from, place.to),
            None => 0,
        });
        if let Some(first) = place.behind.filter(|_| place.held_up).and_then(|b| plan.tasks.get(b)) {
            held_up.insert(task.id.clone(), first.id.clone());
        }
    }
    // What was begun and is no part of it any more was paid all the same.
    for lost in project.tasks.iter().filter(|t| plan.task(&t.id).is_none()) {
        if let Some(from) = lost.began {
            hours += u64::from(between(project, from, lost.ended.unwrap_or(now)));
        }
    }
    let end = placed.places.iter().map(|p| p.to).max().unwrap_or(now);
    let cost = project.terms.rate.map(|rate| rate.saturating_mul(hours) / u64::from(DAY));
    let path = path(project, plan, &placed, end);
    Outlook { end, held_up, path, cost }
}

/// A task as work to be put in time.
fn work<'a>(project: &Project, task: &'a Task, now: i64) -> Work<'a> {
    let planned = project.ms(task.duration.as_hours());
    let tracked = project.tracked(&task.id);
    let is = match tracked.and_then(|t| t.began) {
        _ if over(tracked) => Now::Over(tracked.and_then(|t| t.ended).unwrap_or(now)),
        Some(from) if does(project, task) => Now::Doing(from.saturating_add(planned).max(now)),
        None if does(project, task) => Now::Doing(now.saturating_add(planned)),
        _ => Now::Ahead(planned),
    };
    Work { id: &task.id, agent: &task.agent, needs: &task.needs, now: is }
}

/// Whether the agent of a task works on it already.
fn does(project: &Project, task: &Task) -> bool {
    begun(project.tracked(&task.id)) && project.plan.task(&task.id).is_some_and(|t| t.agent == task.agent)
}

fn between(project: &Project, from: i64, to: i64) -> u32 {
    let since = to.saturating_sub(from).max(0).saturating_mul(i64::from(DAY)) / project.day_ms.max(1);
    u32::try_from(since).unwrap_or(u32::MAX)
}

/// The open tasks from the one that ends last back to one that waits for no open task.
fn path(project: &Project, plan: &Planned, placed: &Placed, end: i64) -> Vec<String> {
    let open = |at: &usize| plan.tasks.get(*at).is_some_and(|t| !over(project.tracked(&t.id)));
    let to = |at: &usize| placed.places.get(*at).map_or(i64::MIN, |p| p.to);
    let mut at = (0..plan.tasks.len()).find(|i| to(i) == end && open(i));
    let mut path = Vec::new();
    while let Some(index) = at {
        path.extend(plan.tasks.get(index).map(|t| t.id.clone()));
        // Of those that end last the first: it is a need before it is what the agent does.
        let before: Vec<usize> = placed.before(index).filter(|i| open(i)).collect();
        let last = before.iter().map(to).max();
        at = before.into_iter().find(|i| Some(to(i)) == last);
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
        let (old, new) = (outlook(project, &project.plan, now), outlook(project, &plan, now));
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
