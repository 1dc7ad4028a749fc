//! `orchestra import`: an asciicast as a session of one pane.

use super::args::Import as Args;
use super::exit::{Exit, Fail};

/// Runs it.
pub(super) fn run(args: &Args) -> anyhow::Result<Exit> {
    let why = format!("do {args:?}: it is still being built");
    Err(Fail::new(Exit::Failed, why).into())
}
