//! The record of a session: its directory, its journal, the logs of its panes.

pub mod clock;
pub mod dir;
pub mod journal;
pub mod log;
pub mod texts;
