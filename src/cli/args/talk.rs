//! Arguments of what agents say of themselves and to each other.

use clap::Args;

use super::{Of, agent};
use crate::domain::id::AgentName;
use crate::domain::query::Priority;
use crate::domain::state::AgentState;

/// Arguments of `ask`.
#[derive(Args, Debug)]
pub struct Ask {
    /// Whom
    #[arg(value_parser = agent)]
    pub agent: AgentName,
    /// What
    pub text: String,
    /// How urgent: low, normal, high or urgent
    #[arg(long, value_parser = super::values::priority, default_value = "normal")]
    pub priority: Priority,
    /// The number of the query that this one comes of
    #[arg(long, value_name = "N")]
    pub about: Option<u64>,
    /// With the same KEY again nothing is asked twice
    #[arg(long, value_name = "KEY")]
    pub key: Option<String>,
    /// Wait for the answer, at most so many seconds
    #[arg(long, value_name = "S")]
    pub wait: Option<u64>,
    /// Which session, and how to print.
    #[command(flatten)]
    pub of: Of,
}

/// Arguments of `answer`.
#[derive(Args, Debug)]
pub struct Answer {
    /// The query's number
    pub query: u64,
    /// What
    pub text: String,
    /// Which session, and how to print.
    #[command(flatten)]
    pub of: Of,
}

/// Arguments of `queries`.
#[derive(Args, Debug)]
pub struct Queries {
    /// Also those that are over
    #[arg(long)]
    pub all: bool,
    /// Which session, and how to print.
    #[command(flatten)]
    pub of: Of,
}

/// Arguments of `state`.
#[derive(Args, Debug)]
pub struct State {
    /// What it does: working, idle, asking, blocked, limited or unknown
    #[arg(value_parser = super::values::state)]
    pub state: AgentState,
    /// What it works on
    #[arg(long, value_name = "TEXT", default_value = "", hide_default_value = true)]
    pub note: String,
    /// Which session, and how to print.
    #[command(flatten)]
    pub of: Of,
}

/// Arguments of `complete`.
#[derive(Args, Debug)]
pub struct Complete {
    /// What was done
    pub summary: String,
    /// Which session, and how to print.
    #[command(flatten)]
    pub of: Of,
}

/// Arguments of `briefing`.
#[derive(Args, Debug)]
pub struct Briefing {
    /// Whose; in a pane without it its own
    #[arg(value_parser = agent)]
    pub agent: Option<AgentName>,
    /// Which session, and how to print.
    #[command(flatten)]
    pub of: Of,
}
