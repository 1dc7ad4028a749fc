//! How a project stands to its plan, and why.

use super::reckon::Reckoned;
use super::{LATEST, Standing, Tracking, hours, moment, money};
use crate::domain::workflow::project::{Project, Stage};
use crate::domain::workflow::schedule::schedule;

/// How much earlier or later than planned still is as planned, in percent of the planned length.
const TOLERANCE: i64 = 5;

/// When it was planned to end, first.
pub(super) fn planned_end(project: &Project) -> i64 {
    let length = project.baseline.iter().map(|b| b.to).max();
    let length = length.unwrap_or_else(|| schedule(&project.plan.tasks).length);
    project.started.saturating_add(project.ms(length)).min(LATEST)
}

/// When the plan as it is now has it end.
pub(super) fn agreed_end(project: &Project) -> i64 {
    if project.changes.is_empty() {
        return planned_end(project);
    }
    project.started.saturating_add(project.ms(schedule(&project.plan.tasks).length)).min(LATEST)
}

/// How it stands, and why.
pub(super) fn judged(project: &Project, reckoned: &Reckoned<'_>, t: &Tracking) -> (Standing, Vec<String>) {
    let over = project.stage != Stage::Running;
    let day = |at: i64| moment(project, at);
    let length = t.agreed_end.saturating_sub(project.started);
    let later = t.expected_end.saturating_sub(t.agreed_end);
    let off = later.unsigned_abs() > (length / 100).saturating_mul(TOLERANCE).unsigned_abs() && later != 0;
    let mut risks = dangers(project, reckoned, t);
    let ends = if over { "it ended on" } else { "it is expected to end on" };
    let by = span(project, later);
    let planned = if t.agreed_end == t.planned_end {
        format!("the planned {}", day(t.agreed_end))
    } else {
        format!("{}, planned since the plan was changed (first {})", day(t.agreed_end), day(t.planned_end))
    };
    let end = day(t.expected_end);
    if later > 0 && off {
        risks.insert(0, format!("{ends} {end}, {by} after {planned}"));
    }
    let (standing, mut why) = match (risks.is_empty(), later < 0 && off) {
        (false, early) => {
            if early {
                risks.push(format!("{ends} {end}, {by} before {planned}"));
            }
            (Standing::AtRisk, risks)
        }
        (true, true) => (Standing::Ahead, vec![format!("{ends} {end}, {by} before {planned}")]),
        (true, false) => {
            (Standing::OnTrack, vec![format!("{ends} {end}; that is {planned}, within {TOLERANCE} %")])
        }
    };
    if !over {
        why.push(measure(reckoned));
        if project.blocked().next().is_some() {
            why.push("how long blockers last is not in the estimate".to_owned());
        }
    }
    (standing, why)
}

/// What endangers it beside its end against the plan.
fn dangers(project: &Project, reckoned: &Reckoned<'_>, t: &Tracking) -> Vec<String> {
    let over = project.stage != Stage::Running;
    let mut risks = Vec::new();
    if project.stage == Stage::Closed {
        let why = if project.ended.is_empty() { String::new() } else { format!(": {}", project.ended) };
        risks.push(format!("it was closed with {} of {} tasks done{why}", t.done, t.total));
    }
    if let Some(deadline) = project.terms.deadline.filter(|d| t.expected_end > *d) {
        let by = span(project, t.expected_end.saturating_sub(deadline));
        let ends = if over { "it ended" } else { "it is expected to end" };
        let (end, deadline) = (moment(project, t.expected_end), moment(project, deadline));
        risks.push(format!("{ends} on {end}, {by} after the deadline {deadline}"));
    }
    if !over {
        for one in reckoned.on_path() {
            let id = &one.task.id;
            let blockers = project.blocked().filter(|b| b.task == *id);
            risks.extend(blockers.map(|b| format!("{id}, on the longest chain, is blocked: {}", b.text)));
            if one.has_failed() {
                risks.push(format!("{id}, on the longest chain, failed"));
            }
            let planned = one.task.duration.as_hours();
            if u64::from(one.late) * 100 > u64::from(planned) * TOLERANCE.unsigned_abs() {
                let late = hours(one.late);
                risks.push(format!(
                    "{id}, on the longest chain, runs {late} longer than the planned {}",
                    one.task.duration
                ));
            }
        }
    }
    if let (Some(cost), Some(budget)) = (t.expected_cost, project.terms.budget)
        && cost > budget
    {
        let currency = &project.terms.currency;
        let costs = if over { "it cost" } else { "it is expected to cost" };
        let (cost, budget) = (money(cost, currency), money(budget, currency));
        risks.push(format!("{costs} {cost}, over the budget of {budget}"));
    }
    risks
}

/// What the estimate rests on.
fn measure(reckoned: &Reckoned<'_>) -> String {
    match reckoned.speed {
        None => {
            "nothing is measured yet: no task is done, so all are taken to last as long as planned".to_owned()
        }
        Some(s) => {
            let tasks = if s.tasks == 1 {
                "1 task that is".to_owned()
            } else {
                format!("{} tasks that are", s.tasks)
            };
            let (took, planned) = (hours(s.took), hours(s.planned));
            format!("measured from {tasks} done: {took} instead of {planned}, a speed of {} %", s.percent)
        }
    }
}

/// Milliseconds as a span of the project's own days.
fn span(project: &Project, ms: i64) -> String {
    let ms = i64::try_from(ms.unsigned_abs()).unwrap_or(i64::MAX);
    match project.hours_at(project.started.saturating_add(ms)) {
        0 => "less than 1h".to_owned(),
        h => hours(h),
    }
}
