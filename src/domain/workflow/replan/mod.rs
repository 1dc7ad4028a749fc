//! Changing a plan under way: what could be done, and what each would do.

mod edit;
mod impact;
mod name;
mod order;
mod reasons;
mod scope;
mod terms;
#[cfg(test)]
mod tests;
mod waive;
mod who;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use self::edit::{find, settle, shown};
use self::impact::{Draft, begun, day, over};
pub use self::name::chosen;
use super::plan::{Planned, Task};
use super::project::{Impact, Project, Stage, Terms, Wanted};
use super::track::money;
use crate::domain::signal::printable;
use crate::domain::state::TaskState;

/// The most alternatives that are offered.
pub const ALTERNATIVES_MOST: usize = 6;
/// The most single edits by which a plan is made to fit a deadline or a budget.
pub const EDITS_MOST: usize = 40;
/// The most tasks of a plan that can be changed.
pub const TASKS_MOST: usize = 200;

/// Something that could be done.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Alternative {
    /// What it is called: eight letters made of what it changes. The same change has the same name whenever it is
    /// worked out.
    pub name: String,
    /// What, in a line.
    pub title: String,
    /// What speaks for it.
    pub gains: Vec<String>,
    /// What speaks against it.
    pub costs: Vec<String>,
    /// What it does.
    pub impact: Impact,
    /// The plan then.
    pub plan: Planned,
    /// What it keeps to then.
    pub terms: Terms,
}

/// What could be done about what is wanted, two to [`ALTERNATIVES_MOST`] alternatives, the one that was asked for
/// first. Finished work stays in every one. Dates go by what is done and runs and by planned hours from `now`
/// (milliseconds since 1970) on, not by the measured speed; the paths are those of open tasks.
///
/// # Errors
/// When it cannot be: an unknown task, one that is done, a circle, an agent that is not there, something that must
/// not be skipped before production, or nothing that would change.
pub fn alternatives(project: &Project, wanted: &Wanted, now: i64) -> Result<Vec<Alternative>, String> {
    let failed = |why: String| format!("change the plan, {}: {why}", in_words(wanted));
    if project.stage != Stage::Running {
        return Err(failed("the project is over".into()));
    }
    if project.plan.tasks.len() > TASKS_MOST {
        return Err(failed(format!("it has more than {TASKS_MOST} tasks")));
    }
    plain(wanted).map_err(failed)?;
    let case = Case { project, now };
    let before = project.plan.faults();
    let drafts = match wanted {
        Wanted::Add { task, before } => case.add(task, before),
        Wanted::Drop { task } => case.drop(task),
        Wanted::Reorder { task, before } => case.reorder(task, before),
        Wanted::Reassign { task, to, agent } => case.reassign(task, to, agent),
        Wanted::Deadline { at } => case.deadline(*at),
        Wanted::Budget { amount } => case.budget(*amount),
        Wanted::Waive { waiver } => case.waive(waiver),
    };
    let mut kept: Vec<Draft> = Vec::new();
    for (at, mut draft) in drafts.map_err(failed)?.into_iter().enumerate() {
        match settle(&project.plan, &mut draft.plan) {
            Err(why) if at == 0 => return Err(failed(why)),
            Err(_) => {}
            Ok(()) if at == 0 && case.is_now(&draft) => return Err(failed("that is how it is".into())),
            Ok(()) if case.is_now(&draft) => {}
            Ok(()) if !new_faults(&before, &draft).is_empty() && at == 0 => {
                return Err(failed(new_faults(&before, &draft).join("; ")));
            }
            Ok(()) if !new_faults(&before, &draft).is_empty() => {}
            Ok(()) if kept.iter().any(|k| k.plan == draft.plan && k.terms == draft.terms) => {}
            Ok(()) => kept.push(draft),
        }
    }
    kept.truncate(ALTERNATIVES_MOST);
    if kept.len() < 2 {
        kept.push(case.unchanged());
    }
    Ok(kept.into_iter().map(|draft| draft.weighed(project, now)).collect())
}

/// What would be wrong with a plan that was not wrong before.
fn new_faults(before: &[String], draft: &Draft) -> Vec<String> {
    draft.plan.faults().into_iter().filter(|f| !before.contains(f)).collect()
}

/// Whether what is wanted says nothing but plain text: it goes into briefs, and before people who are to agree.
fn plain(wanted: &Wanted) -> Result<(), String> {
    let texts: Vec<(&str, &str)> = match wanted {
        Wanted::Add { task, .. } => {
            let lists = [
                ("one of its objectives", &task.objectives),
                ("one of its outcomes", &task.outcomes),
                ("one of its criteria", &task.criteria),
                ("one of its checks", &task.checks),
                ("one of its needs", &task.needs),
            ];
            let listed = lists.into_iter().flat_map(|(name, l)| l.iter().map(move |t| (name, t.as_str())));
            let own = [
                ("its id", &task.id),
                ("its title", &task.title),
                ("its phase", &task.phase),
                ("its environment", &task.environment),
                ("why it is added", &task.added),
            ];
            own.into_iter().map(|(name, t)| (name, t.as_str())).chain(listed).collect()
        }
        Wanted::Waive { waiver } => vec![("the reason", waiver.reason.as_str())],
        Wanted::Drop { .. }
        | Wanted::Reorder { .. }
        | Wanted::Reassign { .. }
        | Wanted::Deadline { .. }
        | Wanted::Budget { .. } => Vec::new(),
    };
    match texts.into_iter().find(|(_, text)| printable(text) != *text) {
        Some((name, text)) => Err(format!(
            "{name} has control characters in it, expected plain text in one line such as `{}`",
            shown(&printable(text))
        )),
        None => Ok(()),
    }
}

/// What is wanted, in a line.
#[must_use]
pub fn in_words(wanted: &Wanted) -> String {
    match wanted {
        Wanted::Add { task, before } => {
            let before: Vec<String> = before.iter().map(|b| format!("`{}`", shown(b))).collect();
            let behind =
                if before.is_empty() { String::new() } else { format!(" before {}", before.join(", ")) };
            format!("add `{}` ({}, {}){behind}", shown(&task.id), task.agent, task.duration)
        }
        Wanted::Drop { task } => format!("drop `{}`", shown(task)),
        Wanted::Reorder { task, before } => format!("do `{}` before `{}`", shown(task), shown(before)),
        Wanted::Reassign { task, agent, .. } => format!("give `{}` to {agent}", shown(task)),
        Wanted::Deadline { at: Some(at) } => format!("be ready by {}", day(*at)),
        Wanted::Deadline { at: None } => "have no deadline any more".into(),
        Wanted::Budget { amount: Some(amount) } => {
            format!("have a budget of {}", money(*amount, ""))
        }
        Wanted::Budget { amount: None } => "have no budget any more".into(),
        Wanted::Waive { waiver } if waiver.reason.is_empty() => {
            format!("no longer leave out {}", waiver.must.word())
        }
        Wanted::Waive { waiver } => format!("leave out {}: {}", waiver.must.word(), shown(&waiver.reason)),
    }
}

/// A project that is to be changed now.
struct Case<'p> {
    project: &'p Project,
    now: i64,
}

impl Case<'_> {
    fn plan(&self) -> &Planned {
        &self.project.plan
    }

    fn is_over(&self, id: &str) -> bool {
        over(self.project.tracked(id))
    }

    fn is_begun(&self, id: &str) -> bool {
        begun(self.project.tracked(id))
    }

    /// Whether it would change nothing.
    fn is_now(&self, draft: &Draft) -> bool {
        draft.plan == self.project.plan && draft.terms == self.project.terms
    }

    /// The task of that id, which is to be changed.
    ///
    /// # Errors
    /// When there is none, or it is over.
    fn open(&self, id: &str) -> Result<&Task, String> {
        let task = find(self.plan(), id)?;
        match self.project.tracked(id).map(|t| t.state) {
            Some(TaskState::Done) => Err(format!("`{id}` is done, and finished work stays")),
            Some(TaskState::Skipped) => Err(format!("`{id}` was left out already")),
            _ => Ok(task),
        }
    }

    /// The same, of a task that has to wait for another.
    ///
    /// # Errors
    /// When there is none, or it is over or has begun.
    fn waiting(&self, id: &str) -> Result<&Task, String> {
        let task = self.open(id)?;
        if self.is_begun(id) {
            return Err(format!("`{id}` has begun and cannot wait any more; name tasks that have not"));
        }
        Ok(task)
    }

    /// An alternative with another plan.
    fn draft(&self, title: String, plan: Planned) -> Draft {
        Draft { title, gains: Vec::new(), costs: Vec::new(), plan, terms: self.project.terms.clone() }
    }

    /// All stays as it is.
    fn unchanged(&self) -> Draft {
        self.draft("Leave the plan as it is".into(), self.plan().clone())
            .gain("nobody is interrupted")
            .cost("what it was to be changed for stays as it is")
    }
}

impl Draft {
    fn gain(mut self, text: impl Into<String>) -> Self {
        self.gains.push(text.into());
        self
    }

    fn cost(mut self, text: impl Into<String>) -> Self {
        self.costs.push(text.into());
        self
    }
}

/// Names for a sentence; of many the first few.
fn list<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    const MOST: usize = 6;
    let quoted: Vec<String> = names.into_iter().map(|n| format!("`{n}`")).collect();
    match quoted.get(..MOST).filter(|_| quoted.len() > MOST + 1) {
        Some(first) => format!("{} and {} more", first.join(", "), quoted.len() - MOST),
        None => quoted.join(", "),
    }
}
