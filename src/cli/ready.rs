//! `orchestra ready`: an agent's claim, made in its own pane or by the lead.

use super::answer::{self, Format};
use super::args::Ready as Args;
use super::exit::{Exit, Fail};
use super::place;
use crate::domain::command::Command;

/// Claims.
pub(super) fn run(args: Args) -> anyhow::Result<Exit> {
    let format = if args.json { Format::Json } else { Format::Text };
    if let Some(agent) = args.whom {
        let command = Command::Accept { agent, note: args.note };
        return answer::show(place::control(args.session.as_deref())?.ask(command)?, format);
    }
    if place::var(place::SOCKET_VAR).is_none() || place::var(place::TOKEN_VAR).is_none() {
        let pane = place::var(place::PANE_VAR).map_or(String::new(), |p| format!(" ({p})"));
        let why = format!(
            "claim readiness: this is not an agent's pane{pane}; run it there, where {} and {} are set, \
             or take an agent at its word with `orchestra ready --for AGENT`",
            place::SOCKET_VAR,
            place::TOKEN_VAR
        );
        return Err(Fail::usage(why).into());
    }
    answer::show(place::control(None)?.ask(Command::Ready { note: args.note })?, format)
}
