//! Pairs that need no merge, because what they change provably does not meet.

use crate::git::merge::Changes;

/// Whether two sides that began from the same tree merge without a conflict for `git merge` too, told from the
/// paths they change alone:
///
/// * no path is changed by both, so no content, mode or name is at issue: a rename counts as its two paths;
/// * no file of one side is where the other has a folder;
/// * no file that one side adds is in a folder which the other may have renamed, where git would move it: one
///   below whose first part the other removed a file, while it added files too. A file removed from the top
///   stands for every folder.
pub(super) fn apart(one: &Changes, other: &Changes) -> bool {
    let (few, many) = if one.len() < other.len() { (one, other) } else { (other, one) };
    few.keys().all(|path| free(path, many)) && !moves(one, other) && !moves(other, one)
}

/// Whether nothing of `changes` is at, above or below a path.
fn free(path: &[u8], changes: &Changes) -> bool {
    let mut above = (0..path.len()).filter(|i| path.get(*i) == Some(&b'/'));
    let below = [path, b"/"].concat();
    !changes.contains_key(path)
        && above.all(|i| path.get(..i).is_none_or(|p| !changes.contains_key(p)))
        && changes.range(below.clone()..).next().is_none_or(|(p, _)| !p.starts_with(&below))
}

/// Whether `one` may have renamed a folder that `other` adds a file to.
fn moves(one: &Changes, other: &Changes) -> bool {
    let removed = one.iter().filter(|(_, c)| c.new.is_none()).map(|(p, _)| first(p));
    let removed: Vec<Option<&[u8]>> = removed.collect();
    if removed.is_empty() || !one.values().any(|c| c.old.is_none()) {
        return false;
    }
    let mut added = other.iter().filter(|(_, c)| c.old.is_none()).map(|(p, _)| first(p));
    added.any(|at| removed.contains(&None) || removed.contains(&at))
}

/// The first folder of a path.
fn first(path: &[u8]) -> Option<&[u8]> {
    path.iter().position(|b| *b == b'/').and_then(|end| path.get(..end))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::git::merge::{Change, Entry};

    /// `+path` added, `-path` removed, `path` changed.
    fn changes(text: &str) -> Changes {
        let entry = |n: u8| Entry { id: git2::Oid::from_bytes(&[n; 20]).unwrap(), mode: 0o100_644 };
        text.split_whitespace()
            .map(|word| {
                let (path, change) = match word.as_bytes()[0] {
                    b'+' => (&word[1..], Change { old: None, new: Some(entry(1)) }),
                    b'-' => (&word[1..], Change { old: Some(entry(1)), new: None }),
                    _ => (word, Change { old: Some(entry(1)), new: Some(entry(2)) }),
                };
                (path.as_bytes().to_vec(), change)
            })
            .collect()
    }

    #[test]
    fn only_what_cannot_meet_is_apart() {
        for (one, other, expected) in [
            ("a b", "c d", true),
            ("a b", "b", false),
            ("a", "a/b", false),
            ("+a/b", "+a", false),
            ("+a.b +a-b", "+a/c", true),
            ("a/b/c", "+a/b/d", true),
            // A file moved within a folder that the other adds to.
            ("-a/x +b/x", "+a/y", false),
            ("-a/b/x +a/c/x", "+a/y", false),
            ("-a/x +b/x", "+c/y a/y", true),
            // Removed without anything new: nothing can have moved.
            ("-a/x", "+a/y", true),
            ("-x +d/x", "+e/y", false),
            ("-x +d/x", "e/y", true),
            ("", "+a", true),
        ] {
            let (a, b) = (changes(one), changes(other));
            assert_eq!((apart(&a, &b), apart(&b, &a)), (expected, expected), "{one} | {other}");
        }
    }
}
