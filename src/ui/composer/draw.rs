//! How the composer looks.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::style::Style;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use super::super::popup::{draw_box, frame_of};
use super::super::text::{hint, wrap};
use super::super::theme::{BOLD, CAUTION, CHOSEN, DIM, TROUBLE, cut, of_state, put};
use super::super::view::{Mode, View};
use super::{Composer, Model, Part};
use crate::domain::signal::printable;
use crate::engine::state::State;

/// Fewest rows inside the box in which there is room for more than the part that takes the keys.
const ROOMY: u16 = 6;

/// A size in bytes as people read it: `812 B`, `1.9 KB`.
pub(in crate::ui) fn size(bytes: usize) -> String {
    match bytes {
        0..1000 => format!("{bytes} B"),
        1000..1_000_000 => format!("{}.{} KB", bytes / 1000, bytes % 1000 / 100),
        _ => format!("{}.{} MB", bytes / 1_000_000, bytes % 1_000_000 / 100_000),
    }
}

/// Where the composer is.
pub(in crate::ui) fn area(view: &View) -> Rect {
    frame_of(view, 100, (view.rows / 3 * 2).clamp(14, 32))
}

/// The parts within: the ticks, what is sent, the line above the text, and the text or what an agent would get.
struct Places {
    ticks: Rect,
    using: Rect,
    rule: Rect,
    text: Rect,
}

fn places(view: &View, composer: &Composer) -> Places {
    let area = area(view);
    let inside = Rect {
        x: area.x + 2,
        y: area.y + 1,
        width: area.width.saturating_sub(4),
        height: area.height.saturating_sub(2),
    };
    let none = Rect { height: 0, ..inside };
    if inside.height < ROOMY {
        // Only what takes the keys.
        return match composer.part {
            Part::People => Places { ticks: inside, using: none, rule: none, text: none },
            _ => Places { ticks: none, using: none, rule: none, text: inside },
        };
    }
    let rows = layout(inside, composer).last().map_or(0, |t| t.y - inside.y) + 1;
    let ticks = Rect { height: rows.min(inside.height - 4), ..inside };
    let using = Rect { y: ticks.bottom(), height: 1, ..inside };
    let rule = Rect { y: using.bottom(), height: 1, ..inside };
    let text = Rect { y: rule.bottom(), height: inside.bottom().saturating_sub(rule.bottom()), ..inside };
    Places { ticks, using, rule, text }
}

/// The ticks one after another from the area's upper left, as many rows as it takes.
fn layout(area: Rect, composer: &Composer) -> Vec<Rect> {
    let (mut x, mut y) = (area.x + 3, area.y);
    let mut areas = Vec::new();
    for (name, _) in &composer.ticks {
        let width = u16::try_from(name.as_str().len()).unwrap_or(32) + 4;
        if x + width > area.right() + 1 && x > area.x + 3 {
            x = area.x + 3;
            y += 1;
        }
        areas.push(Rect { x, y, width, height: 1 });
        x += width;
    }
    areas
}

/// Where the ticks are, one area an agent, as far as they fit.
pub(in crate::ui) fn tick_areas(view: &View, composer: &Composer) -> Vec<Rect> {
    let ticks = places(view, composer).ticks;
    let all = layout(ticks, composer);
    // The one the cursor is on is always seen.
    let row = all.get(composer.at).map_or(0, |t| t.y - ticks.y);
    let up = (row + 1).saturating_sub(ticks.height.max(1));
    all.into_iter()
        .map(|t| match t.y.checked_sub(up) {
            Some(y) => Rect { y, ..t }.intersection(ticks),
            None => Rect::default(),
        })
        .collect()
}

/// Rows of what an agent would get that are seen at once.
pub(super) fn preview_rows(view: &View) -> usize {
    composer_of(view).map_or(0, |c| usize::from(places(view, c).text.height))
}

/// Columns of it.
pub(super) fn preview_width(view: &View) -> usize {
    composer_of(view).map_or(1, |c| usize::from(places(view, c).text.width))
}

fn composer_of(view: &View) -> Option<&Composer> {
    match &view.mode {
        Mode::Composer(composer) => Some(composer),
        _ => None,
    }
}

/// Draws it; the answer is where the cursor belongs.
pub(in crate::ui) fn draw(
    buffer: &mut Buffer,
    state: &State,
    view: &View,
    composer: &Composer,
) -> Option<Position> {
    let area = area(view);
    let count = composer.ticked().len();
    let title = match &composer.group {
        Some(name) => format!(" prompt for {count} · {} ", printable(name)),
        None => format!(" prompt for {count} of {} ", composer.ticks.len()),
    };
    draw_box(buffer, &view.keys, area, &title, view.when());
    if area.width < 8 || area.height < 3 {
        return None;
    }
    let places = places(view, composer);
    draw_ticks(buffer, state, view, composer, places.ticks);
    if places.using.height > 0 {
        let width = usize::from(places.using.width);
        put(buffer, places.using.x, places.using.y, "use", width, DIM);
        let text = cut(&using(view, composer), width.saturating_sub(4));
        put(buffer, places.using.x + 4, places.using.y, text, width.saturating_sub(4), Style::new());
        rule(buffer, places.rule, composer);
    }
    if composer.part == Part::Preview || matches!(composer.model, Model::Named(_)) {
        draw_preview(buffer, composer, places.text);
        return None;
    }
    if places.text.is_empty() {
        return None;
    }
    draw_text(buffer, places.text, composer)
}

fn draw_ticks(buffer: &mut Buffer, state: &State, view: &View, composer: &Composer, area: Rect) {
    put(buffer, area.x, area.y, if area.is_empty() { "" } else { "to" }, usize::MAX, DIM);
    for (i, ((name, on), place)) in composer.ticks.iter().zip(tick_areas(view, composer)).enumerate() {
        let alive = state.agent(name).map(|a| of_state(a.state())).unwrap_or_default();
        let style = match (composer.part == Part::People && i == composer.at, *on) {
            (true, _) => CHOSEN,
            (false, true) => BOLD,
            (false, false) => alive,
        };
        if !place.is_empty() {
            let text = format!("[{}]{name} ", if *on { 'x' } else { ' ' });
            put(buffer, place.x, place.y, text.trim_end(), usize::from(place.width), style);
        }
    }
}

/// What is sent, in words.
fn using(view: &View, composer: &Composer) -> String {
    let marked = || composer.text.lines().iter().any(|l| l.contains("{{") || l.contains("{%"));
    match &composer.model {
        Model::Named(name) => match &composer.preview.shown {
            Some(s) if s.prompt != *name && !s.prompt.is_empty() => {
                format!("prompt {} ({})", printable(name), s.prompt)
            }
            _ => format!("prompt {}", printable(name)),
        },
        Model::Filled => "own text, its placeholders filled in for each".into(),
        Model::Plain if marked() => hint(view, "own text as it is; ‹fill-in› fills in its placeholders"),
        Model::Plain => hint(view, "own text; ‹use-prompt› takes one of the library"),
    }
}

/// The line above the text: what is seen, and how large it is.
fn rule(buffer: &mut Buffer, area: Rect, composer: &Composer) {
    let width = usize::from(area.width);
    put(buffer, area.x, area.y, "─".repeat(width), width, DIM);
    let names = composer.ticked();
    let previews = composer.part == Part::Preview || matches!(composer.model, Model::Named(_));
    let text = match (&composer.preview.shown, names.get(composer.preview.at)) {
        _ if !previews => format!(" text, {} ", size(composer.text.bytes())),
        (Some(s), _) => {
            let at = names.iter().position(|n| **n == s.agent).map_or(0, |i| i + 1);
            let bytes = if s.text.is_ok() { format!(", {}", size(s.bytes)) } else { String::new() };
            format!(" preview for {} ({at} of {}{bytes}) ", s.agent, names.len())
        }
        (None, Some(agent)) => {
            format!(" preview for {agent} ({} of {}) ", composer.preview.at + 1, names.len())
        }
        (None, None) => " preview ".into(),
    };
    put(buffer, area.x + 1, area.y, cut(&text, width.saturating_sub(2)), width, BOLD);
}

/// What one agent would get.
fn draw_preview(buffer: &mut Buffer, composer: &Composer, area: Rect) {
    let (width, height) = (usize::from(area.width), usize::from(area.height));
    let (rows, style): (Vec<String>, Style) = match (&composer.preview.shown, &composer.preview.asked) {
        (Some(s), _) => match &s.text {
            Ok(lines) => (lines.iter().flat_map(|l| wrap(l, width)).collect(), Style::new()),
            Err(why) => (wrap(&format!("failed to {why}"), width), TROUBLE),
        },
        (None, Some(agent)) => (vec![format!("git is asked about the branch of {agent}…")], DIM),
        (None, None) if composer.ticked().is_empty() => {
            (wrap("for nobody yet: tick an agent to see what it would get", width), CAUTION)
        }
        (None, None) => (wrap("Tab shows what each agent would get", width), DIM),
    };
    let scroll = composer.preview.scroll.min(rows.len().saturating_sub(height));
    for (y, row) in (area.y..area.bottom()).zip(rows.iter().skip(scroll)) {
        put(buffer, area.x, y, row, width, style);
    }
    let more = rows.len().saturating_sub(scroll + height);
    if more > 0 && area.y > 0 {
        let text = format!(" {more} more below ");
        let x = area.right().saturating_sub(u16::try_from(text.width()).unwrap_or(0));
        if height > 1 {
            put(buffer, x, area.y - 1, text, width, DIM);
        }
    }
}

fn draw_text(buffer: &mut Buffer, area: Rect, composer: &Composer) -> Option<Position> {
    let (width, height) = (usize::from(area.width), usize::from(area.height));
    let text = &composer.text;
    if text.lines().len() == 1 && text.lines()[0].is_empty() {
        let hint = "write the prompt here; it goes to the agents ticked above";
        put(buffer, area.x, area.y, cut(hint, width), usize::MAX, DIM);
    }
    let first = (text.row + 1).saturating_sub(height);
    let before: String = text.lines()[text.row].chars().take(text.column).collect();
    let left = (printable(&before).width() + 1).saturating_sub(width);
    for (y, line) in (area.y..area.bottom()).zip(text.lines().iter().skip(first)) {
        // Every line moves with the cursor's, so that columns stay below each other.
        let line = printable(line);
        put(buffer, area.x, y, skip(&line, left), width, Style::new());
    }
    let x = area.x + u16::try_from(printable(&before).width() - left).unwrap_or(0).min(area.width - 1);
    let y = area.y + u16::try_from(text.row - first).unwrap_or(0);
    (composer.part == Part::Text).then_some(Position { x, y })
}

/// `text` without its first `columns` columns.
pub(in crate::ui) fn skip(text: &str, columns: usize) -> &str {
    let mut used = 0;
    for (i, c) in text.char_indices() {
        if used >= columns {
            return &text[i..];
        }
        used += c.width().unwrap_or(0);
    }
    ""
}
