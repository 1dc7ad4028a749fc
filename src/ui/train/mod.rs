//! The merge train: its steps with who judged them, gates on the result, and what can be done when it stands still.
//! Shows the plan that this client asked for, else the latest train as it is now.

mod act;
mod lines;

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::style::{Modifier, Style};
use unicode_width::UnicodeWidthStr;

pub(super) use self::act::{answered, click, keys, perform};
pub(super) use self::lines::lines;
use self::lines::{choices, head, said};
use super::keymap::{Keymap, Op, When};
use super::text::{draw_texts, hint, hints, wrap};
use super::theme::{BOLD, CHOSEN, DIM, KEY, cut, of_sign, of_state, pad, put};
use super::view::View;
use crate::domain::id::AgentName;
use crate::domain::review::Engines;
use crate::domain::signal::printable;
use crate::domain::state::AgentState;
use crate::domain::train::{Built, Merged, Phase, Step};
use crate::domain::view::TrainView;
use crate::engine::state::State;

/// Columns of one entry of the box "what now".
const CHOICE: usize = 26;
/// Columns at the right of a step: commits and who judged.
const RIGHT: usize = 19 + 17;

/// A step of the train.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(in crate::ui) struct Cursor {
    row: usize,
}

impl Cursor {
    pub fn agent(self, state: &State) -> Option<AgentName> {
        state.train.as_ref()?.plan.steps.get(self.row).map(|s| s.agent.clone())
    }
}

/// What is seen: a plan that was asked for, unless a train moves by now; else the latest train.
pub(in crate::ui) fn shown(state: &State, view: &View) -> Option<TrainView> {
    let newer = |plan: &TrainView| {
        state.train.as_ref().is_some_and(|t| t.phase.moves() || t.plan.date > plan.plan.date)
    };
    match &view.plan {
        Some(plan) if !newer(plan) => Some((**plan).clone()),
        _ => state.train.as_ref().map(|t| state.view_train(t)),
    }
}

/// Where the parts are.
struct Places {
    steps: Rect,
    /// The first step shown.
    first: usize,
    /// The box "what now"; empty where nothing is to be decided.
    choices: Rect,
    below: Rect,
}

fn places(train: &TrainView, cursor: Cursor, offered: &[(Op, String)], body: Rect) -> Places {
    let all = u16::try_from(train.plan.steps.len()).unwrap_or(u16::MAX);
    let top = 1.min(body.height);
    let room = body.height - top;
    let wanted = offered.len().min(3) * CHOICE + 4;
    let width = body.width.min(u16::try_from(wanted).unwrap_or(u16::MAX));
    let per_row = (usize::from(width.saturating_sub(4)) / CHOICE).max(1);
    let boxed = match offered.len().div_ceil(per_row) {
        0 => 0,
        n => u16::try_from(n + 2).unwrap_or(room).min(room),
    };
    // What can be done is always seen; the steps leave something for what there is to say.
    let most = room.saturating_sub(boxed);
    let height = all.min(most.saturating_sub(4).max(most / 2));
    let first = (cursor.row + 1).saturating_sub(usize::from(height));
    let y = body.y + top;
    Places {
        steps: Rect { y, height, ..body },
        first,
        choices: Rect { y: y + height, height: boxed, width, ..body },
        below: Rect { y: y + height + boxed, height: room - height - boxed, ..body },
    }
}

pub(super) fn draw(buffer: &mut Buffer, state: &State, view: &View, cursor: Cursor, body: Rect) {
    if body.is_empty() {
        return;
    }
    let width = usize::from(body.width);
    let Some(train) = shown(state, view) else {
        for (row, y) in wrap(&hint(view, NONE), width.saturating_sub(2)).iter().zip(body.y..body.bottom()) {
            put(buffer, body.x + 1, y, row, width, DIM);
        }
        return;
    };
    let offered = boxed(state, view, &train);
    let places = places(&train, cursor, &offered, body);
    let (lefts, right, style) = head(&train);
    let fits = |left: &&String| left.width() + right.width() + 3 <= width;
    let left = lefts.iter().find(fits).or(lefts.last()).cloned().unwrap_or_default();
    put(buffer, body.x + 1, body.y, cut(&left, width.saturating_sub(2)), width, BOLD);
    if left.width() + right.width() + 4 <= width {
        let x = body.right() - u16::try_from(right.width() + 1).unwrap_or(0);
        put(buffer, x, body.y, &right, right.width(), style);
    }
    let steps = train.plan.steps.iter().enumerate().skip(places.first);
    for ((i, step), y) in steps.zip(places.steps.y..places.steps.bottom()) {
        let row = Rect { y, height: 1, ..places.steps };
        draw_step(buffer, row, &train, i, step);
        if i == cursor.row {
            buffer.set_style(Rect { width: row.width.min(16), ..row }, CHOSEN);
        }
    }
    draw_choices(buffer, &view.keys, places.choices, &offered);
    draw_texts(buffer, places.below, &hints(view, lines(state, &train)));
}

const NONE: &str = "no merge was planned yet: ‹merge› plans one, shows it, and asks before anything moves; ‹review› shows the branches";

/// What the box offers: only a train that stands still needs somebody to decide.
fn boxed(state: &State, view: &View, train: &TrainView) -> Vec<(Op, String)> {
    if view.deck.is_some() {
        return Vec::new();
    }
    if train.phase == Phase::Halted { choices(state, train) } else { Vec::new() }
}

/// What became of a step.
fn outcome(train: &TrainView, step: &Step) -> (&'static str, Option<Merged>) {
    let of = |steps: &[Merged]| steps.iter().find(|m| m.agent == step.agent).cloned();
    let merged = match &train.built {
        Some(Built::Clean { steps, .. }) => of(steps),
        Some(Built::Conflict(stuck)) if stuck.agent == step.agent => return ("✘", None),
        Some(Built::Conflict(stuck)) => of(&stuck.steps),
        None => None,
    };
    match (merged, train.phase) {
        (Some(merged), Phase::Applied) => ("⇉", Some(merged)),
        (Some(merged), _) => ("✔", Some(merged)),
        (None, Phase::Building) => ("●", None),
        (None, _) => ("·", None),
    }
}

fn draw_step(buffer: &mut Buffer, row: Rect, train: &TrainView, i: usize, step: &Step) {
    let width = usize::from(row.width);
    let (sign, merged) = outcome(train, step);
    let subject = printable(step.message.lines().next().unwrap_or_default());
    let what = match said(train, step) {
        Some(conflict) => printable(&conflict),
        None => subject,
    };
    let lead = format!("{:>3} {sign} {} ", i + 1, pad(step.agent.as_str(), 9));
    let style = match sign {
        "·" => DIM,
        "⇉" => of_state(AgentState::Merged),
        sign => of_sign(sign),
    };
    put(buffer, row.x, row.y, &lead, width, style);
    let x = row.x + u16::try_from(lead.width()).unwrap_or(0);
    let rest = width.saturating_sub(lead.width() + 1);
    if sign == "✘" {
        // It made no commit: the conflict has all the room.
        put(buffer, x, row.y, cut(&what, rest), rest, style);
        return;
    }
    let roomy = rest > RIGHT + 10;
    let room = rest.saturating_sub(if roomy { RIGHT } else { 9 });
    put(buffer, x, row.y, cut(&what, room), room, Style::new());
    let x = x + u16::try_from(room + 1).unwrap_or(0);
    let to = merged.as_ref().map_or(String::new(), |m| format!(" → {}", m.oid.short()));
    let commits = format!("{}{to}", step.oid.short());
    put(buffer, x, row.y, &commits, usize::from(row.right().saturating_sub(x)), DIM);
    if let Some(merged) = merged.filter(|_| roomy) {
        let (word, style) = judged(&merged);
        put(buffer, x + 19, row.y, word, usize::from(row.right().saturating_sub(x + 19)), style);
    }
}

/// Who judged a merge, in a word or two.
fn judged(merged: &Merged) -> (String, Style) {
    if !merged.how.is_empty() {
        return (printable(&format!("solved {}", merged.how)), BOLD);
    }
    let text = match merged.engines {
        Engines::Unchecked => "unchecked",
        Engines::Agree => "engines agree",
        Engines::Disagree(_) => "engines ≠",
        Engines::Git(_) => "git only",
        Engines::Library(_) => "libgit2 only",
    };
    let style = if matches!(merged.engines, Engines::Agree) {
        DIM
    } else {
        of_sign(text).add_modifier(Modifier::BOLD)
    };
    (text.to_owned(), style)
}

/// Where each entry of the box is.
fn entries(area: Rect, n: usize) -> Vec<Rect> {
    let per_row = (usize::from(area.width.saturating_sub(4)) / CHOICE).max(1);
    let place = |i: usize| {
        let column = u16::try_from(i % per_row * CHOICE).unwrap_or(0);
        let row = u16::try_from(i / per_row).unwrap_or(u16::MAX);
        let width = u16::try_from(CHOICE).unwrap_or(0);
        let at = Rect {
            x: area.x + 2 + column,
            y: area.y.saturating_add(1).saturating_add(row),
            width,
            height: 1,
        };
        at.intersection(Rect { height: area.height.saturating_sub(1), ..area })
    };
    (0..n).map(place).collect()
}

fn draw_choices(buffer: &mut Buffer, keys: &Keymap, area: Rect, offered: &[(Op, String)]) {
    if area.height < 3 {
        return;
    }
    super::popup::draw_box(buffer, keys, area, " what now ", When::Training);
    for (place, (op, text)) in entries(area, offered.len()).into_iter().zip(offered) {
        let key = keys.key(When::Training, *op);
        let width = usize::from(place.width);
        put(
            buffer,
            place.x,
            place.y,
            format!("{key} {}", cut(text, width.saturating_sub(key.width() + 2))),
            width,
            Style::new(),
        );
        buffer.set_style(
            Rect { width: place.width.min(u16::try_from(key.width()).unwrap_or(1)), ..place },
            KEY,
        );
    }
}

/// What is at a place of the screen: an entry of the box, or a step.
enum Hit {
    Choice(Op),
    Step(usize),
}

fn hit(
    state: &State,
    view: &View,
    train: &TrainView,
    cursor: Cursor,
    body: Rect,
    at: Position,
) -> Option<Hit> {
    let offered = boxed(state, view, train);
    let places = places(train, cursor, &offered, body);
    let entry = entries(places.choices, offered.len()).iter().position(|a| a.contains(at));
    if let Some((op, _)) = entry.and_then(|i| offered.get(i)) {
        return Some(Hit::Choice(*op));
    }
    let row = places.first + usize::from(at.y.checked_sub(places.steps.y)?);
    (places.steps.contains(at) && row < train.plan.steps.len()).then_some(Hit::Step(row))
}
