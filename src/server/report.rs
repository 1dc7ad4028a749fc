//! The session's report, kept beside its record.

use std::path::Path;
use std::sync::Arc;

use super::work::Ground;
use crate::config;
use crate::domain::record::Record;
use crate::domain::report::{TEMPLATE, markdown};
use crate::domain::time::Time;
use crate::engine::event::Event;
use crate::engine::report::{Known, report};
use crate::session::clock::Clock;
use crate::session::dir::{SessionDir, replace};
use crate::session::file::SessionFile;
use crate::session::{journal, lines};

impl Ground {
    /// Makes the report of the session that runs and keeps it.
    pub(super) fn keep_report(&self, job: u64) -> Event {
        let now = SessionFile::look(&self.dir).map(|f| Clock::new(f.origin).now()).ok();
        Event::ReportKept { job, kept: keep(&self.dir, &self.repository, now) }
    }
}

/// Makes the report of a session from its record, by the project's template or our own, and keeps it under the
/// name it gives. `now` is given while the session runs.
pub(super) fn keep(dir: &SessionDir, repository: &Path, now: Option<Time>) -> Result<String, String> {
    let file = SessionFile::look(dir).map_err(|e| e.to_string())?;
    let mut reader = journal::read(&dir.journal()).map_err(|e| e.to_string())?;
    let (mut events, mut unknown): (Vec<(u64, Time, Record)>, u64) = (Vec::new(), 0);
    for entry in reader.by_ref() {
        let entry = entry.map_err(|e| e.to_string())?;
        let (seq, time) = (entry.seq, entry.time);
        match lines::record(dir, entry) {
            Ok(record) => events.push((seq, time, record)),
            Err(_) => unknown += 1,
        }
    }
    let known = Known {
        config: Arc::new(file.config),
        repository: file.repository.display().to_string(),
        version: file.version,
        now,
        unknown,
        damaged: reader.skipped(),
    };
    let facts = report(&known, events.iter().map(|(seq, time, record)| (*seq, *time, record)));
    let own = config::template(repository, "report").map_err(|e| e.to_string())?;
    let text = markdown(&facts, own.as_deref().unwrap_or(TEMPLATE))?;
    let name = facts.session.file();
    replace(&dir.report(name), text.as_bytes()).map_err(|e| e.to_string())?;
    Ok(name.to_owned())
}
