//! The keys at the foot: what they do now, the most useful first, as many as fit. A click does it too.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::text::{Line, Span};
use unicode_width::UnicodeWidthStr;

use super::actions::next_need;
use super::arrange::arrange;
use super::branches::lacks;
use super::ended::{can_resume, can_start};
use super::keymap::{Keymap, Lay, Op, When};
use super::layout::is_monitor;
use super::replay;
use super::theme::{DIM, KEY};
use super::view::View;
use crate::domain::key::Key;
use crate::engine::state::State;

/// One key, what it does, and when that holds.
pub(super) struct Piece {
    pub when: When,
    pub op: Op,
    key: String,
    name: &'static str,
}

impl Piece {
    fn new(keys: &Keymap, when: When, (op, name): (Op, Option<&'static str>)) -> Self {
        let when = match op {
            _ if keys.binding(when, op).is_some() => when,
            Op::Tape(_) => When::Replaying,
            _ => When::Normal,
        };
        let name = name.unwrap_or_else(|| keys.binding(when, op).map_or("", |b| b.name));
        let key = keys.key(when, op);
        let other = replay::counterpart(op).and_then(|op| keys.key_of(when, op));
        let key = other.map_or(key.clone(), |other| format!("{key}/{other}"));
        Self { when, op, key, name }
    }

    fn width(&self) -> usize {
        self.key.width() + self.name.width() + 4
    }
}

/// The keys that fit into `room` columns; how to find the others is always among them.
pub(super) fn pieces(state: &State, view: &View, room: usize) -> Vec<Piece> {
    let when = view.when();
    let wanted = match (view.sheet, &view.deck) {
        (Some(sheet), None) => sheet.keys(state, view),
        (Some(sheet), Some(deck)) => {
            let looks = |(op, _): &(Op, _)| op.looks();
            let own = sheet.keys(state, view).into_iter().filter(looks);
            own.chain(replay::keys(deck, false).into_iter().filter(|(op, _)| *op != Op::Zoom)).collect()
        }
        (None, Some(deck)) => replay::keys(deck, view.zoomed.is_some()),
        (None, None) => in_dashboard(state, view),
    };
    let always = [(Op::Palette, None), (Op::Help, None)].map(|k| Piece::new(&view.keys, when, k));
    let mut used: usize = always.iter().map(Piece::width).sum();
    if used > room {
        return Vec::new();
    }
    let mut pieces: Vec<Piece> = Vec::new();
    // Whoever only looks is not told of what they may not do; Enter opens a row of the Monitor for them too.
    let types = !view.looks_only() || is_monitor(state, view);
    let may = |op: Op| view.may(op) && !lacks(state, op) && (types || op != Op::Type);
    for key in wanted.into_iter().filter(|(op, _)| may(*op)) {
        let piece = Piece::new(&view.keys, when, key);
        if !pieces.iter().any(|p| p.op == piece.op) && used + piece.width() <= room {
            used += piece.width();
            pieces.push(piece);
        }
    }
    pieces.extend(always);
    pieces
}

fn in_dashboard(state: &State, view: &View) -> Vec<(Op, Option<&'static str>)> {
    let agent = view.agent(state);
    let monitor = is_monitor(state, view);
    let ended = agent.is_some_and(can_start);
    let mut shown: Vec<(Op, Option<&str>)> = Vec::new();
    if next_need(state, None).is_some() || super::calls::waiting(state).next().is_some() {
        shown.push((Op::NextNeed, None));
    }
    if state.offer.is_some() {
        shown.push((Op::TakeOffer, None));
    }
    match (monitor, ended) {
        (true, _) => shown.push((Op::Type, Some("open"))),
        (false, true) => {
            shown.push((Op::Run, Some("restart")));
            if agent.is_some_and(|a| can_resume(state, a)) {
                shown.push((Op::Resume, None));
            }
            shown.push((Op::Copy, Some("log")));
        }
        (false, false) => shown.push((Op::Type, None)),
    }
    if arrange(state, view, view.frame(state).body).page.is_some() {
        shown.push((Op::Lay(Lay::NextPage), None));
    }
    if agent.is_some_and(|a| !a.reasons.is_empty()) {
        shown.push((Op::SendReasons, None));
    }
    if state.running().is_none() && !ended {
        shown.push((Op::Run, Some("run plan")));
    }
    shown.push((Op::Broadcast, None));
    if view.zoomed.is_some() {
        shown.push((Op::Zoom, Some("unzoom")));
    }
    shown.extend([
        (Op::Review, None),
        (Op::SendOne, None),
        (Op::Zoom, None),
        (Op::Lay(Lay::NextLayout), None),
        (Op::Merge, None),
        (Op::Detach, None),
    ]);
    shown
}

/// What may follow a key that began something, as far as it fits.
pub(super) fn following(view: &View, begun: Key, room: usize) -> Vec<Piece> {
    let all = view.keys.after(view.when(), begun).into_iter();
    let mut pieces: Vec<Piece> = Vec::new();
    let mut used = 0;
    for (key, b) in all {
        let piece = Piece { when: b.when, op: b.op, key, name: b.name };
        if pieces.iter().any(|p| p.op == piece.op) || used + piece.width() > room {
            continue;
        }
        used += piece.width();
        pieces.push(piece);
    }
    pieces
}

/// The keys as a line, to stand at the right.
pub(super) fn line(pieces: Vec<Piece>) -> Line<'static> {
    let mut spans = Vec::new();
    for (i, piece) in pieces.into_iter().enumerate() {
        if i > 0 {
            spans.push(Span::styled(" · ", DIM));
        }
        spans.push(Span::styled(piece.key, KEY));
        spans.push(Span::raw(format!(" {}", piece.name)));
    }
    spans.push(Span::raw(" "));
    Line::from(spans)
}

/// Draws a line at the right of an area.
pub(super) fn draw_right(buffer: &mut Buffer, area: Rect, line: Line<'static>) {
    let width = u16::try_from(line.width()).unwrap_or(u16::MAX).min(area.width);
    buffer.set_line(area.right() - width, area.y, &line, width);
}

/// What the key at that place of the foot does.
pub(super) fn at(pieces: Vec<Piece>, area: Rect, at: Position) -> Option<(When, Op)> {
    if !area.contains(at) {
        return None;
    }
    let ends: Vec<(usize, When, Op)> = {
        let mut x = 0;
        let mut end = |p: &Piece| {
            x += p.key.width() + 1 + p.name.width() + 3;
            (x, p.when, p.op)
        };
        pieces.iter().map(&mut end).collect()
    };
    // The last piece is followed by one blank, not by the three columns that part two.
    let wide = ends.last()?.0.saturating_sub(2);
    let x = (usize::from(at.x) + wide).checked_sub(usize::from(area.right()))?;
    ends.into_iter().find(|(end, _, _)| x < *end).map(|(_, when, op)| (when, op))
}
