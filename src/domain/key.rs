//! Keys and mouse events, apart from any terminal library.

use serde::{Deserialize, Serialize};

/// Which modifiers were held.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, Serialize, Deserialize)]
pub struct Mods {
    /// Shift.
    pub shift: bool,
    /// Alt or Meta.
    pub alt: bool,
    /// Control.
    pub ctrl: bool,
}

impl Mods {
    /// No modifier.
    pub const NONE: Self = Self { shift: false, alt: false, ctrl: false };
    /// Control alone.
    pub const CTRL: Self = Self { shift: false, alt: false, ctrl: true };
    /// Shift alone.
    pub const SHIFT: Self = Self { shift: true, alt: false, ctrl: false };
    /// Alt alone.
    pub const ALT: Self = Self { shift: false, alt: true, ctrl: false };
}

/// The key itself.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub enum Code {
    /// A printable character, as typed (upper case when shifted).
    Char(char),
    /// F1 to F24.
    F(u8),
    /// Return.
    Enter,
    /// Tabulator; back-tab is this with shift.
    Tab,
    /// Rubs out to the left.
    Backspace,
    /// Escape.
    Esc,
    /// Arrow.
    Up,
    /// Arrow.
    Down,
    /// Arrow.
    Left,
    /// Arrow.
    Right,
    /// Home.
    Home,
    /// End.
    End,
    /// Page up.
    PageUp,
    /// Page down.
    PageDown,
    /// Insert.
    Insert,
    /// Delete to the right.
    Delete,
}

/// One key press.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub struct Key {
    /// What was pressed.
    pub code: Code,
    /// With which modifiers.
    pub mods: Mods,
}

impl Key {
    /// A key without modifiers.
    #[must_use]
    pub const fn plain(code: Code) -> Self {
        Self { code, mods: Mods::NONE }
    }

    /// A character without modifiers.
    #[must_use]
    pub const fn char(c: char) -> Self {
        Self::plain(Code::Char(c))
    }

    /// A character with control.
    #[must_use]
    pub const fn ctrl(c: char) -> Self {
        Self { code: Code::Char(c), mods: Mods::CTRL }
    }

    /// The key of that name: `Enter`, `Tab`, `Esc`, `Space`, `BSpace`, an arrow, or a letter with `C-`
    /// before it. None for anything else, which is text.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        let mut letters = name.strip_prefix("C-").into_iter().flat_map(str::chars);
        if let (Some(c), None) = (letters.next(), letters.next()) {
            return c.is_ascii_lowercase().then(|| Self::ctrl(c));
        }
        Some(Self::plain(match name {
            "Enter" => Code::Enter,
            "Tab" => Code::Tab,
            "Esc" => Code::Esc,
            "Space" => Code::Char(' '),
            "BSpace" => Code::Backspace,
            "Up" => Code::Up,
            "Down" => Code::Down,
            "Left" => Code::Left,
            "Right" => Code::Right,
            _ => return None,
        }))
    }
}

/// What the mouse did.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub enum MouseKind {
    /// A button went down: 0 left, 1 middle, 2 right.
    Down(u8),
    /// A button went up.
    Up(u8),
    /// Moved with a button held.
    Drag(u8),
    /// Moved with none held.
    Moved,
    /// Wheel away from the user.
    ScrollUp,
    /// Wheel towards the user.
    ScrollDown,
}

/// A mouse event at a cell, counted from 0.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub struct Mouse {
    /// What happened.
    pub kind: MouseKind,
    /// Column from the left.
    pub column: u16,
    /// Row from the top.
    pub row: u16,
    /// Modifiers held.
    pub mods: Mods,
}
