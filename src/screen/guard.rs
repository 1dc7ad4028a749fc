//! The emulator behind a guard: what costs too much, keeps too much or answers is dealt with here, the rest goes on.

use alacritty_terminal::event::VoidListener;
use alacritty_terminal::grid::Dimensions as _;
use alacritty_terminal::index::Column;
use alacritty_terminal::term::cell::Flags;
use alacritty_terminal::term::{Term, TermMode};
use alacritty_terminal::vte::ansi::{
    Attr, CharsetIndex, ClearMode, Color, CursorShape, CursorStyle, Handler, Hyperlink, KeyboardModes,
    KeyboardModesApplyBehavior, LineClearMode, Mode, ModifyOtherKeys, NamedMode, NamedPrivateMode,
    PrivateMode, StandardCharset, TabulationClearMode, Timeout,
};
use unicode_width::UnicodeWidthChar as _;

use super::clean;
use super::links::Links;
use super::modes::{Keys, Kitty};
use super::osc::{self, Progress, Signal};
use super::replies::Replies;
use super::shadow::Shadow;

/// Most combining marks kept on one cell.
const MARKS_MAX: usize = 8;
/// Most signals of one feed; what is more is dropped.
const SIGNALS_MAX: usize = 256;
/// DECBKM, of which the emulator knows nothing.
const BACKARROW: u16 = 67;
/// Most titles kept by `CSI 22 t`; the oldest goes first.
pub(super) const TITLES_MAX: usize = 16;

/// What belongs to a pane beside its grid.
#[derive(Clone, Debug, Default)]
pub(super) struct Side {
    pub title: String,
    pub titles: Vec<String>,
    pub progress: Option<Progress>,
    /// The program's last word on its state.
    pub report: Option<String>,
    pub kitty: Kitty,
    pub keys: Keys,
    pub replies: Replies,
    pub signals: Vec<Signal>,
    pub shadow: Shadow,
    pub links: Links,
    /// Something visible may have changed.
    pub touched: bool,
}

impl Side {
    pub(super) fn signal(&mut self, signal: Signal) {
        let again = signal == Signal::Bell && self.signals.contains(&Signal::Bell);
        if !again && self.signals.len() < SIGNALS_MAX {
            self.signals.push(signal);
        }
    }

    /// `CSI 22 t`: keeps the title.
    pub(super) fn push_title(&mut self) {
        if self.titles.len() == TITLES_MAX {
            self.titles.remove(0);
        }
        self.titles.push(self.title.clone());
    }

    /// `CSI 23 t`: takes the kept title back.
    pub(super) fn pop_title(&mut self) {
        if let Some(title) = self.titles.pop() {
            osc::title(title, self);
        }
    }
}

/// Never holds anything back: synchronized output is held before the emulator, on the caller's time.
#[derive(Debug, Default)]
pub(super) struct NoHold;

impl Timeout for NoHold {
    fn set_timeout(&mut self, _: std::time::Duration) {}

    fn clear_timeout(&mut self) {}

    fn pending_timeout(&self) -> bool {
        false
    }
}

/// The emulator and its side for the length of one pass.
pub(super) struct Guard<'a> {
    pub term: &'a mut Term<VoidListener>,
    pub side: &'a mut Side,
}

impl Guard<'_> {
    fn alt(&self) -> bool {
        self.term.mode().contains(TermMode::ALT_SCREEN)
    }

    /// A mark goes onto the cell before the cursor, unless there are enough or it is not wanted at all.
    fn mark(&mut self, c: char) {
        if clean::is_unsafe(c) {
            return;
        }
        let cursor = &self.term.grid().cursor;
        let row = &self.term.grid()[cursor.point.line];
        let step = usize::from(!cursor.input_needs_wrap);
        let mut column = Column(cursor.point.column.0.saturating_sub(step));
        if row[column].flags.contains(Flags::WIDE_CHAR_SPACER) {
            column = Column(column.0.saturating_sub(1));
        }
        if row[column].zerowidth().map_or(0, <[char]>::len) < MARKS_MAX {
            self.side.touched = true;
            self.term.input(c);
        }
    }

    fn columns(&self) -> usize {
        self.term.columns()
    }

    /// DECCOLM, which also forgets the scrolling region.
    fn column_mode(&mut self, mode: PrivateMode) {
        if mode == PrivateMode::Named(NamedPrivateMode::ColumnMode) {
            self.side.shadow.region = None;
        }
    }

    fn tabs(&self, count: u16) -> u16 {
        count.min(u16::try_from(self.columns()).unwrap_or(u16::MAX))
    }
}

/// Whether `c` may have no width. Quick, since it stands in the way of every character.
fn may_be_mark(c: char) -> bool {
    match c {
        '\0'..='\u{ac}' | '\u{ae}'..='\u{2ff}' => false,
        '\u{2500}'..='\u{27ff}' | '\u{3400}'..='\u{9fff}' | '\u{ac00}'..='\u{d7a3}' => false,
        _ => c.width() == Some(0),
    }
}

/// Hands calls to the emulator: those above the line may change what is visible, those below do not.
macro_rules! forward {
    ($(fn $name:ident($($arg:ident: $ty:ty),*);)* --- $(fn $quiet:ident($($qarg:ident: $qty:ty),*);)*) => {
        $(#[inline]
        fn $name(&mut self, $($arg: $ty),*) {
            self.side.touched = true;
            Handler::$name(self.term, $($arg),*);
        })*
        $(#[inline]
        fn $quiet(&mut self, $($qarg: $qty),*) {
            Handler::$quiet(self.term, $($qarg),*);
        })*
    };
}

impl Handler for Guard<'_> {
    forward! {
        fn goto(line: i32, col: usize);
        fn goto_line(line: i32);
        fn goto_col(col: usize);
        fn insert_blank(count: usize);
        fn move_up(rows: usize);
        fn move_down(rows: usize);
        fn move_forward(cols: usize);
        fn move_backward(cols: usize);
        fn move_down_and_cr(rows: usize);
        fn move_up_and_cr(rows: usize);
        fn put_tab(count: u16);
        fn backspace();
        fn carriage_return();
        fn linefeed();
        fn newline();
        fn substitute();
        fn scroll_up(rows: usize);
        fn scroll_down(rows: usize);
        fn insert_blank_lines(count: usize);
        fn delete_lines(count: usize);
        fn erase_chars(count: usize);
        fn delete_chars(count: usize);
        fn restore_cursor_position();
        fn clear_line(mode: LineClearMode);
        fn clear_screen(mode: ClearMode);
        fn reverse_index();
        fn set_cursor_style(style: Option<CursorStyle>);
        fn set_cursor_shape(shape: CursorShape);
        fn decaln();
        ---
        fn save_cursor_position();
        fn set_tabs(interval: u16);
        fn terminal_attribute(attr: Attr);
        fn set_mode(mode: Mode);
        fn unset_mode(mode: Mode);
        fn set_keypad_application_mode();
        fn unset_keypad_application_mode();
        fn set_hyperlink(link: Option<Hyperlink>);
        fn configure_charset(index: CharsetIndex, charset: StandardCharset);
    }

    #[inline]
    fn input(&mut self, c: char) {
        self.side.shadow.last = Some(c);
        if may_be_mark(c) {
            self.mark(c);
        } else {
            self.side.touched = true;
            self.term.input(c);
        }
    }

    fn move_forward_tabs(&mut self, count: u16) {
        self.side.touched = true;
        self.term.move_forward_tabs(self.tabs(count));
    }

    fn move_backward_tabs(&mut self, count: u16) {
        self.side.touched = true;
        self.term.move_backward_tabs(self.tabs(count));
    }

    fn reset_state(&mut self) {
        self.side.touched = true;
        self.side.kitty = Kitty::default();
        self.side.keys = Keys::default();
        self.side.titles.clear();
        self.term.reset_state();
        if let Some(mut main) = self.side.shadow.main.take() {
            main.reset::<Color>();
            *self.term.grid_mut() = main;
        }
        self.side.shadow.reset(self.columns());
    }

    fn set_private_mode(&mut self, mode: PrivateMode) {
        self.side.touched = true;
        match mode {
            PrivateMode::Unknown(BACKARROW) => self.side.keys.backarrow = true,
            PrivateMode::Named(NamedPrivateMode::SwapScreenAndSetRestoreCursor) => {
                if !self.alt() {
                    self.side.shadow.enter_alternate(self.term);
                }
            }
            mode => {
                self.column_mode(mode);
                self.term.set_private_mode(mode);
            }
        }
    }

    fn unset_private_mode(&mut self, mode: PrivateMode) {
        self.side.touched = true;
        match mode {
            PrivateMode::Unknown(BACKARROW) => self.side.keys.backarrow = false,
            PrivateMode::Named(NamedPrivateMode::SwapScreenAndSetRestoreCursor) => {
                if self.alt() {
                    self.side.shadow.leave_alternate(self.term);
                }
            }
            mode => {
                self.column_mode(mode);
                self.term.unset_private_mode(mode);
            }
        }
    }

    fn set_scrolling_region(&mut self, top: usize, bottom: Option<usize>) {
        self.side.touched = true;
        self.side.shadow.set_region(top, bottom, self.term.screen_lines());
        self.term.set_scrolling_region(top, bottom);
    }

    fn set_horizontal_tabstop(&mut self) {
        self.side.shadow.set_tab(self.term.grid().cursor.point.column.0);
        self.term.set_horizontal_tabstop();
    }

    fn clear_tabs(&mut self, mode: TabulationClearMode) {
        self.side.shadow.clear_tabs(&mode, self.term.grid().cursor.point.column.0);
        self.term.clear_tabs(mode);
    }

    fn set_active_charset(&mut self, index: CharsetIndex) {
        self.side.shadow.charset = index;
        self.term.set_active_charset(index);
    }

    fn bell(&mut self) {
        self.side.signal(Signal::Bell);
    }

    fn identify_terminal(&mut self, intermediate: Option<char>) {
        match intermediate {
            None => self.side.replies.primary(),
            Some('>') => self.side.replies.secondary(),
            Some(_) => {}
        }
    }

    fn device_status(&mut self, what: usize) {
        match what {
            5 => self.side.replies.send("\x1b[0n"),
            6 => {
                let (row, column) = place(self.term);
                self.side.replies.send(&format!("\x1b[{row};{column}R"));
            }
            _ => {}
        }
    }

    fn report_mode(&mut self, mode: Mode) {
        let held = self.term.mode();
        let state = match mode {
            Mode::Named(NamedMode::Insert) => known(held.contains(TermMode::INSERT)),
            Mode::Named(NamedMode::LineFeedNewLine) => known(held.contains(TermMode::LINE_FEED_NEW_LINE)),
            Mode::Unknown(_) => 0,
        };
        self.side.replies.send(&format!("\x1b[{};{state}$y", mode.raw()));
    }

    fn report_private_mode(&mut self, mode: PrivateMode) {
        let held = self.term.mode();
        let state = match mode {
            // A frame that was held is over by the time its bytes come here.
            PrivateMode::Named(NamedPrivateMode::SyncUpdate) => 2,
            PrivateMode::Named(NamedPrivateMode::BlinkingCursor) => known(self.term.cursor_style().blinking),
            PrivateMode::Named(named) => flag(named).map_or(0, |flag| known(held.contains(flag))),
            PrivateMode::Unknown(BACKARROW) => known(self.side.keys.backarrow),
            PrivateMode::Unknown(_) => 0,
        };
        self.side.replies.send(&format!("\x1b[?{};{state}$y", mode.raw()));
    }

    fn report_keyboard_mode(&mut self) {
        let flags = self.side.kitty.flags(self.alt());
        self.side.replies.send(&format!("\x1b[?{flags}u"));
    }

    fn set_modify_other_keys(&mut self, mode: ModifyOtherKeys) {
        self.side.keys.other_keys = match mode {
            ModifyOtherKeys::Reset => 0,
            ModifyOtherKeys::EnableExceptWellDefined => 1,
            ModifyOtherKeys::EnableAll => 2,
        };
    }

    fn report_modify_other_keys(&mut self) {
        self.side.replies.send(&format!("\x1b[>4;{}m", self.side.keys.other_keys));
    }

    fn push_keyboard_mode(&mut self, mode: KeyboardModes) {
        let alt = self.alt();
        self.side.kitty.push(alt, mode.bits());
    }

    fn pop_keyboard_modes(&mut self, count: u16) {
        let alt = self.alt();
        self.side.kitty.pop(alt, count);
    }

    fn set_keyboard_mode(&mut self, mode: KeyboardModes, apply: KeyboardModesApplyBehavior) {
        let alt = self.alt();
        self.side.kitty.set(alt, mode.bits(), apply);
    }
}

/// Row and column of the cursor, from 1.
pub(super) fn place(term: &Term<VoidListener>) -> (i32, usize) {
    let point = term.grid().cursor.point;
    (point.line.0 + 1, point.column.0 + 1)
}

fn known(set: bool) -> u8 {
    if set { 1 } else { 2 }
}

fn flag(mode: NamedPrivateMode) -> Option<TermMode> {
    Some(match mode {
        NamedPrivateMode::CursorKeys => TermMode::APP_CURSOR,
        NamedPrivateMode::Origin => TermMode::ORIGIN,
        NamedPrivateMode::LineWrap => TermMode::LINE_WRAP,
        NamedPrivateMode::ShowCursor => TermMode::SHOW_CURSOR,
        NamedPrivateMode::ReportMouseClicks => TermMode::MOUSE_REPORT_CLICK,
        NamedPrivateMode::ReportCellMouseMotion => TermMode::MOUSE_DRAG,
        NamedPrivateMode::ReportAllMouseMotion => TermMode::MOUSE_MOTION,
        NamedPrivateMode::ReportFocusInOut => TermMode::FOCUS_IN_OUT,
        NamedPrivateMode::Utf8Mouse => TermMode::UTF8_MOUSE,
        NamedPrivateMode::SgrMouse => TermMode::SGR_MOUSE,
        NamedPrivateMode::AlternateScroll => TermMode::ALTERNATE_SCROLL,
        NamedPrivateMode::UrgencyHints => TermMode::URGENCY_HINTS,
        NamedPrivateMode::SwapScreenAndSetRestoreCursor => TermMode::ALT_SCREEN,
        NamedPrivateMode::BracketedPaste => TermMode::BRACKETED_PASTE,
        NamedPrivateMode::BlinkingCursor | NamedPrivateMode::SyncUpdate | NamedPrivateMode::ColumnMode => {
            return None;
        }
    })
}
