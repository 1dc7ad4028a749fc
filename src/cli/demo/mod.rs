//! `orchestra demo`: a whole sprint on a scratch repository, with nothing pretended but the agents.
//!
//! Everything is done as a person would do it: the same configuration, the same `up`, the same
//! commands over the same socket.

mod project;
pub(super) mod scratch;
mod steps;
mod tell;
mod verify;

use std::collections::BTreeMap;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command as Process;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use anyhow::Context;

use self::scratch::Scratch;
use self::steps::Steps;
use self::tell::Tell;
use super::args::Demo as Args;
use super::exit::{Exit, Fail};
use super::up::{self, Started};
use super::{attach, out, own, paths, place};
use crate::client::{self, Control};
use crate::config;
use crate::domain::view::TrainView;

/// Names the data directory; the demo has its own.
const DATA_VAR: &str = "ORCHESTRA_DATA_DIR";

/// Runs the demo.
pub(super) fn run(args: Args) -> anyhow::Result<Exit> {
    match &args.prepared {
        Some(dir) => perform(&args, dir),
        None => prepare(&args),
    }
}

/// Makes folder and repository, then becomes this same program again with a data directory of the
/// demo's own in its environment, so that it and all it starts leave the user's sessions alone.
fn prepare(args: &Args) -> anyhow::Result<Exit> {
    if !args.headless && out::on_terminal() {
        client::check()?;
    }
    own::left::sweep().iter().for_each(|line| out::note(line));
    let dir = scratch::make(args.keep.as_deref())?;
    let repo = dir.join("repo");
    let ready = std::fs::create_dir_all(&repo)
        .with_context(|| format!("make {}", repo.display()))
        .and_then(|()| project::write(&repo, args.speed));
    let started = ready.and_then(|()| {
        let mut again = Process::new(place::exe()?);
        again.arg("demo").arg("--prepared").arg(&dir).current_dir(&repo).env(DATA_VAR, dir.join("data"));
        for var in [paths::ROOT_VAR, place::SOCKET_VAR, place::TOKEN_VAR, place::PANE_VAR] {
            again.env_remove(var);
        }
        if args.headless {
            again.arg("--headless");
        }
        if args.keep.is_some() {
            again.arg("--keep").arg(&dir);
        }
        // Comes back only when it failed.
        Err(again.exec()).context("start this program again for the demo")
    });
    if args.keep.is_none() {
        scratch::remove(&dir)?;
    }
    started
}

fn perform(args: &Args, dir: &Path) -> anyhow::Result<Exit> {
    let scratch = Arc::new(Scratch::new(dir.to_owned(), args.keep.is_some())?);
    let ending = Arc::clone(&scratch);
    own::end_on_signals(&scratch.own, "the demo", move || ending.end())?;
    let since = Instant::now();
    let shows = !args.headless && out::on_terminal();
    let done = if shows { with_dashboard(&scratch, since) } else { as_lines(&scratch, since) };
    let ended = scratch.end();
    let summary = done?;
    ended?;
    out::result(&summary)?;
    if scratch.keep {
        out::result(&format!("kept: {} and {}", scratch.repo().display(), dir.join("data").display()))?;
    }
    Ok(Exit::Done)
}

fn as_lines(scratch: &Scratch, since: Instant) -> anyhow::Result<String> {
    let mut tell = Tell::Lines(since);
    tell.step(
        "eight pretended agents start, each on its own branch and worktree",
        "orchestra init --profile rehearsal && orchestra up",
        "",
    )?;
    let started = start(scratch)?;
    let control = Control::connect(&started.socket, None)?;
    let stop = AtomicBool::new(false);
    let train = steps(scratch, control, tell, &stop).all()?;
    let summary = judge(scratch, &train, since)?;
    Tell::Lines(since).step("every agent is stopped", "orchestra down", "")?;
    Ok(summary)
}

/// The dashboard has this thread, since it has the terminal; the steps are done by another.
fn with_dashboard(scratch: &Scratch, since: Instant) -> anyhow::Result<String> {
    let started = start(scratch)?;
    let stop = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let driver = std::thread::Builder::new().name("demo".into()).spawn_scoped(scope, || {
            let voice = Box::new(Control::connect(&started.socket, None)?);
            let control = Control::connect(&started.socket, None)?;
            let mut steps = steps(scratch, control, Tell::Dashboard(since, voice), &stop);
            let done = steps.all().and_then(|train| judge(scratch, &train, since));
            let last = match &done {
                Ok(summary) => {
                    format!("{} — look around, then press q to leave", summary.replace('\n', " · "))
                }
                Err(e) => format!("failed to {e:#} — press q to leave"),
            };
            // The user may have left; then there is nobody to tell.
            let _ = steps.tell.seen(&last);
            done
        });
        let driver = driver.context("start a thread")?;
        let left = scratch.own.while_attached(|| attach::show(&started.socket, &started.session_dir));
        stop.store(true, Ordering::SeqCst);
        if !driver.is_finished() {
            // The end of the session also ends what the driver waits for.
            scratch.end()?;
        }
        let done = driver.join().map_err(|_| anyhow::anyhow!("finish the demo: its thread failed"))?;
        match left? {
            Exit::Done => done,
            exit => Err(Fail::new(exit, "show the demo: the dashboard ended").into()),
        }
    })
}

fn start(scratch: &Scratch) -> anyhow::Result<Started> {
    let started = up::start(&scratch.repo(), None)?;
    scratch.own.runs(&started);
    scratch.runs(&started.session_dir)?;
    Ok(started)
}

fn steps<'a>(scratch: &Scratch, control: Control, tell: Tell, stop: &'a AtomicBool) -> Steps<'a> {
    let (told, refused) = (BTreeMap::new(), BTreeMap::new());
    Steps { control, tell, stop, told, refused, repo: scratch.repo() }
}

/// Believes git, not the server.
fn judge(scratch: &Scratch, train: &TrainView, since: Instant) -> anyhow::Result<String> {
    let config = config::load(&scratch.repo())?;
    verify::history(&scratch.repo(), &config)
        .map_err(|why| Fail::new(Exit::Failed, format!("find the sprint merged: {why}")))?;
    if train.gates.len() != config.gates.len() || super::merge::verdict(train) != Exit::Done {
        return Err(Fail::new(Exit::Failed, "find every gate green on the merged result").into());
    }
    let merges = train.plan.steps.len();
    let gates: Vec<&str> = train.gates.iter().map(|g| g.gate.as_str()).collect();
    Ok(format!(
        "{merges} branches merged into {} in order, {} green, after {:.0} s",
        config.merge.target,
        gates.join(" · "),
        since.elapsed().as_secs_f64()
    ))
}
