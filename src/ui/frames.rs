//! Pages of parts, such as those of an incident and of a project: where a part stands, its frame, the rows in it, and the
//! line over all of them. How the parts are laid out is each page's own.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::style::Style;
use ratatui::text::Span;
use ratatui::widgets::{Block, Borders, Widget};
use unicode_width::UnicodeWidthStr;

use super::lines::Placed;
use super::text::{put_row, wrap};
use super::theme::{BOLD, CAUTION, CHOSEN, DIM, Edge, cut, put};
use super::view::inner;

/// Fewest rows on which a page has a line that says how it stands.
const STATUS: u16 = 5;
/// Fewest rows of a part with a border.
pub(super) const BOXED: u16 = 4;

/// A part on the screen.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Place<P> {
    pub part: P,
    /// With its border, where it has one.
    pub area: Rect,
    pub inside: Rect,
}

impl<P> Place<P> {
    /// With a border, where there is room for one.
    pub fn boxed(part: P, area: Rect) -> Self {
        let inside = if area.height >= BOXED { inner(area) } else { area };
        Self { part, area, inside }
    }

    /// Draws its border under a title; of rows that are not all seen it says which are, the first of them after `above`.
    pub fn draw_border(&self, buffer: &mut Buffer, title: &str, edge: Edge, rows: &[Placed], above: usize) {
        let seen = usize::from(self.inside.height);
        let part = if rows.len() > seen {
            format!(" · {}–{} of {}", above + 1, (above + seen).min(rows.len()), rows.len())
        } else {
            String::new()
        };
        let width = usize::from(self.area.width.saturating_sub(4));
        let text = cut(&format!(" {title}{part} "), width);
        let style = if edge == Edge::Quiet { Style::new() } else { BOLD };
        Block::new()
            .borders(Borders::ALL)
            .border_set(edge.set())
            .border_style(edge.style())
            .title(Span::styled(text, style))
            .render(self.area.intersection(buffer.area), buffer);
    }

    /// Draws the rows after `above`; those that are `chosen` stand out.
    pub fn draw_rows(
        &self,
        buffer: &mut Buffer,
        rows: &[Placed],
        above: usize,
        chosen: impl Fn(&Placed) -> bool,
    ) {
        let (area, width) = (self.inside, usize::from(self.inside.width));
        for (placed, y) in rows.iter().skip(above).zip(area.y..area.bottom()) {
            put_row(buffer, area.x, y, width, &placed.0);
            if chosen(placed) {
                buffer.set_style(Rect { y, height: 1, ..area }.intersection(buffer.area), CHOSEN);
            }
        }
    }

    /// What the row there is about, where the first one seen comes after `above`.
    pub fn about(&self, rows: &[Placed], above: usize, at: Position) -> Option<usize> {
        let row = at.y.checked_sub(self.inside.y).filter(|_| self.inside.contains(at))?;
        rows.get(above + usize::from(row))?.1
    }
}

/// What a part shows.
pub(super) enum Content<S> {
    /// Something that is laid out in a shape of its own, and does not scroll.
    Own(S),
    /// Rows of text.
    Rows(Vec<Placed>),
}

impl<S> Content<S> {
    /// Its rows of text.
    pub fn rows(&self) -> &[Placed] {
        match self {
            Self::Own(_) => &[],
            Self::Rows(rows) => rows,
        }
    }

    /// The most rows that can be above what is seen.
    pub fn furthest<P>(&self, place: &Place<P>) -> usize {
        self.rows().len().saturating_sub(usize::from(place.inside.height))
    }
}

/// The line that says how a page stands, where there is room for it, and the rest.
pub(super) fn split(body: Rect) -> (Rect, Rect) {
    let status = Rect { height: u16::from(body.height >= STATUS), ..body };
    (status, Rect { y: status.bottom(), height: body.height - status.height, ..body })
}

/// Draws the line that says how a page stands. Whatever goes, that somebody is waited for stays.
pub(super) fn draw_status(buffer: &mut Buffer, area: Rect, text: &str, waits: &str) {
    let width = usize::from(area.width);
    put(buffer, area.x, area.y, cut(text, width), width, BOLD);
    if !waits.is_empty() {
        let waits = cut(waits, width);
        let x = area.right().saturating_sub(u16::try_from(waits.width()).unwrap_or(area.width));
        put(buffer, x, area.y, &waits, width, CAUTION);
    }
}

/// Draws what is said where there is nothing to show.
pub(super) fn draw_none(buffer: &mut Buffer, text: &str, body: Rect) {
    let width = usize::from(body.width.saturating_sub(2));
    for (row, y) in wrap(text, width).iter().zip(body.y..body.bottom()) {
        put(buffer, body.x + 1, y, row, width, DIM);
    }
}
