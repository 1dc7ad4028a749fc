//! Sequences that begin with `CSI`.

use super::keyboard::{self, Told};
use super::{Came, MAX_SEQUENCE, Step, key};
use crate::domain::key::{Code, Key, Mods, Mouse, MouseKind, Stroke};
use crate::wire::msg::Input;

/// Most parameters of a sequence, and parts of one, that are looked at.
const MAX_PARTS: usize = 32;

/// What `bytes`, which begin with `ESC [`, are.
pub(super) fn parse(bytes: &[u8], last: bool) -> Step {
    let body = bytes.get(2..).unwrap_or_default();
    match body {
        [b'M', ..] => return old_mouse(bytes, last),
        // F1 to F5 of the Linux console.
        [b'[', b @ b'A'..=b'E', ..] => return key(4, Key::plain(Code::F(b - b'A' + 1))),
        [b'['] if !last => return Step::More,
        _ => {}
    }
    let end = body.iter().position(|b| !(0x20..=0x3f).contains(b));
    match end.and_then(|at| Some((at, *body.get(at)?))) {
        Some((at, b @ 0x40..=0x7e)) => {
            let taken = at + 3;
            match body.get(..at).map(|inner| complete(inner, b, taken)) {
                Some(step) => step,
                None => Step::Took(taken, None),
            }
        }
        None if !last && bytes.len() < MAX_SEQUENCE => Step::More,
        // It was typed: Alt-[ and what follows.
        _ => key(2, keyboard::with_alt(keyboard::typed('['))),
    }
}

fn complete(inner: &[u8], last: u8, taken: usize) -> Step {
    let (marker, numbers) = match inner {
        [m @ 0x3c..=0x3f, rest @ ..] => (*m, rest),
        rest => (0, rest),
    };
    let params = params(numbers);
    let param = |at: usize, part: usize| params.get(at).and_then(|p| p.get(part)).copied().unwrap_or(0);
    let came = match (marker, last) {
        (b'<', b'M' | b'm') => mouse(&params, last == b'm').map(Input::Mouse).map(Came::Input),
        (b'?', b'u') => Some(Came::Kitty),
        (b'?', b'c') => Some(Came::Attributes),
        (0, b'I') if numbers.is_empty() => Some(Came::Input(Input::Focus(true))),
        (0, b'O') if numbers.is_empty() => Some(Came::Input(Input::Focus(false))),
        (0, b'~') if param(0, 0) == 200 => return Step::Paste(taken),
        (0, _) => {
            let none = Vec::new();
            let told = Told {
                held: u8::try_from(param(1, 0).saturating_sub(1)).unwrap_or(0),
                press: param(1, 1),
                shifted: param(0, 1),
                base: param(0, 2),
                text: params.get(2).unwrap_or(&none),
            };
            stroke(last, &params, told).map(Input::Key).map(Came::Input)
        }
        _ => None,
    };
    Step::Took(taken, came)
}

fn stroke(last: u8, params: &[Vec<u32>], told: Told<'_>) -> Option<Stroke> {
    let first = params.first().and_then(|p| p.first()).copied().unwrap_or(0);
    match last {
        b'u' => keyboard::numbered(first, told),
        b'~' if first == 27 => {
            let number = told.text.first().copied()?;
            keyboard::numbered(number, Told { held: told.held, ..Told::default() })
        }
        b'~' => Some(keyboard::special(keyboard::tilde(first)?, false, Told { text: &[], ..told })),
        b'Z' => {
            let told = Told { held: told.held | Stroke::SHIFT, ..Told::default() };
            Some(keyboard::special(Code::Tab, false, told))
        }
        // A cursor position looks like F3 with modifiers; nobody here asks for one.
        b if first <= 1 => Some(keyboard::special(keyboard::letter(b)?, false, Told { text: &[], ..told })),
        _ => None,
    }
}

/// Numbers between `;`, each with its parts between `:`; 0 where there is none.
fn params(bytes: &[u8]) -> Vec<Vec<u32>> {
    if bytes.is_empty() {
        return Vec::new();
    }
    let number = |digits: &[u8]| {
        digits
            .iter()
            .filter(|b| b.is_ascii_digit())
            .fold(0_u32, |n, b| n.saturating_mul(10).saturating_add(u32::from(b - b'0')))
    };
    let parts = |p: &[u8]| p.split(|b| *b == b':').take(MAX_PARTS).map(number).collect();
    bytes.split(|b| *b == b';').take(MAX_PARTS).map(parts).collect()
}

fn mouse(params: &[Vec<u32>], up: bool) -> Option<Mouse> {
    let number = |at: usize| params.get(at).and_then(|p| p.first()).copied();
    let (button, column, row) = (number(0)?, number(1)?, number(2)?);
    at(button, up, column, row)
}

/// A mouse event of its button code, counted from 1.
fn at(code: u32, up: bool, column: u32, row: u32) -> Option<Mouse> {
    let mods = Mods { shift: code & 4 != 0, alt: code & 8 != 0, ctrl: code & 16 != 0 };
    let moves = code & 32 != 0;
    let button = match code & !(4 | 8 | 16 | 32) {
        b @ 0..=2 => Some(b),
        b @ 128..=131 => Some(b - 120),
        _ => None,
    };
    let button = button.and_then(|b| u8::try_from(b).ok());
    let kind = match (code & !(4 | 8 | 16 | 32), button) {
        (_, Some(b)) if moves => MouseKind::Drag(b),
        (_, Some(b)) if up => MouseKind::Up(b),
        (_, Some(b)) => MouseKind::Down(b),
        (3, _) if moves => MouseKind::Moved,
        // The old encoding does not say which.
        (3, _) => MouseKind::Up(0),
        (64, _) => MouseKind::ScrollUp,
        (65, _) => MouseKind::ScrollDown,
        (66, _) => MouseKind::ScrollLeft,
        (67, _) => MouseKind::ScrollRight,
        _ => return None,
    };
    let cell = |n: u32| u16::try_from(n.checked_sub(1)?).ok();
    Some(Mouse { kind, column: cell(column)?, row: cell(row)?, mods })
}

/// `CSI M` and three bytes, from terminals that know no other form.
fn old_mouse(bytes: &[u8], last: bool) -> Step {
    match bytes {
        [_, _, _, b, x, y, ..] => {
            let number = |b: u8| u32::from(b).checked_sub(32);
            let mouse = || at(number(*b)?, false, number(*x)?, number(*y)?);
            Step::Took(6, mouse().map(Input::Mouse).map(Came::Input))
        }
        _ if last => Step::Took(bytes.len(), None),
        _ => Step::More,
    }
}
