//! The demo's folder, its session, and their end, however the demo ends.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use anyhow::Context;

use crate::cli::exit::Fail;
use crate::cli::own::Own;
use crate::cli::own::left::Owner;

/// How long what was ended may still write into the folder.
const FAREWELL: Duration = Duration::from_secs(20);
/// How often that is looked at.
const PAUSE: Duration = Duration::from_millis(50);

/// What is left to end and to remove.
pub(super) struct Scratch {
    /// `repo/` and `data/` lie in it.
    pub dir: PathBuf,
    /// Whether the folder stays.
    pub keep: bool,
    /// The session.
    pub own: Arc<Own>,
    /// Says that the folder is this command's; none: it is kept.
    owner: Option<Owner>,
    removed: AtomicBool,
}

impl Scratch {
    /// A folder that was prepared.
    ///
    /// # Errors
    /// When one that is not kept cannot be marked as this command's.
    pub(super) fn new(dir: PathBuf, keep: bool) -> anyhow::Result<Self> {
        let owner = (!keep).then(|| Owner::mark(&dir)).transpose()?;
        Ok(Self { dir, keep, own: Arc::default(), owner, removed: AtomicBool::new(false) })
    }

    /// Notes where the record of its session is.
    ///
    /// # Errors
    /// When that cannot be written.
    pub(super) fn runs(&self, session: &Path) -> anyhow::Result<()> {
        self.owner.as_ref().map_or(Ok(()), |owner| owner.session(session))
    }

    /// The repository.
    pub(super) fn repo(&self) -> PathBuf {
        self.dir.join("repo")
    }

    /// Ends the session and removes the folder unless it is to be kept. Done once, by whoever comes first.
    pub(super) fn end(&self) -> anyhow::Result<()> {
        let down = self.own.end();
        if !self.keep && !self.removed.swap(true, Ordering::SeqCst) {
            remove(&self.dir)?;
        }
        down
    }
}

/// Makes the folder: a new temporary one, or the one to be kept, which must be empty or missing.
pub(super) fn make(keep: Option<&Path>) -> anyhow::Result<PathBuf> {
    let dir = match keep {
        None => tempfile::Builder::new()
            .prefix("orchestra-demo-")
            .tempdir()
            .context("make a temporary folder")?
            .keep(),
        Some(dir) => {
            fs::create_dir_all(dir).with_context(|| format!("make {}", dir.display()))?;
            let mut entries = fs::read_dir(dir).with_context(|| format!("read {}", dir.display()))?;
            if entries.next().is_some() {
                let why =
                    format!("use {}: it is not empty; name a folder that is empty or missing", dir.display());
                return Err(Fail::protected(why).into());
            }
            dir.to_owned()
        }
    };
    dir.canonicalize().with_context(|| format!("find {}", dir.display()))
}

/// Removes a folder. A process on its way out may still write there, so it is tried for a while.
pub(in crate::cli) fn remove(dir: &Path) -> anyhow::Result<()> {
    let end = Instant::now() + FAREWELL;
    loop {
        match fs::remove_dir_all(dir) {
            Ok(()) => return Ok(()),
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(()),
            Err(e) if Instant::now() >= end => {
                return Err(e).with_context(|| format!("remove {}", dir.display()));
            }
            Err(_) => std::thread::sleep(PAUSE),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::exit::{Exit, exit_of};

    #[test]
    fn a_kept_folder_must_be_empty_or_missing() {
        let dir = tempfile::tempdir().unwrap();
        let fresh = make(Some(&dir.path().join("a/b"))).unwrap();
        assert!(fresh.is_dir() && fresh.is_absolute());
        assert!(make(Some(&fresh)).is_ok());
        fs::write(fresh.join("x"), "").unwrap();
        assert_eq!(exit_of(&make(Some(&fresh)).unwrap_err()), Exit::Protected);
    }

    #[test]
    fn the_end_removes_a_scratch_folder_and_keeps_a_kept_one() {
        let dir = make(None).unwrap();
        let scratch = Scratch::new(dir.clone(), false).unwrap();
        scratch.end().unwrap();
        scratch.end().unwrap();
        assert!(!dir.exists());
        let kept = tempfile::tempdir().unwrap();
        Scratch::new(kept.path().to_owned(), true).unwrap().end().unwrap();
        assert!(kept.path().is_dir());
    }
}
