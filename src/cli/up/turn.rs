//! One at a time starts a session.

use std::fs::{DirBuilder, File, OpenOptions};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use rustix::fs::{FlockOperation, flock};

/// How long to wait for another that starts it: its setup commands may take a while.
const PATIENCE: Duration = Duration::from_secs(600);
/// How often to try.
const PAUSE: Duration = Duration::from_millis(20);

/// The right to start a session; given back when dropped or when the process ends.
pub(super) struct Turn(#[expect(dead_code, reason = "the lock lives as long as its file is open")] File);

/// Takes the turn for the session whose worktrees lie in `folder`, waiting for whoever has it.
pub(super) fn take(folder: &Path) -> anyhow::Result<Turn> {
    let above = folder.parent().unwrap_or(folder);
    DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(above)
        .with_context(|| format!("make {}", above.display()))?;
    let name = folder.file_name().unwrap_or_default().to_string_lossy();
    let path = above.join(format!(".{name}.lock"));
    let file = OpenOptions::new().write(true).create(true).truncate(false).mode(0o600).open(&path);
    let file = file.with_context(|| format!("open {}", path.display()))?;
    let end = Instant::now() + PATIENCE;
    loop {
        match flock(&file, FlockOperation::NonBlockingLockExclusive) {
            Ok(()) => return Ok(Turn(file)),
            Err(rustix::io::Errno::WOULDBLOCK | rustix::io::Errno::INTR) if Instant::now() < end => {
                std::thread::sleep(PAUSE);
            }
            Err(rustix::io::Errno::WOULDBLOCK) => {
                bail!("start the session: another `orchestra up` has been at it for {} s", PATIENCE.as_secs())
            }
            Err(e) => return Err(e).with_context(|| format!("lock {}", path.display())),
        }
    }
}
