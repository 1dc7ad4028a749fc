//! A pane that is looked at: its rows, what is marked in them, and the lines that say so.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::style::{Modifier, Style};
use unicode_width::UnicodeWidthStr;

use super::{Copy, Known};
use crate::domain::signal::printable;
use crate::ui::keymap::{Glean, Keymap, Op, When};
use crate::ui::theme::{BOLD, CAUTION, CHOSEN, DIM, KEY, cut, put};
use crate::ui::view::View;

/// A place where the text was found.
const FOUND: Style = CAUTION.add_modifier(Modifier::UNDERLINED);

/// Marks what was found and what is selected, over the rows that are drawn already; gives the cursor's place.
pub(in crate::ui) fn marks(buffer: &mut Buffer, copy: &Copy, area: Rect) -> Option<Position> {
    let paint = |buffer: &mut Buffer, y: u16, from: u16, to: u16, style: Style| {
        let x = area.x.saturating_add(from);
        let width = to.saturating_sub(from).min(area.right().saturating_sub(x));
        buffer.set_style(Rect { x, y, width, height: 1 }.intersection(area), style);
    };
    for (y, row) in (area.y..area.bottom()).zip(copy.top..copy.rows.len()) {
        for (from, to, here) in copy.search.iter().flat_map(|s| s.marks(row)) {
            paint(buffer, y, from, to, if here { FOUND.patch(CHOSEN) } else { FOUND });
        }
        if let Some((from, to)) = copy.selected(row) {
            let used: u16 = copy.row(row).cells().map(|c| u16::from(c.width)).sum();
            paint(buffer, y, from, to.min(used.max(from + 1)), CHOSEN);
        }
    }
    let y = copy.at.row.checked_sub(copy.top).and_then(|y| u16::try_from(y).ok())?;
    let at = Position { x: area.x.saturating_add(copy.at.col), y: area.y.saturating_add(y) };
    area.contains(at).then_some(at)
}

/// What the lower edge of the pane says: where one is, and what was found.
pub(in crate::ui) fn lower_edge(copy: &Copy, width: usize) -> String {
    let place = match copy.known {
        Known::Reading(part) => format!("reading the log: {part} %"),
        Known::Most if copy.top == 0 => "what is older is in the record alone".to_owned(),
        _ => format!("line {} of {}", copy.at.row + 1, copy.rows.len()),
    };
    let found = copy.search.as_ref().map(|s| {
        let text = cut(&printable(&s.text), 20);
        match s.at {
            Some(at) => format!("`{text}` {} of {}", at + 1, s.hits.len()),
            None => format!("`{text}` not found"),
        }
    });
    let found = found.as_ref();
    let all = [
        found.map(|f| format!(" {f} · {place} ")),
        found.map(|f| format!(" {f} ")),
        copy.search.as_ref().and_then(|s| Some(format!(" {} of {} ", s.at? + 1, s.hits.len()))),
        Some(format!(" {place} ")),
    ];
    all.into_iter().flatten().find(|t| t.width() <= width).unwrap_or_default()
}

/// The foot while a pane is looked at.
pub(in crate::ui) fn draw_foot(buffer: &mut Buffer, view: &View, copy: &Copy, area: Rect) {
    let width = usize::from(area.width);
    let head = match copy.select {
        Some(_) => format!(" selecting in {} ", copy.agent),
        None => format!(" looking at {} ", copy.agent),
    };
    put(buffer, area.x, area.y, &head, width, BOLD);
    let mut x = head.width();
    let close = (Op::Close, if copy.select.is_some() { "drop" } else { "leave" });
    let keys: &[(Op, &str)] = match (&copy.select, &copy.search) {
        (Some(_), _) => &[(Op::Accept, "copy"), close, (Op::Find, "search")],
        (None, Some(_)) => &[
            (Op::Glean(Glean::Older), "older"),
            (Op::Glean(Glean::Newer), "newer"),
            (Op::Glean(Glean::Select), "select"),
            close,
        ],
        (None, None) => &[
            (Op::Glean(Glean::Select), "select"),
            (Op::Find, "search"),
            (Op::Top, "oldest"),
            (Op::Glean(Glean::SelectRows), "lines"),
            close,
        ],
    };
    for (op, name) in keys {
        let Some(key) = view.keys.key_of(When::Copying, *op) else { continue };
        if x + key.width() + name.width() + 4 > width {
            continue;
        }
        for (text, style) in [("· ", DIM), (key.as_str(), KEY), (" ", DIM), (name, Style::new()), (" ", DIM)]
        {
            let at = area.x.saturating_add(u16::try_from(x).unwrap_or(u16::MAX));
            put(buffer, at, area.y, text, width.saturating_sub(x), style);
            x += text.width();
        }
    }
}

/// The line in which the text to look for is written; gives the cursor's place.
pub(in crate::ui) fn draw_entry(
    buffer: &mut Buffer,
    keys: &Keymap,
    text: &str,
    area: Rect,
) -> Option<Position> {
    let key = |op| keys.key_of(When::Seeking, op).unwrap_or_default();
    let keys = format!("{} finds it · {} leaves ", key(Op::Accept), key(Op::Close));
    let hint = "lower case finds upper case too";
    crate::ui::replay::draw_line(buffer, area, "search back", text, hint, &keys)
}
