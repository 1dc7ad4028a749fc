//! Signals that mean something to a dashboard.

use std::io;

use tokio::signal::unix::{Signal, SignalKind, signal};

use super::pump::Left;

/// SIGTSTP and SIGCONT have no name in the library.
const STOP: i32 = rustix::process::Signal::TSTP.as_raw();
const CONTINUE: i32 = rustix::process::Signal::CONT.as_raw();

/// What a signal says.
pub(super) enum Told {
    /// To leave.
    Leave(Left),
    /// To step aside.
    Stop,
    /// It was stopped and goes on.
    Continue,
    /// The terminal has another size.
    Size,
}

/// The signals that are listened to. An interrupt from outside ends nothing: in raw mode Ctrl-C is a key for the pane.
pub(super) struct Signals {
    terminate: Signal,
    hangup: Signal,
    quit: Signal,
    interrupt: Signal,
    stop: Signal,
    goes_on: Signal,
    size: Signal,
}

impl Signals {
    pub(super) fn new() -> io::Result<Self> {
        Ok(Self {
            terminate: signal(SignalKind::terminate())?,
            hangup: signal(SignalKind::hangup())?,
            quit: signal(SignalKind::quit())?,
            interrupt: signal(SignalKind::interrupt())?,
            stop: signal(SignalKind::from_raw(STOP))?,
            goes_on: signal(SignalKind::from_raw(CONTINUE))?,
            size: signal(SignalKind::window_change())?,
        })
    }

    /// Waits for the next that matters. Safe to cancel.
    pub(super) async fn next(&mut self) -> Told {
        let left = |kind: SignalKind| Told::Leave(Left::Signal(kind.as_raw_value()));
        loop {
            tokio::select! {
                _ = self.terminate.recv() => return left(SignalKind::terminate()),
                _ = self.quit.recv() => return left(SignalKind::quit()),
                _ = self.hangup.recv() => return Told::Leave(Left::Hangup),
                _ = self.stop.recv() => return Told::Stop,
                _ = self.goes_on.recv() => return Told::Continue,
                _ = self.size.recv() => return Told::Size,
                _ = self.interrupt.recv() => {}
            }
        }
    }
}
