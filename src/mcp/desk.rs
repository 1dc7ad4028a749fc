//! Connections to the session's server, kept while nobody needs them.

use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use super::Serving;
use crate::client::Control;
use crate::domain::command::Caller;
use crate::domain::rights::Standing;
use crate::domain::view::Answer;
use crate::domain::workflow::advise::guide::Guide;
use crate::domain::workflow::catalogue::Catalogue;

/// Makes a connection to the session's server for a client of that name; else says why there is none, completing
/// "failed to …".
pub type Dial = Box<dyn Fn(&str) -> Result<Control, String> + Send + Sync>;

/// The specialists of the project in a folder, and how it reads requests; else what is wrong with its files, completing
/// "failed to …".
pub type Guides = fn(&Path) -> Result<(Catalogue, Guide), String>;

/// Connections that are kept for later calls.
const IDLE: usize = 4;
/// Calls that may be under way at one time.
const OPEN: usize = 64;

/// Where calls get their connections.
pub(super) struct Desk {
    serving: Serving,
    idle: Mutex<Vec<(String, Control)>>,
    open: AtomicUsize,
}

impl Desk {
    pub(super) fn new(serving: Serving) -> Self {
        Self { serving, idle: Mutex::default(), open: AtomicUsize::new(0) }
    }

    /// The bytes that a terminal sends for a key.
    pub(super) fn key(&self, key: &str) -> Result<Vec<u8>, String> {
        (self.serving.key)(key)
    }

    /// An answer for people.
    pub(super) fn text(&self, answer: &Answer) -> String {
        (self.serving.text)(answer)
    }

    /// The specialists of the project in a folder, and how it reads requests.
    pub(super) fn guides(&self, top: &Path) -> Result<(Catalogue, Guide), String> {
        (self.serving.guides)(top)
    }

    /// Milliseconds since 1970.
    pub(super) fn now(&self) -> i64 {
        (self.serving.now)()
    }

    /// Counts a call in, if there is room for it.
    pub(super) fn enter(&self) -> Result<(), String> {
        if self.open.fetch_add(1, Ordering::SeqCst) < OPEN {
            return Ok(());
        }
        self.leave();
        Err(format!("take a call: {OPEN} are under way; wait for one to end"))
    }

    /// Counts a call out.
    pub(super) fn leave(&self) {
        self.open.fetch_sub(1, Ordering::SeqCst);
    }

    /// A connection for a client of that name.
    pub(super) fn take(&self, client: &str) -> Result<Control, String> {
        loop {
            let kept = {
                let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
                idle.iter().position(|(whose, _)| whose == client).map(|at| idle.swap_remove(at))
            };
            let Some((_, mut control)) = kept else { return (self.serving.dial)(client) };
            // Else its server went away meanwhile.
            if control.usable() {
                return Ok(control);
            }
        }
    }

    /// Keeps a connection on which nothing is open.
    pub(super) fn give(&self, client: String, control: Control) {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        if idle.len() >= IDLE {
            idle.remove(0);
        }
        idle.push((client, control));
    }

    /// What the caller is to the session. While that cannot be asked, what it would usually be.
    pub(super) fn standing(&self, client: &str) -> Standing {
        match self.take(client) {
            Ok(control) => {
                let standing = control.caller().standing();
                self.give(client.to_owned(), control);
                standing
            }
            Err(_) if self.serving.in_pane => Standing::Agent,
            Err(_) => Caller::Mcp { client: client.to_owned(), pane: None }.standing(),
        }
    }
}
