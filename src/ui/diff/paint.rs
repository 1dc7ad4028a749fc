//! Lines of source as they are drawn: tabs, colours, marks, endings.

use ratatui::buffer::Buffer;
use ratatui::style::{Modifier, Style};
use unicode_width::UnicodeWidthChar;

use super::super::theme::{BOLD, CHOSEN, DIM, put, role};
use crate::domain::diff::{Ending, Ink, Line, Sign};
use crate::domain::theme::Role;

/// Columns from one tab stop to the next.
const TAB: usize = 4;

/// The colour of a side; its sign says the same.
pub(super) fn of_sign(sign: Sign) -> Style {
    match sign {
        Sign::Same => Style::new(),
        Sign::Added => role(Role::Added),
        Sign::Removed => role(Role::Removed),
    }
}

fn of_ink(ink: Ink) -> Style {
    match ink {
        Ink::Comment => role(Role::Comment),
        Ink::Keyword => role(Role::Keyword),
        Ink::Text => role(Role::Text),
        Ink::Constant => role(Role::Number),
        Ink::Function => role(Role::Function),
        Ink::Type => role(Role::Type),
        Ink::Attribute => role(Role::Attribute),
    }
}

/// A place in which a line is drawn.
#[derive(Clone, Copy, Debug)]
pub(super) struct Slot {
    pub x: u16,
    pub y: u16,
    pub width: usize,
    /// Columns of long lines that are scrolled away.
    pub shift: usize,
}

/// Draws a line's text; places where `found` (in lower case where case does not matter) stands are reversed.
pub(super) fn text(buffer: &mut Buffer, slot: Slot, line: &Line, found: &[(usize, usize)]) {
    let base = of_sign(line.sign);
    let (mut ink, mut mark) = (0, 0);
    let mut column = 0;
    let mut put_at = |column: usize, symbol: &str, wide: usize, style: Style| {
        // What is cut in half at the left edge is left out.
        if column >= slot.shift && column - slot.shift + wide <= slot.width {
            let x = slot.x.saturating_add(u16::try_from(column - slot.shift).unwrap_or(u16::MAX));
            put(buffer, x, slot.y, symbol, wide, style);
        }
    };
    let mut cluster = String::new();
    let mut chars = line.text.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        let place = u32::try_from(at).unwrap_or(u32::MAX);
        while line.inks.get(ink).is_some_and(|(_, end, _)| *end <= place) {
            ink += 1;
        }
        while line.marks.get(mark).is_some_and(|[_, end]| *end <= place) {
            mark += 1;
        }
        let mut style = base;
        if let Some((_, _, of)) = line.inks.get(ink).filter(|(start, _, _)| *start <= place) {
            style = style.patch(of_ink(*of));
        }
        if line.marks.get(mark).is_some_and(|[start, _]| *start <= place) {
            style = style.add_modifier(Modifier::BOLD | Modifier::UNDERLINED);
        }
        if found.iter().any(|(a, b)| (*a..*b).contains(&at)) {
            style = style.patch(CHOSEN);
        }
        if c == '\t' {
            let wide = TAB - column % TAB;
            for _ in 0..wide {
                put_at(column, " ", 1, style);
                column += 1;
            }
            continue;
        }
        let wide = c.width().unwrap_or(0);
        cluster.clear();
        cluster.push(c);
        // What has no width of its own belongs to the character before.
        while let Some((_, next)) = chars.next_if(|(_, n)| *n != '\t' && n.width() == Some(0)) {
            cluster.push(next);
        }
        put_at(column, &cluster, wide, style);
        column += wide;
        if column > slot.shift + slot.width {
            put_at(slot.shift + slot.width.saturating_sub(1), "…", 1, BOLD);
            return;
        }
    }
    let end = match (line.cut, line.ending) {
        (true, _) => "…",
        (false, Ending::Crlf) => "^M",
        (false, Ending::None) => " \\ no newline at the end",
        (false, Ending::Lf) => return,
    };
    for c in end.chars() {
        put_at(column, c.encode_utf8(&mut [0; 4]), 1, DIM);
        column += 1;
    }
}

/// The places of `query` in a line: in any case, unless the query has capitals.
pub(super) fn places(text: &str, query: &str) -> Vec<(usize, usize)> {
    if query.is_empty() {
        return Vec::new();
    }
    let exact = query.chars().any(char::is_uppercase);
    // Lower case of the same length only, so that places stay what they are.
    let lower =
        |text: &str| text.chars().map(|c| if c.is_ascii() { c.to_ascii_lowercase() } else { c }).collect();
    let (text, query): (String, String) =
        if exact { (text.to_owned(), query.to_owned()) } else { (lower(text), lower(query)) };
    text.match_indices(&query).map(|(at, hit)| (at, at + hit.len())).collect()
}
