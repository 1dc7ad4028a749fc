//! A command of a gate, with all its descendants below one process: whatever they do (`setsid`, a double fork), who
//! looks at who is above them finds the server, and nothing of them is left when the command ends.

use std::process::{Child, Command, ExitCode};
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::process::{
    Pid, PidfdFlags, Signal, getpid, getppid, kill_process, pidfd_open, set_child_subreaper, setsid,
};

use super::kin::{Stop, reap};
use crate::domain::exit::Exit;

/// How often is looked whether the server is still there.
const LOOK: Duration = Duration::from_millis(200);
/// The same where the system does not tell when a process ends.
const BLIND: Duration = Duration::from_millis(5);
/// How long is waited for what was killed.
const MERCY: Duration = Duration::from_secs(5);
/// What a shell says of a command it cannot start.
const NOT_STARTED: u8 = 127;

/// Runs a command line by `sh -c` in a session of its own and ends as it does; all it started is killed then, or when
/// the server that started this process is gone.
#[must_use]
pub fn run_command(line: &str) -> ExitCode {
    let server = getppid();
    // Where it leads a group already, that has to do.
    let _ = setsid();
    if let Err(e) = set_child_subreaper(Some(getpid())) {
        tell(&format!("become the reaper of its processes: {e}"));
        return ExitCode::from(NOT_STARTED);
    }
    let child = match Command::new("sh").arg("-c").arg(line).spawn() {
        Ok(child) => child,
        Err(e) => {
            tell(&format!("start `sh`: {e}"));
            return ExitCode::from(NOT_STARTED);
        }
    };
    let exit = watch(&child, server);
    end_all(&child);
    match exit {
        Exit::Code(code) => ExitCode::from(u8::try_from(code).unwrap_or(1)),
        Exit::Signal(signal) => {
            if let Some(signal) = Signal::from_named_raw(signal) {
                let _ = kill_process(getpid(), signal);
            }
            ExitCode::from(u8::try_from(128 + signal).unwrap_or(1))
        }
    }
}

/// Waits until the command ends, or the server does.
fn watch(child: &Child, server: Option<Pid>) -> Exit {
    let own = pid_of(child);
    let handle = own.and_then(|pid| pidfd_open(pid, PidfdFlags::empty()).ok());
    loop {
        if let Some((_, exit)) = reap().into_iter().find(|(pid, _)| Some(*pid) == own) {
            return exit;
        }
        if getppid() != server {
            return Exit::Signal(Signal::KILL.as_raw());
        }
        match &handle {
            Some(handle) => {
                let limit = Timespec { tv_sec: 0, tv_nsec: LOOK.subsec_nanos().into() };
                let _ = poll(&mut [PollFd::new(handle, PollFlags::IN)], Some(&limit));
            }
            None => std::thread::sleep(BLIND),
        }
    }
}

/// Kills what is left below this process.
fn end_all(child: &Child) {
    let Some(own) = pid_of(child) else { return };
    let (until, mut stop) = (Instant::now() + MERCY, Stop::new(Duration::ZERO, Instant::now()));
    while !stop.step(Instant::now(), own, None) && Instant::now() < until {
        std::thread::sleep(BLIND);
        let _ = reap();
    }
}

fn pid_of(child: &Child) -> Option<Pid> {
    i32::try_from(child.id()).ok().and_then(Pid::from_raw)
}

/// What the gate's output says.
fn tell(why: &str) {
    use std::io::Write;
    let _ = writeln!(std::io::stderr(), "orchestra: failed to {why}");
}
