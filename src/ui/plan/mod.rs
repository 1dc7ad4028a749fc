//! A plan that runs, or what one would do: its stages with their tasks, what each waits for, and the gates after the
//! last. Drawn from the state as it is; what a plan would do comes as an answer.

mod act;
mod rows;

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::style::Style;
use unicode_width::UnicodeWidthStr;

pub(super) use self::act::{click, keys, open, perform, planned, refused, use_prompt};
use self::rows::{Line, lines};
use super::composer::size;
use super::text::{hint, wrap};
use super::theme::{BOLD, CAUTION, CHOSEN, DIM, TROUBLE, bar, clock, cut, pad, pad_left, put};
use super::view::View;
use crate::domain::command::{Command, Order, Target};
use crate::domain::id::AgentName;
use crate::domain::signal::printable;
use crate::domain::state::TaskState;
use crate::domain::view::{RunView, TaskView};
use crate::engine::state::State;

/// Columns of a bar.
const BAR: usize = 10;

/// A task.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(in crate::ui) struct Cursor {
    row: usize,
}

/// A plan that somebody looks at before it is started.
#[derive(Clone, Debug)]
pub(in crate::ui) struct Trial {
    plan: String,
    order: Order,
    /// The focus group it is for; none: everybody.
    focus: Option<String>,
    /// The prompt in place of each task's own.
    prompt: Option<String>,
    /// What it would do; none: that is being asked.
    found: Option<Result<RunView, String>>,
}

impl Trial {
    pub fn new(plan: String, order: Order) -> Self {
        Self { plan, order, focus: None, prompt: None, found: None }
    }

    fn targets(&self) -> Vec<Target> {
        self.focus.iter().map(|f| Target(format!("focus:{f}"))).collect()
    }

    /// The question of what it would do.
    fn question(&self) -> Command {
        let (plan, order, prompt) = (self.plan.clone(), self.order, self.prompt.clone());
        Command::DryRun { plan, order, targets: self.targets(), prompt }
    }
}

impl Cursor {
    pub fn agent(self, state: &State, view: &View) -> Option<AgentName> {
        shown(state, view)?.tasks.get(self.row).map(|t| t.agent.clone())
    }
}

/// What is seen: what a plan would do, or else the latest run.
fn shown(state: &State, view: &View) -> Option<RunView> {
    match &view.trial {
        Some(trial) => trial.found.as_ref().and_then(|f| f.as_ref().ok()).cloned(),
        None => state.runs.last().map(|r| state.view_run(r)),
    }
}

/// Where each line is, from the first that is seen.
fn places(all: &[Line], cursor: Cursor, body: Rect) -> Vec<(usize, u16)> {
    let below = u16::from(body.height > 3);
    let room = usize::from(body.height.saturating_sub(1 + below));
    let at = all.iter().position(|l| matches!(l, Line::Task(i) if *i == cursor.row)).unwrap_or(0);
    // The task with the cursor is seen, with what comes after it where there is room.
    let after = if room > 2 { 2 } else { 1 };
    let first = (at + after).min(all.len()).saturating_sub(room);
    (first..all.len()).zip(body.y + 1..body.bottom().saturating_sub(below)).collect()
}

pub(super) fn draw(buffer: &mut Buffer, state: &State, view: &View, cursor: Cursor, body: Rect) {
    if body.is_empty() {
        return;
    }
    let width = usize::from(body.width);
    let Some(run) = shown(state, view) else { return nothing(buffer, view, body) };
    let cursor = Cursor { row: cursor.row.min(run.tasks.len().saturating_sub(1)) };
    put(buffer, body.x + 1, body.y, cut(&title(state, view, &run), width.saturating_sub(2)), width, BOLD);
    let all = lines(state, view, &run);
    for (i, y) in places(&all, cursor, body) {
        let row = Rect { y, height: 1, ..body };
        match &all[i] {
            Line::Stage { stage, total, over, open } => {
                let text = format!("─ stage {stage} {} {over}/{total} ", bar(*over, *total, BAR));
                put(buffer, row.x, y, format!("{text}{}", "─".repeat(width)), width, DIM);
                let style = if *open { BOLD } else { Style::new() };
                put(buffer, row.x, y, text, width, style);
            }
            Line::Task(task) => {
                if let Some(t) = run.tasks.get(*task) {
                    draw_task(buffer, row, t);
                }
                if *task == cursor.row {
                    buffer.set_style(Rect { width: row.width.min(14), ..row }, CHOSEN);
                }
            }
            Line::Gate(text, style) => {
                put(buffer, row.x + 1, y, cut(text, width.saturating_sub(2)), width, *style);
            }
        }
    }
    if let Some(task) = run.tasks.get(cursor.row).filter(|_| body.height > 3) {
        let text = printable(&about(task));
        put(buffer, body.x + 1, body.bottom() - 1, cut(&text, width.saturating_sub(2)), width, DIM);
    }
}

/// What there is where no plan is.
fn nothing(buffer: &mut Buffer, view: &View, body: Rect) {
    let (text, style) = match view.trial.as_ref().map(|t| (t, &t.found)) {
        Some((trial, None)) => (format!("asking what {} would do…", printable(&trial.plan)), DIM),
        Some((_, Some(Err(why)))) => (format!("failed to {why}"), TROUBLE),
        _ => (hint(view, "no plan was run yet: ‹run› chooses one and shows what it would do"), DIM),
    };
    let width = usize::from(body.width);
    for (row, y) in wrap(&text, width.saturating_sub(2)).iter().zip(body.y..body.bottom()) {
        put(buffer, body.x + 1, y, row, width, style);
    }
}

fn title(state: &State, view: &View, run: &RunView) -> String {
    let order = match run.order {
        Order::Broadcast => "all at once",
        Order::Staged => "stage by stage",
    };
    let Some(trial) = &view.trial else {
        let p = &run.progress;
        let since =
            state.runs.last().map_or(String::new(), |r| format!(" · since {}", clock(r.at.wall, view.look)));
        let over = p.done + p.failed + p.skipped;
        return printable(&format!("{} {}{since} · {order}", bar(over, p.total, BAR), run.summary()));
    };
    let whom = trial.focus.as_ref().map_or("everybody".to_owned(), |f| format!("focus {f}"));
    let prompts =
        trial.prompt.as_ref().map_or("the prompts of their roles".to_owned(), |p| format!("prompt {p}"));
    printable(&format!("{} would do this, {order}, for {whom}, with {prompts}", trial.plan))
}

/// The sign of a task's state, and how it stands out.
fn sign(state: TaskState) -> (&'static str, Style) {
    match state {
        TaskState::Queued => ("…", DIM),
        TaskState::Sent => ("◌", Style::new()),
        TaskState::Running => ("●", BOLD),
        TaskState::Done => ("✔", Style::new().fg(ratatui::style::Color::Green)),
        TaskState::Failed => ("✘", TROUBLE),
        TaskState::Skipped => ("-", DIM),
    }
}

fn draw_task(buffer: &mut Buffer, row: Rect, task: &TaskView) {
    let width = usize::from(row.width);
    let (mark, style) = sign(task.state);
    let bytes = if task.bytes > 0 { size(task.bytes) } else { String::new() };
    let mut text = format!("   {mark} {} {}", pad(task.agent.as_str(), 9), pad(task.state.word(), 8));
    if width >= 60 {
        text = format!("{text} {}", pad(&printable(&task.prompt), 16));
    }
    if width >= 100 {
        text = format!("{text} {}", pad_left(&bytes, 8));
    }
    put(buffer, row.x, row.y, &text, width, style);
    let used = text.width() + 2;
    let x = row.x + u16::try_from(used).unwrap_or(0);
    let waits = !task.why.is_empty() && !matches!(task.state, TaskState::Queued | TaskState::Failed);
    let style = if waits { CAUTION } else { style };
    let why = cut(&printable(&task.why), width.saturating_sub(used + 1));
    put(buffer, x, row.y, why, width.saturating_sub(used), style);
}

/// The task with the cursor, in full.
fn about(task: &TaskView) -> String {
    let upstream = if task.upstream.is_empty() { String::new() } else { format!(" · {}", task.upstream) };
    let why = if task.why.is_empty() { String::new() } else { format!(" · {}", task.why) };
    format!("{} · prompt {}{why}{upstream}", task.id, task.prompt)
}

/// The task at a place of the screen.
fn hit(state: &State, view: &View, cursor: Cursor, body: Rect, at: Position) -> Option<Cursor> {
    let run = shown(state, view)?;
    let all = lines(state, view, &run);
    let (line, _) = places(&all, cursor, body).into_iter().find(|(_, y)| *y == at.y && body.contains(at))?;
    match all.get(line)? {
        Line::Task(row) => Some(Cursor { row: *row }),
        _ => None,
    }
}
