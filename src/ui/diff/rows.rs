//! The rows of one file: what is folded, and which lines stand beside each other.

use std::collections::BTreeSet;

use crate::domain::diff::{BranchDiff, FileDiff, Hunk, Line, Sign};
use crate::domain::signal::printable;

/// Unchanged lines that stay beside a change.
const NEAR: usize = 3;
/// Fewest lines that are worth a fold.
const FOLD: usize = 3;

/// One row.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Row {
    /// Where a hunk is.
    Head(String),
    /// Lines that are folded: the hunk, the first of them and how many.
    Fold(usize, usize, usize),
    /// One line of a hunk.
    One(usize, usize),
    /// Two lines of a hunk beside each other.
    Two(usize, Option<usize>, Option<usize>),
    /// Something to be said.
    Note(String),
}

impl Row {
    /// The lines of the file that stand in it.
    pub fn lines<'a>(&self, file: &'a FileDiff) -> Vec<&'a Line> {
        let of = |hunk: usize, at: usize| file.hunks.get(hunk).and_then(|h| h.lines.get(at));
        match self {
            Self::One(hunk, at) => of(*hunk, *at).into_iter().collect(),
            Self::Two(hunk, left, right) => {
                let right = right.filter(|r| Some(*r) != *left);
                left.iter().chain(&right).filter_map(|at| of(*hunk, *at)).collect()
            }
            _ => Vec::new(),
        }
    }

    /// Whether something changed in it.
    pub fn changed(&self, file: &FileDiff) -> bool {
        self.lines(file).iter().any(|l| l.sign != Sign::Same)
    }
}

/// How a file is seen.
#[derive(Clone, Copy, Debug)]
pub(super) struct How<'a> {
    /// Both sides beside each other.
    pub sides: bool,
    /// Nothing is folded.
    pub whole: bool,
    /// Folds that were opened, by hunk and first line.
    pub opened: &'a BTreeSet<(usize, usize)>,
}

/// All rows of a file; never none.
pub(super) fn rows(diff: &BranchDiff, file: &FileDiff, how: How<'_>) -> Vec<Row> {
    let mut rows = Vec::new();
    for (n, hunk) in file.hunks.iter().enumerate() {
        let text = format!(
            "@@ -{},{} +{},{} @@ {}",
            hunk.old[0], hunk.old[1], hunk.new[0], hunk.new[1], hunk.section
        );
        rows.push(Row::Head(text.trim_end().to_owned()));
        of_hunk(n, hunk, how, &mut rows);
    }
    let remarks = file.remarks();
    if file.hunks.is_empty() {
        rows.extend(remarks.into_iter().map(Row::Note));
    }
    if file.more > 0 && file.hunks.is_empty() {
        rows.push(Row::Note(format!("{} lines, not read yet: Enter reads them", file.more)));
    } else if file.more > 0 {
        let path = printable(&file.path);
        let (base, branch) = (diff.base.short(), &diff.branch);
        rows.push(Row::Note(format!(
            "… {} more lines, open `git diff {base}...{branch} -- {path}`",
            file.more
        )));
    }
    if rows.is_empty() {
        rows.push(Row::Note("nothing to show".into()));
    }
    rows
}

fn of_hunk(n: usize, hunk: &Hunk, how: How<'_>, rows: &mut Vec<Row>) {
    let far = |at: usize| {
        let near = hunk.lines.iter().take(at + NEAR + 1).skip(at.saturating_sub(NEAR));
        near.into_iter().all(|l| l.sign == Sign::Same)
    };
    let mut at = 0;
    while at < hunk.lines.len() {
        let folded = (at..hunk.lines.len()).take_while(|i| far(*i)).count();
        if folded >= FOLD && !how.whole && !how.opened.contains(&(n, at)) {
            rows.push(Row::Fold(n, at, folded));
            at += folded;
            continue;
        }
        // What is not folded up to the next place where something may be.
        let shown = folded.max(1);
        if how.sides {
            at += beside(n, hunk, at, shown, rows);
        } else {
            rows.extend((at..at + shown).map(|i| Row::One(n, i)));
            at += shown;
        }
    }
}

/// Puts at least `least` lines from `at` on beside each other; the answer is how many it were.
fn beside(n: usize, hunk: &Hunk, at: usize, least: usize, rows: &mut Vec<Row>) -> usize {
    let run = |from: usize, sign: Sign| {
        hunk.lines.get(from..).map_or(0, |rest| rest.iter().take_while(|l| l.sign == sign).count())
    };
    let mut done = 0;
    while done < least {
        let from = at + done;
        let removed = run(from, Sign::Removed);
        let added = run(from + removed, Sign::Added);
        if removed + added == 0 {
            rows.push(Row::Two(n, Some(from), Some(from)));
            done += 1;
            continue;
        }
        for i in 0..removed.max(added) {
            let left = (i < removed).then_some(from + i);
            let right = (i < added).then_some(from + removed + i);
            rows.push(Row::Two(n, left, right));
        }
        done += removed + added;
    }
    done
}

/// The first row of each run of changes.
pub(super) fn changes(rows: &[Row], file: &FileDiff) -> Vec<usize> {
    let changed: Vec<bool> = rows.iter().map(|r| r.changed(file)).collect();
    let begins = |at: &usize| changed[*at] && (*at == 0 || !changed[*at - 1]);
    let mut found: Vec<usize> = (0..rows.len()).filter(begins).collect();
    if found.is_empty() {
        found.push(0);
    }
    found
}
