//! Status of a large working tree in this process: every tracked file is looked at once, by several threads, while
//! another looks for untracked ones. Whatever its size and times do not settle is compared by content.

use std::collections::HashMap;
use std::ffi::OsStr;
use std::fs::{self, File};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use git2::{IndexEntry, ObjectType, Repository, Status};
use rustix::fs::{AtFlags, Stat, statat};

use super::Uncommitted;
use crate::git::error::{git, io};
use crate::git::{Error, kinds, open};

/// The most threads that look at files.
const MAX_THREADS: usize = 4;
/// The most files compared by content; with more, git is asked.
const MAX_COMPARED: usize = 2_000;
/// The most of these that are given to libgit2, which knows of line ends and the like.
const MAX_ASKED: usize = 100;
/// The most files and folders looked at within one untracked folder.
const MAX_WITHIN: usize = 10_000;
/// The most differences between trees and indexes that are remembered.
const MAX_REMEMBERED: usize = 64;

const ASSUMED: u16 = 0x8000;
const INTENDED: u16 = 0x2000;
const LEFT_OUT: u16 = 0x4000;

/// What is not committed; `None` where this way is not sure and another must be taken.
pub(super) fn look(repo: &Repository) -> Result<Option<Uncommitted>, Error> {
    let configs = kinds::configs(repo)?;
    let plain = |key: &str, usual: bool| configs.iter().all(|c| c.get_bool(key).unwrap_or(usual) == usual);
    if !(plain("core.filemode", true) && plain("core.symlinks", true) && plain("core.ignorecase", false)) {
        return Ok(None);
    }
    let Some(top) = repo.workdir() else { return Ok(None) };
    let file = repo.path().join("index");
    let Some(mark) = Mark::of(&file) else { return Ok(None) };
    let index = repo.index().map_err(git("read the index"))?;
    let entries: Vec<IndexEntry> = index.iter().collect();
    if entries.iter().any(|e| e.flags_extended & LEFT_OUT != 0) {
        return Ok(None);
    }
    let mut found = Uncommitted::default();
    found.changed.extend(staged(repo, &file, &mark)?);
    let dir = File::open(top).map_err(io(top))?;
    let unsure = std::thread::scope(|scope| {
        let threads = std::thread::available_parallelism().map_or(1, usize::from).min(MAX_THREADS);
        let share = entries.len().div_ceil(threads).max(1);
        let (dir, mark) = (&dir, &mark);
        let looking: Vec<_> =
            entries.chunks(share).map(|some| scope.spawn(move || compare(dir, some, mark))).collect();
        let mut walk = Walk { repo, top, entries: &entries, found: &mut found };
        walk.folder(b"", 0, entries.len());
        let looked: Option<Vec<_>> = looking.into_iter().map(|thread| thread.join().ok()).collect();
        looked.map(|all| all.into_iter().flatten().collect::<Vec<_>>())
    });
    let Some(unsure) = unsure.filter(|u| u.len() <= MAX_COMPARED) else { return Ok(None) };
    let mut asked = 0;
    for (entry, look) in unsure {
        let changed = match look {
            Look::Changed => true,
            Look::Unsure if same(top, entry) => false,
            Look::Unsure => {
                asked += 1;
                if asked > MAX_ASKED {
                    return Ok(None);
                }
                differs(repo, entry)
            }
        };
        found.changed.extend(changed.then(|| open::shown(&entry.path)));
    }
    for list in [&mut found.changed, &mut found.untracked] {
        list.sort();
        list.dedup();
    }
    // Somebody staged something meanwhile: what was seen fits neither index.
    Ok((Mark::of(&file).as_ref() == Some(&mark)).then_some(found))
}

/// When an index was written, and its own checksum.
#[derive(PartialEq, Eq)]
struct Mark {
    time: (i64, i64),
    sum: [u8; 20],
}

impl Mark {
    fn of(index: &Path) -> Option<Self> {
        let file = File::open(index).ok()?;
        let meta = file.metadata().ok()?;
        let mut sum = [0; 20];
        std::os::unix::fs::FileExt::read_exact_at(&file, &mut sum, meta.len().checked_sub(20)?).ok()?;
        Some(Self { time: (meta.mtime(), meta.mtime_nsec()), sum })
    }
}

/// Paths that differ between HEAD and the index. Both are known by a checksum of all they hold.
fn staged(repo: &Repository, file: &Path, mark: &Mark) -> Result<Vec<String>, Error> {
    type Key = ([u8; 20], Option<git2::Oid>);
    static KNOWN: Mutex<Option<HashMap<Key, Vec<String>>>> = Mutex::new(None);
    let tree = repo.head().ok().map(|head| head.peel_to_tree()).transpose().map_err(git("read HEAD"))?;
    let key = (mark.sum, tree.as_ref().map(git2::Tree::id));
    let known = || KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
    // Git can be told to leave the checksum out.
    let summed = mark.sum != [0; 20];
    if let Some(found) = known().as_ref().and_then(|k| k.get(&key)).filter(|_| summed) {
        return Ok(found.clone());
    }
    let diff =
        repo.diff_tree_to_index(tree.as_ref(), None, None).map_err(git("compare HEAD with the index"))?;
    let paths = diff.deltas().filter_map(|d| d.new_file().path_bytes().or(d.old_file().path_bytes()));
    let mut found: Vec<String> = paths.map(open::shown).collect();
    let index = repo.index().map_err(git("read the index"))?;
    found.extend(index.iter().filter(|e| e.flags & 0x3000 != 0).map(|e| open::shown(&e.path)));
    if summed && found.len() <= MAX_COMPARED && Mark::of(file).as_ref() == Some(mark) {
        let mut all = known();
        let all = all.get_or_insert_default();
        if all.len() >= MAX_REMEMBERED {
            all.clear();
        }
        all.insert(key, found.clone());
    }
    Ok(found)
}

/// What size and times say of a tracked file.
#[derive(Clone, Copy)]
enum Look {
    Changed,
    Unsure,
}

/// Those of the files that are not surely as the index has them.
fn compare<'e>(dir: &File, entries: &'e [IndexEntry], mark: &Mark) -> Vec<(&'e IndexEntry, Look)> {
    let look = |entry: &'e IndexEntry| {
        let link = entry.mode == 0o160_000;
        if link || entry.flags & ASSUMED != 0 || entry.flags & 0x3000 != 0 {
            return None;
        }
        if entry.flags_extended & INTENDED != 0 {
            return Some((entry, Look::Changed));
        }
        match statat(dir, OsStr::from_bytes(&entry.path), AtFlags::SYMLINK_NOFOLLOW) {
            Ok(stat) => against(entry, &stat, mark).map(|look| (entry, look)),
            Err(_) => Some((entry, Look::Changed)),
        }
    };
    entries.iter().filter_map(look).collect()
}

fn against(entry: &IndexEntry, stat: &Stat, mark: &Mark) -> Option<Look> {
    let kind = stat.st_mode & 0o170_000;
    let mode = match kind {
        0o120_000 => 0o120_000,
        0o100_000 if stat.st_mode & 0o100 != 0 => 0o100_755,
        0o100_000 => 0o100_644,
        _ => 0,
    };
    if mode != entry.mode {
        return Some(Look::Changed);
    }
    let low = |n: i64| u32::try_from(n & 0xffff_ffff).unwrap_or_default();
    let time = |t: git2::IndexTime, seconds: i64, nanos: i64| {
        let stored = u32::from_ne_bytes(t.seconds().to_ne_bytes());
        stored == low(seconds) && (t.nanoseconds() == 0 || i64::from(t.nanoseconds()) == nanos)
    };
    let nanos = |n: u64| i64::try_from(n).unwrap_or_default();
    let (mtime, ctime) = (nanos(stat.st_mtime_nsec), nanos(stat.st_ctime_nsec));
    let same = time(entry.mtime, stat.st_mtime, mtime)
        && time(entry.ctime, stat.st_ctime, ctime)
        && entry.file_size == low(stat.st_size)
        && entry.ino == low(stat.st_ino as i64)
        && entry.uid == stat.st_uid
        && entry.gid == stat.st_gid;
    // A file written in the very moment of the index, or after it, may have changed without a trace.
    let fine = if entry.mtime.nanoseconds() == 0 { 0 } else { mtime };
    let settled = (stat.st_mtime, fine) < mark.time && (fine != 0 || stat.st_mtime < mark.time.0);
    // Git stores no size for a file that it could not settle.
    let smudged = entry.file_size == 0;
    (!(same && settled) || smudged).then_some(Look::Unsure)
}

/// Whether a file has the very bytes that the index names.
fn same(top: &Path, entry: &IndexEntry) -> bool {
    let path = top.join(OsStr::from_bytes(&entry.path));
    let id = if entry.mode == 0o120_000 {
        fs::read_link(&path)
            .ok()
            .and_then(|to| git2::Oid::hash_object(ObjectType::Blob, to.as_os_str().as_bytes()).ok())
    } else {
        git2::Oid::hash_file(ObjectType::Blob, &path).ok()
    };
    id == Some(entry.id)
}

/// Whether a file differs when line ends and the like are taken into account.
fn differs(repo: &Repository, entry: &IndexEntry) -> bool {
    let changed = Status::WT_MODIFIED | Status::WT_DELETED | Status::WT_TYPECHANGE;
    let path = Path::new(OsStr::from_bytes(&entry.path));
    repo.status_file(path).map_or(true, |status| status.intersects(changed))
}

/// The search for untracked files.
struct Walk<'a> {
    repo: &'a Repository,
    top: &'a Path,
    /// Sorted by path.
    entries: &'a [IndexEntry],
    found: &'a mut Uncommitted,
}

impl Walk<'_> {
    /// Looks through a folder whose tracked files are the entries from `low` up to `high`.
    fn folder(&mut self, folder: &[u8], low: usize, high: usize) {
        let listed = fs::read_dir(self.top.join(OsStr::from_bytes(folder)));
        for item in listed.into_iter().flatten().flatten() {
            let name = item.file_name();
            let Ok(kind) = item.file_type() else { continue };
            if name == ".git" || !(kind.is_dir() || kind.is_file() || kind.is_symlink()) {
                continue;
            }
            let mut path = folder.to_vec();
            path.extend_from_slice(name.as_bytes());
            let here = &self.entries[low..high];
            if here.binary_search_by(|e| e.path.as_slice().cmp(&path)).is_ok() {
                continue;
            }
            let mut within = path.clone();
            within.push(b'/');
            let from = low + here.partition_point(|e| e.path < within);
            let to =
                from + self.entries[from..high].iter().take_while(|e| e.path.starts_with(&within)).count();
            match (from < to, kind.is_dir()) {
                (true, true) => self.folder(&within, from, to),
                // A folder became something else: what was in it is gone, whatever lies behind a link.
                (gone, false) => {
                    if gone {
                        self.found
                            .changed
                            .extend(self.entries[from..to].iter().map(|e| open::shown(&e.path)));
                    }
                    if !self.ignored(&path) {
                        self.found.untracked.push(open::shown(&path));
                    }
                }
                (false, true) => {
                    if !self.ignored(&within) && self.holds(&within) {
                        self.found.untracked.push(open::shown(&within));
                    }
                }
            }
        }
    }

    fn ignored(&self, path: &[u8]) -> bool {
        self.repo.is_path_ignored(Path::new(OsStr::from_bytes(path))).unwrap_or(false)
    }

    /// Whether an untracked folder has anything in it that is not ignored.
    fn holds(&self, folder: &[u8]) -> bool {
        let mut queue = vec![folder.to_vec()];
        let mut seen = 0;
        while let Some(folder) = queue.pop() {
            for item in
                fs::read_dir(self.top.join(OsStr::from_bytes(&folder))).into_iter().flatten().flatten()
            {
                seen += 1;
                // A repository of somebody's, or too much to look through.
                if item.file_name() == ".git" || seen > MAX_WITHIN {
                    return true;
                }
                let Ok(kind) = item.file_type() else { continue };
                let mut path = folder.clone();
                path.extend_from_slice(item.file_name().as_bytes());
                if kind.is_dir() {
                    path.push(b'/');
                    if !self.ignored(&path) {
                        queue.push(path);
                    }
                } else if (kind.is_file() || kind.is_symlink()) && !self.ignored(&path) {
                    return true;
                }
            }
        }
        false
    }
}
