//! `orchestra report`: what came of a session.

use anyhow::Context;

use super::args::{Report as Args, ReportFormat};
use super::exit::Exit;
use super::{out, paths};
use crate::config;
use crate::domain::report::{self, TEMPLATE};
use crate::replay::{Recording, facts};
use crate::session::clock::Clock;

/// Runs it.
pub(super) fn run(args: &Args) -> anyhow::Result<Exit> {
    let dir = args.dir.clone().context("TODO")?;
    let recording = Recording::open(&dir)?;
    let runs = recording.dir().locked_by()?.is_some();
    let now = runs.then(|| Clock::new(recording.file().origin).now());
    let facts = facts(&recording, now);
    let text = match args.format {
        _ if args.json => serde_json::to_string(&facts)?,
        ReportFormat::Json => serde_json::to_string(&facts)?,
        ReportFormat::Md => report::markdown(&facts, TEMPLATE).map_err(anyhow::Error::msg)?,
        ReportFormat::Html => String::new(),
    };
    out::result(&text)?;
    Ok(Exit::Done)
}
