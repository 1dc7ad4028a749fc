//! `orchestra events`: the journal as it is written.

use super::args::Events;
use super::exit::Exit;
use crate::domain::view::History;

/// Prints it.
pub(super) fn run(_args: Events) -> anyhow::Result<Exit> {
    anyhow::bail!("events: not built yet")
}

/// What happened, for people.
pub(super) fn history_text(_history: &History) -> String {
    String::new()
}
