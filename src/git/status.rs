//! Uncommitted work in working trees.

mod quick;

use std::fs::File;
use std::io::Read;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};

use git2::{Repository, Status, StatusOptions};

use super::error::git;
use super::plain::Plain;
use super::user::User;
use super::{Error, kinds, open};

/// From this number of files on libgit2 is slower than git (measured: 0.55 × at 5,000 files, 1.6–3.4 × at 400), and
/// [`quick`] looks.
const LARGE: u32 = 2_000;
/// The most working trees looked at at once.
const MAX_AT_ONCE: usize = 4;

/// What is not committed in a working tree.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Uncommitted {
    /// Tracked files that differ from HEAD or the index.
    pub changed: Vec<String>,
    /// Files and folders that are neither tracked nor ignored; a folder counts as one.
    pub untracked: Vec<String>,
}

/// Looks at several working trees, up to four at once and never more than there are processors. The answers are
/// in the order of the question.
#[must_use]
pub fn statuses(worktrees: &[&Path]) -> Vec<Result<Uncommitted, Error>> {
    let threads = std::thread::available_parallelism().map_or(1, usize::from).min(MAX_AT_ONCE);
    let next = AtomicUsize::new(0);
    let look = || {
        let mut found = Vec::new();
        while let Some((at, path)) = {
            let at = next.fetch_add(1, Ordering::Relaxed);
            worktrees.get(at).map(|path| (at, path))
        } {
            found.push((at, open::at(path).and_then(|repo| uncommitted(&repo))));
        }
        found
    };
    let mut all = std::thread::scope(|scope| {
        let others: Vec<_> = (1..threads.min(worktrees.len())).map(|_| scope.spawn(look)).collect();
        let mut all = look();
        all.extend(others.into_iter().filter_map(|thread| thread.join().ok()).flatten());
        all
    });
    all.sort_by_key(|(at, _)| *at);
    all.into_iter().map(|(_, found)| found).collect()
}

/// What is not committed in the working tree that was opened.
pub(super) fn uncommitted(repo: &Repository) -> Result<Uncommitted, Error> {
    if by_git(repo)?.is_some() {
        return ask(repo);
    }
    if files(repo) >= LARGE {
        if let Some(found) = quick::look(repo)? {
            return Ok(found);
        }
        if let Ok(found) = ask(repo) {
            return Ok(found);
        }
    }
    look(repo)
}

/// Why git must be asked, as a sentence's subject; `None` when libgit2 is right.
pub(super) fn by_git(repo: &Repository) -> Result<Option<String>, Error> {
    Ok(match kinds::index(repo)? {
        kinds::Kept::Split => Some("the split index".to_owned()),
        kinds::Kept::Sparse => Some("the sparse index".to_owned()),
        kinds::Kept::Whole if kinds::sparse(&kinds::configs(repo)?) => Some("the sparse checkout".to_owned()),
        kinds::Kept::Whole => {
            let filters = kinds::filters(repo, &User::of(repo)?);
            if !filters.is_empty() {
                Some(format!("the filter {}", filters.join(", ")))
            } else if repo.workdir().is_some_and(|top| top.join(".gitmodules").exists()) {
                Some("submodules".to_owned())
            } else {
                None
            }
        }
    })
}

/// How many files an index names, read from its first bytes.
fn files(repo: &Repository) -> u32 {
    let mut head = [0; 12];
    match File::open(repo.path().join("index")).and_then(|mut f| f.read_exact(&mut head)) {
        Ok(()) => u32::from_be_bytes([head[8], head[9], head[10], head[11]]),
        Err(_) => 0,
    }
}

fn look(repo: &Repository) -> Result<Uncommitted, Error> {
    let mut how = StatusOptions::new();
    // Untracked folders count as one: an agent may have unpacked a hundred thousand files there.
    how.include_untracked(true).recurse_untracked_dirs(false);
    how.include_ignored(false).exclude_submodules(true).update_index(false);
    let statuses = repo.statuses(Some(&mut how)).map_err(git("read the status of the working tree"))?;
    let mut found = Uncommitted::default();
    for entry in statuses.iter() {
        let path = open::shown(entry.path_bytes());
        if entry.status() == Status::WT_NEW {
            found.untracked.push(path);
        } else if !entry.status().is_empty() && !entry.status().is_ignored() {
            found.changed.push(path);
        }
    }
    Ok(found)
}

fn ask(repo: &Repository) -> Result<Uncommitted, Error> {
    let plain = Plain::reading(repo)?;
    // Git would look into submodules with *their* configuration, which can name programs.
    let args = [
        "status",
        "--porcelain=v2",
        "-z",
        "--untracked-files=normal",
        "--no-renames",
        "--ignore-submodules=dirty",
    ];
    Ok(parse(&plain.run(&args)?))
}

/// Reads git's own report.
fn parse(report: &[u8]) -> Uncommitted {
    let mut found = Uncommitted::default();
    for record in report.split(|b| *b == 0) {
        let fields = |n: usize| record.splitn(n, |b| *b == b' ').nth(n - 1);
        match record.first() {
            // A submodule that only has another commit checked out is nobody's uncommitted file.
            Some(b'1') if record.get(2) == Some(&b'.') && record.get(5) == Some(&b'S') => {}
            Some(b'1') => found.changed.extend(fields(9).map(open::shown)),
            Some(b'u') => found.changed.extend(fields(11).map(open::shown)),
            Some(b'?') => found.untracked.extend(fields(2).map(open::shown)),
            _ => {}
        }
    }
    found
}

/// What each way says: quick, by git, by libgit2.
#[cfg(test)]
pub(super) fn all_ways(top: &Path) -> [Option<Uncommitted>; 3] {
    let fresh = || open::at(top).ok();
    [
        fresh().and_then(|repo| quick::look(&repo).ok()?),
        fresh().and_then(|repo| ask(&repo).ok()),
        fresh().and_then(|repo| look(&repo).ok()),
    ]
}
