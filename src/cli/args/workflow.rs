//! Arguments of `workflow`.

use clap::{Args, Subcommand};

/// DevOps workflows.
#[derive(Subcommand, Debug)]
pub enum Workflow {
    /// Lists the specialists there are, or shows one
    ///
    /// What each can do, when to choose it, what it needs and hands over. A project adds its own, or replaces one, in
    /// catalogue/NAME.toml.
    Specialists(Specialists),
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
