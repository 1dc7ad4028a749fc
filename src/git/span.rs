//! What a stretch of history did: its commits, files, and what its added lines give away.

use std::collections::HashSet;

use git2::{Delta, DiffFindOptions, DiffOptions, Patch, Repository, Sort, TreeWalkMode, TreeWalkResult};

use super::error::git;
use super::{Error, facts, open};
use crate::domain::brief::{Commit, File, MOST, Place};
use crate::domain::signal::printable;
use crate::domain::source::{exports, leaves_work, skips_test};

/// Files above this size, in bytes, are not looked into.
const BLOB_MOST: i64 = 1024 * 1024;
/// Lines of differences that are looked at; what is beyond is not counted either.
const LINES_MOST: usize = 200_000;
/// Paths of a tree that are looked at.
const PATHS_MOST: usize = 200_000;
/// Different words of added lines that are kept.
const WORDS_MOST: usize = 100_000;
/// Characters of a line or a subject that are kept.
const TEXT_MOST: usize = 200;
/// Bullets of one commit that are kept.
const BULLETS_MOST: usize = 20;

/// What a branch did since its base.
#[derive(Clone, Default)]
pub(super) struct Span {
    pub(super) commits: Vec<Commit>,
    pub(super) ahead: usize,
    pub(super) files: Vec<File>,
    pub(super) changed: usize,
    pub(super) added: usize,
    pub(super) removed: usize,
    pub(super) todos: Vec<Place>,
    pub(super) skipped: Vec<Place>,
    /// Names exported by added lines, with their paths.
    pub(super) exports: Vec<(String, String)>,
    /// Words of added lines.
    pub(super) words: HashSet<String>,
    /// Paths of all files that are new or changed, at most [`PATHS_MOST`].
    pub(super) paths: Vec<String>,
}

/// Reads what lies between two commits.
pub(super) fn span(main: &Repository, base: git2::Oid, head: git2::Oid) -> Result<Span, Error> {
    let (ahead, _) = main.graph_ahead_behind(head, base).map_err(git(format!("count commits of {head}")))?;
    let mut span = Span { commits: commits(main, base, head)?, ahead, ..Span::default() };
    let doing = || git(format!("compare {base} with {head}"));
    let tree = |oid| main.find_commit(oid).and_then(|c| c.tree()).map_err(doing());
    let mut how = DiffOptions::new();
    // What is larger counts as binary and is never loaded.
    how.max_size(BLOB_MOST).context_lines(0).ignore_submodules(true);
    let (old, new) = (tree(base)?, tree(head)?);
    let mut diff = main.diff_tree_to_tree(Some(&old), Some(&new), Some(&mut how)).map_err(doing())?;
    diff.find_similar(Some(DiffFindOptions::new().renames(true))).map_err(doing())?;
    span.changed = diff.deltas().len();
    let mut lines = 0;
    for (n, delta) in diff.deltas().enumerate() {
        if lines >= LINES_MOST {
            break;
        }
        let path = delta.new_file().path_bytes().or_else(|| delta.old_file().path_bytes());
        let path = printable(&open::shown(path.unwrap_or_default()));
        let mut file = File { path, how: how_word(delta.status()).into(), added: 0, removed: 0 };
        if let Some(patch) = Patch::from_diff(&diff, n).map_err(doing())? {
            span.read(&patch, &mut file, &mut lines).map_err(doing())?;
        }
        span.added += file.added;
        span.removed += file.removed;
        if delta.status() != Delta::Deleted && span.paths.len() < PATHS_MOST {
            span.paths.push(file.path.clone());
        }
        keep(&mut span.files, file);
    }
    Ok(span)
}

impl Span {
    /// Reads the lines of one file's differences.
    fn read(&mut self, patch: &Patch<'_>, file: &mut File, lines: &mut usize) -> Result<(), git2::Error> {
        for hunk in 0..patch.num_hunks() {
            for at in 0..patch.num_lines_in_hunk(hunk)? {
                *lines += 1;
                if *lines > LINES_MOST {
                    return Ok(());
                }
                let line = patch.line_in_hunk(hunk, at)?;
                match line.origin() {
                    '+' => {
                        file.added += 1;
                        let number = line.new_lineno().unwrap_or(0);
                        let text = String::from_utf8_lossy(line.content());
                        self.added_line(&file.path, number, text.trim_end());
                    }
                    '-' => file.removed += 1,
                    _ => {}
                }
            }
        }
        Ok(())
    }

    fn added_line(&mut self, path: &str, number: u32, text: &str) {
        let place = || Place {
            path: path.to_owned(),
            line: usize::try_from(number).unwrap_or(0),
            text: short(text.trim()),
        };
        if leaves_work(text) {
            keep(&mut self.todos, place());
        }
        if skips_test(path, text) {
            keep(&mut self.skipped, place());
        }
        for name in exports(path, text) {
            keep(&mut self.exports, (path.to_owned(), short(&name)));
        }
        let part = |c: char| c.is_alphanumeric() || c == '_' || c == '$';
        for word in text.split(|c| !part(c)).filter(|w| w.len() > 1) {
            if self.words.len() >= WORDS_MOST {
                break;
            }
            if !self.words.contains(word) {
                self.words.insert(word.to_owned());
            }
        }
    }
}

/// Paths of all files of a commit's tree, at most [`PATHS_MOST`].
pub(super) fn paths(main: &Repository, commit: git2::Oid) -> Result<Vec<String>, Error> {
    let doing = git(format!("read tree of {commit}"));
    tree_paths(main, main.find_commit(commit).map(|c| c.tree_id()).map_err(doing)?)
}

/// Paths of all files of a tree, at most [`PATHS_MOST`].
pub(super) fn tree_paths(main: &Repository, tree: git2::Oid) -> Result<Vec<String>, Error> {
    let doing = || git(format!("read tree {tree}"));
    let tree = main.find_tree(tree).map_err(doing())?;
    let mut paths = Vec::new();
    let walked = tree.walk(TreeWalkMode::PreOrder, |folder, entry| {
        if entry.kind() == Some(git2::ObjectType::Blob) {
            paths.push(format!("{folder}{}", open::shown(entry.name_bytes())));
        }
        if paths.len() < PATHS_MOST { TreeWalkResult::Ok } else { TreeWalkResult::Abort }
    });
    match walked {
        // An end that was asked for is reported as an error.
        Err(_) if paths.len() >= PATHS_MOST => Ok(paths),
        Err(e) => Err(doing()(e)),
        Ok(()) => Ok(paths),
    }
}

/// The text of a file, unless it is too big or no text.
pub(super) fn text(main: &Repository, blob: git2::Oid) -> Option<String> {
    let (size, kind) = main.odb().ok()?.read_header(blob).ok()?;
    let fits = kind == git2::ObjectType::Blob && i64::try_from(size).is_ok_and(|n| n <= BLOB_MOST);
    let blob = fits.then(|| main.find_blob(blob).ok()).flatten()?;
    String::from_utf8(blob.content().to_vec()).ok()
}

/// The latest commits, oldest first.
fn commits(main: &Repository, base: git2::Oid, head: git2::Oid) -> Result<Vec<Commit>, Error> {
    let doing = || git(format!("list commits of {head}"));
    let mut walk = main.revwalk().map_err(doing())?;
    walk.set_sorting(Sort::TOPOLOGICAL | Sort::TIME).map_err(doing())?;
    walk.push(head).map_err(doing())?;
    walk.hide(base).map_err(doing())?;
    let mut found = Vec::new();
    for oid in walk.take(MOST) {
        let commit = oid.and_then(|oid| main.find_commit(oid)).map_err(doing())?;
        let message = open::shown(commit.message_bytes());
        let bullet = |line: &str| {
            let text = line.trim_start().strip_prefix(['-', '*'])?.trim();
            (!text.is_empty()).then(|| short(text))
        };
        found.push(Commit {
            id: commit.id().to_string().chars().take(12).collect(),
            subject: short(&facts::subject(&commit)),
            bullets: message.lines().skip(1).filter_map(bullet).take(BULLETS_MOST).collect(),
        });
    }
    found.reverse();
    Ok(found)
}

fn how_word(how: Delta) -> &'static str {
    match how {
        Delta::Added | Delta::Copied => "added",
        Delta::Deleted => "deleted",
        Delta::Renamed => "renamed",
        Delta::Typechange => "type",
        _ => "modified",
    }
}

/// Adds an entry while there is room for it.
pub(super) fn keep<T>(list: &mut Vec<T>, entry: T) {
    if list.len() < MOST {
        list.push(entry);
    }
}

/// The beginning of a text, safe to show.
fn short(text: &str) -> String {
    printable(text).chars().take(TEXT_MOST).collect()
}
