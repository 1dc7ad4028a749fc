//! Keys, clicks and answers of the plan.

use ratatui::layout::Position;

use super::super::actions::{Action, ask, normal};
use super::super::keymap::{Act, Op};
use super::super::sheet::Sheet;
use super::super::text::hint;
use super::super::view::{Mode, View};
use super::{Cursor, Trial, hit, shown};
use crate::domain::command::{Command, Order};
use crate::domain::ending::Red;
use crate::domain::state::TaskState;
use crate::domain::view::{RunView, TaskView};
use crate::engine::state::State;

/// Tasks a page moves by.
const PAGE: usize = 10;

/// Shows what a plan would do.
pub(in crate::ui) fn open(view: &mut View, trial: Trial) -> Vec<Action> {
    let question = trial.question();
    view.trial = Some(Box::new(trial));
    view.sheet = Some(Sheet::Plan(Cursor::default()));
    vec![Action::Do(question)]
}

/// What a plan would do is there; whether somebody looks at it.
pub(in crate::ui) fn planned(view: &mut View, run: &RunView) -> bool {
    found(view, Ok(run.clone()))
}

/// A plan cannot be run so; whether somebody looks at it.
pub(in crate::ui) fn refused(view: &mut View, why: &str) -> bool {
    found(view, Err(why.to_owned()))
}

fn found(view: &mut View, what: Result<RunView, String>) -> bool {
    let Some(trial) = view.trial.as_mut().filter(|t| t.found.is_none()) else { return false };
    if what.as_ref().is_ok_and(|run| run.plan != trial.plan) {
        return false;
    }
    trial.found = Some(what);
    true
}

/// A prompt was chosen for all its tasks.
pub(in crate::ui) fn use_prompt(view: &mut View, name: Option<String>) -> Vec<Action> {
    change(view, |trial| trial.prompt = name)
}

fn change(view: &mut View, how: impl FnOnce(&mut Trial)) -> Vec<Action> {
    let Some(trial) = &mut view.trial else { return Vec::new() };
    how(trial);
    trial.found = None;
    vec![Action::Do(trial.question())]
}

pub(in crate::ui) fn perform(state: &State, view: &mut View, cursor: Cursor, op: Op) -> Vec<Action> {
    let run = shown(state, view);
    let last = run.as_ref().map_or(0, |r| r.tasks.len().saturating_sub(1));
    let at = cursor.row.min(last);
    let row = match op {
        Op::Up => at.saturating_sub(1),
        Op::Down => at + 1,
        Op::PageUp => at.saturating_sub(PAGE),
        Op::PageDown => at + PAGE,
        Op::Top => 0,
        Op::Bottom => last,
        Op::Act(Act::Plan) => at,
        Op::Close => {
            if view.trial.take().is_none() || state.runs.is_empty() {
                view.sheet = None;
            }
            return Vec::new();
        }
        Op::Accept if view.trial.is_some() => return start(state, view),
        Op::Accept => {
            if let Some(agent) = cursor.agent(state, view) {
                view.go_to(state, &agent);
            }
            return Vec::new();
        }
        Op::Act(act) => {
            let task = run.as_ref().and_then(|r| r.tasks.get(at)).cloned();
            return acting(state, view, act, run.as_ref(), task);
        }
        other => return normal(state, view, other, None),
    };
    view.sheet = Some(Sheet::Plan(Cursor { row: row.min(last) }));
    Vec::new()
}

/// Starts what is looked at. What gates said against it is asked about first.
fn start(state: &State, view: &mut View) -> Vec<Action> {
    let Some(trial) = view.trial.as_deref() else { return Vec::new() };
    if let Some(Err(why)) = &trial.found {
        let why = format!("failed to {why}");
        view.complain(why);
        return vec![Action::Beep];
    }
    let run = |red| Command::Run {
        plan: trial.plan.clone(),
        order: trial.order,
        targets: trial.targets(),
        prompt: trial.prompt.clone(),
        red,
    };
    let plan = trial.plan.clone();
    let mut lines = state.red_before(&plan);
    if lines.is_empty() {
        let command = run(Red::Ask);
        view.trial = None;
        view.say(format!("starting {plan}…"));
        return vec![Action::Do(command)];
    }
    lines.push("Gates are not green at these tips; the plan starts all the same.".into());
    let command = run(Red::Accept);
    ask(view, format!("run {plan}"), lines, command);
    Vec::new()
}

fn acting(
    state: &State,
    view: &mut View,
    act: Act,
    run: Option<&RunView>,
    task: Option<TaskView>,
) -> Vec<Action> {
    if view.trial.is_some() {
        return trying(state, view, act);
    }
    let (Some(run), Some(task)) = (run, task) else {
        let text = hint(view, "no plan runs: ‹run› chooses one");
        view.complain(text);
        return vec![Action::Beep];
    };
    let refuse = |view: &mut View, why: String| {
        view.complain(why);
        vec![Action::Beep]
    };
    let (id, state_of) = (task.id.clone(), task.state);
    match act {
        Act::Retry if matches!(state_of, TaskState::Failed | TaskState::Skipped | TaskState::Done) => {
            let lines = vec![
                format!("{} gets the prompt {} anew.", task.agent, task.prompt),
                "Later stages that have not begun wait for it again.".into(),
            ];
            if state_of == TaskState::Failed {
                view.say(format!("doing {id} again…"));
                return vec![Action::Do(Command::RepeatTask { task: id })];
            }
            ask(view, format!("do task {id} again"), lines, Command::RepeatTask { task: id });
        }
        Act::Retry => {
            return refuse(view, format!("{id} is {}: only what has ended is done again", state_of.word()));
        }
        Act::DropTask if state_of.ended() => {
            return refuse(view, format!("{id} is {} already", state_of.word()));
        }
        Act::DropTask => {
            let lines = vec![
                format!("Nobody waits for {id} any more; what {} was sent of it stays with it.", task.agent),
                "It counts as skipped, and can be done again.".into(),
            ];
            ask(view, format!("skip task {id}"), lines, Command::DropTask { task: id });
        }
        Act::StartTask | Act::StartStage => {
            let next = run.tasks.iter().filter(|t| t.state == TaskState::Queued).map(|t| t.stage).min();
            let of = |t: &&TaskView| {
                t.state == TaskState::Queued
                    && (if act == Act::StartTask { t.id == id } else { Some(t.stage) == next })
            };
            let tasks: Vec<&TaskView> = run.tasks.iter().filter(of).collect();
            if tasks.is_empty() {
                return refuse(view, format!("{id} is {}, not queued", state_of.word()));
            }
            let ids: Vec<String> = tasks.iter().map(|t| t.id.clone()).collect();
            let lines = tasks.iter().map(|t| format!("{}: {}", t.id, t.why)).collect();
            ask(view, "start now, without waiting".into(), lines, Command::StartTasks { tasks: ids });
        }
        _ => {}
    }
    Vec::new()
}

/// What is changed of a plan before it starts.
fn trying(state: &State, view: &mut View, act: Act) -> Vec<Action> {
    match act {
        Act::OtherOrder => change(view, |t| {
            t.order = if t.order == Order::Staged { Order::Broadcast } else { Order::Staged };
        }),
        Act::ForWhom => {
            let groups: Vec<String> = state.config.focus.keys().cloned().collect();
            change(view, |t| {
                let at = t.focus.as_ref().and_then(|f| groups.iter().position(|g| g == f));
                t.focus = groups.get(at.map_or(0, |i| i + 1)).cloned();
            })
        }
        Act::UsePrompt => {
            let now = view.trial.as_ref().and_then(|t| t.prompt.clone());
            view.mode = Mode::Choose(Box::new(super::super::composer::prompts_for_plan(state, now)));
            Vec::new()
        }
        _ => {
            let text = hint(view, "the plan does not run yet: ‹accept› starts it");
            view.complain(text);
            vec![Action::Beep]
        }
    }
}

/// Puts the cursor there; where it is already, goes to the agent.
pub(in crate::ui) fn click(state: &State, view: &mut View, cursor: Cursor, at: Position) -> Vec<Action> {
    let Some(there) = hit(state, view, cursor, view.frame(state).body, at) else { return Vec::new() };
    if there == cursor && view.trial.is_none() {
        return perform(state, view, cursor, Op::Accept);
    }
    view.sheet = Some(Sheet::Plan(there));
    Vec::new()
}

/// The keys that matter now.
pub(in crate::ui) fn keys(state: &State, view: &View, cursor: Cursor) -> Vec<(Op, Option<&'static str>)> {
    if view.trial.is_some() {
        return vec![
            (Op::Accept, Some("start it")),
            (Op::Act(Act::OtherOrder), None),
            (Op::Act(Act::ForWhom), None),
            (Op::Act(Act::UsePrompt), None),
            (Op::Close, Some("leave it")),
        ];
    }
    let Some(run) = shown(state, view) else { return vec![(Op::Run, Some("run plan")), (Op::Close, None)] };
    let task = run.tasks.get(cursor.row).map(|t| t.state);
    let mut keys = vec![(Op::Accept, Some("go there"))];
    match task {
        Some(TaskState::Failed) => keys.push((Op::Act(Act::Retry), Some("do again"))),
        Some(TaskState::Queued) if !run.ended => keys.push((Op::Act(Act::StartTask), None)),
        _ => {}
    }
    if task.is_some_and(|t| !t.ended()) {
        keys.push((Op::Act(Act::DropTask), None));
    }
    if run.ended {
        keys.push((Op::Run, Some("run plan")));
    } else {
        keys.push((Op::Pause, Some(if run.paused { "go on" } else { "pause" })));
        keys.push((Op::Act(Act::StartStage), None));
    }
    keys.extend([(Op::Skip, None), (Op::Close, None)]);
    keys
}
