//! The watched folders, and what an event in one of them means.

use std::collections::{BTreeSet, HashMap};
use std::ffi::OsStr;
use std::fs;
use std::io;
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use rustix::fs::inotify::{CreateFlags, ReadFlags, Reader, WatchFlags, add_watch, init, remove_watch};

use super::Ward;
use crate::engine::event::Stirred;
use crate::git::{self, Tracked};

/// Folders of one worktree that are watched at most.
const MAX_FOLDERS: usize = 8192;
/// Folders watched in all.
const MAX_ALL: usize = 65_536;
/// Folders of branches' names.
const MAX_HEADS: usize = 1024;
/// Files of one reading that git is asked about; beyond, they count.
const MAX_ASKED: usize = 100;

/// What a watched folder is.
enum Place {
    /// The directory all worktrees share.
    Common,
    /// Branches whose names begin so.
    Heads(String),
    /// Refs in a form of their own.
    Refs,
    /// What git keeps of that agent's worktree.
    Admin(usize),
    /// A folder of that agent's worktree, from its top.
    Folder(usize, PathBuf),
}

/// All that is watched.
pub(super) struct Places {
    notify: OwnedFd,
    ward: Ward,
    places: HashMap<i32, Place>,
    /// For each agent: its worktree, while that is watched.
    tracked: Vec<Option<Tracked>>,
    /// Agents whose worktrees are not taken in yet, the next one last.
    waiting: Vec<usize>,
}

impl Places {
    /// Watches refs and what git keeps of worktrees.
    pub(super) fn new(ward: Ward) -> io::Result<Self> {
        let notify = init(CreateFlags::CLOEXEC | CreateFlags::NONBLOCK)?;
        let tracked = ward.yards.iter().map(|_| None).collect();
        let waiting = (0..ward.yards.len()).rev().collect();
        let mut all = Self { notify, ward, places: HashMap::new(), tracked, waiting };
        let mut common = None;
        for i in 0..all.ward.yards.len() {
            let dirs = all.ward.yards.get(i).map(|y| git::dirs(&all.ward.repository, &y.worktree));
            if let Some(Ok(dirs)) = dirs {
                all.add(&dirs.own, Place::Admin(i))?;
                common = Some(dirs.common);
            }
        }
        if let Some(common) = common {
            all.add(&common, Place::Common)?;
            // Only some repositories have one.
            let _ = all.add(&common.join("reftable"), Place::Refs);
            all.heads(&common.join("refs/heads"), "")?;
        }
        Ok(all)
    }

    pub(super) fn fd(&self) -> BorrowedFd<'_> {
        self.notify.as_fd()
    }

    /// Watches the folders of one more worktree; whether there was one left.
    pub(super) fn take_in_one(&mut self) -> bool {
        let Some(i) = self.waiting.pop() else { return false };
        let Some(yard) = self.ward.yards.get(i).cloned() else { return true };
        let tracked = match Tracked::open(&self.ward.repository, &yard.worktree) {
            Ok(tracked) => tracked,
            Err(e) => {
                tracing::warn!("{}: files that change are not noticed: {e}", yard.agent);
                return true;
            }
        };
        let folders = match tracked.folders(MAX_FOLDERS) {
            Ok(Some(folders)) => folders,
            Ok(None) => {
                self.give_up(i, &format!("its worktree has more than {MAX_FOLDERS} folders"));
                return true;
            }
            Err(e) => {
                self.give_up(i, &e.to_string());
                return true;
            }
        };
        if let Some(slot) = self.tracked.get_mut(i) {
            *slot = Some(tracked);
        }
        self.watch(i, folders);
        true
    }

    /// Takes in what the kernel told.
    pub(super) fn read(&mut self, stirred: &mut Stirred) {
        let mut events = Vec::new();
        let mut buffer = [MaybeUninit::uninit(); 16 * 1024];
        let mut reader = Reader::new(&self.notify, &mut buffer);
        while let Ok(event) = reader.next() {
            let name = event.file_name().map(|n| n.to_bytes().to_vec()).unwrap_or_default();
            events.push((event.wd(), event.events(), name));
        }
        let (mut seen, mut asked) = (BTreeSet::new(), 0);
        for (wd, what, name) in events {
            if what.contains(ReadFlags::QUEUE_OVERFLOW) {
                everything(&self.ward, stirred);
            } else if what.contains(ReadFlags::IGNORED) {
                // The folder is gone.
                self.places.remove(&wd);
            } else if seen.insert((wd, what.bits(), name.clone())) {
                self.event(wd, what, &name, stirred, &mut asked);
            }
        }
    }

    fn event(&mut self, wd: i32, what: ReadFlags, name: &[u8], stirred: &mut Stirred, asked: &mut usize) {
        let folder = what.contains(ReadFlags::ISDIR);
        let came = what.intersects(ReadFlags::CREATE | ReadFlags::MOVED_TO);
        match self.places.get(&wd) {
            Some(Place::Common) if name == b"packed-refs" => everything(&self.ward, stirred),
            Some(Place::Refs) => everything(&self.ward, stirred),
            Some(Place::Heads(prefix)) => {
                let branch = format!("{prefix}{}", String::from_utf8_lossy(name));
                if folder && came {
                    let Some(dir) = self.heads_dir(&branch) else { return };
                    let _ = self.heads(&dir, &format!("{branch}/"));
                    // Branches may have come before the watch.
                    everything(&self.ward, stirred);
                } else if !folder && !branch.ends_with(".lock") {
                    stirred.target |= branch == self.ward.target;
                    let own = self.ward.yards.iter().position(|y| y.branch == branch);
                    own.into_iter().for_each(|i| self.mark(i, stirred));
                }
            }
            Some(Place::Admin(i)) if matches!(name, b"HEAD" | b"index") => self.mark(*i, stirred),
            Some(Place::Folder(i, at)) => {
                let (i, path) = (*i, at.join(OsStr::from_bytes(name)));
                if path == Path::new(".git") {
                    return;
                }
                if folder && what.contains(ReadFlags::MOVED_FROM) {
                    self.forget(i, Some(&path));
                }
                if folder && came {
                    self.came(i, &path);
                }
                let marked = self.ward.yards.get(i).is_none_or(|y| stirred.agents.contains(&y.agent));
                if marked {
                    return;
                }
                *asked += 1;
                let counts = |t: &Tracked| *asked > MAX_ASKED || t.counts(&path);
                if self.tracked.get(i).and_then(Option::as_ref).is_none_or(counts) {
                    self.mark(i, stirred);
                }
            }
            _ => {}
        }
    }

    /// A new folder in a worktree.
    fn came(&mut self, i: usize, path: &Path) {
        let Some(tracked) = self.tracked.get(i).and_then(Option::as_ref) else { return };
        match tracked.below(path, MAX_FOLDERS) {
            Some(folders) => self.watch(i, folders),
            None => self.give_up(i, &format!("its worktree has more than {MAX_FOLDERS} folders")),
        }
    }

    fn watch(&mut self, i: usize, folders: Vec<PathBuf>) {
        let Some(top) = self.ward.yards.get(i).map(|y| y.worktree.clone()) else { return };
        let own = self.places.values().filter(|p| matches!(p, Place::Folder(of, _) if *of == i)).count();
        if own + folders.len() > MAX_FOLDERS || self.places.len() + folders.len() > MAX_ALL {
            let why = format!("more than {MAX_FOLDERS} folders of it, or {MAX_ALL} in all, would be watched");
            return self.give_up(i, &why);
        }
        for folder in folders {
            match self.add(&top.join(&folder), Place::Folder(i, folder)) {
                Err(e) if matches!(e.raw_os_error(), Some(code) if code == NO_SPACE) => {
                    return self.give_up(i, "the kernel's limit is reached (fs.inotify.max_user_watches)");
                }
                // It went away meanwhile.
                Ok(()) | Err(_) => {}
            }
        }
    }

    /// Says that a worktree is not watched, and stops.
    fn give_up(&mut self, i: usize, why: &str) {
        if let Some(yard) = self.ward.yards.get(i) {
            tracing::warn!(
                "{}: files that change are not noticed until it prints or commits: {why}",
                yard.agent
            );
        }
        self.forget(i, None);
        if let Some(slot) = self.tracked.get_mut(i) {
            *slot = None;
        }
    }

    /// Stops watching a worktree, or what is at and below a path of it.
    fn forget(&mut self, i: usize, below: Option<&Path>) {
        let gone = |p: &Place| matches!(p, Place::Folder(of, at) if *of == i && below.is_none_or(|b| at.starts_with(b)));
        let gone: Vec<i32> = self.places.iter().filter(|(_, p)| gone(p)).map(|(wd, _)| *wd).collect();
        for wd in gone {
            self.places.remove(&wd);
            let _ = remove_watch(&self.notify, wd);
        }
    }

    fn mark(&self, i: usize, stirred: &mut Stirred) {
        if let Some(yard) = self.ward.yards.get(i).filter(|y| !stirred.agents.contains(&y.agent)) {
            stirred.agents.push(yard.agent.clone());
        }
    }

    /// Watches branches below a folder of refs.
    fn heads(&mut self, dir: &Path, prefix: &str) -> io::Result<()> {
        let mut open = vec![(dir.to_owned(), prefix.to_owned())];
        let mut count = self.places.values().filter(|p| matches!(p, Place::Heads(_))).count();
        while let Some((dir, prefix)) = open.pop() {
            count += 1;
            if count > MAX_HEADS {
                tracing::warn!("branches in more than {MAX_HEADS} folders: not all that move are noticed");
                break;
            }
            self.add(&dir, Place::Heads(prefix.clone()))?;
            for entry in fs::read_dir(&dir)?.flatten() {
                if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
                    open.push((entry.path(), format!("{prefix}{}/", entry.file_name().to_string_lossy())));
                }
            }
        }
        Ok(())
    }

    fn heads_dir(&self, branch: &str) -> Option<PathBuf> {
        let yard = self.ward.yards.first()?;
        let dirs = git::dirs(&self.ward.repository, &yard.worktree).ok()?;
        Some(dirs.common.join("refs/heads").join(branch))
    }

    fn add(&mut self, at: &Path, place: Place) -> io::Result<()> {
        let changes = WatchFlags::CLOSE_WRITE
            | WatchFlags::CREATE
            | WatchFlags::DELETE
            | WatchFlags::MOVED_FROM
            | WatchFlags::MOVED_TO
            | WatchFlags::ATTRIB;
        let only = WatchFlags::ONLYDIR | WatchFlags::DONT_FOLLOW | WatchFlags::EXCL_UNLINK;
        let wd = add_watch(&self.notify, at, changes | only)?;
        self.places.insert(wd, place);
        Ok(())
    }
}

/// `ENOSPC`: no watch is left.
const NO_SPACE: i32 = rustix::io::Errno::NOSPC.raw_os_error();

fn everything(ward: &Ward, stirred: &mut Stirred) {
    stirred.target = true;
    stirred.agents = ward.yards.iter().map(|y| y.agent.clone()).collect();
}
