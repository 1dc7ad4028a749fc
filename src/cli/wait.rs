//! `orchestra wait`: until agents are in a state.

use super::args::Wait as Args;
use super::exit::Exit;
use super::{answer, place};
use crate::domain::command::{Command, Until};

/// What "no limit" means: thirty days.
const FOREVER_S: u64 = 30 * 24 * 3600;

/// Waits.
pub(super) fn run(args: Args) -> anyhow::Result<Exit> {
    let (targets, mut states) = (args.targets, args.states);
    let until = match (states.pop(), states.is_empty()) {
        (Some(one), true) => Until::State(one),
        (last, _) => Until::States(states.into_iter().chain(last).collect()),
    };
    let command = Command::Wait { targets, until, timeout_ms: limit_ms(args.timeout) };
    answer::show(place::control(args.of.session.as_deref())?.ask(command)?, args.of.format())
}

/// A limit given in seconds, in milliseconds.
pub(super) fn limit_ms(seconds: Option<u64>) -> u64 {
    seconds.unwrap_or(FOREVER_S).min(FOREVER_S) * 1000
}
