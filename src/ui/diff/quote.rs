//! A comment on lines of a branch, as the beginning of a prompt for its agent.

use super::Reading;
use super::rows::Row;
use crate::domain::diff::{FileDiff, Line, Sign};

/// Lines that are quoted at most.
const QUOTED: usize = 40;

/// What a comment on the chosen lines begins with; its last line is where the comment goes. None where nothing that
/// could be quoted is chosen.
pub(super) fn quote(reading: &Reading, rows: &[Row]) -> Option<Vec<String>> {
    let (diff, file) = reading.current()?;
    let chosen = rows.get(reading.chosen())?;
    let mut lines: Vec<&Line> = chosen.iter().flat_map(|row| row.lines(file)).collect();
    if lines.is_empty() {
        return None;
    }
    // Beside each other, one by one they would be mixed.
    lines.sort_by_key(|l| (line_of(l), l.sign == Sign::Added));
    let mut text =
        vec![format!("In `{}`, {} of {}:", file.path, place(file, &lines), diff.branch), String::new()];
    text.extend(
        lines.iter().take(QUOTED).map(|l| format!("> {} {}", l.sign.char(), l.text).trim_end().to_owned()),
    );
    if lines.len() > QUOTED {
        text.push(format!("> … and {} more lines", lines.len() - QUOTED));
    }
    text.extend([String::new(), String::new()]);
    Some(text)
}

/// Where a line is among both sides, nearly.
fn line_of(line: &Line) -> u32 {
    if line.sign == Sign::Removed { line.old } else { line.new }
}

fn place(file: &FileDiff, lines: &[&Line]) -> String {
    let now: Vec<u32> = lines.iter().map(|l| l.new).filter(|n| *n > 0).collect();
    let before: Vec<u32> = lines.iter().map(|l| l.old).filter(|n| *n > 0).collect();
    let span = |all: &[u32]| {
        let (first, last) = (all.iter().min().copied().unwrap_or(0), all.iter().max().copied().unwrap_or(0));
        if first == last { format!("line {first}") } else { format!("lines {first}–{last}") }
    };
    match (&now[..], &file.from) {
        ([], Some(from)) => format!("what was {} of `{from}`", span(&before)),
        ([], None) => format!("what was {}", span(&before)),
        (now, _) => span(now),
    }
}
