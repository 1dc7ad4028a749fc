//! The review: facts of all branches at the left, what merging them would meet at the right, and below what the
//! cursor is on. Drawn from the state as it is, so it follows what happens.

mod act;
mod detail;
mod facts;
mod lines;
mod matrix;

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::style::Style;
use unicode_width::UnicodeWidthStr;

pub(super) use self::act::{click, keys, perform, run_gates};
pub(super) use self::detail::{Subject, conflict, engines};
pub(super) use self::lines::{Lookup, answered, failed};
use super::keymap::Op;
use super::text::{Text, draw_texts, hints};
use super::theme::{BOLD, CHOSEN, DIM, cut, put};
use super::view::View;
use crate::domain::id::AgentName;
use crate::engine::state::State;

/// What the signs of the matrix say.
const LEGEND: &str = "· merges  2✘ paths do not  ? cannot tell  ≠ engines disagree  ± uncommitted";
/// Fewest columns of the facts beside a matrix that has all it needs.
const FACTS: u16 = 46;
/// Rows kept for what is below the tables.
const BELOW: u16 = 8;

/// An agent, and one of its cells.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(in crate::ui) struct Cursor {
    /// A place in the team.
    row: usize,
    /// 0 is its facts, then the target, every agent, and its turn in the merge order.
    column: usize,
}

impl Cursor {
    /// On the facts of an agent, or else of the first.
    pub fn at(state: &State, agent: Option<&AgentName>) -> Self {
        let row = state.team().position(|a| Some(&a.name) == agent).unwrap_or(0);
        Self { row, column: 0 }
    }

    pub fn agent(self, state: &State) -> Option<AgentName> {
        state.team().nth(self.row).map(|a| a.name.clone())
    }

    /// The same place in a team of today's size.
    fn within(self, state: &State) -> Self {
        let all = state.team().count();
        Self { row: self.row.min(all.saturating_sub(1)), column: self.column.min(all + 2) }
    }
}

/// Where the parts are. A part that is not shown has no area.
struct Places {
    facts: Rect,
    matrix: Rect,
    below: Rect,
    /// The first agent that has a row.
    first: usize,
}

fn places(state: &State, cursor: Cursor, body: Rect) -> Places {
    let all = u16::try_from(state.team().count()).unwrap_or(u16::MAX);
    let height = (all.saturating_add(1)).min(body.height.saturating_sub(BELOW).max(body.height / 2));
    let first = (cursor.row + 1).saturating_sub(usize::from(height.saturating_sub(1)));
    let wanted = matrix::width(state);
    let right = if body.width >= wanted.saturating_add(FACTS) {
        wanted
    } else if cursor.column == 0 {
        0
    } else {
        wanted.min(body.width)
    };
    let left = body.width - right;
    Places {
        facts: Rect { width: left, height, ..body },
        matrix: Rect { x: body.x + left, width: right, height, ..body },
        below: Rect { y: body.y + height, height: body.height - height, ..body },
        first,
    }
}

pub(super) fn draw(buffer: &mut Buffer, state: &State, view: &View, cursor: Cursor, body: Rect) {
    let cursor = cursor.within(state);
    let places = places(state, cursor, body);
    if body.is_empty() {
        return;
    }
    facts::draw(buffer, state, view.look, cursor, places.facts, places.first);
    matrix::draw(buffer, state, cursor, places.matrix, places.first);
    let order = hints(view, detail::order(state));
    let mut rest = places.below;
    let kept = u16::try_from(order.len()).unwrap_or(u16::MAX).min(rest.height / 2);
    rest = rule(buffer, rest, "merge order");
    let used = draw_texts(buffer, Rect { height: kept.min(rest.height), ..rest }, &order);
    rest = Rect { y: rest.y + used, height: rest.height - used, ..rest };
    let Some(subject) = subject(state, cursor) else { return };
    rest = rule(buffer, rest, &subject.title(state));
    let lines = hints(view, subject.lines(state));
    let shown = draw_texts(buffer, rest, &lines);
    if places.matrix.width > 0 && state.matrix.is_some() && shown + 1 < rest.height {
        put(buffer, rest.x + 1, rest.bottom() - 1, LEGEND, usize::from(rest.width.saturating_sub(2)), DIM);
    }
    if shown == rest.height && shown > 0 {
        let more = format!(" {} shows all ", view.key(Op::Accept));
        let x = rest.right().saturating_sub(u16::try_from(more.width() + 2).unwrap_or(0));
        put(buffer, x, rest.y - 1, &more, more.width(), BOLD);
    }
}

/// A line with a title across the area; the answer is what is left below.
fn rule(buffer: &mut Buffer, area: Rect, title: &str) -> Rect {
    if area.is_empty() {
        return area;
    }
    let width = usize::from(area.width);
    put(buffer, area.x, area.y, "─".repeat(width), width, DIM);
    put(buffer, area.x + 1, area.y, cut(&format!(" {title} "), width.saturating_sub(2)), width, BOLD);
    Rect { y: area.y + 1, height: area.height - 1, ..area }
}

/// What the cursor is on.
fn subject(state: &State, cursor: Cursor) -> Option<Subject> {
    let agent = cursor.agent(state)?;
    let all = state.team().count();
    Some(match cursor.column {
        0 => Subject::Agent(agent),
        1 => Subject::Onto(agent),
        n if n == all + 2 => Subject::Turn(agent),
        n => match state.team().nth(n - 2) {
            Some(other) if other.name != agent => Subject::Pair(agent, other.name.clone()),
            _ => Subject::Agent(agent),
        },
    })
}

/// The cursor for a place of the screen.
fn hit(state: &State, cursor: Cursor, body: Rect, at: Position) -> Option<Cursor> {
    let cursor = cursor.within(state);
    let places = places(state, cursor, body);
    let row = |area: Rect| {
        let row = places.first + usize::from(at.y.checked_sub(area.y + 1)?);
        (area.contains(at) && row < state.team().count()).then_some(row)
    };
    if let Some(row) = row(places.facts) {
        return Some(Cursor { row, column: 0 });
    }
    let row = row(places.matrix)?;
    let column = matrix::column_at(state, cursor, places.matrix, at.x).unwrap_or(cursor.column);
    Some(Cursor { row, column })
}

/// The style of a row that the cursor is on.
fn mark(buffer: &mut Buffer, area: Rect, style: Style) {
    buffer.set_style(area, style);
}

/// Says what to do where there is nothing yet.
fn nothing_yet(state: &State) -> Option<Text> {
    let known = !state.reviews.is_empty() || state.team().any(|a| a.facts.is_some());
    (!known).then(|| {
        Text::Quiet("no branch to review yet: ‹run› runs a plan, or ‹send-one› sends a prompt".into())
    })
}

/// What is chosen.
const HERE: Style = CHOSEN;
