//! Where things live: session directories, worktrees, scratch checkouts, sockets.

use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use super::Error;
use crate::config;
use crate::domain::id::AgentName;
use crate::session::dir::SessionDir;

/// The user data directory: `$ORCHESTRA_DATA_DIR`, else the platform's own.
#[must_use]
pub fn data_dir() -> PathBuf {
    if let Some(dir) = std::env::var_os("ORCHESTRA_DATA_DIR").filter(|d| !d.is_empty()) {
        return PathBuf::from(dir);
    }
    match directories::ProjectDirs::from("", "", "orchestra") {
        Some(dirs) => dirs.data_dir().to_owned(),
        // A user without a home has `/`; where nobody may write there, making a directory says so.
        None => PathBuf::from("/.local/share/orchestra"),
    }
}

/// The root of session directories: `$ORCHESTRA_SESSION_DIR`, else `configured` (`session.dir`,
/// `~/` being the home, else as seen from the repository), else `sessions` in the data directory.
#[must_use]
pub fn session_root(repository: &Path, configured: &str) -> PathBuf {
    if let Some(dir) = std::env::var_os("ORCHESTRA_SESSION_DIR").filter(|d| !d.is_empty()) {
        return PathBuf::from(dir);
    }
    let home = || std::env::var_os("HOME").map(PathBuf::from);
    match (configured, configured.strip_prefix("~/")) {
        ("", _) => data_dir().join("sessions"),
        (_, Some(rest)) => home().map_or_else(|| data_dir().join("sessions"), |h| h.join(rest)),
        (path, None) => repository.join(path),
    }
}

/// A folder name for a repository that no other repository has: its name and eight digits of its path's hash.
#[must_use]
pub fn repository_key(repository: &Path) -> String {
    let path = repository.canonicalize().unwrap_or_else(|_| repository.to_owned());
    let digest = Sha256::digest(path.as_os_str().as_encoded_bytes());
    let hex: String = digest.iter().take(4).map(|b| format!("{b:02x}")).collect();
    let name: String = path
        .file_name()
        .map(|n| n.to_string_lossy().into_owned())
        .unwrap_or_default()
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.') { c } else { '_' })
        .take(64)
        .collect();
    let name = if name.is_empty() { "repository" } else { &name };
    format!("{name}-{hex}")
}

/// The directory of a session.
#[must_use]
pub fn session_dir(configured_root: &str, repository: &Path, session: &str) -> PathBuf {
    session_root(repository, configured_root).join(repository_key(repository)).join(session)
}

/// The folder that holds a session's worktrees.
#[must_use]
pub fn worktrees(repository: &Path, session: &str) -> PathBuf {
    data_dir().join("worktrees").join(repository_key(repository)).join(session)
}

/// The worktree of an agent.
#[must_use]
pub fn worktree(repository: &Path, session: &str, agent: &AgentName) -> PathBuf {
    worktrees(repository, session).join(agent.as_str())
}

/// The folder that holds a session's scratch checkouts for gates.
#[must_use]
pub fn scratch(repository: &Path, session: &str) -> PathBuf {
    data_dir().join("scratch").join(repository_key(repository)).join(session)
}

/// Whether somebody serves a session.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum State {
    /// A server holds its lock.
    Running,
    /// No server, but it never ended the session or holders are left: another can take it over.
    Crashed,
    /// Nothing of it runs.
    Ended,
}

/// A session on disk.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Found {
    /// Its directory.
    pub session_dir: PathBuf,
    /// Its name.
    pub name: String,
    /// The repository it works on, or the folder of a project without one.
    pub repository: PathBuf,
    /// Whether somebody serves it.
    pub state: State,
}

/// The sessions of a repository, by name; with `name` only that one.
///
/// # Errors
/// When the directory of sessions cannot be read.
pub fn find(repository: &Path, name: Option<&str>) -> Result<Vec<Found>, Error> {
    // A configuration that does not load must not hide a running session.
    let configured = config::load(repository).map(|c| c.session_dir).unwrap_or_default();
    let below = session_root(repository, &configured).join(repository_key(repository));
    let mut found = sessions_in(&below)?;
    found.retain(|f| name.is_none_or(|n| f.name == n));
    Ok(found)
}

/// All sessions in the default root.
///
/// # Errors
/// When the directory of sessions cannot be read.
pub fn all() -> Result<Vec<Found>, Error> {
    let mut found = Vec::new();
    for repository in folders(&session_root(Path::new("/"), ""))? {
        found.extend(sessions_in(&repository)?);
    }
    Ok(found)
}

fn sessions_in(dir: &Path) -> Result<Vec<Found>, Error> {
    let mut found = Vec::new();
    for session_dir in folders(dir)? {
        let Ok(dir) = SessionDir::open(&session_dir) else { continue };
        let Ok(file) = dir.read_toml::<crate::session::file::SessionFile>() else { continue };
        found.push(Found {
            name: file.config.session,
            repository: file.repository,
            state: running(&dir),
            session_dir,
        });
    }
    Ok(found)
}

/// Whether somebody serves that session.
#[must_use]
pub fn running(dir: &SessionDir) -> State {
    if matches!(dir.locked_by(), Ok(Some(_))) {
        return State::Running;
    }
    // Killed before it could start anybody, it leaves nothing but its unfinished journal. After a restart
    // of the machine nothing can have outlived it.
    let opened_here = dir
        .read_toml::<crate::session::file::SessionFile>()
        .is_ok_and(|f| f.boot == crate::session::file::boot_id());
    if opened_here && super::recover::left_open(dir) {
        return State::Crashed;
    }
    let Ok(sockets) = crate::wire::sock::dir_for(dir.path()) else {
        // Nobody can be asked: only the record tells, and a living team must not be taken for ended.
        return if super::recover::left_open(dir) { State::Crashed } else { State::Ended };
    };
    let holders = std::fs::read_dir(sockets).into_iter().flatten().flatten();
    let alive = holders
        .filter(|e| e.path().extension().is_some_and(|x| x == "hold"))
        .any(|e| std::os::unix::net::UnixStream::connect(e.path()).is_ok());
    if alive { State::Crashed } else { State::Ended }
}

fn folders(dir: &Path) -> Result<Vec<PathBuf>, Error> {
    let entries = match std::fs::read_dir(dir) {
        Ok(entries) => entries,
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(source) => return Err(Error::Io { what: format!("read {}", dir.display()), source }),
    };
    let mut folders: Vec<PathBuf> = entries.flatten().map(|e| e.path()).filter(|p| p.is_dir()).collect();
    folders.sort();
    Ok(folders)
}
