//! Arguments of `workflow status`.

use std::path::PathBuf;

use clap::Args;

use crate::cli::args::Of;

/// Arguments of `workflow status`.
#[derive(Args, Debug)]
pub struct Status {
    /// The directory of a recorded session, or the name of a session of this repository; without it the project that runs
    #[arg(conflicts_with = "session")]
    pub dir: Option<PathBuf>,
    /// Which session, and how to print.
    #[command(flatten)]
    pub of: Of,
}

/// Arguments of `workflow checklist`.
#[derive(Args, Debug)]
pub struct Checklist {
    /// One of them, such as security
    #[arg(value_name = "NAME")]
    pub name: Option<String>,
    /// Which session, and how to print.
    #[command(flatten)]
    pub of: Of,
}
