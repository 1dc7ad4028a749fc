//! Where the parts are: the tasks above, below them the chosen one and what waits for a person, or one of the two.

use ratatui::layout::Rect;

use super::{Page, Part};
use crate::ui::view::inner;

/// Fewest columns on which the chosen task and what waits for a person stand side by side.
const BESIDE: u16 = 110;
/// Fewest rows on which more than one part is seen.
const TALL: u16 = 12;
/// Fewest rows on which how the project stands has a line.
const STATUS: u16 = 5;
/// Fewest rows of a part with a border.
const BOXED: u16 = 4;
/// Fewest rows of what stands below the tasks.
const BELOW: u16 = 6;

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
    /// The line that says how it stands.
    pub status: Rect,
    pub parts: Vec<Place>,
}

impl Places {
    /// Where they are for so many lines of tasks.
    pub fn of(page: &Page, lines: usize, body: Rect) -> Self {
        let status = Rect { height: u16::from(body.height >= STATUS), ..body };
        let rest = Rect { y: status.bottom(), height: body.height - status.height, ..body };
        let boxed = |part, area: Rect| {
            let inside = if area.height >= BOXED { inner(area) } else { area };
            Place { part, area, inside }
        };
        if page.alone || rest.height < TALL {
            return Self { status, parts: vec![boxed(page.part, rest)] };
        }
        // The border, the names of the columns, and the tasks; half of the room where they take more.
        let wanted = u16::try_from(lines.saturating_add(3)).unwrap_or(u16::MAX);
        let most = (rest.height * 11 / 20).max(rest.height.saturating_sub(20));
        let top = wanted.clamp(BOXED, most.min(rest.height - BELOW));
        let tasks = boxed(Part::Tasks, Rect { height: top, ..rest });
        let below = Rect { y: rest.y + top, height: rest.height - top, ..rest };
        if rest.width >= BESIDE {
            let left = Rect { width: rest.width * 11 / 20, ..below };
            let right = Rect { x: left.right(), width: rest.width - left.width, ..below };
            let parts = vec![tasks, boxed(Part::Task, left), boxed(Part::Attention, right)];
            return Self { status, parts };
        }
        let part = if page.attention { Part::Attention } else { Part::Task };
        Self { status, parts: vec![tasks, boxed(part, below)] }
    }

    /// Where a part is, if it is seen.
    pub fn place(&self, part: Part) -> Option<Place> {
        self.parts.iter().copied().find(|p| p.part == part)
    }
}
