//! The numbers that the kitty keyboard protocol gives to keys without a character.

use super::key::Code;

/// The first function key that has a number of its own, F13, and its number.
const F13: (u8, u32) = (13, 57376);
/// The last one.
const F_LAST: u8 = 35;
/// The keys of the keypad from 57399 on.
const PAD: [Code; 28] = [
    Code::Char('0'),
    Code::Char('1'),
    Code::Char('2'),
    Code::Char('3'),
    Code::Char('4'),
    Code::Char('5'),
    Code::Char('6'),
    Code::Char('7'),
    Code::Char('8'),
    Code::Char('9'),
    Code::Char('.'),
    Code::Char('/'),
    Code::Char('*'),
    Code::Char('-'),
    Code::Char('+'),
    Code::Enter,
    Code::Char('='),
    Code::Char(','),
    Code::Left,
    Code::Right,
    Code::Up,
    Code::Down,
    Code::PageUp,
    Code::PageDown,
    Code::Home,
    Code::End,
    Code::Insert,
    Code::Delete,
];
const PAD_FIRST: u32 = 57399;
/// The keypad's middle key without number lock.
pub const BEGIN: u32 = 57427;
/// The range from which the protocol takes its numbers: characters that nobody types.
const OWN: std::ops::RangeInclusive<u32> = 57344..=63743;

/// The key of a number, and whether it is one of the keypad; none for a number that is a character.
#[must_use]
pub fn key(number: u32) -> Option<(Code, bool)> {
    let pad = number.checked_sub(PAD_FIRST).and_then(|at| PAD.get(usize::try_from(at).ok()?));
    if let Some(code) = pad {
        return Some((*code, true));
    }
    Some(match number {
        27 => (Code::Esc, false),
        13 => (Code::Enter, false),
        9 => (Code::Tab, false),
        8 | 127 => (Code::Backspace, false),
        n if n >= F13.1 && n - F13.1 <= u32::from(F_LAST - F13.0) => {
            (Code::F(F13.0.saturating_add(u8::try_from(n - F13.1).unwrap_or(0))), false)
        }
        n if OWN.contains(&n) => (Code::Other(n), false),
        _ => return None,
    })
}

/// The number of a key; none for those that keep their older form, and for characters outside the keypad.
#[must_use]
pub fn number(code: Code, pad: bool) -> Option<u32> {
    if pad && let Some(at) = PAD.iter().position(|c| *c == code) {
        return u32::try_from(at).ok().map(|at| PAD_FIRST + at);
    }
    Some(match code {
        Code::Esc => 27,
        Code::Enter => 13,
        Code::Tab => 9,
        Code::Backspace => 127,
        Code::F(n @ 13..=F_LAST) => F13.1 + u32::from(n - F13.0),
        Code::Other(n) => n,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_keys_are_each_others() {
        for n in OWN.chain([9, 13, 27, 127]) {
            let (code, pad) = key(n).unwrap();
            assert_eq!(number(code, pad), Some(n), "{code:?}");
        }
        assert_eq!(key(57414), Some((Code::Enter, true)));
        assert_eq!(key(57376), Some((Code::F(13), false)));
        assert_eq!(key(57398), Some((Code::F(35), false)));
        assert_eq!((key(97), number(Code::Char('a'), false), number(Code::Up, false)), (None, None, None));
    }
}
