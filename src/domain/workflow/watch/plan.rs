//! Red flags of the plan: objectives, dependencies, money and time.

use super::Told;
use super::look::{Look, Sign};
use super::words::{names, says};
use crate::domain::state::TaskState;
use crate::domain::workflow::project::Reason;
use crate::domain::workflow::vocabulary::FlagWords;

/// How much later than the plan still is as planned, in percent of its length.
const TOLERANCE: i64 = 5;

impl Look<'_> {
    pub(super) fn no_objectives(&self) -> Told {
        let without = self.tasks().filter(|(task, tracked)| {
            let begun = matches!(tracked.state, TaskState::Sent | TaskState::Running);
            begun && task.objectives.iter().all(|o| o.trim().is_empty())
        });
        let sign = |(task, tracked): (&crate::domain::workflow::plan::Task, _)| {
            let tracked: &crate::domain::workflow::project::Tracked = tracked;
            let at = tracked.began.unwrap_or(self.project.started);
            let text = format!(
                "{} is under way with {} since {} and has no objectives",
                task.id,
                task.agent,
                self.day(at)
            );
            Sign { at, text }
        };
        Told::Signs(without.map(sign).collect())
    }

    /// A blocker that names a task which its own does not need, or says that it waits while all it needs is done; a
    /// task that has nothing to wait for and has not begun for a planned day though its agent is free.
    pub(super) fn unidentified_dependencies(&self, words: &FlagWords) -> Told {
        let mut signs = Vec::new();
        for blocker in self.project.blocked() {
            let Some(task) = self.project.plan.task(&blocker.task) else { continue };
            let known = self.upstream(&task.id);
            let other = self.project.plan.tasks.iter().find(|t| {
                let apart = t.id != task.id && t.agent != task.agent && !self.is_done(&t.id);
                let named = names(&blocker.text, &t.id) || names(&blocker.text, t.agent.as_str());
                apart && named && !known.contains(&t.id.as_str())
            });
            let waits = says(&blocker.text, &words.words) && task.needs.iter().all(|n| self.is_done(n));
            let what = match other {
                Some(other) => format!("{}, which it does not need by the plan", other.id),
                None if waits => "something, and all that it needs by the plan is done".to_owned(),
                None => continue,
            };
            let text = format!(
                "{} is blocked since {} by {what}: {} (blocker {})",
                task.id,
                self.day(blocker.since),
                blocker.text,
                blocker.id
            );
            signs.push(Sign { at: blocker.since, text });
        }
        for (task, tracked) in self.tasks().filter(|(_, t)| t.state == TaskState::Queued) {
            let free = !self.tasks().any(|(t, _)| t.agent == task.agent && self.is_begun(&t.id));
            let ends = task.needs.iter().map(|n| self.project.tracked(n).filter(|_| self.is_done(n))?.ended);
            // A task without needs waits for nothing but its turn.
            let Some(since) = ends.collect::<Option<Vec<i64>>>().and_then(|e| e.into_iter().max()) else {
                continue;
            };
            let own = self.tasks().filter(|(t, _)| t.agent == task.agent).filter_map(|(_, t)| t.ended);
            let since = own.fold(since, i64::max);
            if free && tracked.began.is_none() && self.now.saturating_sub(since) > self.project.day_ms {
                let text = format!(
                    "{} has not begun, though all that it needs is done and {} is free since {}",
                    task.id,
                    task.agent,
                    self.day(since)
                );
                signs.push(Sign { at: since, text });
            }
        }
        Told::Signs(signs)
    }

    /// More than the budget, and more than the last change for the sake of the budget made of it.
    pub(super) fn budget_overrun(&self) -> Told {
        let (Some(cost), Some(budget)) = (self.track.expected_cost, self.project.terms.budget) else {
            return Told::Signs(Vec::new());
        };
        let last = self.project.changes.iter().rev().find(|c| c.reason == Reason::Budget);
        let agreed = last.and_then(|c| c.impact.cost_after).unwrap_or_default().max(budget);
        if cost <= agreed {
            return Told::Signs(Vec::new());
        }
        let since = match last {
            Some(c) => format!(", also since change {} of {}", c.id, self.day(c.at)),
            None => ", and the plan was not changed for that".to_owned(),
        };
        let (by, cost, budget) = (self.money(cost - budget), self.money(cost), self.money(budget));
        let text = format!("it is expected to cost {cost}, {by} over the budget of {budget}{since}");
        Told::Signs(vec![Sign { at: self.now, text }])
    }

    /// Later than the plan as it is now, and than the last change made of it.
    pub(super) fn timeline_slipping(&self) -> Told {
        let t = &self.track;
        let last = self.project.changes.last();
        let agreed = last.map_or(t.agreed_end, |c| c.impact.end_after.max(t.agreed_end));
        let length = agreed.saturating_sub(self.project.started);
        let late = t.expected_end.saturating_sub(agreed);
        if late <= length / 100 * TOLERANCE {
            return Told::Signs(Vec::new());
        }
        let since = match last {
            Some(c) => format!(", as it is since change {} of {}", c.id, self.day(c.at)),
            None => ", and the plan was not changed for that".to_owned(),
        };
        let by = self.span(agreed, t.expected_end);
        let (end, planned) = (self.day(t.expected_end), self.day(agreed));
        let first = format!("it is expected to end on {end}, {by} later than the planned {planned}{since}");
        let longer = t.tasks.iter().filter(|t| t.late > 0);
        let longer = longer.map(|t| {
            let by = crate::domain::workflow::span::Span::hours(t.late);
            format!("{} takes {by} longer than planned", t.id)
        });
        let texts = std::iter::once(first).chain(longer);
        Told::Signs(texts.map(|text| Sign { at: self.now, text }).collect())
    }
}
