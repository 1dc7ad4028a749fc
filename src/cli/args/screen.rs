//! The arguments of `attach` and `keymap`.

use clap::Args;

/// Arguments of `attach`.
#[derive(Args, Debug)]
pub struct Attach {
    /// The session, where this repository has several
    pub session: Option<String>,
    /// The theme: terminal, dark, light, high-contrast, 16-colour, or one of your own
    #[arg(long, value_name = "NAME")]
    pub theme: Option<String>,
}

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
