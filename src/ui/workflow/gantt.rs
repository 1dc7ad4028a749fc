//! The time line beside the tasks: what was planned, what was done, what is expected, and where now is.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use super::digest::Digest;
use crate::domain::state::TaskState;
use crate::domain::theme::Role;
use crate::domain::workflow::plan::Task;
use crate::ui::theme::{BOLD, CAUTION, DIM, TROUBLE, put, role};

/// What the signs mean.
pub(super) const LEGEND: &str = "█ worked ▒ expected ░ planned first ▼ now ! deadline";
/// Fewest columns from one label of the axis to the next.
const LABEL: i64 = 6;
/// Days from one label to the next, of which the first that fits is taken; further on it doubles.
const STEPS: [i64; 5] = [1, 2, 7, 14, 28];
/// How often the steps double at the most.
const DOUBLINGS: u32 = 40;

/// The axis.
#[derive(Clone, Copy, Debug)]
pub(super) struct Axis {
    from: i64,
    to: i64,
    width: u16,
}

impl Axis {
    /// The time of a project on so many columns.
    pub fn of(digest: &Digest<'_>, width: u16) -> Self {
        let (t, project) = (&digest.tracking, digest.project);
        let from = project.started;
        let ends = [t.planned_end, t.agreed_end, t.expected_end, from.saturating_add(1)];
        let to = ends.into_iter().chain(project.terms.deadline).fold(from.saturating_add(1), i64::max);
        Self { from, to, width: width.max(1) }
    }

    /// The column of a moment, from 0.
    pub fn column(&self, at: i64) -> u16 {
        let length = i128::from(self.to) - i128::from(self.from);
        let since = (i128::from(at) - i128::from(self.from)).clamp(0, length);
        let column = since * i128::from(self.width) / length.max(1);
        u16::try_from(column).unwrap_or(u16::MAX).min(self.width - 1)
    }

    /// The columns of a time: at least one.
    fn columns(&self, from: i64, to: i64) -> std::ops::RangeInclusive<u16> {
        let last = to.saturating_sub(1).max(from);
        self.column(from)..=self.column(last)
    }

    /// Draws days or weeks, and over them where now and the deadline are.
    pub fn draw(&self, buffer: &mut Buffer, digest: &Digest<'_>, area: Rect) {
        let day = digest.project.day_ms.max(1);
        let length = self.to.saturating_sub(self.from);
        let wide = |days: i64| {
            let ms = i128::from(day) * i128::from(days) * i128::from(self.width);
            ms / i128::from(length.max(1)) >= i128::from(LABEL)
        };
        let doubled = (1..DOUBLINGS).map(|n| 28_i64 << n);
        let Some(step) = STEPS.into_iter().chain(doubled).find(|s| wide(*s)) else { return };
        for n in 0..i64::from(self.width) {
            let days = n.saturating_mul(step);
            let at = self.from.saturating_add(day.saturating_mul(days));
            if at >= self.to {
                break;
            }
            let label = if step % 7 == 0 { format!("w{}", days / 7 + 1) } else { format!("d{}", days + 1) };
            let column = self.column(at);
            put(
                buffer,
                area.x + column,
                area.y,
                &label,
                usize::from(area.width - column.min(area.width)),
                DIM,
            );
        }
        if let Some(deadline) = digest.project.terms.deadline {
            put(buffer, area.x + self.column(deadline), area.y, "!", 1, CAUTION);
        }
        put(buffer, area.x + self.column(digest.now), area.y, "▼", 1, BOLD);
    }

    /// Draws a task.
    pub fn draw_task(&self, buffer: &mut Buffer, digest: &Digest<'_>, task: &Task, area: Rect) {
        let mut cells = vec![(' ', DIM); usize::from(self.width)];
        let mut fill = |columns: std::ops::RangeInclusive<u16>, sign: char, style: Style| {
            for column in columns {
                if let Some(cell) = cells.get_mut(usize::from(column)) {
                    *cell = (sign, style);
                }
            }
        };
        let now = self.column(digest.now);
        fill(now..=now, '┆', DIM);
        let project = digest.project;
        if let Some(base) = project.baseline.iter().find(|b| b.task == task.id) {
            let at = |hours| project.started.saturating_add(project.ms(hours));
            fill(self.columns(at(base.from), at(base.to)), '░', DIM);
        }
        if let Some(track) = digest.track(task) {
            let state = digest.state(task);
            let worked = track.took.is_some();
            let style = match state {
                TaskState::Done => role(Role::Good),
                TaskState::Running => role(Role::Busy),
                TaskState::Failed => TROUBLE,
                TaskState::Queued | TaskState::Sent | TaskState::Skipped => Style::new(),
            };
            match state {
                TaskState::Skipped => {}
                TaskState::Done => fill(self.columns(track.from, track.to), '█', style),
                _ => {
                    let begins = if worked { digest.now.max(track.from) } else { track.from };
                    fill(self.columns(begins, track.to), '▒', Style::new());
                    if worked {
                        fill(self.columns(track.from, digest.now.min(track.to)), '█', style);
                    }
                }
            }
        }
        for (x, (sign, style)) in (area.x..area.right()).zip(cells) {
            put(buffer, x, area.y, sign.to_string(), 1, style);
        }
    }
}
