//! Putting the target's files right after a crash between intent and done.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use git2::{ObjectType, Oid as GitOid, Repository, Tree};

use super::apply::{self, Marker, Place};
use super::error::{git, io};
use super::lock::{self, Lock};
use super::plain::Plain;
use super::{Error, kinds, merge, open};
use crate::domain::id::{Oid, TrainId};
use crate::domain::train::Applied;

/// What recovery found and did.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Recovered {
    /// The target is at the new commit and its files follow.
    Moved,
    /// The target and its files are as before; apply again or drop the train.
    Restored,
    /// The target stands at neither commit; nothing was touched.
    Elsewhere {
        /// Where it is.
        found: Oid,
    },
    /// Files are neither as before nor as after; nothing was touched.
    Stopped {
        /// The files.
        files: Vec<String>,
    },
}

/// Decides after a crash whether an apply happened. Completed files are finished by moving the target; a
/// half-written tree is put back. Content that is neither old nor new is never overwritten. Repeating it is
/// harmless.
///
/// # Errors
/// When a lock is held by a running git, or git fails.
pub fn recover_apply(
    repo: &Path,
    target: &str,
    id: TrainId,
    old: &Oid,
    new: &Oid,
) -> Result<Recovered, Error> {
    let main = open::main(repo)?;
    let lock = Lock::take(main.commondir())?;
    if matches!(apply::place(&main, target)?, Place::Main) {
        return put_right(&main, &lock, target, &apply::log(id), old, new);
    }
    // Without a checkout there are no files to put right.
    if let Some(marker) = Marker::find(&main) {
        clear_locks(&main, &marker, target)?;
        marker.remove()?;
    }
    let found = open::ours(open::tip(&main, target)?);
    Ok(if found == *new {
        Recovered::Moved
    } else if found == *old {
        Recovered::Restored
    } else {
        Recovered::Elsewhere { found }
    })
}

/// The same for the working tree (opened as `main`) that has the branch.
pub(super) fn put_right(
    main: &Repository,
    lock: &Lock,
    branch: &str,
    log: &str,
    old: &Oid,
    new: &Oid,
) -> Result<Recovered, Error> {
    let marker = Marker::find(main);
    if let Some(marker) = &marker {
        clear_locks(main, marker, branch)?;
    }
    let outcome = decide(main, lock, marker.is_some(), (branch, log), old, new)?;
    if let (Some(marker), false) = (marker, matches!(outcome, Recovered::Stopped { .. })) {
        marker.remove()?;
    }
    Ok(outcome)
}

fn decide(
    main: &Repository,
    lock: &Lock,
    marked: bool,
    (branch, log): (&str, &str),
    old: &Oid,
    new: &Oid,
) -> Result<Recovered, Error> {
    let found = open::ours(open::tip(main, branch)?);
    if found == *new {
        return Ok(Recovered::Moved);
    }
    if found != *old {
        return Ok(Recovered::Elsewhere { found });
    }
    // Without the note no file was ever touched.
    if !marked {
        return Ok(Recovered::Restored);
    }
    let git = Plain::new(main, lock)?;
    match look(main, &git, old, new)? {
        Look::Third(files) => Ok(Recovered::Stopped { files }),
        Look::AllNew => match apply::swap(main, branch, log, old, new)? {
            Applied::Moved => Ok(Recovered::Moved),
            Applied::Elsewhere { found, .. } => Ok(Recovered::Elsewhere { found }),
            Applied::InTheWay { files, .. } => Ok(Recovered::Stopped { files }),
        },
        Look::Mixed(paths) => put_back(main, &git, old, &paths).map(|()| Recovered::Restored),
    }
}

/// Puts the files back after a move that failed half-way, if all of them are old or new.
pub(super) fn restore(main: &Repository, git: &Plain<'_>, old: &Oid, new: &Oid) -> Result<(), Error> {
    match look(main, git, old, new)? {
        Look::Mixed(paths) => put_back(main, git, old, &paths),
        Look::AllNew => git.run(&["read-tree", "-m", "-u", &new.0, &old.0]).map(|_| ()),
        Look::Third(files) => Err(Error::Program {
            command: "read-tree".to_owned(),
            text: format!("stopped half-way, and these files are neither old nor new: {}", files.join(", ")),
        }),
    }
}

/// How the working tree stands between two commits.
enum Look {
    /// Index and files are the new commit's.
    AllNew,
    /// Every path that differs is old or new; these are the paths.
    Mixed(BTreeMap<Vec<u8>, Sides>),
    /// Some are neither.
    Third(Vec<String>),
}

/// A path's blob (or link) before and after.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Sides {
    old: Option<(GitOid, i32)>,
    new: Option<(GitOid, i32)>,
}

fn look(main: &Repository, plain: &Plain<'_>, old: &Oid, new: &Oid) -> Result<Look, Error> {
    let tree = |oid: &Oid| open::commit(main, oid)?.tree().map_err(git(format!("read tree of {oid}")));
    let (before, after) = (tree(old)?, tree(new)?);
    let mut paths = BTreeMap::new();
    for path in merge::touched(main, open::theirs(old)?, open::theirs(new)?)? {
        let sides = Sides { old: entry(&before, &path), new: entry(&after, &path) };
        paths.insert(path, sides);
    }
    let staged = staged(plain, &paths)?;
    let mut all_new = true;
    let mut third = Vec::new();
    let top = main.workdir().ok_or_else(|| Error::Bare(main.path().to_owned()))?;
    let hashes = hashes(top, plain, &paths)?;
    for (path, sides) in &paths {
        let entry = staged.get(path);
        let (staged, left_out) = (entry.map(|e| e.0), entry.is_some_and(|e| e.1));
        let (was, will) = (sides.old.map(|s| s.0), sides.new.map(|s| s.0));
        // A file that a sparse checkout leaves out is where it should be when it is not there.
        let there = hashes.get(path).copied().or(staged.filter(|_| left_out));
        all_new &= staged == will && there == will;
        let known = there == was || there == will || there.is_none();
        if !(staged == was || staged == will) || !(known || partial(main, top, path, sides)) {
            third.push(open::shown(path));
        }
    }
    Ok(match (third.is_empty(), all_new) {
        (false, _) => Look::Third(third),
        (true, true) => Look::AllNew,
        (true, false) => Look::Mixed(paths),
    })
}

/// What the index has for paths: the object, and whether a sparse checkout leaves the file out. Git is asked, which
/// reads every kind of index.
fn staged(
    plain: &Plain<'_>,
    paths: &BTreeMap<Vec<u8>, Sides>,
) -> Result<BTreeMap<Vec<u8>, (GitOid, bool)>, Error> {
    let wanted: Vec<Vec<u8>> = paths.keys().cloned().collect();
    let mut found = BTreeMap::new();
    if wanted.is_empty() {
        return Ok(found);
    }
    // `H 100644 <id> 0<tab><path>`, with `S` where it is left out.
    let listed = plain.run_each(&["ls-files", "-s", "-t", "-z"], &wanted)?;
    for record in listed.split(|b| *b == 0) {
        let Some(tab) = record.iter().position(|b| *b == b'\t') else { continue };
        let mut words = record[..tab].split(|b| *b == b' ');
        let left_out = words.next() == Some(b"S");
        let id = words.nth(1).and_then(|hex| GitOid::from_str(std::str::from_utf8(hex).ok()?).ok());
        if let (Some(id), Some(b"0")) = (id, words.next()) {
            found.insert(record[tab + 1..].to_vec(), (id, left_out));
        }
    }
    Ok(found)
}

/// Object ids of the files on disk, as git would store them. Missing ones and folders are left out.
fn hashes(
    top: &Path,
    plain: &Plain<'_>,
    paths: &BTreeMap<Vec<u8>, Sides>,
) -> Result<BTreeMap<Vec<u8>, GitOid>, Error> {
    let mut found = BTreeMap::new();
    let mut files = Vec::new();
    for path in paths.keys() {
        let at = top.join(path_of(path));
        let Ok(meta) = fs::symlink_metadata(&at) else { continue };
        if meta.is_symlink() {
            let link = fs::read_link(&at).map_err(io(&at))?;
            let id = GitOid::hash_object(ObjectType::Blob, link.as_os_str().as_bytes());
            found.insert(path.clone(), id.map_err(git("hash a link"))?);
        } else if meta.is_file() {
            files.push(path.clone());
        }
    }
    if files.is_empty() {
        return Ok(found);
    }
    let output = plain.run_each(&["hash-object"], &files)?;
    for (path, line) in files.into_iter().zip(output.split(|b| *b == b'\n')) {
        let id = std::str::from_utf8(line).ok().and_then(|hex| GitOid::from_str(hex).ok());
        found.extend(id.map(|id| (path, id)));
    }
    Ok(found)
}

/// Whether a file is the beginning of the new content: git was killed while writing it.
fn partial(main: &Repository, top: &Path, path: &[u8], sides: &Sides) -> bool {
    let Some((new, _)) = sides.new else { return false };
    let (Ok(blob), Ok(there)) = (main.find_blob(new), fs::read(top.join(path_of(path)))) else {
        return false;
    };
    blob.content().starts_with(&there)
}

/// Makes files and index as the old commit has them. Only content known to be ours is replaced.
fn put_back(
    main: &Repository,
    plain: &Plain<'_>,
    old: &Oid,
    paths: &BTreeMap<Vec<u8>, Sides>,
) -> Result<(), Error> {
    let top = main.workdir().ok_or_else(|| Error::Bare(main.path().to_owned()))?;
    let mut wanted = Vec::new();
    for (path, sides) in paths {
        let at = top.join(path_of(path));
        if sides.old.is_some() {
            wanted.push(path.clone());
        } else if fs::symlink_metadata(&at).is_ok_and(|m| !m.is_dir()) {
            fs::remove_file(&at).map_err(io(&at))?;
            prune_dirs(top, &at);
        }
    }
    plain.run(&["read-tree", &old.0])?;
    if !wanted.is_empty() {
        plain.run_each(&["checkout-index", "-f", "-u"], &wanted)?;
    }
    // Only times are refreshed; status 1 says that something differs, which the next look will tell.
    let _ = plain.run(&["update-index", "-q", "--refresh"]);
    if kinds::sparse(&kinds::configs(main)?) {
        // The index was made anew, and knows no more which files are left out.
        plain.run(&["read-tree", "-m", "-u", &old.0])?;
    }
    Ok(())
}

/// Removes folders that became empty, up to the top.
fn prune_dirs(top: &Path, file: &Path) {
    for dir in file.ancestors().skip(1).take_while(|dir| *dir != top && dir.starts_with(top)) {
        if fs::remove_dir(dir).is_err() {
            return;
        }
    }
}

/// Removes locks that our own dead children left: younger than the note, and open in no process.
fn clear_locks(main: &Repository, marker: &Marker, target: &str) -> Result<(), Error> {
    let common = main.commondir();
    let reference = common.join(format!("{}.lock", open::branch_ref(target)));
    for lock in [main.path().join("index.lock"), main.path().join("HEAD.lock"), reference] {
        let Ok(made) = fs::metadata(&lock).and_then(|m| m.modified()) else { continue };
        let ours = marker.since().is_some_and(|since| made >= since);
        if ours && !held(&lock) {
            fs::remove_file(&lock).map_err(io(&lock))?;
        } else {
            lock::wait_for(&lock)?;
        }
    }
    Ok(())
}

/// Whether any process we may look into has the file open.
pub(super) fn held(file: &Path) -> bool {
    let Ok(file) = file.canonicalize() else { return false };
    let entries = |dir: PathBuf| fs::read_dir(dir).into_iter().flatten().flatten();
    entries(PathBuf::from("/proc"))
        .filter(|e| e.file_name().as_bytes().iter().all(u8::is_ascii_digit))
        .flat_map(|e| entries(e.path().join("fd")))
        .any(|fd| fs::read_link(fd.path()).is_ok_and(|open| open == file))
}

fn entry(tree: &Tree<'_>, path: &[u8]) -> Option<(GitOid, i32)> {
    let entry = tree.get_path(path_of(path)).ok()?;
    (entry.kind() != Some(ObjectType::Tree)).then(|| (entry.id(), entry.filemode()))
}

fn path_of(path: &[u8]) -> &Path {
    Path::new(OsStr::from_bytes(path))
}
