//! One call of a tool: what it asks of the server, and what is told meanwhile.

use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::mpsc::UnboundedSender;

use super::desk::Desk;
use crate::client::{Control, HangUp};
use crate::domain::command::Command;
use crate::domain::id::AgentName;
use crate::domain::view::{Answer, Fault};

/// Why a call has no result. Each completes "failed to …".
#[derive(Debug)]
pub(super) enum Trouble {
    /// An argument is not what it has to be.
    Argument(String),
    /// The server refused, or failed.
    Fault(Fault, String),
    /// The server cannot be reached, or went away in the middle.
    Gone(String),
}

impl Trouble {
    /// The word for programs, and the text.
    pub(super) fn told(&self) -> (&'static str, &str) {
        match self {
            Self::Argument(why) => ("argument", why),
            Self::Fault(Fault::Failed, why) => ("failed", why),
            Self::Fault(Fault::Usage, why) => ("usage", why),
            Self::Fault(Fault::Protected, why) => ("protected", why),
            Self::Fault(Fault::Timeout, why) => ("timeout", why),
            Self::Gone(why) => ("gone", why),
        }
    }
}

/// What ends a call from outside.
#[derive(Clone, Default)]
pub(super) struct Stop(Arc<Mutex<(bool, Option<HangUp>)>>);

impl Stop {
    /// Ends it: it waits for no answer any more.
    pub(super) fn now(&self) {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        state.0 = true;
        if let Some(hang_up) = &state.1 {
            hang_up.now();
        }
    }

    /// What to hang up when it ends; says whether it has ended already.
    fn watch(&self, hang_up: Option<HangUp>) -> bool {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        state.1 = hang_up;
        state.0
    }
}

/// One call.
pub(super) struct Call {
    desk: Arc<Desk>,
    client: String,
    tell: UnboundedSender<String>,
    stop: Stop,
    control: Option<Control>,
}

impl Call {
    pub(super) fn new(desk: Arc<Desk>, client: String, tell: UnboundedSender<String>, stop: Stop) -> Self {
        Self { desk, client, tell, stop, control: None }
    }

    /// Where its connections are from.
    pub(super) fn desk(&self) -> &Desk {
        &self.desk
    }

    /// Tells the client what the call waits for.
    pub(super) fn tell(&self, text: impl Into<String>) {
        // One that has gone needs not be told.
        let _ = self.tell.send(text.into());
    }

    /// Carries out a command and waits for its answer; a fault is no answer.
    pub(super) fn ask(&mut self, command: Command) -> Result<Answer, Trouble> {
        let mut control = match self.control.take() {
            Some(control) => control,
            None => self.dial()?,
        };
        let hang_up = control.hang_up().map_err(|e| Trouble::Gone(e.to_string()))?;
        if self.stop.watch(Some(hang_up)) {
            return Err(Trouble::Gone("go on with the call: it was cancelled".into()));
        }
        let answer = control.ask(command);
        if self.stop.watch(None) {
            return Err(Trouble::Gone("finish the call: it was cancelled".into()));
        }
        match answer {
            Ok(answer) => {
                self.control = Some(control);
                match answer {
                    Answer::Fault { fault, why } => Err(Trouble::Fault(fault, why)),
                    answer => Ok(answer),
                }
            }
            // What became of the command is not known, so that it must not be sent again from here.
            Err(e) => Err(Trouble::Gone(format!(
                "{e} (whether this call was carried out is not known; look, then call again)"
            ))),
        }
    }

    /// The pane that the client runs in.
    pub(super) fn pane(&mut self) -> Result<Option<AgentName>, Trouble> {
        let control = match self.control.take() {
            Some(control) => control,
            None => self.dial()?,
        };
        Ok(self.control.insert(control).caller().pane().cloned())
    }

    fn dial(&self) -> Result<Control, Trouble> {
        let mut control = self.desk.take(&self.client).map_err(Trouble::Gone)?;
        let tell = self.tell.clone();
        control.on_note(move |text| {
            let _ = tell.send(text.to_owned());
        });
        Ok(control)
    }
}

impl Drop for Call {
    fn drop(&mut self) {
        if let Some(mut control) = self.control.take() {
            control.on_note(|_| {});
            self.desk.give(std::mem::take(&mut self.client), control);
        }
    }
}
