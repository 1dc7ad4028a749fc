//! The modes a pane's program has set, as far as others must know them.

use alacritty_terminal::term::TermMode;
use alacritty_terminal::vte::ansi::KeyboardModesApplyBehavior as Apply;

/// Which mouse events the program asked for.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum MouseMode {
    /// None.
    #[default]
    Off,
    /// Presses, releases and the wheel.
    Click,
    /// Also moves with a button held.
    Drag,
    /// Also moves with none held.
    Motion,
}

/// How mouse events are written.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum MouseCoding {
    /// Three bytes, up to column and row 223.
    #[default]
    X10,
    /// As three characters in UTF-8, up to column and row 2015.
    Utf8,
    /// Decimal numbers, no limit.
    Sgr,
}

/// The modes of a pane that matter to what is typed into it.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Modes {
    /// Pastes are to be put between markers.
    pub bracketed_paste: bool,
    /// Arrows as `ESC O A`.
    pub app_cursor: bool,
    /// Application keypad.
    pub app_keypad: bool,
    /// The alternate screen is shown.
    pub alt_screen: bool,
    /// Mouse events wanted.
    pub mouse: MouseMode,
    /// Their coding.
    pub mouse_coding: MouseCoding,
    /// Gain and loss of the focus are wanted.
    pub focus_events: bool,
    /// The wheel moves by arrows on the alternate screen (mode 1007).
    pub alternate_scroll: bool,
    /// Kitty keyboard flags in force, of those in [`KITTY_SUPPORTED`].
    pub kitty: u8,
    /// xterm's modifyOtherKeys: 0 to 2.
    pub other_keys: u8,
    /// xterm's formatOtherKeys: as `CSI … u` rather than `CSI 27 ; … ~`.
    pub other_format: bool,
    /// Backspace sends the control character of that name (DECBKM); with Control, DEL.
    pub backarrow: bool,
}

/// The kitty keyboard flags that [`super::keys::encode`] honours: all five. Others are not reported as set.
pub const KITTY_SUPPORTED: u8 = 31;
/// Most entries on a kitty stack; the oldest goes first.
pub(super) const KITTY_DEPTH: usize = 16;

impl Modes {
    pub(super) fn of(mode: TermMode, kitty: &Kitty, keys: Keys) -> Self {
        let mouse = if mode.contains(TermMode::MOUSE_MOTION) {
            MouseMode::Motion
        } else if mode.contains(TermMode::MOUSE_DRAG) {
            MouseMode::Drag
        } else if mode.contains(TermMode::MOUSE_REPORT_CLICK) {
            MouseMode::Click
        } else {
            MouseMode::Off
        };
        let sgr = mode.contains(TermMode::SGR_MOUSE);
        Self {
            bracketed_paste: mode.contains(TermMode::BRACKETED_PASTE),
            app_cursor: mode.contains(TermMode::APP_CURSOR),
            app_keypad: mode.contains(TermMode::APP_KEYPAD),
            alt_screen: mode.contains(TermMode::ALT_SCREEN),
            mouse,
            mouse_coding: match sgr {
                true => MouseCoding::Sgr,
                false if mode.contains(TermMode::UTF8_MOUSE) => MouseCoding::Utf8,
                false => MouseCoding::X10,
            },
            focus_events: mode.contains(TermMode::FOCUS_IN_OUT),
            alternate_scroll: mode.contains(TermMode::ALTERNATE_SCROLL),
            kitty: kitty.flags(mode.contains(TermMode::ALT_SCREEN)),
            other_keys: keys.other_keys,
            other_format: keys.other_format,
            backarrow: keys.backarrow,
        }
    }
}

/// How keys are to be sent, as far as the emulator does not know: see the fields of [`Modes`] of the same names.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(super) struct Keys {
    pub other_keys: u8,
    pub other_format: bool,
    pub backarrow: bool,
}

impl Keys {
    /// As one number, for snapshots.
    pub(super) fn bits(self) -> u8 {
        self.other_keys | u8::from(self.other_format) << 2 | u8::from(self.backarrow) << 3
    }

    /// The same back; what no number of ours has is left out.
    pub(super) fn of_bits(bits: u8) -> Self {
        Self { other_keys: (bits & 3).min(2), other_format: bits & 4 != 0, backarrow: bits & 8 != 0 }
    }
}

/// The kitty keyboard flags, kept here because the emulator's own stack panics when pushed often enough.
#[derive(Clone, Debug, Default)]
pub(super) struct Kitty {
    pub main: Flags,
    pub alt: Flags,
}

/// The flags of one screen and those pushed away.
#[derive(Clone, Debug, Default)]
pub(super) struct Flags {
    pub now: u8,
    pub saved: Vec<u8>,
}

impl Kitty {
    fn of(&mut self, alt: bool) -> &mut Flags {
        if alt { &mut self.alt } else { &mut self.main }
    }

    pub(super) fn flags(&self, alt: bool) -> u8 {
        if alt { self.alt.now } else { self.main.now }
    }

    pub(super) fn push(&mut self, alt: bool, flags: u8) {
        let f = self.of(alt);
        if f.saved.len() == KITTY_DEPTH {
            f.saved.remove(0);
        }
        f.saved.push(f.now);
        f.now = flags & KITTY_SUPPORTED;
    }

    pub(super) fn pop(&mut self, alt: bool, count: u16) {
        let f = self.of(alt);
        // One more than there can be empties the stack: no flags.
        for _ in 0..usize::from(count).min(KITTY_DEPTH + 1) {
            f.now = f.saved.pop().unwrap_or(0);
        }
    }

    pub(super) fn set(&mut self, alt: bool, flags: u8, apply: Apply) {
        let f = self.of(alt);
        let flags = flags & KITTY_SUPPORTED;
        f.now = match apply {
            Apply::Replace => flags,
            Apply::Union => f.now | flags,
            Apply::Difference => f.now & !flags,
        };
    }
}
