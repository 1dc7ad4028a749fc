//! Runs one verification command with a limit, and gives back how it ended.
//!
//! The command is code of an agent: it gets a chosen environment, a process group of its own, a time limit and a
//! bounded record, and nothing it started outlives it.

mod child;
mod environment;
mod hook;
mod output;
mod processes;
#[cfg(test)]
mod tests;

use std::fs::{self, DirBuilder, OpenOptions};
use std::io::Write;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use crate::domain::id::Oid;
use crate::domain::mask::Mask;
use crate::domain::review::{GateResult, GateStatus};
use crate::domain::team::Gate;
use child::End;
pub use child::run_by;
pub use environment::{environment, key};
pub use hook::{Telling, Told, tell};
use output::Output;

/// How often the last lines of a running command are told at the most.
const LIVE: Duration = Duration::from_millis(300);
/// What the last line of a cancelled run says.
pub const CANCELLED: &str = "cancelled";
/// How often a command that prints nothing is looked at.
const TICK: Duration = Duration::from_millis(20);
/// How long output may still come once every process has ended or been killed.
const DRAIN: Duration = Duration::from_secs(2);

/// Why a command could not be run. Texts complete "failed to …".
#[derive(Debug, thiserror::Error)]
enum Error {
    /// The directory is missing or outside.
    #[error("run in `{dir}`: it is not a folder within the checkout {checkout}; correct the gate's `dir`")]
    Dir {
        /// As configured.
        dir: String,
        /// Where it is looked for.
        checkout: PathBuf,
    },
    /// A file or process could not be made.
    #[error("{doing}: {source}")]
    Io {
        /// What was tried.
        doing: String,
        /// The system's error.
        source: std::io::Error,
    },
}

fn io(doing: impl Into<String>) -> impl FnOnce(std::io::Error) -> Error {
    move |source| Error::Io { doing: doing.into(), source }
}

/// One run of a gate.
#[derive(Clone, Copy, Debug)]
pub struct Order<'a> {
    /// The gate.
    pub gate: &'a Gate,
    /// The commit that is judged.
    pub oid: &'a Oid,
    /// Where it is checked out.
    pub checkout: &'a Path,
    /// Variables that come on top of those handed on.
    pub env: &'a [(String, String)],
    /// The folder of the record; made if need be. Gets `output` (head and tail) and `command.json`.
    pub out_dir: &'a Path,
    /// What is secret in its output.
    pub mask: &'a Arc<Mask>,
}

/// Runs `gate.run` by `sh -c` in the checkout and waits for its end; `live` is told its last lines a few times
/// a second while they change.
///
/// When the time limit passes or `cancel` becomes true, every process the command started is killed; what it
/// leaves behind after a normal end is killed too. It never fails: what goes wrong is a result of status
/// [`GateStatus::Error`] whose tail says why.
#[must_use]
pub fn run(order: &Order<'_>, cancel: &AtomicBool, live: &mut dyn FnMut(String)) -> GateResult {
    let (gate, out_dir) = (order.gate, order.out_dir);
    let started = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let clock = Instant::now();
    let record = out_dir.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let new = GateResult::new(&gate.name, order.oid.clone(), GateStatus::Error);
    let mut result = GateResult { record, ..new };
    let started = u64::try_from(started.as_millis()).unwrap_or(u64::MAX);
    let ended = prepare(out_dir)
        .and_then(|()| note(order, started, &result, false))
        .and_then(|()| execute(order, cancel, live));
    match ended {
        Ok((end, tail)) => {
            (result.status, result.code) = match end {
                End::Exit(status) if status.success() => (GateStatus::Green, status.code()),
                End::Exit(status) => (GateStatus::Red, status.code()),
                End::Timeout => (GateStatus::Timeout, None),
                End::Cancelled => (GateStatus::Error, None),
            };
            result.tail = match end {
                End::Exit(status) => match status.signal() {
                    Some(signal) => output::with_note(&tail, &format!("ended by signal {signal}")),
                    None => tail,
                },
                End::Timeout => output::with_note(
                    &tail,
                    &format!("killed after its limit of {} s", limit(gate).as_secs()),
                ),
                End::Cancelled => output::with_note(&tail, CANCELLED),
            };
        }
        Err(e) => result.tail = output::with_note("", &format!("failed to {e}")),
    }
    result.ms = u64::try_from(clock.elapsed().as_millis()).unwrap_or(u64::MAX);
    if let Err(e) = note(order, started, &result, true) {
        // A verdict without its record is none.
        result.status = GateStatus::Error;
        result.tail = output::with_note(&result.tail, &format!("failed to {e}"));
    }
    result
}

fn limit(gate: &Gate) -> Duration {
    Duration::from_secs(gate.timeout.max(1))
}

fn execute(
    order: &Order<'_>,
    cancel: &AtomicBool,
    live: &mut dyn FnMut(String),
) -> Result<(End, String), Error> {
    let gate = order.gate;
    let dir = directory(gate, order.checkout)?;
    let kept = usize::try_from(gate.output.max(1)).unwrap_or(usize::MAX).saturating_mul(1 << 20);
    let mut output = Output::create(&order.out_dir.join("output"), kept, order.mask)?;
    let marker = processes::marker();
    let variables = environment(gate, order.env);
    let prepare = |command: &mut Command| {
        command.arg(&gate.run).current_dir(&dir).stdin(Stdio::null()).env_clear().envs(&variables);
    };
    let (mut child, pipe) = child::start_kept(prepare, &marker)?;
    let mut open = true;
    let mut told = Instant::now();
    let waited = child::watch(&mut child, limit(gate), cancel, &mut open, |wait| {
        let more = output.pump(&pipe, wait);
        if told.elapsed() >= LIVE && output.news() {
            told = Instant::now();
            live(output.last_lines());
        }
        more
    });
    processes::kill_all(child.id(), &marker);
    // Reaps the shell where it was killed just now.
    let reaped = child.wait();
    let end = waited?;
    reaped.map_err(io("wait for the command"))?;
    let drained = Instant::now() + DRAIN;
    while open && Instant::now() < drained {
        open = output.pump(&pipe, TICK)?;
    }
    let tail = output.finish()?;
    Ok((end, tail))
}

/// The directory of the gate, which must lie in the checkout even through links.
fn directory(gate: &Gate, checkout: &Path) -> Result<PathBuf, Error> {
    let bad = || Error::Dir { dir: gate.dir.clone(), checkout: checkout.to_owned() };
    let top = checkout.canonicalize().map_err(|_| bad())?;
    let dir = top.join(&gate.dir).canonicalize().map_err(|_| bad())?;
    if dir.is_dir() && dir.starts_with(&top) { Ok(dir) } else { Err(bad()) }
}

/// Makes the folder of the record.
fn prepare(out_dir: &Path) -> Result<(), Error> {
    let doing = || io(format!("make the folder {}", out_dir.display()));
    DirBuilder::new().recursive(true).mode(0o700).create(out_dir).map_err(doing())
}

/// Writes `command.json`, whole or not at all.
fn note(order: &Order<'_>, started: u64, result: &GateResult, ended: bool) -> Result<(), Error> {
    let (gate, out_dir) = (order.gate, order.out_dir);
    let path = out_dir.join("command.json");
    let doing = || io(format!("write {}", path.display()));
    let mut value = serde_json::json!({
        "gate": gate.name,
        "command": gate.run,
        "dir": order.checkout.join(&gate.dir),
        "oid": result.oid,
        "timeout": limit(gate).as_secs(),
        "started": started,
    });
    if let (true, Some(map)) = (ended, value.as_object_mut()) {
        map.insert("status".to_owned(), serde_json::json!(result.status));
        map.insert("code".to_owned(), serde_json::json!(result.code));
        map.insert("ms".to_owned(), serde_json::json!(result.ms));
    }
    let new = out_dir.join("command.json.new");
    let mut file =
        OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&new).map_err(doing())?;
    writeln!(file, "{value}").and_then(|()| file.sync_all()).map_err(doing())?;
    fs::rename(&new, &path).map_err(doing())
}
