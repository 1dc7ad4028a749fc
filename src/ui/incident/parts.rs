//! Where the parts are: all at once, four by four, or one at a time under a line of their names.

use ratatui::layout::Rect;

use super::{Page, Part};
use crate::ui::layout::WIDE;
use crate::ui::view::inner;

/// Fewest columns and rows on which all parts stand side by side.
const ALL: (u16, u16) = (150, 26);
/// Fewest rows on which they stand two by two.
const TALL: u16 = 22;
/// Fewest rows on which how far the incident is has a line.
const STATUS: u16 = 5;
/// Fewest rows of a part with a border.
const BOXED: u16 = 4;

/// A part on the screen.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Place {
    pub part: Part,
    /// With its border, where it has one.
    pub area: Rect,
    pub inside: Rect,
}

/// All that is on the screen.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(super) struct Places {
    /// The line that says how far it is.
    pub status: Rect,
    /// The line of names, where one part is seen at a time.
    pub names: Rect,
    pub parts: Vec<Place>,
}

impl Places {
    pub fn of(page: &Page, body: Rect) -> Self {
        let status = Rect { height: u16::from(body.height >= STATUS), ..body };
        let rest = Rect { y: status.bottom(), height: body.height - status.height, ..body };
        let boxed = |part, area| Place { part, area, inside: inner(area) };
        if page.alone && rest.height >= BOXED {
            return Self { status, parts: vec![boxed(page.part, rest)], ..Self::default() };
        }
        let [triage, findings, causes, postmortem] = Part::ALL;
        let cut =
            |x: u16, y: u16, width: u16, height: u16| Rect { x: rest.x + x, y: rest.y + y, width, height };
        if rest.width >= ALL.0 && rest.height >= ALL.1 {
            let (left, right) = ((rest.width * 11 / 50).clamp(34, 46), rest.width * 8 / 25);
            let (middle, top) = (rest.width - left - right, rest.height * 31 / 50);
            let parts = vec![
                boxed(triage, cut(0, 0, left, top)),
                boxed(findings, cut(left, 0, middle, top)),
                boxed(causes, cut(left + middle, 0, right, top)),
                boxed(postmortem, cut(0, top, rest.width, rest.height - top)),
            ];
            return Self { status, parts, ..Self::default() };
        }
        if rest.width >= WIDE && rest.height >= TALL {
            // Findings and what follows from them have most of the room.
            let (left, top) = (rest.width * 2 / 5, rest.height / 2);
            let (right, bottom) = (rest.width - left, rest.height - top);
            let wide = rest.width * 3 / 5;
            let parts = vec![
                boxed(triage, cut(0, 0, left, top)),
                boxed(findings, cut(left, 0, right, top)),
                boxed(causes, cut(0, top, wide, bottom)),
                boxed(postmortem, cut(wide, top, rest.width - wide, bottom)),
            ];
            return Self { status, parts, ..Self::default() };
        }
        let names = Rect { height: u16::from(rest.height > 1), ..rest };
        let area = Rect { y: names.bottom(), height: rest.height - names.height, ..rest };
        // A column at each side, as within a border.
        let inside = Rect { x: area.x + 1, width: area.width.saturating_sub(2), ..area };
        Self { status, names, parts: vec![Place { part: page.part, area, inside }] }
    }

    /// Where a part is, if it is seen.
    pub fn place(&self, part: Part) -> Option<Place> {
        self.parts.iter().copied().find(|p| p.part == part)
    }
}
