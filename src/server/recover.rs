//! Taking a session up: fold the journal, read the panes, ask git, go on.

use super::Error;
use super::holder::Past;
use super::keeper::Known;
use super::run::Server;
use crate::domain::id::AgentName;
use crate::domain::record::Record;
use crate::domain::time::Time;
use crate::engine::event::{Ended, Event, Feeding};
use crate::session::dir::SessionDir;
use crate::session::log::{self, Kind, Reader};
use crate::session::{journal, lines};

/// Bytes of a log that are read for a program that has ended: more than a screen and its history hold of text.
const LAST_WORDS: u64 = 1024 * 1024;

/// The moment of the last journal line; zero for a new session.
pub(super) fn last_time(dir: &SessionDir) -> Time {
    let Ok(reader) = journal::read(&dir.journal()) else { return Time::default() };
    reader.flatten().map(|e| e.time).max().unwrap_or_default()
}

/// Whether the journal has a session that was opened and never closed.
pub(super) fn left_open(dir: &SessionDir) -> bool {
    let Ok(reader) = journal::read(&dir.journal()) else { return false };
    let turns = reader.flatten().filter(|e| e.kind == "opened" || e.kind == "closed");
    turns.last().is_some_and(|e| e.kind == "opened")
}

fn unreadable(e: &journal::Error) -> Error {
    Error::Session { what: "read the journal".into(), why: e.to_string() }
}

impl Server {
    /// Brings the state to where the journal and the holders are, then starts what is not running.
    ///
    /// # Errors
    /// When the journal cannot be read: to start over would leave what runs to itself.
    pub(super) fn recover(&mut self) -> Result<(), Error> {
        let mut opened = false;
        let mut logs = Vec::new();
        let mut dropped = Known::new();
        match journal::read(&self.dir.journal()) {
            Ok(mut reader) => {
                for entry in reader.by_ref() {
                    let entry = entry.map_err(|e| unreadable(&e))?;
                    let (seq, time) = (entry.seq, entry.time);
                    match lines::record_to_go_on(&self.dir, entry) {
                        Ok(record) => {
                            if let Record::AgentUp { agent, log, .. } = &record {
                                logs.push((agent.clone(), *log));
                            }
                            match &record {
                                Record::Dropped(d) => drop(dropped.insert(d.agent.clone(), d.to)),
                                Record::Gate { result, .. } => self.workers.remember(result),
                                Record::GateAt(at) => self.workers.remember(&at.result),
                                _ => {}
                            }
                            opened |= matches!(record, Record::Opened { .. });
                            if matches!(record, Record::Closed { .. }) {
                                opened = false;
                            }
                            crate::engine::step(&mut self.state, Event::Recorded(record), time);
                        }
                        // A kind of a newer version, or a body it changed: left out, as documented.
                        Err(e) => tracing::warn!("journal line {} is not understood: {e}", seq),
                    }
                }
                if reader.skipped() > 0 {
                    tracing::warn!("{} damaged journal lines were left out", reader.skipped());
                }
            }
            Err(e) => return Err(unreadable(&e)),
        }
        let version = env!("CARGO_PKG_VERSION").to_owned();
        let server = std::process::id();
        let record =
            if opened { Record::Recovered { version, server } } else { Record::Opened { version, server } };
        self.journal(&record);
        let now = self.now();
        crate::engine::step(&mut self.state, Event::Recorded(record), now);
        self.keeper.begin(dropped);
        self.forget_trouble();
        if !opened {
            self.tell_short_secrets();
            self.tell_unrecorded();
        }
        for agent in &self.state.agents {
            if let Some(base) = &agent.base {
                self.workers.count_from(agent.name.clone(), base.clone());
            }
        }
        self.workers.know(self.state.accepted.as_ref());
        // Before any program of an agent can run.
        let seen = self.workers.first_look();
        self.happen(seen);
        self.adopt_all(&logs);
        if opened {
            self.show_ended(&logs);
        }
        // What changed while nobody looked, and what is left out of it.
        self.workers.read_profiles();
        self.workers.sweep();
        self.happen(Event::Start);
        Ok(())
    }

    /// Takes over the holders of panes that ran when the last server was lost.
    fn adopt_all(&mut self, logs: &[(AgentName, u64)]) {
        let running: Vec<_> =
            self.state.agents.iter().filter(|a| a.pane.pid.is_some()).map(|a| a.name.clone()).collect();
        for agent in running {
            // The latest start counts.
            let log = logs.iter().rev().find(|(name, _)| *name == agent).map_or(0, |(_, log)| *log);
            if let Err(why) = self.connect(&agent, log, Past::Seen) {
                let how = Ended::Lost(format!("its holder is gone: {why}"));
                self.happen(Event::PaneEnded { agent, how });
            }
        }
    }

    /// Puts what programs printed that had ended before the last server was lost back on their screens.
    fn show_ended(&mut self, logs: &[(AgentName, u64)]) {
        let ended = self.state.agents.iter().filter(|a| a.pane.pid.is_none()).map(|a| a.name.clone());
        let ended: Vec<AgentName> = ended.collect();
        for name in ended {
            let Some((_, from)) = logs.iter().rev().find(|(agent, _)| *agent == name) else { continue };
            let dir = self.log_dir(&name);
            let from = (*from).max(log::end(&dir).saturating_sub(LAST_WORDS));
            let entries = match Reader::open(&dir, from) {
                Ok(entries) => entries,
                Err(e) => {
                    tracing::warn!("{name}: its log cannot be read: {e}");
                    continue;
                }
            };
            for entry in entries.map_while(Result::ok) {
                let agent = name.clone();
                if let Some((rows, cols)) = entry.record.size() {
                    self.happen(Event::Sized { agent, rows, cols });
                } else if entry.record.kind == Kind::Output {
                    let bytes = entry.record.payload;
                    self.happen(Event::Output { agent, bytes, mode: Feeding::Recovering });
                }
            }
        }
    }
}
