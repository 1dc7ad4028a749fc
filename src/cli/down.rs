//! `orchestra down`: the end of a session.

use super::answer::{self, Format};
use super::exit::Exit;
use super::place;
use crate::client::Control;
use crate::domain::command::Command;

/// Ends a session. A lost server is brought back first: it knows the panes that outlived it.
pub(super) fn run(name: Option<&str>) -> anyhow::Result<Exit> {
    let found = place::session(name)?;
    let mut control = Control::connect(&place::socket(&found)?, None)?;
    answer::show(control.ask(Command::Down)?, Format::Text)
}
