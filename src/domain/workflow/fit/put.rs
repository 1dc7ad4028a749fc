//! Tasks that are put in though the pattern has none of them.

use super::chosen::{Chosen, agent};
use super::{Misfit, order};
use crate::domain::workflow::knowledge::{DEPLOYMENTS, Template};
use crate::domain::workflow::pattern::Priority;
use crate::domain::workflow::plan::{PRODUCTION, Phase, Planned, Task};
use crate::domain::workflow::wins::Kind;

/// A task that is to be put in.
pub(super) struct Put<'a> {
    /// The id it should have.
    pub id: &'a str,
    /// What it is.
    pub template: &'a Template,
    /// The id and title of its phase.
    pub phase: (&'a str, &'a str),
    /// Why it is put in.
    pub added: String,
    /// A task it must not wait for, not even over others.
    pub ahead_of: Option<&'a str>,
}

impl Chosen<'_> {
    /// Puts a task in and gives its id. It waits for what its template says, and for the other tasks of its specialist.
    pub fn put(&self, planned: &mut Planned, put: Put<'_>) -> Result<String, Misfit> {
        let id = free(put.id, |id| planned.tasks.iter().any(|t| t.id == id));
        let who = self.who(&put.template.specialist, &id)?;
        let is = |task: &Task, name: &str| {
            self.catalogue.get(&task.specialist).is_some_and(|s| s.is(name)) || task.specialist == name
        };
        let waits_for = |task: &Task| {
            let lands = !task.environment.is_empty() && task.environment != PRODUCTION;
            task.specialist == who.name
                || put.template.after.iter().any(|a| if a == DEPLOYMENTS { lands } else { is(task, a) })
        };
        let may = |task: &Task| {
            put.ahead_of.is_none_or(|end| task.id != end && !order::waits(&planned.tasks, &task.id, end))
        };
        let needs = planned.tasks.iter().filter(|t| waits_for(t) && may(t)).map(|t| t.id.clone()).collect();
        let phase = phase(planned, put.phase);
        let template = put.template;
        planned.tasks.push(Task {
            id: id.clone(),
            title: template.title.clone(),
            phase,
            specialist: who.name.clone(),
            agent: agent(who)?,
            duration: template.duration,
            needs,
            priority: Priority::default(),
            environment: String::new(),
            covers: template.covers.clone(),
            added: put.added,
            milestone: template.milestone.clone(),
            objectives: template.objectives.clone(),
            outcomes: template.outcomes.clone(),
            criteria: template.criteria.clone(),
            hands_over: Vec::new(),
            checks: Vec::new(),
        });
        Ok(id)
    }

    /// Pulls the wins in that were wanted.
    pub fn put_wins(&self, planned: &mut Planned) -> Result<(), Misfit> {
        for name in &self.options.wins {
            let Some((kind, template)) = self.knowledge.wins.find(name) else { continue };
            let phase = match kind {
                Kind::Quick => ("quick-wins", "Quick Wins"),
                Kind::LongTerm => ("long-term", "Long-Term Initiatives"),
            };
            let added = format!("a {} that was pulled in", kind.words());
            let id = self.put(planned, Put { id: name, template, phase, added, ahead_of: None })?;
            planned.notes.push(format!("{id} is put in: it is a {}.", kind.words()));
        }
        Ok(())
    }
}

/// The phase that added tasks of a kind are in: made with the first of them.
fn phase(planned: &mut Planned, (id, title): (&str, &str)) -> String {
    let own = |p: &Phase| p.title == title && p.weeks.is_empty() && p.checklists.is_empty();
    if let Some(there) = planned.phases.iter().find(|p| own(p)) {
        return there.id.clone();
    }
    let id = free(id, |id| planned.phases.iter().any(|p| p.id == id));
    planned.phases.push(Phase {
        id: id.clone(),
        title: title.to_owned(),
        weeks: String::new(),
        checklists: Vec::new(),
    });
    id
}

/// `name`, or it with the first number behind it that is not taken.
fn free(name: &str, taken: impl Fn(&str) -> bool) -> String {
    if !taken(name) {
        return name.to_owned();
    }
    (2_u32..).map(|n| format!("{name}-{n}")).find(|id| !taken(id)).unwrap_or_default()
}
