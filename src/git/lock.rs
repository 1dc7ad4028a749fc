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

/// How long a lock of another git is waited for: git holds one for moments.
#[cfg(not(test))]
const MOMENT: Duration = Duration::from_secs(5);
#[cfg(test)]
const MOMENT: Duration = Duration::from_millis(400);

/// Waits until a lock file of another git is gone, up to five seconds.
pub(super) fn wait_for(lock: &Path) -> Result<(), Error> {
    let end = Instant::now() + MOMENT;
    while std::fs::symlink_metadata(lock).is_ok() {
        if Instant::now() >= end {
            return Err(Error::Locked(lock.to_owned()));
        }
        std::thread::sleep(PAUSE);
    }
    Ok(())
}

/// Has git do something that takes the lock of an index, again and again for up to five seconds while another has it.
pub(super) fn index(lock: &Path, mut work: impl FnMut() -> Result<Vec<u8>, Error>) -> Result<Vec<u8>, Error> {
    let end = Instant::now() + MOMENT;
    loop {
        match work() {
            Err(Error::Program { text, .. }) if text.contains("index.lock") && text.contains("exists") => {
                if Instant::now() >= end {
                    return Err(Error::Locked(lock.to_owned()));
                }
                wait_for(lock)?;
            }
            done => return done,
        }
    }
}

/// Does something with a ref, again and again for up to five seconds while another git holds a lock in the way.
/// `lock` is that of the ref; git also has one for all packed refs.
pub(super) fn patiently<T>(
    common: &Path,
    lock: &str,
    mut work: impl FnMut() -> Result<T, git2::Error>,
) -> Result<Result<T, git2::Error>, Error> {
    let end = Instant::now() + MOMENT;
    loop {
        match work() {
            Err(e) if e.code() == git2::ErrorCode::Locked => {
                if Instant::now() >= end {
                    let packed = common.join("packed-refs.lock");
                    return Err(Error::Locked(if packed.exists() { packed } else { common.join(lock) }));
                }
                std::thread::sleep(PAUSE);
            }
            done => return Ok(done),
        }
    }
}

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
