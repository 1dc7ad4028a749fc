//! Keys, mouse and pastes.

use proptest::prelude::*;

use super::super::keys::{encode, encode_mouse, focus_gained, focus_lost, paste};
use super::super::{Modes, MouseCoding, MouseMode};
use crate::domain::key::{Code, Key, Mods, Mouse, MouseKind};

const CTRL_SHIFT: Mods = Mods { shift: true, alt: false, ctrl: true };
const CTRL_ALT: Mods = Mods { shift: false, alt: true, ctrl: true };

#[test]
fn keys_become_what_programs_expect() {
    use Code::*;
    let table: &[(Code, Mods, &str)] = &[
        (Char('a'), Mods::NONE, "a"),
        (Char('A'), Mods::SHIFT, "A"),
        (Char('é'), Mods::NONE, "é"),
        (Char('é'), Mods::ALT, "\x1bé"),
        (Char('c'), Mods::CTRL, "\x03"),
        (Char('C'), CTRL_SHIFT, "\x03"),
        (Char('c'), CTRL_ALT, "\x1b\x03"),
        (Char(' '), Mods::CTRL, "\0"),
        (Char('@'), Mods::CTRL, "\0"),
        (Char('['), Mods::CTRL, "\x1b"),
        (Char('\\'), Mods::CTRL, "\x1c"),
        (Char(']'), Mods::CTRL, "\x1d"),
        (Char('/'), Mods::CTRL, "\x1f"),
        (Char('?'), Mods::CTRL, "\x7f"),
        (Char('é'), Mods::CTRL, "é"),
        (Char('x'), Mods::ALT, "\x1bx"),
        (Char('\x1b'), Mods::NONE, ""),
        (Char('\u{9b}'), Mods::NONE, ""),
        (Enter, Mods::NONE, "\r"),
        (Enter, Mods::ALT, "\x1b\r"),
        (Enter, Mods::SHIFT, "\r"),
        (Tab, Mods::NONE, "\t"),
        (Tab, Mods::SHIFT, "\x1b[Z"),
        (Backspace, Mods::NONE, "\x7f"),
        (Backspace, Mods::CTRL, "\x08"),
        (Backspace, Mods::ALT, "\x1b\x7f"),
        (Esc, Mods::NONE, "\x1b"),
        (Esc, Mods::ALT, "\x1b\x1b"),
        (Up, Mods::NONE, "\x1b[A"),
        (Down, Mods::SHIFT, "\x1b[1;2B"),
        (Right, Mods::CTRL, "\x1b[1;5C"),
        (Left, Mods::ALT, "\x1b[1;3D"),
        (Home, Mods::NONE, "\x1b[H"),
        (End, CTRL_SHIFT, "\x1b[1;6F"),
        (Insert, Mods::NONE, "\x1b[2~"),
        (Delete, Mods::CTRL, "\x1b[3;5~"),
        (PageUp, Mods::NONE, "\x1b[5~"),
        (PageDown, Mods::SHIFT, "\x1b[6;2~"),
        (F(1), Mods::NONE, "\x1bOP"),
        (F(4), Mods::CTRL, "\x1b[1;5S"),
        (F(5), Mods::NONE, "\x1b[15~"),
        (F(12), Mods::ALT, "\x1b[24;3~"),
        (F(13), Mods::NONE, "\x1b[1;2P"),
        (F(24), Mods::NONE, "\x1b[24;2~"),
        (F(0), Mods::NONE, ""),
        (F(25), Mods::NONE, ""),
    ];
    for (code, mods, bytes) in table {
        let key = Key { code: *code, mods: *mods };
        assert_eq!(String::from_utf8_lossy(&encode(&key, &Modes::default())), *bytes, "{key:?}");
    }
}

#[test]
fn arrows_follow_the_cursor_mode() {
    let modes = Modes { app_cursor: true, ..Modes::default() };
    assert_eq!(encode(&Key::plain(Code::Up), &modes), b"\x1bOA");
    assert_eq!(encode(&Key::plain(Code::End), &modes), b"\x1bOF");
    assert_eq!(encode(&Key { code: Code::Up, mods: Mods::CTRL }, &modes), b"\x1b[1;5A");
}

#[test]
fn ambiguous_keys_are_told_apart_when_asked_for() {
    let modes = Modes { kitty: 1, ..Modes::default() };
    let table: &[(Code, Mods, &str)] = &[
        (Code::Char('a'), Mods::NONE, "a"),
        (Code::Char('A'), Mods::SHIFT, "A"),
        (Code::Char('c'), Mods::CTRL, "\x1b[99;5u"),
        (Code::Char('C'), CTRL_SHIFT, "\x1b[99;6u"),
        (Code::Char('x'), Mods::ALT, "\x1b[120;3u"),
        (Code::Esc, Mods::NONE, "\x1b[27u"),
        (Code::Enter, Mods::NONE, "\r"),
        (Code::Enter, Mods::SHIFT, "\x1b[13;2u"),
        (Code::Tab, Mods::SHIFT, "\x1b[9;2u"),
        (Code::Backspace, Mods::NONE, "\x7f"),
        (Code::Backspace, Mods::CTRL, "\x1b[127;5u"),
        (Code::Up, Mods::CTRL, "\x1b[1;5A"),
        (Code::F(3), Mods::CTRL, "\x1b[13;5~"),
    ];
    for (code, mods, bytes) in table {
        let key = Key { code: *code, mods: *mods };
        assert_eq!(String::from_utf8_lossy(&encode(&key, &modes)), *bytes, "{key:?}");
    }
}

#[test]
fn mouse_events_follow_the_modes() {
    use MouseKind::*;
    let modes = |mouse, mouse_coding| Modes { mouse, mouse_coding, ..Modes::default() };
    let sgr = |mouse| modes(mouse, MouseCoding::Sgr);
    let at = |kind, mods| Mouse { kind, column: 4, row: 9, mods };
    let table: &[(MouseKind, Mods, Modes, &[u8])] = &[
        (Down(0), Mods::NONE, sgr(MouseMode::Off), b""),
        (Down(0), Mods::NONE, sgr(MouseMode::Click), b"\x1b[<0;5;10M"),
        (Up(2), Mods::NONE, sgr(MouseMode::Click), b"\x1b[<2;5;10m"),
        (Drag(0), Mods::NONE, sgr(MouseMode::Click), b""),
        (Drag(0), Mods::NONE, sgr(MouseMode::Drag), b"\x1b[<32;5;10M"),
        (Moved, Mods::NONE, sgr(MouseMode::Drag), b""),
        (Moved, Mods::NONE, sgr(MouseMode::Motion), b"\x1b[<35;5;10M"),
        (ScrollUp, CTRL_SHIFT, sgr(MouseMode::Click), b"\x1b[<84;5;10M"),
        (Down(0), Mods::NONE, modes(MouseMode::Click, MouseCoding::X10), b"\x1b[M %*"),
        (Up(0), Mods::ALT, modes(MouseMode::Click, MouseCoding::X10), b"\x1b[M+%*"),
        (Down(9), Mods::NONE, sgr(MouseMode::Click), b""),
    ];
    for (kind, mods, modes, bytes) in table {
        assert_eq!(encode_mouse(&at(*kind, *mods), modes), *bytes, "{kind:?} {modes:?}");
    }
    let far = Mouse { kind: Down(0), column: 223, row: 0, mods: Mods::NONE };
    assert_eq!(encode_mouse(&far, &modes(MouseMode::Click, MouseCoding::X10)), b"");
    assert_eq!(encode_mouse(&far, &sgr(MouseMode::Click)), b"\x1b[<0;224;1M");
}

#[test]
fn focus_is_told_when_asked_for() {
    let modes = Modes { focus_events: true, ..Modes::default() };
    assert_eq!((focus_gained(&modes), focus_lost(&modes)), (&b"\x1b[I"[..], &b"\x1b[O"[..]));
    assert_eq!((focus_gained(&Modes::default()), focus_lost(&Modes::default())), (&b""[..], &b""[..]));
}

#[test]
fn pastes_are_cleaned_and_marked() {
    let on = Modes { bracketed_paste: true, ..Modes::default() };
    let text = "a\x1b[201~b\u{9b}c\r\nd\te\x07\x7f";
    assert_eq!(paste(text, &on), b"\x1b[200~a[201~bc\nd\te\x1b[201~");
    assert_eq!(paste(text, &Modes::default()), b"a[201~bc\rd\te");
}

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

proptest! {
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
