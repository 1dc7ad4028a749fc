//! The session at one moment, as text or as one JSON object.

use std::fmt::Write as _;

use serde::Serialize;

use crate::cli::args::Replay as Args;
use crate::cli::exit::{Exit, Fail};
use crate::cli::table::{WIDTH, wrapped};
use crate::cli::{out, place, status};
use crate::domain::chapter::{Chapter, Kind};
use crate::domain::id::AgentName;
use crate::domain::moment::{Moment, clock_text};
use crate::domain::near::did_you_mean;
use crate::domain::record::Record;
use crate::domain::signal::printable;
use crate::domain::state::AgentState;
use crate::domain::view::{Status, TrainView};
use crate::engine::state::Agent;
use crate::replay::Player;

/// What `--json` prints; described in `docs/json.md`.
#[derive(Serialize, Debug)]
struct Shown {
    answer: &'static str,
    us: u64,
    at: String,
    wall: Option<String>,
    length_us: u64,
    event: Option<Event>,
    events: usize,
    passed_over: PassedOver,
    chapter: Option<Begun>,
    status: Status,
    train: Option<TrainView>,
    screens: Vec<Shot>,
}

#[derive(Serialize, Debug)]
struct Event {
    seq: u64,
    us: u64,
    kind: String,
}

#[derive(Serialize, Debug)]
struct PassedOver {
    unknown: u64,
    damaged: u64,
}

#[derive(Serialize, Debug)]
struct Begun {
    kind: Kind,
    agent: Option<AgentName>,
    text: String,
    us: u64,
    seq: u64,
}

#[derive(Serialize, Debug)]
struct Shot {
    agent: AgentName,
    state: AgentState,
    rows: u16,
    cols: u16,
    title: String,
    cursor: Option<At>,
    lines: Vec<String>,
}

#[derive(Serialize, Debug)]
struct At {
    row: u16,
    col: u16,
}

/// Prints what is seen at that moment.
pub(super) fn run(args: &Args) -> anyhow::Result<Exit> {
    let mut player = Player::open(&place::recording(&args.dir)?)?;
    player.go(args.at.unwrap_or(Moment::End))?;
    let shown = shown(&player, args.agent.as_ref())?;
    if args.json {
        out::json(&shown)?
    } else {
        out::result(&text(&shown))?
    }
    Ok(Exit::Done)
}

fn shown(player: &Player, only: Option<&AgentName>) -> Result<Shown, Fail> {
    let state = player.state();
    let panes = state.agents.iter().filter(|a| only.is_none_or(|o| *o == a.name));
    let screens: Vec<Shot> = panes.map(shot).collect();
    if let (Some(name), true) = (only, screens.is_empty()) {
        let known: Vec<&str> = state.agents.iter().map(|a| a.name.as_str()).collect();
        let near = did_you_mean(name.as_str(), known.iter().copied());
        let known = known.join(", ");
        return Err(Fail::usage(format!("show the pane of {name}: the session has {known}{near}")));
    }
    let recording = player.recording();
    let (begin, end) = player.span();
    let last = player.line().checked_sub(1).and_then(|i| recording.lines().get(i));
    let since = |us: u64| us.saturating_sub(begin);
    let begun = recording.chapters().into_iter().rfind(|(place, _)| *place < player.line());
    let begun = begun.and_then(|(place, Chapter { kind, agent, text })| {
        let line = recording.lines().get(place)?;
        Some(Begun { kind, agent, text, us: since(line.time.mono), seq: line.seq })
    });
    // The wall clock is known at events: it goes on from the last one.
    let wall = last.map(|l| {
        let ms = player.now().saturating_sub(l.time.mono) / 1000;
        l.time.wall.saturating_add(i64::try_from(ms).unwrap_or(i64::MAX))
    });
    let wall = wall.and_then(|ms| jiff::Timestamp::from_millisecond(ms).ok());
    let (unknown, damaged) = recording.passed_over();
    Ok(Shown {
        answer: "moment",
        us: since(player.now()),
        at: clock_text(since(player.now())),
        wall: wall.map(|w| w.to_string()),
        length_us: end.saturating_sub(begin),
        event: last.map(|l| Event { seq: l.seq, us: since(l.time.mono), kind: kind(&l.record) }),
        events: recording.lines().len(),
        passed_over: PassedOver { unknown, damaged },
        chapter: begun,
        status: state.view_status(),
        train: state.train.as_ref().map(|t| state.view_train(t)),
        screens,
    })
}

/// The record's kind as the journal has it.
fn kind(record: &Record) -> String {
    let value = serde_json::to_value(record).unwrap_or_default();
    value.get("kind").and_then(|k| k.as_str()).unwrap_or_default().to_owned()
}

fn shot(agent: &Agent) -> Shot {
    let screen = &agent.pane.screen;
    let size = screen.size();
    Shot {
        agent: agent.name.clone(),
        state: agent.state(),
        rows: size.rows,
        cols: size.cols,
        title: printable(screen.title()),
        cursor: screen.cursor().map(|c| At { row: c.row, col: c.col }),
        lines: screen.text_rows(),
    }
}

/// The same for people: the state in lines of at most [`WIDTH`] columns, the screens as wide as they were.
fn text(s: &Shown) -> String {
    let mut text = String::new();
    let mut line = |line: String| {
        let _ = writeln!(text, "{}", wrapped(&printable(&line)));
    };
    let wall = s.wall.as_deref().map(|w| format!(" · {w}")).unwrap_or_default();
    line(format!("at    {} of {}{wall}", s.at, clock_text(s.length_us)));
    match &s.event {
        Some(e) => line(format!("event  #{} of {}: {} at {}", e.seq, s.events, e.kind, clock_text(e.us))),
        None => line(format!("event  none yet of {}", s.events)),
    }
    if let Some(c) = &s.chapter {
        line(format!("chapter  {} (#{} at {})", c.text, c.seq, clock_text(c.us)));
    }
    if s.passed_over.unknown + s.passed_over.damaged > 0 {
        let PassedOver { unknown, damaged } = s.passed_over;
        line(format!("passed over  {unknown} events of unknown kinds, {damaged} damaged lines"));
    }
    if let Some(train) = &s.train {
        let halt = train.halt.as_ref().map(|h| format!(": {h}")).unwrap_or_default();
        line(format!("train  {} onto {}{halt}", train.phase.word(), train.plan.target));
    }
    text.push('\n');
    text.push_str(&status::text(&as_of(s)));
    for shot in &s.screens {
        let title = if shot.title.is_empty() { String::new() } else { format!(" · {}", shot.title) };
        let head = format!("── {} {} · {}x{}{title} ", shot.agent, shot.state.word(), shot.cols, shot.rows);
        let fill = WIDTH.saturating_sub(head.chars().count());
        let _ = writeln!(text, "\n{}{}", printable(&head), "─".repeat(fill));
        let filled = shot.lines.iter().rposition(|l| !l.is_empty()).map_or(0, |i| i + 1);
        for row in shot.lines.iter().take(filled) {
            let _ = writeln!(text, "{}", printable(row));
        }
    }
    text
}

/// The status with runs as long as they were by then, not by now.
fn as_of(s: &Shown) -> Status {
    let mut status = s.status.clone();
    for run in &mut status.runs {
        run.progress.ended = run.progress.ended.take().or_else(|| s.wall.clone());
    }
    status
}

#[cfg(test)]
mod tests;
