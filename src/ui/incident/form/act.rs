//! Keys, pastes and answers while an incident is being taken on.

use super::{FIELD_MOST, Field, Form, LIVE};
use crate::domain::incident::case::Case;
use crate::domain::incident::triage::REPORT_MOST;
use crate::domain::key::{Code, Key};
use crate::domain::signal::printable;
use crate::engine::state::State;
use crate::ui::actions::Action;
use crate::ui::keymap::{Act, Op};
use crate::ui::text::hint;
use crate::ui::view::{Mode, View};

/// Opens the form, or goes on with one that was left.
pub(in crate::ui) fn open(state: &State, view: &mut View) -> Vec<Action> {
    if state.config.fleet.is_none() {
        view.complain("this session is no incident fleet: `orchestra init --preset incident` makes one");
        return vec![Action::Beep];
    }
    let mut form = view.incident.form.take().unwrap_or_default();
    form.sent = false;
    look(state, &mut form);
    view.mode = Mode::Triage(form);
    Vec::new()
}

fn look(state: &State, form: &mut Form) {
    if let Some(fleet) = &state.config.fleet {
        form.look(&fleet.routes, state.now.wall, state.info.utc_offset);
    }
}

/// Does what an operation says while the form is open.
pub(in crate::ui) fn on_form(state: &State, view: &mut View, op: Op) -> Vec<Action> {
    let Mode::Triage(form) = &mut view.mode else { return Vec::new() };
    let at = form.at;
    match op {
        Op::Accept => return send(state, view),
        Op::OtherPart => go(state, form, at + 1),
        Op::Act(Act::PartBefore) => go(state, form, at + Field::ALL.len() - 1),
        Op::NewLine if form.field() == Field::Report => return put(state, view, "\n"),
        Op::Close => {
            let Mode::Triage(form) = std::mem::replace(&mut view.mode, Mode::Normal) else {
                return Vec::new();
            };
            let empty = Field::ALL.iter().all(|f| form.text(*f).trim().is_empty());
            view.incident.form = (!empty).then_some(form);
            if !empty {
                let text = hint(view, "what you wrote is kept: ‹open-incident› goes on with it");
                view.say(text);
            }
        }
        _ => {}
    }
    Vec::new()
}

/// Goes to another field; what was written so far is looked at.
fn go(state: &State, form: &mut Form, to: usize) {
    form.go(to);
    look(state, form);
}

/// A key that the table does not know.
pub(in crate::ui) fn edit(state: &State, view: &mut View, key: Key) -> Vec<Action> {
    let Mode::Triage(form) = &mut view.mode else { return Vec::new() };
    let (at, report) = (form.at, form.field() == Field::Report);
    let Some(text) = form.fields.get_mut(at) else { return Vec::new() };
    match key.code {
        Code::Up if !report || text.at_edge(true) => go(state, form, at + Field::ALL.len() - 1),
        Code::Down if !report || text.at_edge(false) => go(state, form, at + 1),
        Code::Char(c) if !key.mods.ctrl && !key.mods.alt => {
            return put(state, view, c.encode_utf8(&mut [0; 4]));
        }
        _ => {
            // What only moves or takes away never grows beyond what is taken.
            let _ = text.edit(key);
            if text.bytes() <= LIVE {
                look(state, form);
            }
        }
    }
    Vec::new()
}

/// Text was pasted.
pub(in crate::ui) fn paste(state: &State, view: &mut View, text: &str) -> Vec<Action> {
    let taken = put(state, view, text);
    if let (Mode::Triage(form), true) = (&mut view.mode, taken.is_empty()) {
        look(state, form);
    }
    taken
}

fn put(state: &State, view: &mut View, text: &str) -> Vec<Action> {
    let Mode::Triage(form) = &mut view.mode else { return Vec::new() };
    let report = form.field() == Field::Report;
    let Some(into) = form.fields.get_mut(form.at) else { return Vec::new() };
    let done = if report {
        match into.bytes().saturating_add(text.len()) {
            0..=REPORT_MOST => into.insert(text),
            _ => Err(format!("a report has at most {} KB", REPORT_MOST / 1024)),
        }
    } else {
        // One line, less what is no text.
        let line =
            text.split(['\n', '\r']).map(str::trim).filter(|l| !l.is_empty()).collect::<Vec<_>>().join(" ");
        let line = if line.is_empty() && text == " " { " ".to_owned() } else { line };
        match into.bytes().saturating_add(line.len()) {
            0..=FIELD_MOST => into.insert(&printable(&line)),
            _ => Err(format!("this takes at most {FIELD_MOST} characters")),
        }
    };
    form.why.clear();
    let live = form.fields.get(form.at).is_some_and(|t| t.bytes() <= LIVE);
    if live {
        look(state, form);
    }
    match done {
        Ok(()) => Vec::new(),
        Err(why) => {
            view.complain(why);
            vec![Action::Beep]
        }
    }
}

fn send(state: &State, view: &mut View) -> Vec<Action> {
    let Mode::Triage(form) = &mut view.mode else { return Vec::new() };
    look(state, form);
    match form.command() {
        Ok(command) => {
            let mode = std::mem::replace(&mut view.mode, Mode::Normal);
            if let Mode::Triage(mut form) = mode {
                // Until the session took it, it is kept.
                form.sent = true;
                view.incident.form = Some(form);
            }
            view.say("the incident is being taken on…");
            vec![Action::Do(command)]
        }
        Err((place, why)) => {
            form.go(place);
            view.complain(why);
            vec![Action::Beep]
        }
    }
}

/// The session took an incident on.
pub(in crate::ui) fn answered(view: &mut View, case: &Case) {
    if view.incident.form.as_ref().is_some_and(|f| f.sent) {
        view.incident.form = None;
        let (number, name) = (case.number, &case.name);
        view.say(printable(&format!("incident {number} {name} is taken on: {}", case.stage.word())));
    }
}

/// What was asked for failed; the answer is whether that was an incident, and it is told.
pub(in crate::ui) fn failed(view: &mut View, why: &str) -> bool {
    let Some(form) = view.incident.form.as_mut().filter(|f| f.sent) else { return false };
    (form.sent, form.why) = (false, printable(why));
    if matches!(view.mode, Mode::Normal)
        && let Some(form) = view.incident.form.take()
    {
        view.mode = Mode::Triage(form);
    }
    view.complain(format!("failed to {}", printable(why)));
    true
}

/// The left button was pressed there: goes to the field.
pub(in crate::ui) fn click(state: &State, view: &mut View, at: ratatui::layout::Position) -> bool {
    let Mode::Triage(form) = &view.mode else { return false };
    let Some(place) = super::draw::field_at(view, form, at) else { return false };
    if let Mode::Triage(form) = &mut view.mode {
        go(state, form, place);
    }
    true
}
