//! Where the parts are: all at once, four by four, or one at a time under a line of their names.

use ratatui::layout::Rect;

use super::{Page, Part};
use crate::ui::frames::{BOXED, Place, split};
use crate::ui::layout::WIDE;

/// Fewest columns and rows on which all parts stand side by side.
const ALL: (u16, u16) = (150, 26);
/// Fewest rows on which they stand two by two.
const TALL: u16 = 22;

/// All that is on the screen.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(super) struct Places {
    /// The line that says how far it is.
    pub status: Rect,
    /// The line of names, where one part is seen at a time.
    pub names: Rect,
    pub parts: Vec<Place<Part>>,
}

impl Places {
    pub fn of(page: &Page, body: Rect) -> Self {
        let (status, rest) = split(body);
        if page.alone && rest.height >= BOXED {
            return Self { status, parts: vec![Place::boxed(page.part, rest)], ..Self::default() };
        }
        let [triage, findings, causes, postmortem] = Part::ALL;
        let cut =
            |x: u16, y: u16, width: u16, height: u16| Rect { x: rest.x + x, y: rest.y + y, width, height };
        if rest.width >= ALL.0 && rest.height >= ALL.1 {
            let (left, right) = ((rest.width * 11 / 50).clamp(34, 46), rest.width * 8 / 25);
            let (middle, top) = (rest.width - left - right, rest.height * 31 / 50);
            let parts = vec![
                Place::boxed(triage, cut(0, 0, left, top)),
                Place::boxed(findings, cut(left, 0, middle, top)),
                Place::boxed(causes, cut(left + middle, 0, right, top)),
                Place::boxed(postmortem, cut(0, top, rest.width, rest.height - top)),
            ];
            return Self { status, parts, ..Self::default() };
        }
        if rest.width >= WIDE && rest.height >= TALL {
            // Findings and what follows from them have most of the room.
            let (left, top) = (rest.width * 2 / 5, rest.height / 2);
            let (right, bottom) = (rest.width - left, rest.height - top);
            let wide = rest.width * 3 / 5;
            let parts = vec![
                Place::boxed(triage, cut(0, 0, left, top)),
                Place::boxed(findings, cut(left, 0, right, top)),
                Place::boxed(causes, cut(0, top, wide, bottom)),
                Place::boxed(postmortem, cut(wide, top, rest.width - wide, bottom)),
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
    pub fn place(&self, part: Part) -> Option<Place<Part>> {
        self.parts.iter().copied().find(|p| p.part == part)
    }
}
