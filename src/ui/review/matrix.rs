//! The conflict matrix: what merging each branch with the target, with every other, and in its turn gives.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use super::super::theme::{BOLD, CAUTION, DIM, TROUBLE, pad_left, put};
use super::{Cursor, HERE};
use crate::domain::review::{Along, Engines, Matrix, Verdict};
use crate::domain::signal::printable;
use crate::engine::state::{Agent, State};

/// Columns of an agent's name at the left of its row, at most.
const NAME: usize = 8;

struct Measure {
    name: usize,
    cell: usize,
    columns: usize,
}

fn measure(state: &State) -> Measure {
    let longest = state.team().map(|a| a.name.as_str().len()).max().unwrap_or(0);
    let target = state.config.merge.target.chars().count();
    Measure {
        name: longest.clamp(1, NAME),
        cell: longest.max(target).clamp(4, 6) + 1,
        columns: state.team().count() + 2,
    }
}

/// Columns it takes in full.
pub(super) fn width(state: &State) -> u16 {
    let m = measure(state);
    u16::try_from(m.name + 5 + m.cell * m.columns).unwrap_or(u16::MAX)
}

/// The first column shown, so that the cursor's is too.
fn first(m: &Measure, cursor: Cursor, area: Rect) -> usize {
    let fits = usize::from(area.width).saturating_sub(m.name + 5) / m.cell.max(1);
    cursor.column.saturating_sub(fits.max(1))
}

/// The column of the review at a place, where one is.
pub(super) fn column_at(state: &State, cursor: Cursor, area: Rect, x: u16) -> Option<usize> {
    let m = measure(state);
    let right = usize::from(x.checked_sub(area.x)?).checked_sub(m.name + 4)?;
    let column = first(&m, cursor, area) + right / m.cell;
    (column < m.columns).then_some(column + 1)
}

pub(super) fn draw(buffer: &mut Buffer, state: &State, cursor: Cursor, area: Rect, top: usize) {
    if area.width < 12 || area.height == 0 {
        return;
    }
    let m = measure(state);
    let first = first(&m, cursor, area);
    let x = |column: usize| area.x + u16::try_from(m.name + 4 + (column - first) * m.cell).unwrap_or(0);
    let fits = |column: usize| x(column) + u16::try_from(m.cell).unwrap_or(0) <= area.right();
    let shown: Vec<usize> = (first..m.columns).take_while(|c| fits(*c)).collect();
    for y in area.y..area.bottom() {
        put(buffer, area.x, y, "│", 1, DIM);
    }
    for column in &shown {
        let style = if column + 1 == cursor.column { BOLD } else { DIM };
        put(buffer, x(*column), area.y, pad_left(&title(state, *column), m.cell), m.cell, style);
    }
    let matrix = state.matrix.as_deref();
    for ((i, agent), y) in state.team().enumerate().skip(top).zip(area.y + 1..area.bottom()) {
        let tip = matrix.and_then(|m| m.tips.iter().find(|t| t.agent == agent.name));
        let open = if tip.is_some_and(|t| t.open) { "±" } else { "" };
        let here = i == cursor.row && cursor.column > 0;
        put(buffer, area.x + 2, y, agent.name.as_str(), m.name, if here { BOLD } else { Style::new() });
        put(buffer, area.x + 3 + u16::try_from(m.name).unwrap_or(0), y, open, 1, BOLD);
        for column in &shown {
            let (text, style) = matrix.map_or((String::new(), DIM), |m| cell(state, m, agent, *column));
            put(buffer, x(*column), y, pad_left(&text, m.cell), m.cell, style);
            if here && column + 1 == cursor.column {
                let (x, width) = (x(*column) + 1, u16::try_from(m.cell - 1).unwrap_or(1));
                buffer.set_style(Rect { x, y, width, height: 1 }, HERE);
            }
        }
    }
}

fn title(state: &State, column: usize) -> String {
    match column.checked_sub(1) {
        None => printable(&state.config.merge.target),
        Some(n) => state.team().nth(n).map_or("turn".into(), |a| a.name.to_string()),
    }
}

/// What one cell says, and how.
fn cell(state: &State, matrix: &Matrix, agent: &Agent, column: usize) -> (String, Style) {
    let of = |along: &[Along]| along.iter().find(|a| a.agent == agent.name).map(|a| verdict(&a.verdict));
    let none = (String::new(), DIM);
    let Some(n) = column.checked_sub(1) else { return of(&matrix.onto).unwrap_or(none) };
    let Some(other) = state.team().nth(n) else {
        let Some(turn) = matrix.order.iter().position(|a| *a == agent.name) else { return none };
        let (text, style) = of(&matrix.along).unwrap_or(none);
        let text = match text.as_str() {
            "" | "·" => format!("{}", turn + 1),
            other => format!("{}:{other}", turn + 1),
        };
        return (text, style);
    };
    if other.name == agent.name {
        return ("─".into(), DIM);
    }
    matrix.pair(&agent.name, &other.name).map_or(none, |p| verdict(&p.verdict))
}

/// `·` merges, a number of paths that do not, `?` cannot be told, `≠` where the engines disagree.
fn verdict(verdict: &Verdict) -> (String, Style) {
    let doubt = if matches!(verdict.engines, Engines::Disagree(_)) { "≠" } else { "" };
    match verdict.count() {
        _ if !verdict.why.is_empty() => ("?".into(), BOLD),
        0 if doubt.is_empty() => ("·".into(), DIM),
        0 => (doubt.into(), CAUTION),
        n => (format!("{n}✘{doubt}"), TROUBLE),
    }
}
