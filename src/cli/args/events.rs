//! Arguments of what programs read.

use clap::Args;

use super::{Of, agent};
use crate::domain::id::AgentName;

/// Arguments of `events`.
#[derive(Args, Debug)]
pub struct Events {
    /// Go on printing what happens until the session ends
    #[arg(long)]
    pub follow: bool,
    /// Begin with the event of that number; without it with the first
    #[arg(long, value_name = "SEQ")]
    pub since: Option<u64>,
    /// Only events of these kinds, such as ready or train_applied; may be given more than once
    #[arg(long = "kind", value_name = "KIND")]
    pub kinds: Vec<String>,
    /// Only what concerns these agents; may be given more than once
    #[arg(long = "agent", value_name = "AGENT", value_parser = agent)]
    pub agents: Vec<AgentName>,
    /// Which session, and how to print: with --json one object a line.
    #[command(flatten)]
    pub of: Of,
}

/// Arguments of `mcp`.
#[derive(Args, Debug)]
pub struct Mcp {
    /// The session, where this repository has several
    #[arg(long, value_name = "NAME")]
    pub session: Option<String>,
}
