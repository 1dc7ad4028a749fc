//! What keys, mouse and pastes become on their way to a program.

mod kitty;
mod legacy;
mod pointer;
mod xterm;

use crate::domain::key::{Code, Stroke};

use super::Modes;

pub use self::pointer::encode as encode_mouse;

/// The bytes of a key in the encoding that the program asked for; none for what it did not ask for, such as releases.
///
/// Without a wish the forms are xterm's. With modifyOtherKeys 1 or 2 they are xterm's for those, with flags of the kitty
/// keyboard protocol that protocol's.
#[must_use]
pub fn encode(stroke: &Stroke, modes: &Modes) -> Vec<u8> {
    if modes.kitty & kitty::CHANGES != 0 {
        return kitty::encode(stroke, modes);
    }
    if !stroke.is_down() {
        return Vec::new();
    }
    xterm::encode(stroke, modes).unwrap_or_else(|| legacy::encode(stroke, modes))
}

/// Whether a key ends what was being typed: Enter that no modifier makes something else, or Ctrl-C.
#[must_use]
pub fn submits(stroke: &Stroke, bytes: &[u8]) -> bool {
    let mods = stroke.held & 0x3f;
    let enter = stroke.key.code == Code::Enter && mods == 0;
    let interrupt = matches!(stroke.key.code, Code::Char('c')) && mods == Stroke::CTRL;
    stroke.is_down() && (enter || interrupt || bytes.contains(&b'\r') || bytes.contains(&3))
}

/// Whether bytes for a program leave nothing in what is being written there: arrows, function keys, releases, what
/// mouse and focus report.
#[must_use]
pub fn leaves_nothing(bytes: &[u8]) -> bool {
    let Some(rest) = bytes.strip_prefix(b"\x1b") else { return false };
    let Some(body) = rest.strip_prefix(b"[") else { return true };
    if body.starts_with(b"200~") {
        return false;
    }
    // A character as an escape, pressed.
    let Some(numbers) = body.strip_suffix(b"u").and_then(|b| std::str::from_utf8(b).ok()) else {
        return !body.starts_with(b"27;");
    };
    let mut parts = numbers.split(';');
    let number = parts.next().and_then(|n| n.split(':').next()).and_then(|n| n.parse::<u32>().ok());
    let up = parts.next().is_some_and(|m| m.ends_with(":3"));
    up || number.is_none_or(|n| n == 27 || crate::domain::kitty::key(n).is_some_and(|(c, _)| is_silent(c)))
}

/// Whether a key makes no character and deletes none.
fn is_silent(code: Code) -> bool {
    !matches!(code, Code::Char(_) | Code::Enter | Code::Tab | Code::Backspace | Code::Delete)
}

/// The bytes of a paste. Escape, control characters but newline and tab, and C1 are taken out, so that nothing can end
/// the paste early; between markers newlines stay, without markers they become carriage returns.
#[must_use]
pub fn paste(text: &str, modes: &Modes) -> Vec<u8> {
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let kept = text.chars().filter(|c| matches!(c, '\n' | '\t') || !c.is_control());
    if modes.bracketed_paste {
        let body: String = kept.collect();
        format!("\x1b[200~{body}\x1b[201~").into_bytes()
    } else {
        kept.map(|c| if c == '\n' { '\r' } else { c }).collect::<String>().into_bytes()
    }
}

/// The bytes that tell a program it got the focus; none if it did not ask.
#[must_use]
pub fn focus_gained(modes: &Modes) -> &'static [u8] {
    if modes.focus_events { b"\x1b[I" } else { b"" }
}

/// The bytes that tell a program it lost the focus; none if it did not ask.
#[must_use]
pub fn focus_lost(modes: &Modes) -> &'static [u8] {
    if modes.focus_events { b"\x1b[O" } else { b"" }
}

/// The number that stands for modifiers: 1 with none.
fn number(held: u8) -> u16 {
    1 + u16::from(held)
}
