//! For those who look at everything a pane showed, not only at what it shows at last: which rows changed, and a history
//! that is let go of once it was looked at.

use alacritty_terminal::term::{TermDamage, TermMode};

use super::Screen;

/// Which visible rows may have changed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Changed {
    /// Any of them.
    All,
    /// These, from the top.
    Rows(Vec<usize>),
}

impl Screen {
    /// Which visible rows may have changed since this was last asked.
    pub fn changed_rows(&mut self) -> Changed {
        let term = &mut self.core.term;
        let changed = match term.damage() {
            TermDamage::Full => Changed::All,
            TermDamage::Partial(lines) => Changed::Rows(lines.map(|l| l.line).collect()),
        };
        term.reset_damage();
        changed
    }

    /// Lets go of all but the latest `keep` rows of history; up to `most` are kept from here on. On the alternate
    /// screen nothing happens.
    pub fn forget_history(&mut self, keep: usize, most: usize) {
        let term = &mut self.core.term;
        if !term.mode().contains(TermMode::ALT_SCREEN) {
            term.grid_mut().update_history(keep.min(most));
            term.grid_mut().update_history(most);
        }
    }

    /// Whether the cursor is at the beginning of the last row of the primary screen and nothing is set that would show
    /// a line otherwise than as it is. Character sets and regions that scroll by themselves it does not know of.
    #[must_use]
    pub fn at_plain_foot(&self) -> bool {
        let term = &self.core.term;
        let odd = TermMode::ALT_SCREEN | TermMode::INSERT | TermMode::ORIGIN;
        let point = term.grid().cursor.point;
        let foot = point.line.0 + 1 == i32::from(self.size().rows) && point.column.0 == 0;
        foot && term.mode().contains(TermMode::LINE_WRAP) && !term.mode().intersects(odd)
    }
}
