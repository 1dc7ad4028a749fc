//! A session directory: the whole record of one session.

use std::fs::{DirBuilder, File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use rustix::fs::{FlockOperation, Mode, OFlags, flock};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::domain::id::AgentName;

/// The highest major version of the format this program reads, and the one it writes.
pub const FORMAT: u32 = 1;
const FORMAT_WORD: &str = "orchestra-session";
/// Folders of a session.
const FOLDERS: [&str; 5] = ["panes", "texts", "injected", "gates", "reports"];
/// The longest `session.toml` that is read, in bytes.
const MAX_TOML: u64 = 4 << 20;

/// Why a session directory cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// There is something at the path already.
    #[error(
        "create the session directory {0}: it exists already; choose another name, or `orchestra clean` it"
    )]
    Exists(PathBuf),
    /// The directory holds no session.
    #[error("open the session {0}: it has no FORMAT file, so it is not a session directory")]
    NotASession(PathBuf),
    /// The session was written by something newer.
    #[error(
        "open the session {path}: its format is {found:?}, this program reads up to `{FORMAT_WORD} {FORMAT}`"
    )]
    Format {
        /// The session.
        path: PathBuf,
        /// What FORMAT says.
        found: String,
    },
    /// Another server owns the session.
    #[error("lock the session {path}: a server runs it already{}", pid_text(*.pid))]
    Locked {
        /// The session.
        path: PathBuf,
        /// Its server, when it told.
        pid: Option<i32>,
    },
    /// A file is not what it must be.
    #[error("read {path}: {reason}")]
    Content {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        reason: String,
    },
    /// The file system refused.
    #[error("{what} {path}: {source}")]
    Io {
        /// What was tried.
        what: &'static str,
        /// With what.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}

fn pid_text(pid: Option<i32>) -> String {
    pid.map_or_else(String::new, |pid| format!(" (process {pid}); attach to it instead"))
}

/// A session directory of a format this program understands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionDir {
    path: PathBuf,
}

impl SessionDir {
    /// Makes the directory `path` (mode 0700) with its folders and its FORMAT file, and the directories
    /// above it when missing.
    ///
    /// # Errors
    /// [`Error::Exists`] or [`Error::Io`].
    pub fn create(path: &Path) -> Result<Self, Error> {
        if let Some(parent) = path.parent().filter(|p| !p.as_os_str().is_empty()) {
            let made = DirBuilder::new().mode(0o700).recursive(true).create(parent);
            made.map_err(|e| io_at("create the directory", parent, e))?;
        }
        match DirBuilder::new().mode(0o700).create(path) {
            Ok(()) => {}
            Err(e) if e.kind() == io::ErrorKind::AlreadyExists => return Err(Error::Exists(path.to_owned())),
            Err(e) => return Err(io_at("create the session directory", path, e)),
        }
        for name in ["panes", "gates", "reports"] {
            let folder = path.join(name);
            let made = DirBuilder::new().mode(0o700).create(&folder);
            made.map_err(|e| io_at("create the directory", &folder, e))?;
        }
        // Last: what has no FORMAT is no session.
        replace(&path.join("FORMAT"), format!("{FORMAT_WORD} {FORMAT}\n").as_bytes())?;
        Ok(Self { path: path.to_owned() })
    }

    /// Opens an existing session.
    ///
    /// # Errors
    /// [`Error::NotASession`], [`Error::Format`], or [`Error::Io`].
    pub fn open(path: &Path) -> Result<Self, Error> {
        let file = path.join("FORMAT");
        let text = match read_text(&file, 256) {
            Err(Error::Io { source, .. }) if source.kind() == io::ErrorKind::NotFound => {
                return Err(Error::NotASession(path.to_owned()));
            }
            other => other?,
        };
        for name in FOLDERS {
            let folder = path.join(name);
            if std::fs::symlink_metadata(&folder).is_ok_and(|m| m.is_symlink()) {
                let reason = "it is a symbolic link, and none of a session is followed".to_owned();
                return Err(Error::Content { path: folder, reason });
            }
        }
        let found = text.lines().next().unwrap_or_default();
        match major(found) {
            Some(1..=FORMAT) => Ok(Self { path: path.to_owned() }),
            _ => Err(Error::Format { path: path.to_owned(), found: found.to_owned() }),
        }
    }

    /// The directory itself.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The journal.
    #[must_use]
    pub fn journal(&self) -> PathBuf {
        self.path.join("journal.jsonl")
    }

    /// The log of one pane: a directory, see [`super::log`].
    #[must_use]
    pub fn pane(&self, name: &AgentName) -> PathBuf {
        self.path.join("panes").join(name.as_str())
    }

    /// The files given to the program of one pane for its present run; made anew at each start.
    #[must_use]
    pub fn injected(&self, name: &AgentName) -> PathBuf {
        self.path.join("injected").join(name.as_str())
    }

    /// What gate run `n` left: command, exit status, output.
    #[must_use]
    pub fn gate(&self, n: u64) -> PathBuf {
        self.path.join("gates").join(n.to_string())
    }

    /// A report, as `review.md`.
    #[must_use]
    pub fn report(&self, name: &str) -> PathBuf {
        self.path.join("reports").join(name)
    }

    /// Replaces `session.toml` at once and for good: it is whole at any moment, also after a loss of power.
    ///
    /// # Errors
    /// [`Error::Content`] when `value` cannot be TOML, or [`Error::Io`].
    pub fn write_toml(&self, value: &impl Serialize) -> Result<(), Error> {
        let path = self.path.join("session.toml");
        let text = toml::to_string(value)
            .map_err(|e| Error::Content { path: path.clone(), reason: format!("it cannot be TOML: {e}") })?;
        replace(&path, text.as_bytes())
    }

    /// Reads `session.toml`.
    ///
    /// # Errors
    /// [`Error::Content`] when it is not what is expected, or [`Error::Io`].
    pub fn read_toml<T: DeserializeOwned>(&self) -> Result<T, Error> {
        let path = self.path.join("session.toml");
        toml::from_str(&read_text(&path, MAX_TOML)?)
            .map_err(|e| Error::Content { path, reason: e.to_string().trim_end().to_owned() })
    }

    /// Takes the session for this process, until the lock is dropped or the process ends.
    ///
    /// # Errors
    /// [`Error::Locked`] when another process has it, or [`Error::Io`].
    pub fn lock(&self) -> Result<Lock, Error> {
        let path = self.path.join("server.lock");
        let failed = |source| io_at("lock", &path, source);
        let flags = OFlags::RDWR | OFlags::CREATE | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let fd = rustix::fs::open(&path, flags, Mode::RUSR | Mode::WUSR).map_err(|e| failed(e.into()))?;
        let mut file = File::from(fd);
        match flock(&file, FlockOperation::NonBlockingLockExclusive) {
            Ok(()) => {}
            Err(rustix::io::Errno::WOULDBLOCK) => {
                return Err(Error::Locked { path: self.path.clone(), pid: read_pid(&mut file) });
            }
            Err(e) => return Err(failed(e.into())),
        }
        let pid = format!("{}\n", std::process::id());
        file.set_len(0).and_then(|()| file.write_all(pid.as_bytes())).map_err(failed)?;
        Ok(Lock { file })
    }

    /// The process that has the session now, if any does: `Some(None)` when it did not say its id.
    ///
    /// # Errors
    /// [`Error::Io`].
    pub fn locked_by(&self) -> Result<Option<Option<i32>>, Error> {
        let path = self.path.join("server.lock");
        let mut file = match OpenOptions::new().read(true).custom_flags(nofollow()).open(&path) {
            Ok(file) => file,
            Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(e) => return Err(io_at("look at the lock", &path, e)),
        };
        match flock(&file, FlockOperation::NonBlockingLockShared) {
            Ok(()) => {
                let _ = flock(&file, FlockOperation::Unlock);
                Ok(None)
            }
            Err(rustix::io::Errno::WOULDBLOCK) => Ok(Some(read_pid(&mut file))),
            Err(e) => Err(io_at("look at the lock", &path, e.into())),
        }
    }
}

/// Says that this process is the one server of a session.
#[derive(Debug)]
pub struct Lock {
    file: File,
}

impl Drop for Lock {
    /// Not left to the closing of the file: a child that is just being started has it open, too, until it becomes its
    /// program.
    fn drop(&mut self) {
        let _ = flock(&self.file, FlockOperation::Unlock);
    }
}

/// Replaces the file `path` by `bytes` (mode 0600) in one step that survives a loss of power.
///
/// # Errors
/// [`Error::Io`].
pub fn replace(path: &Path, bytes: &[u8]) -> Result<(), Error> {
    let failed = |source| io_at("replace", path, source);
    let dir = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut file = tempfile::NamedTempFile::new_in(dir).map_err(failed)?;
    file.write_all(bytes).and_then(|()| file.as_file().sync_all()).map_err(failed)?;
    file.persist(path).map_err(|e| failed(e.error))?;
    File::open(dir).and_then(|d| d.sync_all()).map_err(failed)
}

/// Bytes that may still be written on the disk that `path` lies on; none where the system does not tell.
#[must_use]
pub fn room(path: &Path) -> Option<u64> {
    let disk = rustix::fs::statvfs(path).ok()?;
    Some(disk.f_bavail.saturating_mul(disk.f_frsize))
}

fn major(line: &str) -> Option<u32> {
    line.strip_prefix(FORMAT_WORD)?.trim().split('.').next()?.parse().ok()
}

pub(super) fn nofollow() -> i32 {
    i32::try_from((OFlags::NOFOLLOW | OFlags::NONBLOCK).bits()).unwrap_or(0)
}

pub(super) fn read_text(path: &Path, limit: u64) -> Result<String, Error> {
    let failed = |source| io_at("read", path, source);
    let file = OpenOptions::new().read(true).custom_flags(nofollow()).open(path).map_err(failed)?;
    if !file.metadata().map_err(failed)?.is_file() {
        return Err(Error::Content { path: path.to_owned(), reason: "it is not a regular file".to_owned() });
    }
    let mut text = String::new();
    let n = file.take(limit.saturating_add(1)).read_to_string(&mut text).map_err(failed)?;
    if u64::try_from(n).unwrap_or(u64::MAX) > limit {
        let reason = format!("it is longer than {limit} bytes");
        return Err(Error::Content { path: path.to_owned(), reason });
    }
    Ok(text)
}

fn read_pid(file: &mut File) -> Option<i32> {
    let mut text = String::new();
    file.seek(SeekFrom::Start(0)).ok()?;
    file.take(32).read_to_string(&mut text).ok()?;
    text.trim().parse().ok()
}

pub(super) fn io_at(what: &'static str, path: &Path, source: io::Error) -> Error {
    Error::Io { what, path: path.to_owned(), source }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::Deserialize;
    use std::fs;
    use std::os::unix::fs::MetadataExt;

    #[derive(Serialize, Deserialize, PartialEq, Debug)]
    struct Snapshot {
        name: String,
        n: u32,
    }

    #[test]
    fn it_is_made_private_and_once() {
        let tmp = tempfile::tempdir().unwrap();
        let path = tmp.path().join("a/b/s");
        let dir = SessionDir::create(&path).unwrap();
        assert_eq!(fs::read_to_string(path.join("FORMAT")).unwrap(), "orchestra-session 1\n");
        for name in ["", "panes", "gates", "reports"] {
            assert_eq!(fs::metadata(path.join(name)).unwrap().mode() & 0o777, 0o700, "{name}");
        }
        assert!(matches!(SessionDir::create(&path), Err(Error::Exists(_))));
        assert_eq!(SessionDir::open(&path).unwrap(), dir);
        let name = AgentName::new("SEC").unwrap();
        assert_eq!(dir.pane(&name), path.join("panes/SEC"));
    }

    #[test]
    fn higher_majors_are_refused_minors_are_not() {
        let tmp = tempfile::tempdir().unwrap();
        let path = tmp.path().join("s");
        assert!(matches!(SessionDir::open(&path), Err(Error::NotASession(_))));
        SessionDir::create(&path).unwrap();
        for (text, fine) in [
            ("orchestra-session 1.7\n", true),
            ("orchestra-session 2\n", false),
            ("orchestra-session 0\n", false),
            ("something else", false),
            ("", false),
        ] {
            fs::write(path.join("FORMAT"), text).unwrap();
            assert_eq!(SessionDir::open(&path).is_ok(), fine, "{text}");
        }
    }

    #[test]
    fn the_snapshot_is_replaced_whole() {
        let tmp = tempfile::tempdir().unwrap();
        let dir = SessionDir::create(&tmp.path().join("s")).unwrap();
        for n in 0..3 {
            let value = Snapshot { name: "x".repeat(10 * (3 - n) as usize), n };
            dir.write_toml(&value).unwrap();
            assert_eq!(dir.read_toml::<Snapshot>().unwrap(), value);
        }
        let names: Vec<_> = fs::read_dir(dir.path()).unwrap().map(|e| e.unwrap().file_name()).collect();
        assert_eq!(names.len(), 5, "{names:?}");
        fs::write(dir.path().join("session.toml"), "name = 3").unwrap();
        assert!(dir.read_toml::<Snapshot>().unwrap_err().to_string().contains("session.toml"));
    }

    #[test]
    fn one_server_at_a_time() {
        let tmp = tempfile::tempdir().unwrap();
        let dir = SessionDir::create(&tmp.path().join("s")).unwrap();
        assert_eq!(dir.locked_by().unwrap(), None);
        let lock = dir.lock().unwrap();
        let me = i32::try_from(std::process::id()).unwrap();
        assert!(matches!(dir.lock(), Err(Error::Locked { pid: Some(pid), .. }) if pid == me));
        assert_eq!(dir.locked_by().unwrap(), Some(Some(me)));
        drop(lock);
        assert_eq!(dir.locked_by().unwrap(), None);
        let lock = dir.lock().unwrap();
        // As a child has it between its fork and its program.
        let inherited = lock.file.try_clone().unwrap();
        drop(lock);
        drop(dir.lock().unwrap());
        drop(inherited);
    }
}
