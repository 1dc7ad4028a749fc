//! Folders of rehearsals and demos whose command was killed: found, and removed with what still runs in them.
//!
//! A folder is only touched where it says itself that such a command made it, in a file that this command holds a lock on
//! as long as it lives: the system lets go of that with its process, however that ends.

use std::fs::{self, File, OpenOptions};
use std::io::{Read as _, Write as _};
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use anyhow::Context;
use rustix::fs::{FlockOperation, OFlags, flock};

use crate::cli::{out, paths, place};
use crate::client::Control;
use crate::domain::command::Command;
use crate::server;
use crate::session::dir::SessionDir;
use crate::session::file::SessionFile;

/// What the names of such folders begin with.
pub(in crate::cli) const PREFIXES: [&str; 2] = ["orchestra-workflow-", "orchestra-demo-"];
/// The file that says whose it is.
const OWNER: &str = "owner";
/// Its first line.
const MARK: &str = "orchestra-rehearsal 1";
/// The most bytes of it: two paths.
const OWNER_MOST: u64 = 16 * 1024;
/// The most entries of the temporary folder that are looked at.
const LOOKED_MOST: usize = 20_000;

/// That a folder belongs to this command, for as long as this lives.
pub(in crate::cli) struct Owner(File);

impl Owner {
    /// Marks a folder, which is empty or new.
    ///
    /// # Errors
    /// When the file cannot be written or locked, or is there already.
    pub(in crate::cli) fn mark(dir: &Path) -> anyhow::Result<Self> {
        let path = dir.join(OWNER);
        let failed = || format!("write {}", path.display());
        let file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path);
        let mut file = file.with_context(failed)?;
        // Locked before it says anything: what says nothing is nobody's to remove.
        flock(&file, FlockOperation::LockExclusive).with_context(failed)?;
        writeln!(file, "{MARK}\n{}", dir.display()).with_context(failed)?;
        Ok(Self(file))
    }

    /// Notes where the record of the session is that runs in the folder.
    ///
    /// # Errors
    /// When it cannot be written.
    pub(in crate::cli) fn session(&self, dir: &Path) -> anyhow::Result<()> {
        writeln!(&self.0, "{}", dir.display()).context("note whose rehearsal it is")
    }
}

/// A folder that was left, locked against others who find it.
struct Left {
    dir: PathBuf,
    session: Option<PathBuf>,
    _lock: File,
}

/// Removes what commands of this user left behind that are gone. Gives what it removed, in words; what cannot be removed is
/// noted and stays.
pub(in crate::cli) fn sweep() -> Vec<String> {
    sweep_in(&tempfile::env::temp_dir())
}

fn sweep_in(root: &Path) -> Vec<String> {
    let Ok(root) = root.canonicalize() else { return Vec::new() };
    let mut removed = Vec::new();
    for entry in fs::read_dir(root).into_iter().flatten().flatten().take(LOOKED_MOST) {
        let name = entry.file_name();
        let ours = name.to_str().is_some_and(|n| PREFIXES.iter().any(|p| n.starts_with(p)));
        let Some(left) = ours.then(|| left(&entry.path())).flatten() else { continue };
        match end(&left) {
            Ok(()) => {
                removed.push(format!("removed {}, which a killed command had left", left.dir.display()))
            }
            Err(e) => out::note(&format!("failed to remove {}, which was left: {e:#}", left.dir.display())),
        }
    }
    removed
}

/// The folder, where it is provably one that was left.
fn left(dir: &Path) -> Option<Left> {
    let me = rustix::process::getuid().as_raw();
    let about = fs::symlink_metadata(dir).ok()?;
    if !about.is_dir() || about.uid() != me {
        return None;
    }
    let flags = i32::try_from((OFlags::NOFOLLOW | OFlags::NONBLOCK).bits()).ok()?;
    let mut file = OpenOptions::new().read(true).custom_flags(flags).open(dir.join(OWNER)).ok()?;
    let about = file.metadata().ok()?;
    if !about.is_file() || about.uid() != me || about.len() > OWNER_MOST {
        return None;
    }
    // Whoever made it still has the lock.
    flock(&file, FlockOperation::NonBlockingLockExclusive).ok()?;
    let mut text = String::new();
    (&mut file).take(OWNER_MOST).read_to_string(&mut text).ok()?;
    let mut lines = text.lines();
    if lines.next() != Some(MARK) || lines.next().map(Path::new) != Some(dir) {
        return None;
    }
    Some(Left { dir: dir.to_owned(), session: lines.next().map(PathBuf::from), _lock: file })
}

/// Ends what runs in it, then removes it.
fn end(left: &Left) -> anyhow::Result<()> {
    let repo = left.dir.join("repo");
    if let Some(session) = left.session.as_deref().filter(|s| works_in(s, &repo)) {
        let down = server::ensure_running(&place::exe()?, session, server::Wake::Lost)
            .map_err(anyhow::Error::from)
            .and_then(|socket| Ok(Control::connect(&socket, None)?.ask(Command::Down)?));
        if !server::wait_until_ended(session) {
            down.context("end its session")?;
            anyhow::bail!("end its session: something of it still runs; `orchestra ls --all` shows it");
        }
    }
    // Nobody else has a repository of that name: what lies beside the session's is its own, too.
    for beside in [paths::worktrees(&repo, "any"), paths::scratch(&repo, "any")] {
        if let Some(folder) = beside.parent() {
            crate::cli::demo::scratch::remove(folder)?;
        }
    }
    crate::cli::demo::scratch::remove(&left.dir)
}

/// Whether the record is that of a session in that repository.
fn works_in(session: &Path, repo: &Path) -> bool {
    let file = SessionDir::open(session).ok().and_then(|dir| SessionFile::look(&dir).ok());
    file.is_some_and(|f| f.repository == repo)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_a_command_made_that_is_gone_is_removed() {
        let root = tempfile::tempdir().unwrap();
        let root = root.path().canonicalize().unwrap();
        let make = |name: &str| {
            let dir = root.join(name);
            fs::create_dir_all(dir.join("repo")).unwrap();
            dir
        };
        let gone = make("orchestra-workflow-gone");
        drop(Owner::mark(&gone).unwrap());
        let alive = make("orchestra-workflow-alive");
        let owner = Owner::mark(&alive).unwrap();
        owner.session(Path::new("/nowhere")).unwrap();
        assert!(Owner::mark(&alive).is_err(), "nobody takes another's");
        let other = make("orchestra-demo-unmarked");
        let stranger = make("somebody-elses");
        drop(Owner::mark(&stranger).unwrap());
        // A copy of a folder says that it is another one.
        let copy = make("orchestra-demo-copy");
        fs::copy(gone.join(OWNER), copy.join(OWNER)).unwrap();
        let empty = make("orchestra-demo-empty");
        fs::write(empty.join(OWNER), "").unwrap();
        let behind = make("orchestra-demo-behind");
        std::os::unix::fs::symlink(gone.join(OWNER), behind.join(OWNER)).unwrap();
        let link = root.join("orchestra-demo-link");
        std::os::unix::fs::symlink(&stranger, &link).unwrap();
        let removed = sweep_in(&root);
        assert!(removed.len() == 1 && removed[0].contains("orchestra-workflow-gone"), "{removed:?}");
        assert!(!gone.exists());
        for kept in [&alive, &other, &stranger, &copy, &empty, &behind, &link] {
            assert!(kept.symlink_metadata().is_ok(), "{}", kept.display());
        }
        drop(owner);
        assert_eq!(sweep_in(&root).len(), 1);
        assert!(!alive.exists() && sweep_in(&root).is_empty());
    }
}
