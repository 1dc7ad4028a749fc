//! The time line: what is played and how, a row an agent coloured by state, marks for what happened, the chapters beside.

use std::ops::Range;

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::style::Style;
use unicode_width::UnicodeWidthStr;

use super::super::theme::{BOLD, CAUTION, CHOSEN, DIM, Look, MESSAGE, TROUBLE, cut, of_state, pad, put};
use super::super::view::View;
use super::{Deck, Mark, Play, Sign};
use crate::domain::chapter::Kind;
use crate::domain::id::AgentName;
use crate::domain::moment::told;
use crate::domain::signal::printable;
use crate::domain::state::AgentState;
use crate::engine::state::State;

/// How much of it is shown.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Size {
    /// A row for every agent, as far as a third of the screen holds them.
    Full,
    /// A row for the focused agent.
    One,
    /// What is played and how, alone.
    Line,
}

/// From how many rows of the terminal every agent has a row.
const TALL: u16 = 28;
/// From how many rows the focused agent has one.
const MIDDLE: u16 = 14;
/// Fewest rows on which there is a time line at all.
const LOW: u16 = 7;
/// From how many columns chapters stand beside the rows.
const WIDE: u16 = 110;
/// The most columns of an agent's name.
const NAME: usize = 8;

/// What is at a place of the time line.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Hit {
    Moment(u64),
    Mark(usize),
    Play,
}

fn size(deck: &Deck, rows: u16) -> Size {
    let most = match rows {
        TALL.. => Size::Full,
        MIDDLE.. => Size::One,
        _ => Size::Line,
    };
    match deck.strip {
        // What was wished for on a larger terminal may not fit any more.
        Some(size) if rows >= MIDDLE => size,
        _ => most,
    }
}

/// The size after the present one.
pub(super) fn next(deck: &Deck, rows: u16, _cols: u16) -> Size {
    match size(deck, rows) {
        Size::Full => Size::One,
        Size::One => Size::Line,
        Size::Line => Size::Full,
    }
}

/// The rows the time line takes of a terminal of so many.
pub(in crate::ui) fn height(deck: &Deck, rows: u16) -> u16 {
    if rows < LOW {
        return 0;
    }
    match size(deck, rows) {
        Size::Full => {
            let team = u16::try_from(deck.story.rows.len()).unwrap_or(u16::MAX);
            team.min((rows / 3).saturating_sub(2)).max(1) + 2
        }
        Size::One => 3,
        Size::Line => 1,
    }
}

/// Where its parts are.
struct Places {
    head: Rect,
    /// The agents whose rows are shown.
    agents: Range<usize>,
    /// The rows without the names before them.
    bars: Rect,
    names: usize,
    ruler: Rect,
    list: Rect,
}

fn places(state: &State, view: &View, deck: &Deck, area: Rect) -> Places {
    let head = Rect { height: 1.min(area.height), ..area };
    let below = area.height.saturating_sub(2);
    let rows = &deck.story.rows;
    let names = rows.iter().map(|(n, _)| n.as_str().len()).max().unwrap_or(4).min(NAME);
    let listed = if area.width >= WIDE && below > 0 { area.width * 2 / 5 } else { 0 };
    let left = u16::try_from(names + 2).unwrap_or(0).min(area.width);
    let width = area.width.saturating_sub(left + listed + 1);
    let bars = Rect { x: area.x + left, y: area.y + 1, width, height: below };
    let focused = view.focused(state);
    let at = rows.iter().position(|(n, _)| Some(n) == focused.as_ref()).unwrap_or(0);
    let shown = usize::from(below).min(rows.len());
    let first = (at + 1).saturating_sub(shown).min(rows.len() - shown);
    let list = Rect {
        x: area.right().saturating_sub(listed),
        y: area.y + 1,
        width: listed,
        height: if listed == 0 { 0 } else { below + 1 },
    };
    let ruler = Rect { y: bars.bottom(), height: u16::from(area.height > 1), ..bars };
    Places { head, agents: first..first + shown, bars, names, ruler, list }
}

impl Deck {
    /// The column of a moment in a row of so many.
    fn column(&self, us: u64, width: u16) -> u16 {
        let (begin, end) = self.story.span;
        let long = u128::from(end.saturating_sub(begin)) + 1;
        let at = u128::from(us.saturating_sub(begin)) * u128::from(width) / long;
        u16::try_from(at).unwrap_or(u16::MAX).min(width.saturating_sub(1))
    }

    /// The moment that a column stands for: the first for the beginning, the last for the end.
    fn moment(&self, column: u16, width: u16) -> u64 {
        let (begin, end) = self.story.span;
        let long = u128::from(end.saturating_sub(begin));
        let at = long * u128::from(column) / u128::from(width.saturating_sub(1).max(1));
        begin.saturating_add(u64::try_from(at).unwrap_or(u64::MAX))
    }
}

/// What is at that place.
pub(super) fn hit(state: &State, view: &View, deck: &Deck, area: Rect, at: Position) -> Option<Hit> {
    let places = places(state, view, deck, area);
    if places.head.contains(at) {
        return (at.x < 8).then_some(Hit::Play);
    }
    if places.list.contains(at) {
        let mark = listed(deck, places.list.height).start + usize::from(at.y - places.list.y);
        return (mark < deck.story.marks.len()).then_some(Hit::Mark(mark));
    }
    let rows = Rect { height: places.bars.height + places.ruler.height, ..places.bars };
    rows.contains(at).then(|| Hit::Moment(deck.moment(at.x - rows.x, rows.width)))
}

/// Draws the time line.
pub(in crate::ui) fn draw(buffer: &mut Buffer, state: &State, view: &View, deck: &Deck, area: Rect) {
    if area.is_empty() {
        return;
    }
    let places = places(state, view, deck, area);
    draw_head(buffer, deck, places.head, view.look, places.list.is_empty());
    let focused = view.focused(state);
    for (i, y) in places.agents.clone().zip(places.bars.y..places.bars.bottom()) {
        let Some((name, states)) = deck.story.rows.get(i) else { continue };
        let style = if focused.as_ref() == Some(name) { CHOSEN } else { DIM };
        put(buffer, area.x + 1, y, pad(name.as_str(), places.names), places.names, style);
        draw_row(buffer, deck, view.look, Rect { y, height: 1, ..places.bars }, name, states);
    }
    draw_ruler(buffer, deck, view.look, places.ruler);
    draw_list(buffer, deck, view.look, places.list);
}

/// What is played and how.
fn draw_head(buffer: &mut Buffer, deck: &Deck, area: Rect, look: Look, tells: bool) {
    let width = usize::from(area.width);
    let sign = match (deck.play, look.ascii) {
        (Play::Paused, false) => "‖",
        (Play::Paused, true) => "\"",
        (Play::Playing | Play::Following, false) => "▶",
        (Play::Playing | Play::Following, true) => ">",
    };
    let (begin, end) = deck.story.span;
    let now = deck.since(deck.now);
    // Whoever stands still may go by frames.
    let part = if deck.play == Play::Paused { format!(".{:03}", now / 1000 % 1000) } else { String::new() };
    let pace = match deck.play {
        Play::Following => "live".to_owned(),
        _ => format!("{}×", deck.speed),
    };
    let left = format!(" {sign} {pace:<5} {}{part} / {} ", told(now), told(end.saturating_sub(begin)));
    put(buffer, area.x, area.y, &left, width, if deck.play == Play::Paused { MESSAGE } else { BOLD });
    let found = deck.found.as_ref().map(|f| {
        let busy = if f.busy { ", still looking" } else { "" };
        match (f.hits, f.at) {
            (0, _) if !f.busy => format!("“{}” nowhere", f.text),
            (0, _) => format!("looking for “{}”", f.text),
            (n, 0) => format!("“{}” at {n} places{busy}", f.text),
            (n, at) => format!("“{}” {at} of {n}{busy}", f.text),
        }
    });
    let idle = if deck.cuts { format!("idle cut to {} s", deck.idle) } else { "idle as it was".to_owned() };
    let runs = (deck.live && deck.play != Play::Following).then(|| "the session goes on".to_owned());
    let right = [found.map(|f| printable(&f)), runs, Some(idle)];
    let mut right = right.into_iter().flatten().collect::<Vec<_>>().join(" · ");
    right.push(' ');
    let room = width.saturating_sub(left.width());
    if right.width() <= room {
        let x = area.right() - u16::try_from(right.width()).unwrap_or(0);
        put(buffer, x, area.y, &right, room, if deck.found.is_some() { CAUTION } else { DIM });
    } else {
        right.clear();
    }
    // Where no chapters stand beside the rows, the present one is told here.
    let last = deck.passed().checked_sub(1).and_then(|i| deck.story.marks.get(i)).filter(|_| tells);
    let title = printable(&deck.story.title);
    let middle = last.map_or(title, |m| format!("▸ {} {}", told(deck.since(m.us)), printable(&m.text)));
    let room = room.saturating_sub(right.width() + 2);
    if room > 8 {
        let x = area.x + u16::try_from(left.width() + 1).unwrap_or(0);
        put(buffer, x, area.y, cut(&middle, room), room, Style::new());
    }
}

/// How much a state matters where several share a column.
fn rank(state: AgentState) -> u8 {
    match state {
        AgentState::Failed => 4,
        AgentState::Asking | AgentState::Limited => 3,
        AgentState::Claimed => 2,
        _ => 1,
    }
}

fn draw_row(
    buffer: &mut Buffer,
    deck: &Deck,
    look: Look,
    area: Rect,
    name: &AgentName,
    states: &[(u64, AgentState)],
) {
    let width = area.width;
    let mut cells: Vec<Option<AgentState>> = vec![None; usize::from(width)];
    for (i, (us, state)) in states.iter().enumerate() {
        let from = deck.column(*us, width);
        let to = states.get(i + 1).map_or(width.saturating_sub(1), |(us, _)| deck.column(*us, width));
        for column in from..=to.max(from) {
            let Some(cell) = cells.get_mut(usize::from(column)) else { continue };
            let kept = cell.is_some_and(|old| column == from && rank(old) > rank(*state));
            if !kept {
                *cell = Some(*state);
            }
        }
    }
    let mut before = None;
    for (x, cell) in (area.x..area.right()).zip(cells) {
        let Some(state) = cell else { continue };
        let rests = matches!(state, AgentState::Ready | AgentState::Merged | AgentState::Stopped);
        let sign = if rests && before == Some(state) { "─" } else { look.sign(state) };
        put(buffer, x, area.y, sign, 1, of_state(state));
        before = Some(state);
    }
    let mut marks: Vec<&Mark> = deck.story.marks.iter().filter(|m| m.agent.as_ref() == Some(name)).collect();
    // The most telling of those that share a column is drawn last.
    marks.sort_by_key(|m| weight(m.what));
    for mark in marks {
        draw_mark(buffer, deck, look, area, mark);
    }
    let now = area.x + deck.column(deck.now, width);
    buffer.set_style(Rect { x: now, width: 1, ..area }, CHOSEN);
}

fn weight(sign: Sign) -> u8 {
    match sign {
        Sign::Chapter(Kind::Prompt | Kind::Mark) => 0,
        Sign::Chapter(Kind::Claim | Kind::Finding) => 1,
        Sign::Chapter(Kind::Ready) => 2,
        Sign::Chapter(Kind::Merge) => 3,
        Sign::Chapter(Kind::Asking) => 4,
        Sign::Chapter(Kind::Refused | Kind::GateRed) => 5,
        Sign::Chapter(Kind::Conflict | Kind::Undo) => 6,
        Sign::Chapter(Kind::Failed | Kind::Incident) => 7,
        Sign::Note => 8,
    }
}

fn draw_mark(buffer: &mut Buffer, deck: &Deck, look: Look, area: Rect, mark: &Mark) {
    let (sign, style) = sign(mark.what, look);
    let x = area.x + deck.column(mark.us, area.width);
    if x < area.right() {
        put(buffer, x, area.y, sign, 1, style);
    }
}

/// The sign of a mark.
fn sign(what: Sign, look: Look) -> (&'static str, Style) {
    let state = |state| (look.sign(state), of_state(state));
    match what {
        Sign::Chapter(Kind::Prompt) => ("»", BOLD),
        Sign::Chapter(Kind::Mark) => ("▸", BOLD),
        Sign::Chapter(Kind::Claim) => state(AgentState::Claimed),
        Sign::Chapter(Kind::Ready) => state(AgentState::Ready),
        Sign::Chapter(Kind::Asking) => state(AgentState::Asking),
        Sign::Chapter(Kind::Failed) => state(AgentState::Failed),
        Sign::Chapter(Kind::Refused) => ("✘", TROUBLE),
        Sign::Chapter(Kind::GateRed) => ("▼", TROUBLE),
        Sign::Chapter(Kind::Conflict) => ("≠", TROUBLE),
        Sign::Chapter(Kind::Merge) => state(AgentState::Merged),
        Sign::Chapter(Kind::Undo) => ("↶", CAUTION),
        Sign::Chapter(Kind::Incident) => ("◈", BOLD),
        Sign::Chapter(Kind::Finding) => ("•", BOLD),
        Sign::Note => ("¶", CAUTION),
    }
}

/// Where it is, and what concerns everybody.
fn draw_ruler(buffer: &mut Buffer, deck: &Deck, look: Look, area: Rect) {
    if area.is_empty() {
        return;
    }
    let now = deck.column(deck.now, area.width);
    let label = told(deck.since(deck.now));
    let wide = u16::try_from(label.width()).unwrap_or(0);
    let all = || deck.story.marks.iter().filter(|m| m.agent.is_none());
    let free = |from: u16| {
        from + wide <= area.width
            && all().all(|m| !(from..from + wide).contains(&deck.column(m.us, area.width)))
    };
    let at = [Some(now + 2), now.checked_sub(wide + 1)].into_iter().flatten().find(|x| free(*x));
    if let Some(x) = at {
        put(buffer, area.x + x, area.y, &label, label.width(), DIM);
    }
    let mut marks: Vec<&Mark> = all().collect();
    marks.sort_by_key(|m| weight(m.what));
    for mark in marks {
        draw_mark(buffer, deck, look, area, mark);
    }
    put(buffer, area.x + now, area.y, if look.ascii { "^" } else { "▲" }, 1, BOLD);
}

/// The chapters that stand beside the rows: those around what is shown.
fn listed(deck: &Deck, height: u16) -> Range<usize> {
    let (all, height) = (deck.story.marks.len(), usize::from(height));
    let at = deck.passed().saturating_sub(1);
    let first = at.saturating_sub(height / 2).min(all.saturating_sub(height));
    first..all.min(first + height)
}

fn draw_list(buffer: &mut Buffer, deck: &Deck, look: Look, area: Rect) {
    if area.is_empty() {
        return;
    }
    let width = usize::from(area.width);
    let present = deck.passed().checked_sub(1);
    for (i, y) in listed(deck, area.height).zip(area.y..area.bottom()) {
        let Some(mark) = deck.story.marks.get(i) else { continue };
        let (here, style) = match present {
            Some(at) if at == i => ("▸", BOLD),
            Some(at) if i < at => (" ", Style::new()),
            _ => (" ", DIM),
        };
        let head = format!("{here} {:>8} ", told(deck.since(mark.us)));
        put(buffer, area.x, y, &head, width, style);
        let x = area.x + u16::try_from(head.width()).unwrap_or(0);
        let (sign, tint) = sign(mark.what, look);
        put(buffer, x, y, sign, 1, tint);
        let room = width.saturating_sub(head.width() + 3);
        put(buffer, x + 2, y, cut(&printable(&mark.text), room), room, style);
    }
    if deck.story.marks.is_empty() {
        put(buffer, area.x + 2, area.y, "no chapters: nobody was prompted, claimed or asked", width, DIM);
    }
}
