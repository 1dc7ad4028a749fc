//! `orchestra ready`: an agent's claim, made in its own pane.

use super::answer::{self, Format};
use super::args::Ready as Args;
use super::exit::{Exit, Fail};
use super::place;
use crate::domain::command::Command;

/// Claims.
pub(super) fn run(args: Args) -> anyhow::Result<Exit> {
    if place::var(place::SOCKET_VAR).is_none() || place::var(place::TOKEN_VAR).is_none() {
        let pane = place::var(place::PANE_VAR).map_or(String::new(), |p| format!(" ({p})"));
        let why = format!(
            "claim READY FOR MERGE: this is not an agent's pane{pane}; run it there, where {} and {} are set",
            place::SOCKET_VAR,
            place::TOKEN_VAR
        );
        return Err(Fail::usage(why).into());
    }
    let format = if args.json { Format::Json } else { Format::Text };
    answer::show(place::control(None)?.ask(Command::Ready { note: args.note })?, format)
}
