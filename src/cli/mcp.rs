//! `orchestra mcp`: the session for programs that speak the Model Context Protocol.

use std::path::Path;
use std::sync::Mutex;

use super::args::Mcp;
use super::exit::Exit;
use super::{answer, keys, place};
use crate::client::Control;
use crate::config;
use crate::domain::workflow::advise::guide::Guide;
use crate::domain::workflow::catalogue::Catalogue;
use crate::mcp::{self, Serving};
use crate::session::clock::wall_ms;

/// Serves until standard input ends.
pub(super) fn run(args: &Mcp) -> anyhow::Result<Exit> {
    log();
    let session = args.session.clone();
    let in_pane = session.is_none() && place::var(place::SOCKET_VAR).is_some();
    // Two calls at once shall not both bring the same server back.
    let one = Mutex::new(());
    let dial = move |client: &str| -> Result<Control, String> {
        let _one = one.lock();
        place::control_mcp(session.as_deref(), client).map_err(|e| format!("{e:#}"))
    };
    let key = |key: &str| keys::encode(key).map_err(|e| e.to_string());
    let (dial, now) = (Box::new(dial), wall_ms);
    mcp::serve(Serving { dial, key, text: answer::text, in_pane, guides, now })?;
    Ok(Exit::Done)
}

/// The specialists of the project in a folder, and how it reads requests.
fn guides(top: &Path) -> Result<(Catalogue, Guide), String> {
    let read = || {
        let all = config::catalogue(top)?;
        config::guide(top, &all).map(|guide| (all, guide))
    };
    read().map_err(|e: config::Error| e.to_string())
}

/// Standard output carries the protocol and nothing else.
fn log() {
    let subscriber = tracing_subscriber::fmt().with_max_level(tracing::Level::WARN).with_ansi(false);
    // Refused only where there is one already, as in a test; it serves as well.
    let _ = subscriber.with_writer(std::io::stderr).try_init();
}
