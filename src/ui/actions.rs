//! What comes of keys: the view changes, and the server is asked to act.

use super::branches;
use super::composer::Composer;
use super::ended::{self, can_start};
use super::keymap::{Op, Seq, When, key_name};
use super::lists;
use super::popup::{Chooser, Keys, Page, Question};
use super::replay::{self, Wish};
use super::stroke::Pasting;
use super::text::hint;
use super::typing::{start_typing, type_key, while_typing};
use super::view::{Mode, View, needs_me};
use crate::domain::command::{Command, Order};
use crate::domain::id::AgentName;
use crate::domain::key::{Code, Key};
use crate::domain::query::QueryId;
use crate::domain::signal::printable;
use crate::domain::state::AgentState;
use crate::engine::parts::TrainPhase;
use crate::engine::state::{Agent, State};
use crate::screen::keys;

/// What the server is to do for a client.
#[derive(Clone, PartialEq, Debug)]
pub enum Action {
    /// Bytes typed into a pane.
    Type {
        /// Whose pane.
        agent: AgentName,
        /// The bytes.
        bytes: Vec<u8>,
        /// Whether they end what was being typed (carriage return or Ctrl-C outside a paste).
        submits: bool,
    },
    /// A command; its answer goes to [`super::notify`].
    Do(Command),
    /// Something with the recording that is looked at.
    Wish(Wish),
    /// What a pane printed that is not in memory any more; what becomes of it goes to [`super::on_past`].
    LookBack {
        /// Whose pane.
        agent: AgentName,
        /// What it is known by when it comes.
        ticket: u64,
    },
    /// A text for the clipboard of the client's terminal.
    Copy(String),
    /// A text for the user's own editor; what becomes of it goes to [`super::on_edited`].
    Edit(String),
    /// The client steps aside until its shell brings it back.
    Suspend,
    /// The client leaves.
    Detach,
    /// The key meant nothing, or could not be done.
    Beep,
}

/// An entry of a list.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Choice {
    Op(When, Op),
    Agent(AgentName),
    Tab(usize),
    Run(String, Order),
    Pin(AgentName, Option<AgentState>),
    /// A prompt of the library; none: a text of one's own.
    Prompt(Option<String>),
    /// A prompt of the library, to be sent to those who are ticked then.
    Send(String),
    /// A theme, by its name.
    Theme(String),
    /// A query between agents.
    Query(QueryId),
    /// A chapter or a note of the recording, by its place among them.
    Mark(usize),
}

/// Text was pasted.
pub fn on_paste(state: &State, view: &mut View, text: &str) -> Vec<Action> {
    view.message = None;
    (view.begun, view.just_left) = (None, None);
    match &mut view.mode {
        Mode::Typing => {
            let Some(agent) = view.agent(state) else { return vec![Action::Beep] };
            let modes = agent.pane.screen.modes();
            let bytes = keys::paste(text, &modes);
            let submits = !modes.bracketed_paste && bytes.contains(&b'\r');
            let name = agent.name.clone();
            view.scroll.remove(&name);
            view.pasting = Pasting::begin(&name, bytes.len());
            vec![Action::Type { agent: name, bytes, submits }]
        }
        Mode::Composer(_) => super::composer::paste(view, text),
        Mode::Triage(_) => super::incident::paste(state, view, text),
        Mode::Choose(chooser) => {
            let clean = printable(text);
            chooser.search(|query| query.extend(clean.chars().take(100)));
            Vec::new()
        }
        Mode::Entry(entry) => {
            entry.insert(text);
            Vec::new()
        }
        Mode::Copy(copy) if copy.entry.is_some() => {
            super::copy::paste(copy, text);
            Vec::new()
        }
        Mode::Normal if view.deck.is_some() => {
            view.complain("this is a recording: nothing takes a paste");
            vec![Action::Beep]
        }
        Mode::Normal => {
            let text = hint(
                view,
                "nothing takes a paste here: ‹type› types into the pane, ‹broadcast› writes a prompt",
            );
            view.complain(text);
            vec![Action::Beep]
        }
        Mode::Confirm(_) | Mode::Page(_) | Mode::Copy(_) | Mode::Calls(_) => vec![Action::Beep],
    }
}

/// The user's editor ended; none when it failed or there is none.
pub fn on_edited(view: &mut View, text: Option<&str>) {
    match (text, &view.mode) {
        (Some(text), Mode::Composer(_)) => super::composer::edited(view, text),
        (Some(_), _) => {}
        (None, _) => view.complain("the editor failed: $VISUAL or $EDITOR names it"),
    }
}

pub(super) fn other_key(state: &State, view: &mut View, begun: Option<Key>, key: Key) -> Vec<Action> {
    if let Some(first) = begun {
        if key.code == Code::Esc {
            return Vec::new();
        }
        let text = format!(
            "{} does nothing here; {} shows all keys",
            Seq::two(first, key).name(),
            view.key(Op::Help)
        );
        view.complain(text);
        return vec![Action::Beep];
    }
    match &mut view.mode {
        Mode::Typing => return type_key(state, view, key),
        Mode::Composer(_) => return super::composer::edit(state, view, key),
        Mode::Triage(_) => return super::incident::edit(state, view, key),
        Mode::Choose(chooser) => match key.code {
            Code::Char(c) if !key.mods.ctrl && !key.mods.alt => chooser.search(|q| q.push(c)),
            Code::Backspace => chooser.search(|q| {
                let _ = q.pop();
            }),
            _ => {}
        },
        Mode::Entry(entry) => entry.edit(key),
        Mode::Copy(copy) => {
            if !super::copy::on_other(copy, key) {
                let text = format!("{} does nothing here; {} leaves", key_name(key), view.key(Op::Close));
                view.complain(text);
            }
        }
        Mode::Normal if key == Key::ctrl('c') && view.deck.is_some() => {
            let key = view.key(Op::Detach);
            view.say(format!("{key} leaves the recording"));
        }
        Mode::Normal if key == Key::ctrl('c') => {
            let text = hint(view, "‹detach› detaches: all agents go on. `‹palette› end` ends the session");
            view.say(text);
        }
        Mode::Normal => {
            let text = format!("{} does nothing here; {} shows all keys", key_name(key), view.key(Op::Help));
            view.complain(text);
        }
        Mode::Calls(_) => super::calls::other_key(state, view),
        Mode::Confirm(_) | Mode::Page(_) => {}
    }
    Vec::new()
}

/// Does what an operation says, whatever key or entry asked for it.
pub(super) fn perform(state: &State, view: &mut View, op: Op, key: Option<Key>) -> Vec<Action> {
    if branches::refuses(state, view, op) {
        return vec![Action::Beep];
    }
    match view.mode {
        Mode::Composer(_) => super::composer::perform(state, view, op),
        Mode::Confirm(_) => super::open::asked(view, op),
        Mode::Page(_) => super::open::reading(state, view, op),
        Mode::Choose(_) => super::open::choosing(state, view, op),
        Mode::Typing => while_typing(state, view, op, key),
        Mode::Entry(_) => replay::enter(state, view, op),
        Mode::Triage(_) => super::incident::on_form(state, view, op),
        Mode::Copy(_) => super::copy::perform(state, view, op),
        Mode::Calls(_) => super::calls::perform(state, view, op),
        Mode::Normal if view.deck.is_some() => replay::perform(state, view, op, key),
        Mode::Normal if view.sheet.is_some() && !matches!(op, Op::Tab) => {
            super::sheet::perform(state, view, view.when(), op)
        }
        Mode::Normal => normal(state, view, op, key),
    }
}

/// What an operation of the dashboard does, whatever fills its body.
pub(super) fn normal(state: &State, view: &mut View, op: Op, key: Option<Key>) -> Vec<Action> {
    if branches::refuses(state, view, op) {
        return vec![Action::Beep];
    }
    match op {
        Op::Lay(lay) => return super::moves::lay(state, view, lay),
        Op::Left
        | Op::Right
        | Op::Up
        | Op::Down
        | Op::NextAgent
        | Op::PrevAgent
        | Op::Zoom
        | Op::NextNeed
        | Op::NextNew
        | Op::Tab
        | Op::NextTab
        | Op::PrevTab
        | Op::PageUp
        | Op::PageDown
        | Op::Top
        | Op::Bottom => {
            return super::moves::go(state, view, op, key);
        }
        Op::Type => return start_typing(state, view),
        Op::Act(act) => return super::sheet::act(state, view, act),
        Op::Confirmations => return super::calls::open(state, view),
        Op::Copy => return super::copy::start_looking(state, view),
        Op::Find => return super::copy::start_search(state, view),
        Op::Detach => return vec![Action::Detach],
        Op::Suspend => return vec![Action::Suspend],
        Op::Broadcast => {
            let text = std::mem::take(&mut view.draft);
            view.mode = Mode::Composer(Box::new(Composer::new(state, |_| true, text)));
        }
        Op::Palette => view.mode = Mode::Choose(Box::new(lists::palette(state, view))),
        Op::GoTo => view.mode = Mode::Choose(Box::new(lists::going(state))),
        Op::Help => view.mode = Mode::Page(Box::new(Page::help(state, &view.keys, Keys::Running))),
        Op::Journal => return super::sheet::perform(state, view, When::Journaling, op),
        Op::Review => return super::sheet::perform(state, view, When::Reviewing, op),
        Op::Merge => return merge(state, view),
        Op::TakeOrder => return super::order::take(state, view),
        Op::Pause => match state.running() {
            Some(run) if run.paused => return vec![Action::Do(Command::ResumeRun)],
            Some(_) => return vec![Action::Do(Command::PauseRun)],
            None => {
                let text = hint(view, "no plan runs: ‹run› chooses one");
                view.complain(text);
                return vec![Action::Beep];
            }
        },
        Op::TakeOffer if state.offer.is_some() => return vec![Action::Do(Command::TakeOffer)],
        Op::TakeOffer => {
            view.complain("nothing is offered: a plan that asks for it offers a prompt when it has ended");
            return vec![Action::Beep];
        }
        Op::EndSession => ask(
            view,
            format!("end session {}", state.config.session),
            vec![
                "Every agent's program is stopped, and with it what it had not saved.".into(),
                branches::left(state).into(),
            ],
            Command::Down,
        ),
        Op::Run if !view.agent(state).is_some_and(can_start) => {
            let plans = lists::plans(state);
            if plans.is_empty() {
                view.complain("no plan is known: put one into plans/ and begin a new session");
                return vec![Action::Beep];
            }
            let chooser = Chooser { title: "run a plan", query: None, entries: plans, at: 0 };
            view.mode = Mode::Choose(Box::new(chooser));
        }
        Op::Resume if !view.agent(state).is_some_and(can_start) => {
            view.complain("only a program that has ended is resumed");
            return vec![Action::Beep];
        }
        Op::Run
        | Op::Resume
        | Op::SendOne
        | Op::SendReasons
        | Op::Believe
        | Op::Skip
        | Op::Stop
        | Op::Explain
        | Op::Diff
        | Op::Pin => {
            let Some(agent) = view.agent(state) else {
                let text =
                    hint(view, "no agent has the focus: ‹prev-agent› and ‹next-agent› go through them");
                view.complain(text);
                return vec![Action::Beep];
            };
            return on_agent(state, view, op, agent);
        }
        _ => {}
    }
    Vec::new()
}

fn on_agent(state: &State, view: &mut View, op: Op, agent: &Agent) -> Vec<Action> {
    let name = agent.name.clone();
    if op == Op::Diff {
        return super::diff::open(state, view, &name);
    }
    let any = matches!(op, Op::Run | Op::Resume | Op::Explain | Op::Stop);
    let Some(spec) = agent.spec.as_ref().filter(|_| !any) else {
        return match op {
            Op::Run | Op::Resume => ended::start_again(state, view, op, agent),
            Op::Explain => vec![Action::Do(Command::Explain { agent: name })],
            Op::Stop if agent.pane.pid.is_none() => {
                view.complain(format!("{name} does not run"));
                vec![Action::Beep]
            }
            Op::Stop => {
                let what = "Its program is stopped with all it started; its conversation may be lost.";
                let lines = vec![what.into(), hint(view, branches::left_of_one(state))];
                ask(view, format!("stop {name}"), lines, Command::Stop { agent: name });
                Vec::new()
            }
            _ => {
                let text = hint(view, "the orchestrator's shell is not of the team: ‹type› types into it");
                view.complain(text);
                vec![Action::Beep]
            }
        };
    };
    match op {
        Op::SendOne => {
            let text = std::mem::take(&mut view.draft);
            view.mode = Mode::Composer(Box::new(Composer::new(state, |n| *n == name, text)));
        }
        Op::Pin if agent.pane.pid.is_none() => {
            view.complain(format!("{name} does not run"));
            return vec![Action::Beep];
        }
        Op::Pin => view.mode = Mode::Choose(Box::new(lists::pins(agent))),
        Op::SendReasons if agent.reasons.is_empty() => {
            view.complain(format!("no claim of {name} was refused: there are no reasons to send"));
            return vec![Action::Beep];
        }
        Op::SendReasons => return vec![Action::Do(Command::SendReasons { agent: name })],
        Op::Believe => {
            let said = match &agent.hint {
                Some(line) => format!("{name} printed: {}", printable(line)),
                None => format!("{name} has not said so itself."),
            };
            let lines = vec![said, "It counts as its claim: git and the gates decide.".into()];
            let command = Command::Accept { agent: name.clone(), note: String::new() };
            ask(view, format!("take {name} at its word"), lines, command);
        }
        Op::Skip if agent.left_out => {
            ask(
                view,
                format!("take {name} back"),
                branches::taken_back(spec),
                Command::TakeBack { agent: name },
            );
        }
        Op::Skip => {
            ask(view, format!("leave {name} out"), branches::left_out(spec), Command::Skip { agent: name });
        }
        _ => {}
    }
    Vec::new()
}

pub(super) fn ask(view: &mut View, title: String, lines: Vec<String>, command: Command) {
    view.mode = Mode::Confirm(Box::new(Question { title, lines, command }));
}

/// The agent after `from` in team order that waits for a human.
pub(super) fn next_need(state: &State, from: Option<&AgentName>) -> Option<AgentName> {
    let at = from.and_then(|n| state.agents.iter().position(|a| a.name == *n)).map_or(0, |i| i + 1);
    let (before, after) = state.agents.split_at(at.min(state.agents.len()));
    after.iter().chain(before).find(|a| needs_me(a)).map(|a| a.name.clone())
}

/// Shows the train that moves or stands still; without one, plans a merge.
fn merge(state: &State, view: &mut View) -> Vec<Action> {
    let open = state.train.as_ref().is_some_and(|t| t.phase.moves() || t.phase == TrainPhase::Halted);
    view.plan = None;
    let op = if open { Op::Top } else { Op::Merge };
    super::sheet::perform(state, view, When::Training, op)
}
