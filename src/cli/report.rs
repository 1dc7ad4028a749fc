//! `orchestra report`: what came of a session.

use super::args::Report as Args;
use super::exit::{Exit, Fail};

/// Runs it.
pub(super) fn run(args: &Args) -> anyhow::Result<Exit> {
    let why = format!("do {args:?}: it is still being built");
    Err(Fail::new(Exit::Failed, why).into())
}
