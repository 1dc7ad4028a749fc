//! What keys, mouse and pastes become on their way to a program.

use crate::domain::key::{Code, Key, Mods, Mouse, MouseKind};

use super::{Modes, MouseCoding, MouseMode};

/// The bytes of a key press; none for a character that is a control itself.
///
/// The forms are xterm's; with kitty flag 1 the keys that are ambiguous in them (Escape, control and alt with a
/// character, modified Enter, Tab and Backspace) become `CSI … u`.
#[must_use]
pub fn encode(key: &Key, modes: &Modes) -> Vec<u8> {
    let mods = key.mods;
    let kitty = modes.kitty & 1 != 0;
    match key.code {
        Code::Char(c) if c.is_control() => Vec::new(),
        Code::Char(c) if kitty && (mods.ctrl || mods.alt) => csi_u(base(c), mods),
        Code::Char(c) => with_alt(mods, &character(c, mods)),
        Code::Esc if kitty => csi_u(27, mods),
        Code::Enter if kitty && mods != Mods::NONE => csi_u(13, mods),
        Code::Tab if kitty && mods != Mods::NONE => csi_u(9, mods),
        Code::Backspace if kitty && mods != Mods::NONE => csi_u(127, mods),
        Code::Esc => with_alt(mods, b"\x1b"),
        Code::Enter => with_alt(mods, b"\r"),
        Code::Tab if mods.shift => with_alt(mods, b"\x1b[Z"),
        Code::Tab => with_alt(mods, b"\t"),
        Code::Backspace => with_alt(mods, if mods.ctrl { b"\x08" } else { b"\x7f" }),
        Code::Up => letter('A', mods, modes.app_cursor),
        Code::Down => letter('B', mods, modes.app_cursor),
        Code::Right => letter('C', mods, modes.app_cursor),
        Code::Left => letter('D', mods, modes.app_cursor),
        Code::Home => letter('H', mods, modes.app_cursor),
        Code::End => letter('F', mods, modes.app_cursor),
        Code::Insert => tilde(2, mods),
        Code::Delete => tilde(3, mods),
        Code::PageUp => tilde(5, mods),
        Code::PageDown => tilde(6, mods),
        Code::F(n) => function(n, mods, kitty),
    }
}

/// The bytes of a mouse event, counted from 0 within the pane; none if the program did not ask for such.
#[must_use]
pub fn encode_mouse(mouse: &Mouse, modes: &Modes) -> Vec<u8> {
    let wanted = match mouse.kind {
        MouseKind::Drag(_) => matches!(modes.mouse, MouseMode::Drag | MouseMode::Motion),
        MouseKind::Moved => modes.mouse == MouseMode::Motion,
        _ => modes.mouse != MouseMode::Off,
    };
    let (button, up) = match mouse.kind {
        MouseKind::Down(b @ 0..=2) => (b, false),
        MouseKind::Up(b @ 0..=2) => (b, true),
        MouseKind::Drag(b @ 0..=2) => (b + 32, false),
        MouseKind::Moved => (35, false),
        MouseKind::ScrollUp => (64, false),
        MouseKind::ScrollDown => (65, false),
        _ => return Vec::new(),
    };
    if !wanted {
        return Vec::new();
    }
    let Mods { shift, alt, ctrl } = mouse.mods;
    let held = 4 * u8::from(shift) + 8 * u8::from(alt) + 16 * u8::from(ctrl);
    let (column, row) = (u32::from(mouse.column) + 1, u32::from(mouse.row) + 1);
    match modes.mouse_coding {
        MouseCoding::Sgr => {
            let last = if up { 'm' } else { 'M' };
            format!("\x1b[<{};{column};{row}{last}", button + held).into_bytes()
        }
        MouseCoding::X10 => match (u8::try_from(column + 32), u8::try_from(row + 32)) {
            // Which button went up cannot be told.
            (Ok(x), Ok(y)) => vec![0x1b, b'[', b'M', 32 + if up { 3 } else { button } + held, x, y],
            _ => Vec::new(),
        },
    }
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

/// The number that stands for the modifiers: 1 with none.
fn number(mods: Mods) -> u8 {
    1 + u8::from(mods.shift) + 2 * u8::from(mods.alt) + 4 * u8::from(mods.ctrl)
}

fn with_alt(mods: Mods, bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len() + 1);
    if mods.alt {
        out.push(0x1b);
    }
    out.extend_from_slice(bytes);
    out
}

fn character(c: char, mods: Mods) -> Vec<u8> {
    let control = match c {
        'a'..='z' | 'A'..='Z' => u8::try_from(c).ok().map(|b| b & 0x1f),
        ' ' | '@' | '2' => Some(0),
        '[' | '3' => Some(0x1b),
        '\\' | '4' => Some(0x1c),
        ']' | '5' => Some(0x1d),
        '^' | '6' => Some(0x1e),
        '_' | '/' | '-' | '7' => Some(0x1f),
        '?' | '8' => Some(0x7f),
        _ => None,
    };
    match control {
        Some(b) if mods.ctrl => vec![b],
        _ => c.to_string().into_bytes(),
    }
}

/// The code of the key without shift, as far as it can be known.
fn base(c: char) -> u32 {
    let mut lower = c.to_lowercase();
    match (lower.next(), lower.next()) {
        (Some(l), None) => u32::from(l),
        _ => u32::from(c),
    }
}

fn csi_u(code: u32, mods: Mods) -> Vec<u8> {
    if mods == Mods::NONE {
        return format!("\x1b[{code}u").into_bytes();
    }
    format!("\x1b[{code};{}u", number(mods)).into_bytes()
}

fn letter(last: char, mods: Mods, app: bool) -> Vec<u8> {
    if mods != Mods::NONE {
        return format!("\x1b[1;{}{last}", number(mods)).into_bytes();
    }
    format!("\x1b{}{last}", if app { 'O' } else { '[' }).into_bytes()
}

fn tilde(code: u8, mods: Mods) -> Vec<u8> {
    if mods == Mods::NONE {
        return format!("\x1b[{code}~").into_bytes();
    }
    format!("\x1b[{code};{}~", number(mods)).into_bytes()
}

/// F1 to F12; F13 to F24 are those with shift, as xterm has it.
fn function(n: u8, mods: Mods, kitty: bool) -> Vec<u8> {
    const TILDE: [u8; 8] = [15, 17, 18, 19, 20, 21, 23, 24];
    match n {
        // With modifiers F3 would look like a report of the cursor.
        3 if kitty && mods != Mods::NONE => tilde(13, mods),
        1..=4 => letter(char::from(b'O' + n), mods, true),
        5..=12 => tilde(TILDE[usize::from(n - 5)], mods),
        13..=24 => function(n - 12, Mods { shift: true, ..mods }, kitty),
        _ => Vec::new(),
    }
}
