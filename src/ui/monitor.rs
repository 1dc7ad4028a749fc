//! The Monitor: one row an agent, and what happened lately.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::style::Style;

use super::answer::gates;
use super::gating;
use super::keymap::Op;
use super::rail::queued_stage;
use super::table::{Column, Side, Table};
use super::text::hint;
use super::theme::{BOLD, CHOSEN, DIM, Look, clock, cut, icon, of_state, put};
use super::view::View;
use crate::domain::signal::printable;
use crate::domain::state::Outcome;
use crate::engine::state::{Agent, State};

/// Rows of the table at most (with its head) and where it begins in the team.
struct Part {
    rows: u16,
    first: usize,
}

fn table(state: &State, view: &View, body: Rect) -> Part {
    let all = u16::try_from(state.team().count() + 1).unwrap_or(u16::MAX);
    let rows = all.min(body.height.saturating_sub(4).max(body.height / 2));
    let shown = usize::from(rows.saturating_sub(1));
    // In pages, the last one full: rows stand still while the cursor moves among them.
    let first = view.choice(state) / shown.max(1) * shown;
    Part { rows, first: first.min((usize::from(all) - 1).saturating_sub(shown)) }
}

/// How many agents are seen at a time.
pub(super) fn shown(state: &State, view: &View) -> usize {
    usize::from(table(state, view, view.frame(state).body).rows.saturating_sub(1))
}

/// The agents that are seen, counted from 1, and how many there are, where that is not all of them.
pub(super) fn part(state: &State, view: &View) -> Option<(usize, usize, usize)> {
    let table = table(state, view, view.frame(state).body);
    let (shown, all) = (usize::from(table.rows.saturating_sub(1)), state.team().count());
    (shown < all).then(|| (table.first + 1, (table.first + shown).min(all), all))
}

/// The row of the team at a place of the screen.
pub(super) fn row_at(state: &State, view: &View, at: Position) -> Option<usize> {
    let body = view.frame(state).body;
    let table = table(state, view, body);
    let row = at.y.checked_sub(body.y + 1)?;
    let place = (row + 1 < table.rows).then(|| table.first + usize::from(row))?;
    (place < state.team().count()).then_some(place)
}

const COLUMNS: [Column; 12] = [
    Column { title: "agent", width: 8, side: Side::Left, text: |_, a, _| a.name.to_string(), order: 0 },
    Column { title: "state", width: 12, side: Side::Left, text: |_, a, l| word(a, l), order: 0 },
    Column { title: "role", width: 22, side: Side::Left, text: |_, a, _| role(a), order: 1 },
    Column { title: "stage", width: 5, side: Side::Right, text: |s, a, _| stage(s, a), order: 7 },
    Column { title: "branch", width: 14, side: Side::Left, text: |_, a, _| branch(a), order: 2 },
    Column { title: "ahead", width: 5, side: Side::Right, text: |_, a, _| ahead(a), order: 4 },
    Column { title: "tree", width: 5, side: Side::Left, text: |_, a, _| tree(a), order: 3 },
    Column { title: "gate", width: 14, side: Side::Left, text: |s, a, _| gate(s, a), order: 5 },
    Column { title: "prompts", width: 9, side: Side::Right, text: |_, a, _| prompts(a), order: 6 },
    Column { title: "tokens", width: 6, side: Side::Right, text: |_, a, _| tokens(a), order: 8 },
    Column { title: "last", width: 5, side: Side::Right, text: |_, a, look| last(a, look), order: 0 },
    Column { title: "works on", width: 30, side: Side::Left, text: |_, a, _| a.task.clone(), order: 9 },
];

/// The columns that are left out where there are no branches.
const OF_BRANCHES: [&str; 4] = ["branch", "ahead", "tree", "gate"];

pub(super) fn draw(buffer: &mut Buffer, state: &State, view: &View, body: Rect) {
    let table = table(state, view, body);
    if body.height == 0 {
        return;
    }
    let wanted = |c: &Column| state.config.worktrees || !OF_BRANCHES.contains(&c.title);
    let columns = Table::fitting(&COLUMNS, usize::from(body.width), wanted);
    columns.head(buffer, Rect { height: 1, ..body });
    let shown = usize::from(table.rows.saturating_sub(1));
    let agents = state.team().enumerate().skip(table.first).take(shown);
    for ((i, agent), y) in agents.zip(body.y + 1..) {
        let row = Rect { x: body.x, y, width: body.width, height: 1 };
        columns.row(buffer, row, state, agent, view.look);
        put(buffer, row.x, y, super::rail::mark(view, agent, " "), 1, BOLD);
        // The state's colour is on agent and state, which come first.
        buffer.set_style(Rect { width: body.width.min(22), ..row }, of_state(agent.state()));
        if i == view.choice(state) {
            buffer.set_style(row, CHOSEN);
        }
    }
    let below = body.y + table.rows + 1;
    let mut rest =
        Rect { x: body.x, y: below, width: body.width, height: body.bottom().saturating_sub(below) };
    // What happened keeps its line and the latest two.
    let run = super::progress::height(state).min(rest.height.saturating_sub(3));
    super::progress::draw(buffer, state, view.look, Rect { height: run, ..rest });
    rest = Rect { y: rest.y + run, height: rest.height - run, ..rest };
    happened(buffer, state, view, rest);
}

fn happened(buffer: &mut Buffer, state: &State, view: &View, area: Rect) {
    if area.height < 2 {
        return;
    }
    let width = usize::from(area.width);
    let rule = format!("─ what happened {}", "─".repeat(width));
    put(buffer, area.x, area.y, rule, width, DIM);
    let room = usize::from(area.height - 1);
    if state.log.is_empty() {
        put(
            buffer,
            area.x,
            area.y + 1,
            hint(view, " nothing yet: ‹run› chooses a plan to run, ‹broadcast› writes a prompt"),
            width,
            DIM,
        );
    }
    let from = state.log.len().saturating_sub(room);
    for (l, y) in state.log.iter().skip(from).zip(area.y + 1..) {
        let who = l.agent.as_ref().map_or("", |a| a.as_str());
        let text = format!(" {} {who:<8} {}", clock(l.at.wall, view.look), printable(&l.text));
        put(buffer, area.x, y, cut(&text, width), width, Style::new());
    }
    if !state.log.is_empty() && state.log.len() > room {
        let hint = format!(" {} of {}: {} shows all ", room, state.log.len(), view.key(Op::Journal));
        let x = area.right().saturating_sub(u16::try_from(hint.len() + 2).unwrap_or(0));
        put(buffer, x, area.y, hint, width, BOLD);
    }
}

fn word(agent: &Agent, look: Look) -> String {
    if let Some(until) = agent.limited_until() {
        return format!("{} till {}", icon(agent.state()), clock(until, look));
    }
    // A star: somebody laid it down.
    let pinned = if agent.pin.is_some() { "*" } else { "" };
    format!("{} {}{pinned}", icon(agent.state()), agent.state())
}

fn role(agent: &Agent) -> String {
    agent.spec.as_ref().map(|s| s.role.clone()).unwrap_or_default()
}

fn stage(state: &State, agent: &Agent) -> String {
    let of_run = |tasks: &[crate::engine::parts::RunTask]| {
        tasks.iter().filter(|t| t.bound.agent == agent.name).map(|t| t.bound.stage + 1).next_back()
    };
    let stage = queued_stage(state, agent).or_else(|| state.running().and_then(|r| of_run(&r.tasks)));
    stage.map_or("–".into(), |s| s.to_string())
}

fn branch(agent: &Agent) -> String {
    agent.spec.as_ref().map(|s| s.branch.clone()).unwrap_or_default()
}

fn ahead(agent: &Agent) -> String {
    agent.facts.as_ref().map_or("–".into(), |f| f.ahead.to_string())
}

fn tokens(agent: &Agent) -> String {
    agent.usage.as_ref().map_or("–".into(), crate::domain::usage::Usage::short)
}

fn tree(agent: &Agent) -> String {
    agent.facts.as_ref().map_or("–", |f| if f.clean() { "clean" } else { "dirty" }).into()
}

/// The gate that runs on it, else those known of the branch's tip.
fn gate(state: &State, agent: &Agent) -> String {
    if let Some(job) = gating::of_agent(state, &agent.name) {
        return gating::short(job, state.now);
    }
    let Some(facts) = &agent.facts else { return "–".into() };
    let now: Vec<_> = agent.gates.iter().filter(|g| g.oid == facts.head).cloned().collect();
    gates(&now)
}

fn prompts(agent: &Agent) -> String {
    match agent.receipts.last().map(|r| r.outcome) {
        Some(outcome) if outcome != Outcome::Submitted => format!("{} {}", agent.sent, outcome.word()),
        _ => agent.sent.to_string(),
    }
}

fn last(agent: &Agent, look: Look) -> String {
    agent.pane.last_output.map_or("–".into(), |t| clock(t.wall, look))
}
