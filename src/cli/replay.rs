//! `orchestra replay`: what a session looked like, in a dashboard or as text.

mod show;

use super::args::Replay as Args;
use super::exit::{Exit, Fail};

/// Runs it.
pub(super) fn run(args: &Args) -> anyhow::Result<Exit> {
    if args.headless {
        let why = format!("do {args:?}: it is still being built");
        return Err(Fail::new(Exit::Failed, why).into());
    }
    show::run(args)
}
