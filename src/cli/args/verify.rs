//! The arguments of `verify`.

use clap::Args;

use super::Of;

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
