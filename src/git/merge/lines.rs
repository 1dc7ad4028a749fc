//! Which lines of a file do not merge.

use git2::{Blob, DiffOptions, Patch, Repository};

use super::change::Entry;
use super::merger::Three;
use crate::domain::review::{Hunk, Lines};

/// The largest file that is looked into, in bytes.
const MAX_SIZE: usize = 1 << 20;
/// The most places named of a file.
const MAX_HUNKS: usize = 100;
/// How much of a file tells whether it is binary, as in git.
const SNIFF: usize = 8000;

/// Whether one of the files is binary.
pub(super) fn binary(repo: &Repository, three: &Three) -> bool {
    let is = |id| repo.find_blob(id).is_ok_and(|blob| sniff(blob.content()));
    three.iter().flatten().any(|e| e.is_file() && is(e.id))
}

/// A place that does not merge: lines before, of ours, of theirs. None where that has no such file.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(in crate::git) struct Spot {
    pub(in crate::git) before: Option<Lines>,
    pub(in crate::git) ours: Option<Lines>,
    pub(in crate::git) theirs: Option<Lines>,
}

/// The places where both sides changed the same lines, at most a hundred. Empty where there are no lines:
/// binary or very large files, links.
pub(super) fn hunks(repo: &Repository, three: &Three) -> Vec<Hunk> {
    let spots = texts(repo, three).map_or(Vec::new(), |texts| spots(&texts));
    spots.iter().filter_map(|s| Some(Hunk { ours: s.ours?, theirs: s.theirs? })).collect()
}

/// The files of a path; nothing where one of them has no lines.
pub(in crate::git) fn texts<'r>(repo: &'r Repository, three: &Three) -> Option<[Option<Blob<'r>>; 3]> {
    let read = |entry: Option<Entry>| match entry {
        None => Some(None),
        Some(e) if !e.is_file() => None,
        Some(e) => {
            let blob = repo.find_blob(e.id).ok();
            blob.filter(|b| b.size() <= MAX_SIZE && !sniff(b.content())).map(Some)
        }
    };
    let [before, ours, theirs] = *three;
    Some([read(before)?, read(ours)?, read(theirs)?])
}

/// The places of a path that do not merge, at most a hundred; where one side has removed it, those that the other
/// has changed.
pub(in crate::git) fn spots(texts: &[Option<Blob<'_>>; 3]) -> Vec<Spot> {
    let changed = |before: &[u8], now: &[u8]| {
        let all = edits(before, now).unwrap_or_default();
        all.into_iter().take(MAX_HUNKS).map(|e| (Some(lines(e.old)), Some(lines(e.new)))).collect::<Vec<_>>()
    };
    let alone = |(before, now)| Spot { before, ours: now, theirs: None };
    let [before, ours, theirs] = texts.each_ref().map(|t| t.as_ref().map(Blob::content));
    match (before, ours, theirs) {
        (None, Some(ours), Some(theirs)) => between(ours, theirs),
        (Some(before), Some(ours), Some(theirs)) => overlaps(before, ours, theirs),
        (Some(before), Some(ours), None) => changed(before, ours).into_iter().map(alone).collect(),
        (Some(before), None, Some(theirs)) => {
            let other = |s: Spot| Spot { ours: None, theirs: s.ours, ..s };
            changed(before, theirs).into_iter().map(alone).map(other).collect()
        }
        _ => Vec::new(),
    }
}

fn sniff(content: &[u8]) -> bool {
    memchr::memchr(0, &content[..content.len().min(SNIFF)]).is_some()
}

/// One change of a text: lines of the old one, from..to counted from 0, and of the new one.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Edit {
    old: [u32; 2],
    new: [u32; 2],
}

/// What a side changed, in order.
fn edits(old: &[u8], new: &[u8]) -> Option<Vec<Edit>> {
    let mut how = DiffOptions::new();
    how.context_lines(0).interhunk_lines(0).force_text(true);
    let patch = Patch::from_buffers(old, None, new, None, Some(&mut how)).ok()?;
    let range = |start: u32, lines: u32| {
        let from = if lines == 0 { start } else { start.saturating_sub(1) };
        [from, from + lines]
    };
    (0..patch.num_hunks())
        .map(|n| {
            let (h, _) = patch.hunk(n).ok()?;
            let old = range(h.old_start(), h.old_lines());
            Some(Edit { old, new: range(h.new_start(), h.new_lines()) })
        })
        .collect()
}

/// Where two texts without a base differ.
fn between(ours: &[u8], theirs: &[u8]) -> Vec<Spot> {
    let all = edits(ours, theirs).unwrap_or_default();
    let spot = |e: &Edit| Spot { before: None, ours: Some(lines(e.old)), theirs: Some(lines(e.new)) };
    all.iter().take(MAX_HUNKS).map(spot).collect()
}

fn overlaps(base: &[u8], ours: &[u8], theirs: &[u8]) -> Vec<Spot> {
    let (Some(left), Some(right)) = (edits(base, ours), edits(base, theirs)) else { return Vec::new() };
    let (our_text, their_text) = (split(ours), split(theirs));
    let mut found = Vec::new();
    let (mut i, mut j) = (0, 0);
    while let (Some(a), Some(b)) = (left.get(i), right.get(j)) {
        // Changes that only touch each other conflict as well.
        if a.old[1] < b.old[0] {
            i += 1;
        } else if b.old[1] < a.old[0] {
            j += 1;
        } else {
            let (from_i, from_j) = (i, j);
            let mut span = [a.old[0].min(b.old[0]), a.old[1].max(b.old[1])];
            (i, j) = (i + 1, j + 1);
            loop {
                let next = |list: &[Edit], at: usize| list.get(at).filter(|e| e.old[0] <= span[1]).copied();
                if let Some(e) = next(&left, i) {
                    span[1] = span[1].max(e.old[1]);
                    i += 1;
                } else if let Some(e) = next(&right, j) {
                    span[1] = span[1].max(e.old[1]);
                    j += 1;
                } else {
                    break;
                }
            }
            let (o, t) = (place(&left[from_i..i], span), place(&right[from_j..j], span));
            let spot = narrowed(&our_text, o, &their_text, t);
            found.extend(spot.map(|s| Spot { before: Some(lines(span)), ..s }));
        }
    }
    found.truncate(MAX_HUNKS);
    found
}

/// The lines of the new text that stand for `span` of the old one, which holds all of `edits`.
fn place(edits: &[Edit], span: [u32; 2]) -> [u32; 2] {
    let (Some(first), Some(last)) = (edits.first(), edits.last()) else { return span };
    let before = first.old[0].saturating_sub(span[0]);
    let after = span[1].saturating_sub(last.old[1]);
    [first.new[0].saturating_sub(before), last.new[1].saturating_add(after)]
}

/// Without what both sides have alike at its ends; nothing where that is all.
fn narrowed(ours: &[&[u8]], mut o: [u32; 2], theirs: &[&[u8]], mut t: [u32; 2]) -> Option<Spot> {
    let same = |i: u32, j: u32| ours.get(i as usize) == theirs.get(j as usize);
    while o[0] < o[1] && t[0] < t[1] && same(o[0], t[0]) {
        (o[0], t[0]) = (o[0] + 1, t[0] + 1);
    }
    while o[0] < o[1] && t[0] < t[1] && same(o[1] - 1, t[1] - 1) {
        (o[1], t[1]) = (o[1] - 1, t[1] - 1);
    }
    (o[0] < o[1] || t[0] < t[1]).then(|| Spot { before: None, ours: Some(lines(o)), theirs: Some(lines(t)) })
}

/// From 0 and without the last, to from 1 and with it.
fn lines([from, to]: [u32; 2]) -> Lines {
    [from.saturating_add(1), to]
}

fn split(text: &[u8]) -> Vec<&[u8]> {
    text.split_inclusive(|b| *b == b'\n').collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbered(change: &[(u32, &str)]) -> String {
        let line = |n| change.iter().find(|c| c.0 == n).map_or(format!("{n}\n"), |c| c.1.to_owned());
        (1..=20).map(line).collect()
    }

    fn found(ours: &[(u32, &str)], theirs: &[(u32, &str)]) -> Vec<(Lines, Lines)> {
        let texts = [&[][..], ours, theirs].map(numbered);
        let all = overlaps(texts[0].as_bytes(), texts[1].as_bytes(), texts[2].as_bytes());
        all.into_iter().filter_map(|h| Some((h.ours?, h.theirs?))).collect()
    }

    #[test]
    fn places_are_lines_of_each_side() {
        assert_eq!(found(&[(5, "o\n")], &[(5, "t\n")]), [([5, 5], [5, 5])]);
        // Above it ours has two more lines, theirs one less.
        let (o, t) = ([(2, "a\nb\nc\n"), (9, "o\n")], [(4, ""), (9, "t\n")]);
        assert_eq!(found(&o, &t), [([11, 11], [8, 8])]);
        // Several.
        let (o, t) = ([(3, "o\n"), (12, "o\n")], [(3, "t\n"), (12, "t\n")]);
        assert_eq!(found(&o, &t), [([3, 3], [3, 3]), ([12, 12], [12, 12])]);
    }

    #[test]
    fn what_touches_conflicts_and_what_both_did_does_not() {
        assert_eq!(found(&[(5, "o\n")], &[(6, "t\n")]), [([5, 6], [5, 6])]);
        assert_eq!(found(&[(5, "o\n")], &[(7, "t\n")]), []);
        assert_eq!(found(&[(5, "same\n")], &[(5, "same\n")]), []);
        assert_eq!(found(&[(5, "same\no\n")], &[(5, "same\nt\n")]), [([6, 6], [6, 6])]);
        // One side removed what the other changed.
        assert_eq!(found(&[(5, "")], &[(5, "t\n")]), [([5, 4], [5, 5])]);
        // One wide change against two narrow ones.
        let wide = [(4, "x\n"), (5, "x\n"), (6, "x\n"), (7, "x\n")];
        assert_eq!(found(&wide, &[(4, "a\n"), (7, "b\n")]), [([4, 7], [4, 7])]);
    }

    #[test]
    fn without_a_base_every_difference_is_one() {
        let all = between(b"a\nb\nc\n", b"a\nx\nc\nd\n");
        let places: Vec<_> = all.iter().filter_map(|h| Some((h.ours?, h.theirs?))).collect();
        assert_eq!(places, [([2, 2], [2, 2]), ([4, 3], [4, 4])]);
        assert!(between(b"", b"").is_empty());
    }
}
