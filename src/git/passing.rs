//! Folders that live as long as one git command.
//!
//! A process that is killed cannot remove its own. The next one does, which is why each holds a lock while it is in use.

use std::fs::{self, File};
use std::io;
use std::path::Path;
use std::sync::Once;
use std::time::Duration;

use rustix::fs::{FlockOperation, flock};
use tempfile::TempDir;

const PREFIX: &str = "orchestra-git-";
const LOCK: &str = "in-use";
/// Younger folders are left alone: their lock may be about to be taken.
const YOUNG: Duration = Duration::from_secs(600);
/// Left-over folders that are removed at a time.
const MOST: usize = 256;

/// A folder of our own that is removed when dropped.
#[derive(Debug)]
pub(super) struct Passing {
    dir: TempDir,
    _lock: File,
}

impl Passing {
    /// Makes one, and once in a process removes those that killed processes left.
    pub(super) fn new() -> io::Result<Self> {
        static SWEPT: Once = Once::new();
        let parent = tempfile::env::temp_dir();
        SWEPT.call_once(|| sweep(&parent, YOUNG));
        Self::below(&parent)
    }

    fn below(parent: &Path) -> io::Result<Self> {
        let dir = tempfile::Builder::new().prefix(PREFIX).tempdir_in(parent)?;
        let lock = File::create(dir.path().join(LOCK))?;
        flock(&lock, FlockOperation::LockShared)?;
        Ok(Self { dir, _lock: lock })
    }

    pub(super) fn path(&self) -> &Path {
        self.dir.path()
    }
}

/// Removes folders below `parent` that nobody has locked and that are older than `young`.
fn sweep(parent: &Path, young: Duration) {
    let Ok(entries) = fs::read_dir(parent) else { return };
    let ours = entries.flatten().filter(|e| e.file_name().to_string_lossy().starts_with(PREFIX));
    for entry in ours.take(MOST) {
        let is_old = entry.metadata().is_ok_and(|m| {
            m.is_dir() && m.modified().ok().and_then(|t| t.elapsed().ok()).is_some_and(|age| age >= young)
        });
        let free = || {
            let lock = File::open(entry.path().join(LOCK))?;
            flock(&lock, FlockOperation::NonBlockingLockExclusive).map_err(io::Error::from)
        };
        // What belongs to somebody else cannot be opened, or not be removed.
        if is_old && free().is_ok() {
            let _ = fs::remove_dir_all(entry.path());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_killed_process_left_is_removed_and_nothing_else() {
        let parent = tempfile::tempdir().unwrap();
        let used = Passing::below(parent.path()).unwrap();
        let Passing { dir, _lock } = Passing::below(parent.path()).unwrap();
        let left = dir.keep();
        drop(_lock);
        let other = parent.path().join("orchestra-git-of-somebody");
        fs::create_dir(&other).unwrap();
        sweep(parent.path(), YOUNG);
        assert!(left.exists(), "it is young");
        sweep(parent.path(), Duration::ZERO);
        assert!(!left.exists() && used.path().exists() && other.exists());
        let path = used.path().to_owned();
        drop(used);
        assert!(!path.exists());
    }
}
