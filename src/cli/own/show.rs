//! Work for a session that goes on while its dashboard is shown.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::Context;

use super::Own;
use crate::cli::exit::{Exit, Fail};
use crate::cli::up::Started;
use crate::cli::{attach, out};

/// What goes on.
pub(in crate::cli) struct Shown<'a> {
    /// Whose session it is.
    pub own: &'a Own,
    /// The session.
    pub started: &'a Started,
    /// What it is called: `the incident`.
    pub what: &'a str,
    /// Set while the dashboard shows all there is to tell.
    pub shown: Arc<AtomicBool>,
}

/// Does `work` while the dashboard has this thread, since it has the terminal. Where it is left before the end, the work goes
/// on without it.
///
/// # Errors
/// As the work; when the dashboard cannot be shown, or ended by itself.
pub(in crate::cli) fn beside<R: Send>(
    show: &Shown<'_>,
    work: impl FnOnce() -> anyhow::Result<R> + Send,
) -> anyhow::Result<R> {
    let (what, started) = (show.what, show.started);
    std::thread::scope(|scope| {
        let worker = std::thread::Builder::new().name("follow".into()).spawn_scoped(scope, work);
        let worker = worker.context("start a thread")?;
        let left = show.own.while_attached(|| attach::show(&started.socket, &started.session_dir));
        show.shown.store(false, Ordering::SeqCst);
        if !worker.is_finished() {
            out::note(&format!("{what} goes on; Ctrl-C ends it"));
        }
        let done = worker.join().map_err(|_| anyhow::anyhow!("finish {what}: its thread failed"))?;
        match left? {
            Exit::Done => done,
            exit => Err(Fail::new(exit, format!("show {what}: the dashboard ended")).into()),
        }
    })
}
