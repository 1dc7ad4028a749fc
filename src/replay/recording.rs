//! What lies in a session directory, read once.

use std::path::Path;
use std::sync::Arc;

use super::Error;
use crate::domain::chapter::Chapter;
use crate::domain::id::AgentName;
use crate::domain::near::did_you_mean;
use crate::domain::record::Record;
use crate::domain::time::Time;
use crate::engine::state::{Info, State};
use crate::session::dir::SessionDir;
use crate::session::file::SessionFile;
use crate::session::journal::{self, At};
use crate::session::lines;

/// Most events of a recording; a sprint of eight hours has some ten thousands.
pub const MAX_EVENTS: usize = 1_000_000;

/// One event of the journal.
#[derive(Clone, PartialEq, Debug)]
pub struct Line {
    /// Its number.
    pub seq: u64,
    /// Its moment.
    pub time: Time,
    /// What happened.
    pub record: Record,
    /// Up to where the logs of panes had been taken in: all that went on since the event before.
    pub at: At,
}

/// A session directory that is looked at and never written to.
#[derive(Debug)]
pub struct Recording {
    dir: SessionDir,
    file: SessionFile,
    lines: Vec<Line>,
    /// Up to where the journal was read, in bytes.
    read: u64,
    /// Events of kinds this version does not know, which are passed over.
    unknown: u64,
    /// Damaged lines of the journal, which are passed over.
    damaged: u64,
}

impl Recording {
    /// Reads the directory `dir`.
    ///
    /// # Errors
    /// When it is no session, or its `session.toml` or journal cannot be read.
    pub fn open(dir: &Path) -> Result<Self, Error> {
        let dir = SessionDir::open(dir)?;
        let file = SessionFile::look(&dir)?;
        let mut recording = Self { dir, file, lines: Vec::new(), read: 0, unknown: 0, damaged: 0 };
        recording.refresh()?;
        Ok(recording)
    }

    /// Reads the events that were added to the journal since.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn refresh(&mut self) -> Result<(), Error> {
        let mut reader = journal::read_from(&self.dir.journal(), self.read)?;
        for entry in reader.by_ref() {
            let mut entry = entry?;
            let (seq, time, at) = (entry.seq, entry.time, std::mem::take(&mut entry.at));
            if self.read > 0 && self.lines.last().is_some_and(|l| l.seq == seq) {
                // It had no line feed yet when it was read before.
                continue;
            }
            if self.lines.len() >= MAX_EVENTS {
                return Err(Error::TooLong(self.dir.journal()));
            }
            match lines::record(&self.dir, entry) {
                Ok(record) => self.lines.push(Line { seq, time, record, at }),
                Err(_) => self.unknown += 1,
            }
        }
        self.damaged += reader.skipped();
        self.read = reader.end();
        Ok(())
    }

    /// The directory.
    #[must_use]
    pub fn dir(&self) -> &SessionDir {
        &self.dir
    }

    /// What `session.toml` says.
    #[must_use]
    pub fn file(&self) -> &SessionFile {
        &self.file
    }

    /// The events in order.
    #[must_use]
    pub fn lines(&self) -> &[Line] {
        &self.lines
    }

    /// Events of unknown kinds and damaged lines, which were passed over.
    #[must_use]
    pub fn passed_over(&self) -> (u64, u64) {
        (self.unknown, self.damaged)
    }

    /// The panes: the team in order, then the orchestrator's.
    #[must_use]
    pub fn panes(&self) -> Vec<AgentName> {
        let team = self.file.config.team.iter().map(|a| a.name.clone());
        team.chain([AgentName::orchestrator()]).collect()
    }

    /// The pane of that name.
    ///
    /// # Errors
    /// [`Error::Missing`] when there is none.
    pub fn pane(&self, name: &AgentName) -> Result<AgentName, Error> {
        among(&self.panes(), name).map(|()| name.clone())
    }

    /// The moment `us`, after so many events, on both clocks. Between events the wall clock goes on from the last one.
    #[must_use]
    pub fn time(&self, us: u64, line: usize) -> Time {
        let last = line.checked_sub(1).and_then(|i| self.lines.get(i)).or(self.lines.first());
        let Some(last) = last.map(|l| l.time) else { return Time { mono: us, wall: 0 } };
        let apart = |later: u64, earlier: u64| {
            i64::try_from(later.saturating_sub(earlier) / 1000).unwrap_or(i64::MAX)
        };
        let wall = last.wall.saturating_add(apart(us, last.mono)).saturating_sub(apart(last.mono, us));
        Time { mono: us, wall }
    }

    /// The chapters, each with the place of its event among [`Self::lines`].
    #[must_use]
    pub fn chapters(&self) -> Vec<(usize, Chapter)> {
        let of = |(i, line): (usize, &Line)| Chapter::of(&line.record).map(|c| (i, c));
        self.lines.iter().enumerate().filter_map(of).collect()
    }

    /// The engine's state before anything happened.
    #[must_use]
    pub fn blank(&self) -> State {
        let info = Info {
            dir: self.dir.path().display().to_string(),
            repository: self.file.repository.display().to_string(),
            worktrees: self.file.panes.iter().map(|p| p.worktree.display().to_string()).collect(),
            ..Info::default()
        };
        State::new(Arc::new(self.file.config.clone()), info)
    }
}

/// Whether a pane is one of these.
///
/// # Errors
/// [`Error::Missing`] when it is not.
pub(super) fn among(panes: &[AgentName], name: &AgentName) -> Result<(), Error> {
    if panes.contains(name) {
        return Ok(());
    }
    let known: Vec<&str> = panes.iter().map(AgentName::as_str).collect();
    let near = did_you_mean(name.as_str(), known.iter().copied());
    let known = format!("it has {}{near}", known.join(", "));
    Err(Error::Missing { what: format!("the pane of {name}"), known })
}
