//! xterm's modifyOtherKeys: which keys with modifiers it sends as numbers, at either level.

use super::super::Modes;
use super::legacy::control;
use super::number;
use crate::domain::key::{Code, Stroke};

/// The bytes of a key that becomes a number at the level in force; none for one that stays as it is.
pub(super) fn encode(stroke: &Stroke, modes: &Modes) -> Option<Vec<u8>> {
    let held = stroke.held & (Stroke::SHIFT | Stroke::ALT | Stroke::CTRL);
    let code = match stroke.key.code {
        // Escape and the key stay apart for who typed them one after the other, as in `vim`.
        _ if held == 0 || stroke.pad || stroke.prefixed => return None,
        Code::Char(c) if !c.is_control() => u32::from(c),
        Code::Enter => 13,
        Code::Tab => 9,
        Code::Backspace => 127,
        Code::Esc => 27,
        _ => return None,
    };
    let changes = match modes.other_keys {
        0 => false,
        1 => at_one(stroke.key.code, held),
        _ => at_two(stroke.key.code, held),
    };
    changes.then(|| {
        let mods = number(held);
        if modes.other_format {
            format!("\x1b[{code};{mods}u").into_bytes()
        } else {
            format!("\x1b[27;{mods};{code}~").into_bytes()
        }
    })
}

/// Whether a character has one for Control by its place in the table of ASCII.
fn is_column(c: char) -> bool {
    ('@'..='\x7f').contains(&c)
}

/// Level 1 leaves alone what has well-known bytes.
fn at_one(code: Code, held: u8) -> bool {
    let (shift, alt, ctrl) = (held & Stroke::SHIFT != 0, held & Stroke::ALT != 0, held & Stroke::CTRL != 0);
    match code {
        // Alt sends Escape before them, and takes Control along.
        Code::Enter => shift || (ctrl && !alt),
        Code::Tab => ctrl && !alt,
        Code::Char(c) if is_column(c) => ctrl && shift && !alt,
        Code::Char(c) => ctrl && control(c).is_none(),
        _ => false,
    }
}

/// Level 2 sends everything as numbers but what shift alone makes another character of.
fn at_two(code: Code, held: u8) -> bool {
    match code {
        Code::Enter => true,
        Code::Tab => held != Stroke::SHIFT,
        Code::Backspace => held != Stroke::CTRL,
        Code::Esc => held != Stroke::SHIFT,
        Code::Char(c) if is_column(c) || c == ' ' => true,
        Code::Char(_) => held != Stroke::SHIFT,
        _ => false,
    }
}
