//! `orchestra report`: what came of a session.

use super::args::{Report as Args, ReportFormat};
use super::exit::{Exit, Fail};
use super::{out, place};
use crate::config;
use crate::domain::command::Command;
use crate::domain::report::{self, Report, TEMPLATE};
use crate::domain::signal::printable;
use crate::domain::view::Answer;
use crate::replay::{Player, Recording, facts, shots};
use crate::server::Found;
use crate::session::clock::Clock;
use crate::session::dir::replace;

/// Runs it.
pub(super) fn run(args: &Args) -> anyhow::Result<Exit> {
    // Only a session of this repository is written to, and only its own repository says how reports look.
    let ours = match &args.dir {
        Some(_) => None,
        None => Some(place::latest()?),
    };
    let dir = match (&args.dir, &ours) {
        (Some(dir), _) => place::recording(dir)?,
        (None, Some(found)) => found.session_dir.clone(),
        (None, None) => return Err(Fail::usage("find a session here").into()),
    };
    let recording = Recording::open(&dir)?;
    let runs = recording.dir().locked_by()?.is_some();
    let now = runs.then(|| Clock::new(recording.file().origin).now());
    let facts = facts(&recording, now);
    let template = match &ours {
        Some(found) => config::template(&found.repository, "report")?,
        None => None,
    };
    let text =
        report::markdown(&facts, template.as_deref().unwrap_or(TEMPLATE)).map_err(anyhow::Error::msg)?;
    match &ours {
        Some(found) if runs => ask_to_keep(found),
        Some(_) => keep(&recording, &facts, &text),
        None => {}
    }
    let text = match args.format {
        _ if args.json => serde_json::to_string(&facts)? + "\n",
        ReportFormat::Json => serde_json::to_string(&facts)? + "\n",
        ReportFormat::Md => text,
        ReportFormat::Html => page(recording, &facts)?,
    };
    match &args.out {
        Some(path) => out::write(path, &text)?,
        None => out::result(&text)?,
    }
    Ok(Exit::Done)
}

/// The report as a page, with the screens of its chapters.
fn page(recording: Recording, facts: &Report) -> anyhow::Result<String> {
    let mut player = Player::of(recording)?;
    let shots = shots(&mut player, facts)?;
    report::page(facts, &shots).map_err(anyhow::Error::msg)
}

/// Has the server of a session that runs keep its report: it alone writes to a record that grows.
fn ask_to_keep(found: &Found) {
    let asked = place::control(Some(&found.name)).and_then(|mut c| Ok(c.ask(Command::Report)?));
    match asked {
        Ok(Answer::Fault { why, .. }) => {
            out::note(&format!("failed to keep the report: {}", printable(&why)))
        }
        Ok(_) => {}
        Err(e) => out::note(&format!("failed to keep the report: {e:#}")),
    }
}

/// Keeps the report of a session that has ended beside its record. It is told either way.
fn keep(recording: &Recording, facts: &Report, text: &str) {
    let path = recording.dir().report(facts.session.file());
    if let Err(e) = replace(&path, text.as_bytes()) {
        out::note(&format!("failed to keep the report: {e}"));
    }
}
