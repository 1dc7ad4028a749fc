//! A recording at one moment.

use std::path::Path;

use super::Error;
use super::course::Bounds;
use super::recording::Recording;
use super::story::{Story, no_screen};
use super::track::{Track, Until};
use crate::domain::id::AgentName;
use crate::domain::moment::Moment;
use crate::domain::state::AgentState;
use crate::domain::time::Time;
use crate::engine::state::State;

/// Cells that all screens of a recording may have together: 64 panes of 100×300 fit. Both screens of each take less than
/// 100 MB.
const CELLS: u64 = 2_000_000;

/// Who was in what state when.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Timeline {
    /// One row an agent in team order: each state with the moment it began, in microseconds.
    pub rows: Vec<(AgentName, Vec<(u64, AgentState)>)>,
}

/// Which way to step.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Stride {
    /// To the next event or output.
    Forward,
    /// To before the last.
    Back,
}

/// A place in a recording.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Place {
    /// Events that have happened.
    line: usize,
    /// The moment.
    us: u64,
    /// Right after the last event, with what had been taken in when it was written down, and nothing more.
    at_event: bool,
}

/// A recording and the moment it is looked at.
///
/// At an event every pane stands exactly where the journal says it did. Between two events a pane shows what its log had
/// by that moment, but never less than at the event before nor more than at the next.
#[derive(Debug)]
pub struct Player {
    recording: Recording,
    story: Story,
    tracks: Vec<Track>,
    begin: u64,
    end: u64,
    state: State,
    place: Place,
}

impl Player {
    /// Opens the recording in `dir` at its beginning.
    ///
    /// # Errors
    /// As [`Recording::open`], or when a log cannot be read.
    pub fn open(dir: &Path) -> Result<Self, Error> {
        Self::of(Recording::open(dir)?)
    }

    /// Takes up a recording that was read, at its beginning.
    ///
    /// # Errors
    /// When a log cannot be read.
    pub fn of(recording: Recording) -> Result<Self, Error> {
        let story = Story::of(&recording);
        let begin = recording.lines().first().map_or(0, |l| l.time.mono);
        let state = recording.blank();
        let tracks = state.agents.iter().map(|a| Track::new(&recording.dir().pane(&a.name))).collect();
        let place = Place { line: 0, us: begin, at_event: false };
        let mut player = Self { recording, story, tracks, begin, end: begin, state, place };
        player.find_end()?;
        player.seek(begin)?;
        Ok(player)
    }

    fn find_end(&mut self) -> Result<(), Error> {
        let mut end = self.recording.lines().iter().map(|l| l.time.mono).max().unwrap_or(self.begin);
        for (track, agent) in self.tracks.iter_mut().zip(&self.state.agents) {
            let path = self.recording.dir().pane(&agent.name);
            end = end.max(track.end().map_err(|source| Error::Log { path, source })?);
        }
        self.end = end.max(self.end);
        Ok(())
    }

    /// Takes in what was added to a recording that still grows. The moment looked at stays. Whether anything was added.
    ///
    /// # Errors
    /// As [`Self::open`].
    pub fn refresh(&mut self) -> Result<bool, Error> {
        let before = (self.recording.lines().len(), self.end);
        self.recording.refresh()?;
        self.story.go_on(self.recording.lines());
        for (track, agent) in self.tracks.iter_mut().zip(&mut self.state.agents) {
            track.take_back(std::mem::replace(&mut agent.pane.screen, no_screen()));
            let path = self.recording.dir().pane(&agent.name);
            track.refresh().map_err(|source| Error::Log { path, source })?;
        }
        self.find_end()?;
        self.show(self.place)?;
        Ok(before != (self.recording.lines().len(), self.end))
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
        self.place.us
    }

    /// How many events have happened by then.
    #[must_use]
    pub fn line(&self) -> usize {
        self.place.line
    }

    /// Who was in what state when.
    #[must_use]
    pub fn timeline(&self) -> &Timeline {
        &self.story.timeline
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
        self.show(Place { line: place + 1, us, at_event: true })
    }

    /// Goes to a moment of the session's clock; beyond its ends, to them.
    ///
    /// # Errors
    /// When a log cannot be read.
    pub fn seek(&mut self, us: u64) -> Result<(), Error> {
        let us = us.clamp(self.begin, self.end);
        let line = self.recording.lines().partition_point(|l| l.time.mono <= us);
        self.show(Place { line, us, at_event: false })
    }

    /// Goes to the next event or output of any pane, or back to before the last. Whether there was one.
    ///
    /// # Errors
    /// When a log cannot be read.
    pub fn step(&mut self, stride: Stride) -> Result<bool, Error> {
        let to = match stride {
            Stride::Forward => self.next_place()?,
            Stride::Back => self.place_before()?,
        };
        if let Some(to) = to {
            self.show(to)?;
        }
        Ok(to.is_some())
    }

    /// Gives the screen of an agent as much history as its log has, for who scrolls there. Whether there is more now.
    ///
    /// # Errors
    /// When its log cannot be read.
    pub fn deepen(&mut self, agent: &AgentName) -> Result<bool, Error> {
        let Some(at) = self.state.agents.iter().position(|a| a.name == *agent) else { return Ok(false) };
        let (Some(track), Some(agent)) = (self.tracks.get_mut(at), self.state.agents.get_mut(at)) else {
            return Ok(false);
        };
        track.take_back(std::mem::replace(&mut agent.pane.screen, no_screen()));
        let done = track.deepen();
        agent.pane.screen = track.lend(self.place.us);
        let path = self.recording.dir().pane(&agent.name);
        done.map_err(|source| Error::Log { path, source })
    }

    /// Whether it stands right after an event, and not at a moment of the clock.
    #[must_use]
    pub fn at_event(&self) -> bool {
        self.place.at_event
    }

    /// When something next happens or is printed; none: never.
    ///
    /// # Errors
    /// When a log cannot be read.
    pub fn next_moment(&mut self) -> Result<Option<u64>, Error> {
        Ok(self.next_place()?.map(|place| place.us))
    }

    fn next_place(&mut self) -> Result<Option<Place>, Error> {
        let Place { line, us, .. } = self.place;
        let event = self.recording.lines().get(line).map(|l| l.time.mono.max(us));
        let mut printed = None;
        for i in 0..self.tracks.len() {
            let (bounds, path) = self.bounds(i, line);
            let Some(track) = self.tracks.get_mut(i) else { continue };
            let next = track.peek().map_err(|source| Error::Log { path, source })?;
            if let Some(entry) = next.filter(|e| e.end <= bounds.high) {
                let at = entry.record.us.max(us);
                printed = Some(printed.map_or(at, |p: u64| p.min(at)));
            }
        }
        Ok(match (event, printed) {
            (Some(event), Some(printed)) if printed > event => {
                Some(Place { line: line + 1, us: event, at_event: true })
            }
            (_, Some(us)) => Some(Place { line, us, at_event: false }),
            (Some(us), None) => Some(Place { line: line + 1, us, at_event: true }),
            (None, None) => None,
        })
    }

    fn place_before(&mut self) -> Result<Option<Place>, Error> {
        let Place { line, at_event, .. } = self.place;
        let event = line.checked_sub(1).and_then(|l| self.recording.lines().get(l)).map(|l| l.time.mono);
        let (mut last, mut before) = (None, None);
        for i in (0..self.tracks.len()).filter(|_| !at_event) {
            let (bounds, path) = self.bounds(i, line);
            let Some(track) = self.tracks.get_mut(i) else { continue };
            let (one, other) = track.last_moments(bounds).map_err(|source| Error::Log { path, source })?;
            for moment in [one, other].into_iter().flatten() {
                if last.is_none_or(|l| moment > l) {
                    (before, last) = (last, Some(moment));
                } else if last != Some(moment) {
                    before = before.max(Some(moment));
                }
            }
        }
        Ok(match (last, before, event) {
            // It came before the event and was taken in after it.
            (Some(last), _, Some(us)) if last <= us => Some(Place { line, us, at_event: true }),
            (Some(_), Some(us), event) => {
                Some(Place { line, us: us.max(event.unwrap_or(0)), at_event: false })
            }
            (Some(_), None, Some(us)) => Some(Place { line, us, at_event: true }),
            (None, _, Some(us)) => Some(Place { line: line - 1, us, at_event: false }),
            (Some(_), None, None) if self.begin < self.place.us => {
                Some(Place { line, us: self.begin, at_event: false })
            }
            (_, _, None) => None,
        })
    }

    /// How far a pane may be after so many events, and where its log is.
    fn bounds(&self, at: usize, line: usize) -> (Bounds, std::path::PathBuf) {
        let Some(agent) = self.state.agents.get(at) else {
            return (Bounds { low: 0, high: 0 }, std::path::PathBuf::new());
        };
        (self.story.courses.bounds(&agent.name, line), self.recording.dir().pane(&agent.name))
    }

    fn show(&mut self, place: Place) -> Result<(), Error> {
        let Place { line, us, at_event } = place;
        for (track, agent) in self.tracks.iter_mut().zip(&mut self.state.agents) {
            track.take_back(std::mem::replace(&mut agent.pane.screen, no_screen()));
        }
        self.story.bring(&mut self.state, self.place.line, line, self.recording.lines());
        self.place = place;
        let now = self.recording.time(us, line);
        self.state.now = now;
        // Older recordings do not say how far panes were at an event.
        let by_time = !at_event || !self.story.courses.marked();
        let mut failed = Ok(());
        let mut used: u64 = self.tracks.iter().map(Track::cells).sum();
        for (track, agent) in self.tracks.iter_mut().zip(&mut self.state.agents) {
            let life = self.story.courses.life(&agent.name, line, agent.pane.size);
            let bounds = self.story.courses.bounds(&agent.name, line);
            used -= track.cells();
            let room = CELLS.saturating_sub(used);
            let done = track.go(life, Until { bounds, us: by_time.then_some(us), room });
            used += track.cells();
            if let Err(source) = done {
                failed = Err(Error::Log { path: self.recording.dir().pane(&agent.name), source });
            }
            agent.pane.screen = track.lend(us);
            let wall =
                |at: u64| now.wall.saturating_sub(i64::try_from(us.saturating_sub(at) / 1000).unwrap_or(0));
            agent.pane.last_output = track.printed().map(|at| Time { mono: at, wall: wall(at) });
        }
        failed
    }
}
