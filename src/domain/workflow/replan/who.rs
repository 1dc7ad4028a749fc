//! Tasks that another specialist does.

use super::Case;
use super::edit::{order, pair};
use super::impact::{Draft, outlook};
use crate::domain::id::AgentName;
use crate::domain::near::did_you_mean;
use crate::domain::workflow::plan::{Planned, Task};
use crate::domain::workflow::span::Span;

impl Case<'_> {
    /// That an agent takes part.
    ///
    /// # Errors
    /// When it does not: the nearest is named.
    pub(super) fn agent(&self, agent: &AgentName) -> Result<(), String> {
        let known = self.plan().agents();
        if known.contains(agent) {
            return Ok(());
        }
        let near = did_you_mean(agent.as_str(), known.iter().map(AgentName::as_str));
        let names: Vec<&str> = known.iter().map(AgentName::as_str).collect();
        Err(format!("{agent} takes no part{near}; those who do are {}", names.join(", ")))
    }

    pub(super) fn reassign(&self, id: &str, to: &str, agent: &AgentName) -> Result<Vec<Draft>, String> {
        let task = self.open(id)?;
        self.agent(agent)?;
        if task.agent == *agent {
            return Err(format!("{agent} does it already"));
        }
        let old = task.agent.clone();
        let running = self.is_begun(id);
        let given = |plan: &mut Planned, which: &dyn Fn(&Task) -> bool| {
            for task in plan.tasks.iter_mut().filter(|t| which(t)) {
                to.clone_into(&mut task.specialist);
                task.agent = agent.clone();
            }
        };
        let mut plan = self.plan().clone();
        given(&mut plan, &|t| t.id == id);
        let title = match running {
            true => format!("Give `{id}` to {agent} now: {old} hands on what there is"),
            false => format!("Give `{id}` to {agent}"),
        };
        let mut first = self.draft(title, plan.clone()).gain(format!("{old} is free for other work"));
        if running {
            first = first.cost(format!("{agent} has to read into what {old} began"));
        }
        if task.specialist != to {
            first =
                first.cost(format!("it is work for a {} specialist, and {agent} is none", task.specialist));
        }
        if let Some(busy) = self.busy(&plan, id, agent) {
            first = first.cost(busy);
        }
        let mut all = vec![first];

        let later = |t: &Task| t.agent == old && t.id != id && !self.is_begun(&t.id) && !self.is_over(&t.id);
        if self.plan().tasks.iter().any(later) {
            let mut plan = self.plan().clone();
            given(&mut plan, &later);
            all.push(
                self.draft(
                    format!("{old} finishes `{id}`, {agent} takes all that {old} would do next"),
                    plan,
                )
                .gain(format!("nothing of `{id}` is begun twice"))
                .cost(format!("`{id}` itself is not helped")),
            );
        }
        all.extend(self.shared(id, to, agent));
        Ok(all)
    }

    /// A task in two halves, one for each; none where it is too short.
    fn shared(&self, id: &str, to: &str, agent: &AgentName) -> Option<Draft> {
        let mut plan = self.plan().clone();
        let half = (2..=9).map(|n| format!("{id}-{n}")).find(|name| self.project.tracked(name).is_none())?;
        let task = plan.tasks.iter_mut().find(|t| t.id == id)?;
        let hours = task.duration.as_hours();
        if hours < 2 {
            return None;
        }
        let (old, whole) = (task.agent.clone(), task.duration);
        task.duration = Span::hours(hours - hours / 2);
        let second = Task {
            id: half.clone(),
            title: format!("{}, second half", task.title),
            specialist: to.to_owned(),
            agent: agent.clone(),
            duration: Span::hours(hours / 2),
            added: format!("`{id}` was shared"),
            milestone: String::new(),
            // The first half says what both hand over and see to.
            covers: Vec::new(),
            hands_over: Vec::new(),
            ..task.clone()
        };
        plan.tasks.push(second);
        for task in plan.tasks.iter_mut().filter(|t| t.needs.iter().any(|n| n == id) && !self.is_over(&t.id))
        {
            if !self.is_begun(&task.id) {
                task.needs.push(half.clone());
            }
        }
        pair(&mut plan, id, &half, "who does which half, and what each changed");
        Some(
            self.draft(format!("{old} and {agent} share `{id}`: half of {whole} each"), plan)
                .gain("both can begin at once")
                .cost("they have to agree on who does what, and two branches have to meet"),
        )
    }

    /// What waits then for the hands of an agent: the task that it gets, or another for that; none where nothing does.
    pub(super) fn busy(&self, plan: &Planned, id: &str, agent: &AgentName) -> Option<String> {
        let mut plan = plan.clone();
        order(&mut plan).ok()?;
        let held_up = outlook(self.project, &plan, self.now).held_up;
        let (later, first) = match held_up.get_key_value(id) {
            Some(own) => own,
            None => held_up.iter().find(|(_, first)| *first == id)?,
        };
        Some(format!("`{later}` waits until {agent} has done `{first}`"))
    }
}
