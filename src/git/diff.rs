//! What a branch changes, line by line. Compared by libgit2 alone: no external diff and no textconv program runs.

use std::path::Path;
use std::time::{Duration, Instant};

use git2::{Delta, DiffDelta, DiffFindOptions, DiffFlags, DiffOptions, FileMode, Patch, Repository};

use super::error::git;
use super::predict::open::{Found, look};
use super::{Error, ReviewInput, facts, merge, open};
use crate::domain::diff::{
    BYTES_MOST, BranchDiff, COLOURED_MOST, CONTEXT, Change, FILES_MOST, FileDiff, Hunk, Kind, LINES_MOST,
    Line, Sign, colours, mark, shown,
};
use crate::domain::id::Oid;
use crate::domain::signal::printable;

/// Files above this size, in bytes, are not looked into.
const BLOB_MOST: i64 = 1024 * 1024;
/// How long files may be coloured in all; what comes later stays plain.
const COLOURING: Duration = Duration::from_secs(2);
/// Characters of what a hunk stands in that are kept.
const SECTION_MOST: usize = 120;
/// What the first bytes of a file are that Git LFS keeps elsewhere.
const LFS: &[u8] = b"version https://git-lfs.github.com/spec/";

/// What is asked for.
#[derive(Clone, Copy, Debug)]
pub struct Wanted<'a> {
    /// The branch.
    pub of: &'a ReviewInput,
    /// The branch that takes the work.
    pub target: &'a str,
    /// Whether uncommitted work of the worktree counts in.
    pub open: bool,
    /// The one file whose lines are wanted; none: all, as far as they fit.
    pub path: Option<&'a str>,
}

/// What a branch changes since it left the target (where they share no history: since its recorded base). `known`
/// is asked first whether these two commits were compared before. Nothing is written anywhere.
///
/// Bounded by the limits of [`crate::domain::diff`]; files over 1 MiB are named, not read.
///
/// # Errors
/// [`Error::Tampered`] or [`Error::OffBranch`] when the worktree is not what it should be; others when something
/// cannot be read.
pub fn diff(
    repo: &Path,
    wanted: &Wanted<'_>,
    known: &mut dyn FnMut(&Oid, &Oid) -> Option<BranchDiff>,
) -> Result<BranchDiff, Error> {
    merge::in_memory(repo, |main| {
        let input = wanted.of;
        let facts = facts::facts_in(main, &input.worktree, &input.branch, &input.base, wanted.target)?;
        let tip = open::theirs(&facts.head)?;
        let base = match main.merge_base(open::tip(main, wanted.target)?, tip) {
            // All of it is in the target already: what it did is what lies above its recorded base.
            Ok(base) if base != tip => base,
            _ => open::theirs(&facts.base)?,
        };
        let (mut at, mut why) = (tip, String::new());
        if wanted.open {
            match look(main, &input.worktree, &input.branch, tip)? {
                Found::Nothing => {}
                Found::Work(commit) => at = commit,
                Found::Left(reason) => why = printable(&reason),
            }
        }
        if let Some(known) = known(&open::ours(base), &open::ours(at)) {
            return Ok(BranchDiff { open: at != tip, why, ..known });
        }
        let mut found = BranchDiff {
            agent: input.agent.clone(),
            branch: input.branch.clone(),
            base: open::ours(base),
            head: facts.head,
            open: at != tip,
            why,
            files: Vec::new(),
            more: 0,
            added: 0,
            removed: 0,
        };
        Reader { main, room: Room { lines: LINES_MOST, bytes: BYTES_MOST }, end: Instant::now() + COLOURING }
            .read(base, at, wanted.path, &mut found)?;
        Ok(found)
    })
}

/// What still fits.
struct Room {
    lines: usize,
    bytes: usize,
}

struct Reader<'r> {
    main: &'r Repository,
    room: Room,
    /// When colouring is to end.
    end: Instant,
}

impl Reader<'_> {
    fn read(
        &mut self,
        base: git2::Oid,
        at: git2::Oid,
        only: Option<&str>,
        found: &mut BranchDiff,
    ) -> Result<(), Error> {
        let doing = || git(format!("compare {base} with {at}"));
        let tree = |oid| self.main.find_commit(oid).and_then(|c| c.tree()).map_err(doing());
        let mut how = DiffOptions::new();
        // What is larger counts as binary and is never loaded.
        how.max_size(BLOB_MOST).context_lines(CONTEXT).include_typechange(true);
        let mut diff = self
            .main
            .diff_tree_to_tree(Some(&tree(base)?), Some(&tree(at)?), Some(&mut how))
            .map_err(doing())?;
        diff.find_similar(Some(DiffFindOptions::new().renames(true))).map_err(doing())?;
        for (n, delta) in diff.deltas().enumerate() {
            if found.files.len() >= FILES_MOST {
                found.more = u32::try_from(diff.deltas().len() - n).unwrap_or(u32::MAX);
                break;
            }
            let mut file = named(&delta);
            let skipped = only.is_some_and(|path| path != file.path);
            if let Some(patch) = Patch::from_diff(&diff, n).map_err(doing())? {
                let (_, added, removed) = patch.line_stats().map_err(doing())?;
                (file.added, file.removed) = (count(added), count(removed));
                if delta.flags().contains(DiffFlags::BINARY) {
                    file.kind = binary(&delta);
                } else if skipped {
                    file.more = count(lines_of(&patch));
                } else {
                    self.lines(&patch, &mut file).map_err(doing())?;
                    self.finish(&delta, &mut file);
                }
            } else if file.kind == Kind::Text && delta.flags().contains(DiffFlags::BINARY) {
                file.kind = binary(&delta);
            }
            found.added = found.added.saturating_add(file.added);
            found.removed = found.removed.saturating_add(file.removed);
            found.files.push(file);
        }
        Ok(())
    }

    /// Reads the lines of one file's differences, as far as they fit.
    fn lines(&mut self, patch: &Patch<'_>, file: &mut FileDiff) -> Result<(), git2::Error> {
        let mut left = 0;
        for n in 0..patch.num_hunks() {
            let (head, lines) = patch.hunk(n)?;
            if self.room.lines == 0 || self.room.bytes == 0 {
                left += lines;
                continue;
            }
            let mut hunk = Hunk {
                old: [head.old_start(), head.old_lines()],
                new: [head.new_start(), head.new_lines()],
                section: section(head.header()),
                lines: Vec::new(),
            };
            for at in 0..lines {
                let line = patch.line_in_hunk(n, at)?;
                let sign = match line.origin() {
                    '+' => Sign::Added,
                    '-' => Sign::Removed,
                    ' ' => Sign::Same,
                    // How the line before ends is seen from its own bytes.
                    _ => continue,
                };
                if self.room.lines == 0 || self.room.bytes == 0 {
                    left += lines - at;
                    break;
                }
                let (text, ending, cut) = shown(line.content());
                self.room.lines -= 1;
                self.room.bytes = self.room.bytes.saturating_sub(text.len());
                let (old, new) = (line.old_lineno().unwrap_or(0), line.new_lineno().unwrap_or(0));
                hunk.lines.push(Line {
                    sign,
                    old,
                    new,
                    text,
                    ending,
                    cut,
                    marks: Vec::new(),
                    inks: Vec::new(),
                });
            }
            file.hunks.push(hunk);
        }
        file.more = count(left);
        Ok(())
    }

    /// Adds what the lines alone do not tell: what the file is, which words differ, and colours.
    fn finish(&self, delta: &DiffDelta<'_>, file: &mut FileDiff) {
        if file.kind != Kind::Text {
            return;
        }
        let [old, new] = [delta.old_file().id(), delta.new_file().id()].map(|id| self.text(id));
        if old.as_deref().or(new.as_deref()).is_some_and(|t| t.as_bytes().starts_with(LFS)) {
            file.kind = Kind::Lfs;
        }
        file.hunks.iter_mut().for_each(|h| mark(&mut h.lines));
        let mut stop = || Instant::now() > self.end;
        let mut of = |path: &str, text: Option<String>| {
            text.map_or(Vec::new(), |text| if stop() { Vec::new() } else { colours(path, &text, &mut stop) })
        };
        let (before, after) = (of(file.old_path(), old), of(&file.path, new));
        for line in file.hunks.iter_mut().flat_map(|h| &mut h.lines) {
            let (side, number) =
                if line.sign == Sign::Removed { (&before, line.old) } else { (&after, line.new) };
            let inks = usize::try_from(number).ok().and_then(|n| side.get(n.checked_sub(1)?));
            let end = u32::try_from(line.text.len()).unwrap_or(u32::MAX);
            let fits = |(a, b, _): &&(u32, u32, _)| *a < end && *b <= end;
            line.inks = inks.into_iter().flatten().filter(fits).copied().collect();
        }
    }

    /// A file that can be coloured, with as many bytes in each line as its shown text has.
    fn text(&self, blob: git2::Oid) -> Option<String> {
        let blob = self.main.find_blob(blob).ok().filter(|b| b.size() <= COLOURED_MOST)?;
        let text = std::str::from_utf8(blob.content()).ok()?;
        let plain = |line: &str| shown(line.as_bytes()).0;
        // A line whose shown text has other places than the file's would get its colours in the wrong ones.
        text.lines()
            .all(|l| plain(l).len() == l.len() || l.len() > plain(l).len() && l.starts_with(&plain(l)))
            .then(|| text.to_owned())
    }
}

/// A file without its lines.
fn named(delta: &DiffDelta<'_>) -> FileDiff {
    let (old, new) = (delta.old_file(), delta.new_file());
    let path = |file: &git2::DiffFile<'_>| printable(&open::shown(file.path_bytes().unwrap_or_default()));
    let (before, after) = (path(&old), path(&new));
    let change = match delta.status() {
        Delta::Added | Delta::Copied | Delta::Untracked => Change::Added,
        Delta::Deleted => Change::Removed,
        Delta::Renamed => Change::Renamed,
        Delta::Typechange => Change::Retyped,
        _ => Change::Modified,
    };
    let mode = |file: &git2::DiffFile<'_>| format!("{:06o}", u32::from(file.mode()));
    let both = !matches!(change, Change::Added | Change::Removed);
    let modes = (both && old.mode() != new.mode()).then(|| [mode(&old), mode(&new)]);
    let is = if change == Change::Removed { old.mode() } else { new.mode() };
    let kind = match is {
        FileMode::Link => Kind::Symlink,
        FileMode::Commit => Kind::Submodule,
        _ => Kind::Text,
    };
    let from = (change == Change::Renamed && before != after).then_some(before.clone());
    let path = if change == Change::Removed { before } else { after };
    FileDiff { path, from, change, kind, modes, added: 0, removed: 0, hunks: Vec::new(), more: 0 }
}

/// What a file is that libgit2 did not look into.
fn binary(delta: &DiffDelta<'_>) -> Kind {
    let most = u64::try_from(BLOB_MOST).unwrap_or(u64::MAX);
    let large = [delta.old_file(), delta.new_file()].iter().any(|f| f.size() > most);
    if large { Kind::Large } else { Kind::Binary }
}

fn lines_of(patch: &Patch<'_>) -> usize {
    (0..patch.num_hunks()).filter_map(|n| patch.num_lines_in_hunk(n).ok()).sum()
}

/// What follows the second `@@` of a hunk's head.
fn section(head: &[u8]) -> String {
    let head = String::from_utf8_lossy(head.get(..head.len().min(1024)).unwrap_or(head));
    let after = head.splitn(3, "@@").nth(2).unwrap_or_default();
    printable(after.trim()).chars().take(SECTION_MOST).collect()
}

fn count(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}
