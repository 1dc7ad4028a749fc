//! `orchestra read`: what a pane shows.

use super::args::Read as Args;
use super::exit::Exit;
use super::{answer, place};
use crate::domain::command::Command;

/// Prints the last lines of a pane.
pub(super) fn run(args: Args) -> anyhow::Result<Exit> {
    let command = Command::Read { agent: args.agent, lines: args.lines, since: args.since };
    answer::show(place::control(args.of.session.as_deref())?.ask(command)?, args.of.format())
}
