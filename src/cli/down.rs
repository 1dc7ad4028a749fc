//! `orchestra down`: the end of a session.

use super::answer::{self, Format};
use super::args::OneSession;
use super::exit::Exit;
use super::{out, place};
use crate::client::Control;
use crate::domain::command::Command;
use crate::server;

/// Ends a session. A lost server is brought back first: it knows the panes that outlived it.
pub(super) fn run(args: &OneSession) -> anyhow::Result<Exit> {
    let found = place::session(args.session.as_deref())?;
    let mut control = Control::connect(&place::socket(&found)?, None)?;
    let answer = control.ask(Command::Down)?;
    if !server::wait_until_ended(&found.session_dir) {
        out::note("something of the session still runs; `orchestra ls` shows whether it goes");
    }
    answer::show(answer, if args.json { Format::Json } else { Format::Text })
}
