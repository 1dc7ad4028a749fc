//! Runs a user's own command that is told of something.

use std::io::{PipeReader, Read, Write};
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::{Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};

use super::child::{self, End};
use super::{Error, io, output, processes};

/// Bytes kept of what it prints.
const KEPT: usize = 4096;

/// A command and what it is told.
#[derive(Clone, Copy, Debug)]
pub struct Telling<'a> {
    /// The command line, given to `sh -c`.
    pub run: &'a str,
    /// Where it runs.
    pub dir: &'a Path,
    /// Variables beside our own; those that speak for a pane are never handed on.
    pub env: &'a [(String, String)],
    /// What it gets on standard input.
    pub input: &'a [u8],
    /// How long it may take.
    pub limit: Duration,
    /// Holds its process id while it runs, else 0.
    pub pid: &'a AtomicU32,
}

/// How it ended.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Told {
    /// Its exit status, 128 + n for signal n; none where it was killed by us or could not be started.
    pub status: Option<i32>,
    /// Why that is a failure; none where its status is 0.
    pub failed: Option<String>,
    /// The beginning of what it printed, its first 4 KiB, without control characters but line feeds and tabs.
    pub said: String,
    /// How long it took.
    pub took: Duration,
}

/// Runs the command and waits for its end: with the environment of this process, for it may need
/// the user's display and bus. After its time limit, or when `cancel` becomes true, it is killed
/// with all it started; what it leaves behind after a normal end goes on.
#[must_use]
pub fn tell(telling: &Telling<'_>, cancel: &AtomicBool) -> Told {
    let (mut said, since) = (Vec::new(), Instant::now());
    let ended = wait(telling, cancel, &mut said).unwrap_or_else(|e| Err(format!("failed to {e}")));
    let (status, failed) = match ended {
        Ok(status) => {
            let number = status.code().or_else(|| status.signal().map(|n| n.saturating_add(128)));
            (number, (!status.success()).then(|| status.to_string()))
        }
        Err(why) => (None, Some(why)),
    };
    Told { status, failed, said: output::clean(&said), took: since.elapsed() }
}

fn wait(
    telling: &Telling<'_>,
    cancel: &AtomicBool,
    said: &mut Vec<u8>,
) -> Result<Result<ExitStatus, String>, Error> {
    let marker = processes::marker();
    let prepare = |command: &mut Command| {
        command.arg(telling.run).current_dir(telling.dir).stdin(Stdio::piped());
        for name in ["ORCHESTRA_TOKEN", "ORCHESTRA_SOCKET", "ORCHESTRA_PANE"] {
            command.env_remove(name);
        }
        command.envs(telling.env.iter().map(|(k, v)| (k, v)));
    };
    let (mut child, mut pipe) = child::start(prepare, &marker)?;
    telling.pid.store(child.id(), Ordering::Relaxed);
    if let Some(mut stdin) = child.stdin.take() {
        let input = telling.input.to_vec();
        // A command that does not read would hold us up where the pipe takes less than that. It
        // may also close its input: that is not a failure.
        std::thread::spawn(move || drop(stdin.write_all(&input)));
    }
    let mut open = true;
    let watched =
        child::watch(&mut child, telling.limit, cancel, &mut open, |wait| pump(&mut pipe, said, wait));
    telling.pid.store(0, Ordering::Relaxed);
    if !matches!(watched, Ok(End::Exit(_))) {
        processes::kill_all(child.id(), &marker);
        child.wait().map_err(io("wait for the command"))?;
    }
    Ok(match watched? {
        End::Exit(status) => {
            if open {
                pump(&mut pipe, said, Duration::ZERO)?;
            }
            Ok(status)
        }
        End::Cancelled => Err("cancelled".to_owned()),
        End::Timeout => Err(format!("killed after its limit of {} s", telling.limit.as_secs())),
    })
}

/// Takes what comes within `wait` and keeps its beginning; false at the end of the stream.
fn pump(pipe: &mut PipeReader, said: &mut Vec<u8>, wait: Duration) -> Result<bool, Error> {
    let wait = Timespec { tv_sec: 0, tv_nsec: wait.subsec_nanos().into() };
    match poll(&mut [PollFd::new(&*pipe, PollFlags::IN)], Some(&wait)) {
        Ok(0) | Err(rustix::io::Errno::INTR) => return Ok(true),
        Ok(_) => {}
        Err(e) => return Err(io("wait for output")(e.into())),
    }
    let mut buffer = [0; KEPT];
    let n = pipe.read(&mut buffer).map_err(io("read output"))?;
    let kept = n.min(KEPT.saturating_sub(said.len()));
    said.extend_from_slice(buffer.get(..kept).unwrap_or_default());
    Ok(n > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(command: &str, limit: u64, cancel: &AtomicBool) -> Told {
        let dir = tempfile::tempdir().unwrap();
        let env = [("ORCHESTRA_TEXT".to_owned(), "SEC asks; twice".to_owned())];
        let input = b"{\"items\":[]}\n";
        let limit = Duration::from_secs(limit);
        let pid = &AtomicU32::new(0);
        let said = tell(&Telling { run: command, dir: dir.path(), env: &env, input, limit, pid }, cancel);
        assert_eq!(pid.load(Ordering::Relaxed), 0, "it runs no more");
        said
    }

    #[test]
    fn it_gets_its_variables_and_its_input_and_what_it_prints_is_known() {
        let said = run(
            "echo \"$ORCHESTRA_TEXT\"; cat; echo \"[$ORCHESTRA_TOKEN]\" >&2",
            60,
            &AtomicBool::new(false),
        );
        assert_eq!(said.said, "SEC asks; twice\n{\"items\":[]}\n[]");
    }

    #[test]
    fn who_does_not_read_or_fails_is_told_apart() {
        let never = AtomicBool::new(false);
        let ended = |t: Told| (t.status, t.failed, t.said);
        assert_eq!(ended(run("true", 60, &never)), (Some(0), None, String::new()));
        let no = ended(run("echo no >&2; exit 3", 60, &never));
        assert_eq!(no, (Some(3), Some("exit status: 3".into()), "no".into()));
        let (status, why, _) = ended(run("kill -9 $$", 60, &never));
        assert_eq!(status, Some(137));
        assert!(why.is_some_and(|w| w.contains("signal: 9")));
        let flood = run("yes | head -c 1000000", 60, &never);
        assert!(flood.failed.is_none() && flood.said.len() <= KEPT, "{}", flood.said.len());
    }

    #[test]
    fn what_hangs_is_killed_with_all_it_started() {
        let began = Instant::now();
        let ended = |t: Told| (t.status, t.failed, t.said);
        let killed = ended(run("sleep 600 & echo started; sleep 600", 1, &AtomicBool::new(false)));
        assert_eq!(killed, (None, Some("killed after its limit of 1 s".into()), "started".into()));
        // What never stops printing does not outlive its time either.
        let (status, why, said) = ended(run("yes", 1, &AtomicBool::new(false)));
        assert_eq!((status, why), (None, Some("killed after its limit of 1 s".into())));
        assert!(said.len() <= KEPT && said.starts_with("y\ny\n"), "{said}");
        let cancelled = run("sleep 600", 600, &AtomicBool::new(true));
        assert_eq!(cancelled.failed, Some("cancelled".into()));
        assert!(began.elapsed() < Duration::from_secs(60));
    }
}
