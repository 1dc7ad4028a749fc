//! What must not be skipped comes before anything lands in production.

use super::chosen::Chosen;
use super::put::Put;
use super::{Misfit, order};
use crate::domain::workflow::musts::ORDER;
use crate::domain::workflow::pattern::Must;
use crate::domain::workflow::plan::{PRODUCTION, Phase, Planned, Task};

/// The phase of tasks that are put in before production.
const BEFORE: (&str, &str) = ("before-production", "Before Production");
/// The phase of the deployment to production.
const DEPLOY: (&str, &str) = ("production", "Production");
/// The milestone of what comes after the launch.
const AFTER_LAUNCH: &str = "optimization-done";

impl Chosen<'_> {
    /// Adds the deployment to production where it was wanted, and sees to it that nothing lands there before what must
    /// not be skipped.
    pub fn see_to_production(&self, planned: &mut Planned) -> Result<(), Misfit> {
        let own = planned.tasks.iter().any(lands);
        if !own && self.options.production {
            self.deploy(planned)?;
        }
        // Those that wait for no other of them.
        let first: Vec<String> = planned
            .tasks
            .iter()
            .filter(|t| lands(t))
            .filter(|t| {
                let before = order::before(&planned.tasks, &t.id);
                !planned.tasks.iter().any(|o| lands(o) && before.contains(&o.id))
            })
            .map(|t| t.id.clone())
            .collect();
        for must in ORDER {
            let waiver = self.options.waivers.iter().find(|w| w.must == must);
            if let Some(waiver) = waiver {
                let where_to = if first.is_empty() { ", though nothing lands there" } else { "" };
                planned.notes.push(format!(
                    "{} need not precede production{where_to}: {}",
                    must.word(),
                    waiver.reason.trim()
                ));
                continue;
            }
            for end in &first {
                self.precede(planned, must, end)?;
            }
        }
        self.after_launch(planned, &first);
        Ok(())
    }

    fn deploy(&self, planned: &mut Planned) -> Result<(), Misfit> {
        let Some(template) = &self.knowledge.musts.production else {
            return Err(Misfit::Data("no task deploys to production: `[production]` is missing".into()));
        };
        let later: Vec<&Task> = planned.tasks.iter().filter(|t| t.milestone != AFTER_LAUNCH).collect();
        let deployments: Vec<&Task> = later.iter().copied().filter(|t| !t.environment.is_empty()).collect();
        // Where nothing is deployed anywhere, all of the work comes first.
        let needs = if deployments.is_empty() { later } else { deployments };
        let needs: Vec<String> = needs.iter().map(|t| t.id.clone()).collect();
        let added = "production was wanted".to_owned();
        let put = Put { id: PRODUCTION, template, phase: DEPLOY, added, ahead_of: None };
        let id = self.put(planned, put)?;
        if let Some(task) = planned.tasks.iter_mut().find(|t| t.id == id) {
            task.environment = PRODUCTION.to_owned();
            for need in needs {
                if !task.needs.contains(&need) {
                    task.needs.push(need);
                }
            }
        }
        planned.notes.push(format!("{id} is put in: production was wanted."));
        Ok(())
    }

    /// Sees to it that something that covers `must` comes before the task `end`.
    fn precede(&self, planned: &mut Planned, must: Must, end: &str) -> Result<(), Misfit> {
        let before = order::before(&planned.tasks, end);
        let covering = || planned.tasks.iter().filter(|t| t.id != end && t.covers.contains(&must));
        if covering().any(|t| before.contains(&t.id)) {
            return Ok(());
        }
        let found = covering().find(|t| !order::waits(&planned.tasks, &t.id, end)).map(|t| t.id.clone());
        if let Some(id) = found {
            planned.notes.push(format!("{end} waits for {id} too: {} must precede production.", must.word()));
            need(planned, end, id);
            return Ok(());
        }
        let Some(template) = self.knowledge.musts.tasks.get(&must) else {
            let why = format!("no task sees to {}: `[must.{}]` is missing", must.word(), must.word());
            return Err(Misfit::Data(why));
        };
        let added = format!("{} must not be skipped before production", must.word());
        let put = Put { id: must.word(), template, phase: BEFORE, added, ahead_of: Some(end) };
        let id = self.put(planned, put)?;
        if let Some(task) = planned.tasks.iter_mut().find(|t| t.id == id)
            && !task.covers.contains(&must)
        {
            task.covers.push(must);
        }
        planned.notes.push(format!("{id} is put in: {} must precede production.", must.word()));
        need(planned, end, id);
        Ok(())
    }

    /// What is tuned after the launch waits for it, and phases after it stand behind it.
    fn after_launch(&self, planned: &mut Planned, first: &[String]) {
        let later: Vec<String> =
            planned.tasks.iter().filter(|t| t.milestone == AFTER_LAUNCH).map(|t| t.id.clone()).collect();
        for id in &later {
            for end in first {
                let known = order::before(&planned.tasks, id).contains(end);
                if !known && id != end && !order::waits(&planned.tasks, end, id) {
                    need(planned, id, end.clone());
                }
            }
        }
        let behind = |task: &Task| {
            let before = order::before(&planned.tasks, &task.id);
            first.iter().any(|end| before.contains(end))
        };
        let rank = |p: &Phase| match p.title.as_str() {
            title if title == BEFORE.1 => 1,
            title if title == DEPLOY.1 => 2,
            _ => {
                let mut own = planned.tasks.iter().filter(|t| t.phase == p.id).peekable();
                if own.peek().is_some() && own.all(behind) { 3 } else { 0 }
            }
        };
        let mut phases = planned.phases.clone();
        phases.sort_by_key(rank);
        planned.phases = phases;
    }
}

fn lands(task: &Task) -> bool {
    task.environment == PRODUCTION
}

fn need(planned: &mut Planned, task: &str, needs: String) {
    if let Some(task) = planned.tasks.iter_mut().find(|t| t.id == task)
        && !task.needs.contains(&needs)
    {
        task.needs.push(needs);
    }
}
