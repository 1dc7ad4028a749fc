//! The time line of a session as numbers: one row an agent, a bar a state, a sign a chapter.

use serde::Serialize;

use super::super::chapter::Kind;
use super::super::state::AgentState;
use super::text::clock;
use super::{Mark, Report, length};

/// Where the plot begins and how wide it is; the page draws in these units.
const LEFT: f64 = 96.0;
const WIDTH: f64 = 888.0;
/// What one row takes, and its bar.
const ROW: f64 = 38.0;
const TOP: f64 = 24.0;
/// Narrower bars are part of the one before.
const LEAST: f64 = 0.5;
/// From here on a bar has its sign in it.
const SIGNED: f64 = 12.0;
/// Signs of one row are at least that far apart.
const APART: f64 = 7.0;
/// Rows, and signs of one row, at most.
const ROWS: usize = 64;
const MARKS: usize = 120;

/// The time line.
#[derive(Clone, Debug, Default, Serialize)]
pub(super) struct Chart {
    height: f64,
    left: f64,
    right: f64,
    rows: Vec<Row>,
    /// When nobody was there.
    away: Vec<Bar>,
    ticks: Vec<Tick>,
    /// The states that occur: word and sign.
    legend: Vec<(&'static str, &'static str)>,
}

#[derive(Clone, Debug, Serialize)]
struct Row {
    name: String,
    y: f64,
    bars: Vec<Bar>,
    marks: Vec<Sign>,
}

#[derive(Clone, Debug, Serialize)]
struct Bar {
    x: f64,
    w: f64,
    state: &'static str,
    sign: &'static str,
    title: String,
}

#[derive(Clone, Debug, Serialize)]
struct Sign {
    x: f64,
    kind: &'static str,
    sign: &'static str,
    title: String,
    seq: u64,
}

#[derive(Clone, Debug, Serialize)]
struct Tick {
    x: f64,
    label: String,
}

/// Draws the time line of a report.
pub(super) fn chart(report: &Report) -> Chart {
    let whole = report.session.end.ms.max(1);
    let x = |ms: u64| round(LEFT + WIDTH * share(ms, whole));
    let mut rows = Vec::new();
    let mut seen: Vec<AgentState> = Vec::new();
    for agent in report.agents.iter().take(ROWS) {
        let mut bars: Vec<Bar> = Vec::new();
        for (i, (from, state)) in agent.line.iter().enumerate() {
            let next = agent.line.get(i + 1).map_or(whole, |(at, _)| *at);
            let sitting = report.session.sittings.iter().rev().find(|(begin, _)| begin <= from);
            let to = next.min(sitting.map_or(next, |(_, end)| *end)).max(*from);
            let (left, right) = (x(*from), x(to));
            if !seen.contains(state) {
                seen.push(*state);
            }
            match bars.last_mut() {
                Some(last) if right - left < LEAST && right - last.x < last.w + LEAST => {
                    last.w = round(right - last.x);
                }
                _ => bars.push(Bar {
                    x: left,
                    w: round(right - left).max(LEAST),
                    state: state.word(),
                    sign: if right - left >= SIGNED { state.signs().0 } else { "" },
                    title: format!("{} {state} from {} for {}", agent.name, clock(*from), length(to - from)),
                }),
            }
        }
        let own = |m: &&Mark| m.chapter.agent.as_ref() == Some(&agent.name);
        let marks = signs(report.chapters.iter().filter(own), &x);
        rows.push(Row { name: agent.name.to_string(), y: top(rows.len()), bars, marks });
    }
    let whole_session = report.chapters.iter().filter(|m| m.chapter.agent.is_none());
    let marks = signs(whole_session, &x);
    if !marks.is_empty() {
        rows.push(Row { name: "target".into(), y: top(rows.len()), bars: Vec::new(), marks });
    }
    let pairs = report.session.sittings.windows(2);
    let away = pairs.filter_map(|pair| match pair {
        [(_, from), (to, _)] if to > from => Some(Bar {
            x: x(*from),
            w: round(x(*to) - x(*from)).max(LEAST),
            state: "away",
            sign: "",
            title: format!("not open from {} for {}", clock(*from), length(to - from)),
        }),
        _ => None,
    });
    let away = away.take(MARKS).collect();
    let ticks = (0..=8).map(|i| whole / 8 * i).map(|ms| Tick { x: x(ms), label: clock(ms) });
    let legend = AgentState::ALL.iter().filter(|s| seen.contains(s)).map(|s| (s.word(), s.signs().0));
    Chart {
        height: top(rows.len()) + 8.0,
        left: LEFT,
        right: LEFT + WIDTH,
        away,
        ticks: ticks.collect(),
        legend: legend.collect(),
        rows,
    }
}

/// The signs of a row: the weightiest first where there is no room for all.
fn signs<'a>(marks: impl Iterator<Item = &'a Mark>, x: &impl Fn(u64) -> f64) -> Vec<Sign> {
    let mut marks: Vec<&Mark> = marks.collect();
    marks.sort_by_key(|m| (m.chapter.kind.rank(), m.seq));
    let mut signs: Vec<Sign> = Vec::new();
    for mark in marks {
        let at = x(mark.at.ms);
        if signs.len() < MARKS && signs.iter().all(|s| (s.x - at).abs() >= APART) {
            let kind: Kind = mark.chapter.kind;
            let title = format!("{} {}", clock(mark.at.ms), mark.chapter.text);
            signs.push(Sign { x: at, kind: kind.word(), sign: kind.sign(), title, seq: mark.seq });
        }
    }
    signs.sort_by_key(|s| s.seq);
    signs
}

#[expect(clippy::cast_precision_loss, reason = "a place on a drawing")]
fn share(ms: u64, whole: u64) -> f64 {
    (ms as f64 / whole as f64).min(1.0)
}

#[expect(clippy::cast_precision_loss, reason = "few rows")]
fn top(row: usize) -> f64 {
    TOP + ROW * row as f64
}

fn round(x: f64) -> f64 {
    (x * 10.0).round() / 10.0
}
