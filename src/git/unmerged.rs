//! Where two branches do not merge, line by line. Merged in memory by libgit2 alone; nothing is written anywhere.

use std::path::Path;

use git2::{Blob, Oid, Repository};

use super::merge::{self, Merger, Spot, Three};
use super::predict::open::{Found, look};
use super::{Error, ReviewInput, open};
use crate::domain::diff::{
    BEFORE_MOST, BYTES_MOST, PATHS_MOST, PLACES_MOST, Part, Place, SIDE_MOST, TOLD_MOST, Unmerged,
    UnmergedFile, shown,
};
use crate::domain::review::{Conflict, Lines};
use crate::domain::signal::printable;

/// What keeps the branch `theirs` from merging with the branch `ours`, or with the target; uncommitted work counts in
/// where it can. Bounded by the limits of [`crate::domain::diff`]; files over 1 MiB are named, not read.
///
/// # Errors
/// When a branch or a file cannot be read.
pub fn unmerged(
    repo: &Path,
    ours: Option<&ReviewInput>,
    theirs: &ReviewInput,
    target: &str,
) -> Result<Unmerged, Error> {
    merge::in_memory(repo, |main| {
        let mut left = Vec::new();
        let mut side = |of: &ReviewInput| {
            let tip = open::tip(main, &of.branch)?;
            let (at, why) = match look(main, &of.worktree, &of.branch, tip) {
                Ok(Found::Nothing) => (tip, None),
                Ok(Found::Work(commit)) => (commit, None),
                Ok(Found::Left(why)) => (tip, Some(why)),
                Err(e) => (tip, Some(e.to_string())),
            };
            left.extend(why.map(|why| format!("uncommitted files of {} are left out: {why}", of.agent)));
            Ok::<_, Error>((tip, at))
        };
        let one = match ours {
            Some(of) => side(of)?,
            None => open::tip(main, target).map(|tip| (tip, tip))?,
        };
        let other = side(theirs)?;
        let mut merger = Merger::new(main)?;
        if merger.bases(one.1, other.1)?.is_empty() {
            left.push("the histories share no commit".into());
        }
        let found = merger.apart_at(one.1, other.1)?;
        let more = u32::try_from(found.len().saturating_sub(PATHS_MOST)).unwrap_or(u32::MAX);
        let mut room = Room { lines: TOLD_MOST, bytes: BYTES_MOST };
        let files = found.into_iter().take(PATHS_MOST).map(|(c, three)| room.file(main, c, &three)).collect();
        Ok(Unmerged {
            ours: ours.map(|of| of.agent.clone()),
            theirs: theirs.agent.clone(),
            tips: [open::ours(one.0), open::ours(other.0)],
            why: printable(&left.join("; ")),
            files,
            more,
        })
    })
}

/// What still fits.
struct Room {
    lines: usize,
    bytes: usize,
}

impl Room {
    fn file(&mut self, repo: &Repository, mut conflict: Conflict, three: &Three) -> UnmergedFile {
        let texts = merge::texts(repo, three);
        let spots = texts.as_ref().map_or(Vec::new(), merge::spots);
        let split: [Vec<&[u8]>; 3] = match &texts {
            Some(texts) => texts.each_ref().map(lines_of),
            None => Default::default(),
        };
        conflict.hunks.truncate(PLACES_MOST);
        let places: Vec<Place> =
            spots.iter().take(PLACES_MOST).map(|spot| self.place(spot, &split)).collect();
        let more = u32::try_from(spots.len() - places.len()).unwrap_or(u32::MAX);
        let sides = [1, 2].map(|side| described(repo, three.get(side).copied().flatten()));
        UnmergedFile { conflict, sides, places, more }
    }

    fn place(&mut self, spot: &Spot, [before, ours, theirs]: &[Vec<&[u8]>; 3]) -> Place {
        let ours = spot.ours.map(|lines| self.part(lines, ours, SIDE_MOST));
        let small = spot.before.is_some_and(|[from, to]| {
            usize::try_from(to.saturating_sub(from)).is_ok_and(|n| n < BEFORE_MOST)
        });
        let most = if small { BEFORE_MOST } else { 0 };
        let before = spot.before.map(|lines| self.part(lines, before, most));
        Place { ours, before, theirs: spot.theirs.map(|lines| self.part(lines, theirs, SIDE_MOST)) }
    }

    fn part(&mut self, lines: Lines, of: &[&[u8]], most: usize) -> Part {
        let [from, to] = lines.map(|n| usize::try_from(n).unwrap_or(usize::MAX));
        let all = of.get(from.saturating_sub(1)..to.min(of.len())).unwrap_or_default();
        let mut text = Vec::new();
        for raw in all.iter().take(most) {
            let (line, _, cut) = shown(raw);
            if self.lines == 0 || self.bytes < line.len() {
                break;
            }
            (self.lines, self.bytes) = (self.lines - 1, self.bytes - line.len());
            text.push(if cut { line + "…" } else { line });
        }
        let more = u32::try_from(all.len() - text.len()).unwrap_or(u32::MAX);
        Part { lines, text, more }
    }
}

fn lines_of<'b>(text: &'b Option<Blob<'_>>) -> Vec<&'b [u8]> {
    let content = text.as_ref().map_or(&[][..], |b| b.content());
    content.split_inclusive(|b| *b == b'\n').collect()
}

/// What a side has at a path.
fn described(repo: &Repository, entry: Option<merge::Entry>) -> String {
    let Some(entry) = entry else { return "nothing".into() };
    let blob = |id: Oid| repo.find_blob(id).ok();
    match entry.mode & 0o170_000 {
        0o160_000 => format!("a submodule at {}", open::ours(entry.id).short()),
        0o120_000 => {
            let to = blob(entry.id).map(|b| shown(b.content()).0).unwrap_or_default();
            printable(&format!("a symbolic link to {to}"))
        }
        mode => {
            let size = blob(entry.id).map_or(0, |b| b.size());
            let file =
                if mode == 0o100_000 && entry.mode & 0o100 != 0 { "an executable file" } else { "a file" };
            format!("{file} of {size} bytes")
        }
    }
}
