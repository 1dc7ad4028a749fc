//! `orchestra incident run`: an incident from its report to its postmortem.

mod ended;
mod follow;
mod news;
mod team;

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Instant;

use self::ended::InTime;
pub(in crate::cli) use self::ended::RunEnded;
use self::follow::{Follow, Route};
use super::intake::{Asks, Folder, Intake};
use crate::cli::args::IncidentRun as Args;
use crate::cli::exit::{Exit, Fail};
use crate::cli::own::follow::Followed;
use crate::cli::own::show::{Shown, beside};
use crate::cli::own::{self, Own};
use crate::cli::up::Started;
use crate::cli::{out, paths, place};
use crate::client;
use crate::domain::command::Incident;
use crate::domain::incident::case::{Case, Fleet};

/// Runs it.
pub(super) fn run(args: &Args) -> anyhow::Result<Exit> {
    if std::env::var_os(place::PANE_VAR).is_some() {
        // Programs of an agent start no further agents.
        let why = "run an incident from inside a pane: a person does that; `orchestra incident open` takes one on in this session, if the policy lets you";
        return Err(Fail::protected(why.to_owned()).into());
    }
    let shows = !args.headless && !args.of.json && out::on_terminal();
    if shows {
        // Before anything is started: a dashboard nobody can look at was not meant.
        client::check()?;
    }
    let folder = Folder::of(Some(&args.path), args.data.as_deref(), args.name.as_deref())?;
    let mut intake = Intake::read(folder.report.as_deref(), &args.answers)?;
    let asks = Asks::of(Some(&args.path), args.of.json);
    let top = own::start::top()?;
    let own = Arc::<Own>::default();
    // Questions are asked before anything is started.
    let (started, fleet) = match team::running(args, &top)? {
        Some((found, fleet)) => {
            intake.triaged(&fleet.routes, asks)?;
            (Started::before(&found)?, fleet)
        }
        None => {
            let (config, fleet) = team::team(args, &top)?;
            intake.triaged(&fleet.routes, asks)?;
            let ending = Arc::clone(&own);
            own::end_on_signals(&own, "the incident", move || ending.end())?;
            let started = team::start(args, &top, config, &folder.name)?;
            own.runs(&started);
            (started, fleet)
        }
    };
    let since = Instant::now();
    let done =
        take_on(args, &started, &fleet, since, folder.open(&intake, &fleet.routes), shows.then_some(&own));
    let ended = if started.already { Ok(()) } else { finish(&own, &top, &started) };
    let (case, in_time) = done?;
    ended?;
    let mut done = RunEnded::of(&started, case, &fleet, in_time, since);
    if let Err(e) = done.note_chains(folder.report.as_deref(), &fleet) {
        out::note(&format!("failed to {e:#}"));
    }
    if args.of.json {
        out::json(&done)?;
    } else {
        done.print()?;
    }
    Ok(done.exit())
}

/// Takes the incident on and follows it, with the dashboard where there is somebody to see it.
fn take_on(
    args: &Args,
    started: &Started,
    fleet: &Fleet,
    since: Instant,
    open: Incident,
    dashboard: Option<&Arc<Own>>,
) -> anyhow::Result<(Case, InTime)> {
    let shown = Arc::new(AtomicBool::new(dashboard.is_some()));
    let session = Followed::new(started, since, Arc::clone(&shown))?;
    let mut follow = Follow::new(session, &started.name, fleet);
    let route = if args.yes { Route::Approve } else { Route::Leave };
    let Some(own) = dashboard else { return follow.all(open, route) };
    beside(&Shown { own, started, what: "the incident", shown }, move || {
        let done = follow.all(open, route);
        follow.narrate(match &done {
            Ok(_) => "the incident is closed — look around, then press q to leave".to_owned(),
            Err(e) => format!("failed to {e:#} — press q to leave"),
        });
        done
    })
}

/// Ends a session of its own, and removes the folders of its agents where nothing was put into them.
fn finish(own: &Own, top: &Path, started: &Started) -> anyhow::Result<()> {
    own.end()?;
    let folders = paths::worktrees(top, &started.name);
    for entry in std::fs::read_dir(&folders).into_iter().flatten().flatten() {
        // What is not empty stays.
        let _ = std::fs::remove_dir(entry.path());
    }
    let _ = std::fs::remove_dir(&folders);
    Ok(())
}
