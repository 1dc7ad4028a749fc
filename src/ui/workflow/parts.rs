//! Where the parts are: the tasks above, below them the chosen one and what waits for a person, or one of the two.

use ratatui::layout::Rect;

use super::{Page, Part};
use crate::ui::frames::{BOXED, Place, split};

/// Fewest columns on which the chosen task and what waits for a person stand side by side.
const BESIDE: u16 = 110;
/// Fewest rows on which more than one part is seen.
const TALL: u16 = 12;
/// Fewest rows of what stands below the tasks.
const BELOW: u16 = 6;

/// All that is on the screen.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(super) struct Places {
    /// The line that says how it stands.
    pub status: Rect,
    pub parts: Vec<Place<Part>>,
}

impl Places {
    /// Where they are for so many lines of tasks.
    pub fn of(page: &Page, lines: usize, body: Rect) -> Self {
        let (status, rest) = split(body);
        if page.alone || rest.height < TALL {
            return Self { status, parts: vec![Place::boxed(page.part, rest)] };
        }
        // The border, the names of the columns, and the tasks; half of the room where they take more.
        let wanted = u16::try_from(lines.saturating_add(3)).unwrap_or(u16::MAX);
        let most = (rest.height * 11 / 20).max(rest.height.saturating_sub(20));
        let top = wanted.clamp(BOXED, most.min(rest.height - BELOW));
        let tasks = Place::boxed(Part::Tasks, Rect { height: top, ..rest });
        let below = Rect { y: rest.y + top, height: rest.height - top, ..rest };
        if rest.width >= BESIDE {
            let left = Rect { width: rest.width * 11 / 20, ..below };
            let right = Rect { x: left.right(), width: rest.width - left.width, ..below };
            let parts = vec![tasks, Place::boxed(Part::Task, left), Place::boxed(Part::Attention, right)];
            return Self { status, parts };
        }
        let part = if page.attention { Part::Attention } else { Part::Task };
        Self { status, parts: vec![tasks, Place::boxed(part, below)] }
    }

    /// Where a part is, if it is seen.
    pub fn place(&self, part: Part) -> Option<Place<Part>> {
        self.parts.iter().copied().find(|p| p.part == part)
    }
}
