//! Keys in the kitty keyboard protocol.

use super::super::Modes;
use super::legacy::TILDES;
use super::{legacy, number};
use crate::domain::key::{Code, Press, Stroke};
use crate::domain::kitty::{self, BEGIN};

/// Ambiguous keys become escapes.
const DISAMBIGUATE: u8 = 1;
/// Repeats and releases are told.
const EVENTS: u8 = 2;
/// A key's other characters are told.
const ALTERNATES: u8 = 4;
/// All keys become escapes.
const ALL: u8 = 8;
/// The text a key makes is told.
const TEXT: u8 = 16;
/// The flags of which one is enough to leave the older forms.
pub(super) const CHANGES: u8 = DISAMBIGUATE | EVENTS | ALL;

/// The modifiers with which a key makes no text.
const NO_TEXT: u8 = Stroke::ALT | Stroke::CTRL | Stroke::RARE;

/// What a sequence says, before it is written.
struct Sequence<'a> {
    number: u32,
    shifted: Option<char>,
    base: Option<char>,
    held: u8,
    press: Press,
    text: Option<&'a str>,
    last: char,
}

/// The bytes of what a key did.
pub(super) fn encode(stroke: &Stroke, modes: &Modes) -> Vec<u8> {
    let flags = modes.kitty;
    let all = flags & ALL != 0;
    let press = if flags & EVENTS == 0 && stroke.is_down() { Press::Down } else { stroke.press };
    if press == Press::Up && flags & EVENTS == 0 {
        return Vec::new();
    }
    let own = own_text(stroke);
    let text = own.as_deref().filter(|_| press != Press::Up);
    if let Some(text) = text.filter(|_| !all) {
        return text.as_bytes().to_vec();
    }
    if let Code::Char(c) = stroke.key.code
        && !stroke.pad
    {
        return character(stroke, c, press, flags, text, modes);
    }
    special(stroke, press, flags, text)
}

/// The text a key makes, if any.
fn own_text(stroke: &Stroke) -> Option<String> {
    match stroke.key.code {
        _ if stroke.held & NO_TEXT != 0 => None,
        _ if !stroke.text.is_empty() => Some(stroke.text.clone()),
        // Where the keypad is told apart, number lock is off unless there is text.
        Code::Char(c) if !c.is_control() => Some(c.to_string()),
        _ => None,
    }
}

fn character(
    stroke: &Stroke,
    c: char,
    press: Press,
    flags: u8,
    text: Option<&str>,
    modes: &Modes,
) -> Vec<u8> {
    if c.is_control() {
        return Vec::new();
    }
    if flags & (DISAMBIGUATE | ALL) == 0 && press == Press::Down {
        return legacy::encode(stroke, modes);
    }
    let lower = lower(c);
    let plain = stroke.plain.unwrap_or(lower);
    // What came as a capital letter was typed with shift.
    let shift = if stroke.plain.is_none() && lower != c { Stroke::SHIFT } else { 0 };
    let held = stroke.held | shift;
    let shifted = stroke.shifted.or_else(|| Some(c).filter(|c| *c != plain));
    write(&Sequence {
        number: u32::from(plain),
        shifted: shifted.filter(|_| flags & ALTERNATES != 0 && held & Stroke::SHIFT != 0),
        base: stroke.base.filter(|_| flags & ALTERNATES != 0),
        held,
        press,
        text: text.filter(|_| flags & TEXT != 0),
        last: 'u',
    })
}

fn special(stroke: &Stroke, press: Press, flags: u8, text: Option<&str>) -> Vec<u8> {
    let all = flags & ALL != 0;
    let pad = stroke.pad && flags & (DISAMBIGUATE | ALL) != 0;
    let code = stroke.key.code;
    let held = stroke.held;
    if !all && !pad {
        // A user must be able to type `reset` after a program has died.
        let simple = match code {
            Code::Enter => Some(b"\r"),
            Code::Tab => Some(b"\t"),
            Code::Backspace => Some(b"\x7f"),
            Code::Esc if flags & DISAMBIGUATE == 0 => Some(b"\x1b"),
            _ => None,
        };
        let typed = matches!(code, Code::Enter | Code::Tab | Code::Backspace);
        match simple {
            Some(_) if typed && press == Press::Up => return Vec::new(),
            Some(byte) if held == 0 && press != Press::Up => return byte.to_vec(),
            _ => {}
        }
        if matches!(code, Code::Other(n) if is_modifier(n)) {
            return Vec::new();
        }
    }
    let (number, last) = match (kitty::number(code, pad), code) {
        (_, Code::Other(BEGIN)) => (1, 'E'),
        (Some(n), _) => (n, 'u'),
        (None, Code::Char(c)) => (u32::from(c), 'u'),
        (None, code) => match older(code) {
            Some(form) => form,
            None => return Vec::new(),
        },
    };
    let text = text.filter(|_| flags & TEXT != 0);
    write(&Sequence { number, shifted: None, base: None, held, press, text, last })
}

/// The keys that keep their older form: a number and a last letter.
fn older(code: Code) -> Option<(u32, char)> {
    Some(match code {
        Code::Up => (1, 'A'),
        Code::Down => (1, 'B'),
        Code::Right => (1, 'C'),
        Code::Left => (1, 'D'),
        Code::End => (1, 'F'),
        Code::Home => (1, 'H'),
        Code::Insert => (2, '~'),
        Code::Delete => (3, '~'),
        Code::PageUp => (5, '~'),
        Code::PageDown => (6, '~'),
        Code::F(1) => (1, 'P'),
        Code::F(2) => (1, 'Q'),
        // Its letter would look like a report of the cursor.
        Code::F(3) => (13, '~'),
        Code::F(4) => (1, 'S'),
        Code::F(n @ 5..=12) => (u32::from(TILDES[usize::from(n - 5)]), '~'),
        _ => return None,
    })
}

/// Shift, Control and the like by themselves, and the locks.
fn is_modifier(n: u32) -> bool {
    matches!(n, 57358..=57360 | 57441..=57454)
}

/// A character in lower case, where that is one character.
fn lower(c: char) -> char {
    let mut lower = c.to_lowercase();
    match (lower.next(), lower.next()) {
        (Some(l), None) => l,
        _ => c,
    }
}

fn write(s: &Sequence<'_>) -> Vec<u8> {
    let event = match s.press {
        Press::Down => "",
        Press::Again => ":2",
        Press::Up => ":3",
    };
    let second = s.held != 0 || !event.is_empty();
    let text = s.text.filter(|t| !t.is_empty());
    let mut out = String::from("\x1b[");
    if s.number != 1 || second || text.is_some() {
        out.push_str(&s.number.to_string());
    }
    let code = |c: Option<char>| c.map(|c| u32::from(c).to_string()).unwrap_or_default();
    if s.shifted.is_some() || s.base.is_some() {
        out.push_str(&format!(":{}", code(s.shifted)));
    }
    if s.base.is_some() {
        out.push_str(&format!(":{}", code(s.base)));
    }
    if second {
        out.push_str(&format!(";{}{event}", number(s.held)));
    }
    if let Some(text) = text {
        let codes: Vec<String> = text.chars().map(|c| u32::from(c).to_string()).collect();
        out.push_str(if second { ";" } else { ";;" });
        out.push_str(&codes.join(":"));
    }
    out.push(s.last);
    out.into_bytes()
}
