//! The screen of a pane: bytes in, rows out, answers to what programs ask their terminal, all within limits.
//!
//! Pure: time is handed in. Whatever a program prints, nothing here panics, grows without bound, or lets a control
//! character out; should the emulator fail, it begins anew and the feed tells so.

mod clean;
mod core;
mod gather;
mod guard;
pub mod keys;
mod lines;
mod links;
mod modes;
mod osc;
mod replies;
mod row;
mod rows;
mod shadow;
mod sieve;
mod skim;
mod snapshot;
mod sweep;
#[cfg(test)]
mod tests;
mod text;

use std::fmt;

use alacritty_terminal::grid::Dimensions as _;
use alacritty_terminal::index::Line;
use alacritty_terminal::term::TermMode;
use alacritty_terminal::vte::ansi;

use crate::domain::time::Time;

pub use clean::is_unsafe;
pub use core::HOLD_MAX;
pub use gather::{Gather, Gathered};
pub use lines::{LINE_ROWS, Lines};
pub use links::LINKS_MAX;
pub use modes::{KITTY_SUPPORTED, Modes, MouseCoding, MouseMode};
pub use osc::{NOTICE_MAX, Progress, ProgressState, Signal, TITLE_MAX};
pub use replies::{REPLIES_PER_SECOND, REPLY_MAX};
pub use row::{Attrs, Cell, Color, Row};
pub use rows::{CELLS_MAX, ROWS_MAX, Rows};
pub use skim::{is_plain, styles};
pub use snapshot::{Broken, Restored};
pub use sweep::Changed;
pub use text::LogicalLine;

/// Rows of history kept when nothing else is said.
pub const HISTORY: usize = 2000;

/// The size of a screen in cells.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Size {
    /// Rows, 2 to 1000.
    pub rows: u16,
    /// Columns, 2 to 1000.
    pub cols: u16,
}

impl Size {
    /// Fewest rows and columns: below two columns the emulator hangs on wide characters.
    pub const MIN: u16 = 2;
    /// Most rows and columns.
    pub const MAX: u16 = 1000;

    /// This size brought within the limits.
    #[must_use]
    pub fn clamped(self) -> Self {
        Self { rows: self.rows.clamp(Self::MIN, Self::MAX), cols: self.cols.clamp(Self::MIN, Self::MAX) }
    }
}

/// The form of the cursor.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum CursorShape {
    /// A block.
    Block,
    /// A line below.
    Underline,
    /// A line before.
    Bar,
}

/// A cursor that is shown.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Cursor {
    /// Row from the top, from 0.
    pub row: u16,
    /// Column from the left, from 0.
    pub col: u16,
    /// Its form.
    pub shape: CursorShape,
}

/// What came of a feed.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Feed {
    /// Bytes to write to the pane's program: answers, at most [`REPLY_MAX`] bytes each and
    /// [`REPLIES_PER_SECOND`] within a second.
    pub replies: Vec<u8>,
    /// What the program said, in its order.
    pub signals: Vec<Signal>,
}

/// The screen of one pane. A copy goes on exactly as this one would.
#[derive(Clone)]
pub struct Screen {
    sieve: sieve::Sieve,
    core: core::Core,
    changes: u64,
}

impl Screen {
    /// A blank screen that keeps `history` rows above itself. The size is brought within its limits.
    #[must_use]
    pub fn new(size: Size, history: usize) -> Self {
        let core = core::Core::new(size.clamped(), history);
        Self { sieve: sieve::Sieve::default(), core, changes: 0 }
    }

    /// Takes what the program wrote at `now`. The bytes may be cut anywhere.
    pub fn feed(&mut self, bytes: &[u8], now: Time) -> Feed {
        self.core.at(now);
        self.core.expire();
        self.sieve.feed(bytes, &mut self.core);
        self.finish()
    }

    /// When [`Self::expire`] is due: a frame is held back (mode 2026) until it ends or [`HOLD_MAX`] is over.
    #[must_use]
    pub fn deadline(&self) -> Option<Time> {
        self.core.deadline()
    }

    /// Shows a held frame if its time is over.
    pub fn expire(&mut self, now: Time) -> Feed {
        self.core.at(now);
        self.core.expire();
        self.finish()
    }

    fn finish(&mut self) -> Feed {
        self.changes += u64::from(std::mem::take(&mut self.core.side.touched));
        let side = &mut self.core.side;
        Feed { replies: side.replies.take(), signals: std::mem::take(&mut side.signals) }
    }

    /// Changes the size, brought within its limits; long lines are wrapped anew. Should the emulator fail at it, the
    /// next feed tells.
    pub fn resize(&mut self, size: Size) {
        self.core.resize(size.clamped());
        self.changes += u64::from(std::mem::take(&mut self.core.side.touched));
    }

    /// The size in force.
    #[must_use]
    pub fn size(&self) -> Size {
        self.core.size
    }

    /// The cursor, unless it is hidden.
    #[must_use]
    pub fn cursor(&self) -> Option<Cursor> {
        let shape = match self.core.term.cursor_style().shape {
            ansi::CursorShape::Block | ansi::CursorShape::HollowBlock => CursorShape::Block,
            ansi::CursorShape::Underline => CursorShape::Underline,
            ansi::CursorShape::Beam => CursorShape::Bar,
            ansi::CursorShape::Hidden => return None,
        };
        let point = self.core.term.grid().cursor.point;
        let (row, col) = (u16::try_from(point.line.0).ok()?, u16::try_from(point.column.0).ok()?);
        self.core.term.mode().contains(TermMode::SHOW_CURSOR).then_some(Cursor { row, col, shape })
    }

    /// The title, empty when none was set.
    #[must_use]
    pub fn title(&self) -> &str {
        &self.core.side.title
    }

    /// The progress shown, if any.
    #[must_use]
    pub fn progress(&self) -> Option<Progress> {
        self.core.side.progress
    }

    /// Whether there is any link to be had from [`Self::link`].
    #[must_use]
    pub fn has_links(&self) -> bool {
        !self.core.side.links.is_empty()
    }

    /// The link of that number, as a cell has it. One that is long gone is not known any more. It may be shown:
    /// see [`crate::domain::link::may_show`].
    #[must_use]
    pub fn link(&self, number: u64) -> Option<&str> {
        self.core.side.links.get(number)
    }

    /// The program's last own word on its state ([`Signal::Report`]), if any.
    #[must_use]
    pub fn report(&self) -> Option<&str> {
        self.core.side.report.as_deref()
    }

    /// The modes the program has set.
    #[must_use]
    pub fn modes(&self) -> Modes {
        Modes::of(*self.core.term.mode(), &self.core.side.kitty, self.core.side.keys)
    }

    /// The row shown at `row` from the top when scrolled back by `scroll_back` rows (at most
    /// [`Self::history_len`]). Without cells where there is none.
    #[must_use]
    pub fn row(&self, row: usize, scroll_back: usize) -> Row<'_> {
        let back = scroll_back.min(self.history_len());
        if row >= usize::from(self.core.size.rows) {
            return Row::of(&[]);
        }
        let line = |n: usize| i32::try_from(n).unwrap_or(i32::MAX);
        self.line(line(row).saturating_sub(line(back)))
    }

    /// Rows of history above the screen. The alternate screen has none.
    #[must_use]
    pub fn history_len(&self) -> usize {
        self.core.term.history_size()
    }

    /// Grows whenever what is visible may have changed: by at most one a feed, not by questions and signals alone.
    #[must_use]
    pub fn changes(&self) -> u64 {
        self.changes
    }

    /// A row by its place: 0 the top of the screen, below 0 history. It must exist.
    fn line(&self, line: i32) -> Row<'_> {
        Row::of(&self.core.term.grid()[Line(line)][..])
    }
}

impl fmt::Debug for Screen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Screen")
            .field("size", &self.core.size)
            .field("history", &self.history_len())
            .field("changes", &self.changes)
            .finish_non_exhaustive()
    }
}
