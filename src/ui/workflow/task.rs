//! All there is of the task that is looked at.

use super::digest::Digest;
use super::list::words;
use crate::domain::state::TaskState;
use crate::domain::workflow::plan::Task;
use crate::domain::workflow::project::{Project, Tracked, Verdict};
use crate::domain::workflow::track::{hours, moment};
use crate::engine::state::State;
use crate::ui::lines::Line;

/// All of it.
pub(super) fn lines(state: &State, digest: &Digest<'_>) -> Vec<Line> {
    let Some(task) = digest.chosen.and_then(|c| digest.task(c)) else {
        return vec![Line::quiet("the plan has no task")];
    };
    let mut lines = vec![Line::head(&task.title)];
    lines.push(pair("who", who(state, task)));
    let (how, _) = words(digest, task, digest.state(task), Default::default());
    let how = how.trim_start_matches("▲ ");
    let state = digest.state(task);
    let text =
        if state == TaskState::Running { format!("{} · {how}", state.word()) } else { how.to_owned() };
    lines.push(pair("state", text));
    if let Some(tracked) = digest.tracked(task) {
        said(digest, task, tracked, &mut lines);
    }
    times(digest, task, &mut lines);
    needs(digest, task, &mut lines);
    if !task.added.is_empty() {
        lines.push(pair("added", &task.added));
    }
    let environment = if task.environment.is_empty() { "none" } else { &task.environment };
    lines.push(pair("priority", format!("{}, environment: {environment}", task.priority.word())));
    let mut list = |head: &str, points: &[String]| {
        if !points.is_empty() {
            lines.push(Line::plain(""));
            lines.push(Line::head(head));
            lines.extend(points.iter().map(|p| Line::new("  - ", p, Default::default())));
        }
    };
    list("objectives", &task.objectives);
    list("outcomes", &task.outcomes);
    list("success criteria", &task.criteria);
    list("checks that have to be green", &task.checks);
    let items = task.hands_over.iter().map(|i| format!("{}: {} (to {})", i.key, i.what, i.to.join(", ")));
    list("hands over", &items.collect::<Vec<_>>());
    rounds(digest.project, task, &mut lines);
    syncs(digest.project, task, &mut lines);
    if let Some(handed) = digest.tracked(task).and_then(|t| t.handed.as_ref()) {
        lines.push(Line::plain(""));
        lines.push(Line::head(format!("handed over {}", moment(digest.project, handed.at))));
        lines.extend(handed.text.lines().map(|l| Line::new("  ", l, Default::default())));
    }
    lines
}

fn pair(question: &str, text: impl AsRef<str>) -> Line {
    Line::pair(question, text)
}

fn who(state: &State, task: &Task) -> String {
    let Some(agent) = state.agent(&task.agent) else { return format!("{}, no agent here", task.agent) };
    format!("{} ({})", task.agent, agent.state().word())
}

/// What is said of it: how far it is, what is held against it, what blocks it.
fn said(digest: &Digest<'_>, task: &Task, tracked: &Tracked, lines: &mut Vec<Line>) {
    let Some(track) = digest.track(task) else { return };
    if tracked.state == TaskState::Running {
        let by = if tracked.percent.is_some() { "as it says" } else { "by the time it has run" };
        let note = if tracked.note.is_empty() { String::new() } else { format!(": {}", tracked.note) };
        lines.push(pair("done", format!("{} %, {by}{note}", track.percent)));
    }
    if !tracked.why.is_empty() && tracked.state != TaskState::Done {
        lines.push(pair("why", &tracked.why));
    }
    lines.extend(tracked.held.iter().map(|h| Line::warn(format!("not taken as done: {h}"))));
    for b in digest.project.blocked().filter(|b| b.task == task.id) {
        let about = if b.mitigation.is_empty() { "nothing is done about it yet" } else { &b.mitigation };
        let since = moment(digest.project, b.since);
        lines.push(Line::warn(format!("blocker {} since {since}: {}; {about}", b.id, b.text)));
    }
}

/// When it was planned, and when it is expected or was.
fn times(digest: &Digest<'_>, task: &Task, lines: &mut Vec<Line>) {
    let project = digest.project;
    let day = |at| moment(project, at);
    if let Some(base) = project.baseline.iter().find(|b| b.task == task.id) {
        let at = |hours| day(project.started.saturating_add(project.ms(hours)));
        lines.push(pair("planned", format!("{} to {}, {}", at(base.from), at(base.to), task.duration)));
    } else {
        lines.push(pair("planned", format!("{}, not in the first plan", task.duration)));
    }
    let Some(track) = digest.track(task) else { return };
    let took = track.took.map_or_else(|| "has not begun".to_owned(), |h| format!("worked {}", hours(h)));
    let word = match digest.state(task) {
        TaskState::Done => "was",
        TaskState::Skipped => return,
        _ => "expected",
    };
    lines.push(pair(word, format!("{} to {}, {took}", day(track.from), day(track.to))));
}

/// What it waits for, and who waits for it.
fn needs(digest: &Digest<'_>, task: &Task, lines: &mut Vec<Line>) {
    let plan = &digest.project.plan;
    let with_state = |id: &String| match plan.task(id) {
        Some(other) => format!("{id} ({})", digest.state(other).word()),
        None => id.clone(),
    };
    let needs: Vec<String> = task.needs.iter().map(with_state).collect();
    let needs = if needs.is_empty() { "nothing".to_owned() } else { needs.join(", ") };
    lines.push(pair("needs", needs));
    let blocks: Vec<&str> = plan.blocks(&task.id).map(|t| t.id.as_str()).collect();
    if !blocks.is_empty() {
        lines.push(pair("needed by", blocks.join(", ")));
    }
    lines.extend(plan.beside(&task.id).map(|(t, sync)| pair("beside", format!("{}: {sync}", t.id))));
    for l in plan.loops.iter().filter(|l| l.work == task.id || l.review == task.id) {
        let what =
            if l.work == task.id { format!("judged by {}", l.review) } else { format!("judges {}", l.work) };
        let round = digest.tracked(task).map_or(0, |t| t.round);
        lines.push(pair("loop", format!("{what} until {}; round {round} of {}", l.until, l.limit)));
    }
}

fn rounds(project: &Project, task: &Task, lines: &mut Vec<Line>) {
    for r in project.rounds.iter().filter(|r| r.work == task.id || r.review == task.id) {
        let verdict = match r.verdict {
            Verdict::Met => "good".to_owned(),
            Verdict::Again => format!("again: {}", r.feedback.join("; ")),
        };
        lines.push(pair("verdict", format!("round {} of {}, {}: {verdict}", r.round, r.work, r.review)));
    }
}

fn syncs(project: &Project, task: &Task, lines: &mut Vec<Line>) {
    for s in project.syncs.iter().filter(|s| s.task == task.id || s.with == task.id) {
        let told = if s.told.is_some() { "" } else { " (not told yet)" };
        lines.push(pair("sync", format!("{} to {}{told}: {}", s.task, s.with, s.text)));
    }
}
