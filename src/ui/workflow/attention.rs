//! How the project stands and why, what waits for a person, what is in the way.

use super::digest::{Digest, Point};
use crate::domain::theme::Role;
use crate::domain::workflow::track::{Standing, moment, money};
use crate::ui::lines::Line;
use crate::ui::theme::{CAUTION, TROUBLE, role};

/// All of it; what a person can answer is marked with its place among the points.
pub(super) fn lines(digest: &Digest<'_>) -> Vec<Line> {
    let project = digest.project;
    let day = |at| moment(project, at);
    let mut lines = Vec::new();
    for (i, point) in digest.points.iter().enumerate() {
        let line = match point {
            Point::Question(id) => project.questions.iter().find(|q| q.id == *id).map(|q| {
                Line::new(
                    format!("? question {id} "),
                    format!("{} asks since {}: {}", q.by, day(q.at), q.text),
                    role(Role::Asking),
                )
            }),
            Point::Escalation(id) => project.escalations.iter().find(|e| e.id == *id).map(|e| {
                let cause = e.cause.word();
                let text = format!("{cause}, since {}: {}", day(e.at), e.evidence.join("; "));
                Line::new(format!("! escalation {id} "), text, TROUBLE)
            }),
            Point::Blocker(id) => project.blockers.iter().find(|b| b.id == *id).map(|b| {
                let about =
                    if b.mitigation.is_empty() { "nothing is done about it yet" } else { &b.mitigation };
                let text = format!("{}, since {}: {}; {about}", b.task, day(b.since), b.text);
                Line::new(format!("▲ blocker {id} "), text, CAUTION)
            }),
        };
        lines.extend(line.map(|l| l.of(Some(i))));
    }
    if digest.points.is_empty() {
        lines.push(Line::quiet("nothing waits for a person, nothing is blocked"));
    }
    lines.push(Line::plain(""));
    let t = &digest.tracking;
    lines.push(Line::head(t.standing.words()));
    let lead = if t.standing == Standing::AtRisk { "▲ " } else { "  " };
    lines.extend(t.why.iter().map(|w| Line::new(lead, w, Default::default())));
    if let (Some(spent), Some(expected)) = (t.spent, t.expected_cost) {
        let of = |amount| money(amount, &project.terms.currency);
        let budget = project.terms.budget.map_or(String::new(), |b| format!(", budget {}", of(b)));
        lines.push(Line::new(
            "  ",
            format!("cost {} so far, {} expected{budget}", of(spent), of(expected)),
            Default::default(),
        ));
    }
    if !digest.flags.is_empty() {
        lines.push(Line::plain(""));
        lines.push(Line::head("red flags"));
        for flag in &digest.flags {
            let text = format!("{}: {} ({})", flag.name, flag.title, flag.evidence.join("; "));
            lines.push(Line::warn(text));
        }
    }
    if !project.changes.is_empty() {
        lines.push(Line::plain(""));
        lines.push(Line::head("changes of the plan"));
        for c in project.changes.iter().rev() {
            let text = format!("{} {}: {}, decided by {}", c.id, day(c.at), c.chosen, c.by);
            lines.push(Line::new("  ", text, Default::default()));
        }
    }
    lines
}

/// What stands over it.
pub(super) fn title(digest: &Digest<'_>) -> String {
    match (digest.points.len(), digest.flags.len()) {
        (0, 0) => "attention".to_owned(),
        (n, 0) => format!("attention {n}"),
        (n, flags) => format!("attention {n} · {flags} red flag{}", if flags == 1 { "" } else { "s" }),
    }
}
