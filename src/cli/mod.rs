//! (being written)

use std::process::ExitCode;

use clap::Parser as _;

/// Runs.
#[must_use]
pub fn run() -> ExitCode {
    let arg = std::env::args().nth(1).unwrap_or_default();
    match arg.as_str() {
        "hold" => crate::hold::run(),
        "rehearse" => {
            #[derive(clap::Parser)]
            struct R {
                #[command(flatten)]
                args: crate::rehearse::Args,
            }
            crate::rehearse::run(R::parse_from(std::env::args_os().skip(1)).args)
        }
        _ => ExitCode::from(2),
    }
}
