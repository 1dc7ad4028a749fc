//! How a holder comes to life: started by the server, detached from it, reporting once.
//!
//! The server starts `orchestra hold` and hands it an order on stdin. That process starts itself once more
//! and ends, so the holder belongs to nobody: it is no child of the server, never its zombie, and in a
//! session and process group of its own. The holder says in one line on stdout what became of it, then lets
//! go of stdin, stdout and stderr.

use std::ffi::OsString;
use std::fs::File;
use std::io::{self, Read, Write};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, ChildStdout, Command, ExitCode, Stdio};
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use serde::{Deserialize, Serialize};

use crate::domain::id::AgentName;

use super::holder::Holder;
use super::{Error, Spec};

/// How long a holder may take to report.
pub const START_LIMIT: Duration = Duration::from_secs(5);
const MAX_ORDER: u64 = 16 << 20;
const MAX_REPORT: usize = 64 * 1024;

/// A pane that runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Started {
    /// The holder.
    pub holder: i32,
    /// The pane's child, leader of its own session and process group.
    pub child: i32,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Order {
    /// Start a holder that belongs to nobody.
    Detach(Spec),
    /// Be the holder.
    Hold(Spec),
}

/// Starts the holder of a pane and its child: `exe hold`, detached. Blocks until it reports, at most
/// [`START_LIMIT`].
///
/// # Errors
/// Whatever the holder found wrong, with the pane's name and the remedy; [`Error::Silent`] when it does not
/// report in time.
pub fn spawn(exe: &Path, spec: &Spec) -> Result<Started, Error> {
    let failed = |what: &str, e: &dyn std::fmt::Display| Error::System {
        pane: spec.pane.clone(),
        what: what.to_owned(),
        reason: e.to_string(),
    };
    let order = serde_json::to_vec(&Order::Detach(spec.clone())).map_err(|e| failed("order a holder", &e))?;
    let mut command = Command::new(exe);
    command.arg("hold").env_clear().stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut child = command.spawn().map_err(|e| failed(&format!("run {}", exe.display()), &e))?;
    let answer = talk(&mut child, &order, &spec.pane);
    if answer.is_err() {
        let _ = child.kill();
    }
    let _ = child.wait();
    answer
}

fn talk(child: &mut Child, order: &[u8], pane: &AgentName) -> Result<Started, Error> {
    let silent = |how: String| Error::Silent { pane: pane.clone(), how };
    if let Some(mut stdin) = child.stdin.take() {
        stdin.write_all(order).map_err(|e| silent(format!("did not take its order: {e}")))?;
    }
    let Some(stdout) = child.stdout.take() else { return Err(silent("has no output".to_owned())) };
    let line = read_line(stdout).map_err(|e| silent(format!("did not report: {e}")))?;
    serde_json::from_slice::<Result<Started, Error>>(&line)
        .map_err(|_| silent("ended without a report".to_owned()))?
}

fn read_line(mut stdout: ChildStdout) -> io::Result<Vec<u8>> {
    let end = Instant::now() + START_LIMIT;
    let mut line = Vec::new();
    let mut buffer = [0; 4096];
    while !line.ends_with(b"\n") && line.len() < MAX_REPORT {
        let left = end.saturating_duration_since(Instant::now());
        let timeout =
            Timespec { tv_sec: left.as_secs().cast_signed(), tv_nsec: i64::from(left.subsec_nanos()) };
        let ready = match poll(&mut [PollFd::new(&stdout, PollFlags::IN)], Some(&timeout)) {
            Err(rustix::io::Errno::INTR) => continue,
            other => other?,
        };
        if ready == 0 {
            return Err(io::Error::new(io::ErrorKind::TimedOut, "no answer within 5 s"));
        }
        match stdout.read(&mut buffer)? {
            0 => break,
            n => line.extend_from_slice(buffer.get(..n).unwrap_or_default()),
        }
    }
    Ok(line)
}

/// What the hidden subcommand `hold` does: reads an order on stdin and carries it out. As a holder it
/// returns when the pane is over and nobody needs its log from it any more.
///
/// To be called before this process opened anything: whatever descriptors but 0, 1 and 2 it was started with
/// are closed, for a holder may live for days and must not keep somebody's pipe open.
#[must_use]
pub fn run() -> ExitCode {
    portable_pty::unix::close_random_fds();
    let mut text = Vec::new();
    let read = io::stdin().lock().take(MAX_ORDER).read_to_end(&mut text);
    match read.map_err(|e| e.to_string()).and_then(|_| parse(&text)) {
        Ok(Order::Detach(spec)) => match detach(&spec) {
            Ok(()) => ExitCode::SUCCESS,
            Err(e) => {
                report(&Err(e));
                ExitCode::FAILURE
            }
        },
        Ok(Order::Hold(spec)) => hold(spec),
        Err(e) => {
            // Not ours to start: somebody typed the hidden command.
            let _ = writeln!(io::stderr(), "failed to hold a pane: {e}; this command is for the server only");
            ExitCode::from(2)
        }
    }
}

fn parse(text: &[u8]) -> Result<Order, String> {
    serde_json::from_slice(text).map_err(|e| format!("stdin holds no order: {e}"))
}

fn detach(spec: &Spec) -> Result<(), Error> {
    let failed = |e: &dyn std::fmt::Display| Error::System {
        pane: spec.pane.clone(),
        what: "start its holder".to_owned(),
        reason: e.to_string(),
    };
    let order = serde_json::to_vec(&Order::Hold(spec.clone())).map_err(|e| failed(&e))?;
    let mut args = std::env::args_os();
    let name = args.next().unwrap_or_else(|| OsString::from("orchestra"));
    // Not by its path: the file there may be a newer version by now.
    let mut command = Command::new("/proc/self/exe");
    command.arg0(name).args(args).env_clear().stdin(Stdio::piped()).stderr(Stdio::null());
    let mut child = command.spawn().map_err(|e| failed(&e))?;
    if let Some(mut stdin) = child.stdin.take() {
        stdin.write_all(&order).map_err(|e| failed(&e))?;
    }
    Ok(())
}

fn hold(spec: Spec) -> ExitCode {
    // A process that was just started leads no group, so this cannot fail; if it does, it is not detached.
    let detached = rustix::process::setsid().map_err(|e| Error::System {
        pane: spec.pane.clone(),
        what: "leave the server's session".to_owned(),
        reason: e.to_string(),
    });
    match detached.and_then(|_| Holder::start(spec)) {
        Ok(mut holder) => {
            report(&Ok(holder.started()));
            let_go();
            holder.run();
            ExitCode::SUCCESS
        }
        Err(e) => {
            report(&Err(e));
            ExitCode::FAILURE
        }
    }
}

fn report(outcome: &Result<Started, Error>) {
    let mut line = serde_json::to_vec(outcome).unwrap_or_default();
    line.push(b'\n');
    let mut stdout = io::stdout().lock();
    // Nobody left to tell: the pane runs all the same and can be adopted.
    let _ = stdout.write_all(&line).and_then(|()| stdout.flush());
}

fn let_go() {
    if let Ok(null) = File::options().read(true).write(true).open("/dev/null") {
        let _ = rustix::stdio::dup2_stdin(&null);
        let _ = rustix::stdio::dup2_stdout(&null);
        let _ = rustix::stdio::dup2_stderr(&null);
    }
}
