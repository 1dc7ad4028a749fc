//! The facts of each branch.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::super::answer::gates;
use super::super::gating;
use super::super::table::{Column, Side, Table};
use super::super::theme::{BOLD, Look, of_state};
use super::{Cursor, HERE, mark};
use crate::domain::review::{BranchFacts, Concern, GateStatus, Review, Severity};
use crate::engine::state::{Agent, State};

const GATES: usize = 14;

const COLUMNS: [Column; 9] = [
    Column { title: "agent", width: 8, side: Side::Left, text: |_, a, l| sign(a, l), order: 0 },
    Column { title: "commits", width: 7, side: Side::Left, text: |s, a, _| commits(s, a), order: 1 },
    Column { title: "tree", width: 5, side: Side::Left, text: |s, a, _| tree(s, a), order: 2 },
    Column { title: "message", width: 12, side: Side::Left, text: |s, a, _| message(s, a), order: 5 },
    Column { title: "gates", width: GATES, side: Side::Left, text: |s, a, _| gate(s, a), order: 3 },
    Column { title: "look at", width: 8, side: Side::Left, text: |s, a, _| concerns(s, a), order: 4 },
    Column { title: "files", width: 5, side: Side::Right, text: |s, a, _| files(s, a), order: 6 },
    Column { title: "lines", width: 12, side: Side::Left, text: |s, a, _| lines(s, a), order: 8 },
    Column { title: "overlaps", width: 18, side: Side::Left, text: |s, a, _| overlaps(s, a), order: 7 },
];

pub(super) fn draw(buffer: &mut Buffer, state: &State, look: Look, cursor: Cursor, area: Rect, first: usize) {
    if area.is_empty() {
        return;
    }
    let table = Table::fitting(&COLUMNS, usize::from(area.width), |_| true);
    table.head(buffer, Rect { height: 1, ..area });
    let rows = state.team().enumerate().skip(first);
    for ((i, agent), y) in rows.zip(area.y + 1..area.bottom()) {
        let row = Rect { y, height: 1, ..area };
        table.row(buffer, row, state, agent, look);
        let name = Rect { width: area.width.min(9), ..row };
        buffer.set_style(name, of_state(agent.state()));
        match (i == cursor.row, cursor.column) {
            (true, 0) => mark(buffer, row, HERE),
            (true, _) => mark(buffer, name, BOLD),
            _ => {}
        }
    }
}

/// What git said of an agent's branch, where it was asked.
pub(super) fn review<'a>(state: &'a State, agent: &Agent) -> Option<&'a Review> {
    state.reviews.iter().find(|r| r.agent == agent.name)
}

/// The latest facts: those of the review, unless the branch was looked at since.
pub(super) fn facts<'a>(state: &'a State, agent: &'a Agent) -> Option<&'a BranchFacts> {
    agent.facts.as_ref().or_else(|| review(state, agent).map(|r| &r.facts))
}

/// Whether the branch has moved since the review.
pub(super) fn moved(state: &State, agent: &Agent) -> bool {
    match (review(state, agent), &agent.facts) {
        (Some(review), Some(facts)) => review.facts.head != facts.head,
        _ => false,
    }
}

fn sign(agent: &Agent, look: Look) -> String {
    let out = if agent.left_out { "-" } else { "" };
    format!("{} {out}{}", look.sign(agent.state()), agent.name)
}

fn commits(state: &State, agent: &Agent) -> String {
    match facts(state, agent).map(|f| f.ahead) {
        None => "–".into(),
        Some(0) => "0".into(),
        Some(1) => "1 ✔".into(),
        Some(n) => format!("{n} ✘"),
    }
}

fn tree(state: &State, agent: &Agent) -> String {
    match facts(state, agent) {
        None => "–".into(),
        Some(f) if f.clean() => "clean".into(),
        Some(f) => format!("±{}", f.changed.len() + f.untracked.len()),
    }
}

fn message(state: &State, agent: &Agent) -> String {
    let Some(review) = review(state, agent) else { return "–".into() };
    if moved(state, agent) {
        return "moved since".into();
    }
    if review.facts.ahead == 0 {
        return "–".into();
    }
    let of = |s: Severity| review.concerns.iter().find(move |c| c.check == "message" && c.severity == s);
    match (of(Severity::Error), of(Severity::Warning), of(Severity::Unknown)) {
        (Some(c), _, _) => format!("✘ {}", brief(&c.text)),
        (_, Some(c), _) => format!("▲ {}", brief(&c.text)),
        (_, _, Some(_)) => "?".into(),
        // Nobody judges it.
        _ if state.convention_of(&agent.name).is_none() => "–".into(),
        _ => "✔".into(),
    }
}

/// What a message lacks, without by which convention.
fn brief(text: &str) -> String {
    text.rsplit_once(" lacks ").map_or_else(|| text.to_owned(), |(_, what)| format!("no {what}"))
}

/// The gate that runs, else those at the branch's tip: all of them where they fit, else those that are not green and how many are.
fn gate(state: &State, agent: &Agent) -> String {
    if let Some(job) = gating::of_agent(state, &agent.name) {
        return gating::short(job, state.now);
    }
    let Some(facts) = facts(state, agent) else { return "–".into() };
    let now: Vec<_> = agent.gates.iter().filter(|g| g.oid == facts.head).cloned().collect();
    let all = gates(&now);
    if all.chars().count() <= GATES {
        return all;
    }
    let (green, other): (Vec<_>, Vec<_>) = now.into_iter().partition(|g| g.status == GateStatus::Green);
    match (green.len(), other.len()) {
        (n, 0) => format!("{n} gates ✔"),
        (0, _) => gates(&other),
        (n, _) => format!("{} {n}✔", gates(&other)),
    }
}

fn concerns(state: &State, agent: &Agent) -> String {
    let Some(review) = review(state, agent) else { return "–".into() };
    let of = |s: Severity| review.concerns.iter().filter(move |c: &&Concern| c.severity == s).count();
    let signs = [(Severity::Error, "✘"), (Severity::Warning, "▲"), (Severity::Unknown, "?")];
    let some = signs.iter().map(|(s, sign)| (of(*s), sign)).filter(|(n, _)| *n > 0);
    let text: Vec<String> = some.map(|(n, sign)| format!("{n}{sign}")).collect();
    if text.is_empty() { "–".into() } else { text.join(" ") }
}

fn files(state: &State, agent: &Agent) -> String {
    review(state, agent).map_or("–".into(), |r| r.files.len().to_string())
}

fn lines(state: &State, agent: &Agent) -> String {
    review(state, agent).map_or("–".into(), |r| {
        let sum = |of: fn(&crate::domain::review::FileChange) -> u32| {
            r.files.iter().map(|f| u64::from(of(f))).sum::<u64>()
        };
        format!("+{} −{}", sum(|f| f.added), sum(|f| f.removed))
    })
}

/// Where others touch the same files: their folder, where it is one.
fn overlaps(state: &State, agent: &Agent) -> String {
    let Some(review) = review(state, agent) else { return "–".into() };
    let folder = |path: &str| path.rsplit_once('/').map_or(String::new(), |(folder, _)| format!("{folder}/"));
    match review.overlaps.as_slice() {
        [] => "–".into(),
        [one] => one.path.clone(),
        [one, more @ ..] => {
            let here = folder(&one.path);
            let same = !here.is_empty() && more.iter().all(|o| folder(&o.path) == here);
            if same {
                format!("{here} ×{}", more.len() + 1)
            } else {
                format!("{} +{}", one.path, more.len())
            }
        }
    }
}
