//! The findings one below the other, by time, around the one that is looked at.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::style::Style;
use unicode_width::UnicodeWidthStr;

use super::axis::sign;
use super::digest::Digest;
use super::times::{coarse, minutes, seconds};
use crate::domain::incident::finding::Finding;
use crate::domain::signal::printable;
use crate::ui::theme::{CHOSEN, DIM, cut, pad, put};

/// Columns of a time: `02:16:05`, `02:00 +1 h`.
const TIME: usize = 11;
/// Columns of a specialist's name at most.
const NAME: usize = 8;
/// From how many columns there is room for names.
const NAMED: usize = 60;

/// The first row that is seen: the chosen one stands in the middle, except at the ends.
fn first(digest: &Digest<'_>, height: usize) -> usize {
    let at = digest.chosen.and_then(|c| digest.order.iter().position(|i| *i == c)).unwrap_or(0);
    at.saturating_sub(height / 2).min(digest.order.len().saturating_sub(height))
}

/// When a finding is, as exactly as it is known.
pub(super) fn when(digest: &Digest<'_>, finding: &Finding) -> String {
    match digest.is_coarse(finding) {
        true => format!("{} +{}", minutes(finding.at), coarse(finding.precision)),
        false => seconds(finding.at),
    }
}

/// Draws as many as fit.
pub(super) fn draw(buffer: &mut Buffer, digest: &Digest<'_>, area: Rect) {
    let (width, height) = (usize::from(area.width), usize::from(area.height));
    let first = first(digest, height);
    for (i, y) in digest.order.iter().skip(first).take(height).zip(area.y..) {
        let Some(finding) = digest.finding(*i) else { continue };
        let (sign, style) = sign(finding.severity);
        let near = if digest.is_near(finding) { '░' } else { ' ' };
        let name = match width < NAMED {
            true => String::new(),
            false => pad(crate::domain::incident::case::folder_of(&finding.source), NAME) + " ",
        };
        let lead = format!("{near}{} {name}", pad(&when(digest, finding), TIME));
        put(buffer, area.x, y, printable(&lead), width, DIM);
        let x = area.x.saturating_add(u16::try_from(lead.width()).unwrap_or(0));
        let room = width.saturating_sub(lead.width());
        put(buffer, x, y, sign.to_string(), room, style);
        let text = cut(&printable(&format!("{}: {}", finding.kind, finding.summary)), room.saturating_sub(2));
        put(buffer, x.saturating_add(2), y, text, room.saturating_sub(2), Style::new());
        if digest.chosen == Some(*i) {
            buffer.set_style(Rect { y, height: 1, ..area }.intersection(buffer.area), CHOSEN);
        }
    }
}

/// The finding in a row.
pub(super) fn hit(digest: &Digest<'_>, area: Rect, at: Position) -> Option<usize> {
    if !area.contains(at) {
        return None;
    }
    digest.order.get(first(digest, usize::from(area.height)) + usize::from(at.y - area.y)).copied()
}
