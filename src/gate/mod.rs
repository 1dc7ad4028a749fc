//! Runs one verification command with a limit, and gives back how it ended.
//!
//! The command is code of an agent: it gets a chosen environment, a process group of its own, a time limit and a
//! bounded record, and nothing it started outlives it.

mod child;
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
use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use crate::domain::id::Oid;
use crate::domain::review::{GateResult, GateStatus};
use crate::domain::team::Gate;
use child::End;
pub use hook::{Telling, tell};
use output::Output;

/// The variables handed on from our own environment, beside `LC_*`.
const PASSED: [&str; 9] =
    ["PATH", "HOME", "LANG", "TMPDIR", "USER", "SHELL", "CARGO_HOME", "RUSTUP_HOME", "LOGNAME"];
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

/// Runs `gate.run` by `sh -c` in `checkout`, which has `oid` checked out, and waits for its end.
///
/// `env` comes on top of an allow-list of our own variables. `out_dir` is made if need be and gets `output`
/// (at most 10 MiB, head and tail) and `command.json`. When the time limit passes or `cancel` becomes true,
/// every process the command started is killed; what it leaves behind after a normal end is killed too. It
/// never fails: what goes wrong is a result of status [`GateStatus::Error`] whose tail says why.
#[must_use]
pub fn run(
    gate: &Gate,
    oid: &Oid,
    checkout: &Path,
    env: &[(String, String)],
    out_dir: &Path,
    cancel: &AtomicBool,
) -> GateResult {
    let started = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let clock = Instant::now();
    let record = out_dir.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let mut result = GateResult {
        gate: gate.name.clone(),
        oid: oid.clone(),
        status: GateStatus::Error,
        code: None,
        ms: 0,
        tail: String::new(),
        record,
    };
    let started = u64::try_from(started.as_millis()).unwrap_or(u64::MAX);
    let ended = prepare(out_dir)
        .and_then(|()| note(out_dir, gate, checkout, started, &result, false))
        .and_then(|()| execute(gate, checkout, env, out_dir, cancel));
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
                End::Cancelled => output::with_note(&tail, "cancelled"),
            };
        }
        Err(e) => result.tail = output::with_note("", &format!("failed to {e}")),
    }
    result.ms = u64::try_from(clock.elapsed().as_millis()).unwrap_or(u64::MAX);
    if let Err(e) = note(out_dir, gate, checkout, started, &result, true) {
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
    gate: &Gate,
    checkout: &Path,
    env: &[(String, String)],
    out_dir: &Path,
    cancel: &AtomicBool,
) -> Result<(End, String), Error> {
    let dir = directory(gate, checkout)?;
    let mut output = Output::create(&out_dir.join("output"))?;
    let marker = processes::marker();
    let prepare = |command: &mut Command| {
        command.arg(&gate.run).current_dir(&dir).stdin(Stdio::null()).env_clear();
        for (key, value) in std::env::vars_os() {
            let passed = key.to_str().is_some_and(|k| PASSED.contains(&k) || k.starts_with("LC_"));
            if passed {
                command.env(key, value);
            }
        }
        command.env("TERM", "dumb").envs(env.iter().map(|(k, v)| (k, v)));
    };
    let (mut child, pipe) = child::start(prepare, &marker)?;
    let mut open = true;
    let waited = child::watch(&mut child, limit(gate), cancel, &mut open, |wait| output.pump(&pipe, wait));
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
fn note(
    out_dir: &Path,
    gate: &Gate,
    checkout: &Path,
    started: u64,
    result: &GateResult,
    ended: bool,
) -> Result<(), Error> {
    let path = out_dir.join("command.json");
    let doing = || io(format!("write {}", path.display()));
    let mut value = serde_json::json!({
        "gate": gate.name,
        "command": gate.run,
        "dir": checkout.join(&gate.dir),
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
