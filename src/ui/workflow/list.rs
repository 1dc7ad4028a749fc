//! The tasks by phase, each a line: how far it is, how long it takes, what it waits for.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::style::Style;
use unicode_width::UnicodeWidthStr;

use super::digest::{Digest, Row};
use super::gantt::Axis;
use crate::domain::signal::printable;
use crate::domain::state::TaskState;
use crate::domain::theme::Role;
use crate::domain::workflow::plan::Task;
use crate::domain::workflow::track::hours;
use crate::ui::theme::{BOLD, CAUTION, CHOSEN, DIM, TROUBLE, bar, cut, pad, pad_left, put, role};

/// Most columns of a task's id, and of its specialist.
const NAME: usize = 20;
const WHO: usize = 13;
/// Columns of a bar, and of how long it took of how long it is planned.
const BAR: usize = 6;
const TIME: usize = 11;
/// Columns of the words of a state at least, and at most where a time line stands beside.
const WORDS: (usize, usize) = (14, 34);
/// Fewest columns of a time line.
const LINE: usize = 24;
/// Fewest rows on which the columns have names.
const HEADED: u16 = 5;

/// How the columns are divided.
pub(super) struct Shape {
    /// The names of the columns.
    head: Rect,
    /// The lines.
    pub lines: Rect,
    name: usize,
    who: usize,
    /// Columns of the words of a state.
    words: usize,
    /// The time line; none where there is no room.
    line: Option<(u16, Axis)>,
}

impl Shape {
    pub fn of(digest: &Digest<'_>, area: Rect) -> Self {
        let head = Rect { height: u16::from(area.height >= HEADED), ..area };
        let lines = Rect { y: head.bottom(), height: area.height - head.height, ..area };
        let tasks = &digest.project.plan.tasks;
        let widest = |of: &dyn Fn(&Task) -> usize| tasks.iter().map(of).max().unwrap_or(0);
        let name = widest(&|t| t.id.width()).clamp(4, NAME);
        let who = widest(&|t| t.specialist.width()).clamp(4, WHO);
        let width = usize::from(area.width);
        let fixed = 3 + name + 1 + who + 1 + BAR + 5 + 1 + TIME + 1;
        let rest = width.saturating_sub(fixed);
        if rest < WORDS.0 + LINE + 1 {
            return Self { head, lines, name, who, words: rest, line: None };
        }
        let words = (rest / 3).clamp(WORDS.0, WORDS.1);
        let x = u16::try_from(fixed + words + 1).unwrap_or(u16::MAX);
        let axis = Axis::of(digest, area.width.saturating_sub(x));
        Self { head, lines, name, who, words, line: Some((area.x.saturating_add(x), axis)) }
    }

    /// Whether a time line is seen.
    pub fn is_wide(&self) -> bool {
        self.line.is_some()
    }

    fn line(&self, y: u16) -> Option<(Rect, Axis)> {
        let (x, axis) = self.line?;
        Some((Rect { x, y, width: self.lines.right().saturating_sub(x), height: 1 }, axis))
    }
}

/// The first line that is seen: the chosen task stands in the middle, except at the ends.
fn first(digest: &Digest<'_>, height: usize) -> usize {
    let chosen = digest.chosen.map(Row::Task);
    let at = digest.rows.iter().position(|r| Some(*r) == chosen).unwrap_or(0);
    at.saturating_sub(height / 2).min(digest.rows.len().saturating_sub(height))
}

/// Draws as many as fit.
pub(super) fn draw(buffer: &mut Buffer, digest: &Digest<'_>, shape: &Shape) {
    let area = shape.lines;
    let (width, height) = (usize::from(area.width), usize::from(area.height));
    if !shape.head.is_empty() {
        let name = pad("task", shape.name);
        let who = pad("who", shape.who);
        let text = format!("   {name} {who} {} {} state", pad("done", BAR + 5), pad("took/plan", TIME));
        put(buffer, area.x, shape.head.y, text, width, DIM);
        if let Some((place, axis)) = shape.line(shape.head.y) {
            axis.draw(buffer, digest, place);
        }
    }
    if digest.rows.is_empty() {
        put(buffer, area.x, area.y, "the plan has no task", width, DIM);
    }
    for (row, y) in digest.rows.iter().skip(first(digest, height)).take(height).zip(area.y..) {
        match row {
            Row::Phase(i) => draw_phase(buffer, digest, *i, Rect { y, height: 1, ..area }),
            Row::Task(i) => {
                let Some(task) = digest.task(*i) else { continue };
                draw_task(buffer, digest, shape, task, y);
                if digest.chosen == Some(*i) {
                    let wide = shape.line.map_or(area.right(), |(x, _)| x.saturating_sub(1));
                    let chosen = Rect { x: area.x, y, width: wide.saturating_sub(area.x), height: 1 };
                    buffer.set_style(chosen.intersection(buffer.area), CHOSEN);
                }
            }
        }
    }
}

fn draw_phase(buffer: &mut Buffer, digest: &Digest<'_>, place: usize, area: Rect) {
    let Some(phase) = digest.tracking.phases.get(place) else { return };
    let (mark, style) = match phase.state.as_str() {
        "completed" => ("✔", role(Role::Good)),
        "in progress" => ("●", role(Role::Busy)),
        _ => ("…", DIM),
    };
    let width = usize::from(area.width);
    let text = format!("{mark} {} · {} {}/{}", phase.title, phase.state, phase.done, phase.total);
    put(buffer, area.x, area.y, cut(&printable(&text), width), width, BOLD);
    put(buffer, area.x, area.y, mark, width, style);
}

/// The sign of a task's state, and how it stands out.
pub(super) fn sign(state: TaskState) -> (&'static str, Style) {
    match state {
        TaskState::Queued => ("…", DIM),
        TaskState::Sent => ("◌", Style::new()),
        TaskState::Running => ("●", role(Role::Busy)),
        TaskState::Done => ("✔", role(Role::Good)),
        TaskState::Failed => ("✘", TROUBLE),
        TaskState::Skipped => ("-", DIM),
    }
}

fn draw_task(buffer: &mut Buffer, digest: &Digest<'_>, shape: &Shape, task: &Task, y: u16) {
    let area = shape.lines;
    let width = usize::from(area.width);
    let state = digest.state(task);
    let (mark, style) = sign(state);
    let Some(track) = digest.track(task) else { return };
    let took = track.took.map_or("–".to_owned(), hours);
    let time = format!("{took}/{}", task.duration);
    let percent = format!("{} {:>3}%", bar(usize::from(track.percent), 100, BAR), track.percent);
    let text = format!(
        "   {} {} {percent} {} ",
        pad(&printable(&task.id), shape.name),
        pad(&printable(&task.specialist), shape.who),
        pad(&time, TIME),
    );
    let plain = if matches!(state, TaskState::Queued | TaskState::Skipped) { DIM } else { Style::new() };
    put(buffer, area.x, y, &text, width, plain);
    put(buffer, area.x.saturating_add(1), y, mark, 1, style);
    let (words, style) = words(digest, task, state, plain);
    let x = area.x.saturating_add(u16::try_from(text.width()).unwrap_or(u16::MAX));
    put(buffer, x, y, cut(&printable(&words), shape.words), shape.words, style);
    if let Some((place, axis)) = shape.line(y) {
        axis.draw_task(buffer, digest, task, place);
    }
}

/// How a task stands, in words: what is in the way first.
pub(super) fn words(digest: &Digest<'_>, task: &Task, state: TaskState, plain: Style) -> (String, Style) {
    let Some(track) = digest.track(task) else { return (String::new(), plain) };
    let late = if track.late > 0 { format!(", {} late", hours(track.late)) } else { String::new() };
    let held = digest.tracked(task).is_some_and(|t| !t.held.is_empty());
    let round = digest.tracked(task).map_or(0, |t| t.round);
    let round = if round > 1 { format!(", round {round}") } else { String::new() };
    match state {
        TaskState::Failed => ("failed".to_owned(), TROUBLE),
        TaskState::Skipped => ("left out".to_owned(), plain),
        TaskState::Done => (format!("done{late}{round}"), plain),
        _ if !track.blockers.is_empty() => (format!("▲ blocked{late}{round}"), CAUTION),
        TaskState::Running if held => (format!("▲ held{late}{round}"), CAUTION),
        TaskState::Running if track.late > 0 => (format!("▲ runs{late}{round}"), CAUTION),
        TaskState::Running => (format!("runs{round}"), plain),
        TaskState::Sent => ("brief on its way".to_owned(), plain),
        TaskState::Queued => match track.waiting() {
            none if none.is_empty() => (format!("can begin{round}"), Style::new()),
            first => (format!("waits for {first}{round}"), plain),
        },
    }
}

/// The task in a line.
pub(super) fn hit(digest: &Digest<'_>, shape: &Shape, at: Position) -> Option<usize> {
    if !shape.lines.contains(at) {
        return None;
    }
    let height = usize::from(shape.lines.height);
    match digest.rows.get(first(digest, height) + usize::from(at.y - shape.lines.y))? {
        Row::Task(i) => Some(*i),
        Row::Phase(_) => None,
    }
}

/// What stands over the tasks.
pub(super) fn title(digest: &Digest<'_>, shape: &Shape) -> String {
    let t = &digest.tracking;
    let legend = if shape.is_wide() { format!(" · {}", super::gantt::LEGEND) } else { String::new() };
    format!("tasks {}/{}{legend}", pad_left(&t.done.to_string(), 1), t.total)
}
