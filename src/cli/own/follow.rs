//! A session that is followed: asked again and again, and brought back where its server is lost.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use anyhow::bail;

use crate::cli::exit::Fail;
use crate::cli::up::Started;
use crate::cli::{out, place};
use crate::client::{self, Control};
use crate::domain::command::Command;
use crate::domain::signal::printable;
use crate::domain::view::Answer;
use crate::server;

/// How often what is followed is looked at.
pub(in crate::cli) const LOOK: Duration = Duration::from_millis(200);
/// How often a lost server is looked for at one look.
const TRIES: usize = 3;

/// A session that is followed, on a connection of its own.
pub(in crate::cli) struct Followed {
    control: Control,
    session_dir: PathBuf,
    since: Instant,
    shown: Arc<AtomicBool>,
}

impl Followed {
    /// Connects. What is told says how long it is after `since`; nothing is told while `shown` is set: a dashboard shows all
    /// there is then.
    ///
    /// # Errors
    /// When the session cannot be reached.
    pub(in crate::cli) fn new(
        started: &Started,
        since: Instant,
        shown: Arc<AtomicBool>,
    ) -> anyhow::Result<Self> {
        let control = Control::connect(&started.socket, None)?;
        Ok(Self { control, session_dir: started.session_dir.clone(), since, shown })
    }

    /// How long it is followed.
    pub(in crate::cli) fn elapsed(&self) -> Duration {
        self.since.elapsed()
    }

    /// Says a line to whoever waits.
    pub(in crate::cli) fn tell(&self, line: &str) {
        if !self.shown.load(Ordering::SeqCst) {
            out::line(&format!("{} {}", out::elapsed(self.since), printable(line)));
        }
    }

    /// Says something in the dashboard.
    pub(in crate::cli) fn narrate(&mut self, text: String) {
        // The user may have left; then there is nobody to tell.
        let _ = self.control.ask(Command::Narrate { text });
    }

    /// Asks.
    ///
    /// # Errors
    /// When the session refuses, or cannot be reached.
    pub(in crate::cli) fn ask(&mut self, command: Command) -> anyhow::Result<Answer> {
        taken(self.control.ask(command)?)
    }

    /// Closes what is followed, by the command for that. That it was closed by itself just now is as good.
    ///
    /// # Errors
    /// When the session cannot be reached.
    pub(in crate::cli) fn close(&mut self, command: Command) -> Result<(), client::Error> {
        self.control.ask(command).map(drop)
    }

    /// Asks what changes nothing, to look at `what`: `the project`. A server that was lost is brought back.
    ///
    /// # Errors
    /// When the session refuses, or is lost for good.
    pub(in crate::cli) fn look(&mut self, what: &str, command: &Command) -> anyhow::Result<Answer> {
        for _ in 0..TRIES {
            match self.control.ask(command.clone()) {
                Ok(answer) => return taken(answer),
                Err(e) if e.is_gone() => {
                    self.tell("the server of the session is gone; bringing it back");
                    let socket =
                        server::ensure_running(&place::exe()?, &self.session_dir, server::Wake::Lost)?;
                    self.control = Control::connect(&socket, None)?;
                }
                Err(e) => return Err(e.into()),
            }
        }
        bail!("look at {what}: its server is lost again and again")
    }
}

/// What is answered, unless that is a refusal.
fn taken(answer: Answer) -> anyhow::Result<Answer> {
    match answer {
        Answer::Fault { fault, why } => Err(Fail::new(fault.into(), why).into()),
        answer => Ok(answer),
    }
}
