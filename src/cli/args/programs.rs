//! The arguments of `doctor`, `hook` and `serve`.

use std::path::PathBuf;

use clap::Args;

/// Arguments of `doctor`.
#[derive(Args, Debug)]
pub struct Doctor {
    /// The repository, or a session directory; this repository without it
    pub dir: Option<PathBuf>,
    /// Look at every known profile, not only at those the team uses
    #[arg(long)]
    pub all: bool,
    /// Of a session directory: make all indexes and keyframes anew
    #[arg(long)]
    pub rebuild: bool,
    /// Print one JSON object
    #[arg(long)]
    pub json: bool,
}

/// Arguments of `hook`.
#[derive(Args, Debug)]
pub struct Hook {
    /// The profile whose program calls
    pub profile: String,
    /// What happened, where the payload does not say it
    pub event: String,
    /// A JSON object; else standard input is read
    #[arg(allow_hyphen_values = true, trailing_var_arg = true)]
    pub payload: Vec<String>,
}

/// Arguments of `serve`.
#[derive(Args, Debug)]
pub struct Serve {
    /// The session's directory
    pub dir: PathBuf,
    /// Go on with a session whose server was lost; one that has ended stays so
    #[arg(long)]
    pub lost: bool,
}
