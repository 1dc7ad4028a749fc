//! `orchestra workflow status`: how far the project is.

use std::path::Path;

use schemars::JsonSchema;
use serde::Serialize;

use super::brief::show;
use super::lines::{Lines, dated};
use crate::cli::args::workflow::status::Status as Args;
use crate::cli::exit::{Exit, Fail};
use crate::cli::{out, place};
use crate::domain::signal::printable;
use crate::domain::state::TaskState;
use crate::domain::workflow::plan::Task;
use crate::domain::workflow::project::{Project, Stage};
use crate::domain::workflow::track::{TaskTrack, Tracking, hours, moment, money, tracking};
use crate::replay::{Recording, project};
use crate::session::clock::{Clock, Origin};

/// How far a project is: `orchestra workflow status --json`.
#[derive(Serialize, JsonSchema)]
#[serde(tag = "answer", rename = "workflow_status")]
pub(in crate::cli) struct Stands {
    /// The project as it is now, or was at the end of its record.
    pub project: Project,
    /// How far it is.
    pub tracking: Tracking,
}

/// Prints it.
pub(super) fn run(args: &Args) -> anyhow::Result<Exit> {
    let (project, now) = at_hand(args.dir.as_deref(), args.of.session.as_deref())?;
    if args.of.json {
        let tracking = tracking(&project, now);
        out::json(&Stands { project, tracking })?;
    } else {
        out::result(&text(&project, now))?;
    }
    Ok(Exit::Done)
}

/// The project of a record, or the one that runs, and the moment it is looked at in milliseconds since 1970.
///
/// # Errors
/// When there is none, or its record cannot be read.
pub(super) fn at_hand(dir: Option<&Path>, session: Option<&str>) -> anyhow::Result<(Project, i64)> {
    Ok(match dir {
        Some(dir) => {
            let dir = place::recording(dir)?;
            let recording = Recording::open(&dir)?;
            let none = || {
                let dir = printable(&dir.display().to_string());
                Fail::new(Exit::Nothing, format!("find a project in {dir}: its session follows none"))
            };
            let ends = recording.lines().iter().map(|l| l.time.wall).max();
            let runs = recording.dir().locked_by()?.is_some();
            let now = if runs { wall() } else { ends.unwrap_or_default() };
            (project(&recording, None).ok_or_else(none)?, now)
        }
        None => (show(session)?, wall()),
    })
}

/// What the clock on the wall says, in milliseconds since 1970.
pub(super) fn wall() -> i64 {
    Clock::new(Origin::now()).now().wall
}

/// A project for people, at `now` (milliseconds since 1970).
pub(super) fn text(project: &Project, now: i64) -> String {
    let t = tracking(project, now);
    let mut lines = Lines::default();
    head(&mut lines, project, &t);
    for (i, phase) in t.phases.iter().enumerate() {
        lines.blank();
        let mark = match phase.state.as_str() {
            "completed" => "✓",
            "in progress" => "▶",
            _ => "·",
        };
        lines.put("", &format!("Phase {}: {} [{mark} {}]", i + 1, phase.title, phase.state));
        for task in project.plan.tasks.iter().filter(|t| t.phase == phase.id) {
            if let Some(track) = t.tasks.iter().find(|t| t.id == task.id) {
                put_task(&mut lines, project, task, track);
            }
        }
    }
    lines.blank();
    let progress = format!("{}% complete ({}/{} tasks), {}", t.percent, t.done, t.total, t.standing.words());
    lines.pair("Overall progress", &progress);
    t.why.iter().for_each(|why| lines.put("  - ", why));
    lines.pair("Estimated completion", &estimate(project, &t, now));
    if let Some(cost) = cost(project, &t) {
        lines.pair("Cost", &cost);
    }
    waiting(&mut lines, project, &t);
    if !project.changes.is_empty() {
        lines.blank();
        lines.put("", "Changes of the plan:");
        for c in &project.changes {
            lines.put(
                "  - ",
                &format!("{}: {}, decided by {}, {}", c.id, c.chosen, c.by, moment(project, c.at)),
            );
        }
    }
    lines.text()
}

fn head(lines: &mut Lines, project: &Project, t: &Tracking) {
    lines.pair("Project", &format!("{} ({}), {}", project.name, project.plan.title, stage(project)));
    lines.pair("Start date", &moment(project, project.started));
    let planned = moment(project, t.agreed_end);
    let target = match project.terms.deadline {
        Some(deadline) => format!("{} (planned {planned})", moment(project, deadline)),
        None => format!("{planned}, as planned; no deadline was given"),
    };
    lines.pair("Target completion", &target);
    let providers = &project.plan.options.providers;
    let providers = match providers.len() {
        0 => "none chosen".to_owned(),
        1 => providers.join(""),
        _ => format!("{} (multi-cloud)", providers.join(", ")),
    };
    lines.pair("Cloud provider(s)", &providers);
}

fn stage(project: &Project) -> String {
    match (project.stage, project.over) {
        (Stage::Running, _) | (_, None) => "running".to_owned(),
        (Stage::Complete, Some(at)) => format!("complete since {}", moment(project, at)),
        (Stage::Closed, Some(at)) => {
            let why = if project.ended.is_empty() { String::new() } else { format!(": {}", project.ended) };
            format!("closed on {}{why}", moment(project, at))
        }
    }
}

fn put_task(lines: &mut Lines, project: &Project, task: &Task, track: &TaskTrack) {
    let tracked = project.tracked(&task.id);
    let state = tracked.map_or(TaskState::Queued, |t| t.state);
    let done = if state == TaskState::Done { "[x]" } else { "[ ]" };
    let mut what = format!("{}: {} ({}) - {}", task.id, task.title, task.agent, task.duration);
    if !task.added.is_empty() {
        what.push_str(", added");
    }
    what.push_str(&format!(", {}", how(state, track)));
    lines.put(&format!("- {done} "), &what);
    let mut more = |lead: &str, texts: &[String]| {
        texts.iter().for_each(|text| lines.put("      ", &format!("{lead}{text}")));
    };
    more("blocked: ", &track.blockers);
    if let Some(tracked) = tracked {
        more("not done yet: ", &tracked.held);
        if state == TaskState::Failed && !tracked.why.is_empty() {
            more("why: ", std::slice::from_ref(&tracked.why));
        }
        if state == TaskState::Running && !tracked.note.is_empty() {
            more("says: ", std::slice::from_ref(&tracked.note));
        }
    }
}

/// How a task stands, in words.
fn how(state: TaskState, track: &TaskTrack) -> String {
    let took = track.took.map(hours).unwrap_or_default();
    let late = if track.late > 0 { format!(", {} late", hours(track.late)) } else { String::new() };
    match state {
        TaskState::Done if track.took.is_none() => "done".to_owned(),
        TaskState::Done => format!("took {took}{late}"),
        TaskState::Running => format!("runs for {took}, {}%{late}", track.percent),
        TaskState::Sent => "its brief is on the way".to_owned(),
        TaskState::Failed => "failed".to_owned(),
        TaskState::Skipped => "left out".to_owned(),
        TaskState::Queued => match track.waiting() {
            none if none.is_empty() => "can begin".to_owned(),
            first => format!("waits for {first}"),
        },
    }
}

fn estimate(project: &Project, t: &Tracking, now: i64) -> String {
    if project.stage != Stage::Running {
        return format!("ended on {}", moment(project, t.expected_end));
    }
    let left = t.expected_end.saturating_sub(now.max(project.started));
    let left = hours(project.hours_at(project.started.saturating_add(left)));
    let path = match t.path.as_slice() {
        [] => String::new(),
        path => format!("; longest chain: {}", path.join(" → ")),
    };
    format!("{left} remaining, {}{path}", moment(project, t.expected_end))
}

fn cost(project: &Project, t: &Tracking) -> Option<String> {
    let (spent, expected, terms) = (t.spent?, t.expected_cost?, &project.terms);
    let of = |amount| money(amount, &terms.currency);
    let budget = terms.budget.map_or("no budget was given".to_owned(), |b| format!("budget {}", of(b)));
    Some(format!("{} so far, {} expected, {budget}", of(spent), of(expected)))
}

/// What is in the way, and what waits for a person.
fn waiting(lines: &mut Lines, project: &Project, t: &Tracking) {
    let blocked: Vec<String> = project
        .blocked()
        .map(|b| {
            let since = dated(project, b.since);
            let about = if b.mitigation.is_empty() { "nothing is done about it" } else { &b.mitigation };
            format!("{}: {}, {} ({since}): {about}", b.id, b.task, b.text)
        })
        .collect();
    lines.list("Current blockers", &blocked);
    let asked = project.questions.iter().filter(|q| q.decided.is_empty());
    let asked = asked.map(|q| format!("{}: {} asks ({}): {}", q.id, q.by, dated(project, q.at), q.text));
    lines.list("Open questions", &asked.collect::<Vec<_>>());
    let raised = project.escalations.iter().filter(|e| e.settled.is_empty());
    let raised = raised.map(|e| {
        format!("{}: {} ({}): {}", e.id, e.cause.word(), dated(project, e.at), e.evidence.join("; "))
    });
    lines.list("Open escalations", &raised.collect::<Vec<_>>());
    let mut waits: Vec<String> = Vec::new();
    for task in t.tasks.iter().filter(|t| !t.waiting().is_empty()) {
        let agent = |id: &String| project.plan.task(id).map_or(id.clone(), |t| format!("{id} ({})", t.agent));
        let hands = task.after.iter().map(|a| format!("{a} (the same agent)"));
        let needs: Vec<String> = task.waits_for.iter().map(agent).chain(hands).collect();
        waits.push(format!("{} for {}", task.id, needs.join(", ")));
    }
    lines.list("Who waits for what", &waits);
}

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;

    use super::*;
    use crate::domain::record::Workflowed;
    use crate::domain::workflow::project::sample::{self, DAY, START};

    #[test]
    fn a_project_is_told_after_its_template() {
        assert_snapshot!("begun", text(&sample::begun(), START));
        assert_snapshot!("ninth_day", text(&sample::ninth_day(), START + 8 * DAY));
        assert_snapshot!("complete", text(&sample::complete(), START + 30 * DAY));
    }

    #[test]
    fn no_line_is_wider_than_a_small_terminal_whatever_is_said() {
        let mut p = sample::ninth_day();
        let long = format!("\u{1b}[31m{}", "word 日本語 ".repeat(40));
        let wide = "x".repeat(300);
        for text in [&long, &wide] {
            let (task, text) = ("cluster".to_owned(), text.clone());
            p.fold(&Workflowed::Blocked { task, text: text.clone(), mitigation: text.clone() }, START);
            p.fold(&Workflowed::Asked { by: "lead".into(), text: text.clone() }, START);
            p.fold(&Workflowed::Held { task: "cluster".into(), reasons: vec![text] }, START);
        }
        let text = text(&p, START + 8 * DAY);
        for line in text.lines() {
            assert!(unicode_width::UnicodeWidthStr::width(line) <= 80, "{line}");
            assert!(!line.contains('\u{1b}'));
        }
    }
}
