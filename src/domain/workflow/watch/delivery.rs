//! Red flags of what is delivered: security, ways back, monitoring, debt.

use super::Told;
use super::look::{Look, Sign};
use super::words::says;
use crate::domain::state::TaskState;
use crate::domain::workflow::pattern::Must;
use crate::domain::workflow::plan::{PRODUCTION, Task};
use crate::domain::workflow::project::Verdict;
use crate::domain::workflow::vocabulary::FlagWords;

/// The specialist for security, by the name in the catalogue.
const SECURITY: &str = "security";

/// Whether a task brings something to an environment.
fn deploys(task: &Task) -> bool {
    !task.environment.is_empty()
}

impl Look<'_> {
    /// The moment from which a finding is late, and why: once something was deployed, or half of the planned hours is
    /// done.
    fn late_from(&self) -> Option<(i64, String)> {
        let mut done: Vec<_> = self.done().collect();
        done.sort_by_key(|(_, _, at)| *at);
        let all: u64 = self.project.plan.tasks.iter().map(|t| u64::from(t.duration.as_hours())).sum();
        let mut hours = 0_u64;
        for (task, _, at) in done {
            if deploys(task) {
                return Some((
                    at,
                    format!("after {} deployed to {} on {}", task.id, task.environment, self.day(at)),
                ));
            }
            hours += u64::from(task.duration.as_hours());
            if hours * 2 >= all {
                return Some((at, format!("after half of the work was done on {}", self.day(at))));
            }
        }
        None
    }

    /// What a security review sends back, what blocks for security's sake and what the security specialist hands over
    /// as a risk.
    pub(super) fn late_security_findings(&self, words: &FlagWords) -> Told {
        let Some((from, why)) = self.late_from() else { return Told::Signs(Vec::new()) };
        let security = |id: &str| {
            let task = self.project.plan.task(id);
            task.is_some_and(|t| t.specialist == SECURITY || t.covers.contains(&Must::SecurityReview))
        };
        let mut signs = Vec::new();
        let mut late = |at: i64, what: String| {
            if at > from {
                signs.push(Sign { at, text: format!("{what} on {}, {why}", self.day(at)) });
            }
        };
        let again =
            |r: &&crate::domain::workflow::project::Round| r.verdict == Verdict::Again && security(&r.review);
        for round in self.project.rounds.iter().filter(again) {
            late(
                round.at,
                format!("{} sent {} back: {}", round.review, round.work, round.feedback.join("; ")),
            );
        }
        for blocker in self.project.blockers.iter().filter(|b| says(&b.text, &words.words)) {
            late(blocker.since, format!("{} met blocker {}: {}", blocker.task, blocker.id, blocker.text));
        }
        for (task, at, risk, _) in self.risks().filter(|(t, ..)| security(&t.id)) {
            late(at, format!("{} handed over a risk: {risk}", task.id));
        }
        Told::Signs(signs)
    }

    /// A deployment that is done, and neither its handover nor that of a task it needs says how to go back.
    pub(super) fn no_rollback_plan(&self, words: &FlagWords) -> Told {
        let told = |id: &str| {
            let handed = self.project.tracked(id).and_then(|t| t.handed.as_ref());
            handed.is_some_and(|h| says(&h.text, &words.words))
        };
        let without: Vec<Sign> = self
            .done()
            .filter(|(task, ..)| {
                deploys(task) && !told(&task.id) && !self.upstream(&task.id).iter().any(|n| told(n))
            })
            .map(|(task, _, at)| {
                let text = format!(
                    "{} deployed to {} on {}, and no handover says how to go back",
                    task.id,
                    task.environment,
                    self.day(at)
                );
                Sign { at, text }
            })
            .collect();
        let under_way = self.tasks().any(|(t, _)| deploys(t) && self.is_begun(&t.id) && !told(&t.id));
        if without.is_empty() && under_way { Told::Ask } else { Told::Signs(without) }
    }

    /// Production that nothing monitors; what is monitored in detail has to be asked once something is deployed.
    pub(super) fn monitoring_gaps(&self) -> Told {
        let covers =
            |id: &str| self.project.plan.task(id).is_some_and(|t| t.covers.contains(&Must::Monitoring));
        let waiver = self.project.plan.options.waivers.iter().find(|w| w.must == Must::Monitoring);
        let bare: Vec<Sign> = self
            .tasks()
            .filter(|(task, tracked)| {
                let there = tracked.state == TaskState::Done || self.is_begun(&task.id);
                let watched = self.upstream(&task.id).iter().any(|n| covers(n) && self.is_done(n));
                task.environment == PRODUCTION && there && !watched
            })
            .map(|(task, tracked)| {
                let at = tracked.began.or(tracked.ended).unwrap_or(self.project.started);
                let why = waiver.map_or_else(
                    || "no task before it sees to monitoring".to_owned(),
                    |w| format!("monitoring was left out: {}", w.reason),
                );
                Sign { at, text: format!("{} goes to production since {}, and {why}", task.id, self.day(at)) }
            })
            .collect();
        let deployed = self.done().any(|(task, ..)| deploys(task));
        if bare.is_empty() && deployed { Told::Ask } else { Told::Signs(bare) }
    }

    /// Risks about which nothing is done, and what was left out: from so many on they are debt.
    pub(super) fn technical_debt(&self, words: &FlagWords) -> Told {
        let open = self.risks().filter(|(_, _, _, about)| about.is_empty()).map(|(task, at, risk, _)| {
            let text = format!(
                "{} handed over a risk on {} and nothing is done about it: {risk}",
                task.id,
                self.day(at)
            );
            Sign { at, text }
        });
        let left_out = self.project.plan.options.waivers.iter().map(|w| {
            // When it was left out is with the change that did it; else it was so from the start.
            let change = self.project.changes.iter().find(|c| c.asked.contains(w.must.word()));
            let at = change.map_or(self.project.started, |c| c.at);
            Sign { at, text: format!("{} is left out since {}: {}", w.must.word(), self.day(at), w.reason) }
        });
        let signs: Vec<Sign> = open.chain(left_out).collect();
        if signs.len() >= words.limit.max(1) {
            return Told::Signs(signs);
        }
        if self.done().next().is_some() { Told::Ask } else { Told::Signs(Vec::new()) }
    }
}
