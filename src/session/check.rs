//! Checks a session directory: what is damaged, missing or not as it should be. Only reads.

mod files;
mod log;

use std::path::Path;

use serde::Serialize;

use super::dir::{Error, SessionDir};
use super::file::SessionFile;
use super::{journal, lines};
use crate::domain::id::AgentName;

/// Findings that are kept; more are only counted.
const MAX_FINDINGS: usize = 1000;

/// How bad a finding is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// Nothing is lost, but somebody should know.
    Note,
    /// Something of the record is lost or cannot be trusted.
    Problem,
}

/// One thing that was found.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Finding {
    /// How bad it is.
    pub level: Level,
    /// The file, from the session directory.
    pub place: String,
    /// What is the matter, and what it costs.
    pub text: String,
}

/// What was found of one pane's log.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize)]
pub struct PaneLog {
    /// Whose.
    pub agent: String,
    /// Bytes of its records, headers included, without what is damaged.
    pub bytes: u64,
    /// Its records.
    pub records: u64,
    /// Bytes passed over as damage.
    pub damaged: u64,
    /// Bytes of an unfinished record at the end.
    pub torn: u64,
}

/// What a check found.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize)]
pub struct Checked {
    /// Whether a server runs the session now: what is unfinished may still be completed.
    pub running: bool,
    /// Events of the journal that can be read.
    pub events: u64,
    /// Panes with a log.
    pub panes: Vec<PaneLog>,
    /// Files looked at.
    pub files: u64,
    /// What was found, at most 1000.
    pub findings: Vec<Finding>,
    /// Findings beyond that.
    pub more: u64,
}

impl Checked {
    /// Whether something of the record is lost or cannot be trusted.
    #[must_use]
    pub fn is_damaged(&self) -> bool {
        self.more > 0 || self.findings.iter().any(|f| f.level == Level::Problem)
    }

    fn say(&mut self, level: Level, place: &str, text: impl Into<String>) {
        if self.findings.len() < MAX_FINDINGS {
            self.findings.push(Finding { level, place: place.to_owned(), text: text.into() });
        } else {
            self.more += 1;
        }
    }

    fn note(&mut self, place: &str, text: impl Into<String>) {
        self.say(Level::Note, place, text);
    }

    fn problem(&mut self, place: &str, text: impl Into<String>) {
        self.say(Level::Problem, place, text);
    }
}

/// Checks the session in `dir`.
///
/// # Errors
/// When it is no session, or of a format this program does not read.
pub fn check(dir: &Path) -> Result<Checked, Error> {
    let dir = SessionDir::open(dir)?;
    let mut found = Checked { running: matches!(dir.locked_by(), Ok(Some(_))), ..Checked::default() };
    files::check(dir.path(), &mut found);
    let mut names: Vec<AgentName> = Vec::new();
    match SessionFile::look(&dir) {
        Ok(file) => names.extend(file.config.team.iter().map(|a| a.name.clone())),
        Err(e) => {
            found.problem("session.toml", format!("it cannot be read, so nothing can be replayed: {e}"))
        }
    }
    names.push(AgentName::orchestrator());
    check_journal(&dir, &mut found);
    log::check(&dir, &names, &mut found);
    Ok(found)
}

fn check_journal(dir: &SessionDir, found: &mut Checked) {
    const PLACE: &str = "journal.jsonl";
    let mut reader = match journal::read(&dir.journal()) {
        Ok(reader) => reader,
        Err(e) => return found.problem(PLACE, format!("it cannot be read: {e}")),
    };
    let (mut last, mut time, mut unknown, mut damaged) = (0_u64, 0_u64, 0_u64, 0);
    loop {
        let entry = match reader.next() {
            Some(Ok(entry)) => entry,
            Some(Err(e)) => {
                found.problem(PLACE, format!("it cannot be read on after event {last}: {e}"));
                break;
            }
            None => break,
        };
        found.events += 1;
        if reader.skipped() > damaged {
            let lines = reader.skipped() - damaged;
            found.problem(PLACE, format!("{lines} lines before event {} are damaged", entry.seq));
            damaged = reader.skipped();
        } else if entry.seq != last + 1 {
            found.problem(PLACE, format!("event {} follows event {last}", entry.seq));
        }
        if entry.time.mono < time {
            found.problem(PLACE, format!("event {} is earlier than the one before it", entry.seq));
        }
        (last, time) = (entry.seq, entry.time.mono);
        let (seq, beside) = (entry.seq, entry.body.get("beside").is_some());
        match lines::record(dir, entry) {
            Ok(record) => {
                if let (crate::domain::record::Record::Queued { text, dispatch, .. }, true) =
                    (&record, beside)
                    && text.is_empty()
                {
                    found.problem("texts", format!("the text of dispatch {dispatch} (event {seq}) is lost"));
                }
            }
            Err(_) => unknown += 1,
        }
    }
    if reader.skipped() > damaged {
        found.problem(PLACE, format!("{} lines after event {last} are damaged", reader.skipped() - damaged));
    }
    if unknown > 0 {
        found.note(PLACE, format!("{unknown} events are of kinds this version does not know"));
    }
    if reader.torn() > 0 {
        let text =
            format!("its last line is unfinished ({} bytes): the event was never complete", reader.torn());
        found.note(PLACE, text);
    }
}

#[cfg(test)]
mod tests;
