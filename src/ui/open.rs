//! Keys while something is open over the panes.

use super::actions::{Action, Choice, perform};
use super::keymap::{ANYWHERE, Op, When};
use super::plan::Trial;
use super::popup::page_area;
use super::view::{Mode, View};
use crate::domain::command::Command;
use crate::engine::state::State;

pub(super) fn asked(view: &mut View, op: Op) -> Vec<Action> {
    let Mode::Confirm(question) = std::mem::replace(&mut view.mode, Mode::Normal) else { return Vec::new() };
    if op == Op::Yes {
        if matches!(question.command, Command::Merge | Command::MergeContinue { .. }) {
            // From now on the train itself is seen.
            view.plan = None;
        }
        view.say(format!("{}…", question.title));
        return vec![Action::Do(question.command)];
    }
    if matches!(question.command, Command::MergeContinue { .. }) {
        // The train still stands where it did: that is what is to be decided.
        view.plan = None;
    }
    view.say(format!("{}: left as it is", question.title));
    Vec::new()
}

pub(super) fn reading(state: &State, view: &mut View, op: Op) -> Vec<Action> {
    let page = isize::try_from(page_area(view).height.saturating_sub(3)).unwrap_or(1).max(1);
    let by = match op {
        Op::Up => -1,
        Op::Down => 1,
        Op::PageUp => -page,
        Op::PageDown => page,
        Op::Top => isize::MIN + 1,
        Op::Bottom => isize::MAX,
        _ => {
            view.mode = Mode::Normal;
            return Vec::new();
        }
    };
    scroll(state, view, by);
    Vec::new()
}

/// Moves an open text by so many lines.
pub(super) fn scroll(state: &State, view: &mut View, by: isize) {
    let Mode::Page(page) = &view.mode else { return };
    let mut page = page.clone();
    page.scroll(state, view, by);
    view.mode = Mode::Page(page);
}

pub(super) fn choosing(state: &State, view: &mut View, op: Op) -> Vec<Action> {
    let Mode::Choose(chooser) = &mut view.mode else { return Vec::new() };
    match op {
        Op::Up => chooser.step(-1),
        Op::Down => chooser.step(1),
        Op::Accept => {
            let all = chooser.title == super::lists::ALL;
            let Some(choice) = chooser.found().get(chooser.at).map(|f| f.entry.0.clone()) else {
                return vec![Action::Beep];
            };
            view.go_under();
            if all {
                view.note_taken(&choice);
            }
            return take(state, view, choice);
        }
        _ => view.go_under(),
    }
    Vec::new()
}

fn take(state: &State, view: &mut View, choice: Choice) -> Vec<Action> {
    match choice {
        Choice::Op(When::Normal, op) => {
            if !ANYWHERE.contains(&op) && op != Op::SendReasons {
                view.sheet = None;
            }
            return perform(state, view, op, None);
        }
        Choice::Op(When::Replaying, op) => {
            if !matches!(op, Op::Tape(_)) {
                view.sheet = None;
            }
            return perform(state, view, op, None);
        }
        Choice::Prompt(name) if view.trial.is_some() => return super::plan::use_prompt(view, name),
        Choice::Prompt(name) => return super::composer::take(view, name),
        Choice::Theme(theme) => view.theme = theme,
        Choice::Query(query) => super::queries::read(state, view, query),
        Choice::Send(name) => {
            let mut actions = perform(state, view, Op::Broadcast, None);
            actions.extend(super::composer::take(view, Some(name)));
            return actions;
        }
        Choice::Mark(mark) => return super::replay::go_to(view, mark),
        Choice::Op(when, op) => return super::sheet::perform(state, view, when, op),
        Choice::Agent(name) => view.go_to(state, &name),
        Choice::Pin(agent, state) => return vec![Action::Do(Command::Pin { agent, state })],
        Choice::Tab(tab) => view.go_to_tab(state, tab),
        // First what it would do is seen.
        Choice::Run(plan, order) => return super::plan::open(view, Trial::new(plan, order)),
    }
    Vec::new()
}
