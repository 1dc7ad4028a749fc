//! Keys: single bytes and characters, and what numbers in sequences name.

use crate::domain::key::{Code, Key, Mods, Press, Stroke};
use crate::domain::kitty;

/// The key of a byte below 128.
pub(super) fn byte(b: u8) -> Stroke {
    let ctrl = |c: u8| Key::ctrl(char::from(c));
    Stroke::from(match b {
        b'\r' => Key::plain(Code::Enter),
        b'\t' => Key::plain(Code::Tab),
        0x1b => Key::plain(Code::Esc),
        0x7f => Key::plain(Code::Backspace),
        0 => ctrl(b' '),
        1..=0x1a => ctrl(b | 0x60),
        0x1c..=0x1f => ctrl(b | 0x40),
        b => Key::char(char::from(b)),
    })
}

/// The key of a character that came as it is.
pub(super) fn typed(c: char) -> Stroke {
    if c.is_ascii() { byte(c as u8) } else { Stroke::from(Key::char(c)) }
}

/// The same with Alt, of which an Escape before it told.
pub(super) fn with_alt(mut stroke: Stroke) -> Stroke {
    stroke.key.mods.alt = true;
    stroke.held |= Stroke::ALT;
    stroke.prefixed = true;
    stroke
}

/// The key of `ESC O` and a byte.
pub(super) fn ss3(b: u8) -> Option<Stroke> {
    if let Some(code) = letter(b) {
        return Some(Stroke::from(Key::plain(code)));
    }
    let code = match b {
        b'M' => Code::Enter,
        b'X' => Code::Char('='),
        b'I' => Code::Tab,
        b'j'..=b'o' => Code::Char(char::from(b - b'j' + b'*')),
        b'p'..=b'y' => Code::Char(char::from(b - b'p' + b'0')),
        _ => return None,
    };
    Some(Stroke { pad: true, ..Stroke::from(Key::plain(code)) })
}

/// The key of the last letter of a sequence.
pub(super) fn letter(b: u8) -> Option<Code> {
    Some(match b {
        b'A' => Code::Up,
        b'B' => Code::Down,
        b'C' => Code::Right,
        b'D' => Code::Left,
        b'E' => Code::Other(kitty::BEGIN),
        b'F' => Code::End,
        b'H' => Code::Home,
        b'P'..=b'S' => Code::F(b - b'P' + 1),
        _ => return None,
    })
}

/// The key of the number before a `~`.
pub(super) fn tilde(n: u32) -> Option<Code> {
    Some(match n {
        1 | 7 => Code::Home,
        2 => Code::Insert,
        3 => Code::Delete,
        4 | 8 => Code::End,
        5 => Code::PageUp,
        6 => Code::PageDown,
        n @ 11..=15 => function(n - 10),
        n @ 17..=21 => function(n - 11),
        n @ 23..=26 => function(n - 12),
        28 | 29 => function(n - 13),
        n @ 31..=34 => function(n - 14),
        _ => return None,
    })
}

fn function(n: u32) -> Code {
    Code::F(u8::try_from(n).unwrap_or(1))
}

/// What a sequence tells of a key beside its code.
#[derive(Clone, Copy, Default)]
pub(super) struct Told<'a> {
    /// Modifiers, in the protocol's bits.
    pub held: u8,
    /// 2: held down, 3: released.
    pub press: u32,
    /// The character with shift.
    pub shifted: u32,
    /// The character at that place of a US keyboard.
    pub base: u32,
    /// The characters it makes.
    pub text: &'a [u32],
}

/// A key without a character, with what was told.
pub(super) fn special(code: Code, pad: bool, told: Told<'_>) -> Stroke {
    let held = told.held;
    let mods = Mods {
        shift: held & Stroke::SHIFT != 0,
        alt: held & Stroke::ALT != 0,
        ctrl: held & Stroke::CTRL != 0,
    };
    let press = match told.press {
        2 => Press::Again,
        3 => Press::Up,
        _ => Press::Down,
    };
    let some = |n: u32| char::from_u32(n).filter(|_| n > 0);
    let text = told.text.iter().filter_map(|n| char::from_u32(*n)).filter(|c| !c.is_control()).collect();
    Stroke {
        press,
        pad,
        held,
        shifted: some(told.shifted),
        base: some(told.base),
        text,
        ..Stroke::from(Key { code, mods })
    }
}

/// The key of a number in the protocol, or of a character in xterm's form; none for what is neither.
pub(super) fn numbered(number: u32, told: Told<'_>) -> Option<Stroke> {
    if let Some((code, pad)) = kitty::key(number) {
        return Some(special(code, pad, told));
    }
    let plain = char::from_u32(number).filter(|c| !c.is_control() || number == 0)?;
    let mut stroke = special(Code::Char(plain), false, told);
    stroke.plain = Some(plain);
    let mods = &mut stroke.key.mods;
    let one = |mut upper: std::char::ToUppercase| upper.next().filter(|_| upper.next().is_none());
    let shown = match stroke.text.chars().next() {
        Some(c) if !mods.ctrl && !mods.alt => c,
        _ if mods.shift => stroke.shifted.or_else(|| one(plain.to_uppercase())).unwrap_or(plain),
        _ => plain,
    };
    if number == 0 && shown == '\0' {
        return None;
    }
    // The character says it all; the shift would only make two keys of one.
    mods.shift = mods.shift && shown == plain && !shown.is_uppercase();
    stroke.key.code = Code::Char(shown);
    Some(stroke)
}
