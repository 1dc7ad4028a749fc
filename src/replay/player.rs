//! A recording at one moment.

use std::path::Path;

use super::Error;
use super::recording::Recording;
use crate::domain::id::AgentName;
use crate::domain::moment::Moment;
use crate::domain::state::AgentState;
use crate::domain::time::Time;
use crate::engine::event::Event;
use crate::engine::state::{HISTORY, State};
use crate::screen::{Screen, Size};
use crate::session::log::{Kind, Reader};

/// Who was in what state when.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Timeline {
    /// One row an agent in team order: each state with the moment it began, in microseconds.
    pub rows: Vec<(AgentName, Vec<(u64, AgentState)>)>,
}

/// A recording and the moment it is looked at.
#[derive(Debug)]
pub struct Player {
    recording: Recording,
    begin: u64,
    end: u64,
    timeline: Timeline,
    state: State,
    now: u64,
    line: usize,
}

impl Player {
    /// Opens the recording in `dir` at its beginning.
    ///
    /// # Errors
    /// As [`Recording::open`].
    pub fn open(dir: &Path) -> Result<Self, Error> {
        let recording = Recording::open(dir)?;
        let begin = recording.lines().first().map_or(0, |l| l.time.mono);
        let mut end = recording.lines().iter().map(|l| l.time.mono).max().unwrap_or(begin);
        for pane in recording.panes() {
            if let Ok(reader) = Reader::open(&recording.dir().pane(&pane), 0) {
                end = end.max(reader.map_while(Result::ok).map(|e| e.record.us).max().unwrap_or(0));
            }
        }
        let timeline = timeline(&recording);
        let state = recording.blank();
        let mut player = Self { recording, begin, end, timeline, state, now: begin, line: 0 };
        player.seek(begin)?;
        Ok(player)
    }

    /// What is played.
    #[must_use]
    pub fn recording(&self) -> &Recording {
        &self.recording
    }

    /// The first and the last moment, in microseconds of the session's clock.
    #[must_use]
    pub fn span(&self) -> (u64, u64) {
        (self.begin, self.end)
    }

    /// The moment looked at, in microseconds of the session's clock.
    #[must_use]
    pub fn now(&self) -> u64 {
        self.now
    }

    /// How many events have happened by then.
    #[must_use]
    pub fn line(&self) -> usize {
        self.line
    }

    /// Who was in what state when.
    #[must_use]
    pub fn timeline(&self) -> &Timeline {
        &self.timeline
    }

    /// The session at that moment, with the screens of its panes.
    #[must_use]
    pub fn state(&self) -> &State {
        &self.state
    }

    /// Goes where `moment` says.
    ///
    /// # Errors
    /// When there is no such event, or a log cannot be read.
    pub fn go(&mut self, moment: Moment) -> Result<(), Error> {
        match moment {
            Moment::After(us) => self.seek(self.begin.saturating_add(us)),
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss)]
            Moment::Share(share) => self.seek(self.begin + ((self.end - self.begin) as f64 * share) as u64),
            Moment::End => self.seek(self.end),
            Moment::Event(seq) => {
                let place = self.recording.lines().iter().position(|l| l.seq == seq);
                let place = place.ok_or_else(|| Error::Missing {
                    what: format!("event {seq}"),
                    known: format!(
                        "it has events up to {}",
                        self.recording.lines().last().map_or(0, |l| l.seq)
                    ),
                })?;
                self.seek_line(place)
            }
        }
    }

    /// Goes to just after the event at `place` among the recording's lines.
    ///
    /// # Errors
    /// When a log cannot be read.
    pub fn seek_line(&mut self, place: usize) -> Result<(), Error> {
        let Some(us) = self.recording.lines().get(place).map(|l| l.time.mono) else {
            return self.seek(self.end);
        };
        self.show(us, place + 1)
    }

    /// Goes to a moment of the session's clock; beyond its ends, to them.
    ///
    /// # Errors
    /// When a log cannot be read.
    pub fn seek(&mut self, us: u64) -> Result<(), Error> {
        let us = us.clamp(self.begin, self.end);
        let line = self.recording.lines().partition_point(|l| l.time.mono <= us);
        self.show(us, line)
    }

    fn show(&mut self, us: u64, line: usize) -> Result<(), Error> {
        let mut state = self.recording.blank();
        for line in self.recording.lines().iter().take(line) {
            crate::engine::step(&mut state, Event::Recorded(line.record.clone()), line.time);
        }
        for agent in &mut state.agents {
            let dir = self.recording.dir().pane(&agent.name);
            let mut screen = Screen::new(agent.pane.size, HISTORY);
            match Reader::open(&dir, 0) {
                Ok(reader) => {
                    for entry in reader.take_while(|e| e.as_ref().is_ok_and(|e| e.record.us <= us)).flatten()
                    {
                        let now = Time { mono: entry.record.us, wall: 0 };
                        match entry.record.kind {
                            Kind::Output => drop(screen.feed(&entry.record.payload, now)),
                            Kind::Resize => {
                                if let Some((rows, cols)) = entry.record.size() {
                                    screen.resize(Size { rows, cols });
                                }
                            }
                            _ => {}
                        }
                    }
                }
                Err(e) if e.kind() == std::io::ErrorKind::NotFound => {}
                Err(source) => return Err(Error::Log { path: dir, source }),
            }
            agent.pane.screen = screen;
        }
        state.now = self.recording.time(us, line);
        (self.state, self.now, self.line) = (state, us, line);
        Ok(())
    }
}

fn timeline(recording: &Recording) -> Timeline {
    let mut state = recording.blank();
    let mut rows: Vec<(AgentName, Vec<(u64, AgentState)>)> =
        state.team().map(|a| (a.name.clone(), Vec::new())).collect();
    for line in recording.lines() {
        crate::engine::step(&mut state, Event::Recorded(line.record.clone()), line.time);
        for ((_, row), agent) in rows.iter_mut().zip(state.team()) {
            let now = agent.state();
            if row.last().is_none_or(|(_, last)| *last != now) {
                row.push((line.time.mono, now));
            }
        }
    }
    Timeline { rows }
}
