//! The program.

use clap::Parser;

#[derive(Parser)]
enum Cli {
    #[command(hide = true)]
    Rehearse(orchestra::rehearse::Args),
}

fn main() -> std::process::ExitCode {
    let Cli::Rehearse(args) = Cli::parse();
    orchestra::rehearse::run(args)
}
