//! What the emulator keeps to itself, kept here as well, so that a screen can be copied and written down.

use alacritty_terminal::event::VoidListener;
use alacritty_terminal::grid::{Dimensions as _, Grid};
use alacritty_terminal::index::{Column, Line};
use alacritty_terminal::term::cell::Cell;
use alacritty_terminal::term::{Term, TermMode};
use alacritty_terminal::vte::ansi::{
    CharsetIndex, Color, CursorStyle, Handler, NamedMode, NamedPrivateMode, TabulationClearMode,
};

/// Columns between the tab stops of a new screen.
const TABS: usize = 8;

/// The private modes that are one flag of the emulator each.
const PRIVATE: [(TermMode, NamedPrivateMode); 14] = [
    (TermMode::APP_CURSOR, NamedPrivateMode::CursorKeys),
    (TermMode::ORIGIN, NamedPrivateMode::Origin),
    (TermMode::LINE_WRAP, NamedPrivateMode::LineWrap),
    (TermMode::SHOW_CURSOR, NamedPrivateMode::ShowCursor),
    (TermMode::MOUSE_REPORT_CLICK, NamedPrivateMode::ReportMouseClicks),
    (TermMode::MOUSE_DRAG, NamedPrivateMode::ReportCellMouseMotion),
    (TermMode::MOUSE_MOTION, NamedPrivateMode::ReportAllMouseMotion),
    (TermMode::FOCUS_IN_OUT, NamedPrivateMode::ReportFocusInOut),
    (TermMode::UTF8_MOUSE, NamedPrivateMode::Utf8Mouse),
    (TermMode::SGR_MOUSE, NamedPrivateMode::SgrMouse),
    (TermMode::ALTERNATE_SCROLL, NamedPrivateMode::AlternateScroll),
    (TermMode::URGENCY_HINTS, NamedPrivateMode::UrgencyHints),
    (TermMode::BRACKETED_PASTE, NamedPrivateMode::BracketedPaste),
    (TermMode::ALT_SCREEN, NamedPrivateMode::SwapScreenAndSetRestoreCursor),
];

/// What the emulator does not tell.
#[derive(Clone, Debug, Default)]
pub(super) struct Shadow {
    /// The primary screen, while the alternate one is shown.
    pub main: Option<Grid<Cell>>,
    /// The scrolling region as the program set it; none: the whole screen.
    pub region: Option<(usize, Option<usize>)>,
    /// A tab stop for each column.
    pub tabs: Vec<bool>,
    /// The character set in use.
    pub charset: CharsetIndex,
    /// What REP repeats.
    pub last: Option<char>,
}

impl Shadow {
    pub(super) fn new(columns: usize) -> Self {
        let mut shadow = Self::default();
        shadow.fit_tabs(columns);
        shadow
    }

    /// What is kept of a reset: nothing but what stands before the emulator.
    pub(super) fn reset(&mut self, columns: usize) {
        *self = Self { last: self.last, ..Self::new(columns) };
    }

    fn fit_tabs(&mut self, columns: usize) {
        let mut next = self.tabs.len();
        self.tabs.resize_with(columns, || {
            next += 1;
            (next - 1).is_multiple_of(TABS)
        });
    }

    /// The emulator was brought to that size.
    pub(super) fn resized(&mut self, rows: usize, columns: usize) {
        if let Some(main) = &mut self.main {
            main.resize::<Color>(true, rows, columns);
            mark_rows(main);
            main.truncate();
        }
        self.region = None;
        self.fit_tabs(columns);
    }

    /// Remembers a region if the emulator takes it.
    pub(super) fn set_region(&mut self, top: usize, bottom: Option<usize>, rows: usize) {
        if top < bottom.unwrap_or(rows) {
            self.region = Some((top, bottom));
        }
    }

    pub(super) fn set_tab(&mut self, column: usize) {
        if let Some(tab) = self.tabs.get_mut(column) {
            *tab = true;
        }
    }

    pub(super) fn clear_tabs(&mut self, mode: &TabulationClearMode, column: usize) {
        match mode {
            TabulationClearMode::Current => {
                if let Some(tab) = self.tabs.get_mut(column) {
                    *tab = false;
                }
            }
            TabulationClearMode::All => self.tabs.fill(false),
        }
    }

    /// Shows the alternate screen. The emulator gets an empty one in place of the primary screen, which is kept here.
    ///
    /// A cursor that was saved on an earlier visit is forgotten: the emulator would keep it where nobody can see it.
    pub(super) fn enter_alternate(&mut self, term: &mut Term<VoidListener>) {
        let mut blank = Grid::new(term.screen_lines(), term.columns(), 0);
        blank.cursor = term.grid().cursor.clone();
        let mut main = std::mem::replace(term.grid_mut(), blank);
        main.saved_cursor = main.cursor.clone();
        term.swap_alt();
        let grid = term.grid_mut();
        grid.saved_cursor = grid.cursor.clone();
        self.main = Some(main);
    }

    /// Shows the primary screen again.
    pub(super) fn leave_alternate(&mut self, term: &mut Term<VoidListener>) {
        term.swap_alt();
        if let Some(main) = self.main.take() {
            *term.grid_mut() = main;
        }
    }

    /// Brings a new emulator to where another stands with these modes and this cursor style, but for its grid.
    pub(super) fn set_up(&self, term: &mut Term<VoidListener>, mode: TermMode, style: CursorStyle) {
        if self.tabs != Self::new(self.tabs.len()).tabs {
            term.clear_tabs(TabulationClearMode::All);
            for (column, _) in self.tabs.iter().enumerate().filter(|(_, set)| **set) {
                term.grid_mut().cursor.point.column = Column(column);
                term.set_horizontal_tabstop();
            }
        }
        term.set_active_charset(self.charset);
        for (flag, private) in PRIVATE {
            if mode.contains(flag) {
                term.set_private_mode(private.into());
            } else if flag != TermMode::ALT_SCREEN {
                term.unset_private_mode(private.into());
            }
        }
        for (flag, named) in [
            (TermMode::INSERT, NamedMode::Insert),
            (TermMode::LINE_FEED_NEW_LINE, NamedMode::LineFeedNewLine),
        ] {
            if mode.contains(flag) {
                term.set_mode(named.into());
            }
        }
        if mode.contains(TermMode::APP_KEYPAD) {
            term.set_keypad_application_mode();
        }
        if let Some((top, bottom)) = self.region {
            term.set_scrolling_region(top, bottom);
        }
        term.set_cursor_style(Some(style));
    }
}

/// Lets every row be reset whole the next time. A row remembers how far it was written and is reset no further; what a
/// change of size adds to its end may differ from what stands before, which would then stay for ever.
pub(super) fn mark_rows(grid: &mut Grid<Cell>) {
    let count = |n: usize| i32::try_from(n).unwrap_or(i32::MAX);
    for line in -count(grid.history_size())..count(grid.screen_lines()) {
        let _ = grid[Line(line)].last_mut();
    }
}
