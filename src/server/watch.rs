//! Watches the files profiles are made of, without waking for anything else.
//!
//! The kernel tells of changes in the repository's top folder and in `profiles/`; names that are none
//! of ours are passed over. Where watching is not to be had, profiles are read at the start only.

use std::mem::MaybeUninit;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::path::{Path, PathBuf};

use rustix::fs::inotify::{CreateFlags, Reader, WatchFlags, add_watch, init};

use crate::config::FILE_NAME;

/// The folder of a project's own profiles.
const FOLDER: &str = "profiles";

/// A watch over one repository's profiles.
#[derive(Debug)]
pub struct Watch {
    notify: Option<OwnedFd>,
    top: PathBuf,
    /// The watch of `profiles/`, while there is one.
    folder: Option<i32>,
}

impl Watch {
    /// Begins to watch; says in the log when that cannot be.
    pub fn new(top: &Path) -> Self {
        let mut watch = Self { notify: None, top: top.to_owned(), folder: None };
        match init(CreateFlags::CLOEXEC | CreateFlags::NONBLOCK)
            .and_then(|fd| add_watch(&fd, top, changes()).map(|_| fd))
        {
            Ok(fd) => watch.notify = Some(fd),
            Err(e) => tracing::warn!("changes of profiles are not noticed: {}: {e}", top.display()),
        }
        watch.watch_folder();
        watch
    }

    /// What to poll for reading.
    pub fn fd(&self) -> Option<BorrowedFd<'_>> {
        self.notify.as_ref().map(AsFd::as_fd)
    }

    /// Takes in what the kernel told; whether profiles may have changed.
    pub fn changed(&mut self) -> bool {
        let (mut changed, mut folder) = (false, false);
        if let Some(fd) = &self.notify {
            let mut buffer = [MaybeUninit::uninit(); 4096];
            let mut reader = Reader::new(fd, &mut buffer);
            while let Ok(event) = reader.next() {
                let name = event.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
                let inside = Some(event.wd()) == self.folder;
                folder |= !inside && name == FOLDER;
                changed |= folder || (inside && name.ends_with(".toml")) || (!inside && name == FILE_NAME);
            }
        }
        if folder {
            self.watch_folder();
        }
        changed
    }

    fn watch_folder(&mut self) {
        // It may come and go; a watch of a folder that is gone ends by itself.
        let Some(fd) = &self.notify else { return };
        self.folder = add_watch(fd, self.top.join(FOLDER), changes() | WatchFlags::ONLYDIR).ok();
    }
}

fn changes() -> WatchFlags {
    WatchFlags::CLOSE_WRITE
        | WatchFlags::CREATE
        | WatchFlags::DELETE
        | WatchFlags::MOVED_FROM
        | WatchFlags::MOVED_TO
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_files_of_profiles_count() {
        let dir = tempfile::tempdir().unwrap();
        let put = |path: &str| std::fs::write(dir.path().join(path), "x").unwrap();
        let mut watch = Watch::new(dir.path());
        assert!(!watch.changed());
        put("README.md");
        assert!(!watch.changed());
        put("orchestra.toml");
        assert!(watch.changed() && !watch.changed());
        std::fs::create_dir(dir.path().join("profiles")).unwrap();
        assert!(watch.changed(), "a new folder may hold profiles");
        put("profiles/codex.toml");
        assert!(watch.changed());
        put("profiles/notes.txt");
        assert!(!watch.changed());
        std::fs::rename(dir.path().join("profiles/codex.toml"), dir.path().join("profiles/x.bak")).unwrap();
        assert!(watch.changed());
        std::fs::remove_dir_all(dir.path().join("profiles")).unwrap();
        assert!(watch.changed());
        std::fs::create_dir(dir.path().join("profiles")).unwrap();
        assert!(watch.changed());
        put("profiles/pi.toml");
        assert!(watch.changed(), "a folder that came back is watched again");
        assert!(!Watch::new(&dir.path().join("nowhere")).changed());
    }
}
