//! The mouse on a desk.

use super::fixture::{Desk, NOW};
use crate::domain::key::{Mods, Mouse, MouseKind};
use crate::ui::on_mouse;

impl Desk {
    /// Uses the mouse without a key held.
    pub fn mouse(&mut self, kind: MouseKind, column: u16, row: u16) {
        let mouse = Mouse { kind, column, row, mods: Mods::NONE };
        self.actions.extend(on_mouse(&self.state, &mut self.view, mouse, NOW));
    }

    /// Where a text begins on the screen.
    pub fn find(&self, text: &str) -> (u16, u16) {
        let terminal = self.terminal();
        let buffer = terminal.backend().buffer();
        for y in 0..buffer.area.height {
            for x in 0..buffer.area.width {
                let rest = (x..buffer.area.width).map(|x| buffer[(x, y)].symbol()).collect::<String>();
                if rest.starts_with(text) {
                    return (x, y);
                }
            }
        }
        panic!("`{text}` is not in {}", self.shot());
    }
}
