//! `orchestra replay`: what a session looked like, in a dashboard or as text.

mod headless;
mod show;

use super::args::Replay as Args;
use super::exit::Exit;
use super::out;

/// Runs it.
pub(super) fn run(args: &Args) -> anyhow::Result<Exit> {
    if args.headless || args.json || !out::on_terminal() {
        return headless::run(args);
    }
    show::run(args)
}
