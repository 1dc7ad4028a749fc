//! `orchestra incident triage`: which specialists an incident needs.

use crate::cli::args::Triage as Args;
use crate::cli::exit::{Exit, Fail};

/// Runs it.
pub(super) fn run(_args: Args) -> anyhow::Result<Exit> {
    Err(Fail::new(Exit::Failed, "triage the report: not built yet").into())
}
