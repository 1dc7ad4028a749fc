//! A recording in the dashboard.

use std::os::unix::net::UnixStream;
use std::path::Path;

use anyhow::Context;

use crate::cli::args::Replay as Args;
use crate::cli::exit::{Exit, Fail};
use crate::cli::{attach, out, place};
use crate::client::{self, Left};
use crate::domain::signal::printable;
use crate::replay::{self, Options, Player};
use crate::server;

/// Shows it until the user leaves.
pub(super) fn run(args: &Args) -> anyhow::Result<Exit> {
    client::check().context("show the recording (--headless prints a moment of it)")?;
    let dir = place::recording(&args.dir)?;
    let player = Player::open(&dir)?;
    if let Some(name) = args.agent.as_ref().filter(|name| player.state().agent(name).is_none()) {
        let known: Vec<String> = player.recording().panes().iter().map(ToString::to_string).collect();
        return Err(
            Fail::usage(format!("show the pane of {name}: the session has {}", known.join(", "))).into()
        );
    }
    let live = player.is_open() && server::place::running(player.recording().dir()) != server::State::Ended;
    let options = Options {
        title: title(&args.dir, &player),
        at: args.at,
        agent: args.agent.clone(),
        speed: args.speed,
        idle: args.idle,
        live,
        notes: Some(server::place::data_dir().join("notes")),
    };
    let (ours, theirs) = UnixStream::pair().context("make a pair of sockets")?;
    let shows = std::thread::Builder::new()
        .name("replay".into())
        .spawn(move || replay::show(player, theirs, options))
        .context("start a thread")?;
    let left = client::attach_to(ours, &client::Guise::of_user());
    let shown = shows.join().map_err(|_| anyhow::anyhow!("show the recording: its thread failed"))?;
    let left = match (left, shown) {
        // Why the one end failed explains why the other was lost.
        (Ok(Left::Lost(_)) | Err(client::Error::Lost), Err(e)) => return Err(e.into()),
        (left, _) => left?,
    };
    match &left {
        Left::Bye(why) => out::note(why),
        Left::Lost(why) => out::note(&format!("lost the recording: {why}")),
        Left::Signal(_) | Left::Hangup => {}
    }
    Ok(attach::exit(&left))
}

/// What a recording is called: its session, and the folder it was found in where that has another name.
fn title(dir: &Path, player: &Player) -> String {
    let session = &player.recording().file().config.session;
    let folder = dir.display().to_string();
    let folder = folder.trim_end_matches('/');
    printable(&if folder.ends_with(session.as_str()) {
        folder.to_owned()
    } else {
        format!("{session} in {folder}")
    })
}
