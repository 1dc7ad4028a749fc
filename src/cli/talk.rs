//! What agents say of themselves and to each other.

use super::answer;
use super::args::{Answer, Ask, Briefing, Complete, Queries, State};
use super::exit::Exit;
use super::place;
use crate::domain::command::{Command, Talk};
use crate::domain::view::{self, QueryView};

/// Asks.
pub(super) fn ask(_args: Ask) -> anyhow::Result<Exit> {
    anyhow::bail!("ask: not built yet")
}

/// Answers.
pub(super) fn answer(args: Answer) -> anyhow::Result<Exit> {
    let talk = Talk::Answer { query: args.query, message: args.text };
    answer::show(place::control(args.of.session.as_deref())?.ask(Command::Talk(talk))?, args.of.format())
}

/// Lists.
pub(super) fn queries(args: Queries) -> anyhow::Result<Exit> {
    let talk = Talk::Queries { all: args.all };
    answer::show(place::control(args.of.session.as_deref())?.ask(Command::Talk(talk))?, args.of.format())
}

/// Says what the pane's agent does.
pub(super) fn state(args: State) -> anyhow::Result<Exit> {
    let talk = Talk::State { state: Some(args.state), task: args.note };
    answer::show(place::control(args.of.session.as_deref())?.ask(Command::Talk(talk))?, args.of.format())
}

/// Says that its task is done.
pub(super) fn complete(args: Complete) -> anyhow::Result<Exit> {
    let talk = Talk::Complete { summary: args.summary };
    answer::show(place::control(args.of.session.as_deref())?.ask(Command::Talk(talk))?, args.of.format())
}

/// Prints what an agent needs to know.
pub(super) fn briefing(args: Briefing) -> anyhow::Result<Exit> {
    let talk = Talk::Briefing { agent: args.agent };
    answer::show(place::control(args.of.session.as_deref())?.ask(Command::Talk(talk))?, args.of.format())
}

/// Queries for people.
pub(super) fn queries_text(_queries: &[QueryView]) -> String {
    String::new()
}

/// A briefing for people.
pub(super) fn briefing_text(_briefing: &view::Briefing) -> String {
    String::new()
}
