//! The arguments of `keymap`.

use clap::Args;

/// Arguments of `keymap`.
#[derive(Args, Debug)]
pub struct Keymap {
    /// As they are with this set of keys: orchestra, tmux or zellij
    #[arg(long, value_name = "NAME")]
    pub preset: Option<String>,
    /// Print one JSON object
    #[arg(long)]
    pub json: bool,
}
