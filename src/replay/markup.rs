//! Rows of screens as HTML.

use std::fmt::Write as _;

use crate::screen::{Attrs, Cell, Color, Row};

const FOREGROUND: &str = "#d8dadf";
const BACKGROUND: &str = "#16181d";
/// The sixteen named colours, as xterm has them.
const NAMED: [&str; 16] = [
    "#000000", "#cd0000", "#00cd00", "#cdcd00", "#0000ee", "#cd00cd", "#00cdcd", "#e5e5e5", "#7f7f7f",
    "#ff0000", "#00ff00", "#ffff00", "#5c5cff", "#ff00ff", "#00ffff", "#ffffff",
];

/// Adds a row with its colours, and the end of the line unless the text goes on.
pub(super) fn html(row: &Row<'_>, out: &mut String) {
    let cells: Vec<Cell<'_>> = row.cells().collect();
    let used = if row.wraps() { cells.len() } else { used(&cells) };
    spans(cells.iter().take(used), out);
    if !row.wraps() {
        out.push('\n');
    }
}

/// Adds a row as one line of a screen, at most `most` cells of it.
pub(super) fn line(row: &Row<'_>, most: usize, out: &mut String) {
    let cells: Vec<Cell<'_>> = row.cells().take(most).collect();
    spans(cells.iter().take(used(&cells)), out);
    out.push('\n');
}

/// How many cells there are without the blanks at the end.
fn used(cells: &[Cell<'_>]) -> usize {
    let blank =
        |c: &Cell<'_>| c.single() == Some(' ') && c.bg == Color::Default && !c.attrs.contains(Attrs::REVERSE);
    cells.iter().rposition(|c| !blank(c)).map_or(0, |i| i + 1)
}

fn spans<'a>(cells: impl Iterator<Item = &'a Cell<'a>>, out: &mut String) {
    let mut open = String::new();
    let mut style = String::new();
    for cell in cells {
        style.clear();
        styled(cell, &mut style);
        if style != open {
            out.push_str(if open.is_empty() { "" } else { "</span>" });
            if !style.is_empty() {
                let _ = write!(out, "<span style=\"{style}\">");
            }
            std::mem::swap(&mut style, &mut open);
        }
        escape(&cell.to_string(), out);
    }
    out.push_str(if open.is_empty() { "" } else { "</span>" });
}

fn styled(cell: &Cell<'_>, out: &mut String) {
    let has = |attr| cell.attrs.contains(attr);
    let (mut fg, mut bg) = (cell.fg, cell.bg);
    let (mut front, mut back) = (FOREGROUND, BACKGROUND);
    if has(Attrs::REVERSE) {
        (fg, bg, front, back) = (bg, fg, back, front);
    }
    if has(Attrs::HIDDEN) {
        (fg, front) = (bg, back);
    }
    if fg != Color::Default || front != FOREGROUND {
        let _ = write!(out, "color:{};", color(fg, front));
    }
    if bg != Color::Default || back != BACKGROUND {
        let _ = write!(out, "background:{};", color(bg, back));
    }
    for (attr, css) in [
        (Attrs::BOLD, "font-weight:bold;"),
        (Attrs::DIM, "opacity:.6;"),
        (Attrs::ITALIC, "font-style:italic;"),
    ] {
        out.push_str(if has(attr) { css } else { "" });
    }
    out.push_str(match (has(Attrs::UNDERLINE), has(Attrs::STRIKETHROUGH)) {
        (true, true) => "text-decoration:underline line-through;",
        (true, false) => "text-decoration:underline;",
        (false, true) => "text-decoration:line-through;",
        (false, false) => "",
    });
}

fn color(color: Color, default: &str) -> String {
    match color {
        Color::Default => default.to_owned(),
        Color::Rgb(r, g, b) => format!("#{r:02x}{g:02x}{b:02x}"),
        Color::Indexed(n @ 0..=15) => NAMED.get(usize::from(n)).copied().unwrap_or(default).to_owned(),
        Color::Indexed(n @ 16..=231) => {
            let level = |n: u8| if n == 0 { 0 } else { 55 + 40 * n };
            let (r, g, b) = ((n - 16) / 36, (n - 16) / 6 % 6, (n - 16) % 6);
            format!("#{:02x}{:02x}{:02x}", level(r), level(g), level(b))
        }
        Color::Indexed(n) => {
            let level = 8 + 10 * (n - 232);
            format!("#{level:02x}{level:02x}{level:02x}")
        }
    }
}

/// Adds text, nothing of which is markup.
pub(super) fn escape(text: &str, out: &mut String) {
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            c => out.push(c),
        }
    }
}
