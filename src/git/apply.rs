//! Moving the target: its files first, then the branch, once, by compare-and-swap.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use git2::{ErrorCode, Repository};

use super::error::{git, io};
use super::lock::{self, Lock};
use super::plain::Plain;
use super::{Error, heads, kinds, merge, open, probe, recover, status};
use crate::domain::id::{Oid, TrainId};
use crate::domain::train::Applied;

/// The most files named as being in the way.
const MAX_NAMED: usize = 100;

/// Moves `target` from `old` to `new`. Where the target is checked out in the main working tree, its files and
/// index follow; where it is checked out nowhere, only the branch moves. Call it once the intent is recorded;
/// after a crash call [`recover_apply`](super::recover_apply) first.
///
/// # Errors
/// When another git holds the index, an operation is under way in the working tree, or git fails. The target
/// and its files are as before then, unless the error says otherwise.
pub fn apply(repo: &Path, target: &str, id: TrainId, old: &Oid, new: &Oid) -> Result<Applied, Error> {
    let main = open::main(repo)?;
    let lock = Lock::take(main.commondir())?;
    open::commit(&main, new)?;
    let found = open::ours(open::tip(&main, target)?);
    if found == *new {
        return Ok(Applied::Moved);
    }
    if found != *old {
        return Ok(Applied::Elsewhere { expected: old.clone(), found });
    }
    match place(&main, target)? {
        Place::Nowhere => {
            // Whoever puts a killed move right knows by it that the lock on the branch may be ours.
            let marker = Marker::write(&main)?;
            let swapped = swap(&main, target, &log(id), old, new);
            marker.remove()?;
            swapped
        }
        Place::Linked(at) => Ok(in_linked(target, &at)),
        Place::Main => {
            with_files(&main, &lock, target, &log(id), old, new).map_err(|e| kinds::explain(&main, e))
        }
    }
}

/// What the reflog says of a train.
pub(super) fn log(id: TrainId) -> String {
    format!("orchestra: train {id}")
}

/// Where a branch is checked out.
pub(super) enum Place {
    /// In no working tree.
    Nowhere,
    /// In the main working tree.
    Main,
    /// In a linked worktree.
    Linked(PathBuf),
}

/// Finds where the target is checked out; a linked worktree counts first.
pub(super) fn place(main: &Repository, target: &str) -> Result<Place, Error> {
    let mut found = Place::Nowhere;
    for head in heads::all(main)? {
        if head.branch.as_deref() == Some(target) {
            match head.admin {
                Some(_) => return Ok(Place::Linked(head.path)),
                None => found = Place::Main,
            }
        }
    }
    Ok(found)
}

/// Says that a linked worktree holds the target.
pub(super) fn in_linked(target: &str, at: &Path) -> Applied {
    let remedy = format!(
        "`{target}` is checked out in the worktree {0}; switch that to another branch (git -C {0} switch --detach)",
        at.display()
    );
    Applied::InTheWay { files: vec![at.display().to_string()], remedy }
}

/// Moves the branch alone.
pub(super) fn swap(
    main: &Repository,
    target: &str,
    log: &str,
    old: &Oid,
    new: &Oid,
) -> Result<Applied, Error> {
    let name = open::branch_ref(target);
    let (from, to) = (open::theirs(old)?, open::theirs(new)?);
    let work = || main.reference_matching(&name, to, true, from, log);
    match lock::patiently(main.commondir(), &format!("{name}.lock"), work)? {
        Ok(_) => {
            // A loose ref is a small file of its own: make the move durable before anybody is told.
            let loose = main.commondir().join(&name);
            if let Ok(file) = fs::File::open(&loose) {
                file.sync_all().map_err(io(&loose))?;
            }
            Ok(Applied::Moved)
        }
        Err(e) if e.code() == ErrorCode::Modified => {
            let found = open::ours(open::tip(main, target)?);
            Ok(Applied::Elsewhere { expected: old.clone(), found })
        }
        Err(e) => Err(git(format!("move branch `{target}`"))(e)),
    }
}

/// Moves the files of a working tree (opened as `main`) that has the branch, then the branch.
pub(super) fn with_files(
    main: &Repository,
    held: &Lock,
    target: &str,
    log: &str,
    old: &Oid,
    new: &Oid,
) -> Result<Applied, Error> {
    let top = main.workdir().ok_or_else(|| Error::Bare(main.path().to_owned()))?;
    probe::check_state(main, top)?;
    let index_lock = main.path().join("index.lock");
    lock::wait_for(&index_lock)?;
    if let Some(blocked) = in_the_way(main, top, old, new)? {
        return Ok(blocked);
    }
    let git = Plain::new(main, held)?;
    let marker = Marker::write(main)?;
    // Files whose times changed but not their content would be taken for changed ones.
    let _ = git.run(&["update-index", "-q", "--refresh"]);
    let moved = lock::index(&index_lock, || git.run(&["read-tree", "-m", "-u", &old.0, &new.0]));
    if let Err(e) = moved {
        // Git takes the lock before it touches a file.
        if !matches!(e, Error::Locked(_)) {
            recover::restore(main, &git, old, new)?;
        }
        marker.remove()?;
        return Err(e);
    }
    #[cfg(test)]
    super::testkit::between(target);
    let swapped = swap(main, target, log, old, new);
    if !matches!(swapped, Ok(Applied::Moved)) {
        lock::index(&index_lock, || git.run(&["read-tree", "-m", "-u", &new.0, &old.0]))?;
    }
    marker.remove()?;
    swapped
}

/// The note that an apply is under way: locks younger than it may be our own.
pub(super) struct Marker(PathBuf);

impl Marker {
    fn path(main: &Repository) -> PathBuf {
        main.path().join("orchestra.applying")
    }

    /// Writes it.
    pub(super) fn write(main: &Repository) -> Result<Self, Error> {
        let path = Self::path(main);
        fs::write(&path, std::process::id().to_string()).map_err(io(&path))?;
        Ok(Self(path))
    }

    /// Finds the one a crash left.
    pub(super) fn find(main: &Repository) -> Option<Self> {
        let path = Self::path(main);
        path.is_file().then_some(Self(path))
    }

    /// When it was written.
    pub(super) fn since(&self) -> Option<std::time::SystemTime> {
        fs::metadata(&self.0).and_then(|m| m.modified()).ok()
    }

    /// Removes it.
    pub(super) fn remove(&self) -> Result<(), Error> {
        fs::remove_file(&self.0).map_err(io(&self.0))
    }
}

/// Whose files the move would touch, if anybody's.
fn in_the_way(main: &Repository, top: &Path, old: &Oid, new: &Oid) -> Result<Option<Applied>, Error> {
    let mut changed = status::uncommitted(main)?.changed;
    if !changed.is_empty() {
        changed.truncate(MAX_NAMED);
        let remedy = "commit or stash these changes first".to_owned();
        return Ok(Some(Applied::InTheWay { files: changed, remedy }));
    }
    let (old, new) = (open::theirs(old)?, open::theirs(new)?);
    let tree = |oid| main.find_commit(oid).and_then(|c| c.tree()).map_err(git(format!("read tree of {oid}")));
    let (before, after) = (tree(old)?, tree(new)?);
    let has = |tree: &git2::Tree<'_>, path: &Path| {
        tree.get_path(path).is_ok_and(|e| e.kind() != Some(git2::ObjectType::Tree))
    };
    let mut files = BTreeSet::new();
    for path in merge::touched(main, old, new)? {
        let path = Path::new(<std::ffi::OsStr as std::os::unix::ffi::OsStrExt>::from_bytes(&path)).to_owned();
        if has(&before, &path) || !has(&after, &path) {
            continue;
        }
        // Ignored files count too: git would overwrite them, and nothing could bring them back.
        for at in path.ancestors().skip(1).filter(|a| !a.as_os_str().is_empty()) {
            let foreign = fs::symlink_metadata(top.join(at)).is_ok_and(|m| !m.is_dir());
            if foreign && !has(&before, at) {
                files.insert(at.display().to_string());
            }
        }
        occupants(top, &path, &|at| has(&before, at), &mut files);
    }
    if files.is_empty() {
        return Ok(None);
    }
    let files = files.into_iter().take(MAX_NAMED).collect();
    let remedy = "these untracked files would be overwritten: move them away or commit them".to_owned();
    Ok(Some(Applied::InTheWay { files, remedy }))
}

/// Untracked files at or below a path that becomes a file.
fn occupants(top: &Path, path: &Path, tracked: &dyn Fn(&Path) -> bool, files: &mut BTreeSet<String>) {
    let mut queue = vec![path.to_owned()];
    while let Some(at) = queue.pop() {
        let Ok(meta) = fs::symlink_metadata(top.join(&at)) else { continue };
        if meta.is_dir() {
            let entries = fs::read_dir(top.join(&at)).into_iter().flatten().flatten();
            queue.extend(entries.map(|e| at.join(e.file_name())));
        } else if !tracked(&at) {
            files.insert(at.display().to_string());
        }
        if files.len() > MAX_NAMED {
            return;
        }
    }
}
