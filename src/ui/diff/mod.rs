//! Reading a branch: its files at the left, the lines of one at the right, one below the other or both sides beside
//! each other. What is read stays as it was read until somebody asks anew.

mod act;
mod paint;
mod quote;
mod rows;
mod seek;

use std::collections::BTreeSet;
use std::sync::Arc;

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use unicode_width::UnicodeWidthStr;

pub(super) use self::act::{answered, click, failed, keys, open, perform};
use self::paint::{Slot, of_sign, places as hits, text};
use self::rows::{How, Row, rows};
pub(super) use self::seek::seek;
use super::sheet::Sheet;
use super::theme::{BOLD, CAUTION, CHOSEN, DIM, TROUBLE, cut, cut_path, pad, put};
use super::view::View;
use crate::domain::diff::{BranchDiff, Change, FileDiff, Line, Sign};
use crate::domain::id::AgentName;
use crate::domain::signal::printable;
use crate::engine::state::State;

/// From how many columns the files stand beside the lines.
const BESIDE: u16 = 100;
/// Columns of the files there.
const FILES: u16 = 32;
/// From how many columns both sides stand beside each other, unless somebody wants it otherwise.
const SIDES: u16 = 140;
/// Columns that long lines move by.
const SHIFT: usize = 8;

/// Whose branch is read: a place in the team.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(super) struct Cursor(usize);

impl Cursor {
    pub fn agent(self, state: &State) -> Option<AgentName> {
        state.team().nth(self.0).map(|a| a.name.clone())
    }
}

/// Which part has the cursor.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Part {
    Files,
    Lines,
}

/// A branch being read.
#[derive(Clone, Debug)]
pub(super) struct Reading {
    agent: AgentName,
    /// Uncommitted work is to count in.
    open: bool,
    /// None until git has answered.
    diff: Option<Arc<BranchDiff>>,
    /// Why there is none.
    trouble: String,
    file: usize,
    /// The row of the file's rows that the cursor is on, and the first that is shown.
    at: usize,
    top: usize,
    part: Part,
    /// Both sides beside each other, where somebody said so or not.
    sides: Option<bool>,
    whole: bool,
    opened: BTreeSet<(usize, usize)>,
    /// Where a choice of several rows began.
    anchor: Option<usize>,
    shift: usize,
    query: String,
    /// What was seen before.
    from: Option<Sheet>,
}

impl Reading {
    fn new(agent: AgentName, from: Option<Sheet>) -> Self {
        Self {
            agent,
            open: false,
            diff: None,
            trouble: String::new(),
            file: 0,
            at: 0,
            top: 0,
            part: Part::Lines,
            sides: None,
            whole: false,
            opened: BTreeSet::new(),
            anchor: None,
            shift: 0,
            query: String::new(),
            from,
        }
    }

    fn current(&self) -> Option<(&BranchDiff, &FileDiff)> {
        let diff = self.diff.as_deref()?;
        Some((diff, diff.files.get(self.file)?))
    }

    /// Whether both sides stand beside each other on so many columns.
    fn beside(&self, cols: u16) -> bool {
        self.sides.unwrap_or(cols >= SIDES)
    }

    /// The rows of the file that is read; none before there is one.
    fn rows(&self, cols: u16) -> Vec<Row> {
        // A file of one side only has nothing to stand beside.
        let both = |(_, f): (_, &FileDiff)| !matches!(f.change, Change::Added | Change::Removed);
        let sides = self.beside(cols) && self.current().is_some_and(both);
        let how = How { sides, whole: self.whole, opened: &self.opened };
        self.current().map_or(Vec::new(), |(diff, file)| rows(diff, file, how))
    }

    /// The rows that are chosen: those of a choice, or the one of the cursor.
    fn chosen(&self) -> std::ops::RangeInclusive<usize> {
        let other = self.anchor.unwrap_or(self.at);
        self.at.min(other)..=self.at.max(other)
    }

    /// The first row shown of so many when `height` fit.
    fn first(&self, rows: usize, height: usize) -> usize {
        let low = (self.at + 1).saturating_sub(height);
        self.top.clamp(low, self.at.max(low)).min(rows.saturating_sub(height).max(low))
    }
}

/// Where the parts are. A part that is not shown has no area.
struct Places {
    head: Rect,
    files: Rect,
    /// What is said of the file.
    title: Rect,
    lines: Rect,
}

fn places(reading: &Reading, body: Rect) -> Places {
    let head = Rect { height: body.height.min(1), ..body };
    let rest = Rect { y: body.y + head.height, height: body.height - head.height, ..body };
    let left = match reading.part {
        _ if body.width >= BESIDE => FILES,
        Part::Files => body.width,
        Part::Lines => 0,
    };
    let right = Rect { x: rest.x + left, width: rest.width - left, ..rest };
    let title = Rect { height: right.height.min(1), ..right };
    Places {
        head,
        files: Rect { width: left, ..rest },
        title,
        lines: Rect { y: right.y + title.height, height: right.height - title.height, ..right },
    }
}

pub(super) fn draw(buffer: &mut Buffer, state: &State, view: &View, body: Rect) {
    let Some(reading) = view.reading.as_deref() else { return };
    let places = places(reading, body);
    let width = usize::from(body.width);
    let Some(diff) = reading.diff.as_deref() else {
        let name = &reading.agent;
        let (line, style) = if reading.trouble.is_empty() {
            (format!(" reading the branch of {name}…"), DIM)
        } else {
            (format!(" failed to {}; v tries again, Esc goes back", reading.trouble), TROUBLE)
        };
        for (row, y) in super::text::wrap(&printable(&line), width).iter().zip(body.y..body.bottom()) {
            put(buffer, body.x, y, row, width, style);
        }
        return;
    };
    draw_head(buffer, state, reading, diff, places.head);
    if diff.files.is_empty() {
        let what = if reading.open {
            "the branch changes nothing"
        } else {
            "nothing is committed; u counts uncommitted work in"
        };
        put(buffer, places.lines.x, places.title.y, format!(" {what}"), width, DIM);
        return;
    }
    draw_files(buffer, reading, diff, places.files);
    let Some((_, file)) = reading.current() else { return };
    draw_title(buffer, reading, diff, file, places.title);
    let rows = reading.rows(view.cols);
    let first = reading.first(rows.len(), usize::from(places.lines.height));
    for ((n, row), y) in rows.iter().enumerate().skip(first).zip(places.lines.y..places.lines.bottom()) {
        let at = Rect { y, height: 1, ..places.lines };
        let here = reading.part == Part::Lines && reading.chosen().contains(&n);
        draw_row(buffer, reading, file, row, at, here);
    }
}

fn draw_head(buffer: &mut Buffer, state: &State, reading: &Reading, diff: &BranchDiff, area: Rect) {
    let files = diff.files.len() + usize::try_from(diff.more).unwrap_or(0);
    let now = state.agent(&reading.agent).and_then(|a| a.facts.as_ref()).map(|f| &f.head);
    let open = if diff.open { " + uncommitted" } else { "" };
    let mut said = format!(" {} · {} {}{open}", diff.agent, diff.branch, diff.head.short());
    said.push_str(&format!(" since {} · {files} files +{} −{}", diff.base.short(), diff.added, diff.removed));
    let mut style = BOLD;
    if now.is_some_and(|now| !now.0.is_empty() && *now != diff.head) {
        said = format!(" ▲ moved since, v reads again ·{said}");
        style = CAUTION;
    } else if !diff.why.is_empty() {
        said.push_str(&format!(" · uncommitted work is left out: {}", diff.why));
    }
    let width = usize::from(area.width);
    put(buffer, area.x, area.y, cut(&printable(&said), width), width, style);
}

fn draw_files(buffer: &mut Buffer, reading: &Reading, diff: &BranchDiff, area: Rect) {
    if area.is_empty() {
        return;
    }
    let width = usize::from(area.width).saturating_sub(1);
    let height = usize::from(area.height);
    let first = (reading.file + 1).saturating_sub(height);
    for ((n, file), y) in diff.files.iter().enumerate().skip(first).zip(area.y..area.bottom()) {
        let counts = format!("+{} −{}", file.added, file.removed);
        let room = width.saturating_sub(counts.width() + 4);
        let path = pad(&cut_path(&printable(&file.path), room), room);
        let line = format!(" {} {path} {counts}", file.change.letter());
        let style = match (n == reading.file, reading.part) {
            (true, Part::Files) => CHOSEN,
            (true, Part::Lines) => BOLD,
            _ => ratatui::style::Style::new(),
        };
        put(buffer, area.x, y, pad(&line, width), width, style);
    }
    for y in area.y..area.bottom() {
        put(buffer, area.right() - 1, y, "│", 1, DIM);
    }
    if diff.more > 0 && height > 0 {
        let text = format!(" … {} more files, open `git diff`", diff.more);
        put(buffer, area.x, area.bottom() - 1, pad(&text, width), width, DIM);
    }
}

fn draw_title(buffer: &mut Buffer, reading: &Reading, diff: &BranchDiff, file: &FileDiff, area: Rect) {
    let width = usize::from(area.width);
    let lead = format!(" {} of {} {} ", reading.file + 1, diff.files.len(), file.change.word());
    let remarks: String = file.remarks().iter().map(|r| format!(" · {}", printable(r))).collect();
    let tail = format!(" +{} −{}{remarks} ", file.added, file.removed);
    let room = width.saturating_sub(lead.width() + tail.width()).max(12);
    let text = format!("{lead}{}{tail}", cut_path(&printable(&file.path), room));
    put(buffer, area.x, area.y, "─".repeat(width), width, DIM);
    put(buffer, area.x, area.y, cut(&text, width), width, BOLD);
}

fn draw_row(buffer: &mut Buffer, reading: &Reading, file: &FileDiff, row: &Row, area: Rect, here: bool) {
    let width = usize::from(area.width);
    let plain = |buffer: &mut Buffer, text: String, style| {
        put(buffer, area.x, area.y, pad(&text, width), width, if here { CHOSEN } else { style });
    };
    let digits = file.hunks.last().map_or(1, |h| (h.old[0] + h.old[1]).max(h.new[0] + h.new[1]));
    let digits = digits.to_string().len().max(3);
    let line = |hunk: &usize, at: usize| file.hunks.get(*hunk).and_then(|h| h.lines.get(at));
    match row {
        Row::Head(text) => plain(buffer, format!(" {text}"), DIM.patch(of_sign(Sign::Same))),
        Row::Note(text) => plain(buffer, format!(" {text}"), CAUTION),
        Row::Fold(_, _, n) => {
            plain(buffer, format!(" {:>1$}", format!("┄ {n} unchanged lines ┄"), digits * 2 + 26), DIM)
        }
        Row::One(hunk, at) => {
            let Some(line) = line(hunk, *at) else { return };
            let number = |n: u32| if n == 0 { String::new() } else { n.to_string() };
            let gutter =
                format!("{:>digits$} {:>digits$} {} ", number(line.old), number(line.new), line.sign.char());
            one(buffer, reading, line, &gutter, area, here);
        }
        Row::Two(hunk, left, right) => {
            let half = area.width / 2;
            let sides = [
                (left, Rect { width: half.saturating_sub(1), ..area }, true),
                (right, Rect { x: area.x + half, width: area.width - half, ..area }, false),
            ];
            for (side, at, is_old) in sides {
                let line = side.and_then(|n| line(hunk, n));
                let number = line.map_or(String::new(), |l| if is_old { l.old } else { l.new }.to_string());
                let sign = line.map_or(' ', |l| l.sign.char());
                let gutter = format!("{number:>digits$} {sign} ");
                match line {
                    Some(line) => one(buffer, reading, line, &gutter, at, here),
                    None if here => put(buffer, at.x, at.y, &gutter, usize::from(at.width), CHOSEN),
                    None => {}
                }
            }
            put(buffer, area.x + half.saturating_sub(1), area.y, "│", 1, DIM);
        }
    }
}

fn one(buffer: &mut Buffer, reading: &Reading, line: &Line, gutter: &str, area: Rect, here: bool) {
    let width = usize::from(area.width);
    let quiet = if line.sign == Sign::Same { DIM } else { of_sign(line.sign).patch(BOLD) };
    put(buffer, area.x, area.y, gutter, width, if here { CHOSEN } else { quiet });
    let used = u16::try_from(gutter.width()).unwrap_or(0).min(area.width);
    let slot =
        Slot { x: area.x + used, y: area.y, width: usize::from(area.width - used), shift: reading.shift };
    text(buffer, slot, line, &hits(&line.text, &reading.query));
}

/// What is drawn there.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Hit {
    File(usize),
    Row(usize),
}

fn hit(view: &View, reading: &Reading, body: Rect, at: Position) -> Option<Hit> {
    let places = places(reading, body);
    let diff = reading.diff.as_deref()?;
    if places.files.contains(at) {
        let first = (reading.file + 1).saturating_sub(usize::from(places.files.height));
        let file = first + usize::from(at.y - places.files.y);
        return (file < diff.files.len()).then_some(Hit::File(file));
    }
    if places.lines.contains(at) {
        let rows = reading.rows(view.cols).len();
        let row = reading.first(rows, usize::from(places.lines.height)) + usize::from(at.y - places.lines.y);
        return (row < rows).then_some(Hit::Row(row));
    }
    None
}
