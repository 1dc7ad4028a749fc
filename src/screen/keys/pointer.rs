//! The mouse.

use super::super::{Modes, MouseCoding, MouseMode};
use crate::domain::key::{Mods, Mouse, MouseKind};

/// The last column and row that the coding of mode 1005 can name.
const UTF8_LAST: u32 = 2015;

/// The bytes of a mouse event, counted from 0 within the pane; none if the program did not ask for such.
#[must_use]
pub fn encode(mouse: &Mouse, modes: &Modes) -> Vec<u8> {
    let wanted = match mouse.kind {
        MouseKind::Drag(_) => matches!(modes.mouse, MouseMode::Drag | MouseMode::Motion),
        MouseKind::Moved => modes.mouse == MouseMode::Motion,
        _ => modes.mouse != MouseMode::Off,
    };
    let (button, up) = match mouse.kind {
        MouseKind::Down(b) => (button(b), false),
        MouseKind::Up(b) => (button(b), true),
        MouseKind::Drag(b) => (button(b).map(|b| b + 32), false),
        MouseKind::Moved => (Some(35), false),
        MouseKind::ScrollUp => (Some(64), false),
        MouseKind::ScrollDown => (Some(65), false),
        MouseKind::ScrollLeft => (Some(66), false),
        MouseKind::ScrollRight => (Some(67), false),
    };
    let Some(button) = button.filter(|_| wanted) else { return Vec::new() };
    let Mods { shift, alt, ctrl } = mouse.mods;
    let held = 4 * u32::from(shift) + 8 * u32::from(alt) + 16 * u32::from(ctrl);
    let (column, row) = (u32::from(mouse.column) + 1, u32::from(mouse.row) + 1);
    // Older codings cannot tell which button went up.
    let old = 32 + held + if up { 3 } else { button };
    match modes.mouse_coding {
        MouseCoding::Sgr => {
            let last = if up { 'm' } else { 'M' };
            format!("\x1b[<{};{column};{row}{last}", button + held).into_bytes()
        }
        MouseCoding::Utf8 if column.max(row) <= UTF8_LAST => {
            let codes = [old, column + 32, row + 32].map(char::from_u32);
            format!("\x1b[M{}", codes.into_iter().flatten().collect::<String>()).into_bytes()
        }
        MouseCoding::X10 => match (u8::try_from(old), u8::try_from(column + 32), u8::try_from(row + 32)) {
            (Ok(b), Ok(x), Ok(y)) => vec![0x1b, b'[', b'M', b, x, y],
            _ => Vec::new(),
        },
        MouseCoding::Utf8 => Vec::new(),
    }
}

/// The code of a button: those beyond the third have a range of their own.
fn button(b: u8) -> Option<u32> {
    match b {
        0..=2 => Some(u32::from(b)),
        8..=11 => Some(u32::from(b) + 120),
        _ => None,
    }
}
