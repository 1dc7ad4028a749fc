//! What keys and clicks do with a recording.

use ratatui::layout::Position;

use super::super::actions::{Action, other_key};
use super::super::keymap::{Act, Meaning, Op, Tape, When};
use super::super::popup::{Keys, Page};
use super::super::sheet::Sheet;
use super::super::text::Text;
use super::super::theme::clock;
use super::super::view::{Mode, View};
use super::super::{moves, review, sheet, train};
use super::entry::{self, Asked, Entry, leave_end};
use super::{Deck, PACES, Play, Way, Wish, lists, strip};
use crate::domain::key::Key;
use crate::domain::moment::{Moment, told};
use crate::domain::signal::printable;
use crate::engine::state::{Agent, State};

const SECOND: u64 = 1_000_000;
/// While it plays, whoever goes back within so much after a chapter's beginning means the one before it.
const JUST: u64 = 2 * SECOND;

/// A key was pressed.
pub(in crate::ui) fn on_key(state: &State, view: &mut View, begun: Option<Key>, key: Key) -> Vec<Action> {
    match view.keys.in_replay(view.when(), begun, key) {
        Meaning::Begins => {
            view.begun = Some(key);
            Vec::new()
        }
        Meaning::Does(op) => super::super::actions::perform(state, view, op, Some(key)),
        Meaning::Acts(name) => refuse(view, name),
        Meaning::Nothing => other_key(state, view, begun, key),
    }
}

/// Says that a recording only shows.
fn refuse(view: &mut View, name: &str) -> Vec<Action> {
    view.complain(format!(
        "this is a recording: `{name}` is for a session that runs; {} shows what keys do here",
        view.key(Op::Help)
    ));
    vec![Action::Beep]
}

/// Does what an operation says while a recording is looked at and nothing is open over it.
pub(in crate::ui) fn perform(state: &State, view: &mut View, op: Op, key: Option<Key>) -> Vec<Action> {
    let open = view.sheet.map(Sheet::when);
    match op {
        Op::Tape(tape) => return wind(view, tape),
        Op::Detach => return vec![Action::Detach],
        Op::Suspend => return vec![Action::Suspend],
        Op::Palette => view.mode = Mode::Choose(Box::new(lists::palette(state, view))),
        Op::GoTo => view.mode = Mode::Choose(Box::new(super::super::lists::going(state))),
        Op::Help => view.mode = Mode::Page(Box::new(Page::help(state, &view.keys, Keys::Recording))),
        Op::Journal => return sheet::perform(state, view, When::Journaling, op),
        Op::Explain => explain(state, view),
        Op::Confirmations => return super::super::calls::open(state, view),
        Op::Review if open == Some(When::Reviewing) => view.sheet = None,
        Op::Review => {
            let cursor = review::Cursor::at(state, view.focused(state).as_ref());
            view.sheet = Some(Sheet::Review(cursor));
        }
        Op::Merge if open == Some(When::Training) => view.sheet = None,
        Op::Merge => view.sheet = Some(Sheet::Train(train::Cursor::default())),
        Op::Zoom if matches!(open, Some(When::Investigating | When::Following)) => {
            return sheet::perform(state, view, open.unwrap_or(When::Following), op);
        }
        Op::Zoom if open.is_some() => {}
        Op::Zoom if super::super::layout::is_monitor(state, view) => {
            if let Some(name) = view.focused(state) {
                view.go_to(state, &name);
            }
        }
        Op::Lay(lay) if open.is_none() => return moves::lay(state, view, lay),
        Op::Lay(_) => {}
        Op::Diff => {
            if let Some(agent) = view.focused(state) {
                let subject = review::Subject::Files(agent);
                view.mode = Mode::Page(Box::new(Page::about(subject.title(state), subject)));
            }
        }
        op if op.looks() => match open.filter(|_| op.moves() || matches!(op, Op::Act(_))) {
            Some(when) => return sheet::perform(state, view, when, op),
            None => match op {
                Op::Act(act @ (Act::Incident | Act::Workflow)) => return sheet::act(state, view, act),
                op => return moves::go(state, view, op, key),
            },
        },
        _ => {
            let name = view.keys.binding(When::Normal, op).map_or("that", |b| b.name);
            return refuse(view, name);
        }
    }
    Vec::new()
}

/// Does what a key of the recording says.
fn wind(view: &mut View, tape: Tape) -> Vec<Action> {
    let Some(deck) = &mut view.deck else { return Vec::new() };
    let to = |us: u64| vec![Action::Wish(Wish::To(us))];
    let (begin, end) = deck.story.span;
    match tape {
        Tape::Play => {
            let over = deck.now >= end;
            deck.play = match deck.play {
                Play::Paused if over && deck.live => Play::Following,
                Play::Paused => Play::Playing,
                Play::Playing | Play::Following => Play::Paused,
            };
            if over && deck.play == Play::Playing {
                // Whoever plays at the end means the whole.
                return to(begin);
            }
        }
        Tape::Faster => pace(deck, |now| PACES.into_iter().find(|p| *p > now)),
        Tape::Slower => pace(deck, |now| PACES.into_iter().rev().find(|p| *p < now)),
        Tape::Cut => {
            deck.cuts = !deck.cuts;
            let text = match deck.cuts {
                true => format!("times without anything are cut to {} s", deck.idle),
                false => "times without anything last as long as they did".to_owned(),
            };
            view.say(text);
        }
        Tape::Back | Tape::FarBack => {
            leave_end(deck);
            let by = if tape == Tape::Back { 5 } else { 60 } * SECOND;
            return to(deck.now.saturating_sub(by).max(begin));
        }
        Tape::On | Tape::FarOn => {
            let by = if tape == Tape::On { 5 } else { 60 } * SECOND;
            return to(deck.now.saturating_add(by).min(end));
        }
        Tape::FrameOn | Tape::FrameBack => {
            deck.play = Play::Paused;
            let way = if tape == Tape::FrameOn { Way::On } else { Way::Back };
            return vec![Action::Wish(Wish::Frame(way))];
        }
        Tape::Next if deck.found.is_some() => return vec![Action::Wish(Wish::Hit(Way::On))],
        Tape::NextHit | Tape::PreviousHit if deck.found.is_none() => {
            let key = view.key(Op::Tape(Tape::Search));
            view.complain(format!("nothing is looked for: {key} finds a text in what the panes showed"));
            return vec![Action::Beep];
        }
        Tape::NextHit => return vec![Action::Wish(Wish::Hit(Way::On))],
        Tape::PreviousHit => return vec![Action::Wish(Wish::Hit(Way::Back))],
        Tape::EndSearch => {
            if deck.found.take().is_some() {
                return vec![Action::Wish(Wish::EndSearch)];
            }
            view.zoomed = None;
        }
        Tape::Next => {
            let Some(next) = deck.story.marks.iter().position(|m| !deck.is_past(m)) else {
                let key = view.key(Op::Tape(Tape::End));
                view.say(format!("no chapter comes after this; {key} goes to the end"));
                return vec![Action::Beep];
            };
            return go_to(view, next);
        }
        Tape::Previous => {
            let just = |us: u64| deck.play == Play::Playing && deck.now.saturating_sub(us) < JUST;
            let before =
                deck.story.marks.iter().rposition(|m| deck.is_past(m) && !deck.is_here(m) && !just(m.us));
            let Some(before) = before else {
                view.say("no chapter comes before this");
                return to(begin);
            };
            return go_to(view, before);
        }
        Tape::Chapters if deck.story.marks.is_empty() => {
            view.complain("it has no chapter: nobody was sent a prompt, claimed or asked");
            return vec![Action::Beep];
        }
        Tape::Chapters => {
            view.mode = Mode::Choose(Box::new(lists::chapters(deck)));
        }
        Tape::GoTo => view.mode = Mode::Entry(Box::new(Entry::new(Asked::Moment))),
        Tape::Search => view.mode = Mode::Entry(Box::new(Entry::new(Asked::Text))),
        Tape::Note => {
            leave_end(deck);
            deck.play = Play::Paused;
            view.mode = Mode::Entry(Box::new(Entry::new(Asked::Note)));
        }
        Tape::Begin => {
            leave_end(deck);
            return to(begin);
        }
        Tape::End => {
            if deck.live {
                deck.play = Play::Following;
            }
            return vec![Action::Wish(Wish::Go(Moment::End))];
        }
        Tape::Strip => deck.strip = Some(strip::next(deck, view.rows, view.cols)),
    }
    Vec::new()
}

fn pace(deck: &mut Deck, choose: impl Fn(f64) -> Option<f64>) {
    deck.speed = choose(deck.speed).unwrap_or(deck.speed);
}

/// Goes to a chapter or a note.
pub(in crate::ui) fn go_to(view: &mut View, mark: usize) -> Vec<Action> {
    let Some(deck) = &mut view.deck else { return Vec::new() };
    let Some(mark) = deck.story.marks.get(mark).cloned() else { return vec![Action::Beep] };
    leave_end(deck);
    let text = format!("{}: {}", told(deck.since(mark.us)), mark.text);
    view.say(printable(&text));
    vec![Action::Wish(match mark.event {
        Some((place, _)) => Wish::Event(place),
        None => Wish::To(mark.us),
    })]
}

/// Why the focused agent was in its state then.
fn explain(state: &State, view: &mut View) {
    let Some(agent) = view.agent(state) else { return view.complain("no agent has the focus") };
    let lines = reasons(state, view, agent);
    view.mode = Mode::Page(Box::new(Page::new(format!("why {}", agent.name), lines)));
}

fn reasons(state: &State, view: &View, agent: &Agent) -> Vec<Text> {
    let pair = |k: &str, v: String| Text::Pair(k.into(), printable(&v));
    let (shown, since) = agent.shown;
    let age = told(state.now.mono.saturating_sub(since.mono));
    let or_none = |text: &str| if text.is_empty() { "–".to_owned() } else { text.to_owned() };
    let mut lines = vec![
        pair("state", agent.state().word().into()),
        pair("rule", or_none(&agent.why.rule)),
        pair("matched", or_none(&agent.why.evidence)),
    ];
    if shown == agent.state() {
        lines.push(pair("since", format!("{}, for {age}", clock(since.wall, view.look))));
    }
    if agent.pin.is_some() {
        lines.push(pair("pinned", "by hand, until it is taken off or the program ends".into()));
    }
    lines.extend(agent.reasons.iter().map(|r| pair("not ready", r.clone())));
    lines
}

/// The left button was pressed there: on the time line it goes to that time, on a chapter beside it to that chapter.
pub(in crate::ui) fn pressed(state: &State, view: &mut View, at: Position) -> Option<Vec<Action>> {
    let area = view.frame(state).strip;
    let deck = view.deck.as_ref().filter(|_| area.contains(at))?;
    let hit = strip::hit(state, view, deck, area, at);
    Some(match hit {
        Some(strip::Hit::Moment(us)) => wind_to(view, us),
        Some(strip::Hit::Mark(mark)) => go_to(view, mark),
        Some(strip::Hit::Play) => wind(view, Tape::Play),
        None => Vec::new(),
    })
}

/// The mouse was drawn along the time line.
pub(in crate::ui) fn drag(state: &State, view: &mut View, at: Position) -> Vec<Action> {
    let area = view.frame(state).strip;
    let Some(deck) = view.deck.as_ref().filter(|_| area.contains(at)) else { return Vec::new() };
    match strip::hit(state, view, deck, area, at) {
        Some(strip::Hit::Moment(us)) => wind_to(view, us),
        _ => Vec::new(),
    }
}

fn wind_to(view: &mut View, us: u64) -> Vec<Action> {
    if let Some(deck) = &mut view.deck {
        leave_end(deck);
    }
    vec![Action::Wish(Wish::To(us))]
}

/// The keys that matter now, the most useful first, with another word than the table's where one is better.
pub(in crate::ui) fn keys(deck: &Deck, zoomed: bool) -> Vec<(Op, Option<&'static str>)> {
    let play = match deck.play {
        Play::Paused => "play",
        Play::Playing | Play::Following => "pause",
    };
    let mut keys = vec![(Op::Tape(Tape::Play), Some(play))];
    if deck.live && deck.play != Play::Following {
        keys.push((Op::Tape(Tape::End), Some("live")));
    }
    if deck.found.is_some() {
        keys.extend([(Op::Tape(Tape::PreviousHit), Some("place")), (Op::Tape(Tape::EndSearch), None)]);
    } else {
        keys.push((Op::Tape(Tape::Previous), Some("chapter")));
    }
    keys.extend([
        (Op::Tape(Tape::Back), Some("5 s")),
        (Op::Tape(Tape::Search), None),
        (Op::Tape(Tape::GoTo), None),
        (Op::Tape(Tape::Chapters), None),
        (Op::Zoom, Some(if zoomed { "unzoom" } else { "zoom" })),
        (Op::Detach, None),
        (Op::Tape(Tape::FrameBack), Some("frame")),
        (Op::Tape(Tape::FarBack), Some("1 min")),
        (Op::Tape(Tape::Slower), Some("pace")),
        (Op::Tape(Tape::Note), Some("note")),
        (Op::Tape(Tape::Cut), None),
        (Op::Tape(Tape::Strip), None),
    ]);
    keys
}

/// The operation that goes the other way: both stand at the foot as one.
pub(in crate::ui) fn counterpart(op: Op) -> Option<Op> {
    let Op::Tape(tape) = op else { return None };
    Some(Op::Tape(match tape {
        Tape::Previous | Tape::PreviousHit => Tape::Next,
        Tape::Back => Tape::On,
        Tape::FarBack => Tape::FarOn,
        Tape::FrameBack => Tape::FrameOn,
        Tape::Slower => Tape::Faster,
        _ => return None,
    }))
}

/// Does what an operation says with the line at the foot.
pub(in crate::ui) fn enter(state: &State, view: &mut View, op: Op) -> Vec<Action> {
    entry::perform(state, view, op)
}
