//! A session that a command started for itself, and its end, however the command ends.

pub(super) mod follow;
pub(super) mod left;
pub(super) mod show;
pub(super) mod start;

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::Context;
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::iterator::Signals;

use super::out;
use super::up::Started;
use crate::client::Control;
use crate::domain::command::Command;
use crate::server;

/// A session that is ended with the command.
#[derive(Default)]
pub(super) struct Own {
    /// Where it is, once it runs: its server's socket and its directory.
    session: Mutex<Option<(PathBuf, PathBuf)>>,
    /// Whether a dashboard has the terminal and sees to signals itself.
    attached: AtomicBool,
}

impl Own {
    /// It runs.
    pub(super) fn runs(&self, started: &Started) {
        let place = (started.socket.clone(), started.session_dir.clone());
        *self.session.lock().unwrap_or_else(PoisonError::into_inner) = Some(place);
    }

    /// Does something while a dashboard has the terminal.
    pub(super) fn while_attached<R>(&self, show: impl FnOnce() -> R) -> R {
        self.attached.store(true, Ordering::SeqCst);
        let shown = show();
        self.attached.store(false, Ordering::SeqCst);
        shown
    }

    /// Ends it. Done once; whoever comes second waits until that is done.
    ///
    /// # Errors
    /// When its server refuses to end.
    pub(super) fn end(&self) -> anyhow::Result<()> {
        let mut session = self.session.lock().unwrap_or_else(PoisonError::into_inner);
        let Some((socket, dir)) = session.take() else { return Ok(()) };
        let down = match Control::connect(&socket, None) {
            Ok(mut control) => control.ask(Command::Down).map(drop).context("end the session"),
            Err(e) if e.is_gone() => Ok(()),
            Err(e) => Err(e).context("end the session"),
        };
        if !server::wait_until_ended(&dir) {
            out::note("something of the session still runs; `orchestra ls --all` shows whether it goes");
        }
        down
    }
}

/// Ctrl-C and its like end what was started, by `end`, before they end the command, which is called `what`.
///
/// # Errors
/// When the system cannot listen for signals.
pub(super) fn end_on_signals(
    own: &Arc<Own>,
    what: &'static str,
    end: impl Fn() -> anyhow::Result<()> + Send + 'static,
) -> anyhow::Result<()> {
    let mut signals = Signals::new([SIGINT, SIGTERM, SIGHUP]).context("listen for signals")?;
    let own = Arc::clone(own);
    let watch = move || {
        for signal in signals.forever() {
            if own.attached.load(Ordering::SeqCst) {
                continue;
            }
            out::note(&format!("ending {what}"));
            if let Err(e) = end() {
                out::note(&format!("failed to {e:#}"));
            }
            // The thread that performs may wait for a terminal or a socket: it cannot be asked to return.
            #[allow(clippy::disallowed_methods)]
            std::process::exit(128 + signal);
        }
    };
    std::thread::Builder::new().name("signals".into()).spawn(watch).context("start a thread")?;
    Ok(())
}
