//! A pretended coding agent: a terminal program that takes prompts, edits and commits real files,
//! squashes, builds and claims, all without a model. It also has, on request, the faults real ones
//! have.
//!
//! Architecture invariant: it uses no other module of this crate. Like a real agent it knows the
//! program around it only by its environment, its terminal and the `orchestra` command.

mod app;
mod brief;
mod handed;
mod handin;
mod handover;
mod incident;
mod keys;
mod ledger;
pub mod misbehave;
mod pace;
pub mod prompt;
mod question;
mod repo;
mod seed;
mod term;
#[cfg(test)]
mod tests;
mod tool;
mod topics;
mod trade;
mod view;
mod work;
mod workflow;

use std::io::{self, Write};
use std::process::ExitCode;

/// Slowest and fastest pace.
const SPEEDS: std::ops::RangeInclusive<f64> = 0.01..=1000.0;

/// How it reports that it is finished.
#[derive(Clone, Copy, PartialEq, Eq, Debug, clap::ValueEnum)]
pub enum Claim {
    /// Prints the line that was asked for.
    Text,
    /// Runs `orchestra ready`; prints the line only when that fails.
    Command,
}

/// The arguments of `orchestra rehearse`.
#[derive(Clone, Debug, clap::Args)]
pub struct Args {
    /// The agent's name
    #[arg(long, env = "ORCHESTRA_PANE", default_value = "AGENT", value_parser = agent)]
    pub agent: String,
    /// Same seed, same work
    #[arg(long, env = "ORCHESTRA_REHEARSE_SEED", default_value_t = 1)]
    pub seed: u64,
    /// How many times faster than life, 0.01 to 1000
    #[arg(long, env = "ORCHESTRA_REHEARSE_SPEED", default_value_t = 1.0, value_parser = speed)]
    pub speed: f64,
    /// Faults to have: `KIND[,KIND…]`, or `NAME=KIND[+KIND…],…` for some agents only
    #[arg(long, env = "ORCHESTRA_REHEARSE_MISBEHAVE", default_value = "")]
    pub misbehave: String,
    /// How to report that it is finished
    #[arg(long, value_enum, default_value_t = Claim::Command)]
    pub claim: Claim,
}

/// Why a rehearsal could not start or go on.
#[derive(Debug, thiserror::Error)]
enum Error {
    #[error("run the rehearsal: its input and output must be a terminal; start it in a pane")]
    NoTerminal,
    #[error("read the misbehaviours: {0}")]
    Fault(String),
    #[error("use the terminal: {0}")]
    Terminal(#[from] io::Error),
}

/// Runs the agent until it is left or its terminal is gone. Status 0 when left, 1 when the terminal
/// went away, 2 for wrong arguments, 3 for the crash that was asked for.
#[must_use]
pub fn run(args: Args) -> ExitCode {
    match start(args) {
        Ok(code) => code,
        Err(error) => {
            // Where even this cannot be written nobody is left to read it.
            let _ = writeln!(io::stderr(), "failed to {error}");
            ExitCode::from(2)
        }
    }
}

fn start(args: Args) -> Result<ExitCode, Error> {
    let mut faults = misbehave::parse(&args.misbehave, &args.agent).map_err(Error::Fault)?;
    let claim = if faults.remove(&misbehave::Fault::ByText) { Claim::Text } else { args.claim };
    if !rustix::termios::isatty(io::stdin()) || !rustix::termios::isatty(io::stdout()) {
        return Err(Error::NoTerminal);
    }
    let focus = std::env::var("ORCHESTRA_FOCUS").unwrap_or_default();
    Ok(app::run(work::Settings {
        agent: args.agent,
        seed: args.seed,
        speed: args.speed,
        faults,
        claim,
        focus: focus.split(':').map(str::to_owned).collect(),
    })?)
}

fn speed(text: &str) -> Result<f64, String> {
    let speed: f64 = text.parse().map_err(|_| "a number such as 2.5 is expected".to_owned())?;
    if SPEEDS.contains(&speed) { Ok(speed) } else { Err("it goes from 0.01 to 1000".to_owned()) }
}

fn agent(text: &str) -> Result<String, String> {
    let fits = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    if !text.is_empty() && text.len() <= 32 && text.chars().all(fits) {
        Ok(text.to_owned())
    } else {
        Err("1 to 32 letters, digits, `_` or `-` are expected".to_owned())
    }
}
