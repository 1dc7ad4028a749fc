//! `orchestra mcp`: the session for programs that speak the Model Context Protocol.

use super::args::Mcp;
use super::exit::Exit;

/// Serves until standard input ends.
pub(super) fn run(_args: &Mcp) -> anyhow::Result<Exit> {
    anyhow::bail!("mcp: not built yet")
}
