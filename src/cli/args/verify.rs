//! The arguments of `review`, `diff` and `verify`.

use clap::Args;

use super::Of;
use super::values::agent;
use crate::domain::id::AgentName;

/// Arguments of `verify`.
#[derive(Args, Debug)]
pub struct Verify {
    /// Agents whose branches' tips are tested, all without one; or `merged`
    #[arg(value_name = "AGENT|merged")]
    pub what: Vec<String>,
    /// Only this gate; may be given several times
    #[arg(long = "gate", value_name = "NAME")]
    pub gates: Vec<String>,
    /// What the agents' worktrees hold, uncommitted work too, in place of the tips
    #[arg(long)]
    pub open: bool,
    /// Run gates again whose verdict is known of the same tree
    #[arg(long)]
    pub again: bool,
    /// Which session, and how to print.
    #[command(flatten)]
    pub of: Of,
}

/// Arguments of `review`.
#[derive(Args, Debug)]
pub struct Review {
    /// Whose branches; all without it
    #[arg(value_name = "AGENT", value_parser = agent)]
    pub agents: Vec<AgentName>,
    /// Which lines keep two branches from merging
    #[arg(long, num_args = 2, value_names = ["AGENT", "AGENT"], value_parser = agent)]
    #[arg(conflicts_with_all = ["agents", "take_order", "configured_order"])]
    pub pair: Vec<AgentName>,
    /// Merge in the better order that the last review proposed, from now on
    #[arg(long, conflicts_with = "agents")]
    pub take_order: bool,
    /// Merge in the configured order again
    #[arg(long, conflicts_with_all = ["agents", "take_order"])]
    pub configured_order: bool,
    /// Which session, and how to print.
    #[command(flatten)]
    pub of: Of,
}

/// Arguments of `suggest`.
#[derive(Args, Debug)]
pub struct Suggest {
    /// For whom; for all without it
    #[arg(value_name = "AGENT", value_parser = agent)]
    pub agents: Vec<AgentName>,
    /// Print the whole prompts too, as `send --prompt suggested` would send them
    #[arg(long)]
    pub full: bool,
    /// Which session, and how to print.
    #[command(flatten)]
    pub of: Of,
}

/// Arguments of `diff`.
#[derive(Args, Debug)]
pub struct Diff {
    /// The agent's name
    #[arg(value_parser = agent)]
    pub agent: AgentName,
    /// Only this file, from the top of the repository; more of its lines are printed than among others
    pub path: Option<String>,
    /// Uncommitted work of the agent's worktree counts in
    #[arg(long)]
    pub open: bool,
    /// The files alone, with how many lines each gains and loses
    #[arg(long)]
    pub stat: bool,
    /// Which session, and how to print.
    #[command(flatten)]
    pub of: Of,
}
