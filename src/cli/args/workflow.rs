//! Arguments of `workflow`.

pub mod status;
pub mod tell;

use clap::{Args, Subcommand};

use self::tell::Tell;

/// DevOps workflows.
#[derive(Subcommand, Debug)]
pub enum Workflow {
    /// Lists the specialists there are, or shows one
    ///
    /// What each can do, when to choose it, what it needs and hands over. A project adds its own, or replaces one, in
    /// catalogue/NAME.toml.
    Specialists(Specialists),
    /// Shows how far the project is: its tasks by phase, when it is expected to end, what is in the way
    ///
    /// The project is that of the session that runs here, or of a session's record (DIR) as it ended. Times are UTC; what a
    /// task takes is told in the days of its plan.
    Status(status::Status),
    /// What is said to a project that runs.
    #[command(flatten)]
    Tell(Tell),
}

/// Arguments of `workflow specialists`.
#[derive(Args, Debug)]
pub struct Specialists {
    /// One of them, such as aws or aws-specialist
    #[arg(value_name = "NAME")]
    pub name: Option<String>,
    /// Whom an alias such as cloud means
    #[arg(long, value_name = "P", requires = "name")]
    pub provider: Option<String>,
    /// Print one JSON object
    #[arg(long)]
    pub json: bool,
}
