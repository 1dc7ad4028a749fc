//! Keys as xterm sends them to a program that asked for nothing else.

use super::super::Modes;
use super::number;
use crate::domain::key::{Code, Stroke};
use crate::domain::kitty;

const MODS: u8 = Stroke::SHIFT | Stroke::ALT | Stroke::CTRL;

/// The bytes of a key that goes down; none for a key that has none there.
pub(super) fn encode(stroke: &Stroke, modes: &Modes) -> Vec<u8> {
    let held = stroke.held & (MODS | Stroke::RARE);
    // With modifiers that have no bytes of their own there.
    if held & Stroke::RARE != 0 {
        return match stroke.key.code {
            Code::Char(c) => {
                format!("\x1b[{};{}u", u32::from(stroke.plain.unwrap_or(c)), number(held)).into()
            }
            Code::Esc | Code::Enter | Code::Tab | Code::Backspace => {
                let code = kitty::number(stroke.key.code, false).unwrap_or(0);
                format!("\x1b[{code};{}u", number(held)).into()
            }
            code => special(code, held, modes),
        };
    }
    let (shift, ctrl) = (held & Stroke::SHIFT != 0, held & Stroke::CTRL != 0);
    let keypad = stroke.pad && modes.app_keypad && held == 0;
    match stroke.key.code {
        Code::Char(c) if c.is_control() => Vec::new(),
        // With text, number lock is on.
        Code::Char(c) if keypad && stroke.text.is_empty() => keypad_character(c),
        Code::Char(c) => with_alt(held, &character(c, ctrl, stroke)),
        Code::Enter if keypad => b"\x1bOM".to_vec(),
        Code::Esc => with_alt(held, b"\x1b"),
        Code::Enter => with_alt(held, b"\r"),
        Code::Tab if shift => with_alt(held, b"\x1b[Z"),
        Code::Tab => with_alt(held, b"\t"),
        Code::Backspace if ctrl != modes.backarrow => with_alt(held, b"\x08"),
        Code::Backspace => with_alt(held, b"\x7f"),
        code => special(code, held, modes),
    }
}

/// The control character of a key with Control, as X11 maps them; none where there is none.
pub(super) fn control(c: char) -> Option<u8> {
    match c {
        'a'..='z' | 'A'..='Z' => u8::try_from(c).ok().map(|b| b & 0x1f),
        ' ' | '@' | '2' | '`' => Some(0),
        '[' | '{' | '3' => Some(0x1b),
        '\\' | '|' | '4' => Some(0x1c),
        ']' | '}' | '5' => Some(0x1d),
        '^' | '~' | '6' => Some(0x1e),
        '_' | '/' | '-' | '7' => Some(0x1f),
        '?' | '8' => Some(0x7f),
        _ => None,
    }
}

fn character(c: char, ctrl: bool, stroke: &Stroke) -> Vec<u8> {
    // On a keyboard without Latin letters Control goes by the place of the key.
    let key = if c.is_ascii() { c } else { stroke.base.unwrap_or(c) };
    match control(key) {
        Some(b) if ctrl => vec![b],
        _ if !ctrl && stroke.held & Stroke::ALT == 0 && !stroke.text.is_empty() => stroke.text.clone().into(),
        _ => c.to_string().into_bytes(),
    }
}

/// A key of the keypad while a program asked for that apart (DECPAM).
fn keypad_character(c: char) -> Vec<u8> {
    match c {
        '0'..='9' => vec![0x1b, b'O', c as u8 - b'0' + b'p'],
        '*'..='/' => vec![0x1b, b'O', c as u8 - b'*' + b'j'],
        '=' => b"\x1bOX".to_vec(),
        _ => c.to_string().into_bytes(),
    }
}

fn with_alt(held: u8, bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len() + 1);
    if held & Stroke::ALT != 0 {
        out.push(0x1b);
    }
    out.extend_from_slice(bytes);
    out
}

fn special(code: Code, held: u8, modes: &Modes) -> Vec<u8> {
    match code {
        Code::Up => letter('A', held, modes.app_cursor),
        Code::Down => letter('B', held, modes.app_cursor),
        Code::Right => letter('C', held, modes.app_cursor),
        Code::Left => letter('D', held, modes.app_cursor),
        Code::Other(kitty::BEGIN) => letter('E', held, modes.app_cursor),
        Code::Home => letter('H', held, modes.app_cursor),
        Code::End => letter('F', held, modes.app_cursor),
        Code::Insert => tilde(2, held),
        Code::Delete => tilde(3, held),
        Code::PageUp => tilde(5, held),
        Code::PageDown => tilde(6, held),
        Code::F(n) => function(n, held),
        _ => Vec::new(),
    }
}

fn letter(last: char, held: u8, app: bool) -> Vec<u8> {
    if held != 0 {
        return format!("\x1b[1;{}{last}", number(held)).into_bytes();
    }
    format!("\x1b{}{last}", if app { 'O' } else { '[' }).into_bytes()
}

fn tilde(code: u8, held: u8) -> Vec<u8> {
    if held == 0 {
        return format!("\x1b[{code}~").into_bytes();
    }
    format!("\x1b[{code};{}~", number(held)).into_bytes()
}

/// The number before the `~` of F5 to F12.
pub(super) const TILDES: [u8; 8] = [15, 17, 18, 19, 20, 21, 23, 24];

/// F1 to F12; F13 to F24 are those with shift, F25 to F35 those with Control, as xterm has it.
fn function(n: u8, held: u8) -> Vec<u8> {
    match n {
        1..=4 => letter(char::from(b'O' + n), held, true),
        5..=12 => tilde(TILDES[usize::from(n - 5)], held),
        13..=24 => function(n - 12, held | Stroke::SHIFT),
        25..=35 => function(n - 24, held | Stroke::CTRL),
        _ => Vec::new(),
    }
}
