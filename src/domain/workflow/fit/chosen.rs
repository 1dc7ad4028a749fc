//! What was wanted, checked, and which tasks of the pattern take part.

use std::collections::{BTreeMap, BTreeSet};

use super::{Misfit, needs};
use crate::domain::near::did_you_mean;
use crate::domain::workflow::catalogue::{CLOUD, Catalogue, Specialist};
use crate::domain::workflow::knowledge::Knowledge;
use crate::domain::workflow::pattern::{Pattern, Step};
use crate::domain::workflow::plan::{Options, Task};

/// Options that name nothing that is not there, with what they are about.
pub(super) struct Chosen<'a> {
    pub pattern: &'a Pattern,
    pub catalogue: &'a Catalogue,
    pub knowledge: &'a Knowledge,
    /// By short names, every condition decided.
    pub options: Options,
}

impl<'a> Chosen<'a> {
    pub fn new(
        pattern: &'a Pattern,
        catalogue: &'a Catalogue,
        knowledge: &'a Knowledge,
        wanted: &Options,
    ) -> Result<Self, Misfit> {
        let mut options = Options { production: wanted.production, ..Options::default() };
        for name in &wanted.providers {
            let one = catalogue.cloud(name).map_err(|why| Misfit::Provider(format!("use {why}")))?;
            once(&mut options.providers, &one.name);
        }
        for name in &wanted.without {
            let under = catalogue.under(name.trim().to_lowercase().as_str());
            if under.is_empty() {
                let one = catalogue.find(name).map_err(Misfit::Specialist)?;
                once(&mut options.without, &one.name);
            }
            under.iter().for_each(|one| once(&mut options.without, &one.name));
        }
        options.conditions = conditions(pattern, &wanted.conditions)?;
        for name in &wanted.wins {
            if knowledge.wins.find(name).is_none() {
                let names: Vec<&str> = knowledge.wins.all().map(|(_, n, _)| n).collect();
                let known = format!("{}{}", names.join(", "), did_you_mean(name, names.iter().copied()));
                return Err(Misfit::Win { name: shown(name), known });
            }
            once(&mut options.wins, name);
        }
        for waiver in &wanted.waivers {
            let wrong = |why| Err(Misfit::Waiver { must: waiver.must.word(), why });
            if waiver.reason.trim().is_empty() {
                return wrong("expected a reason, which goes into the record");
            }
            if options.waivers.iter().any(|w| w.must == waiver.must) {
                return wrong("it is waived twice; give one reason");
            }
            options.waivers.push(waiver.clone());
        }
        Ok(Self { pattern, catalogue, knowledge, options })
    }

    /// The tasks of the pattern that take part, in its order.
    pub fn tasks(&self, notes: &mut Vec<String>) -> Result<Vec<Task>, Misfit> {
        let mut taking: Vec<(&Step, &Specialist)> = Vec::new();
        for step in &self.pattern.tasks {
            if let Some(when) = &step.when {
                let (name, wanted) = when.strip_prefix('!').map_or((when.as_str(), true), |n| (n, false));
                let is = self.options.conditions.get(name).copied().unwrap_or_default();
                if is != wanted {
                    notes.push(format!("{} is left out: {name} is {is}.", step.id));
                    continue;
                }
            }
            let name = self.pattern.specialist(step);
            // Who is not to take part need not be chosen first.
            if name == CLOUD && self.catalogue.under(CLOUD).iter().all(|s| self.left_out(s)) {
                notes.push(format!("{} is left out: no cloud specialist takes part.", step.id));
                continue;
            }
            let who = self.who(name, &step.id)?;
            if self.left_out(who) {
                notes.push(format!("{} is left out: {} does not take part.", step.id, who.shown()));
            } else if self.other_provider(who) {
                notes.push(format!("{} is left out: it is for another provider.", step.id));
            } else {
                taking.push((step, who));
            }
        }
        self.providers_used(&taking, notes)?;
        for name in &self.options.without {
            if !self.pattern.tasks.iter().any(|s| self.pattern.specialist(s) == *name)
                && self.catalogue.get(name).is_none_or(|s| !s.is(CLOUD))
            {
                notes.push(format!("{name} has no task in this pattern anyway."));
            }
        }
        let kept: BTreeSet<&str> = taking.iter().map(|(step, _)| step.id.as_str()).collect();
        let tasks = taking.iter().map(|(step, who)| self.task(step, who, &kept));
        tasks.collect()
    }

    fn task(&self, step: &Step, who: &Specialist, kept: &BTreeSet<&str>) -> Result<Task, Misfit> {
        Ok(Task {
            id: step.id.clone(),
            title: step.title.clone(),
            phase: step.phase.clone(),
            specialist: who.name.clone(),
            agent: agent(who)?,
            duration: step.duration,
            needs: needs(self.pattern, step, kept),
            priority: step.priority,
            environment: step.environment.clone(),
            covers: step.covers.clone(),
            added: String::new(),
            milestone: step.milestone.clone(),
            objectives: step.objectives.clone(),
            outcomes: step.outcomes.clone(),
            criteria: step.criteria.clone(),
            hands_over: Vec::new(),
            checks: step.checks.clone(),
        })
    }

    /// The specialist that a name means here.
    pub fn who(&self, name: &str, task: &str) -> Result<&'a Specialist, Misfit> {
        if name == CLOUD {
            let Some(first) = self.options.providers.first() else {
                let names: Vec<&str> = self.catalogue.under(CLOUD).iter().map(|s| s.name.as_str()).collect();
                return Err(Misfit::WhichProvider { task: task.to_owned(), known: names.join(", ") });
            };
            return self.catalogue.cloud(first).map_err(Misfit::Provider);
        }
        self.catalogue.find(name).map_err(Misfit::Specialist)
    }

    fn left_out(&self, who: &Specialist) -> bool {
        self.options.without.contains(&who.name)
    }

    fn other_provider(&self, who: &Specialist) -> bool {
        let chosen = &self.options.providers;
        who.is(CLOUD) && !chosen.is_empty() && !chosen.contains(&who.name)
    }

    /// A provider that was named takes part, or there is no part for any.
    fn providers_used(&self, taking: &[(&Step, &Specialist)], notes: &mut Vec<String>) -> Result<(), Misfit> {
        let parts: Vec<&str> = self
            .pattern
            .tasks
            .iter()
            .filter_map(|s| self.catalogue.get(self.pattern.specialist(s)))
            .filter(|s| s.is(CLOUD))
            .map(|s| s.name.as_str())
            .collect();
        for name in &self.options.providers {
            if taking.iter().any(|(_, who)| who.name == *name) || self.options.without.contains(name) {
                continue;
            }
            if !parts.is_empty() && !parts.contains(&name.as_str()) {
                let why =
                    format!("it has no part for the provider `{name}`; it has some for {}", parts.join(", "));
                return Err(Misfit::Provider(why));
            }
            notes.push(format!("The provider {name} is only written down: none of the tasks is its own."));
        }
        Ok(())
    }
}

pub(super) fn agent(who: &Specialist) -> Result<crate::domain::id::AgentName, Misfit> {
    let name = || format!("the specialist `{}` has no name that an agent can have", shown(&who.name));
    who.agent_name().ok_or_else(|| Misfit::Data(name()))
}

fn conditions(pattern: &Pattern, wanted: &BTreeMap<String, bool>) -> Result<BTreeMap<String, bool>, Misfit> {
    let names = || pattern.conditions.keys().map(String::as_str);
    if let Some(name) = wanted.keys().find(|n| !pattern.conditions.contains_key(*n)) {
        let all: Vec<&str> = names().collect();
        let there = if all.is_empty() {
            "; it has none".to_owned()
        } else {
            format!("; it has {}{}", all.join(", "), did_you_mean(name, names()))
        };
        return Err(Misfit::Condition { name: shown(name), expected: there });
    }
    let decided = pattern.conditions.iter().map(|(n, c)| (n.clone(), *wanted.get(n).unwrap_or(&c.default)));
    Ok(decided.collect())
}

fn once(list: &mut Vec<String>, name: &str) {
    if !list.iter().any(|n| n == name) {
        list.push(name.to_owned());
    }
}

/// The beginning of what was given, safe to show.
fn shown(given: &str) -> String {
    crate::domain::signal::printable(given).chars().take(40).collect()
}
