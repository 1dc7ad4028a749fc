//! What a project taught and what should come next: sentences that its record gives, each with what it rests on.

use super::completion::Cited;
use super::look::Look;
use super::returns::days;
use crate::domain::state::TaskState;
use crate::domain::workflow::project::{Epoch, Handed, Verdict};
use crate::domain::workflow::vocabulary::measures::Shape;
use crate::domain::workflow::wins::Wins;

fn cited(text: String, from: String) -> Cited {
    Cited { text, from }
}

fn of_handover(task: &str) -> String {
    format!("handover of {task}")
}

/// What was learnt.
pub(super) fn lessons(look: &Look<'_>) -> Vec<Cited> {
    let mut all = Vec::new();
    slips(look, &mut all);
    rounds(look, &mut all);
    obstacles(look, &mut all);
    let p = look.project;
    for c in &p.changes {
        let note = if c.note.is_empty() { String::new() } else { format!(" ({})", c.note) };
        let text = format!("the plan had to be changed: {}{note}; chosen: {}", c.asked, c.chosen);
        all.push(cited(text, format!("change {}", c.id)));
    }
    for w in &p.plan.options.waivers {
        let text = format!("{} was left out: {}", w.must.word(), w.reason);
        all.push(cited(text, "waiver".into()));
    }
    let pairs = |h: &Handed| h.parts.decisions.clone();
    for d in look.of_handovers(pairs).into_iter().filter(|d| !d.more.is_empty()) {
        all.push(cited(format!("{}: {}", d.text, d.more), of_handover(&d.task)));
    }
    for r in look.risks().into_iter().filter(|r| !r.more.is_empty()) {
        all.push(cited(format!("a risk was seen: {}; about it: {}", r.text, r.more), of_handover(&r.task)));
    }
    all
}

/// Tasks that took another time than planned.
fn slips(look: &Look<'_>, all: &mut Vec<Cited>) {
    for t in look.finished() {
        let (Some(took), Some(planned)) = (look.took(t), look.planned(&t.id)) else { continue };
        if took == planned {
            continue;
        }
        let (took, planned) = (days(took.into()), days(planned.into()));
        all.push(cited(
            format!("{} took {took}, planned were {planned}", t.id),
            format!("times of {}", t.id),
        ));
    }
}

/// Work that was done again.
fn rounds(look: &Look<'_>, all: &mut Vec<Cited>) {
    for r in look.project.rounds.iter().filter(|r| r.verdict == Verdict::Again) {
        let why = if r.feedback.is_empty() { String::new() } else { format!(": {}", r.feedback.join("; ")) };
        let text = format!("{} was sent back by {}{why}", r.work, r.review);
        all.push(cited(text, format!("round {} of {}", r.round, r.work)));
    }
}

/// What was in the way, and what was raised.
fn obstacles(look: &Look<'_>, all: &mut Vec<Cited>) {
    let p = look.project;
    for b in p.blockers.iter().filter(|b| b.until.is_some()) {
        let long = days(look.hours(b.since, b.until.unwrap_or(b.since)).into());
        let how =
            if b.mitigation.is_empty() { String::new() } else { format!("; about it: {}", b.mitigation) };
        all.push(cited(
            format!("{} was blocked for {long}: {}{how}", b.task, b.text),
            format!("blocker {}", b.id),
        ));
    }
    for e in p.escalations.iter().filter(|e| !e.settled.is_empty()) {
        let text = format!("raised: {}; settled: {}", e.evidence.join("; "), e.settled);
        all.push(cited(text, format!("escalation {}", e.id)));
    }
}

/// What should be done next.
pub(super) fn recommendations(look: &Look<'_>) -> Vec<Cited> {
    let p = look.project;
    let mut all = Vec::new();
    for w in &p.plan.options.waivers {
        all.push(cited(format!("do what was left out: {}", w.must.word()), format!("waiver: {}", w.reason)));
    }
    for t in p.current().filter(|t| matches!(t.state, TaskState::Failed | TaskState::Skipped)) {
        let why = if t.why.is_empty() { String::new() } else { format!(": {}", t.why) };
        let text = format!("finish {}, which {}{why}", t.id, t.state.word());
        all.push(cited(text, format!("state of {}", t.id)));
    }
    if p.over.is_some() {
        for t in p
            .current()
            .filter(|t| matches!(t.state, TaskState::Queued | TaskState::Sent | TaskState::Running))
        {
            all.push(cited(format!("finish {}, which was not done", t.id), format!("state of {}", t.id)));
        }
    }
    for b in p.blocked() {
        all.push(cited(format!("clear what blocks {}: {}", b.task, b.text), format!("blocker {}", b.id)));
    }
    for e in p.escalations.iter().filter(|e| e.settled.is_empty()) {
        all.push(cited(
            format!("settle what was raised: {}", e.evidence.join("; ")),
            format!("escalation {}", e.id),
        ));
    }
    for q in p.questions.iter().filter(|q| q.decided.is_empty()) {
        all.push(cited(format!("decide: {}", q.text), format!("question {}", q.id)));
    }
    let next = |h: &Handed| h.parts.next.iter().map(|n| (n.clone(), String::new())).collect();
    for n in look.of_handovers(next) {
        all.push(cited(n.text, of_handover(&n.task)));
    }
    for r in look.risks() {
        let about = if r.more.is_empty() { "nothing was said about it".to_owned() } else { r.more };
        all.push(cited(format!("watch the risk: {}; {about}", r.text), of_handover(&r.task)));
    }
    points(look, &mut all);
    unmeasured(look, &mut all);
    later(look, &mut all);
    all
}

/// What gives much for much and is no part of the plan.
fn later(look: &Look<'_>, all: &mut Vec<Cited>) {
    let plan = &look.project.plan;
    let wins = Wins::built_in();
    for (name, template) in &wins.long_term {
        if !plan.options.wins.contains(name) && plan.task(name).is_none() {
            let from = format!("long-term item {name}, no part of this plan");
            all.push(cited(format!("consider for later: {}", template.title), from));
        }
    }
}

/// Points of checklists that nobody saw to.
fn points(look: &Look<'_>, all: &mut Vec<Cited>) {
    let p = look.project;
    for phase in &p.plan.phases {
        for list in &phase.checklists {
            let seen = |id: &str| {
                p.ticks.iter().any(|t| t.phase == phase.id && t.list == list.name && t.point == id)
            };
            for point in list.points.iter().filter(|point| !seen(&point.id)) {
                let from = format!("checklist {} of {}, not seen to", list.name, phase.title);
                all.push(cited(point.text.clone(), from));
            }
        }
    }
}

/// What was measured before and not after.
fn unmeasured(look: &Look<'_>, all: &mut Vec<Cited>) {
    for m in look.vocabulary.metrics.metrics.iter().filter(|m| m.shape == Shape::Change) {
        let given = |epoch| look.figure(&m.name, epoch).is_some();
        if given(Epoch::Before) && !given(Epoch::Now) && !given(Epoch::After) {
            let text = format!("measure it after the project too: {}", m.title);
            all.push(cited(text, format!("figure {} --before without --after", m.name)));
        }
    }
}
