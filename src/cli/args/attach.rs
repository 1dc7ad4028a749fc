//! Arguments of `attach`.

use clap::Args;

/// A session by name, and as whom to look at it.
#[derive(Args, Debug)]
pub struct Attach {
    /// The session, where this repository has several
    pub session: Option<String>,
    /// Only look: nothing that is pressed reaches an agent or the session
    #[arg(long)]
    pub read_only: bool,
    /// What other people at this session are to know you by (default: $USER)
    #[arg(long = "as", value_name = "NAME")]
    pub name: Option<String>,
}
