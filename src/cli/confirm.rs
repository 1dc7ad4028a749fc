//! `orchestra confirm`: what a person says to calls that wait for one.

use super::args::Confirm;
use super::exit::Exit;
use super::{answer, place};
use crate::domain::command::{Command, Confirming};
use crate::domain::view::ConfirmView;

/// Lists or answers.
pub(super) fn run(args: Confirm) -> anyhow::Result<Exit> {
    let (of, what) = match args {
        Confirm::List(of) => (of, Confirming::List),
        Confirm::Yes(a) => (a.of, Confirming::Yes { id: a.id }),
        Confirm::No(a) => (a.of, Confirming::No { id: a.id }),
    };
    answer::show(place::control(of.session.as_deref())?.ask(Command::Confirm(what))?, of.format())
}

/// What waits, for people.
pub(super) fn text(_open: &[ConfirmView]) -> String {
    String::new()
}
