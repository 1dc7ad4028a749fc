//! What came of a recorded session.

use std::sync::Arc;

use super::{Error, Player, Recording, markup};
use crate::domain::moment::Moment;
use crate::domain::report::{Report, Shot};
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

/// Rows and columns of a screen that are shown.
const ROWS: u16 = 120;
const COLUMNS: usize = 240;

/// The screens of a report's chapters, each of the agent it is about.
///
/// # Errors
/// When a log cannot be read.
pub fn shots(player: &mut Player, report: &Report) -> Result<Vec<Shot>, Error> {
    let mut shots = Vec::new();
    for mark in report.shown() {
        let Some(name) = &mark.chapter.agent else { continue };
        player.go(Moment::Event(mark.seq))?;
        let Some(agent) = player.state().agent(name) else { continue };
        let screen = &agent.pane.screen;
        let rows: Vec<_> = (0..screen.size().rows.min(ROWS)).map(|r| screen.row(usize::from(r), 0)).collect();
        let used = rows.iter().rposition(|r| !r.is_blank()).map_or(0, |i| i + 1);
        let mut html = String::new();
        for row in rows.iter().take(used) {
            markup::line(row, COLUMNS, &mut html);
        }
        if used > 0 {
            shots.push(Shot { seq: mark.seq, rows: html });
        }
    }
    Ok(shots)
}
