//! What of the panes is kept: panes that are not recorded, and what people type.

use std::borrow::Cow;
use std::path::PathBuf;
use std::time::Duration;

use super::run::Server;
use crate::domain::id::AgentName;
use crate::domain::record::{Record, Typed};
use crate::domain::signal::printable;
use crate::domain::team::Config;
use crate::domain::time::Time;
use crate::engine::event::Event;
use crate::session::dir::SessionDir;

/// Keys with less time than this between them are told together.
const TOGETHER: Duration = Duration::from_secs(1);
/// Bytes typed that are told together at the most.
const TOGETHER_MOST: usize = 4096;
/// Stands for what a pane that is not recorded has shown.
const NOT_KEPT: &str = "(not recorded)";

/// What somebody types into a pane and that is not told yet.
#[derive(Debug)]
pub(super) struct Typing {
    agent: AgentName,
    bytes: Vec<u8>,
    last: Time,
}

/// Where a pane's log lies: in the record, or in a private folder beside the sockets, since the log is also how output
/// comes from the holder.
pub(super) fn log_dir(config: &Config, dir: &SessionDir, agent: &AgentName) -> PathBuf {
    let private = || Some(private_logs(dir)?.join(agent.as_str()));
    // Without that folder there is no socket, so no pane either.
    (!config.records(agent)).then(private).flatten().unwrap_or_else(|| dir.pane(agent))
}

fn private_logs(dir: &SessionDir) -> Option<PathBuf> {
    Some(super::start::socket(dir.path()).ok()?.with_file_name("unrecorded"))
}

impl Server {
    /// Where a pane's log lies.
    pub(super) fn log_dir(&self, agent: &AgentName) -> PathBuf {
        log_dir(&self.state.config, &self.dir, agent)
    }

    /// The log of a pane was taken in up to there.
    pub(super) fn took_in(&mut self, agent: &AgentName, offset: u64) {
        if self.state.config.records(agent) {
            self.journal.taken_in(agent, offset);
        }
    }

    /// Removes the logs of panes that are not recorded: the session has ended.
    pub(super) fn drop_private_logs(&self) {
        if let Some(folder) = private_logs(&self.dir) {
            let _ = std::fs::remove_dir_all(folder);
        }
    }

    /// Says which panes are not recorded.
    pub(super) fn tell_unrecorded(&mut self) {
        let names = self.state.agents.iter().map(|a| &a.name).filter(|n| !self.state.config.records(n));
        let names: Vec<&str> = names.map(AgentName::as_str).collect();
        if !names.is_empty() {
            self.note(format!("not recorded, as configured: {}", names.join(", ")));
        }
    }

    /// A record as the journal gets it: without what a pane has shown that is not recorded.
    pub(super) fn to_keep<'r>(&self, record: &'r Record) -> Cow<'r, Record> {
        let agent = match record {
            Record::Activity { agent, .. }
            | Record::AgentDown { agent, .. }
            | Record::Hint { agent, .. }
            | Record::Receipt { agent, .. }
            | Record::Withdrawn { agent, .. } => agent,
            _ => return Cow::Borrowed(record),
        };
        if self.state.config.records(agent) {
            return Cow::Borrowed(record);
        }
        let shown = self.state.agent(agent).map(|a| a.why.evidence.as_str()).filter(|e| !e.is_empty());
        let mut kept = record.clone();
        match &mut kept {
            Record::Activity { evidence: text, .. } | Record::Hint { line: text, .. } => {
                *text = NOT_KEPT.to_owned();
            }
            // The last lines of the pane come after the first line.
            Record::AgentDown { why, status: Some(_), .. } => {
                *why = why.split([':', '\n']).next().unwrap_or_default().to_owned();
            }
            Record::Receipt { why, .. } | Record::Withdrawn { why, .. }
                if shown.is_some_and(|shown| why.contains(shown)) =>
            {
                *why = NOT_KEPT.to_owned();
            }
            _ => {}
        }
        Cow::Owned(kept)
    }

    /// Somebody typed into a pane. It is told once they pause or press Enter: never a line for a key.
    pub(super) fn note_typing(&mut self, agent: &AgentName, bytes: &[u8], submits: bool) {
        // What a mouse or the focus reports, nobody typed.
        if [&b"\x1b[<"[..], b"\x1b[M", b"\x1b[I", b"\x1b[O"].iter().any(|r| bytes.starts_with(r)) {
            return;
        }
        let full =
            |t: &Typing| t.agent != *agent || t.bytes.len().saturating_add(bytes.len()) > TOGETHER_MOST;
        if self.typing.as_ref().is_some_and(full) {
            self.tell_typing(false);
        }
        let last = self.now();
        let typing =
            self.typing.get_or_insert_with(|| Typing { agent: agent.clone(), bytes: Vec::new(), last });
        typing.bytes.extend_from_slice(bytes);
        typing.last = last;
        if submits {
            self.tell_typing(true);
        }
    }

    /// When what was typed is to be told.
    pub(super) fn typing_due(&self) -> Option<Time> {
        self.typing.as_ref().map(|t| t.last.plus(TOGETHER))
    }

    /// Tells what was typed once nothing follows.
    pub(super) fn expire_typing(&mut self) {
        if self.typing_due().is_some_and(|due| due <= self.now()) {
            self.tell_typing(false);
        }
    }

    pub(super) fn tell_typing(&mut self, submitted: bool) {
        let Some(Typing { agent, bytes, .. }) = self.typing.take() else { return };
        let config = &self.state.config;
        let keep = config.record.keys && config.records(&agent);
        let text = keep.then(|| {
            let text = printable(&String::from_utf8_lossy(&bytes));
            self.mask.text(&text).unwrap_or(text)
        });
        let bytes = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        let record = Record::Typed(Typed { agent, bytes, submitted, text });
        self.journal(&record);
        self.happen(Event::Recorded(record));
    }
}
