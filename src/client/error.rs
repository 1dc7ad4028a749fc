//! What goes wrong between a client and its server.

use std::io;
use std::path::PathBuf;

use crate::wire::{frame, msg, sock};

/// Why a client cannot do its work. Each completes "failed to …".
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// There is no terminal to paint on.
    #[error(
        "attach: standard input and output are no terminal; use `orchestra status` or `orchestra read AGENT`"
    )]
    NoTerminal,
    /// The terminal cannot move its cursor.
    #[error(
        "attach: TERM is `{0}`, which cannot show a dashboard; set TERM to what your terminal is, such as xterm-256color"
    )]
    Dumb(String),
    /// Nobody listens on the socket.
    #[error("reach the session: nothing answers on {0}; run `orchestra attach` to revive it")]
    Gone(PathBuf),
    /// The socket cannot be used.
    #[error(transparent)]
    Sock(#[from] sock::Error),
    /// What came is no frame.
    #[error(transparent)]
    Frame(#[from] frame::Error),
    /// A frame is no message.
    #[error(transparent)]
    Message(#[from] msg::MsgError),
    /// The server sent something that does not belong there.
    #[error("talk to the session: it sent {0} out of turn; restart it with the same version of orchestra")]
    OutOfTurn(&'static str),
    /// The server closed the conversation.
    #[error("talk to the session: {0}")]
    Bye(String),
    /// The server went away in the middle.
    #[error("talk to the session: its server went away; run `orchestra attach` to revive it")]
    Lost,
    /// The server did not answer in time.
    #[error("hear from the session within {0} s; see the log in its directory")]
    Silent(u64),
    /// A command is beyond the limit of one frame.
    #[error("send {0} bytes in one command: the limit is {limit}; shorten the text", limit = frame::MAX_FRAME - 1)]
    TooLong(usize),
    /// The terminal or a signal handler failed.
    #[error("{doing}: {source}")]
    Io {
        /// What was tried.
        doing: &'static str,
        /// What the system said.
        source: io::Error,
    },
}

/// Turns a system error into ours, saying what was tried.
pub(super) fn io(doing: &'static str) -> impl FnOnce(io::Error) -> Error {
    move |source| Error::Io { doing, source }
}

impl Error {
    /// Whether the server is not there, as opposed to there and troubled.
    #[must_use]
    pub fn is_gone(&self) -> bool {
        matches!(self, Self::Gone(_) | Self::Lost)
    }
}
