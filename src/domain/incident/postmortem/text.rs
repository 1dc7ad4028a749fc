//! Texts of findings, reports and specialists as they may stand in a postmortem: whatever they say stays text on one line.

use crate::domain::incident::stamp;
use crate::domain::signal::printable;

/// The most characters of a summary or a note that are shown.
pub const WIDTH: usize = 300;
/// A day in milliseconds.
pub const DAY_MS: i64 = 86_400_000;

/// A text for the middle of a line or a cell: no markup, no line break, no bracket that could pass for ids.
#[must_use]
pub fn inline(text: &str, width: usize) -> String {
    let clean = printable(text);
    let clean = clean.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut out: String = clean.chars().take(width).map(plain).collect();
    if clean.chars().count() > width {
        // A word that is cut may be a number that nobody said.
        let cut = out.rfind(' ').unwrap_or(0);
        out.truncate(cut);
        out.push_str(" …");
    }
    out
}

fn plain(c: char) -> char {
    match c {
        '[' | '{' => '(',
        ']' | '}' => ')',
        '<' => '‹',
        '>' => '›',
        '|' | '\\' => '/',
        '`' => '\'',
        '*' => '·',
        '#' => '№',
        // Digits that cannot be compared with those of findings.
        c if c.is_numeric() && !c.is_ascii_digit() => '?',
        c => c,
    }
}

/// An id as it stands between brackets. Most are as they are.
#[must_use]
pub fn id(text: &str) -> String {
    let one = |c: char| match c {
        ',' | '[' | ']' | '(' | ')' | '{' | '}' | '<' | '>' | '|' | '`' | '*' | '\\' | '#' | '!' | '"' => '_',
        c if c.is_whitespace() || c.is_control() => '_',
        c if c.is_numeric() && !c.is_ascii_digit() => '_',
        c => c,
    };
    printable(text).chars().map(one).collect()
}

/// Ids as the mark that a line ends with: `[a, b]`. Empty for none.
#[must_use]
pub fn mark<'a>(ids: impl IntoIterator<Item = &'a str>) -> String {
    let mut all: Vec<String> = Vec::new();
    for one in ids.into_iter().map(id) {
        if !all.contains(&one) {
            all.push(one);
        }
    }
    if all.is_empty() { String::new() } else { format!("[{}]", all.join(", ")) }
}

/// `2026-03-14 02:10:00`, UTC; what is finer than a second is left out.
#[must_use]
pub fn moment(at: i64) -> String {
    let text = stamp::text(at);
    format!("{} {}", text.get(..10).unwrap_or_default(), text.get(11..19).unwrap_or_default())
}

/// `02:10:00`.
#[must_use]
pub fn clock(at: i64) -> String {
    stamp::text(at).get(11..19).unwrap_or_default().to_owned()
}

/// `2026-03-14`.
#[must_use]
pub fn date(at: i64) -> String {
    stamp::text(at).get(..10).unwrap_or_default().to_owned()
}

/// A count and its noun: `1 event`, `2 events`.
#[must_use]
pub fn count(n: usize, noun: &str) -> String {
    if n == 1 { format!("1 {noun}") } else { format!("{n} {noun}s") }
}

/// A number as short as it is exact, to three digits behind the point.
#[must_use]
pub fn number(x: f64) -> String {
    let text = format!("{x:.3}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}
