//! Arguments about one pane.

use clap::Args;

use super::{Of, agent};
use crate::domain::id::AgentName;
use crate::domain::state::AgentState;

/// Arguments of `pin`.
#[derive(Args, Debug)]
pub struct Pin {
    /// The agent's name
    #[arg(value_parser = agent)]
    pub agent: AgentName,
    /// The state it counts as
    #[arg(value_parser = super::values::state, required_unless_present = "off", conflicts_with = "off")]
    pub state: Option<AgentState>,
    /// Take the pin off
    #[arg(long)]
    pub off: bool,
    /// Which session, and how to print.
    #[command(flatten)]
    pub of: Of,
}

/// Arguments of `restart`.
#[derive(Args, Debug)]
pub struct Restart {
    /// The agent's name
    #[arg(value_parser = agent)]
    pub agent: AgentName,
    /// Go on where its last run in its worktree ended
    #[arg(long)]
    pub resume: bool,
    /// Begin with a prompt of this name
    #[arg(long, value_name = "NAME", conflicts_with = "text")]
    pub prompt: Option<String>,
    /// Begin with this text
    #[arg(long, value_name = "TEXT")]
    pub text: Option<String>,
    /// Which session, and how to print.
    #[command(flatten)]
    pub of: Of,
}

/// Arguments of `read`.
#[derive(Args, Debug)]
pub struct Read {
    /// The agent's name
    #[arg(value_parser = agent)]
    pub agent: AgentName,
    /// How many of the last lines; 0 means the visible screen
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub lines: u16,
    /// The `seq` of an earlier answer: only what is new since then
    #[arg(long, value_name = "SEQ", conflicts_with = "lines")]
    pub since: Option<u64>,
    /// Which session, and how to print.
    #[command(flatten)]
    pub of: Of,
}

/// Arguments of `keys`.
#[derive(Args, Debug)]
pub struct Keys {
    /// The agent's name
    #[arg(value_parser = agent)]
    pub agent: AgentName,
    /// Keys in order
    #[arg(required = true, value_name = "KEY", allow_hyphen_values = true)]
    pub keys: Vec<String>,
    /// Take every KEY as text
    #[arg(long)]
    pub literal: bool,
    /// Which session, and how to print.
    #[command(flatten)]
    pub of: Of,
}
