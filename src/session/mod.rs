//! The record of a session: its directory, its journal, the logs of its panes.

pub mod check;
pub mod clock;
pub mod dir;
pub mod file;
pub mod hooks;
pub mod journal;
pub mod lines;
pub mod log;
pub mod texts;
