//! The lines of a plan: stages, their tasks, and what stands between stages and after the last.

use ratatui::style::Style;

use super::super::text::hint;
use super::super::theme::{CAUTION, DIM, TROUBLE};
use super::super::view::View;
use crate::domain::command::Order;
use crate::domain::ending::EndGates;
use crate::domain::signal::printable;
use crate::domain::state::TaskState;
use crate::domain::view::{RunView, TaskView};
use crate::engine::state::State;

/// One line.
pub(super) enum Line {
    Stage {
        stage: usize,
        total: usize,
        over: usize,
        open: bool,
    },
    /// A task, by its place among all.
    Task(usize),
    /// What stands between two stages, or after the last.
    Gate(String, Style),
}

pub(super) fn lines(state: &State, view: &View, run: &RunView) -> Vec<Line> {
    let staged = run.order == Order::Staged && run.progress.stages.len() > 1;
    let now = run.tasks.iter().filter(|t| !t.state.ended()).map(|t| t.stage).min();
    let mut all = Vec::new();
    for (i, stage) in run.progress.stages.iter().enumerate() {
        if let (Some(before), true) = (i.checked_sub(1).and_then(|b| run.progress.stages.get(b)), staged) {
            all.extend(between(view, run, before.stage, stage.stage));
        }
        let open = !staged || now == Some(stage.stage);
        all.push(Line::Stage { stage: stage.stage, total: stage.total, over: stage.over, open });
        let tasks = run.tasks.iter().enumerate().filter(|(_, t)| t.stage == stage.stage);
        all.extend(tasks.map(|(i, _)| Line::Task(i)));
    }
    all.extend(after(state, view, run));
    all
}

/// What a stage waits for: nothing where the one before is over, else who keeps it shut.
fn between(view: &View, run: &RunView, before: usize, stage: usize) -> Option<Line> {
    let of = |t: &&TaskView| t.stage <= before;
    let open = |t: &&TaskView| !matches!(t.state, TaskState::Done | TaskState::Skipped);
    let names = |failed: bool| -> Vec<&str> {
        let all = run.tasks.iter().filter(of).filter(open);
        all.filter(|t| (t.state == TaskState::Failed) == failed).map(|t| t.agent.as_str()).collect()
    };
    let (failed, open) = (names(true), names(false));
    if failed.is_empty() && open.is_empty() {
        return None;
    }
    if view.trial.is_some() {
        return Some(Line::Gate(format!("▼ stage {stage} follows once all of stage {before} are done"), DIM));
    }
    if open.is_empty() {
        let text = format!(
            "▲ stage {stage} waits for {}, which failed: ‹retry› does the task again, ‹drop-task› goes on without, \
             ‹start-stage› starts stage {stage} all the same",
            failed.join(", ")
        );
        return Some(Line::Gate(hint(view, &text), TROUBLE));
    }
    let failed = failed.iter().map(|n| format!("{n} (failed)"));
    let all: Vec<String> = open.iter().map(|n| (*n).to_owned()).chain(failed).collect();
    let style = if all.len() > open.len() { CAUTION } else { DIM };
    Some(Line::Gate(format!("▼ stage {stage} waits for {}", all.join(", ")), style))
}

/// What comes after the last task.
fn after(state: &State, view: &View, run: &RunView) -> Vec<Line> {
    let Some(plan) = state.config.plans.get(&run.plan) else { return Vec::new() };
    let mut all = Vec::new();
    let mut say = |text: String, style| all.push(Line::Gate(printable(&text), style));
    if plan.gates == EndGates::All {
        let names: Vec<&str> = state.config.gates.iter().map(|g| g.name.as_str()).collect();
        let what = if names.is_empty() { "no gate is configured".to_owned() } else { names.join(" · ") };
        match run.gating.is_empty() {
            true => say(format!("▼ then gates on every branch that had a task: {what}"), DIM),
            false => {
                let on: Vec<&str> = run.gating.iter().map(|a| a.as_str()).collect();
                say(format!("● gates run on {}: {what}", on.join(", ")), CAUTION);
            }
        }
    }
    if run.review.is_empty() && plan.then.review {
        say("▼ then all branches are reviewed".into(), DIM);
    }
    if !run.review.is_empty() {
        say(format!("review: {}", run.review), Style::new());
    }
    if let Some(offer) = &plan.then.offer {
        say(format!("▼ then the prompt {offer} is offered to the orchestrator"), DIM);
    }
    if view.trial.is_some() {
        let red = state.red_before(&run.plan);
        all.extend(red.into_iter().map(|l| Line::Gate(printable(&format!("✘ {l}")), TROUBLE)));
    }
    all
}
