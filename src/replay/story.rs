//! The state of the session after any of its events, without folding all events before it.

use super::course::Courses;
use super::player::Timeline;
use super::recording::{Line, Recording};
use crate::domain::id::AgentName;
use crate::engine::event::Event;
use crate::engine::state::State;
use crate::screen::{Screen, Size};

/// Events between two states that are kept, at least; and how many are kept, about.
const APART: usize = 256;
const KEPT: usize = 64;

/// The events folded once, with states kept on the way.
#[derive(Debug)]
pub(super) struct Story {
    /// States after so many events. Their screens are empty.
    kept: Vec<(usize, State)>,
    /// The state after all events.
    tip: State,
    lines: usize,
    /// Events between two states kept from here on.
    apart: usize,
    pub timeline: Timeline,
    pub courses: Courses,
}

impl Story {
    /// Folds a recording's events.
    pub(super) fn of(recording: &Recording) -> Self {
        let mut blank = recording.blank();
        empty(&mut blank);
        let rows: Vec<(AgentName, Vec<_>)> = blank.team().map(|a| (a.name.clone(), Vec::new())).collect();
        let mut story = Self {
            kept: vec![(0, blank.clone())],
            tip: blank,
            lines: 0,
            apart: APART.max(recording.lines().len() / KEPT),
            timeline: Timeline { rows },
            courses: Courses::default(),
        };
        story.go_on(recording.lines());
        story
    }

    /// Folds the events that are new among `lines`.
    pub(super) fn go_on(&mut self, lines: &[Line]) {
        for line in lines.iter().skip(self.lines) {
            fold(&mut self.tip, line);
            self.lines += 1;
            self.courses.take(line, &self.tip);
            for ((_, row), agent) in self.timeline.rows.iter_mut().zip(self.tip.team()) {
                let now = agent.state();
                if row.last().is_none_or(|(_, last)| *last != now) {
                    row.push((line.time.mono, now));
                }
            }
            if self.lines.is_multiple_of(self.apart) {
                empty(&mut self.tip);
                self.kept.push((self.lines, self.tip.clone()));
                self.thin();
            }
        }
        empty(&mut self.tip);
    }

    /// A session that is followed for long does not keep more and more states.
    fn thin(&mut self) {
        if self.kept.len() > 2 * KEPT {
            self.apart *= 2;
            let apart = self.apart;
            self.kept.retain(|(line, _)| line.is_multiple_of(apart));
        }
    }

    /// Brings `state`, which is that after `from` events, to that after `to`.
    pub(super) fn bring(&self, state: &mut State, from: usize, to: usize, lines: &[Line]) {
        let at = self.kept.partition_point(|(line, _)| *line <= to);
        let kept = at.checked_sub(1).and_then(|i| self.kept.get(i));
        let mut from = from;
        if let Some((line, near)) = kept.filter(|(line, _)| from > to || *line > from) {
            *state = near.clone();
            from = *line;
        }
        for line in lines.iter().take(to).skip(from) {
            fold(state, line);
        }
    }
}

fn fold(state: &mut State, line: &Line) {
    // Nothing follows from what is recorded.
    drop(crate::engine::step(state, Event::Recorded(line.record.clone()), line.time));
}

/// Takes the screens out of a state: they come from the logs.
fn empty(state: &mut State) {
    for agent in &mut state.agents {
        agent.pane.screen = no_screen();
    }
}

/// A screen that stands for none.
pub(super) fn no_screen() -> Screen {
    Screen::new(Size { rows: Size::MIN, cols: Size::MIN }, 0)
}
