//! Whatever is pressed or pasted.

use proptest::prelude::*;

use super::super::Modes;
use super::super::keys::{self, paste};
use crate::domain::key::{Code, Key, Mods, Press, Stroke};

/// Any text, with many of the characters that must not come through.
fn hostile() -> impl Strategy<Value = String> {
    let one = prop_oneof![
        any::<char>(),
        prop::char::range('\0', '\u{1f}'),
        prop::char::range('\u{7f}', '\u{9f}'),
        prop::sample::select(vec!['\u{1b}', '\u{9b}', '[', '2', '0', '1', '~', '\u{80}', 'Â', '\u{a0}']),
    ];
    prop::collection::vec(one, 0..200).prop_map(String::from_iter)
}

fn any_stroke() -> impl Strategy<Value = Stroke> {
    use Code::*;
    let code = prop_oneof![
        any::<char>().prop_map(Char),
        prop::char::range(' ', '~').prop_map(Char),
        any::<u8>().prop_map(F),
        prop_oneof![57344..=63743_u32, any::<u32>()].prop_map(Other),
        prop::sample::select(vec![Enter, Tab, Backspace, Esc, Up, Left, Home, End, PageUp, Insert, Delete]),
    ];
    let press = prop::sample::select(vec![Press::Down, Press::Again, Press::Up]);
    let char = || prop::option::of(any::<char>());
    (code, press, any::<bool>(), any::<u8>(), char(), char(), char(), ("\\PC{0,3}", any::<bool>())).prop_map(
        |(code, press, pad, held, plain, shifted, base, (text, prefixed))| {
            let (shift, alt, ctrl) = (held & 1 != 0, held & 2 != 0, held & 4 != 0);
            let key = Key { code, mods: Mods { shift, alt, ctrl } };
            Stroke { key, press, pad, held, plain, shifted, base, text, prefixed }
        },
    )
}

fn any_modes() -> impl Strategy<Value = Modes> {
    (0..32_u8, 0..3_u8, any::<[bool; 4]>()).prop_map(
        |(kitty, other_keys, [other_format, backarrow, app_cursor, app_keypad])| Modes {
            kitty,
            other_keys,
            other_format,
            backarrow,
            app_cursor,
            app_keypad,
            ..Modes::default()
        },
    )
}

proptest! {
    #[test]
    fn no_key_is_too_much(stroke in any_stroke(), modes in any_modes()) {
        let bytes = keys::encode(&stroke, &modes);
        prop_assert!(bytes.len() <= 64, "{bytes:?}");
        // At most one sequence, and whole characters.
        prop_assert!(std::str::from_utf8(&bytes).is_ok());
        let escapes = bytes.iter().filter(|b| **b == 0x1b).count();
        prop_assert!(escapes <= 2 && (escapes < 2 || bytes.starts_with(b"\x1b\x1b")), "{bytes:?}");
    }

    #[test]
    fn no_byte_of_a_paste_begins_a_sequence(text in hostile(), any in any::<String>()) {
        for text in [text, any] {
            for bracketed_paste in [true, false] {
                let bytes = paste(&text, &Modes { bracketed_paste, ..Modes::default() });
                let body = if bracketed_paste {
                    bytes.strip_prefix(b"\x1b[200~").unwrap().strip_suffix(b"\x1b[201~").unwrap()
                } else {
                    &bytes
                };
                let allowed = if bracketed_paste { b"\n\t" } else { b"\r\t" };
                let control = |b: &u8| (*b < 0x20 && !allowed.contains(b)) || *b == 0x7f;
                prop_assert!(!body.iter().any(control), "{body:?}");
                // C1 as UTF-8 is C2 80 to C2 9F; a byte of that range behind any other is part of a character.
                let c1 = |two: &[u8]| two[0] == 0xc2 && (0x80..=0x9f).contains(&two[1]);
                prop_assert!(!body.windows(2).any(c1), "{body:?}");
                prop_assert!(std::str::from_utf8(body).is_ok());
            }
        }
    }

    #[test]
    fn nothing_in_a_paste_can_end_it(text in "(?s).{0,60}", raw in prop::collection::vec(any::<u8>(), 0..60)) {
        let modes = Modes { bracketed_paste: true, ..Modes::default() };
        for text in [text, String::from_utf8_lossy(&raw).into_owned()] {
            let bytes = String::from_utf8(paste(&text, &modes)).unwrap();
            let body = bytes.strip_prefix("\x1b[200~").unwrap().strip_suffix("\x1b[201~").unwrap();
            let clean = |c: char| matches!(c, '\n' | '\t') || !c.is_control();
            prop_assert!(body.chars().all(clean), "{body:?}");
        }
    }
}
