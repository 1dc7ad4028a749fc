//! What changed between two looks at a screen: which rows are gone from it, and which are new.

use std::collections::{HashMap, HashSet};

/// Fewest rows that count as a page when all of them change at once.
const PAGE_MIN: usize = 3;
/// Rows of the same text that are tried when two looks are laid over each other.
const ALIKE_MAX: usize = 8;

/// The text of a row. Nothing but blanks is the empty text.
pub(super) type Text = String;

/// What is gone and what is new.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(super) struct Change {
    /// Places in the old look of what is not shown any more, from the top.
    pub gone: Vec<usize>,
    /// How many of the last of them went out at the bottom of what scrolled down.
    pub below: usize,
    /// Places in the new look of what was not shown before, from the top.
    pub new: Vec<usize>,
    /// Every row of a page changed into one much like it: something counts, or it is another page.
    pub counts: bool,
}

/// Compares two looks. With `ticking`, rows that changed into much the same are never gone.
pub(super) fn compare(old: &[Text], new: &[Text], ticking: bool) -> Change {
    let n = old.len().max(new.len());
    let at = |rows: &[Text], i: usize| rows.get(i).map_or("", String::as_str).to_owned();
    let differs = |i: &usize| at(old, *i) != at(new, *i);
    let Some(first) = (0..n).find(differs) else { return Change::default() };
    let end = (first..n).rev().find(differs).map_or(first, |i| i + 1);
    let shift = shift(old, new, first, end);
    let is_new: HashSet<&str> = new.iter().map(String::as_str).collect();
    let was: HashSet<&str> = old.iter().map(String::as_str).collect();
    let partner = |i: usize| -> Option<&str> {
        let j = isize::try_from(i).ok()?.checked_sub(shift)?;
        let j = usize::try_from(j).ok().filter(|j| (first..end).contains(j))?;
        new.get(j).map(String::as_str)
    };
    let filled: Vec<usize> =
        (first..end.min(old.len())).filter(|i| old.get(*i).is_some_and(|t| !t.is_empty())).collect();
    let all = old.iter().filter(|t| !t.is_empty()).count();
    // Another page: all rows of it changed, and they are most of what is shown.
    let changed = filled.iter().all(|i| partner(*i) != old.get(*i).map(String::as_str));
    let page = shift == 0 && changed && filled.len() >= PAGE_MIN && filled.len() * 5 >= all * 3;
    let like = |i: &usize| match (old.get(*i), partner(*i)) {
        (Some(a), Some(b)) => similar(a, b),
        _ => false,
    };
    let counts = page && filled.iter().all(like);
    let gone: Vec<usize> = filled
        .into_iter()
        .filter(|i| old.get(*i).is_some_and(|text| !is_new.contains(text.as_str())))
        .filter(|i| (page && !(counts && ticking)) || !like(i))
        .collect();
    let bottom = end.saturating_add_signed(shift.min(0));
    let below = if shift < 0 { gone.iter().filter(|i| **i >= bottom).count() } else { 0 };
    let fresh = |i: &usize| new.get(*i).is_some_and(|t| !t.is_empty() && !was.contains(t.as_str()));
    Change { gone, below, new: (first..end).filter(fresh).collect(), counts }
}

/// By how many rows what changed moved up; below 0: down.
fn shift(old: &[Text], new: &[Text], first: usize, end: usize) -> isize {
    let mut places: HashMap<&str, Vec<usize>> = HashMap::new();
    for (j, text) in new.iter().enumerate().take(end).skip(first).filter(|(_, t)| !t.is_empty()) {
        places.entry(text).or_default().push(j);
    }
    let mut votes: HashMap<isize, usize> = HashMap::new();
    for (i, text) in old.iter().enumerate().take(end).skip(first) {
        for j in places.get(text.as_str()).into_iter().flatten().take(ALIKE_MAX) {
            let by = isize::try_from(i).unwrap_or(0) - isize::try_from(*j).unwrap_or(0);
            *votes.entry(by).or_default() += 1;
        }
    }
    // The smallest of the best: what stays where it is goes first.
    let best = votes.into_iter().max_by_key(|(by, count)| (*count, -by.abs(), *by));
    best.map_or(0, |(by, _)| by)
}

/// Whether a row became another by something that counts, turns or grows in it.
pub(super) fn similar(a: &str, b: &str) -> bool {
    if a.is_empty() || b.is_empty() {
        return false;
    }
    if a.starts_with(b) || b.starts_with(a) {
        return true;
    }
    let letters = |text: &str| text.chars().filter(|c| c.is_alphabetic()).collect::<String>();
    let (la, lb) = (letters(a), letters(b));
    if !la.is_empty() && la == lb {
        return true;
    }
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let most = a.len().max(b.len());
    let least = a.len().min(b.len());
    let head = a.iter().zip(&b).take_while(|(x, y)| x == y).count();
    let tail = a.iter().rev().zip(b.iter().rev()).take_while(|(x, y)| x == y).count().min(least - head);
    (head + tail) * 2 >= most
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(rows: &[&str]) -> Vec<Text> {
        rows.iter().map(|r| (*r).to_owned()).collect()
    }

    fn gone(old: &[&str], new: &[&str]) -> Vec<usize> {
        compare(&texts(old), &texts(new), false).gone
    }

    #[test]
    fn what_turns_or_counts_or_grows_is_not_gone() {
        assert!(gone(&["head", "⠋ Working 3s"], &["head", "⠙ Working 4s"]).is_empty());
        assert!(gone(&["a long answer", "> hel"], &["a long answer", "> hell"]).is_empty());
        assert!(
            gone(&["✻ Cogitating… (12s · esc to interrupt)"], &["✶ Pondering… (13s · esc to interrupt)"])
                .is_empty()
        );
        assert!(gone(&["one", "two"], &["one", "two", "three"]).is_empty());
    }

    #[test]
    fn what_scrolls_out_is_gone_once_and_what_stays_is_not() {
        let old = ["== title ==", "alpha", "beta", "gamma", "delta", "> "];
        let new = ["== title ==", "gamma", "delta", "epsilon", "zeta", "> "];
        assert_eq!(gone(&old, &new), [1, 2]);
        let back = compare(&texts(&new), &texts(&old), false);
        assert_eq!((back.gone, back.below, back.new), (vec![3, 4], 2, vec![1, 2]));
    }

    #[test]
    fn another_page_is_all_gone_although_its_rows_are_alike() {
        let page = |p: usize| (0..6).map(|i| format!("line {}", p * 6 + i)).collect::<Vec<_>>();
        let change = compare(&page(1), &page(2), false);
        assert_eq!(change.gone, [0, 1, 2, 3, 4, 5]);
        assert!(change.counts);
        assert!(compare(&page(1), &page(2), true).gone.is_empty());
    }

    #[test]
    fn a_table_that_counts_is_not_gone() {
        let table = |n: u32| {
            let rows =
                (0..10).map(|i| if i % 3 == 0 { format!("init {i} 0.0") } else { format!("task{i} {n} %") });
            rows.collect::<Vec<_>>()
        };
        assert!(compare(&table(3), &table(4), false).gone.is_empty());
    }
}
