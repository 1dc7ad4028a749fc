//! What is said to a fleet that runs: `incident show`, `open`, `submit`, `close`.

use anyhow::Context;

use super::intake::{Asks, Folder, Intake};
use crate::cli::args::{Close, Of, Open, Submit};
use crate::cli::exit::Exit;
use crate::cli::{answer, place};
use crate::config;
use crate::domain::command::{Command, Incident};
use crate::domain::incident::case::POSTMORTEM_MOST;

fn say(of: &Of, what: Incident) -> anyhow::Result<Exit> {
    answer::show(place::control(of.session.as_deref())?.ask(Command::Incident(what))?, of.format())
}

/// Shows the incident.
pub(super) fn show(of: &Of) -> anyhow::Result<Exit> {
    say(of, Incident::Show)
}

/// Takes one on.
pub(super) fn open(args: &Open) -> anyhow::Result<Exit> {
    let folder = Folder::of(args.report.as_deref(), args.data.as_deref(), args.name.as_deref())?;
    let mut intake = Intake::read(folder.report.as_deref(), &args.answers)?;
    // Before anybody is asked: there must be a session that takes the answers.
    let mut control = place::control(args.of.session.as_deref())?;
    let here = std::env::current_dir().context("learn the current folder")?;
    let routes = config::routes(&place::project().unwrap_or(here))?;
    intake.triaged(&routes, Asks::of(args.report.as_deref(), args.of.json))?;
    answer::show(control.ask(Command::Incident(folder.open(&intake, &routes)))?, args.of.format())
}

/// Hands the postmortem in.
pub(super) fn submit(args: &Submit) -> anyhow::Result<Exit> {
    let text = super::text_of(&args.file, "postmortem", POSTMORTEM_MOST, "shorten it")?;
    say(&args.of, Incident::Submit { text })
}

/// Closes the incident as it is.
pub(super) fn close(args: Close) -> anyhow::Result<Exit> {
    say(&args.of, Incident::Close { why: args.why })
}
