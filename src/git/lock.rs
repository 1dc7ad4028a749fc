//! Our own lock in the common git directory: git's worktree metadata is not safe against itself.

use std::fs::{File, OpenOptions};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};

use rustix::fs::{FlockOperation, flock};

use super::Error;
use super::error::io;

/// How long to wait for others before giving up.
const PATIENCE: Duration = Duration::from_secs(120);
/// How often to try.
const PAUSE: Duration = Duration::from_millis(5);

/// Held while metadata, refs of a train or the user's tree change. Released by dropping.
pub(super) struct Lock(File);

impl Lock {
    /// Takes `orchestra.lock` in the common git directory, waiting up to two minutes.
    pub(super) fn take(common: &Path) -> Result<Self, Error> {
        let path = common.join("orchestra.lock");
        let file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .mode(0o600)
            .open(&path)
            .map_err(io(&path))?;
        let end = Instant::now() + PATIENCE;
        loop {
            match flock(&file, FlockOperation::NonBlockingLockExclusive) {
                Ok(()) => return Ok(Self(file)),
                Err(rustix::io::Errno::WOULDBLOCK | rustix::io::Errno::INTR) if Instant::now() < end => {
                    std::thread::sleep(PAUSE);
                }
                Err(rustix::io::Errno::WOULDBLOCK) => return Err(Error::Locked(path)),
                Err(e) => return Err(io(&path)(e.into())),
            }
        }
    }

    /// The lock as a child's standard input: it then stays taken until the child too has ended, so that
    /// whoever gets it after a crash knows that no child of the crashed process writes any more.
    pub(super) fn share(&self) -> Result<Stdio, Error> {
        Ok(Stdio::from(self.0.try_clone().map_err(io("orchestra.lock"))?))
    }
}
