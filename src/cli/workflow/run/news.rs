//! What is new of a project since it was last looked at, line by line.

use std::collections::BTreeMap;

use crate::domain::state::TaskState;
use crate::domain::workflow::project::{Project, Verdict};
use crate::domain::workflow::span::{Span, WEEK};
use crate::domain::workflow::track::{Standing, Tracking, tracking};

/// What was told already.
#[derive(Default)]
pub(super) struct News {
    tasks: BTreeMap<String, (TaskState, u8, Vec<String>)>,
    week: u32,
    blockers: usize,
    unblocked: usize,
    questions: usize,
    escalations: usize,
    rounds: usize,
    changes: usize,
    begun: bool,
}

impl News {
    /// What happened since. `now` is the time of the wall in milliseconds.
    pub(super) fn since(&mut self, project: &Project, now: i64) -> Vec<String> {
        let track = tracking(project, now);
        let mut lines = Vec::new();
        if !self.begun {
            self.begun = true;
            lines.push(first(project));
        }
        for (task, tracked) in project.plan.tasks.iter().filter_map(|t| Some((t, project.tracked(&t.id)?))) {
            let told = self.tasks.get(&task.id).cloned();
            let (state, round, held) = told.unwrap_or((TaskState::Queued, 0, Vec::new()));
            let (id, agent) = (&task.id, &task.agent);
            if (tracked.state, tracked.round) != (state, round) {
                match tracked.state {
                    TaskState::Running if tracked.round > 1 => {
                        lines.push(format!("{id} begins again ({agent}, round {})", tracked.round));
                    }
                    TaskState::Running => {
                        lines.push(format!("{id} begins ({agent}, planned for {})", task.duration));
                    }
                    TaskState::Done => lines.push(done(id, &track)),
                    TaskState::Failed => lines.push(format!(
                        "{id} failed: {} (`orchestra restart {agent}`, then `orchestra task retry {id}`; or `orchestra \
                         workflow close --why TEXT`)",
                        tracked.why
                    )),
                    TaskState::Skipped => lines.push(format!("{id} {}: {}", tracked.state.word(), tracked.why)),
                    TaskState::Queued | TaskState::Sent => {}
                }
            }
            if tracked.held != held && !tracked.held.is_empty() {
                lines.push(format!("{id} is not done yet: {}", tracked.held.join("; ")));
            }
            self.tasks.insert(id.clone(), (tracked.state, tracked.round, tracked.held.clone()));
        }
        lines.extend(self.said(project));
        let week = project.hours_at(project.over.unwrap_or(now)) / WEEK + 1;
        if week > self.week {
            if self.week > 0 {
                lines.push(format!("week {week}: {} % complete, {}", track.percent, standing(&track)));
            }
            self.week = week;
        }
        lines
    }

    /// What agents and people said.
    fn said(&mut self, project: &Project) -> Vec<String> {
        let mut lines = Vec::new();
        for b in project.blockers.iter().skip(self.blockers) {
            lines.push(format!("{} is blocked: {} (blocker {})", b.task, b.text, b.id));
        }
        let gone: Vec<u32> = project.blockers.iter().filter(|b| b.until.is_some()).map(|b| b.id).collect();
        if gone.len() > self.unblocked {
            let all: Vec<String> = gone.iter().map(ToString::to_string).collect();
            lines.push(format!("no longer blocked by {}", all.join(", ")));
        }
        for q in project.questions.iter().skip(self.questions) {
            lines.push(format!("{} asks: {} (`orchestra workflow decide {} TEXT`)", q.by, q.text, q.id));
        }
        for e in project.escalations.iter().skip(self.escalations) {
            let cause = e.cause.word();
            lines.push(format!(
                "escalated, {cause}: {} (`orchestra workflow settle {} TEXT`)",
                e.evidence.join("; "),
                e.id
            ));
        }
        for r in project.rounds.iter().skip(self.rounds) {
            lines.push(match r.verdict {
                Verdict::Met => format!("{} is content with {} after round {}", r.review, r.work, r.round),
                Verdict::Again => {
                    format!(
                        "{} wants {} again after round {}: {}",
                        r.review,
                        r.work,
                        r.round,
                        r.feedback.join("; ")
                    )
                }
            });
        }
        for c in project.changes.iter().skip(self.changes) {
            lines.push(format!("the plan changes: {}: {}", c.asked, c.chosen));
        }
        self.blockers = project.blockers.len();
        self.unblocked = gone.len();
        self.questions = project.questions.len();
        self.escalations = project.escalations.len();
        self.rounds = project.rounds.len();
        self.changes = project.changes.len();
        lines
    }
}

fn first(project: &Project) -> String {
    let hours = project.baseline.iter().map(|b| b.to).max().unwrap_or_default();
    let day = std::time::Duration::from_millis(u64::try_from(project.day_ms).unwrap_or_default());
    format!(
        "project {} ({}): {} tasks, {} where a day lasts {day:?}",
        project.number,
        project.name,
        project.plan.tasks.len(),
        Span::hours(hours)
    )
}

fn done(id: &str, track: &Tracking) -> String {
    let took = track.tasks.iter().find(|t| t.id == id);
    let after = took.and_then(|t| t.took).map(|h| format!(" after {}", Span::hours(h))).unwrap_or_default();
    let late = took.map_or(0, |t| t.late);
    let late = if late > 0 { format!(", {} late", Span::hours(late)) } else { String::new() };
    format!("{id} is done{after}{late} ({} of {} tasks, {} %)", track.done, track.total, track.percent)
}

fn standing(track: &Tracking) -> String {
    match track.standing {
        Standing::OnTrack => "on track".to_owned(),
        Standing::Ahead => "ahead".to_owned(),
        Standing::AtRisk => format!("at risk: {}", track.why.join("; ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::workflow::project::sample;

    #[test]
    fn everything_is_told_once() {
        let mut news = News::default();
        let project = sample::ninth_day();
        let now = project.started + 9 * project.day_ms;
        let lines = news.since(&project, now);
        for part in [
            "project 1 (",
            "containers is done after 4d (1 of ",
            "cluster begins (",
            "cluster is blocked: no quota for load balancers (blocker 1)",
            "asks: managed nodes or own? (`orchestra workflow decide 1 TEXT`)",
        ] {
            assert!(lines.iter().any(|l| l.contains(part)), "{part}: {lines:?}");
        }
        assert_eq!(news.since(&project, now), Vec::<String>::new());
        let week = news.since(&project, project.started + 15 * project.day_ms);
        assert!(week.len() == 1 && week[0].starts_with("week 3: "), "{week:?}");
        let end = sample::complete();
        let lines = news.since(&end, end.over.unwrap());
        for part in [
            "no longer blocked by 1",
            "wants cluster again after round 1: limits are too low",
            "escalated, blocker: ",
        ] {
            assert!(lines.iter().any(|l| l.contains(part)), "{part}: {lines:?}");
        }
    }
}
