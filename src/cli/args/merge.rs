//! Arguments of `merge`.

use clap::Args;

use super::Of;
use super::values::agent;
use crate::domain::id::AgentName;

/// Arguments of `merge`.
#[derive(Args, Debug)]
pub struct Merge {
    /// Only say what would be done
    #[arg(long, conflicts_with_all = ["yes", "hand", "resolve", "abort", "undo", "status"])]
    pub dry_run: bool,
    /// Go on with a halted train, or with one that was cut short
    #[arg(long = "continue", group = "way")]
    pub go_on: bool,
    /// Go on with a halted train, but without AGENT, which stays ready
    #[arg(long, value_name = "AGENT", value_parser = agent, group = "way")]
    pub skip: Option<AgentName>,
    /// Have the agent whose branch conflicts solve it in its own worktree
    #[arg(long, group = "way")]
    pub hand: bool,
    /// Make a worktree outside the repository in which the conflict can be solved by hand
    #[arg(long, group = "way")]
    pub resolve: bool,
    /// Give the train up; what landed of it stays
    #[arg(long, group = "way")]
    pub abort: bool,
    /// Take the target back to where it was before the latest train
    #[arg(long, group = "way")]
    pub undo: bool,
    /// Show the latest train as it is
    #[arg(long, group = "way")]
    pub status: bool,
    /// Do not ask; needed where there is no terminal
    #[arg(long)]
    pub yes: bool,
    /// Which session, and how to print.
    #[command(flatten)]
    pub of: Of,
}
