//! One command: started in a session of its own, and watched until it ends.

use std::io::PipeReader;
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use super::{Error, TICK, io, processes};

/// How a command came to its end.
pub(super) enum End {
    /// By itself.
    Exit(ExitStatus),
    /// It is over its time limit and still runs.
    Timeout,
    /// It was cancelled and still runs.
    Cancelled,
}

/// The program that runs gates' commands.
static KEEPER: OnceLock<PathBuf> = OnceLock::new();

/// From now on `exe run-gate` runs the commands of gates and keeps their processes below itself, so that none of them
/// can be taken for a person's. Without it they run all the same.
pub fn run_by(exe: PathBuf) {
    // The first one stays: a process has one.
    let _ = KEEPER.set(exe);
}

/// As [`start`], by the program that keeps all of its processes below itself, where there is one.
pub(super) fn start_kept(prepare: impl Fn(&mut Command), marker: &str) -> Result<(Child, PipeReader), Error> {
    let Some(exe) = KEEPER.get() else { return start(prepare, marker) };
    let (reader, writer) = std::io::pipe().map_err(io("make a pipe"))?;
    let mut command = Command::new(exe);
    command.args(["run-gate", "--"]);
    prepare(&mut command);
    command.env(processes::MARKER, marker);
    command.stderr(writer.try_clone().map_err(io("make a pipe"))?).stdout(writer);
    let child = command.spawn().map_err(io(format!("start {}", exe.display())))?;
    Ok((child, reader))
}

/// Starts a shell with the command line, folder, environment and input that `prepare` gives it, in a session
/// of its own where `setsid` is installed, else in a group of its own. What it prints comes by the pipe.
pub(super) fn start(prepare: impl Fn(&mut Command), marker: &str) -> Result<(Child, PipeReader), Error> {
    let (reader, writer) = std::io::pipe().map_err(io("make a pipe"))?;
    let make = |program: &str, args: &[&str]| -> Result<Command, Error> {
        let mut command = Command::new(program);
        command.args(args);
        prepare(&mut command);
        command.env(processes::MARKER, marker);
        command.stderr(writer.try_clone().map_err(io("make a pipe"))?);
        command.stdout(writer.try_clone().map_err(io("make a pipe"))?);
        Ok(command)
    };
    let child = match make("setsid", &["sh", "-c"])?.spawn() {
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => {
            make("sh", &["-c"])?.process_group(0).spawn().map_err(io("start `sh`"))?
        }
        other => other.map_err(io("start `setsid sh`"))?,
    };
    Ok((child, reader))
}

/// Watches a command until it ends, is over its `limit` or `cancel` becomes true. `pump` takes what it prints
/// within the time given and says whether more may come; `open` is whether it may now, and afterwards.
pub(super) fn watch(
    child: &mut Child,
    limit: Duration,
    cancel: &AtomicBool,
    open: &mut bool,
    mut pump: impl FnMut(Duration) -> Result<bool, Error>,
) -> Result<End, Error> {
    let deadline = Instant::now().checked_add(limit);
    loop {
        if *open {
            *open = pump(TICK)?;
        } else {
            std::thread::sleep(TICK.min(Duration::from_millis(5)));
        }
        if let Some(status) = child.try_wait().map_err(io("wait for the command"))? {
            return Ok(End::Exit(status));
        }
        if cancel.load(Ordering::Relaxed) {
            return Ok(End::Cancelled);
        }
        if deadline.is_some_and(|end| Instant::now() >= end) {
            return Ok(End::Timeout);
        }
    }
}
