//! `orchestra export`: one pane as a file that other programs read.

use super::args::Export as Args;
use super::exit::{Exit, Fail};

/// Runs it.
pub(super) fn run(args: &Args) -> anyhow::Result<Exit> {
    let why = format!("do {args:?}: it is still being built");
    Err(Fail::new(Exit::Failed, why).into())
}
