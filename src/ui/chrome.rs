//! The lines at the top and at the foot.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::style::Style;
use ratatui::text::{Line, Span};
use unicode_width::UnicodeWidthStr;

use super::foot::{self, Piece};
use super::keymap::{Op, When, key_name};
use super::layout::{Told, Top};
use super::receipts;
use super::theme::{BOLD, CAUTION, CHOSEN, DIM, KEY, MESSAGE, NARRATION, TROUBLE, TYPING, bar, cut, put};
use super::view::{Mode, View};
use crate::domain::command::Order;
use crate::domain::id::ORCHESTRATOR;
use crate::domain::profile::Profile;
use crate::domain::record::Recording;
use crate::domain::signal::printable;
use crate::domain::state::TaskState;
use crate::engine::parts::{Run, TrainPhase};
use crate::engine::state::State;

/// Fewest columns in which what became of prompts says anything.
const SHORTEST: usize = 16;

/// What can be done in the orchestrator's shell: as much as there is room for.
const COMMANDS: [&str; 3] = [
    "a shell with all of the session: orchestra status · send · run · review · suggest · merge; agents: orchestra mcp",
    "orchestra status · send · run · review · suggest · merge",
    "orchestra send · run · merge …",
];

/// The same where there is nothing to review or merge.
const PLAIN_COMMANDS: [&str; 3] = [
    "a shell with all of the session: orchestra status · send · ask · wait · run · explain; agents: orchestra mcp",
    "orchestra status · send · ask · wait · run",
    "orchestra send · ask · run …",
];

pub(super) fn draw_top(buffer: &mut Buffer, view: &View, area: Rect, top: &Top) {
    put(buffer, area.x, area.y, printable(&top.session), usize::from(area.width), DIM);
    if top.session.trim_start().starts_with("orchestra") {
        put(buffer, area.x + 1, area.y, "orchestra", usize::from(area.width), BOLD);
    }
    for (i, (place, text)) in top.tabs.iter().enumerate() {
        let style = if i == view.tab { CHOSEN } else { Style::new() };
        put(buffer, place.x, place.y, printable(text), usize::from(place.width), style);
    }
    for bit in &top.right {
        let style = match bit.what {
            Told::Need => CAUTION,
            Told::Page | Told::ReadOnly => BOLD,
            Told::Company | Told::Clock => Style::new(),
        };
        put(buffer, bit.area.x, bit.area.y, &bit.text, usize::from(bit.area.width), style);
    }
}

/// The line above the foot: what is not recorded, else what is told to everybody, else what is offered; may be empty.
pub(super) fn narrated(state: &State, view: &View) -> String {
    if !state.unrecorded.is_empty() {
        let lines: Vec<String> = state.unrecorded.iter().map(Recording::line).collect();
        return format!("NOT RECORDED: {}", lines.join(" · "));
    }
    match &state.offer {
        Some(offer) if state.narration.is_empty() => {
            let key = view.key(Op::TakeOffer);
            format!("{}: {key} sends the orchestrator the prompt {}", offer.why, offer.prompt)
        }
        _ if !state.narration.is_empty() => state.narration.clone(),
        _ => super::queries::waiting(state, view),
    }
}

pub(super) fn draw_narration(buffer: &mut Buffer, state: &State, view: &View, area: Rect) {
    if area.is_empty() {
        return;
    }
    let text = cut(&format!(" ▸ {}", printable(&narrated(state, view))), usize::from(area.width));
    put(buffer, area.x, area.y, text, usize::from(area.width), NARRATION);
}

/// What is going on at the left, what the keys do now at the right.
pub(super) fn draw_foot(buffer: &mut Buffer, state: &State, view: &View, area: Rect) {
    let width = usize::from(area.width);
    if let Some(message) = &view.message {
        let style = if message.good { MESSAGE } else { TROUBLE };
        let sign = if message.good { "" } else { "! " };
        let keys = if matches!(view.mode, Mode::Typing) { typing(state, view) } else { Line::default() };
        let room = width.saturating_sub(keys.width());
        put(buffer, area.x, area.y, cut(&format!(" {sign}{}", printable(&message.text)), room), room, style);
        foot::draw_right(buffer, area, keys);
        return;
    }
    if let Mode::Copy(copy) = &view.mode {
        return super::copy::draw_foot(buffer, view, copy, area);
    }
    if matches!(view.mode, Mode::Typing) && view.begun.is_none() {
        let line = typing(state, view);
        buffer.set_line(area.x, area.y, &line, area.width);
        let room = width.saturating_sub(line.width() + 3);
        let right = receipts::strip(state, view).map(|(text, style)| (cut(&text, room), style));
        if let Some((text, style)) = right.or_else(|| commands(state, view, room).map(|t| (t.into(), DIM))) {
            foot::draw_right(buffer, area, Line::from(Span::styled(format!("{text} "), style)));
        }
        return;
    }
    let (text, pieces) = parts(state, view, width);
    let followed = receipts::strip(state, view).filter(|_| view.begun.is_none());
    let style = followed.map_or(Style::new(), |(_, style)| style);
    put(buffer, area.x, area.y, format!(" {text}"), width, style);
    if !pieces.is_empty() {
        foot::draw_right(buffer, area, foot::line(pieces));
    }
}

/// What is going on, and the keys that fit beside it.
fn parts(state: &State, view: &View, width: usize) -> (String, Vec<Piece>) {
    if let Some(begun) = view.begun {
        let text = format!("{} …", key_name(begun));
        let room = width.saturating_sub(text.width() + 3);
        return (text, foot::following(view, begun, room));
    }
    let followed = receipts::strip(state, view).map(|(text, _)| text);
    let fitting = |most: usize| {
        if let Some(text) = &followed {
            return Some(cut(text, most.saturating_sub(3))).filter(|_| most >= SHORTEST);
        }
        let (long, short, gates) =
            (status(state, view, true), status(state, view, false), super::gating::line(state));
        // What takes long is told first.
        let all = [format!("{long} · {gates}"), format!("{short} · {gates}"), gates.clone(), long, short];
        let all = all.into_iter().skip(if gates.is_empty() { 3 } else { 0 });
        all.into_iter().find(|t| t.width() + 3 <= most)
    };
    if view.sheet.is_some() || view.deck.is_some() {
        // The keys of a sheet, or of a recording, are its own: they go first.
        let open = !matches!(view.mode, Mode::Normal);
        let keys = || if open { Vec::new() } else { foot::pieces(state, view, width) };
        let used: usize = foot::line(keys()).width();
        return (fitting(width.saturating_sub(used)).unwrap_or_default(), keys());
    }
    // The keys get at least half of the line.
    let most = if followed.is_some() { width * 2 / 3 } else { width / 2 };
    let text = fitting(most).unwrap_or_default();
    let room = width.saturating_sub(text.width() + 3);
    let pieces = if matches!(view.mode, Mode::Normal) { foot::pieces(state, view, room) } else { Vec::new() };
    (text, pieces)
}

/// What a click at that place of the foot does.
pub(super) fn foot_at(state: &State, view: &View, area: Rect, at: Position) -> Option<(When, Op)> {
    if view.message.is_some() {
        return None;
    }
    foot::at(parts(state, view, usize::from(area.width)).1, area, at)
}

/// What the orchestrator's shell is for, as far as it fits, while one types into it.
fn commands(state: &State, view: &View, room: usize) -> Option<&'static str> {
    let config = &state.config;
    let shell = config.orchestrator.is_empty() || config.conductor().is_some_and(Profile::is_shell);
    let here = shell && view.focused(state).is_some_and(|name| name.as_str() == ORCHESTRATOR);
    let all = if config.worktrees { COMMANDS } else { PLAIN_COMMANDS };
    all.into_iter().find(|text| here && text.width() <= room)
}

fn typing(state: &State, view: &View) -> Line<'static> {
    let name = view.focused(state).map_or(String::new(), |n| n.to_string());
    let key = view.keys.key(When::Typing, Op::LeaveTyping);
    let paste = view.pasting.as_ref().map_or(String::new(), |p| format!("· {} ", p.text()));
    Line::from(vec![
        Span::styled(format!(" typing into {name} "), TYPING),
        Span::raw(paste),
        Span::raw("· "),
        Span::styled(key, KEY),
        Span::raw(" leaves "),
    ])
}

/// What is going on.
fn status(state: &State, view: &View, long: bool) -> String {
    let train = state.train.as_ref().map(|t| match t.phase {
        TrainPhase::Building => "merge: building".to_owned(),
        TrainPhase::Gating => "merge: gates run on the result".into(),
        TrainPhase::Applying => "merge: moving the target".into(),
        TrainPhase::Applied => format!("{} has all {} merges", t.plan.target, t.plan.steps.len()),
        TrainPhase::Halted if long => format!("merge halted: {}", t.why()),
        TrainPhase::Halted => "merge halted".into(),
        TrainPhase::Undoing => "merge: taking the target back".into(),
        TrainPhase::Planned | TrainPhase::Dropped | TrainPhase::Undone => {
            format!("merge {}", t.phase)
        }
    });
    let text = match (state.running(), train, state.runs.last()) {
        _ if state.closing => "ending: agents are being stopped".into(),
        (Some(run), _, _) => progress(run, view, long),
        (None, Some(train), _) => train,
        (None, None, Some(run)) => {
            let done = run.tasks.iter().filter(|t| t.state == TaskState::Done).count();
            format!("{} ended · {done}/{} done", run.plan, run.tasks.len())
        }
        (None, None, None) => "no plan runs".into(),
    };
    printable(&text)
}

fn progress(run: &Run, view: &View, long: bool) -> String {
    let ended = run.tasks.iter().filter(|t| t.state.ended()).count();
    let open = run.tasks.iter().filter(|t| !t.state.ended());
    let now = open.map(|t| t.bound.stage).min().unwrap_or(0);
    let stages = run.tasks.iter().map(|t| t.bound.stage + 1).max().unwrap_or(1);
    let all = run.tasks.len();
    if let Some(open) = run.gating.as_ref().filter(|o| !o.is_empty()) {
        let place = if long { format!(" on {} branches", open.len()) } else { String::new() };
        return format!("{} {ended}/{all} · gates run{place}", run.plan);
    }
    let stage = match (run.order, long) {
        (Order::Broadcast, _) => String::new(),
        (Order::Staged, true) => format!("· stage {} of {stages} ", now + 1),
        (Order::Staged, false) => format!("{}/{stages} ", now + 1),
    };
    if !long {
        let paused = if run.paused { " paused" } else { "" };
        return format!("{} {stage}{ended}/{all}{paused}", run.plan);
    }
    let waits = |t: &&crate::engine::parts::RunTask| matches!(t.state, TaskState::Running | TaskState::Sent);
    let names: Vec<&str> = run.tasks.iter().filter(waits).map(|t| t.bound.agent.as_str()).collect();
    let waiting = match names.len() {
        _ if run.paused => format!(" · paused, {} goes on", view.key(Op::Pause)),
        0 => String::new(),
        1..=4 => format!(" · waiting for {}", names.join(", ")),
        n => format!(" · waiting for {n}"),
    };
    format!("{} {stage}{} {ended}/{all}{waiting}", run.plan, bar(ended, all, 8))
}
