//! Tasks that come and go.

use std::collections::BTreeSet;

use super::edit::{bypass, find, leaves, need, pair, shown, upstream, waits_for, without};
use super::impact::Draft;
use super::{Case, list};
use crate::domain::near::did_you_mean;
use crate::domain::workflow::plan::{PRODUCTION, Planned, Task};
use crate::domain::workflow::span::Span;

/// The longest id of a task, in characters.
const ID_MOST: usize = 64;

impl Case<'_> {
    pub(super) fn add(&self, wanted: &Task, before: &[String]) -> Result<Vec<Draft>, String> {
        let mut task = wanted.clone();
        self.fresh(&mut task, before)?;
        for id in before {
            self.waiting(id)?;
            if let Some(need) = task.needs.iter().find(|n| *n == id || waits_for(self.plan(), n, id)) {
                return Err(format!("it would be after `{need}`, which waits for `{id}`: a circle"));
            }
        }
        let id = task.id.clone();
        let hours = task.duration;
        let with = |needs: &[String]| {
            let mut plan = self.plan().clone();
            let mut task = task.clone();
            for more in needs.iter().filter(|n| **n != id) {
                if !task.needs.contains(more) {
                    task.needs.push(more.clone());
                }
            }
            plan.tasks.push(task);
            self.complete(&mut plan, &id, before);
            plan
        };
        let mut all = Vec::new();
        let mut plan = with(&[]);
        before.iter().for_each(|b| need(&mut plan, b, &id));
        if before.is_empty() {
            let title = format!("Add `{id}`: it is done as soon as what it needs is, nobody waits for it");
            all.push(self.draft(title, plan).gain("it is done early").cost(format!("{hours} more of work")));
        } else {
            let who = list(before.iter().map(String::as_str));
            all.push(
                self.draft(format!("Add `{id}`, and {who} waits for it"), plan)
                    .gain(format!("{who} builds on what it does"))
                    .cost(format!("{hours} more of work that is waited for")),
            );
            let mut plan = with(&[]);
            let sync = format!("what {id} finds that changes the other");
            before.iter().for_each(|b| pair(&mut plan, &id, b, &sync));
            all.push(
                self.draft(
                    format!("Add `{id}` beside {who}: they speak with each other, nobody waits"),
                    plan,
                )
                .gain("nobody is held up by it")
                .cost(format!("{who} may have to change what was done when `{id}` finds something")),
            );
        }
        let last = leaves(self.plan(), &id);
        all.push(
            self.draft(
                format!("Add `{id}` at the end, after {}", list(last.iter().map(String::as_str))),
                with(&last),
            )
            .gain("all that is planned goes on as it is")
            .cost(format!("what `{id}` is for comes last, {hours} after all else")),
        );
        for draft in &mut all {
            let waits = self.busy(&draft.plan, &id, &task.agent);
            draft.costs.extend(waits);
        }
        Ok(all)
    }

    /// Checks a new task, and fills in what was not said of it.
    fn fresh(&self, task: &mut Task, before: &[String]) -> Result<(), String> {
        let plain = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
        if task.id.is_empty() || task.id.len() > ID_MOST || !task.id.chars().all(plain) {
            return Err(format!(
                "`{}` is no id of a task: it takes at most {ID_MOST} letters, digits, `-` or `_`",
                shown(&task.id)
            ));
        }
        if self.project.tracked(&task.id).is_some() {
            return Err(format!("there is a task `{}` already, or was; give it another id", task.id));
        }
        if task.duration.as_hours() == 0 {
            return Err("its duration is missing: say it, such as `2d`".into());
        }
        for id in &task.needs {
            find(self.plan(), id)?;
        }
        self.agent(&task.agent)?;
        let plan = self.plan();
        if task.phase.is_empty() {
            let near = task.needs.last().or(before.first()).and_then(|id| plan.task(id));
            let phase = near.map(|t| &t.phase).or(plan.phases.last().map(|p| &p.id));
            task.phase = phase.cloned().unwrap_or_default();
        } else if !plan.phases.iter().any(|p| p.id == task.phase) {
            let known = plan.phases.iter().map(|p| p.id.as_str());
            return Err(format!(
                "there is no phase `{}`{}",
                shown(&task.phase),
                did_you_mean(&task.phase, known)
            ));
        }
        if task.added.is_empty() {
            task.added = "asked for while the project ran".into();
        }
        Ok(())
    }

    /// Who needs the work of a loop needs its review too, and what goes to production comes after all that must not
    /// be skipped; neither where it would be a circle.
    fn complete(&self, plan: &mut Planned, id: &str, before: &[String]) {
        let circle =
            |plan: &Planned, need: &str| before.iter().any(|b| b == need || waits_for(plan, need, b));
        let Some(task) = plan.task(id).cloned() else { return };
        let reviews = plan.loops.iter().filter(|l| task.needs.contains(&l.work)).map(|l| l.review.clone());
        let mut more: Vec<String> = reviews.collect();
        if task.environment == PRODUCTION {
            let covers = plan.tasks.iter().filter(|t| !t.covers.is_empty() && t.id != id);
            more.extend(covers.map(|t| t.id.clone()));
        }
        for other in more {
            if !circle(plan, &other) && !upstream(plan, id).contains(&other) {
                need(plan, id, &other);
            }
        }
    }

    pub(super) fn drop(&self, id: &str) -> Result<Vec<Draft>, String> {
        let task = self.open(id)?;
        let plan = self.plan();
        if plan.tasks.len() == 1 {
            return Err("nothing would be left; `orchestra workflow close` ends a project".into());
        }
        let mut all = Vec::new();
        let waiting: Vec<&str> = plan.blocks(id).map(|t| t.id.as_str()).collect();
        let lost = |mut draft: Draft, gone: &[String]| {
            for task in gone.iter().filter_map(|g| plan.task(g)) {
                if self.is_begun(&task.id) {
                    draft =
                        draft.cost(format!("what {} has done of `{}` so far is lost", task.agent, task.id));
                }
                for item in &task.hands_over {
                    let to = item.to.iter().filter(|t| !gone.contains(t) && !self.is_over(t));
                    let to = list(to.map(String::as_str));
                    if !to.is_empty() {
                        draft = draft.cost(format!("{to} gets no {} from `{}`", item.key, task.id));
                    }
                }
                if !task.milestone.is_empty() {
                    draft = draft.cost(format!("the milestone {} is not reached by it", task.milestone));
                }
            }
            draft
        };
        let alone = vec![id.to_owned()];
        let title = match waiting.is_empty() {
            true => format!("Drop `{id}`"),
            false => format!("Drop `{id}` alone: {} needs what it needed", list(waiting.iter().copied())),
        };
        let draft = self.draft(title, without(plan, &alone)).gain(format!("{} less of work", task.duration));
        all.push(lost(draft, &alone));

        let gone = self.served_only(id);
        if gone.len() > 1 && gone.len() < plan.tasks.len() {
            let more = list(gone.iter().map(String::as_str).filter(|g| *g != id));
            let hours: u32 = gone.iter().filter_map(|g| plan.task(g)).map(|t| t.duration.as_hours()).sum();
            let draft = self
                .draft(format!("Drop `{id}` and what only served it: {more}"), without(plan, &gone))
                .gain(format!("{} less of work", Span::hours(hours)));
            all.push(lost(draft, &gone));
        }
        all.extend(self.last(id).map(|plan| {
            self.draft(format!("Keep `{id}`, but last: nobody waits for it"), plan)
                .gain("it is done all the same")
                .cost("who waited for it goes on without it")
        }));
        all.extend(self.shorter(id, 2).map(|(plan, to)| {
            self.draft(format!("Keep `{id}`, but in {to} instead of {}", task.duration), plan)
                .gain("what it hands over is there")
                .cost("it cannot reach all of its objectives in that time")
        }));
        Ok(all)
    }

    /// The task, and the open ones whose work nobody else needs and that see to nothing that must not be skipped.
    fn served_only(&self, id: &str) -> Vec<String> {
        let plan = self.plan();
        let mut gone = vec![id.to_owned()];
        let above: BTreeSet<String> = upstream(plan, id);
        for task in plan.tasks.iter().rev().filter(|t| above.contains(&t.id)) {
            let free = !self.is_over(&task.id) && task.covers.is_empty() && task.milestone.is_empty();
            if free && plan.blocks(&task.id).all(|t| gone.contains(&t.id)) {
                gone.push(task.id.clone());
            }
        }
        gone
    }

    /// The plan with a task at its end; none where it has begun or is there already.
    fn last(&self, id: &str) -> Option<Planned> {
        if self.is_begun(id) || self.plan().blocks(id).next().is_none() {
            return None;
        }
        let mut plan = self.plan().clone();
        let waiting: Vec<String> = plan.blocks(id).map(|t| t.id.clone()).collect();
        waiting.iter().for_each(|w| bypass(&mut plan, w, id));
        leaves(&plan, id).iter().for_each(|l| need(&mut plan, id, l));
        Some(plan)
    }

    /// The plan with one part in so many of a task's time gone, and the time then; none where nothing would be left.
    pub(super) fn shorter(&self, id: &str, part: u32) -> Option<(Planned, Span)> {
        let mut plan = self.plan().clone();
        let to = shorten(&mut plan, id, part)?;
        Some((plan, to))
    }
}

/// Takes one part in so many of a task's time away; none where nothing would be left.
pub(super) fn shorten(plan: &mut Planned, id: &str, part: u32) -> Option<Span> {
    let task = plan.tasks.iter_mut().find(|t| t.id == id)?;
    let hours = task.duration.as_hours();
    let to = hours - hours / part.max(2);
    if to == hours || to == 0 {
        return None;
    }
    task.duration = Span::hours(to);
    Some(task.duration)
}
