//! The sheet of what became of prompts, as it is drawn.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::super::text::{hint, wrap};
use super::super::theme::{BOLD, CHOSEN, DIM, cut, pad, put};
use super::super::view::View;
use super::{Cursor, Stand, lead, lines, name_of, stand};
use crate::engine::state::State;

/// Where each entry is, from the first that is seen.
pub(super) fn rows(state: &State, view: &View, cursor: Cursor, body: Rect) -> Vec<(usize, Rect)> {
    let width = usize::from(body.width).saturating_sub(lead(usize::from(body.width)) + 2);
    let all = view.sent.shown(state);
    let heights: Vec<u16> =
        all.iter().map(|e| u16::try_from(lines(state, view, e, width).len()).unwrap_or(1)).collect();
    // The one with the cursor is always seen.
    let at = cursor.row.min(all.len().saturating_sub(1));
    let room = body.height.saturating_sub(1);
    let mut first = at;
    let mut used = heights.get(at).copied().unwrap_or(0);
    while first > 0 && used + heights[first - 1] <= room {
        first -= 1;
        used += heights[first];
    }
    let mut y = body.y + 1;
    let mut places = Vec::new();
    for (i, height) in heights.into_iter().enumerate().skip(first) {
        if y >= body.bottom() {
            break;
        }
        places.push((i, Rect { y, height: height.min(body.bottom() - y), ..body }));
        y += height;
    }
    places
}

pub(in crate::ui) fn draw(buffer: &mut Buffer, state: &State, view: &View, cursor: Cursor, body: Rect) {
    if body.is_empty() {
        return;
    }
    let width = usize::from(body.width);
    let all = view.sent.shown(state);
    if all.is_empty() {
        let text = "no prompt was sent yet: ‹broadcast› writes one for many agents, ‹send-one› for one, ‹run› runs a plan";
        for (row, y) in wrap(&hint(view, text), width.saturating_sub(2)).iter().zip(body.y..body.bottom()) {
            put(buffer, body.x + 1, y, row, width, DIM);
        }
        return;
    }
    let arrived = all.iter().filter(|e| matches!(stand(state, e), Stand::Arrived(..))).count();
    let whose = if view.sent.entries.is_empty() { "the last prompt of each agent" } else { "sent from here" };
    let title = format!("{whose}: {arrived} of {} submitted", all.len());
    put(buffer, body.x + 1, body.y, cut(&title, width.saturating_sub(2)), width, BOLD);
    for (i, area) in rows(state, view, cursor, body) {
        let Some(entry) = all.get(i) else { continue };
        let stand = stand(state, entry);
        let (sign, style) = stand.sign();
        let prompt = name_of(state, entry);
        let columns = lead(width);
        let head =
            format!(" {sign} {} {}", pad(entry.agent.as_str(), 8), pad(&prompt, columns.saturating_sub(13)));
        put(buffer, area.x, area.y, &head, width, style);
        if i == cursor.row.min(all.len() - 1) {
            buffer.set_style(Rect { width: area.width.min(12), height: 1, ..area }, CHOSEN);
        }
        let rest = width.saturating_sub(columns + 2);
        let x = area.x + u16::try_from(columns).unwrap_or(0);
        for (text, y) in lines(state, view, entry, rest).iter().zip(area.y..area.bottom()) {
            put(buffer, x, y, text, rest, if stand.order() == 3 { DIM } else { style });
        }
    }
}
