//! Keys, clicks and answers of the diff view.

use std::sync::Arc;

use ratatui::layout::Position;

use super::super::actions::{Action, normal};
use super::super::composer::Composer;
use super::super::keymap::{Op, Read};
use super::super::replay::{Asked, Entry};
use super::super::sheet::Sheet;
use super::super::view::{Mode, View};
use super::quote::quote;
use super::rows::{Row, changes};
use super::{Cursor, Hit, Part, Reading, SHIFT, hit, places};
use crate::domain::command::Command;
use crate::domain::diff::BranchDiff;
use crate::domain::id::AgentName;
use crate::engine::state::State;

/// Opens the branch of an agent of the team.
pub(in crate::ui) fn open(state: &State, view: &mut View, agent: &AgentName) -> Vec<Action> {
    let Some(place) = state.team().position(|a| a.name == *agent) else {
        view.complain(format!("{agent} has no branch: it is not of the team"));
        return vec![Action::Beep];
    };
    view.reading = Some(Box::new(Reading::new(agent.clone(), view.sheet)));
    view.sheet = Some(Sheet::Diff(Cursor(place)));
    vec![ask(agent, false, None)]
}

fn ask(agent: &AgentName, open: bool, path: Option<String>) -> Action {
    Action::Do(Command::Diff { agent: agent.clone(), open, path })
}

/// Git has answered.
pub(in crate::ui) fn answered(view: &mut View, diff: &BranchDiff) {
    let cols = view.cols;
    let Some(reading) = view.reading.as_deref_mut().filter(|r| r.agent == diff.agent) else { return };
    reading.trouble.clear();
    let known = reading.diff.take();
    let path = known.as_ref().and_then(|d| d.files.get(reading.file)).map(|f| f.path.clone());
    let same =
        known.as_ref().is_some_and(|d| (&d.base, &d.head, d.open) == (&diff.base, &diff.head, diff.open));
    let mut now = diff.clone();
    if let (Some(known), true) = (known, same) {
        // Of a file that was asked for alone, with what is known of the others.
        now.take(Arc::unwrap_or_clone(known));
    }
    // The same file, where there is one.
    let place = path.and_then(|path| now.files.iter().position(|f| f.path == path));
    let stays = place.is_some();
    reading.file = place.unwrap_or(0);
    reading.diff = Some(Arc::new(now));
    let rows = reading.rows(cols);
    let blank = reading.at == 0;
    reading.at = reading.at.min(rows.len().saturating_sub(1));
    if !stays || blank {
        first_change(reading, &rows);
    }
}

/// Something could not be done; perhaps what is waited for here.
pub(in crate::ui) fn failed(view: &mut View, why: &str) {
    if let Some(reading) = view.reading.as_deref_mut().filter(|r| r.diff.is_none()) {
        reading.trouble = why.to_owned();
    }
}

pub(in crate::ui) fn perform(state: &State, view: &mut View, op: Op) -> Vec<Action> {
    let body = view.frame(state).body;
    let cols = view.cols;
    let Some(reading) = view.reading.as_deref_mut() else {
        view.sheet = None;
        return Vec::new();
    };
    let rows = reading.rows(cols);
    let last = rows.len().saturating_sub(1);
    let height = usize::from(places(reading, body).lines.height).max(1);
    let page = isize::try_from(height.saturating_sub(1)).unwrap_or(1).max(1);
    let files = reading.diff.as_ref().map_or(0, |d| d.files.len());
    let mut asked = Vec::new();
    match (op, reading.part) {
        (Op::Close, _) => {
            if reading.anchor.take().is_some() {
                return Vec::new();
            }
            view.sheet = reading.from;
            view.reading = None;
            return Vec::new();
        }
        (Op::Diff, _) => asked.push(ask(&reading.agent, reading.open, None)),
        (Op::Read(Read::Open), _) => {
            reading.open = !reading.open;
            asked.push(ask(&reading.agent, reading.open, None));
            let text = if reading.open { "uncommitted work counts in" } else { "only what is committed" };
            view.say(text);
            return asked;
        }
        (op, _) if files == 0 => return other(state, view, op),
        (Op::Read(Read::NextFile), _) | (Op::Down, Part::Files) => asked = go(reading, cols, 1),
        (Op::Read(Read::PrevFile), _) | (Op::Up, Part::Files) => asked = go(reading, cols, -1),
        (Op::PageDown, Part::Files) => asked = go(reading, cols, page),
        (Op::PageUp, Part::Files) => asked = go(reading, cols, -page),
        (Op::Top, Part::Files) => asked = go(reading, cols, isize::MIN + 1),
        (Op::Bottom, Part::Files) => asked = go(reading, cols, isize::MAX),
        (Op::OtherPart, Part::Files) | (Op::Accept, Part::Files) => reading.part = Part::Lines,
        (Op::OtherPart, Part::Lines) => reading.part = Part::Files,
        (Op::Down, Part::Lines) => reading.at = (reading.at + 1).min(last),
        (Op::Up, Part::Lines) => reading.at = reading.at.saturating_sub(1),
        (Op::PageDown, Part::Lines) => reading.at = reading.at.saturating_add_signed(page).min(last),
        (Op::PageUp, Part::Lines) => reading.at = reading.at.saturating_add_signed(-page),
        (Op::Top, Part::Lines) => reading.at = 0,
        (Op::Bottom, Part::Lines) => reading.at = last,
        (Op::Left, _) => reading.shift = reading.shift.saturating_sub(SHIFT),
        (Op::Right, _) => reading.shift = (reading.shift + SHIFT).min(crate::domain::diff::LINE_MOST),
        (Op::Read(Read::NextChange), _) => return next_change(view, &rows, height),
        (Op::Read(Read::PrevChange), _) => return previous_change(view, &rows, height),
        (Op::Read(Read::Sides), _) => {
            let sides = !reading.beside(cols);
            keeping_place(reading, cols, |r| r.sides = Some(sides));
        }
        (Op::Read(Read::Unfold), _) => {
            keeping_place(reading, cols, |r| {
                r.whole = !r.whole;
                r.opened.clear();
            });
        }
        (Op::Read(Read::Select), _) => {
            reading.anchor = if reading.anchor.is_some() { None } else { Some(reading.at) };
        }
        (Op::Find, _) => {
            view.mode = Mode::Entry(Box::new(Entry::new(Asked::Line)));
            return Vec::new();
        }
        (Op::Accept, Part::Lines) => match rows.get(reading.at) {
            Some(Row::Fold(hunk, from, _)) => {
                reading.opened.insert((*hunk, *from));
            }
            Some(Row::Note(_)) => asked = fetch(reading),
            _ => return comment(state, view, &rows),
        },
        (Op::Read(Read::Comment), _) => return comment(state, view, &rows),
        (op, _) => return other(state, view, op),
    }
    settle(reading, cols, height);
    asked
}

/// What the dashboard's own keys do, over a branch too.
fn other(state: &State, view: &mut View, op: Op) -> Vec<Action> {
    if matches!(op, Op::Read(_)) || op.moves() {
        return vec![Action::Beep];
    }
    normal(state, view, op, None)
}

/// The cursor stays in sight.
fn settle(reading: &mut Reading, cols: u16, height: usize) {
    let rows = reading.rows(cols).len();
    reading.at = reading.at.min(rows.saturating_sub(1));
    reading.top = reading.first(rows, height);
}

/// To another file.
fn go(reading: &mut Reading, cols: u16, by: isize) -> Vec<Action> {
    let files = reading.diff.as_ref().map_or(0, |d| d.files.len());
    let to = reading.file.saturating_add_signed(by).min(files.saturating_sub(1));
    if to == reading.file {
        return Vec::new();
    }
    go_to(reading, cols, to)
}

fn go_to(reading: &mut Reading, cols: u16, file: usize) -> Vec<Action> {
    (reading.file, reading.at, reading.top, reading.anchor, reading.shift) = (file, 0, 0, None, 0);
    reading.opened.clear();
    let rows = reading.rows(cols);
    first_change(reading, &rows);
    fetch(reading)
}

/// Asks for the lines of the file, where they were left out.
fn fetch(reading: &Reading) -> Vec<Action> {
    let wanted = reading.current().filter(|(_, f)| f.hunks.is_empty() && f.more > 0);
    wanted.map(|(_, f)| ask(&reading.agent, reading.open, Some(f.path.clone()))).into_iter().collect()
}

fn first_change(reading: &mut Reading, rows: &[Row]) {
    if let Some((_, file)) = reading.current() {
        let first = changes(rows, file).first().copied().unwrap_or(0);
        (reading.at, reading.top) = (first, first.saturating_sub(3));
    }
}

fn next_change(view: &mut View, rows: &[Row], height: usize) -> Vec<Action> {
    let cols = view.cols;
    let Some(reading) = view.reading.as_deref_mut() else { return Vec::new() };
    let Some((diff, file)) = reading.current() else { return Vec::new() };
    let next = changes(rows, file).into_iter().find(|at| *at > reading.at);
    let files = diff.files.len();
    let asked = match next {
        Some(at) => {
            reading.at = at;
            Vec::new()
        }
        None if reading.file + 1 < files => {
            let to = reading.file + 1;
            go_to(reading, cols, to)
        }
        None => {
            view.say("this is the last change");
            return Vec::new();
        }
    };
    settle(reading, cols, height);
    asked
}

fn previous_change(view: &mut View, rows: &[Row], height: usize) -> Vec<Action> {
    let cols = view.cols;
    let Some(reading) = view.reading.as_deref_mut() else { return Vec::new() };
    let Some((_, file)) = reading.current() else { return Vec::new() };
    let before = changes(rows, file).into_iter().rev().find(|at| *at < reading.at);
    let asked = match before {
        Some(at) => {
            reading.at = at;
            Vec::new()
        }
        None if reading.file > 0 => {
            let to = reading.file - 1;
            let asked = go_to(reading, cols, to);
            let rows = reading.rows(cols);
            let last = reading.current().and_then(|(_, file)| changes(&rows, file).last().copied());
            reading.at = last.unwrap_or(0);
            asked
        }
        None => {
            view.say("this is the first change");
            return Vec::new();
        }
    };
    settle(reading, cols, height);
    asked
}

/// Changes how rows are made; the cursor stays on the line it is on.
fn keeping_place(reading: &mut Reading, cols: u16, change: impl FnOnce(&mut Reading)) {
    let line = |reading: &Reading, at: usize| {
        let rows = reading.rows(cols);
        let (_, file) = reading.current()?;
        rows.iter().skip(at).find_map(|row| row.lines(file).first().map(|l| (l.old, l.new)))
    };
    let here = line(reading, reading.at);
    change(reading);
    reading.anchor = None;
    let rows = reading.rows(cols);
    let Some((_, file)) = reading.current() else { return };
    let at = rows.iter().position(|row| row.lines(file).iter().any(|l| Some((l.old, l.new)) == here));
    reading.at = at.unwrap_or(0);
}

/// Opens the composer for the branch's agent with the chosen lines quoted, below what was gathered before.
fn comment(state: &State, view: &mut View, rows: &[Row]) -> Vec<Action> {
    let Some(reading) = view.reading.as_deref_mut() else { return Vec::new() };
    let Some(quoted) = quote(reading, rows) else {
        view.complain("no line is chosen: j and k go to one");
        return vec![Action::Beep];
    };
    reading.anchor = None;
    let agent = reading.agent.clone();
    let mut text = std::mem::take(&mut view.draft);
    if text.last().is_some_and(|line| !line.is_empty()) {
        text.push(String::new());
    }
    text.extend(quoted);
    view.mode = Mode::Composer(Box::new(Composer::new(state, |n| *n == agent, text)));
    view.say("Enter sends it; Esc keeps it for more comments");
    Vec::new()
}

/// Puts the cursor there; where it is already, does what Enter does.
pub(in crate::ui) fn click(state: &State, view: &mut View, at: Position) -> Vec<Action> {
    let body = view.frame(state).body;
    let cols = view.cols;
    let Some(there) = view.reading.as_deref().and_then(|r| hit(view, r, body, at)) else { return Vec::new() };
    let Some(reading) = view.reading.as_deref_mut() else { return Vec::new() };
    match there {
        Hit::File(file) if file == reading.file => reading.part = Part::Lines,
        Hit::File(file) => return go_to(reading, cols, file),
        Hit::Row(row) if row == reading.at && reading.part == Part::Lines => {
            return perform(state, view, Op::Accept);
        }
        Hit::Row(row) => (reading.at, reading.part) = (row, Part::Lines),
    }
    Vec::new()
}

/// The keys that matter now.
pub(in crate::ui) fn keys(view: &View) -> Vec<(Op, Option<&'static str>)> {
    let Some(reading) = view.reading.as_deref() else { return vec![(Op::Close, None)] };
    let Some(diff) = reading.diff.as_deref() else { return vec![(Op::Close, None), (Op::Diff, None)] };
    let open = (Op::Read(Read::Open), Some(if reading.open { "committed" } else { "uncommitted" }));
    if diff.files.is_empty() {
        return vec![open, (Op::Diff, None), (Op::Close, None)];
    }
    let sides = if reading.beside(view.cols) { "below" } else { "beside" };
    let mut keys = match reading.part {
        Part::Files => vec![(Op::Accept, Some("lines"))],
        Part::Lines => vec![(Op::Read(Read::Comment), None), (Op::Read(Read::NextChange), None)],
    };
    if diff.files.len() > 1 {
        keys.push((Op::Read(Read::NextFile), None));
    }
    keys.extend([
        (Op::Close, None),
        (Op::OtherPart, Some(if reading.part == Part::Files { "lines" } else { "files" })),
        (Op::Read(Read::Sides), Some(sides)),
        open,
        (Op::Read(Read::Unfold), Some(if reading.whole { "fold" } else { "unfold" })),
        (Op::Find, None),
        (Op::Read(Read::Select), None),
    ]);
    keys
}
