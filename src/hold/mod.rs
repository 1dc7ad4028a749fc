//! The holder: the small process that owns one pane's PTY, its child and its recording, and outlives
//! the server.
//!
//! One thread, one `poll`. What the child prints is appended to the pane's log first and then sent to the
//! server that is connected, if any, as the same bytes; a server that is behind is served from the log. The
//! log is the queue, so there is no other.
//!
//! Architecture invariant: a holder depends on nothing but its spec, its log directory and its socket; no
//! tokio, no thread, no shared memory.

mod client;
mod command;
mod conn;
mod holder;
mod input;
mod kin;
mod launch;
mod pty;
mod spec;

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::domain::id::AgentName;

pub use client::{Connection, PaneEvent};
pub use command::run_command;
pub use input::LIMIT as INPUT_LIMIT;
pub use kin::{Proc, look};
pub use launch::{START_LIMIT, Started, run, spawn};
pub use spec::Spec;

/// Why a pane could not be started.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Error {
    /// The agent's program is not there.
    #[error(
        "start {pane}: program `{program}` not found: {looked}; install it or change the profile's command"
    )]
    Program {
        /// Whose pane.
        pane: AgentName,
        /// The first word of its command.
        program: String,
        /// Where it was looked for.
        looked: String,
    },
    /// The agent's program is a script that cannot be run.
    #[error("start {pane}: {} needs the interpreter `{interpreter}`: {reason}", .program.display())]
    Interpreter {
        /// Whose pane.
        pane: AgentName,
        /// The script.
        program: PathBuf,
        /// What its first line asks for.
        interpreter: String,
        /// What is wrong with it.
        reason: String,
    },
    /// The directory to start in cannot be entered.
    #[error("start {pane} in {}: {reason}; restore the directory, nothing runs elsewhere instead", .path.display())]
    Directory {
        /// Whose pane.
        pane: AgentName,
        /// The directory.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// The spec makes no sense.
    #[error("start {pane}: {reason}")]
    Spec {
        /// Whose pane.
        pane: AgentName,
        /// What is wrong.
        reason: String,
    },
    /// The system refused.
    #[error("start {pane}: {what}: {reason}")]
    System {
        /// Whose pane.
        pane: AgentName,
        /// What was tried.
        what: String,
        /// What the system said.
        reason: String,
    },
    /// The holder did not report.
    #[error("start {pane}: its holder {how}")]
    Silent {
        /// Whose pane.
        pane: AgentName,
        /// What it did instead.
        how: String,
    },
}
