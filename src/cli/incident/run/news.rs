//! What is new of an incident since it was last looked at, line by line.

use crate::cli::incident::show::{approved, finding};
use crate::domain::incident::case::{Case, Engagement, Fleet, Progress, Stage};
use crate::domain::signal::printable;

/// How often the time that is left to say no is told, in seconds.
const EVERY: i64 = 10;

/// What was told already.
#[derive(Default)]
pub(super) struct News {
    /// The session's name.
    session: String,
    stage: Option<Stage>,
    /// The tens of seconds that were left when that was told last.
    left: Option<i64>,
    specialists: Vec<Progress>,
    findings: usize,
    unusable: usize,
    drafts: usize,
}

impl News {
    /// Nothing was told yet of the session of that name.
    pub(super) fn of(session: &str) -> Self {
        Self { session: session.to_owned(), ..Self::default() }
    }

    /// What happened since. `now` is the time of the wall in milliseconds.
    pub(super) fn since(&mut self, case: &Case, fleet: &Fleet, now: i64) -> Vec<String> {
        let mut lines = Vec::new();
        if case.stage == Stage::Approval {
            let all = i64::try_from(fleet.approve.timeout_s).unwrap_or(i64::MAX / 1000);
            let left = (case.opened / 1000).saturating_add(all).saturating_sub(now / 1000).max(0);
            if self.left.is_none_or(|told| left / EVERY < told) {
                lines.push(format!(
                    "the route goes ahead in {left} s; say so at once with `orchestra confirm yes ID --session {0}`, or \
                     no (`orchestra confirm list --session {0}`)",
                    self.session
                ));
                self.left = Some(left / EVERY);
            }
        }
        if let (Some(by), None | Some(Stage::Approval)) = (case.approval, self.stage) {
            lines.push(format!("the route goes ahead: {}", approved(by)));
        }
        if self.specialists.is_empty() {
            let engaged: Vec<&str> = case.specialists.iter().map(|s| s.agent.as_str()).collect();
            if !engaged.is_empty() {
                lines.push(format!("engaged: {}", engaged.join(", ")));
            }
            self.specialists = vec![Progress::Waiting; case.specialists.len()];
        }
        for arrived in case.findings.iter().skip(self.findings) {
            lines.push(finding(&arrived.finding));
        }
        for one in case.unusable.iter().skip(self.unusable) {
            let place = if one.place.is_empty() { String::new() } else { format!(", {}", one.place) };
            lines.push(format!("{}{place} cannot be used: {}", one.source, one.why));
        }
        (self.findings, self.unusable) = (case.findings.len(), case.unusable.len());
        for (one, told) in case.specialists.iter().zip(&mut self.specialists) {
            if one.progress != *told {
                lines.push(further(one));
                *told = one.progress;
            }
        }
        if case.stage == Stage::Writing && self.stage != Some(Stage::Writing) {
            lines.push(format!("{} writes the postmortem, and has {} s", fleet.coordinator, fleet.write_s));
        }
        for draft in case.drafts.iter().skip(self.drafts) {
            if draft.problems.is_empty() {
                lines.push(format!("the postmortem of {} stands", draft.by));
            } else {
                lines.push(format!("the postmortem of {} does not stand:", draft.by));
                lines.extend(draft.problems.iter().map(|p| format!("  {p}")));
            }
        }
        self.drafts = case.drafts.len();
        if case.stage == Stage::Closed && self.stage != Some(Stage::Closed) {
            lines.push(format!("the incident is closed: {}", case.ended));
        }
        self.stage = Some(case.stage);
        lines.iter().map(|l| printable(l)).collect()
    }
}

fn further(one: &Engagement) -> String {
    let note = if one.note.is_empty() { String::new() } else { format!(": {}", one.note) };
    match one.progress {
        Progress::Waiting => format!("{} waits for its brief", one.agent),
        Progress::Looking => format!("{} has its brief, and {} s", one.agent, one.deadline_s),
        Progress::Reported => format!("{} has reported{note}", one.agent),
        Progress::Late => format!("{} is past its deadline{note}", one.agent),
        Progress::Failed => format!("{} failed{note}", one.agent),
    }
}
