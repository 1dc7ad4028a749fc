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
    /// F1 to F35.
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
    /// Any other key, by its number in the kitty keyboard protocol: media keys, modifiers by themselves.
    Other(u32),
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

/// What a key did.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, Serialize, Deserialize)]
pub enum Press {
    /// It went down.
    #[default]
    Down,
    /// It is held down.
    Again,
    /// It went up.
    Up,
}

/// A key with all that a keyboard tells of it, as far as the terminal passes that on.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Stroke {
    /// What it is to who does not look closer.
    #[serde(flatten)]
    pub key: Key,
    /// What it did.
    #[serde(default)]
    pub press: Press,
    /// Whether it is a key of the keypad.
    #[serde(default)]
    pub pad: bool,
    /// All modifiers that were told of, in the bits of [`Stroke::SHIFT`] and following.
    #[serde(default)]
    pub held: u8,
    /// The character of the key without modifiers, where it was told.
    #[serde(default)]
    pub plain: Option<char>,
    /// The character of the key with shift, where it was told.
    #[serde(default)]
    pub shifted: Option<char>,
    /// The character of the key at that place of a US keyboard, where it was told.
    #[serde(default)]
    pub base: Option<char>,
    /// The text it makes, where it was told.
    #[serde(default)]
    pub text: String,
    /// Whether its Alt is an Escape that came before it: that may have been a key of its own, typed a moment earlier.
    #[serde(default)]
    pub prefixed: bool,
}

impl Stroke {
    /// The bit of shift in `held`.
    pub const SHIFT: u8 = 1;
    /// The bit of Alt.
    pub const ALT: u8 = 2;
    /// The bit of Control.
    pub const CTRL: u8 = 4;
    /// The bits of super, hyper and meta.
    pub const RARE: u8 = 8 | 16 | 32;
    /// The bits of the caps and number locks.
    pub const LOCKS: u8 = 64 | 128;

    /// Whether the key goes down or is held: what a program that knows no releases takes for a key.
    #[must_use]
    pub fn is_down(&self) -> bool {
        self.press != Press::Up
    }

    /// Whether it is a key of its own to the dashboard: pressed, and without modifiers of which that knows nothing.
    #[must_use]
    pub fn is_plain(&self) -> bool {
        self.is_down() && self.held & Self::RARE == 0 && !matches!(self.key.code, Code::Other(_))
    }
}

impl From<Key> for Stroke {
    fn from(key: Key) -> Self {
        let Mods { shift, alt, ctrl } = key.mods;
        Self {
            key,
            press: Press::Down,
            pad: false,
            held: u8::from(shift) * Self::SHIFT + u8::from(alt) * Self::ALT + u8::from(ctrl) * Self::CTRL,
            plain: None,
            shifted: None,
            base: None,
            text: String::new(),
            prefixed: false,
        }
    }
}

/// What the mouse did.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub enum MouseKind {
    /// A button went down: 0 left, 1 middle, 2 right, 8 to 11 those beyond.
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
    /// Wheel to the left.
    ScrollLeft,
    /// Wheel to the right.
    ScrollRight,
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_have_names_and_anything_else_is_text() {
        assert_eq!(Key::named("Enter"), Some(Key::plain(Code::Enter)));
        assert_eq!(Key::named("C-c"), Some(Key::ctrl('c')));
        for text in ["/quit", "y", "C-", "C-cc", "C-C", "enter", ""] {
            assert_eq!(Key::named(text), None, "{text}");
        }
    }
}
