//! Tasks in another order.

use super::edit::{need, pair, upstream, waits_for};
use super::impact::Draft;
use super::{Case, list};
use crate::domain::workflow::pattern::Priority;
use crate::domain::workflow::plan::Planned;

impl Case<'_> {
    pub(super) fn reorder(&self, id: &str, before: &str) -> Result<Vec<Draft>, String> {
        if id == before {
            return Err("it cannot be done before itself".into());
        }
        let (task, other) = (self.open(id)?, self.waiting(before)?);
        let plan = self.plan();
        if let Some(round) = plan.loops.iter().find(|l| l.review == id && l.work == before) {
            return Err(format!("`{id}` judges `{}`: it cannot come first", round.work));
        }
        if task.needs.iter().any(|n| n == before) || waits_for(plan, id, before) {
            return Ok(self.turned(id, before));
        }
        let mut strict = plan.clone();
        need(&mut strict, before, id);
        let mut all = vec![
            self.draft(format!("`{before}` waits for `{id}`, all else stays"), strict)
                .gain(format!("`{before}` builds on what `{id}` does"))
                .cost(format!("`{before}` cannot begin before `{id}` is done, {} of work", task.duration)),
        ];
        if !self.is_begun(id) && !waits_for(plan, before, id) {
            let mut swapped = plan.clone();
            set(&mut swapped, id, &other.needs);
            let mut needs = task.needs.clone();
            needs.push(id.to_owned());
            set(&mut swapped, before, &needs);
            all.push(
                self.draft(
                    format!("`{id}` and `{before}` change places, and each needs what the other did"),
                    swapped,
                )
                .gain(format!("`{id}` begins when `{before}` would have"))
                .cost(missing(id, &task.needs, &other.needs)),
            );
        }
        let mut urgent = plan.clone();
        if let Some(task) = urgent.tasks.iter_mut().find(|t| t.id == id) {
            task.priority = Priority::Critical;
        }
        ahead(&mut urgent, id, before);
        all.push(
            self.draft(
                format!("`{id}` is only made critical: it is taken first where one agent could begin both"),
                urgent,
            )
            .gain("nobody waits who did not wait before")
            .cost(format!("`{before}` may be done first all the same")),
        );
        Ok(all)
    }

    /// A task that waits for another, and is to be done before it.
    fn turned(&self, id: &str, before: &str) -> Vec<Draft> {
        let plan = self.plan();
        // What it keeps of its needs: those that do not wait for the other.
        let needs = |of: &str| plan.task(of).map(|t| t.needs.clone()).unwrap_or_default();
        let (own, theirs) = (needs(id), needs(before));
        let mut kept: Vec<String> =
            own.iter().filter(|n| *n != before && !upstream(plan, n).contains(before)).cloned().collect();
        kept.extend(theirs.iter().filter(|n| !kept.contains(n)).cloned().collect::<Vec<_>>());
        let mut first = plan.clone();
        set(&mut first, id, &kept);
        need(&mut first, before, id);
        let mut beside = plan.clone();
        set(&mut beside, id, &kept);
        pair(&mut beside, id, before, &format!("what {id} needs of {before} before it is done"));
        vec![
            self.draft(format!("Turn them round: `{id}` is done first, `{before}` waits for it"), first)
                .gain(format!("`{id}` is there earlier"))
                .cost(missing(id, &own, &kept)),
            self.draft(format!("`{id}` and `{before}` side by side: they speak with each other"), beside)
                .gain("neither waits for the other")
                .cost(format!("`{id}` may have to be changed when `{before}` is done")),
        ]
    }
}

/// Puts a task before another in the plan: of what an agent can begin, that which stands first is taken.
fn ahead(plan: &mut Planned, id: &str, before: &str) {
    let at = |id: &str| plan.tasks.iter().position(|t| t.id == id);
    if let (Some(from), Some(to)) = (at(id), at(before))
        && from > to
    {
        let task = plan.tasks.remove(from);
        plan.tasks.insert(to, task);
    }
}

fn set(plan: &mut Planned, id: &str, needs: &[String]) {
    if let Some(task) = plan.tasks.iter_mut().find(|t| t.id == id) {
        task.needs = needs.iter().filter(|n| *n != id).cloned().collect();
    }
}

/// What a task has to do without.
fn missing(id: &str, old: &[String], new: &[String]) -> String {
    let gone: Vec<&str> = old.iter().filter(|n| !new.contains(n)).map(String::as_str).collect();
    if gone.is_empty() {
        format!("`{id}` has less time to prepare")
    } else {
        format!("`{id}` has to do without what {} would have brought", list(gone))
    }
}
