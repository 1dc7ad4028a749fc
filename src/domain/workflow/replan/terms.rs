//! Another deadline, another budget.

use super::edit::{bypass, need, order, pair, settle, waits_for, without};
use super::impact::{Draft, Outlook, day, outlook, said};
use super::scope::shorten;
use super::{Case, EDITS_MOST, list};
use crate::domain::workflow::pattern::Priority;
use crate::domain::workflow::plan::{Planned, Task};
use crate::domain::workflow::project::Terms;

impl Case<'_> {
    fn outlook(&self, plan: &Planned) -> Outlook {
        outlook(self.project, plan, self.now)
    }

    pub(super) fn deadline(&self, at: Option<i64>) -> Result<Vec<Draft>, String> {
        if let Some(at) = at.filter(|at| *at <= self.now) {
            return Err(format!("{} is over; name a moment to come", day(at)));
        }
        let end = self.outlook(self.plan()).end;
        let to = |deadline| Terms { deadline, ..self.project.terms.clone() };
        let as_it_is =
            |title: String, deadline| Draft { terms: to(deadline), ..self.draft(title, self.plan().clone()) };
        let mut all = Vec::new();
        match at {
            None => all.push(
                as_it_is("No deadline any more".into(), None)
                    .gain("nobody has to hurry")
                    .cost("nothing tells any more that it is late"),
            ),
            Some(at) if end <= at => all.push(
                as_it_is(format!("Be ready by {}, with the plan as it is", day(at)), Some(at))
                    .gain("the plan keeps to it as it is"),
            ),
            Some(at) => all.push(
                as_it_is(format!("Be ready by {}, with the plan as it is", day(at)), Some(at))
                    .gain("nothing is left out, nobody is interrupted")
                    .cost("the plan says that it will not be kept"),
            ),
        }
        if let Some(at) = at.filter(|at| end > *at) {
            let (plan, beside) = self.crashed(at);
            if !beside.is_empty() {
                let names = beside.join(", ");
                all.push(
                    Draft {
                        terms: to(Some(at)),
                        ..self.draft(format!("Do side by side what may be: {names}"), plan)
                    }
                    .gain("nothing is left out")
                    .cost("what one of them finds may change what the other did"),
                );
            }
            let (plan, gone) = self.lighter(|plan| self.outlook(plan).end <= at, true);
            all.extend(self.dropped(&plan, &gone).map(|d| Draft { terms: to(Some(at)), ..d }));
        }
        all.push(
            as_it_is(format!("Be ready by {}, which is what the plan says", day(end)), Some(end))
                .gain("it is what can be kept")
                .cost("there is no slack: any delay misses it"),
        );
        Ok(all)
    }

    pub(super) fn budget(&self, amount: Option<u64>) -> Result<Vec<Draft>, String> {
        let to = |budget| Terms { budget, ..self.project.terms.clone() };
        let cost = self.outlook(self.plan()).cost;
        let terms = &self.project.terms;
        let mut all = Vec::new();
        let same =
            |title: String, budget| Draft { terms: to(budget), ..self.draft(title, self.plan().clone()) };
        let Some(amount) = amount else {
            all.push(
                same("No budget any more".into(), None).cost("nothing tells any more that it costs too much"),
            );
            all.extend(cost.map(|c| {
                same(format!("A budget of {}, which is what the plan costs", said(terms, c)), Some(c))
            }));
            return Ok(all);
        };
        let mut first =
            same(format!("A budget of {}, with the plan as it is", said(terms, amount)), Some(amount));
        match cost {
            None => first = first.cost("what the plan costs is not known: no rate was given"),
            Some(cost) if cost <= amount => first = first.gain("the plan keeps to it as it is"),
            Some(_) => {
                first = first.gain("nothing is left out").cost("the plan says that it will not be kept")
            }
        }
        all.push(first);
        if let Some(cost) = cost.filter(|c| *c > amount) {
            let fits = |plan: &Planned| self.outlook(plan).cost.is_some_and(|c| c <= amount);
            let (plan, gone) = self.lighter(fits, false);
            all.extend(self.dropped(&plan, &gone).map(|d| Draft { terms: to(Some(amount)), ..d }));
            let (plan, less) = self.hastier(fits);
            if !less.is_empty() {
                let names = list(less.iter().map(String::as_str));
                all.push(
                    Draft {
                        terms: to(Some(amount)),
                        ..self.draft(format!("A third less time for {names}"), plan)
                    }
                    .gain("every task stays")
                    .cost("they cannot reach all of their objectives in that time"),
                );
            }
            all.push(
                same(format!("Keep the plan, and ask for {}", said(terms, cost)), Some(cost))
                    .gain("nothing is left out")
                    .cost("somebody has to grant it"),
            );
        }
        Ok(all)
    }

    /// What is left after some tasks were dropped; none where none were.
    fn dropped(&self, plan: &Planned, gone: &[String]) -> Option<Draft> {
        let names = list(gone.iter().map(String::as_str));
        (!gone.is_empty()).then(|| {
            self.draft(format!("Drop what is least urgent: {names}"), plan.clone())
                .gain("all that is more urgent stays as it is")
                .cost(format!("nobody does {names}"))
        })
    }

    /// Drops tasks of medium priority that see to nothing that must not be skipped, until it is enough; with `path`
    /// only those that are on it. The last of them first: least is built on it.
    fn lighter(&self, enough: impl Fn(&Planned) -> bool, path: bool) -> (Planned, Vec<String>) {
        let mut plan = self.plan().clone();
        let mut gone = Vec::new();
        while !enough(&plan) && gone.len() < EDITS_MOST && plan.tasks.len() > 1 {
            let critical = self.outlook(&plan).path;
            let can = |t: &&Task| {
                let free = t.priority == Priority::Medium && t.covers.is_empty() && !self.is_over(&t.id);
                free && (!path || critical.contains(&t.id))
            };
            let Some(id) = plan.tasks.iter().rev().find(can).map(|t| t.id.clone()) else { break };
            plan = without(&plan, std::slice::from_ref(&id));
            gone.push(id);
        }
        (plan, gone)
    }

    /// Takes a third of the time of tasks that have not begun, the least urgent first, until it is enough.
    fn hastier(&self, enough: impl Fn(&Planned) -> bool) -> (Planned, Vec<String>) {
        let mut plan = self.plan().clone();
        let mut open: Vec<(Priority, String)> = self
            .plan()
            .tasks
            .iter()
            .filter(|t| !self.is_over(&t.id) && !self.is_begun(&t.id) && t.priority != Priority::Critical)
            .map(|t| (t.priority, t.id.clone()))
            .collect();
        open.sort_by_key(|(priority, _)| std::cmp::Reverse(*priority));
        let mut less = Vec::new();
        for (_, id) in open {
            if enough(&plan) || less.len() >= EDITS_MOST {
                break;
            }
            if shorten(&mut plan, &id, 3).is_some() {
                less.push(id);
            }
        }
        (plan, less)
    }

    /// Puts neighbours of the critical path side by side until it ends in time, and says which.
    fn crashed(&self, at: i64) -> (Planned, Vec<String>) {
        let mut plan = self.plan().clone();
        let mut beside = Vec::new();
        while beside.len() < EDITS_MOST {
            let now = self.outlook(&plan);
            if now.end <= at {
                break;
            }
            let tried = now.path.windows(2).filter_map(|two| {
                let [first, then] = two else { return None };
                let changed = self.side_by_side(&plan, first, then)?;
                let end = self.outlook(&changed).end;
                (end < now.end).then_some((end, first.clone(), then.clone(), changed))
            });
            let Some((_, first, then, changed)) = tried.min_by_key(|(end, ..)| *end) else { break };
            plan = changed;
            beside.push(format!("`{first}` and `{then}`"));
        }
        (plan, beside)
    }

    /// Two tasks of which the second waits for the first, side by side; none where that cannot be.
    fn side_by_side(&self, plan: &Planned, first: &str, then: &str) -> Option<Planned> {
        let (one, two) = (plan.task(first)?, plan.task(then)?);
        let handed = one.hands_over.iter().any(|i| i.to.iter().any(|t| t == then));
        let judged = plan.loops.iter().any(|l| l.work == first && l.review == then);
        // The same agent does one after the other all the same.
        if handed || judged || one.agent == two.agent || self.is_begun(then) || self.is_over(then) {
            return None;
        }
        let mut changed = plan.clone();
        bypass(&mut changed, then, first);
        // Whoever waited for the second still waits for the first.
        let waiting: Vec<String> = plan.blocks(then).map(|t| t.id.clone()).collect();
        for id in &waiting {
            if !waits_for(&changed, id, first) {
                need(&mut changed, id, first);
            }
        }
        pair(&mut changed, first, then, &format!("what {then} needs of {first} before it is done"));
        order(&mut changed).ok()?;
        settle(&self.project.plan, &mut changed).ok()?;
        Some(changed)
    }
}
