//! What a conflict looks like: both sides of every place, for prompts and to know it again.

use git2::{MergeFileInput, MergeFileOptions, Oid as GitOid, Repository};

use super::{Sides, blob, merged, sides};
use crate::domain::train::ConflictFileVar;
use crate::git::error::git;
use crate::git::{Error, open};

/// Marks of our own are this long, so that no file holds them by chance.
const MARK: u16 = 31;
/// Files a prompt shows.
const MAX_FILES: usize = 20;
/// Bytes a prompt shows of one file, and of all.
const MAX_BYTES: usize = 4 * 1024;
const MAX_ALL: usize = 16 * 1024;
/// Lines shown before and after a place.
const AROUND: usize = 3;
/// Larger files are not looked into.
const MAX_BLOB: usize = 4 << 20;

/// A merged text in pieces.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Piece {
    /// Lines both sides agree on.
    Same(Vec<u8>),
    /// A place where they do not: ours, theirs.
    Open(Vec<u8>, Vec<u8>),
}

/// The merged text of one conflict; none where it is not about lines of a text.
pub(super) fn pieces(repo: &Repository, three: &Sides) -> Result<Option<Vec<Piece>>, Error> {
    let [before, ours, theirs] = three;
    let (Some(ours), Some(theirs)) = (ours, theirs) else { return Ok(None) };
    let file = |mode: u32| mode & 0o170_000 == 0o100_000;
    if !file(ours.mode) || !file(theirs.mode) || ours.path != theirs.path {
        return Ok(None);
    }
    let texts = [blob(repo, before.as_ref())?, blob(repo, Some(ours))?, blob(repo, Some(theirs))?];
    if texts.iter().any(|t| t.len() > MAX_BLOB || t.iter().take(8000).any(|b| *b == 0)) {
        return Ok(None);
    }
    let [before, ours, theirs] = &texts;
    merge(before, ours, theirs).map(Some)
}

fn merge(before: &[u8], ours: &[u8], theirs: &[u8]) -> Result<Vec<Piece>, Error> {
    let mut how = MergeFileOptions::new();
    how.style_standard(true).marker_size(MARK).our_label("o").their_label("t");
    let (mut a, mut b, mut c) = (MergeFileInput::new(), MergeFileInput::new(), MergeFileInput::new());
    let made = git2::merge_file(a.content(before), b.content(ours), c.content(theirs), Some(&mut how));
    Ok(parse(made.map_err(git("merge a file"))?.content()))
}

/// Takes a text with marks of our length apart.
fn parse(text: &[u8]) -> Vec<Piece> {
    let mark = |byte: u8| vec![byte; usize::from(MARK)];
    let (open, middle, close) = (mark(b'<'), mark(b'='), mark(b'>'));
    let mut all = Vec::new();
    let (mut same, mut ours, mut theirs) = (Vec::new(), Vec::new(), Vec::new());
    let mut at = 0;
    for line in text.split_inclusive(|b| *b == b'\n') {
        match at {
            0 if line.starts_with(&open) => {
                all.push(Piece::Same(std::mem::take(&mut same)));
                at = 1;
            }
            1 if line.starts_with(&middle) => at = 2,
            2 if line.starts_with(&close) => {
                all.push(Piece::Open(std::mem::take(&mut ours), std::mem::take(&mut theirs)));
                at = 0;
            }
            0 => same.extend_from_slice(line),
            1 => ours.extend_from_slice(line),
            _ => theirs.extend_from_slice(line),
        }
    }
    all.push(Piece::Same(same));
    all
}

/// A text with its places in a form that does not depend on which side is which.
pub(super) fn normal(pieces: &[Piece]) -> Vec<u8> {
    let mut text = Vec::new();
    for piece in pieces {
        match piece {
            Piece::Same(lines) => text.extend_from_slice(lines),
            Piece::Open(one, two) => {
                let (first, second) = if one <= two { (one, two) } else { (two, one) };
                for (mark, lines) in [(b'<', first), (b'=', second), (b'>', &Vec::new())] {
                    text.extend(std::iter::repeat_n(mark, usize::from(MARK)));
                    text.push(b'\n');
                    text.extend_from_slice(lines);
                    if lines.last().is_some_and(|b| *b != b'\n') {
                        text.push(b'\n');
                    }
                }
            }
        }
    }
    text
}

/// By which a conflict is known again: its places, whatever stands around them. None without any.
pub(super) fn key(pieces: &[Piece]) -> Option<GitOid> {
    let open: Vec<Piece> = pieces.iter().filter(|p| matches!(p, Piece::Open(..))).cloned().collect();
    if open.is_empty() {
        return None;
    }
    GitOid::hash_object(git2::ObjectType::Blob, &normal(&open)).ok()
}

/// The files that do not merge, with the places, for a prompt in the worktree of `ours`.
pub(super) fn files(repo: &Repository, ours: GitOid, theirs: GitOid) -> Result<Vec<ConflictFileVar>, Error> {
    let mut all = Vec::new();
    let mut left = MAX_ALL;
    for three in sides(&merged(repo, ours, theirs)?)?.iter().take(MAX_FILES) {
        let Some(entry) = three.iter().rev().flatten().next() else { continue };
        let kind = match three {
            [Some(_), Some(_), Some(_)] => "both sides changed it",
            [None, Some(_), Some(_)] => "both sides added it",
            [Some(_), None, Some(_)] => "your branch removed it, the other side changed it",
            [Some(_), Some(_), None] => "your branch changed it, the other side removed it",
            _ => "the sides renamed it differently",
        };
        let text = pieces(repo, three)?.map(|p| shown(&p)).unwrap_or_default();
        let text: String = text.chars().take(MAX_BYTES.min(left)).collect();
        left = left.saturating_sub(text.len());
        all.push(ConflictFileVar { path: open::shown(&entry.path), kind: kind.into(), text });
    }
    Ok(all)
}

/// The places of a text with a few lines around each.
fn shown(pieces: &[Piece]) -> String {
    let mut text = String::new();
    for (at, piece) in pieces.iter().enumerate() {
        let Piece::Open(ours, theirs) = piece else { continue };
        let near = |at: Option<usize>| match at.and_then(|i| pieces.get(i)) {
            Some(Piece::Same(lines)) => String::from_utf8_lossy(lines).into_owned(),
            _ => String::new(),
        };
        let (before, after) = (near(at.checked_sub(1)), near(Some(at + 1)));
        let skipped = before.lines().count().saturating_sub(AROUND);
        before.lines().skip(skipped).for_each(|l| line(&mut text, l));
        line(&mut text, "<<<<<<< your branch");
        String::from_utf8_lossy(ours).lines().for_each(|l| line(&mut text, l));
        line(&mut text, "=======");
        String::from_utf8_lossy(theirs).lines().for_each(|l| line(&mut text, l));
        line(&mut text, ">>>>>>> the other side");
        after.lines().take(AROUND).for_each(|l| line(&mut text, l));
        text.push('\n');
    }
    text.trim_end().to_owned()
}

fn line(text: &mut String, line: &str) {
    text.push_str(line);
    text.push('\n');
}
