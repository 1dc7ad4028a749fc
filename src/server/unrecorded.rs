//! The record while it cannot be written: who is told, and what is written later.

use std::collections::VecDeque;
use std::time::Duration;

use super::run::Server;
use crate::domain::command::Command;
use crate::domain::id::AgentName;
use crate::domain::record::{Record, Recording};
use crate::domain::time::Time;
use crate::engine::event::Event;
use crate::session::journal::At;
use crate::session::{dir, lines};

/// A journal that cannot be written is tried again after this.
const RETRY: Duration = Duration::from_secs(1);
/// Events that wait for it at the most; later ones are lost.
const MOST: usize = 4096;
/// A merge is not begun, and a journal not gone on with, with less room than this on the disk, in bytes: more than they write
/// at a time has to fit.
const ROOM: u64 = 256 << 10;

/// What is not in the journal yet.
#[derive(Default)]
pub(super) struct Backlog {
    /// Each with its moment and what of the panes had been taken in by then.
    waiting: VecDeque<(Record, Time, At)>,
    lost: u64,
    /// When it is tried again; none while all is well.
    retry: Option<Time>,
}

impl Backlog {
    /// When something is to be done about it.
    pub fn due(&self) -> Option<Time> {
        self.retry
    }
}

impl Server {
    /// Journals a record. Without a journal nothing may go on that cannot be undone: everybody is told, the record is
    /// written later, and no merge begins.
    pub(super) fn journal(&mut self, record: &Record) -> bool {
        let (now, kept) = (self.now(), self.to_keep(record));
        if self.backlog.retry.is_none() {
            let next = self.journal.next_seq();
            match lines::append_masked(&self.dir, &mut self.journal, &kept, now, Some(&self.mask)) {
                Ok(()) => return true,
                Err(e) => {
                    let (kept, written) = (kept.into_owned(), self.journal.next_seq() > next);
                    self.unwritten(&e.to_string(), now);
                    // It may be in the file and only not on the disk yet.
                    if !written {
                        self.wait_for_room(kept, now);
                    }
                    return false;
                }
            }
        }
        let kept = kept.into_owned();
        self.wait_for_room(kept, now);
        false
    }

    /// Journals something that happened outside the engine, and lets it know. Whether it is in the journal.
    pub(super) fn record(&mut self, record: Record) -> bool {
        let journaled = self.journal(&record);
        self.happen(Event::Recorded(record));
        journaled
    }

    /// A pane's output cannot be recorded, or (without a reason) can again.
    pub(super) fn pane_trouble(&mut self, agent: &AgentName, lost: u64, why: String) {
        let known = self.state.unrecorded.iter().any(|r| r.agent.as_ref() == Some(agent));
        if known || !why.is_empty() {
            self.record(Record::Recording(Recording { agent: Some(agent.clone()), lost, why }));
        }
    }

    /// What a lost server could not record is over, or will be told anew.
    pub(super) fn forget_trouble(&mut self) {
        let known = self.state.unrecorded.iter().map(|r| r.agent.clone());
        for agent in known.filter(|a| a.is_some() || self.backlog.retry.is_none()).collect::<Vec<_>>() {
            self.record(Record::Recording(Recording { agent, lost: 0, why: String::new() }));
        }
    }

    /// Looks, before a merge begins, whether its own record will fit.
    pub(super) fn look_for_room(&mut self, command: &Command) {
        let merges = matches!(command, Command::Merge | Command::MergeContinue { .. });
        let room = dir::room(self.dir.path());
        if merges
            && self.backlog.retry.is_none()
            && let Some(room) = room.filter(|r| *r < ROOM)
        {
            let now = self.now();
            self.unwritten(&format!("only {room} bytes are left on its disk"), now);
        }
    }

    /// Writes what waits, as far as that can be done now.
    pub(super) fn catch_up_journal(&mut self) {
        let now = self.now();
        if self.backlog.retry.is_none_or(|at| now < at) {
            return;
        }
        self.backlog.retry = Some(now.plus(RETRY));
        if dir::room(self.dir.path()).is_some_and(|room| room < ROOM) {
            return;
        }
        while let Some((record, time, at)) = self.backlog.waiting.pop_front() {
            let since = self.journal.swap_at(at);
            let next = self.journal.next_seq();
            let done = lines::append_masked(&self.dir, &mut self.journal, &record, time, Some(&self.mask));
            let written = self.journal.next_seq() > next;
            let at = self.journal.swap_at(since);
            if done.is_err() {
                if !written {
                    self.backlog.waiting.push_front((record, time, at));
                }
                return;
            }
        }
        self.backlog.retry = None;
        let lost = std::mem::take(&mut self.backlog.lost);
        if lost > 0 {
            self.record(Record::Note { text: format!("{lost} events are missing in the journal here") });
        }
        self.record(Record::Recording(Recording { agent: None, lost: 0, why: String::new() }));
    }

    /// The journal cannot be written from here on.
    fn unwritten(&mut self, why: &str, now: Time) {
        tracing::error!("failed to journal: {why}");
        self.backlog.retry = Some(now.plus(RETRY));
        let record = Record::Recording(Recording { agent: None, lost: 0, why: why.to_owned() });
        self.wait_for_room(record.clone(), now);
        let event = Event::Recorded(record);
        self.mark_dirty(&event);
        crate::engine::step(&mut self.state, event, now);
    }

    fn wait_for_room(&mut self, record: Record, now: Time) {
        if self.backlog.waiting.len() < MOST {
            let at = self.journal.swap_at(At::new());
            self.backlog.waiting.push_back((record, now, at));
        } else {
            self.backlog.lost = self.backlog.lost.saturating_add(1);
        }
    }
}
