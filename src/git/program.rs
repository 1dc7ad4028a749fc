//! Running one program to its end, with a time limit and bounded output.

use std::io::{self, Read, Write};
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process_group};

/// The most bytes kept of what a program writes to its standard output.
const MAX_OUTPUT: u64 = 256 * 1024 * 1024;
/// The most bytes kept of what it complains about.
const MAX_ERRORS: u64 = 64 * 1024;
/// How often to see whether a program ended that left its output to others.
const PAUSE: Duration = Duration::from_millis(20);
/// How long output is waited for after its end.
const GRACE: Duration = Duration::from_secs(2);

/// What a program did.
pub(super) struct Done {
    /// How it ended.
    pub(super) status: ExitStatus,
    /// What it wrote.
    pub(super) out: Vec<u8>,
    /// What it complained about, for people.
    pub(super) err: String,
}

/// Runs a program in a process group of its own, so that it gets nobody's keys, and ends the whole group when
/// it takes longer than `limit`. `input` is given to it where there is any; else its standard input is as the
/// command says.
///
/// # Errors
/// When it does not start, takes too long ([`io::ErrorKind::TimedOut`]) or writes more than 256 MiB.
pub(super) fn run(command: &mut Command, input: Option<Vec<u8>>, limit: Duration) -> io::Result<Done> {
    if input.is_some() {
        command.stdin(Stdio::piped());
    }
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).process_group(0).spawn()?;
    let end = Instant::now() + limit;
    if let (Some(mut to), Some(input)) = (child.stdin.take(), input) {
        // A program that ends without reading is told by its status.
        std::thread::spawn(move || to.write_all(&input));
    }
    let out = gather(child.stdout.take(), MAX_OUTPUT + 1);
    let err = gather(child.stderr.take(), MAX_ERRORS);
    let finished = wait(&mut child, &out, end).map(|(status, out)| {
        let err = err.recv_timeout(GRACE).unwrap_or_default();
        Done { status, out, err: String::from_utf8_lossy(&err).trim().to_owned() }
    });
    if finished.is_err() {
        end_group(&mut child);
    }
    match finished {
        Ok(done) if done.out.len() as u64 > MAX_OUTPUT => Err(io::Error::other("it wrote more than 256 MiB")),
        finished => finished,
    }
}

/// Waits for the end of a program and of its output.
fn wait(child: &mut Child, out: &Receiver<Vec<u8>>, end: Instant) -> io::Result<(ExitStatus, Vec<u8>)> {
    let late = || io::Error::new(io::ErrorKind::TimedOut, "it took too long and was ended");
    let mut text = None;
    let mut ended: Option<(ExitStatus, Instant)> = None;
    loop {
        let now = Instant::now();
        match (&ended, text.take()) {
            (Some((status, _)), Some(text)) => return Ok((*status, text)),
            // Somebody it left behind holds its output open.
            (Some((status, since)), None) if now >= *since + GRACE => return Ok((*status, Vec::new())),
            (_, had) => text = had,
        }
        if now >= end {
            return Err(late());
        }
        if text.is_some() {
            // All was written: it ends any moment.
            std::thread::sleep(Duration::from_micros(200));
        } else {
            match out.recv_timeout(PAUSE.min(end - now)) {
                Ok(got) => text = Some(got),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => text = Some(Vec::new()),
            }
        }
        if ended.is_none() {
            ended = child.try_wait()?.map(|status| (status, Instant::now()));
        }
    }
}

fn end_group(child: &mut Child) {
    if let Some(group) = i32::try_from(child.id()).ok().and_then(Pid::from_raw) {
        let _ = kill_process_group(group, Signal::KILL);
    }
    let _ = child.wait();
}

/// Reads in a thread, so that neither pipe can fill up and hold the program; what exceeds `most` is dropped.
fn gather(from: Option<impl Read + Send + 'static>, most: u64) -> Receiver<Vec<u8>> {
    let (to, all) = mpsc::channel();
    std::thread::spawn(move || {
        let mut text = Vec::new();
        if let Some(mut from) = from {
            let _ = from.by_ref().take(most).read_to_end(&mut text);
            let _ = io::copy(&mut from, &mut io::sink());
        }
        let _ = to.send(text);
    });
    all
}
