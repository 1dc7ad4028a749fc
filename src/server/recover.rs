//! Taking a session up: fold the journal, read the panes, ask git, go on.

use std::path::Path;

use super::holder::Past;
use super::keeper::Known;
use super::run::Server;
use super::work::Workers;
use crate::domain::id::AgentName;
use crate::domain::record::Record;
use crate::domain::time::Time;
use crate::engine::event::{Ended, Event, Feeding};
use crate::engine::state::{HISTORY, State};
use crate::screen::Screen;
use crate::session::dir::SessionDir;
use crate::session::journal::Entry;
use crate::session::log::keyframe::Keyframes;
use crate::session::log::{self, Bytes, Kind, Reader};
use crate::session::{journal, lines};

/// Bytes of a log that are read for a program that has ended: more than a screen and its history hold of text.
const LAST_WORDS: u64 = 1024 * 1024;

/// Keyframes that are looked at for one with all history: more than are made between two of those.
const LOOKS: usize = 400;

/// How a session stands, as its journal says.
#[derive(Default)]
pub(super) struct Turns {
    /// The moment of the last line; zero for a new session.
    pub last: Time,
    /// Whether it was opened and never closed.
    pub open: bool,
}

impl Turns {
    /// Takes in the next line.
    pub fn take(&mut self, entry: &Entry) {
        self.last = self.last.max(entry.time);
        match entry.kind.as_str() {
            "opened" => self.open = true,
            "closed" => self.open = false,
            _ => {}
        }
    }
}

/// Whether the journal has a session that was opened and never closed.
pub(super) fn left_open(dir: &SessionDir) -> bool {
    let Ok(reader) = journal::read(&dir.journal()) else { return false };
    let mut turns = Turns::default();
    reader.flatten().for_each(|e| turns.take(&e));
    turns.open
}

/// Whether the session of a directory was opened and never closed.
pub fn runs(session_dir: &Path) -> bool {
    SessionDir::open(session_dir).is_ok_and(|dir| left_open(&dir))
}

/// What the journal says, gathered while it is opened.
#[derive(Default)]
pub(super) struct Story {
    pub turns: Turns,
    /// Where the output of each program begins, and when it began.
    logs: Vec<(AgentName, u64, Time)>,
    dropped: Known,
}

impl Story {
    /// Folds the next line into the state.
    pub fn take(&mut self, dir: &SessionDir, state: &mut State, workers: &Workers, entry: Entry) {
        self.turns.take(&entry);
        let (seq, time) = (entry.seq, entry.time);
        match lines::record_to_go_on(dir, entry) {
            Ok(record) => {
                match &record {
                    Record::AgentUp { agent, log, .. } => self.logs.push((agent.clone(), *log, time)),
                    Record::Dropped(d) => drop(self.dropped.insert(d.agent.clone(), d.to)),
                    Record::Gate { result, .. } => workers.remember(result),
                    Record::GateAt(at) => workers.remember(&at.result),
                    _ => {}
                }
                crate::engine::step(state, Event::Recorded(record), time);
            }
            // A kind of a newer version, or a body it changed: left out, as documented.
            Err(e) => tracing::warn!("journal line {} is not understood: {e}", seq),
        }
    }
}

impl Server {
    /// The state is where the journal is: brings it to where the holders are, then starts what is not running.
    pub(super) fn recover(&mut self) {
        let Story { turns, logs, dropped } = std::mem::take(&mut self.story);
        let opened = turns.open;
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
        let worktrees = self.state.config.worktrees;
        if worktrees {
            self.workers.know(self.state.accepted.as_ref());
            // Before any program of an agent can run.
            let seen = self.workers.first_look();
            self.happen(seen);
        }
        self.adopt_all(&logs);
        if opened {
            self.show_ended(&logs);
        }
        // What changed while nobody looked, and what is left out of it.
        self.workers.read_profiles();
        if worktrees {
            self.workers.sweep();
        }
        self.happen(Event::Start);
    }

    /// Takes over the holders of panes that ran when the last server was lost.
    fn adopt_all(&mut self, logs: &[(AgentName, u64, Time)]) {
        let running: Vec<_> =
            self.state.agents.iter().filter(|a| a.pane.pid.is_some()).map(|a| a.name.clone()).collect();
        for agent in running {
            // The latest start counts.
            let log = logs.iter().rev().find(|(name, ..)| *name == agent).map_or(0, |(_, log, _)| *log);
            if let Some((.., began)) = logs.iter().find(|(name, ..)| *name == agent) {
                self.watch_usage(&agent, *began);
            }
            let from = self.take_up_screen(&agent, log);
            if let Err(why) = self.connect(&agent, from, Past::Seen) {
                let how = Ended::Lost(format!("its holder is gone: {why}"));
                self.happen(Event::PaneEnded { agent, how });
            }
        }
    }

    /// Takes up the screen of a pane whose program's output begins at `log` as it was last written down with all its
    /// history, so that the log need be read from there only. Gives from where.
    fn take_up_screen(&mut self, name: &AgentName, log: u64) -> u64 {
        match kept_screen(&self.log_dir(name), log) {
            Some((end, snapshot)) => {
                self.happen(Event::Screen { agent: name.clone(), snapshot });
                end
            }
            None => log,
        }
    }

    /// Puts what programs printed that had ended before the last server was lost back on their screens.
    fn show_ended(&mut self, logs: &[(AgentName, u64, Time)]) {
        let ended = self.state.agents.iter().filter(|a| a.pane.pid.is_none()).map(|a| a.name.clone());
        let ended: Vec<AgentName> = ended.collect();
        for name in ended {
            let Some((_, from, _)) = logs.iter().rev().find(|(agent, ..)| *agent == name) else { continue };
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

/// The latest screen that was written down with all its history, of the log in `dir` beyond `from`: what it shows is known
/// from there on. None where no keyframe can be used: one that is damaged, of another version or of another log is not.
fn kept_screen(dir: &Path, from: u64) -> Option<(u64, Vec<u8>)> {
    let mut log = Bytes::open(dir).ok()?;
    let mut keys = Keyframes::of(&log);
    let places: Vec<_> = keys.places().iter().rev().filter(|p| p.end > from).take(LOOKS).copied().collect();
    places.iter().find_map(|place| {
        let (anchor, snapshot) = keys.load(place, &mut log)?;
        let whole = Screen::restore(&snapshot, HISTORY).is_ok_and(|r| r.whole);
        (whole && anchor.end <= log.end()).then_some((anchor.end, snapshot))
    })
}
