//! `orchestra incident correlate`: what findings have to do with each other.

use crate::cli::args::Correlate as Args;
use crate::cli::exit::{Exit, Fail};

/// Runs it.
pub(super) fn run(_args: &Args) -> anyhow::Result<Exit> {
    Err(Fail::new(Exit::Failed, "correlate the findings: not built yet").into())
}
