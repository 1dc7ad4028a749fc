//! Where in its log a pane stands at each event, and from where on its screen is that of its present program.

use std::collections::BTreeMap;

use super::recording::Line;
use crate::domain::id::AgentName;
use crate::domain::record::Record;
use crate::engine::state::State;
use crate::screen::Size;

/// What a pane's log tells about one start of its program.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Life {
    /// The logical offset its output begins at; none: no program of this opening of the session has run yet.
    pub from: Option<u64>,
    /// The size its screen begins with.
    pub size: Size,
}

/// How far into a log it goes: all up to `low`, and what came by a moment up to `high`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Bounds {
    /// What had been taken in at the event before. A logical offset.
    pub low: u64,
    /// What had been taken in at the next event. A logical offset.
    pub high: u64,
}

/// The course of one pane.
#[derive(Clone, Default, Debug)]
struct Pane {
    /// Offsets taken in, each with the place of the event that says so.
    marks: Vec<(usize, u64)>,
    /// Starts of its program, each with the place of its event.
    lives: Vec<(usize, Life)>,
}

/// The courses of all panes.
#[derive(Clone, Default, Debug)]
pub(super) struct Courses {
    panes: BTreeMap<AgentName, Pane>,
    /// Events seen.
    lines: usize,
    /// Whether any event said how far panes were: older recordings go by their clocks alone.
    marked: bool,
}

impl Courses {
    /// Takes in the next event, after which the session is in that state.
    pub(super) fn take(&mut self, line: &Line, state: &State) {
        let place = self.lines;
        self.lines += 1;
        self.marked |= !line.at.is_empty();
        for (name, offset) in &line.at {
            if let Some(pane) = self.pane(name, state) {
                pane.marks.push((place, *offset));
            }
        }
        match &line.record {
            Record::AgentUp { agent, log, .. } => {
                let size = state.agent(agent).map(|a| a.pane.size);
                if let (Some(size), Some(pane)) = (size, self.pane(agent, state)) {
                    pane.lives.push((place, Life { from: Some(*log), size }));
                }
            }
            Record::Opened { .. } => {
                for agent in &state.agents {
                    let life = Life { from: None, size: agent.pane.size };
                    self.panes.entry(agent.name.clone()).or_default().lives.push((place, life));
                }
            }
            _ => {}
        }
    }

    /// Only panes of the session: a journal may name others.
    fn pane(&mut self, name: &AgentName, state: &State) -> Option<&mut Pane> {
        state.agent(name).is_some().then(|| self.panes.entry(name.clone()).or_default())
    }

    /// The starts of a pane's program in the order of its log, each with the offset at which the next begins.
    pub(super) fn starts(&self, name: &AgentName, size: Size) -> Vec<(Life, u64)> {
        let lives = self.panes.get(name).map_or(&[][..], |p| &p.lives);
        let mut lives: Vec<Life> = lives.iter().map(|(_, l)| *l).filter(|l| l.from.is_some()).collect();
        if lives.is_empty() {
            lives.push(Life { from: Some(0), size });
        }
        let ends = lives.iter().skip(1).filter_map(|l| l.from).chain([u64::MAX]).collect::<Vec<_>>();
        lives.into_iter().zip(ends).collect()
    }

    /// The start of its program that a pane shows once `line` events have happened.
    pub(super) fn life(&self, name: &AgentName, line: usize, size: Size) -> Life {
        let lives = self.panes.get(name).map_or(&[][..], |p| &p.lives);
        // Where no start is recorded the log is all there is.
        if lives.iter().all(|(_, l)| l.from.is_none()) {
            return Life { from: Some(0), size };
        }
        let at = lives.partition_point(|(place, _)| *place < line);
        match at.checked_sub(1).and_then(|i| lives.get(i)) {
            Some((_, Life { from: Some(from), size })) => Life { from: Some(*from), size: *size },
            _ => Life { from: None, size },
        }
    }

    /// Whether events say how far panes were.
    pub(super) fn marked(&self) -> bool {
        self.marked
    }

    /// How far a pane is once `line` events have happened and before the next does.
    pub(super) fn bounds(&self, name: &AgentName, line: usize) -> Bounds {
        if !self.marked {
            return Bounds { low: 0, high: u64::MAX };
        }
        let marks = self.panes.get(name).map_or(&[][..], |p| &p.marks);
        let at = marks.partition_point(|(place, _)| *place < line);
        let low = at.checked_sub(1).and_then(|i| marks.get(i)).map_or(0, |(_, offset)| *offset);
        let high = match marks.get(at) {
            Some((place, offset)) if *place == line => *offset,
            _ if line >= self.lines => u64::MAX,
            _ => low,
        };
        Bounds { low, high: high.max(low) }
    }
}
