//! Lines of text that are to stand out in some way, wrapped and drawn.

use std::fmt::Write as _;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use unicode_width::UnicodeWidthStr;

use super::theme::{BOLD, CAUTION, DIM, KEY, TROUBLE, cut, cut_path, pad, put};
use super::view::View;

/// One line and how it is to stand out.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Text {
    Plain(String),
    Head(String),
    Bad(String),
    Warn(String),
    Quiet(String),
    /// What stands before a path, and the path, which is cut in its middle.
    Path(String, String),
    /// A line of a file, without tabs: the sign of whose it is, with its style, and what it says.
    Code(char, Style, String),
    /// A key or name of so many columns, then what it means.
    Pair(String, String),
}

/// A row as it is drawn: text, style, and the columns at its start that stand out.
pub(super) type Row = (String, Style, Option<usize>);

pub(super) fn put_row(buffer: &mut Buffer, x: u16, y: u16, width: usize, (text, style, key): &Row) {
    put(buffer, x, y, text, width, *style);
    if let Some(n) = key {
        let n = u16::try_from(*n).unwrap_or(0);
        buffer.set_style(Rect { x, y, width: n, height: 1 }, KEY);
    }
}

/// Draws as much of a text as fits, without a frame; the answer is the rows it took.
pub(super) fn draw_texts(buffer: &mut Buffer, area: Rect, lines: &[Text]) -> u16 {
    let width = usize::from(area.width.saturating_sub(2));
    let rows: Vec<Row> =
        lines.iter().flat_map(|l| rows_of(l, width)).take(usize::from(area.height)).collect();
    for (y, row) in (area.y..).zip(&rows) {
        put_row(buffer, area.x + 1, y, width, row);
    }
    u16::try_from(rows.len()).unwrap_or(area.height)
}

/// What a text tells, with the key in force for each action that it names as `‹word›`. In a recording the text ends
/// before the first of them: that key does something else there.
pub(super) fn hint(view: &View, text: &str) -> String {
    let mut told = String::new();
    let mut rest = text;
    while let Some((before, word, after)) = next_word(rest) {
        told.push_str(before);
        rest = after;
        match view.keys.all().map(|b| b.op).find(|op| op.word() == word) {
            Some(_) if view.deck.is_some() => {
                let ends = |c: char| matches!(c, ':' | ';' | ',' | '(' | ' ');
                return told.trim_end_matches(ends).to_owned();
            }
            Some(op) => told.push_str(&view.key(op)),
            None => {
                let _ = write!(told, "‹{word}›");
            }
        }
    }
    told + rest
}

/// What stands before the first `‹word›`, the word, and what follows.
fn next_word(text: &str) -> Option<(&str, &str, &str)> {
    let (before, rest) = text.split_once('‹')?;
    let (word, after) = rest.split_once('›')?;
    Some((before, word, after))
}

/// The same of lines.
pub(super) fn hints(view: &View, lines: Vec<Text>) -> Vec<Text> {
    let told = |text: String| hint(view, &text);
    let line = |line| match line {
        Text::Quiet(text) => Text::Quiet(told(text)),
        Text::Warn(text) => Text::Warn(told(text)),
        other => other,
    };
    lines.into_iter().map(line).collect()
}

/// The rows of a line, each with the columns at its start that stand out.
pub(super) fn rows_of(line: &Text, width: usize) -> Vec<Row> {
    let styled = |text: &str, style| wrap(text, width).into_iter().map(move |t| (t, style, None)).collect();
    match line {
        Text::Plain(text) => styled(text, Style::new()),
        Text::Head(text) => styled(text, BOLD),
        Text::Bad(text) => styled(text, TROUBLE),
        Text::Warn(text) => styled(text, CAUTION),
        Text::Quiet(text) => styled(text, DIM),
        Text::Path(lead, path) => {
            let path = cut_path(path, width.saturating_sub(lead.width()));
            vec![(cut(&format!("{lead}{path}"), width), Style::new(), None)]
        }
        Text::Code(sign, style, text) => {
            let rows = wrap(text, width.saturating_sub(4).max(1)).into_iter();
            rows.map(|row| (cut(&format!("  {sign} {row}"), width), *style, None)).collect()
        }
        Text::Pair(key, what) => {
            let left = 30.min(width / 2);
            let mut rows = wrap(what, width.saturating_sub(left + 1)).into_iter();
            let first = rows.next().unwrap_or_default();
            let head = (format!("{} {first}", pad(key, left)), Style::new(), Some(left));
            let rest = rows.map(|t| (format!("{:left$} {t}", ""), Style::new(), None));
            std::iter::once(head).chain(rest).collect()
        }
    }
}

/// Breaks a text into rows of at most `width` columns, at blanks where possible; leading blanks stay.
pub(super) fn wrap(text: &str, width: usize) -> Vec<String> {
    let width = width.max(1);
    let mut rows = Vec::new();
    let mut row = String::new();
    for word in text.split_inclusive(' ') {
        let mut word = word;
        if row.width() + word.trim_end().width() > width && !row.trim().is_empty() {
            rows.push(std::mem::take(&mut row).trim_end().to_owned());
        }
        while row.width() + word.trim_end().width() > width {
            let room = width.saturating_sub(row.width()).max(1);
            let mut used = 0;
            let fits = |(_, c): &(usize, char)| {
                used += unicode_width::UnicodeWidthChar::width(*c).unwrap_or(0);
                used <= room
            };
            let n = word.char_indices().take_while(fits).last().map_or(0, |(i, c)| i + c.len_utf8());
            // A character wider than the row is given a row of its own rather than none.
            let n = if n == 0 { word.chars().next().map_or(0, char::len_utf8) } else { n };
            row.push_str(&word[..n]);
            rows.push(std::mem::take(&mut row));
            word = &word[n..];
        }
        row.push_str(word);
    }
    rows.push(row.trim_end().to_owned());
    rows
}
