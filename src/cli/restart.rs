//! `orchestra restart`: an agent's program, started again.

use super::answer;
use super::args::Restart as Args;
use super::exit::Exit;
use super::place;
use crate::domain::command::{Begin, Command, What};

/// Starts it, perhaps where it ended, perhaps with a prompt.
pub(super) fn run(args: Args) -> anyhow::Result<Exit> {
    let begin = if args.resume { Begin::Last } else { Begin::Afresh };
    let what = args.prompt.map(What::Prompt).or(args.text.map(What::Text));
    let command = Command::Restart { agent: args.agent, begin, what };
    let answer = place::control(args.of.session.as_deref())?.ask(command)?;
    answer::show(answer, args.of.format())
}
