//! Arguments of `pr` and `trust`.

use std::path::PathBuf;

use clap::Args;

use super::Of;

/// Arguments of `trust`.
#[derive(Args, Debug)]
pub struct Trust {
    /// Accept it without asking
    #[arg(long)]
    pub yes: bool,
    /// Which session, and how to print.
    #[command(flatten)]
    pub of: Of,
}

/// Arguments of `pr`.
#[derive(Args, Debug)]
pub struct Pr {
    /// Write it to FILE too
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
    /// Describe what a merge would do now, not the last one that was done
    #[arg(long)]
    pub planned: bool,
    /// Print the train as a POSIX shell script of git commands in place of the description
    ///
    /// Run in a clone that stands at the base and has the branches' commits, it makes the same merges, those
    /// whose conflicts were solved by hand too.
    #[arg(long, conflicts_with_all = ["open", "json"])]
    pub script: bool,
    /// Open a pull request with GitHub's gh, which must be installed; nothing is pushed
    #[arg(long, requires = "head")]
    pub open: bool,
    /// The branch on the forge that has the result and was pushed already
    #[arg(long, value_name = "BRANCH")]
    pub head: Option<String>,
    /// Open it without asking
    #[arg(long, requires = "open")]
    pub yes: bool,
    /// Which session, and how to print.
    #[command(flatten)]
    pub of: Of,
}
