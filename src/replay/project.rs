//! The project that a recorded session follows.

use std::sync::Arc;

use super::Recording;
use crate::domain::workflow::project::Project;
use crate::engine::event::Event;
use crate::engine::state::{Info, State};
use crate::engine::step;

/// The project of a recording as it was at `until`, milliseconds since 1970; none: at its end. None where it follows
/// none by then; of several the latest.
#[must_use]
pub fn project(recording: &Recording, until: Option<i64>) -> Option<Project> {
    let mut state = State::new(Arc::new(recording.file().config.clone()), Info::default());
    for line in recording.lines().iter().filter(|l| until.is_none_or(|until| l.time.wall <= until)) {
        step(&mut state, Event::Recorded(line.record.clone()), line.time);
    }
    state.project.map(|p| *p)
}
