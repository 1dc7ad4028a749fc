//! All that a pane showed, as a page that needs nothing from elsewhere.

use std::fmt::Write as _;
use std::io::{self, Write};

use super::super::roll::Roll;
use super::{About, Happened, Sink};
use crate::domain::signal::printable;
use crate::screen::{Attrs, Cell, Color, Row};

const HEAD: &str = "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
    <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n\
    <meta name=\"viewport\" content=\"width=device-width\">\n";
const STYLE: &str = "<style>\nbody { margin: 1rem; background: #16181d; color: #d8dadf }\n\
    pre { font: 13px/1.25 ui-monospace, Menlo, Consolas, monospace; white-space: pre-wrap; overflow-wrap: anywhere }\n\
    </style>\n";
const FOREGROUND: &str = "#d8dadf";
const BACKGROUND: &str = "#16181d";
/// The sixteen named colours, as xterm has them.
const NAMED: [&str; 16] = [
    "#000000", "#cd0000", "#00cd00", "#cdcd00", "#0000ee", "#cd00cd", "#00cdcd", "#e5e5e5", "#7f7f7f",
    "#ff0000", "#00ff00", "#ffff00", "#5c5cff", "#ff00ff", "#00ffff", "#ffffff",
];

pub(super) struct Page<'a> {
    roll: Roll,
    rows: Rows<'a>,
}

struct Rows<'a> {
    out: &'a mut dyn Write,
    head: String,
    html: String,
}

impl<'a> Page<'a> {
    pub(super) fn new(about: &About, out: &'a mut dyn Write) -> Self {
        let mut title = String::new();
        escape(&printable(&about.title), &mut title);
        let head = format!("{HEAD}<title>{title}</title>\n{STYLE}</head>\n<body>\n<h1>{title}</h1>\n<pre>\n");
        Self { roll: Roll::new(), rows: Rows { out, head, html: String::new() } }
    }
}

impl Rows<'_> {
    fn row(&mut self, row: Row<'_>) -> io::Result<()> {
        self.html.clear();
        self.html.push_str(&std::mem::take(&mut self.head));
        html(&row, &mut self.html);
        self.out.write_all(self.html.as_bytes())
    }
}

impl Sink for Page<'_> {
    fn take(&mut self, us: u64, what: Happened<'_>) -> io::Result<()> {
        let rows = &mut self.rows;
        match what {
            Happened::Output(bytes) => self.roll.feed(bytes, us, &mut |row| rows.row(row)),
            Happened::Size(size) => self.roll.resize(size, &mut |row| rows.row(row)),
            Happened::Again => {
                self.roll.end(&mut |row| rows.row(row))?;
                self.roll = Roll::new();
                Ok(())
            }
            Happened::Chapter(_) | Happened::Exit(_) => Ok(()),
        }
    }

    fn end(&mut self) -> io::Result<()> {
        let rows = &mut self.rows;
        self.roll.end(&mut |row| rows.row(row))?;
        let head = std::mem::take(&mut rows.head);
        rows.out.write_all(format!("{head}</pre>\n</body>\n</html>\n").as_bytes())?;
        rows.out.flush()
    }
}

/// Adds a row with its colours, and the end of the line unless the text goes on.
fn html(row: &Row<'_>, out: &mut String) {
    let cells: Vec<Cell<'_>> = row.cells().collect();
    let blank =
        |c: &Cell<'_>| c.single() == Some(' ') && c.bg == Color::Default && !c.attrs.contains(Attrs::REVERSE);
    let used =
        if row.wraps() { cells.len() } else { cells.iter().rposition(|c| !blank(c)).map_or(0, |i| i + 1) };
    let mut open = String::new();
    let mut style = String::new();
    for cell in cells.iter().take(used) {
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
    if !row.wraps() {
        out.push('\n');
    }
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

fn escape(text: &str, out: &mut String) {
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
