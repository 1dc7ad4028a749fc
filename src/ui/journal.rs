//! The journal: what happened, with its times; of one agent or one kind, with a text in it; following what comes.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::style::Style;
use unicode_width::UnicodeWidthStr;

use super::actions::{Action, normal};
use super::keymap::{Act, Op};
use super::replay::{Asked, Entry};
use super::sheet::Sheet;
use super::text::{hint, wrap};
use super::theme::{BOLD, CHOSEN, DIM, clock, cut, pad, put};
use super::view::{Mode, View};
use crate::domain::id::AgentName;
use crate::domain::signal::printable;
use crate::engine::parts::{Kind, LogLine};
use crate::engine::state::State;

/// Most rows of the chosen line in full, where it does not fit its own.
const FULL: usize = 4;

/// What is seen of the journal.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(super) struct Lens {
    agent: Option<AgentName>,
    kind: Option<Kind>,
    pub query: String,
}

/// A line, by its number among all there ever were.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(super) struct Cursor {
    /// None: the last, also when more come.
    at: Option<u64>,
    /// The first that is seen, where it does not follow.
    top: u64,
}

impl Lens {
    fn is_all(&self) -> bool {
        *self == Self::default()
    }

    fn shows(&self, line: &LogLine) -> bool {
        // What is written in lower case finds upper case too.
        let folded = self.query.chars().all(|c| !c.is_uppercase());
        let has = || match folded {
            true => line.text.to_lowercase().contains(&self.query),
            false => line.text.contains(&self.query),
        };
        self.agent.as_ref().is_none_or(|a| line.agent.as_ref() == Some(a))
            && self.kind.is_none_or(|k| line.kind == k)
            && (self.query.is_empty() || has())
    }
}

/// The lines that are seen, each with its number.
fn found<'a>(state: &'a State, lens: &Lens) -> Vec<(u64, &'a LogLine)> {
    let first = state.logged.saturating_sub(state.log.len() as u64);
    (first..).zip(&state.log).filter(|(_, l)| lens.shows(l)).collect()
}

impl Cursor {
    /// The place of the cursor among the lines that are seen.
    fn place(self, all: &[(u64, &LogLine)]) -> usize {
        let last = all.len().saturating_sub(1);
        self.at.map_or(last, |at| all.iter().rposition(|(n, _)| *n <= at).unwrap_or(0))
    }

    pub fn agent(self, state: &State, view: &View) -> Option<AgentName> {
        let all = found(state, &view.lens);
        all.get(self.place(&all)).and_then(|(_, l)| l.agent.clone())
    }
}

/// Rows of lines, and the first that is seen.
fn window(all: &[(u64, &LogLine)], cursor: Cursor, height: usize) -> usize {
    let place = cursor.place(all);
    let end = all.len().saturating_sub(height);
    let top = match cursor.at {
        None => end,
        Some(_) => all.iter().position(|(n, _)| *n >= cursor.top).unwrap_or(end).min(end),
    };
    top.min(place).max((place + 1).saturating_sub(height))
}

/// Rows there are for lines: below the title, above the chosen line in full.
fn height(body: Rect) -> usize {
    let below = if usize::from(body.height) > FULL * 2 + 2 { FULL + 1 } else { 0 };
    usize::from(body.height).saturating_sub(1 + below)
}

pub(super) fn perform(state: &State, view: &mut View, cursor: Cursor, op: Op) -> Vec<Action> {
    let all = found(state, &view.lens);
    let rows = height(view.frame(state).body);
    let (place, last) = (cursor.place(&all), all.len().saturating_sub(1));
    let to = match op {
        Op::Up => place.saturating_sub(1),
        Op::Down => place + 1,
        Op::PageUp => place.saturating_sub(rows.max(1)),
        Op::PageDown => place + rows.max(1),
        Op::Top => 0,
        Op::Bottom => last,
        Op::Journal | Op::Close => {
            view.sheet = None;
            return Vec::new();
        }
        Op::Accept => {
            let agent = all.get(place).and_then(|(_, l)| l.agent.clone());
            match agent {
                Some(agent) => view.go_to(state, &agent),
                None => view.say("this line is about nobody in particular"),
            }
            return Vec::new();
        }
        Op::Act(act) => {
            let agent = all.get(place).and_then(|(_, l)| l.agent.clone());
            look(view, act, agent);
            return Vec::new();
        }
        other => return normal(state, view, other, None),
    };
    let to = to.min(last);
    let at = (to < last).then(|| all.get(to).map(|(n, _)| *n)).flatten();
    // What is seen stays where it is as long as the cursor is within.
    let top = all.get(window(&all, cursor, rows)).map_or(0, |(n, _)| *n);
    let moved = Cursor { at, top };
    let top = all.get(window(&all, moved, rows)).map_or(0, |(n, _)| *n);
    view.sheet = Some(Sheet::Journal(Cursor { at, top }));
    Vec::new()
}

/// Changes what is seen.
fn look(view: &mut View, act: Act, agent: Option<AgentName>) {
    let lens = &mut view.lens;
    match act {
        Act::OfAgent if lens.agent.is_some() => lens.agent = None,
        Act::OfAgent => match agent {
            Some(agent) => lens.agent = Some(agent),
            None => view.complain("this line is about nobody in particular"),
        },
        Act::OfKind | Act::KindBefore => {
            let all = Kind::ALL.len() + 1;
            let now = lens.kind.and_then(|k| Kind::ALL.iter().position(|a| *a == k)).map_or(0, |i| i + 1);
            let by = if act == Act::OfKind { 1 } else { all - 1 };
            lens.kind = ((now + by) % all).checked_sub(1).and_then(|i| Kind::ALL.get(i)).copied();
        }
        Act::AllLines => *lens = Lens::default(),
        Act::FindLines => {
            let mut entry = Entry::new(Asked::Lines);
            entry.insert(&lens.query);
            view.mode = Mode::Entry(Box::new(entry));
        }
        _ => {}
    }
}

/// The keys that matter now.
pub(super) fn keys(view: &View) -> Vec<(Op, Option<&'static str>)> {
    let of = |on: bool, word| if on { Some("all agents") } else { word };
    let mut keys = vec![
        (Op::Accept, None),
        (Op::Act(Act::FindLines), None),
        (Op::Act(Act::OfAgent), of(view.lens.agent.is_some(), None)),
        (Op::Act(Act::OfKind), None),
    ];
    if !view.lens.is_all() {
        keys.insert(0, (Op::Act(Act::AllLines), None));
    }
    keys.extend([(Op::Bottom, None), (Op::Close, None)]);
    keys
}

/// Puts the cursor there; where it is already, goes to the agent.
pub(super) fn click(state: &State, view: &mut View, cursor: Cursor, at: Position) -> Vec<Action> {
    let body = view.frame(state).body;
    let all = found(state, &view.lens);
    let rows = height(body);
    let first = window(&all, cursor, rows);
    let row = usize::from(at.y.saturating_sub(body.y + 1));
    if !body.contains(at) || at.y == body.y || row >= rows || first + row >= all.len() {
        return Vec::new();
    }
    if first + row == cursor.place(&all) {
        return perform(state, view, cursor, Op::Accept);
    }
    let top = all.get(first).map_or(0, |(n, _)| *n);
    view.sheet = Some(Sheet::Journal(Cursor { at: Some(all[first + row].0), top }));
    Vec::new()
}

pub(super) fn draw(buffer: &mut Buffer, state: &State, view: &View, cursor: Cursor, body: Rect) {
    if body.is_empty() {
        return;
    }
    let width = usize::from(body.width);
    let all = found(state, &view.lens);
    let text = title(state, &view.lens, cursor, all.len());
    put(buffer, body.x + 1, body.y, cut(&text, width.saturating_sub(2)), width, BOLD);
    if all.is_empty() {
        let text = match state.log.is_empty() {
            true => hint(view, "nothing has happened yet; ‹run› chooses a plan to run"),
            false => hint(view, "no line is like that; ‹all-lines› shows all again"),
        };
        for (row, y) in wrap(&text, width.saturating_sub(2)).iter().zip(body.y + 1..body.bottom()) {
            put(buffer, body.x + 1, y, row, width, DIM);
        }
        return;
    }
    let rows = height(body);
    let place = cursor.place(&all);
    let first = window(&all, cursor, rows);
    for (i, y) in (first..all.len()).zip(body.y + 1..body.bottom()).take(rows) {
        let line = all[i].1;
        let who = line.agent.as_ref().map_or("", |a| a.as_str());
        let names = if width < 40 { 5 } else { 12 };
        let lead = format!(" {} {} ", clock(line.at.wall, view.look), pad(who, names));
        put(buffer, body.x, y, &lead, width, DIM);
        let x = body.x + u16::try_from(lead.width()).unwrap_or(0);
        let room = width.saturating_sub(lead.width() + 1);
        put(buffer, x, y, cut(&line.text, room), room, Style::new());
        if i == place {
            buffer.set_style(Rect { y, height: 1, width: body.width.min(20), ..body }, CHOSEN);
        }
    }
    let below = Rect { y: body.y + 1 + u16::try_from(rows).unwrap_or(0), ..body };
    if below.y < body.bottom() {
        put(buffer, below.x, below.y, "─".repeat(width), width, DIM);
        let full = wrap(&all[place].1.text, width.saturating_sub(2));
        for (row, y) in full.iter().take(FULL).zip(below.y + 1..body.bottom()) {
            put(buffer, below.x + 1, y, row, width, Style::new());
        }
    }
}

/// What is seen, and how much of all there is.
fn title(state: &State, lens: &Lens, cursor: Cursor, seen: usize) -> String {
    let mut parts = vec!["journal".to_owned()];
    parts.extend(lens.agent.as_ref().map(ToString::to_string));
    parts.extend(lens.kind.map(|k| k.word().to_owned()));
    if !lens.query.is_empty() {
        parts.push(format!("with “{}”", lens.query));
    }
    let all = state.log.len();
    parts.push(if seen == all { format!("{all} lines") } else { format!("{seen} of {all} lines") });
    let gone = state.logged.saturating_sub(all as u64);
    if gone > 0 {
        parts.push(format!("{gone} older ones are in the record"));
    }
    if cursor.at.is_none() {
        parts.push("follows".to_owned());
    }
    printable(&parts.join(" · "))
}
