//! What must not be skipped, and is.

use super::edit::{bypass, need, unguarded, upstream, without};
use super::impact::Draft;
use super::{Case, list};
use crate::domain::signal::printable;
use crate::domain::workflow::pattern::Must;
use crate::domain::workflow::plan::{PRODUCTION, Planned, Waiver};

/// The longest reason that is kept, in characters.
const REASON_MOST: usize = 300;

impl Case<'_> {
    /// A waiver with a reason leaves something out; one without takes an earlier one back.
    pub(super) fn waive(&self, waiver: &Waiver) -> Result<Vec<Draft>, String> {
        let must = waiver.must;
        let waived = self.plan().options.waivers.iter().any(|w| w.must == must);
        match (waiver.reason.trim().is_empty(), waived) {
            (true, true) => self.taken_back(must),
            (true, false) => Err(format!("{} is not left out; leaving it out takes a reason", must.word())),
            (false, true) => Err(format!("{} is left out already", must.word())),
            (false, false) => Ok(self.left_out(waiver)),
        }
    }

    fn left_out(&self, waiver: &Waiver) -> Vec<Draft> {
        let (must, word) = (waiver.must, waiver.must.word());
        let mut plan = self.plan().clone();
        let reason: String = printable(waiver.reason.trim()).chars().take(REASON_MOST).collect();
        plan.notes.push(format!("{word} is left out: {reason}"));
        plan.options.waivers.push(Waiver { must, reason });
        let covering: Vec<String> =
            plan.tasks.iter().filter(|t| t.covers.contains(&must)).map(|t| t.id.clone()).collect();
        let risk = format!("production goes on without {word}");
        let only = |id: &&String| {
            plan.task(id).is_some_and(|t| t.covers == [must]) && !self.is_over(id) && !self.is_begun(id)
        };
        let gone: Vec<String> = covering.iter().filter(only).cloned().collect();
        let mut all = Vec::new();
        if !gone.is_empty() && gone.len() < plan.tasks.len() {
            let names = list(gone.iter().map(String::as_str));
            all.push(
                self.draft(format!("Leave {word} out: {names} is dropped"), without(&plan, &gone))
                    .gain("what only saw to it is not done")
                    .cost(risk.clone()),
            );
        }
        if !covering.is_empty() {
            let mut free = plan.clone();
            let names = list(covering.iter().map(String::as_str));
            for id in covering.iter().filter(|id| !self.is_over(id)) {
                release(&mut free, id);
            }
            all.push(
                self.draft(
                    format!("Leave {word} out as a condition: {names} is done, production does not wait"),
                    free,
                )
                .gain("it is seen to, if late")
                .cost(risk.clone()),
            );
        }
        all.push(
            self.draft(
                format!("Only write down that {word} may be left out; all tasks stay as they are"),
                plan,
            )
            .gain("tasks that see to it can be dropped or moved later")
            .cost(format!("the record says that {word} may be missing, though it is planned")),
        );
        all
    }

    fn taken_back(&self, must: Must) -> Result<Vec<Draft>, String> {
        let word = must.word();
        let mut plan = self.plan().clone();
        plan.options.waivers.retain(|w| w.must != must);
        plan.notes.push(format!("{word} is no longer left out"));
        let covering: Vec<String> =
            plan.tasks.iter().filter(|t| t.covers.contains(&must)).map(|t| t.id.clone()).collect();
        let production: Vec<String> = plan
            .tasks
            .iter()
            .filter(|t| t.environment == PRODUCTION && !self.is_over(&t.id) && !self.is_begun(&t.id))
            .map(|t| t.id.clone())
            .collect();
        for id in &production {
            let after = covering.iter().find(|c| *c != id && !upstream(&plan, c).contains(id)).cloned();
            if let Some(covering) = after.filter(|c| !upstream(&plan, id).contains(c)) {
                need(&mut plan, id, &covering);
            }
        }
        if unguarded(&plan).contains_key(&must) {
            let way = "add a task that does first: `orchestra workflow reprioritise add`";
            return Err(format!("nothing sees to {word} before production; {way}"));
        }
        Ok(vec![
            self.draft(format!("No longer leave {word} out: production waits for it"), plan)
                .gain(format!("production has {word}")),
        ])
    }
}

/// Lets tasks in production, and those on the way to it, wait no longer for a task, but for what it needs.
fn release(plan: &mut Planned, id: &str) {
    let waiting: Vec<String> = plan.blocks(id).map(|t| t.id.clone()).collect();
    for other in waiting {
        let on_the_way = plan.tasks.iter().any(|t| {
            t.environment == PRODUCTION && (t.id == other || upstream(plan, &t.id).contains(&other))
        });
        if on_the_way {
            bypass(plan, &other, id);
        }
    }
}
