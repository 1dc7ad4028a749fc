//! How far the run is: its stages, who is done, and what the others wait for.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use super::theme::{BOLD, DIM, Look, bar, clock, cut, put};
use crate::domain::command::Order;
use crate::domain::signal::printable;
use crate::domain::state::TaskState;
use crate::domain::time::Time;
use crate::domain::view::{RunView, TaskView};
use crate::engine::parts::Run;
use crate::engine::state::State;

/// Columns of a stage's bar.
const BAR: usize = 6;

/// Rows it would take for the latest run; 0 where there was none.
pub(super) fn height(state: &State) -> u16 {
    let Some(run) = state.runs.last() else { return 0 };
    if run.ended {
        return 1 + u16::from(run.review.is_some());
    }
    let mut stages: Vec<usize> = run.tasks.iter().map(|t| t.bound.stage).collect();
    stages.sort_unstable();
    stages.dedup();
    u16::try_from(stages.len() + 1).unwrap_or(u16::MAX)
}

/// Draws the latest run into `area`: a line for all of it, then one a stage.
pub(super) fn draw(buffer: &mut Buffer, state: &State, look: Look, area: Rect) {
    let Some(run) = state.runs.last() else { return };
    if area.is_empty() {
        return;
    }
    let view = state.view_run(run);
    let width = usize::from(area.width);
    let title = format!("─ run {} · {} · {} ", run.id, view.summary(), since(run, state.now, look));
    let rule = format!("{title}{}", "─".repeat(width));
    put(buffer, area.x, area.y, cut(&printable(&title), width), width, DIM);
    if title.chars().count() < width {
        put(buffer, area.x, area.y, rule, width, DIM);
    }
    if run.ended {
        let review = run.review.as_ref().filter(|_| area.height > 1);
        if let Some(said) = review {
            let text = cut(&printable(&format!(" review: {said}")), width);
            put(buffer, area.x, area.y + 1, text, width, Style::new());
        }
        return;
    }
    for (stage, y) in view.progress.stages.iter().zip(area.y + 1..area.bottom()) {
        let tasks: Vec<&TaskView> = view.tasks.iter().filter(|t| t.stage == stage.stage).collect();
        let head = format!(
            " {:>2} {} {}/{} ",
            stage.stage,
            bar(stage.over, stage.total, BAR),
            stage.over,
            stage.total
        );
        let open = stage.over < stage.total && under_way(&view, stage.stage);
        let style = if open { Style::new() } else { DIM };
        put(
            buffer,
            area.x,
            y,
            format!("{head}{}", cut(&said(&tasks), width.saturating_sub(head.chars().count()))),
            width,
            style,
        );
        if open {
            let wide = u16::try_from(head.chars().count()).unwrap_or(0).min(area.width);
            buffer.set_style(Rect { x: area.x, y, width: wide, height: 1 }, BOLD);
        }
    }
}

/// Whether something of that stage goes on now.
fn under_way(view: &RunView, stage: usize) -> bool {
    let now = view.tasks.iter().filter(|t| !t.state.ended()).map(|t| t.stage).min();
    view.order == Order::Broadcast || now == Some(stage)
}

/// The tasks of a stage: those that wait for the same thing are told together.
fn said(tasks: &[&TaskView]) -> String {
    let mut groups: Vec<(String, Vec<&str>)> = Vec::new();
    for task in tasks {
        let what = match (task.state, task.why.as_str()) {
            (TaskState::Running | TaskState::Queued, why) if !why.is_empty() => why.to_owned(),
            (state, "") => state.word().to_owned(),
            (state, why) => format!("{}: {why}", state.word()),
        };
        match groups.iter_mut().find(|(w, _)| *w == what) {
            Some((_, names)) => names.push(task.agent.as_str()),
            None => groups.push((what, vec![task.agent.as_str()])),
        }
    }
    let texts: Vec<String> =
        groups.into_iter().map(|(what, names)| format!("{} {what}", names.join(" "))).collect();
    printable(&texts.join(" · "))
}

/// When it began and how long it takes or took.
fn since(run: &Run, now: Time, look: Look) -> String {
    let end = run.over.filter(|_| run.ended).unwrap_or(now);
    let minutes = (end - run.at).as_secs() / 60;
    let took = match minutes {
        0 => "under a minute".to_owned(),
        1..120 => format!("{minutes} min"),
        _ => format!("{} h {} min", minutes / 60, minutes % 60),
    };
    format!("since {}, {took}", clock(run.at.wall, look))
}
