//! `orchestra attach`, `orchestra reset`, and `orchestra` alone.

use std::path::Path;

use anyhow::Context;

use super::args::Attach as Args;
use super::exit::{Exit, Fail};
use super::{out, place};
use crate::client::{self, Guise, Left};
use crate::server::{self, State};
use crate::wire::msg::Look;

/// Attaches to the running session, or says how to start one.
pub(super) fn here() -> anyhow::Result<Exit> {
    match place::known(None) {
        Ok(known) if known.iter().any(|f| f.state != State::Ended) => {
            run(&Args { session: None, read_only: false, name: None, theme: None })
        }
        Ok(_) => {
            let why = "find a running session here; `orchestra up` starts one (after `orchestra init`), \
                       `orchestra demo` shows a whole sprint, `orchestra help` the rest";
            Err(Fail::new(Exit::Nothing, why).into())
        }
        Err(e) => {
            Err(e
                .context("find a session (`orchestra demo` needs no repository, `orchestra help` shows all)"))
        }
    }
}

/// Shows the dashboard of a session.
pub(super) fn run(args: &Args) -> anyhow::Result<Exit> {
    let found = place::session(args.session.as_deref())?;
    client::check()?;
    let socket = place::socket(&found)?;
    let user = Guise::of_user();
    let name = args.name.clone().unwrap_or(user.name);
    let theme = args.theme.clone().or_else(|| user.look.theme.clone());
    let look = Look { theme, ..user.look };
    show_as(&socket, &found.session_dir, &Guise { look, name, read_only: args.read_only })
}

/// Shows the dashboard behind a socket until the user leaves, and says why it ended.
pub(super) fn show(socket: &Path, session_dir: &Path) -> anyhow::Result<Exit> {
    show_as(socket, session_dir, &Guise::of_user())
}

fn show_as(socket: &Path, session_dir: &Path, guise: &Guise) -> anyhow::Result<Exit> {
    let exe = place::exe()?;
    let dir = session_dir.to_owned();
    let mut revive =
        move || server::ensure_running(&exe, &dir, server::Wake::Lost).map_err(|e| e.to_string());
    let left = client::attach(socket, guise, &mut revive)?;
    out::note(&left.to_string());
    Ok(exit(&left))
}

/// The status of a dashboard that ended so.
pub(super) fn exit(left: &Left) -> Exit {
    match left {
        Left::Bye(_) => Exit::Done,
        Left::Signal(n) => Exit::Signal(u8::try_from(*n).unwrap_or(15)),
        // SIGHUP, whether it was sent or the terminal just ended.
        Left::Hangup => Exit::Signal(1),
        Left::Lost(_) => Exit::Failed,
    }
}

/// Puts the terminal right.
pub(super) fn reset() -> anyhow::Result<Exit> {
    client::reset().context("reset the terminal")?;
    Ok(Exit::Done)
}
