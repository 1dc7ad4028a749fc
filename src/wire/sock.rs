//! Unix sockets that only their owner can reach.

use std::ffi::OsStr;
use std::fs;
use std::io;
use std::os::unix::fs::{DirBuilderExt, MetadataExt};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};

use rustix::fs::{Mode, fchmod};
use rustix::net::{AddressFamily, SocketAddrUnix, SocketFlags, SocketType};
use sha2::{Digest, Sha256};

/// The longest path a socket may have, in bytes (the kernel's limit without its closing zero).
pub const MAX_PATH: usize = 107;
const BACKLOG: i32 = 64;

/// Why a socket or its directory cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The directory for sockets is not ours alone.
    #[error(
        "use the socket directory {path}: it is {found} of uid {owner} with mode {mode:04o}, \
         but must be a directory of uid {uid} with mode 0700; remove it, or point XDG_RUNTIME_DIR elsewhere"
    )]
    Unsafe {
        /// The directory.
        path: PathBuf,
        /// What is there: `a directory`, `a symbolic link`, …
        found: &'static str,
        /// Its owner.
        owner: u32,
        /// Its permission bits.
        mode: u32,
        /// Whom it must belong to.
        uid: u32,
    },
    /// A path beyond [`MAX_PATH`].
    #[error("use the socket {0}: its path exceeds {MAX_PATH} bytes; point XDG_RUNTIME_DIR at a shorter one")]
    TooLong(PathBuf),
    /// Something answers on the socket already.
    #[error("listen on {0}: another process does so already")]
    InUse(PathBuf),
    /// The other end belongs to somebody else.
    #[error("trust the other end of {path}: it runs as uid {uid}, not as ours")]
    Foreign {
        /// The socket.
        path: String,
        /// Whose process it is.
        uid: u32,
    },
    /// This process may use no sockets at all, as programs in a sandbox.
    #[error(
        "connect to {0}: nothing may use sockets here, as in a sandbox; run the command outside of it, or have the tools of \
         `orchestra mcp` do the same"
    )]
    Shut(PathBuf),
    /// The system refused.
    #[error("{what} {path}: {source}")]
    Io {
        /// What was tried, as `connect to`.
        what: &'static str,
        /// With what.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}

/// The process at the other end of a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Peer {
    /// Its process id, as of when it connected or listened.
    pub pid: i32,
    /// Its effective user id.
    pub uid: u32,
}

/// The directory of all our sockets, made when missing: `$XDG_RUNTIME_DIR/orchestra`, else
/// `/tmp/orchestra-UID`.
///
/// # Errors
/// [`Error::Unsafe`] when it is not a directory of ours alone; [`Error::Io`] when it cannot be made.
pub fn root() -> Result<PathBuf, Error> {
    let path = root_for(std::env::var_os("XDG_RUNTIME_DIR").as_deref());
    own_dir(&path)?;
    Ok(path)
}

/// Where [`root`] lies for a value of `XDG_RUNTIME_DIR`; a relative or missing directory does not count.
#[must_use]
pub fn root_for(runtime: Option<&OsStr>) -> PathBuf {
    match runtime.map(Path::new).filter(|p| p.is_absolute() && p.is_dir()) {
        Some(dir) => dir.join("orchestra"),
        None => PathBuf::from(format!("/tmp/orchestra-{}", rustix::process::geteuid().as_raw())),
    }
}

/// The directory for the sockets of one session, made when missing: 16 digits of the SHA-256 of the
/// session directory's canonical path, below [`root`].
///
/// # Errors
/// As [`root`], and [`Error::Io`] when `session` does not exist.
pub fn dir_for(session: &Path) -> Result<PathBuf, Error> {
    dir_below(&root()?, session)
}

/// As [`dir_for`], below a root of the caller's.
///
/// # Errors
/// As [`dir_for`].
pub fn dir_below(root: &Path, session: &Path) -> Result<PathBuf, Error> {
    let real = fs::canonicalize(session).map_err(|e| io_at("find the session directory", session, e))?;
    let digest = Sha256::digest(real.as_os_str().as_encoded_bytes());
    let name: String = digest.iter().take(8).map(|b| format!("{b:02x}")).collect();
    let path = root.join(name);
    own_dir(&path)?;
    Ok(path)
}

/// Makes `path` (mode 0700) unless it is there, then checks that it is a real directory of ours that
/// nobody else may enter.
///
/// # Errors
/// [`Error::Unsafe`] or [`Error::Io`].
pub fn own_dir(path: &Path) -> Result<(), Error> {
    match fs::DirBuilder::new().mode(0o700).create(path) {
        Ok(()) => {}
        Err(e) if e.kind() == io::ErrorKind::AlreadyExists => {}
        Err(e) => return Err(io_at("make the socket directory", path, e)),
    }
    let meta = fs::symlink_metadata(path).map_err(|e| io_at("look at the socket directory", path, e))?;
    let kind = meta.file_type();
    let found = match kind {
        k if k.is_dir() => "a directory",
        k if k.is_symlink() => "a symbolic link",
        k if k.is_file() => "a file",
        _ => "a special file",
    };
    let uid = rustix::process::geteuid().as_raw();
    let mode = meta.mode() & 0o7777;
    if kind.is_dir() && meta.uid() == uid && mode & 0o077 == 0 {
        return Ok(());
    }
    Err(Error::Unsafe { path: path.to_owned(), found, owner: meta.uid(), mode, uid })
}

/// Listens on `path` with mode 0600. A socket left behind by a dead process is replaced.
///
/// # Errors
/// [`Error::InUse`] when somebody listens there, [`Error::TooLong`], or [`Error::Io`].
pub fn bind(path: &Path) -> Result<UnixListener, Error> {
    check_length(path)?;
    match UnixStream::connect(path) {
        Ok(_) => return Err(Error::InUse(path.to_owned())),
        Err(e) if e.kind() == io::ErrorKind::ConnectionRefused => {
            fs::remove_file(path).map_err(|e| io_at("remove the stale socket", path, e))?;
        }
        Err(e) if e.kind() == io::ErrorKind::NotFound => {}
        Err(e) => return Err(io_at("listen on", path, e)),
    }
    listen(path).map_err(|e| io_at("listen on", path, e.into()))
}

fn listen(path: &Path) -> rustix::io::Result<UnixListener> {
    let socket =
        rustix::net::socket_with(AddressFamily::UNIX, SocketType::STREAM, SocketFlags::CLOEXEC, None)?;
    // Linux gives the file the mode of the unbound socket: no moment with a wider one, no umask changed.
    fchmod(&socket, Mode::RUSR | Mode::WUSR)?;
    rustix::net::bind(&socket, &SocketAddrUnix::new(path)?)?;
    rustix::net::listen(&socket, BACKLOG)?;
    Ok(UnixListener::from(socket))
}

/// What it means that a socket cannot be connected to. A path that may not be used gives `EACCES`; `EPERM` is what filters
/// of system calls answer.
fn refused(path: &Path, error: io::Error) -> Error {
    if error.raw_os_error() == Some(rustix::io::Errno::PERM.raw_os_error()) {
        return Error::Shut(path.to_owned());
    }
    io_at("connect to", path, error)
}

/// Connects to `path` and checks that the listener is ours.
///
/// # Errors
/// [`Error::Foreign`], [`Error::TooLong`], or [`Error::Io`].
pub fn connect(path: &Path) -> Result<(UnixStream, Peer), Error> {
    check_length(path)?;
    let stream = UnixStream::connect(path).map_err(|e| refused(path, e))?;
    let peer = check_peer(&stream, &path.display().to_string())?;
    Ok((stream, peer))
}

/// Who is at the other end; refused when it is another user. `name` is for the error.
///
/// # Errors
/// [`Error::Foreign`], or [`Error::Io`] when the system does not tell.
pub fn check_peer(stream: &UnixStream, name: &str) -> Result<Peer, Error> {
    let cred = rustix::net::sockopt::socket_peercred(stream)
        .map_err(|e| io_at("learn who connects to", Path::new(name), e.into()))?;
    let peer = Peer { pid: cred.pid.as_raw_nonzero().get(), uid: cred.uid.as_raw() };
    if cred.uid == rustix::process::geteuid() {
        Ok(peer)
    } else {
        Err(Error::Foreign { path: name.to_owned(), uid: peer.uid })
    }
}

fn check_length(path: &Path) -> Result<(), Error> {
    if path.as_os_str().len() > MAX_PATH { Err(Error::TooLong(path.to_owned())) } else { Ok(()) }
}

fn io_at(what: &'static str, path: &Path, source: io::Error) -> Error {
    Error::Io { what, path: path.to_owned(), source }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn a_directory_open_to_others_is_refused_with_the_remedy() {
        let tmp = tempfile::tempdir().unwrap();
        let dir = tmp.path().join("s");
        own_dir(&dir).unwrap();
        assert_eq!(fs::metadata(&dir).unwrap().mode() & 0o7777, 0o700);
        own_dir(&dir).unwrap();
        fs::set_permissions(&dir, fs::Permissions::from_mode(0o777)).unwrap();
        let text = own_dir(&dir).unwrap_err().to_string();
        assert!(text.contains("mode 0777") && text.contains("remove it"), "{text}");
        let link = tmp.path().join("l");
        std::os::unix::fs::symlink(tmp.path(), &link).unwrap();
        assert!(own_dir(&link).unwrap_err().to_string().contains("a symbolic link"));
        fs::write(tmp.path().join("f"), "").unwrap();
        assert!(own_dir(&tmp.path().join("f")).is_err());
    }

    #[test]
    fn only_our_own_directories_pass() {
        if rustix::process::geteuid().is_root() {
            let tmp = tempfile::tempdir().unwrap();
            let dir = tmp.path().join("s");
            own_dir(&dir).unwrap();
            std::os::unix::fs::chown(&dir, Some(4242), None).unwrap();
            assert!(own_dir(&dir).unwrap_err().to_string().contains("of uid 4242"));
        }
    }

    #[test]
    fn sockets_are_private_stale_ones_replaced_live_ones_kept() {
        let tmp = tempfile::tempdir().unwrap();
        let path = tmp.path().join("a.sock");
        let listener = bind(&path).unwrap();
        assert_eq!(fs::symlink_metadata(&path).unwrap().mode() & 0o777, 0o600);
        assert!(matches!(bind(&path), Err(Error::InUse(_))));
        let (_stream, peer) = connect(&path).unwrap();
        assert_eq!(peer.pid, i32::try_from(std::process::id()).unwrap());
        drop(listener);
        drop(bind(&path).unwrap());
        let long = tmp.path().join("x".repeat(120));
        assert!(matches!(bind(&long), Err(Error::TooLong(_))));
    }

    #[test]
    fn sessions_have_directories_of_their_own() {
        let tmp = tempfile::tempdir().unwrap();
        let (one, two) = (tmp.path().join("one"), tmp.path().join("two"));
        fs::create_dir(&one).unwrap();
        fs::create_dir(&two).unwrap();
        let a = dir_below(tmp.path(), &one).unwrap();
        assert_eq!(a, dir_below(tmp.path(), &tmp.path().join("two/../one")).unwrap());
        assert_ne!(a, dir_below(tmp.path(), &two).unwrap());
        assert_eq!(a.file_name().unwrap().len(), 16);
        assert!(root_for(None).starts_with("/tmp"));
        assert!(root_for(Some(OsStr::new("relative"))).starts_with("/tmp"));
        assert_eq!(root_for(Some(tmp.path().as_os_str())), tmp.path().join("orchestra"));
    }
}
