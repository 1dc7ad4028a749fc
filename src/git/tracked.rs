//! Which folders and files of a worktree git looks at.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use git2::Repository;

use super::error::git;
use super::{Error, open, tamper};

/// Entries of new folders that are looked at in one go.
const MAX_ENTRIES: usize = 50_000;

/// A worktree whose folders are to be watched.
pub struct Tracked {
    repo: Repository,
    top: PathBuf,
}

impl Tracked {
    /// Opens the linked worktree `worktree` of `repo`.
    ///
    /// # Errors
    /// When it is not one, or cannot be read.
    pub fn open(repo: &Path, worktree: &Path) -> Result<Self, Error> {
        let repo = tamper::open_checked(&open::main(repo)?, worktree)?;
        Ok(Self { repo, top: worktree.to_owned() })
    }

    /// Folders with tracked files and those above them, the top as an empty path first, and new folders that
    /// are not ignored; none where there are more than `most`.
    ///
    /// # Errors
    /// When the index cannot be read.
    pub fn folders(&self, most: usize) -> Result<Option<Vec<PathBuf>>, Error> {
        let index = self.repo.index().map_err(git("read the index"))?;
        let mut found = BTreeSet::from([PathBuf::new()]);
        let mut last: Vec<u8> = Vec::new();
        for entry in index.iter() {
            let Some(end) = entry.path.iter().rposition(|b| *b == b'/') else { continue };
            let folder = entry.path.get(..end).unwrap_or_default();
            if folder == last {
                continue;
            }
            last = folder.to_vec();
            for above in Path::new(OsStr::from_bytes(folder)).ancestors() {
                if !found.insert(above.to_owned()) {
                    break;
                }
            }
            if found.len() > most {
                return Ok(None);
            }
        }
        let mut new = Vec::new();
        for folder in &found {
            let Some(more) = self.new_below(folder, &found, most) else { return Ok(None) };
            new.extend(more);
        }
        found.extend(new);
        Ok((found.len() <= most).then(|| found.into_iter().collect()))
    }

    /// A folder that just came, and all below it that git looks at; none where there are more than `most`.
    #[must_use]
    pub fn below(&self, folder: &Path, most: usize) -> Option<Vec<PathBuf>> {
        if !self.counts(folder) || self.top.join(folder).join(".git").exists() {
            return Some(Vec::new());
        }
        let mut found = self.new_below(folder, &BTreeSet::new(), most)?;
        found.push(folder.to_owned());
        Some(found)
    }

    /// Whether git looks at a path: it is not ignored, or tracked all the same.
    #[must_use]
    pub fn counts(&self, path: &Path) -> bool {
        if path.starts_with(".git") {
            return false;
        }
        if !self.repo.is_path_ignored(path).unwrap_or(false) {
            return true;
        }
        let Ok(mut index) = self.repo.index() else { return true };
        let _ = index.read(false);
        index.get_path(path, 0).is_some()
    }

    /// Folders below `folder` that are not among `known` and not ignored, at however many removes.
    fn new_below(&self, folder: &Path, known: &BTreeSet<PathBuf>, most: usize) -> Option<Vec<PathBuf>> {
        let (mut found, mut open, mut entries) = (Vec::new(), vec![folder.to_owned()], 0);
        while let Some(at) = open.pop() {
            for entry in fs::read_dir(self.top.join(&at)).into_iter().flatten().flatten() {
                entries += 1;
                if entries > MAX_ENTRIES || found.len() > most {
                    return None;
                }
                if !entry.file_type().is_ok_and(|kind| kind.is_dir()) || entry.file_name() == ".git" {
                    continue;
                }
                let path = at.join(entry.file_name());
                let inner = || self.top.join(&path).join(".git").exists();
                if !known.contains(&path) && self.counts(&path) && !inner() {
                    found.push(path.clone());
                    open.push(path);
                }
            }
        }
        Some(found)
    }
}
