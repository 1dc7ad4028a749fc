//! What came of a recorded session.

use std::sync::Arc;

use super::Recording;
use crate::domain::report::Report;
use crate::domain::time::Time;
use crate::engine::report::{Known, report};

/// The facts of a recording; `now` is given where a server runs it.
#[must_use]
pub fn facts(recording: &Recording, now: Option<Time>) -> Report {
    let file = recording.file();
    let (unknown, damaged) = recording.passed_over();
    let known = Known {
        config: Arc::new(file.config.clone()),
        repository: file.repository.display().to_string(),
        version: file.version.clone(),
        now,
        unknown,
        damaged,
    };
    report(&known, recording.lines().iter().map(|l| (l.seq, l.time, &l.record)))
}
