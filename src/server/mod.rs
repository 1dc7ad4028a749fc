//! The server of a session: one loop owns all state and waits for nobody.
//!
//! It holds no PTY: those live in holders, which outlive it. A server that takes over a session
//! folds its journal, reads the panes' logs from the holders and goes on.

mod clients;
mod company;
mod draw;
mod effects;
mod flow;
mod holder;
mod keep;
mod keeper;
mod keyframes;
mod kinship;
mod notify;
mod panes;
mod past;
mod pending;
pub mod place;
mod recover;
mod report;
mod ripple;
mod run;
mod secrets;
pub mod spawn;
mod start;
mod stir;
mod talk;
#[cfg(test)]
mod tests;
mod tokens;
mod typists;
mod unrecorded;
mod usage;
mod waker;
mod watch;
mod work;

pub use place::{Found, State, all, data_dir, find};
pub use recover::runs;
pub use run::serve;
pub use start::{Setup, Wake, ensure_running, prepare, socket, wait_until_ended};

use std::path::PathBuf;

/// Why a session cannot be served.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The server was to go on with a session that has ended.
    #[error("serve the session: it has ended; `orchestra up` starts it again")]
    Ended,
    /// A file or socket operation failed.
    #[error("{what}: {source}")]
    Io {
        /// What was tried.
        what: String,
        /// The cause.
        source: std::io::Error,
    },
    /// A part of the session could not be made or read.
    #[error("{what}: {why}")]
    Session {
        /// What was tried.
        what: String,
        /// The cause and the remedy.
        why: String,
    },
    /// The sockets' directory, or a socket, cannot be trusted or used.
    #[error(transparent)]
    Socket(crate::wire::sock::Error),
    /// Another server has it.
    #[error("serve {}: another server (pid {pid}) already does", .dir.display())]
    Taken {
        /// The session's directory.
        dir: PathBuf,
        /// The other server, 0 where it is not known.
        pid: i32,
    },
    /// The server that was started did not answer.
    #[error("start the server of {}: {why}; its log is {}", .dir.display(), .dir.join("server.log").display())]
    NotUp {
        /// The session's directory.
        dir: PathBuf,
        /// What is known.
        why: String,
    },
}

/// Shorthand for [`Error::Session`].
fn session_error(what: &str) -> impl FnOnce(crate::session::dir::Error) -> Error + '_ {
    move |e| Error::Session { what: what.to_owned(), why: e.to_string() }
}
