//! What the demo says: lines with the time, or a line in the dashboard.

use std::time::Instant;

use crate::cli::out::{self, elapsed};
use crate::client::Control;
use crate::domain::command::Command;

/// Who listens.
pub(super) enum Tell {
    /// Somebody reads standard output.
    Lines(Instant),
    /// Somebody looks at the dashboard. The box only keeps the two alike in size.
    Dashboard(Instant, Box<Control>),
}

impl Tell {
    /// Says what happens next, and how to do it by hand: the command, and the key in the dashboard.
    pub(super) fn step(&mut self, what: &str, command: &str, key: &str) -> anyhow::Result<()> {
        match self {
            Self::Lines(since) => {
                let key = if key.is_empty() { String::new() } else { format!("   (key {key})") };
                out::result(&format!("{} {what}\n        $ {command}{key}", elapsed(*since)))?;
            }
            Self::Dashboard(since, control) => {
                let by_hand =
                    if key.is_empty() { format!("`{command}`") } else { format!("{key}, or `{command}`") };
                narrate(control, format!("{} {what} — by hand: {by_hand}", elapsed(*since)))?;
            }
        }
        Ok(())
    }

    /// Says what has just been seen.
    pub(super) fn seen(&mut self, what: &str) -> anyhow::Result<()> {
        match self {
            Self::Lines(since) => out::result(&format!("{}   {what}", elapsed(*since)))?,
            Self::Dashboard(since, control) => narrate(control, format!("{} {what}", elapsed(*since)))?,
        }
        Ok(())
    }
}

fn narrate(control: &mut Control, text: String) -> anyhow::Result<()> {
    control.ask(Command::Narrate { text })?;
    Ok(())
}
