//! Looking for a text in the lines of a branch.

use super::super::actions::Action;
use super::super::view::View;
use super::Reading;
use super::paint::places;

/// Goes to the next line with `text`, or with what was looked for last where it is empty: further down in this file, then
/// in the next ones, then from the beginning. Only lines that were read are looked at.
pub(in crate::ui) fn seek(view: &mut View, text: &str) -> Vec<Action> {
    let cols = view.cols;
    let Some(reading) = view.reading.as_deref_mut() else { return Vec::new() };
    if !text.is_empty() {
        text.clone_into(&mut reading.query);
    }
    let Some((file, old, new)) = next(reading, cols) else {
        let text = reading.query.clone();
        view.complain(format!("`{text}` is not in what was read of the branch"));
        return vec![Action::Beep];
    };
    if file != reading.file {
        (reading.file, reading.shift) = (file, 0);
        reading.opened.clear();
    }
    reading.anchor = None;
    let at = |reading: &Reading| {
        let (_, file) = reading.current()?;
        let here = |row: &super::Row| row.lines(file).iter().any(|l| (l.old, l.new) == (old, new));
        reading.rows(cols).iter().position(here)
    };
    if at(reading).is_none() {
        // It is folded.
        reading.whole = true;
    }
    reading.at = at(reading).unwrap_or(0);
    reading.top = reading.at.saturating_sub(3);
    Vec::new()
}

/// The file and the numbers of the next line that holds what is looked for.
fn next(reading: &Reading, cols: u16) -> Option<(usize, u32, u32)> {
    let diff = reading.diff.as_deref()?;
    let (_, file) = reading.current()?;
    let rows = reading.rows(cols);
    let here =
        rows.iter().take(reading.at + 1).rev().find_map(|row| row.lines(file).last().map(|l| (l.old, l.new)));
    let all = diff
        .files
        .iter()
        .enumerate()
        .flat_map(|(n, f)| f.hunks.iter().flat_map(|h| &h.lines).map(move |line| (n, line)));
    let found =
        |(_, line): &(usize, &crate::domain::diff::Line)| !places(&line.text, &reading.query).is_empty();
    // Whatever stands at or before the cursor comes last.
    let before = all.clone().position(|(n, l)| n == reading.file && Some((l.old, l.new)) == here);
    let after =
        before.map_or_else(|| all.clone().take_while(|(n, _)| *n < reading.file).count(), |at| at + 1);
    let mut round = all.clone().skip(after).chain(all.take(after));
    round.find(found).map(|(n, line)| (n, line.old, line.new))
}
