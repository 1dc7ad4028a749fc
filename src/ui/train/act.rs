//! Keys, clicks and answers of the merge train. What moves the target is asked for with what comes of it.

use ratatui::layout::Position;

use super::super::actions::{Action, ask, normal};
use super::super::keymap::{Op, When};
use super::super::popup::{Page, Question};
use super::super::review::{Subject, run_gates};
use super::super::sheet::Sheet;
use super::super::text::hint;
use super::super::view::{Mode, View};
use super::lines::{choices, lines, names};
use super::{Cursor, Hit, hit, shown};
use crate::domain::command::{Command, Subject as Tested};
use crate::domain::signal::printable;
use crate::domain::train::{Built, Choice, Phase};
use crate::domain::view::TrainView;
use crate::engine::state::State;

pub(in crate::ui) fn perform(state: &State, view: &mut View, cursor: Cursor, op: Op) -> Vec<Action> {
    let train = shown(state, view);
    let last = train.as_ref().map_or(0, |t| t.plan.steps.len().saturating_sub(1));
    let go = |view: &mut View, row: usize| {
        view.sheet = Some(Sheet::Train(Cursor { row: row.min(last) }));
        Vec::new()
    };
    match op {
        Op::Up => go(view, cursor.row.saturating_sub(1)),
        Op::Down => go(view, cursor.row + 1),
        Op::Top => go(view, 0),
        Op::Bottom => go(view, last),
        Op::Close => {
            (view.sheet, view.plan) = (None, None);
            Vec::new()
        }
        Op::Merge => plan(view, Command::MergePlan, Command::Merge),
        Op::Accept => {
            let live = view.plan.is_none() && state.train.is_some();
            if let Some(train) = train {
                let page = if live {
                    Page::about("merge", Subject::Train)
                } else {
                    Page::new("merge", lines(state, &train))
                };
                view.mode = Mode::Page(Box::new(page));
            }
            Vec::new()
        }
        Op::Continue | Op::HandOver | Op::Resolve | Op::SkipStep | Op::Abort | Op::Undo => {
            match train.filter(|t| may(t, op)) {
                Some(train) => choose(view, cursor, op, &train),
                None => {
                    let text = hint(view, "the train does not take that now; ‹merge› plans a merge");
                    view.complain(text);
                    vec![Action::Beep]
                }
            }
        }
        Op::Gates => run_gates(state, view, Tested::Merged),
        other => normal(state, view, other, None),
    }
}

/// Whether it is among what can be done now.
fn may(train: &TrainView, op: Op) -> bool {
    let of = |choice: &Choice| match choice {
        Choice::Continue => Op::Continue,
        Choice::Hand => Op::HandOver,
        Choice::Resolve => Op::Resolve,
        Choice::Skip => Op::SkipStep,
        Choice::Abort => Op::Abort,
        Choice::Undo => Op::Undo,
    };
    train.choices.iter().any(|c| of(c) == op)
}

/// Asks for a plan; once it is there, whether it is to be carried out.
fn plan(view: &mut View, plan: Command, then: Command) -> Vec<Action> {
    view.merging = Some(then);
    view.say("planning the merge…");
    vec![Action::Do(plan)]
}

fn choose(view: &mut View, cursor: Cursor, op: Op, train: &TrainView) -> Vec<Action> {
    let target = printable(&train.plan.target);
    let id = train.plan.id;
    match op {
        Op::Continue => {
            let skip = Vec::new();
            plan(view, Command::ContinuePlan { skip: skip.clone() }, Command::MergeContinue { skip })
        }
        Op::SkipStep => {
            let whose = train.halt.as_ref().and_then(|h| h.whose().cloned());
            let here = || train.plan.steps.get(cursor.row).map(|s| s.agent.clone());
            let skip: Vec<_> = whose.or_else(here).into_iter().collect();
            plan(view, Command::ContinuePlan { skip: skip.clone() }, Command::MergeContinue { skip })
        }
        Op::HandOver => {
            view.say("handing the conflict over…");
            vec![Action::Do(Command::MergeHand)]
        }
        Op::Resolve => {
            view.say("making a worktree for the conflict…");
            vec![Action::Do(Command::MergeResolve)]
        }
        Op::Abort => {
            let stays = match &train.landed {
                Some(landed) => format!("{target} stays at {}, with what landed.", landed.short()),
                None => format!("{target} stays at {}, as it was before the train.", train.began.short()),
            };
            let lines = vec![stays, hint(view, "Branches and readiness stay; ‹merge› plans a new merge.")];
            ask(view, format!("give train {id} up"), lines, Command::MergeAbort);
            Vec::new()
        }
        _ => {
            let from = train.landed.as_ref().unwrap_or(&train.plan.base);
            let lines = vec![
                format!("Move {target} back {} → {}.", from.short(), train.began.short()),
                "A backup ref keeps what the train made. Refused where somebody has built on it.".into(),
            ];
            ask(view, format!("undo train {id}"), lines, Command::MergeUndo);
            Vec::new()
        }
    }
}

/// A train came as the answer to something this client asked for.
pub(in crate::ui) fn answered(view: &mut View, train: &TrainView) {
    let asked = view.merging.take();
    let target = printable(&train.plan.target);
    if train.phase != Phase::Planned && !train.applied && asked.is_none() {
        // It is seen where the train is; here it is only said.
        view.plan = None;
        let why = train.halt.as_ref().map_or(train.phase.to_string(), |h| printable(&h.to_string()));
        return if train.phase == Phase::Halted { view.complain(why) } else { view.say(why) };
    }
    if train.applied {
        view.plan = None;
        return view.say(format!("{target} has all {} merges", train.plan.steps.len()));
    }
    let free = matches!(view.mode, Mode::Normal);
    if !free {
        let text = format!(
            "the plan of the merge is there: {} shows it once you are done here",
            view.keys.key(When::Normal, Op::Merge)
        );
        return view.say(text);
    }
    view.message = None;
    view.plan = Some(Box::new(train.clone()));
    if !matches!(view.sheet, Some(Sheet::Train(_))) {
        view.sheet = Some(Sheet::Train(Cursor::default()));
    }
    if let Some(command) = asked.filter(|_| train.missing.is_empty() && !train.plan.steps.is_empty()) {
        view.mode =
            Mode::Confirm(Box::new(Question { title: "merge".into(), lines: consequence(train), command }));
    }
}

/// What comes of carrying a plan out.
fn consequence(train: &TrainView) -> Vec<String> {
    let plan = &train.plan;
    let target = printable(&plan.target);
    let order = names(&plan.steps.iter().map(|s| s.agent.clone()).collect::<Vec<_>>());
    let from = train.landed.as_ref().unwrap_or(&plan.base).short();
    let mut lines = match &train.built {
        Some(Built::Conflict(stuck)) => vec![
            format!("{} does not merge: the train halts there and asks what to do.", stuck.agent),
            format!("{target} stays at {from} until then."),
        ],
        Some(Built::Clean { .. }) | None => vec![train.movement(&target, from)],
    };
    lines.push(order);
    if !train.left_out.is_empty() {
        lines.push(format!("Left out: {}.", names(&train.left_out)));
    }
    if !train.skipped.is_empty() {
        lines.push(format!("Skipped: {}.", names(&train.skipped)));
    }
    if !matches!(train.built, Some(Built::Conflict(_))) {
        lines.push(format!(
            "All gates run on the result first; where one is red, {target} stays as it is. Undo: u, or orchestra merge --undo."
        ));
    }
    lines
}

/// Puts the cursor there, or does what the entry says.
pub(in crate::ui) fn click(state: &State, view: &mut View, cursor: Cursor, at: Position) -> Vec<Action> {
    let Some(train) = shown(state, view) else { return Vec::new() };
    match hit(state, view, &train, cursor, view.frame(state).body, at) {
        Some(Hit::Choice(op)) => perform(state, view, cursor, op),
        Some(Hit::Step(row)) if row == cursor.row => perform(state, view, cursor, Op::Accept),
        Some(Hit::Step(row)) => {
            view.sheet = Some(Sheet::Train(Cursor { row }));
            Vec::new()
        }
        None => Vec::new(),
    }
}

/// The keys that mean something now.
pub(in crate::ui) fn keys(state: &State, view: &View) -> Vec<(Op, Option<&'static str>)> {
    let mut keys: Vec<(Op, Option<&'static str>)> = Vec::new();
    if let Some(train) = shown(state, view) {
        keys.extend(choices(state, &train).into_iter().map(|(op, _)| (op, None)));
        keys.push((Op::Accept, None));
    }
    keys.extend([(Op::Merge, None), (Op::Gates, None), (Op::Review, None), (Op::Close, None)]);
    keys
}
