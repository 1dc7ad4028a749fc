//! What keys and clicks do with calls that wait.

use ratatui::layout::Position;

use super::draw::Placed;
use super::{Dialog, Shown, soonest, waiting};
use crate::domain::command::{Command, Confirming};
use crate::engine::state::State;
use crate::ui::actions::Action;
use crate::ui::keymap::Op;
use crate::ui::open;
use crate::ui::roster::AIM;
use crate::ui::view::{Mode, View};

/// Opens the dialog with the call that is to be answered first.
pub(in crate::ui) fn open(state: &State, view: &mut View) -> Vec<Action> {
    let Some(call) = soonest(state, &view.calls) else {
        view.say("no call waits for you");
        return Vec::new();
    };
    let shown = Shown::of(call);
    if matches!(view.mode, Mode::Confirm(_)) {
        // A second yes would go to the question.
        open::asked(view, Op::No);
    }
    if matches!(view.mode, Mode::Choose(_)) {
        view.go_under();
    }
    let under = match std::mem::replace(&mut view.mode, Mode::Normal) {
        mode @ (Mode::Typing | Mode::Composer(_)) => mode,
        _ => Mode::Normal,
    };
    view.message = None;
    view.mode = Mode::Calls(Box::new(Dialog { shown, since: None, scroll: 0, under }));
    Vec::new()
}

/// Whether calls are what needs a person next: those that were not looked at, and all once round the agents. `round` says
/// whether the agent that would be next begins a round; none: no agent needs anybody.
pub(in crate::ui) fn are_next(state: &State, view: &mut View, round: Option<bool>) -> bool {
    let calls = &view.calls;
    let due = round.is_none_or(|round| round && !calls.gone_round);
    let next = soonest(state, calls).is_some_and(|c| due || !calls.put_off.contains(&c.id));
    view.calls.gone_round = next;
    next
}

/// Does what an operation says while the dialog is open.
pub(in crate::ui) fn perform(state: &State, view: &mut View, op: Op) -> Vec<Action> {
    let Mode::Calls(dialog) = &view.mode else { return Vec::new() };
    let placed = Placed::of(state, view, dialog);
    let (is, now) = (Shown::find(state, dialog.shown.id), view.now);
    let (Some(is), Mode::Calls(dialog)) = (is, &mut view.mode) else {
        close(view);
        return Vec::new();
    };
    match op {
        Op::Yes | Op::No => {
            if !placed.answerable() {
                // Why is told where the answers would be.
                return vec![Action::Beep];
            }
            let settled = dialog.since.is_some_and(|since| since.plus(AIM) <= now);
            if !settled || is != dialog.shown {
                // A key that is held down, or meant for what was here before, answers nothing.
                dialog.since = dialog.since.map(|_| now);
                view.complain("that was too quick: look at what would be done, then answer");
                return vec![Action::Beep];
            }
            return answer(state, view, is, op == Op::Yes);
        }
        Op::Close => {
            let all: Vec<u64> = waiting(state).map(|c| c.id).collect();
            view.calls.put_off.extend(all);
            view.calls.gone_round = true;
            close(view);
            if view.deck.is_none() {
                view.say(format!("it goes on waiting; {}", is.silence()));
            }
        }
        Op::Right => step(state, view, 1),
        Op::Left => step(state, view, -1),
        Op::Up => scroll(state, view, -1),
        Op::Down => scroll(state, view, 1),
        Op::PageUp => scroll(state, view, -placed.page()),
        Op::PageDown => scroll(state, view, placed.page()),
        Op::Top => scroll(state, view, isize::MIN + 1),
        Op::Bottom => scroll(state, view, isize::MAX),
        _ => {}
    }
    Vec::new()
}

/// A key that means nothing there: it closes a dialog whose call waits no more.
pub(in crate::ui) fn other_key(state: &State, view: &mut View) {
    let over = matches!(&view.mode, Mode::Calls(d) if Shown::find(state, d.shown.id).is_none());
    if over {
        close(view);
    }
}

/// The left button was pressed there while the dialog is open.
pub(in crate::ui) fn click(state: &State, view: &mut View, at: Position) -> Vec<Action> {
    let Mode::Calls(dialog) = &view.mode else { return Vec::new() };
    let placed = Placed::of(state, view, dialog);
    match placed.op_at(view, at) {
        Some(op) => perform(state, view, op),
        None => {
            other_key(state, view);
            Vec::new()
        }
    }
}

/// The wheel turned while the dialog is open.
pub(in crate::ui) fn wheel(state: &State, view: &mut View, by: isize) {
    scroll(state, view, by);
}

fn answer(state: &State, view: &mut View, call: Shown, yes: bool) -> Vec<Action> {
    let id = call.id;
    let (confirming, word) =
        if yes { (Confirming::Yes { id }, "yes") } else { (Confirming::No { id }, "no") };
    // Others that wait are next, each from its beginning.
    let next = waiting(state).filter(|c| c.id != id).min_by_key(|c| (c.until, c.id));
    match (next, &mut view.mode) {
        (Some(next), Mode::Calls(dialog)) => {
            (dialog.shown, dialog.since, dialog.scroll) = (Shown::of(next), None, 0);
        }
        _ => close(view),
    }
    view.say(format!("{word}: {}", call.title));
    vec![Action::Do(Command::Confirm(confirming))]
}

fn close(view: &mut View) {
    if let Mode::Calls(dialog) = std::mem::replace(&mut view.mode, Mode::Normal) {
        view.mode = dialog.under;
    }
}

/// Shows the call that was made after this one, or before.
fn step(state: &State, view: &mut View, by: isize) {
    let Mode::Calls(dialog) = &mut view.mode else { return };
    let all: Vec<_> = waiting(state).collect();
    let at = all.iter().position(|c| c.id == dialog.shown.id).unwrap_or(0);
    let to = at.saturating_add_signed(by).min(all.len().saturating_sub(1));
    if let Some(call) = all.get(to).filter(|_| to != at) {
        (dialog.shown, dialog.since, dialog.scroll) = (Shown::of(call), None, 0);
    }
}

fn scroll(state: &State, view: &mut View, by: isize) {
    let Mode::Calls(dialog) = &view.mode else { return };
    let most = Placed::of(state, view, dialog).most();
    if let Mode::Calls(dialog) = &mut view.mode {
        dialog.scroll = dialog.scroll.min(most).saturating_add_signed(by).min(most);
    }
}
