//! What opens over the panes: texts, lists to choose from, questions.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::style::Style;
use ratatui::text::{Line, Span};
use ratatui::widgets::{Block, Borders, Clear, Widget};
use unicode_width::UnicodeWidthStr;

use super::actions::Choice;
use super::keymap::{self, Op, SECTIONS, TABLE, When};
use super::theme::{BOLD, CHOSEN, DIM, Edge, KEY, Look, NARRATION, TROUBLE, clock, cut, pad, put};
use super::view::View;
use crate::domain::command::Command;
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
    /// The journal as it is now; scrolled from its end.
    Journal,
}

/// One line and how it is to stand out.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Text {
    Plain(String),
    /// Cut where it does not fit, not wrapped.
    Row(String),
    Head(String),
    Bad(String),
    Quiet(String),
    /// A key or name of so many columns, then what it means.
    Pair(String, String),
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

impl Page {
    pub fn new(title: impl Into<String>, lines: Vec<Text>) -> Self {
        Self { title: title.into(), body: Body::Lines(lines), scroll: 0 }
    }

    pub fn journal() -> Self {
        Self { title: "journal".into(), body: Body::Journal, scroll: usize::MAX }
    }

    /// All keys, by when they hold.
    pub fn help() -> Self {
        let mut lines = Vec::new();
        for (when, title) in SECTIONS {
            lines.push(Text::Head(title.into()));
            let of = TABLE.iter().filter(|b| b.when == when && !b.keys.is_empty());
            lines.extend(of.map(|b| Text::Pair(keymap::keys_name(b.keys), b.what.into())));
            lines.push(Text::Plain(String::new()));
        }
        lines.push(Text::Head("with the mouse".into()));
        for (key, what) in [
            ("click", "focus a pane, tab, agent or row; on the focused pane: type"),
            ("double click", "show the pane alone, and back"),
            ("wheel", "look back in the pane's history"),
        ] {
            lines.push(Text::Pair(key.into(), what.into()));
        }
        Self::new("keys", lines)
    }

    /// Moves by `by` lines within what there is.
    pub fn scroll(&mut self, state: &State, view: &View, by: isize) {
        let area = page_area(view);
        let height = usize::from(area.height.saturating_sub(2));
        let last = self
            .rows(state, view.look, usize::from(area.width.saturating_sub(4)))
            .len()
            .saturating_sub(height);
        self.scroll = self.scroll.min(last).saturating_add_signed(by).min(last);
    }

    fn rows(&self, state: &State, look: Look, width: usize) -> Vec<(String, Style, Option<usize>)> {
        match &self.body {
            Body::Lines(lines) => lines.iter().flat_map(|l| rows_of(l, width)).collect(),
            Body::Journal if state.log.is_empty() => {
                let hint = "nothing has happened yet; Esc, then r chooses a plan to run";
                vec![(cut(hint, width), DIM, None)]
            }
            Body::Journal => state
                .log
                .iter()
                .map(|l| {
                    let who = l.agent.as_ref().map_or("", |a| a.as_str());
                    (
                        cut(&format!("{} {who:<8} {}", clock(l.at.wall, look), l.text), width),
                        Style::new(),
                        None,
                    )
                })
                .collect(),
        }
    }
}

/// The rows of a line, each with the columns at its start that stand out.
fn rows_of(line: &Text, width: usize) -> Vec<(String, Style, Option<usize>)> {
    let styled = |text: &str, style| wrap(text, width).into_iter().map(move |t| (t, style, None)).collect();
    match line {
        Text::Plain(text) => styled(text, Style::new()),
        Text::Row(text) => vec![(cut(text, width), Style::new(), None)],
        Text::Head(text) => styled(text, BOLD),
        Text::Bad(text) => styled(text, TROUBLE),
        Text::Quiet(text) => styled(text, DIM),
        Text::Pair(key, what) => {
            let left = 30.min(width / 2);
            let mut rows = wrap(what, width.saturating_sub(left + 1)).into_iter();
            let first = rows.next().unwrap_or_default();
            let head = (format!("{} {first}", pad(key, left)), Style::new(), Some(left));
            let rest = rows.map(|t| (format!("{:left$} {t}", ""), Style::new(), None));
            std::iter::once(head).chain(rest).collect()
        }
    }
}

/// Breaks a text into rows of at most `width` columns, at blanks where possible; leading blanks stay.
pub(super) fn wrap(text: &str, width: usize) -> Vec<String> {
    let width = width.max(1);
    let mut rows = Vec::new();
    let mut row = String::new();
    for word in text.split_inclusive(' ') {
        let mut word = word;
        if row.width() + word.trim_end().width() > width && !row.trim().is_empty() {
            rows.push(std::mem::take(&mut row).trim_end().to_owned());
        }
        while row.width() + word.trim_end().width() > width {
            let room = width.saturating_sub(row.width()).max(1);
            let mut used = 0;
            let fits = |(_, c): &(usize, char)| {
                used += unicode_width::UnicodeWidthChar::width(*c).unwrap_or(0);
                used <= room
            };
            let n = word.char_indices().take_while(fits).last().map_or(0, |(i, c)| i + c.len_utf8());
            // A character wider than the row is given a row of its own rather than none.
            let n = if n == 0 { word.chars().next().map_or(0, char::len_utf8) } else { n };
            row.push_str(&word[..n]);
            rows.push(std::mem::take(&mut row));
            word = &word[n..];
        }
        row.push_str(word);
    }
    rows.push(row.trim_end().to_owned());
    rows
}

/// An area of at most that size in the middle of the body, over the lines beside top and foot.
pub(super) fn frame_of(view: &View, width: u16, height: u16) -> Rect {
    let room = Rect { x: 0, y: 1, width: view.cols, height: view.rows.saturating_sub(2) };
    let (width, height) = (width.min(room.width), height.min(room.height));
    let (x, y) = ((room.width - width) / 2, room.y + (room.height - height) / 2);
    Rect { x, y, width, height }
}

pub(super) fn page_area(view: &View) -> Rect {
    // Slivers of panes at the sides of a small terminal would only confuse.
    let width = if view.cols < 100 { view.cols } else { 110.min(view.cols - 4) };
    frame_of(view, width, view.rows)
}

pub(super) fn draw_box(buffer: &mut Buffer, area: Rect, title: &str, when: When) {
    Clear.render(area, buffer);
    let block = Block::new()
        .borders(Borders::ALL)
        .border_set(Edge::Focused.set())
        .border_style(BOLD)
        .title(Span::styled(cut(title, usize::from(area.width.saturating_sub(4))), BOLD))
        .title_bottom(Line::from(hints(when, usize::from(area.width.saturating_sub(4)))));
    block.render(area, buffer);
}

/// What the keys do then, as far as they fit.
pub(super) fn hints(when: When, width: usize) -> Vec<Span<'static>> {
    let shown: &[Op] = match when {
        When::Composing => &[Op::Accept, Op::NewLine, Op::OtherPart, Op::Close],
        When::Addressing => &[Op::Tick, Op::TickAll, Op::TickStage, Op::TickFocus, Op::OtherPart, Op::Accept],
        When::Asked => &[Op::Yes, Op::No],
        When::Reading => &[Op::Close, Op::Down, Op::PageDown, Op::Bottom],
        When::Choosing => &[Op::Accept, Op::Down, Op::Up, Op::Close],
        When::Normal | When::Typing => &[],
    };
    let mut spans = Vec::new();
    let mut used = 1;
    for b in shown.iter().filter_map(|op| keymap::binding(when, *op)) {
        let key = b.keys.first().map(|k| keymap::key_name(*k)).unwrap_or_default();
        let text = format!(" {} ", b.name);
        used += key.width() + text.width();
        if used > width {
            break;
        }
        spans.push(Span::styled(key, KEY));
        spans.push(Span::raw(text));
    }
    if !spans.is_empty() {
        spans.insert(0, Span::raw(" "));
    }
    spans
}

pub(super) fn draw_page(buffer: &mut Buffer, state: &State, view: &View, page: &Page) {
    let area = page_area(view);
    let (width, height) =
        (usize::from(area.width.saturating_sub(4)), usize::from(area.height.saturating_sub(2)));
    let rows = page.rows(state, view.look, width);
    let scroll = page.scroll.min(rows.len().saturating_sub(height));
    let more = rows.len().saturating_sub(scroll + height);
    let title = match (scroll, more) {
        (0, 0) => format!(" {} ", page.title),
        _ => format!(" {} · {}–{} of {} ", page.title, scroll + 1, rows.len() - more, rows.len()),
    };
    draw_box(buffer, area, &title, When::Reading);
    for (y, (text, style, key)) in (area.y + 1..).zip(rows.iter().skip(scroll).take(height)) {
        put(buffer, area.x + 2, y, text, width, *style);
        if let Some(n) = key {
            let n = u16::try_from(*n).unwrap_or(0);
            buffer.set_style(Rect { x: area.x + 2, y, width: n, height: 1 }, KEY);
        }
    }
}

pub(super) fn draw_question(buffer: &mut Buffer, view: &View, question: &Question) {
    let width = 72.min(view.cols);
    let inside = usize::from(width.saturating_sub(4));
    let rows: Vec<String> = question.lines.iter().flat_map(|l| wrap(l, inside)).collect();
    let height = u16::try_from(rows.len() + 4).unwrap_or(u16::MAX);
    let area = frame_of(view, width, height);
    draw_box(buffer, area, &format!(" {} ", question.title), When::Asked);
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
        put(buffer, area.x + 2, y, "y does it, Enter leaves it  [y/N]", inside, NARRATION);
    }
}

/// Draws a list; the answer is where the cursor of its search belongs.
pub(super) fn draw_chooser(buffer: &mut Buffer, view: &View, chooser: &Chooser) -> Option<Position> {
    let found = chooser.found();
    let searching = u16::from(chooser.query.is_some());
    let wanted = u16::try_from(chooser.entries.len()).unwrap_or(u16::MAX).clamp(1, 20);
    let area = frame_of(view, 76, wanted + 2 + searching);
    draw_box(buffer, area, &format!(" {} ", chooser.title), When::Choosing);
    let width = usize::from(area.width.saturating_sub(4));
    let mut cursor = None;
    if let (Some(query), true) = (&chooser.query, area.height > 2) {
        let line = format!(": {query}");
        put(buffer, area.x + 2, area.y + 1, &line, width, BOLD);
        let x = area.x + 2 + u16::try_from(line.width().min(width)).unwrap_or(0);
        cursor = Some(Position { x, y: area.y + 1 });
    }
    let top = area.y + 1 + searching;
    let height = usize::from(area.bottom().saturating_sub(top + 1));
    if found.is_empty() && height > 0 {
        put(buffer, area.x + 2, top, "no action matches; Backspace widens the search", width, DIM);
    }
    let first = (chooser.at + 1).saturating_sub(height);
    for (y, (i, entry)) in (top..).zip(found.iter().enumerate().skip(first).take(height)) {
        let (_, label, beside) = entry;
        // What is chosen is read in full; what stands beside it takes the rest.
        let rest = width.saturating_sub(label.width() + 2);
        let beside = if beside.width() > rest { pad(beside, rest) } else { beside.clone() };
        let text = format!("{} {beside}", pad(label, width.saturating_sub(beside.width() + 1)));
        let style = if i == chooser.at { CHOSEN } else { Style::new() };
        put(buffer, area.x + 2, y, text, width, style);
    }
    cursor
}
