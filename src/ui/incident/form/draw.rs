//! How the form looks.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::style::Style;
use unicode_width::UnicodeWidthStr;

use super::{Field, Form, Known};
use crate::domain::signal::printable;
use crate::ui::composer::{Text, size};
use crate::ui::keymap::When;
use crate::ui::popup::{draw_box, frame_of};
use crate::ui::theme::{BOLD, CAUTION, DIM, KEY, TROUBLE, cut, put};
use crate::ui::view::{View, inner};

/// Columns of the names of fields.
const NAMES: u16 = 10;
/// Fewest rows on which all fields are seen at once.
const ROOMY: u16 = 10;

/// Where it is.
pub(in crate::ui) fn area(view: &View) -> Rect {
    frame_of(view, 110, (view.rows / 4 * 3).clamp(16, 34))
}

/// The fields that are seen, each with its rows.
fn places(form: &Form, inside: Rect) -> Vec<(usize, Rect)> {
    let row = |y: u16, height: u16| Rect { x: inside.x, y, width: inside.width, height };
    if inside.height < ROOMY {
        // Those around the one that is written in.
        let first = (form.at + 1).saturating_sub(usize::from(inside.height.max(1)));
        let rows = (inside.y..inside.bottom()).map(|y| row(y, 1));
        return (first..Field::ALL.len()).zip(rows).collect();
    }
    let others = u16::try_from(Field::ALL.len() - 1).unwrap_or(0);
    // One row is left for the route, one for what is against it.
    let report = inside.height - others - 2;
    let rest = (1..Field::ALL.len()).zip((inside.y + report..).map(|y| row(y, 1)));
    std::iter::once((0, row(inside.y, report))).chain(rest).collect()
}

/// Draws it; the answer is where the cursor belongs.
pub(in crate::ui) fn draw(buffer: &mut Buffer, view: &View, form: &Form) -> Option<Position> {
    let area = area(view);
    let bytes = form.text(Field::Report).len();
    draw_box(buffer, &view.keys, area, &format!(" new incident · report {} ", size(bytes)), When::Triaging);
    let inside = inner(area);
    let mut cursor = None;
    let places = places(form, inside);
    for (i, place) in &places {
        let (Some(field), Some(text)) = (Field::ALL.get(*i), form.fields.get(*i)) else { continue };
        let here = *i == form.at;
        let width = usize::from(place.width);
        put(buffer, place.x, place.y, field.word(), width.min(9), if here { KEY } else { BOLD });
        let names = NAMES.min(place.width / 2);
        let room = Rect { x: place.x + names, width: place.width - names, ..*place };
        let at = draw_field(buffer, *field, text, form, room);
        cursor = if here { at } else { cursor };
    }
    if let Some((_, last)) = places.last().filter(|_| inside.height >= ROOMY) {
        let width = usize::from(inside.width);
        put(buffer, inside.x, last.bottom(), cut(&form.route, width), width, DIM);
        put(buffer, inside.x, last.bottom() + 1, cut(&form.why, width), width, TROUBLE);
    }
    cursor
}

/// What a field says while nothing is written in it.
fn empty(form: &Form, field: Field) -> (String, Style) {
    let question = match field {
        Field::Report => return ("paste the report here, or write what is known".into(), DIM),
        Field::Name => return ("what it is called; may stay empty".into(), DIM),
        Field::Data => return ("the folder of its data, an absolute path; may stay empty".into(), DIM),
        Field::Answer(question) => question,
    };
    match form.known(question) {
        Some(Known::Answered(text)) => (format!("✔ {text}"), Style::new()),
        Some(Known::Open(why)) => (format!("? {} ({why})", question.asks()), CAUTION),
        Some(Known::Wrong(why)) => (format!("✘ {why}"), TROUBLE),
        Some(Known::Spared) | None => ("not asked: nothing is out of order".into(), DIM),
    }
}

/// Draws what is written in a field; the answer is where its cursor belongs.
fn draw_field(buffer: &mut Buffer, field: Field, text: &Text, form: &Form, area: Rect) -> Option<Position> {
    let (width, height) = (usize::from(area.width), usize::from(area.height));
    if area.is_empty() {
        return None;
    }
    if text.lines().len() == 1 && text.lines().first().is_none_or(String::is_empty) {
        let (hint, style) = empty(form, field);
        put(buffer, area.x, area.y, cut(&hint, width), width, style);
        return Some(Position { x: area.x, y: area.y });
    }
    let (row, column) = text.cursor();
    let first = (row + 1).saturating_sub(height);
    let line = text.lines().get(row).map_or("", String::as_str);
    let before = printable(&line.chars().take(column).collect::<String>()).width();
    // Every line moves with the cursor's.
    let left = (before + 1).saturating_sub(width);
    for (y, line) in (area.y..area.bottom()).zip(text.lines().iter().skip(first)) {
        put(buffer, area.x, y, crate::ui::composer::skip(&printable(line), left), width, Style::new());
    }
    if let (Field::Answer(q), 1) = (field, height) {
        let used = printable(line).width().saturating_sub(left) + 2;
        let beside = match form.known(q) {
            Some(Known::Wrong(why)) => Some((format!("✘ {why}"), TROUBLE)),
            Some(Known::Answered(text)) => Some((format!("✔ {text}"), DIM)),
            _ => None,
        };
        if let Some((text, style)) = beside.filter(|_| used + 4 < width) {
            let x = area.x.saturating_add(u16::try_from(used).unwrap_or(0));
            put(buffer, x, area.y, cut(&text, width - used), width - used, style);
        }
    }
    let x = area.x + u16::try_from(before - left).unwrap_or(0).min(area.width - 1);
    Some(Position { x, y: area.y + u16::try_from(row - first).unwrap_or(0) })
}

/// The field at a place.
pub(super) fn field_at(view: &View, form: &Form, at: Position) -> Option<usize> {
    places(form, inner(area(view))).into_iter().find(|(_, place)| place.contains(at)).map(|(i, _)| i)
}
