//! Looking back: a session directory as it was at any moment.
//!
//! Architecture invariant: a recording is only read, whoever made it. The state is the engine's own fold of the journal, the
//! screens are what the logs give; nothing is guessed.

mod course;
mod events;
#[cfg(test)]
mod exact;
pub mod export;
mod find;
mod follow;
pub mod import;
mod markup;
mod notes;
mod player;
mod project;
mod rebuild;
mod recording;
mod report;
mod roll;
pub mod search;
mod show;
mod stage;
mod story;
#[cfg(test)]
pub(crate) mod testkit;
#[cfg(test)]
mod tests;
mod track;

pub use events::Events;
pub use notes::{Note, Notes};
pub use player::{Player, Stride, Timeline};
pub use project::project;
pub use rebuild::rebuild;
pub use recording::{Line, Recording};
pub use report::{facts, shots};
pub use show::{Options, show};

use std::path::PathBuf;

use crate::session::{dir, journal};

/// Why a recording cannot be played.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The directory cannot be used.
    #[error(transparent)]
    Dir(#[from] dir::Error),
    /// The journal cannot be read.
    #[error(transparent)]
    Journal(#[from] journal::Error),
    /// A pane's log cannot be read.
    #[error("read the log {path}: {source}")]
    Log {
        /// Its directory.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The dashboard cannot be drawn for or talked to.
    #[error("show the recording: {0}")]
    Dashboard(String),
    /// It has more events than anybody would look through.
    #[error("read {0}: it has more than {most} events", most = recording::MAX_EVENTS)]
    TooLong(PathBuf),
    /// Nothing in it is of that name or number.
    #[error("find {what} in the recording: {known}")]
    Missing {
        /// What was looked for.
        what: String,
        /// What there is.
        known: String,
    },
}
