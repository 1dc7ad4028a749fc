//! What opens over the panes: texts, lists to choose from, questions.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::style::{Modifier, Style};
use ratatui::text::{Line, Span};
use ratatui::widgets::{Block, Borders, Clear, Widget};
use unicode_width::UnicodeWidthStr;

use super::actions::Choice;
use super::branches::holds;
use super::keymap::{Act, Binding, Keymap, Meaning, Op, REPLAYED, SECTIONS, Seq, When, keys_name};
use super::review::{Lookup, Subject};
use super::text::{Row, Text, put_row, rows_of, wrap};
use super::theme::{BOLD, CHOSEN, DIM, Edge, KEY, NARRATION, cut, pad, put};
use super::view::View;
use crate::domain::command::Command;
use crate::domain::key::{Code, Key};
use crate::engine::state::State;

/// A text that scrolls.
#[derive(Clone, Debug)]
pub(super) struct Page {
    pub title: String,
    pub body: Body,
    pub scroll: usize,
}

/// Where a page's lines come from.
#[derive(Clone, Debug)]
pub(super) enum Body {
    /// These.
    Lines(Vec<Text>),
    /// What there is to say of that now.
    About(Subject),
    /// Where two branches do not merge, with the lines as soon as git has told them.
    Unmerged(Subject, Lookup),
}

/// A list to choose from, with a search or without.
#[derive(Clone, Debug)]
pub(super) struct Chooser {
    pub title: &'static str,
    /// None where the list is too short to search.
    pub query: Option<String>,
    pub entries: Vec<(Choice, String, String)>,
    pub at: usize,
}

/// A question that must be answered with yes before something happens.
#[derive(Clone, Debug)]
pub(super) struct Question {
    pub title: String,
    /// What will happen.
    pub lines: Vec<String>,
    pub command: Command,
}

/// Which keys the help is about.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Keys {
    /// Those of a session that runs.
    Running,
    /// Those of a recording.
    Recording,
}

impl Keys {
    /// Those of a binding's keys that mean it then.
    pub fn keys(self, all: &Keymap, binding: &Binding) -> Vec<Seq> {
        let keys = binding.keys.iter().copied();
        match self {
            Self::Running if REPLAYED.contains(&binding.when) => Vec::new(),
            Self::Running => keys.collect(),
            // What the recording has a key of its own for is listed with that.
            // No branch can be read in a recording, and no incident taken on.
            Self::Recording if matches!(binding.when, When::Diffing | When::Triaging) => Vec::new(),
            Self::Recording
                if binding.when == When::Normal && all.binding(When::Replaying, binding.op).is_some() =>
            {
                Vec::new()
            }
            Self::Recording => {
                let when = binding.when.replayed();
                let means = |seq: &Seq| match seq.then {
                    None => all.in_replay(when, None, seq.first),
                    Some(then) => all.in_replay(when, Some(seq.first), then),
                };
                keys.filter(|seq| means(seq) == Meaning::Does(binding.op)).collect()
            }
        }
    }
}

impl Page {
    pub fn new(title: impl Into<String>, lines: Vec<Text>) -> Self {
        Self { title: title.into(), body: Body::Lines(lines), scroll: 0 }
    }

    pub fn about(title: impl Into<String>, subject: Subject) -> Self {
        Self { title: title.into(), body: Body::About(subject), scroll: 0 }
    }

    /// All keys, by when they hold.
    pub fn help(state: &State, keys: &Keymap, of: Keys) -> Self {
        let mut lines = Vec::new();
        for (when, title) in SECTIONS {
            let held =
                keys.all().filter(|b| b.when == when && holds(state, b)).map(|b| (of.keys(keys, b), b.what));
            let held = held.filter(|(keys, _)| !keys.is_empty());
            let pairs: Vec<Text> =
                held.map(|(keys, what)| Text::Pair(keys_name(&keys), what.into())).collect();
            if !pairs.is_empty() {
                lines.push(Text::Head(title.into()));
                lines.extend(pairs);
                lines.push(Text::Plain(String::new()));
            }
        }
        lines.push(Text::Head("with the mouse".into()));
        let click = match of {
            Keys::Running => ("click", "focus a pane, tab, agent or row; on the focused pane: type"),
            Keys::Recording => ("click", "focus a pane, tab, agent or row; on the time line: go there"),
        };
        for (key, what) in [
            click,
            ("double click", "show the pane alone, and back"),
            ("wheel", "look back in the pane's history, or move in what is open"),
            ("click a key at the foot", "do what the key does; : lists all actions, a click takes one"),
        ] {
            lines.push(Text::Pair(key.into(), what.into()));
        }
        if state.config.worktrees {
            let what = "go there; once more: read what there is";
            lines.push(Text::Pair("click in the review".into(), what.into()));
        }
        Self::new("keys", lines)
    }

    /// Moves by `by` lines within what there is.
    pub fn scroll(&mut self, state: &State, view: &View, by: isize) {
        let area = page_area(view);
        let height = usize::from(area.height.saturating_sub(2));
        let last =
            self.rows(state, view, usize::from(area.width.saturating_sub(4))).len().saturating_sub(height);
        self.scroll = self.scroll.min(last).saturating_add_signed(by).min(last);
    }

    fn rows(&self, state: &State, view: &View, width: usize) -> Vec<Row> {
        match &self.body {
            Body::Lines(lines) => lines.iter().flat_map(|l| rows_of(l, width)).collect(),
            Body::About(subject) => {
                let lines = super::text::hints(view, subject.lines(state));
                lines.iter().flat_map(|l| rows_of(l, width)).collect()
            }
            Body::Unmerged(subject, lookup) => {
                let lines = super::text::hints(view, lookup.lines(state, subject));
                lines.iter().flat_map(|l| rows_of(l, width)).collect()
            }
        }
    }
}

/// An area of at most that size in the middle of the body, over the lines beside top and foot.
pub(super) fn frame_of(view: &View, width: u16, height: u16) -> Rect {
    // The line that tells of a call lies below what is open.
    let height_left = view.rows.saturating_sub(2 + u16::from(view.calls.told));
    let room = Rect { x: 0, y: 1, width: view.cols, height: height_left };
    let (width, height) = (width.min(room.width), height.min(room.height));
    let (x, y) = ((room.width - width) / 2, room.y + (room.height - height) / 2);
    Rect { x, y, width, height }
}

pub(super) fn page_area(view: &View) -> Rect {
    // Slivers of panes at the sides of a small terminal would only confuse.
    let width = if view.cols < 100 { view.cols } else { 110.min(view.cols - 4) };
    frame_of(view, width, view.rows)
}

pub(super) fn draw_box(buffer: &mut Buffer, keys: &Keymap, area: Rect, title: &str, when: When) {
    Clear.render(area, buffer);
    let block = Block::new()
        .borders(Borders::ALL)
        .border_set(Edge::Focused.set())
        .border_style(BOLD)
        .title(Span::styled(cut(title, usize::from(area.width.saturating_sub(4))), BOLD))
        .title_bottom(Line::from(hints(keys, when, usize::from(area.width.saturating_sub(4)))));
    block.render(area, buffer);
}

/// What the keys do then, as far as they fit: each key with what it does, and the operation.
fn hinted(keys: &Keymap, when: When, width: usize) -> Vec<(Op, String, String)> {
    let shown: &[Op] = match when {
        When::Composing => &[
            Op::Accept,
            Op::NewLine,
            Op::OtherPart,
            Op::Act(Act::Editor),
            Op::Act(Act::UsePrompt),
            Op::Close,
            Op::Act(Act::Preview),
        ],
        When::Addressing => &[
            Op::Tick,
            Op::TickAll,
            Op::TickStage,
            Op::TickFocus,
            Op::OtherPart,
            Op::Accept,
            Op::Act(Act::UsePrompt),
        ],
        When::Previewing => &[
            Op::Accept,
            Op::NextAgent,
            Op::OtherPart,
            Op::Act(Act::UsePrompt),
            Op::Act(Act::Editor),
            Op::Close,
        ],
        When::Triaging => &[Op::Accept, Op::OtherPart, Op::NewLine, Op::Close],
        When::Asked => &[Op::Yes, Op::No],
        When::Answering => &[Op::Close, Op::Down, Op::Right],
        When::Reading => &[Op::Close, Op::Down, Op::PageDown, Op::Bottom],
        When::Choosing => &[Op::Accept, Op::Down, Op::Up, Op::Close],
        _ => &[],
    };
    let mut used = 1;
    let pieces = shown
        .iter()
        .filter_map(|op| keys.binding(when, *op))
        .map(|b| (b.op, keys.key(when, b.op), format!(" {} ", b.name)));
    let fits = |(_, key, text): &(Op, String, String)| {
        used += key.width() + text.width();
        used <= width
    };
    pieces.take_while(fits).collect()
}

/// The same as they are drawn.
fn hints(keys: &Keymap, when: When, width: usize) -> Vec<Span<'static>> {
    let pieces = hinted(keys, when, width);
    let first = (!pieces.is_empty()).then(|| Span::raw(" "));
    let spans = pieces.into_iter().flat_map(|(_, key, text)| [Span::styled(key, KEY), Span::raw(text)]);
    first.into_iter().chain(spans).collect()
}

/// The operation whose hint is at that place of the lower edge of a box.
pub(super) fn hint_at(keys: &Keymap, area: Rect, when: When, at: Position) -> Option<Op> {
    let mut x = usize::from(at.x.checked_sub(area.x + 2)?);
    if at.y + 1 != area.bottom() {
        return None;
    }
    for (op, key, text) in hinted(keys, when, usize::from(area.width.saturating_sub(4))) {
        let wide = key.width() + text.width();
        if x < wide {
            return Some(op);
        }
        x -= wide;
    }
    None
}

pub(super) fn draw_page(buffer: &mut Buffer, state: &State, view: &View, page: &Page) {
    let area = page_area(view);
    let (width, height) =
        (usize::from(area.width.saturating_sub(4)), usize::from(area.height.saturating_sub(2)));
    let rows = page.rows(state, view, width);
    let scroll = page.scroll.min(rows.len().saturating_sub(height));
    let more = rows.len().saturating_sub(scroll + height);
    let title = match (scroll, more) {
        (0, 0) => format!(" {} ", page.title),
        _ => format!(" {} · {}–{} of {} ", page.title, scroll + 1, rows.len() - more, rows.len()),
    };
    draw_box(buffer, &view.keys, area, &title, When::Reading);
    for (y, row) in (area.y + 1..).zip(rows.iter().skip(scroll).take(height)) {
        put_row(buffer, area.x + 2, y, width, row);
    }
}

/// Where a question is, and its rows.
fn question(view: &View, question: &Question) -> (Rect, Vec<String>) {
    let width = 72.min(view.cols);
    let inside = usize::from(width.saturating_sub(4));
    let rows: Vec<String> = question.lines.iter().flat_map(|l| wrap(l, inside)).collect();
    let height = u16::try_from(rows.len() + 4).unwrap_or(u16::MAX);
    (frame_of(view, width, height), rows)
}

pub(super) fn question_area(view: &View, asked: &Question) -> Rect {
    question(view, asked).0
}

pub(super) fn draw_question(buffer: &mut Buffer, view: &View, asked: &Question) {
    let (area, rows) = question(view, asked);
    let inside = usize::from(area.width.saturating_sub(4));
    draw_box(buffer, &view.keys, area, &format!(" {} ", asked.title), When::Asked);
    let room = usize::from(area.height.saturating_sub(2));
    // The question itself is never cut off: what is too long loses lines before it.
    let shown = room.saturating_sub(1).min(rows.len());
    let mut y = area.y + 1;
    for row in &rows[..shown] {
        put(buffer, area.x + 2, y, row, inside, Style::new());
        y += 1;
    }
    if room > 0 {
        y = (area.bottom() - 2).min(y + 1);
        let keys = &view.keys;
        let (yes, no) = (keys.key(When::Asked, Op::Yes), keys.key(When::Asked, Op::No));
        // Whoever only wants to go on presses Enter: that does no harm, and it is good to know.
        let enter = Seq::one(Key::plain(Code::Enter));
        let harmless = keys.binding(When::Asked, Op::No).is_some_and(|b| b.keys.contains(&enter));
        let no = if harmless { format!("{no} or Enter") } else { no };
        put(buffer, area.x + 2, y, format!("{yes} does it, {no} leaves it as it is"), inside, NARRATION);
    }
}

/// Where a list is.
pub(super) fn chooser_area(view: &View, chooser: &Chooser) -> Rect {
    let searching = u16::from(chooser.query.is_some());
    let wanted = u16::try_from(chooser.entries.len()).unwrap_or(u16::MAX).clamp(1, 20);
    frame_of(view, 76, wanted + 2 + searching)
}

/// The first row of its entries, how many there are room for, and the first entry shown.
fn entries(area: Rect, chooser: &Chooser) -> (u16, usize, usize) {
    let top = area.y + 1 + u16::from(chooser.query.is_some());
    let height = usize::from(area.bottom().saturating_sub(top + 1));
    (top, height, (chooser.at + 1).saturating_sub(height))
}

/// The place among what was found of the entry drawn there.
pub(super) fn entry_at(view: &View, chooser: &Chooser, at: Position) -> Option<usize> {
    let area = chooser_area(view, chooser);
    let (top, height, first) = entries(area, chooser);
    let row = usize::from(at.y.checked_sub(top)?);
    let entry = (area.contains(at) && row < height).then_some(first + row)?;
    (entry < chooser.found().len()).then_some(entry)
}

/// A letter that was looked for: underlined, so that it is seen without colours.
const MATCHED: Style = KEY.add_modifier(Modifier::UNDERLINED);

/// Draws a list; the answer is where the cursor of its search belongs.
pub(super) fn draw_chooser(buffer: &mut Buffer, view: &View, chooser: &Chooser) -> Option<Position> {
    let found = chooser.found();
    let area = chooser_area(view, chooser);
    draw_box(buffer, &view.keys, area, &format!(" {} ", chooser.title), When::Choosing);
    let width = usize::from(area.width.saturating_sub(4));
    let mut cursor = None;
    if let (Some(query), true) = (&chooser.query, area.height > 2) {
        let line = format!(": {query}");
        put(buffer, area.x + 2, area.y + 1, &line, width, BOLD);
        let x = area.x + 2 + u16::try_from(line.width().min(width)).unwrap_or(0);
        cursor = Some(Position { x, y: area.y + 1 });
    }
    let (top, height, first) = entries(area, chooser);
    if found.is_empty() && height > 0 {
        put(buffer, area.x + 2, top, "no action matches; Backspace widens the search", width, DIM);
    }
    for (y, (i, found)) in (top..).zip(found.iter().enumerate().skip(first).take(height)) {
        let (_, label, beside) = found.entry;
        // What is chosen is read in full; what stands beside it takes the rest.
        let rest = width.saturating_sub(label.width() + 2);
        let beside = if beside.width() > rest { pad(beside, rest) } else { beside.clone() };
        let text = format!("{} {beside}", pad(label, width.saturating_sub(beside.width() + 1)));
        let style = if i == chooser.at { CHOSEN } else { Style::new() };
        put(buffer, area.x + 2, y, text, width, Style::new());
        let mut x = 0;
        for (n, c) in (0..).zip(label.chars()) {
            let wide = unicode_width::UnicodeWidthChar::width(c).unwrap_or(0);
            if found.marks.contains(&n) && x + wide <= width {
                let at = Rect { x: area.x + 2 + u16::try_from(x).unwrap_or(0), y, width: 1, height: 1 };
                buffer.set_style(at, MATCHED);
            }
            x += wide;
        }
        let line = Rect { x: area.x + 2, y, width: u16::try_from(width).unwrap_or(0), height: 1 };
        buffer.set_style(line, style);
    }
    cursor
}
