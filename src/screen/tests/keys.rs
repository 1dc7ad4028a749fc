//! Keys, mouse and pastes.

use super::super::keys::{self, encode_mouse, focus_gained, focus_lost, leaves_nothing, paste, submits};
use super::super::{Modes, MouseCoding, MouseMode};
use crate::domain::key::{Code, Key, Mods, Mouse, MouseKind, Press, Stroke};

fn encode(key: &Key, modes: &Modes) -> Vec<u8> {
    keys::encode(&Stroke::from(*key), modes)
}

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
        (F(25), Mods::NONE, "\x1b[1;5P"),
        (F(36), Mods::NONE, ""),
        (Other(57428), Mods::NONE, ""),
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

/// What terminfo has for xterm-256color, which is for the modes that its `smkx` sets.
#[test]
fn programs_that_read_terminfo_find_its_keys() {
    use Code::*;
    let table: &[(&str, Code, Mods)] = &[
        ("\x7f", Backspace, Mods::NONE),
        ("\x1b[Z", Tab, Mods::SHIFT),
        ("\x1bOA", Up, Mods::NONE),
        ("\x1bOB", Down, Mods::NONE),
        ("\x1bOC", Right, Mods::NONE),
        ("\x1bOD", Left, Mods::NONE),
        ("\x1bOE", Other(57427), Mods::NONE),
        ("\x1bOH", Home, Mods::NONE),
        ("\x1bOF", End, Mods::NONE),
        ("\x1b[2~", Insert, Mods::NONE),
        ("\x1b[3~", Delete, Mods::NONE),
        ("\x1b[5~", PageUp, Mods::NONE),
        ("\x1b[6~", PageDown, Mods::NONE),
        ("\x1b[3;2~", Delete, Mods::SHIFT),
        ("\x1b[1;2F", End, Mods::SHIFT),
        ("\x1b[1;2H", Home, Mods::SHIFT),
        ("\x1b[2;2~", Insert, Mods::SHIFT),
        ("\x1b[1;2D", Left, Mods::SHIFT),
        ("\x1b[6;2~", PageDown, Mods::SHIFT),
        ("\x1b[5;2~", PageUp, Mods::SHIFT),
        ("\x1b[1;2C", Right, Mods::SHIFT),
    ];
    let modes = Modes { app_cursor: true, app_keypad: true, ..Modes::default() };
    for (bytes, code, mods) in table {
        assert_eq!(String::from_utf8_lossy(&encode(&Key { code: *code, mods: *mods }, &modes)), *bytes);
    }
    let first = ["\x1bOP", "\x1bOQ", "\x1bOR", "\x1bOS"];
    let rest = [15, 17, 18, 19, 20, 21, 23, 24];
    for n in 1..=35_u8 {
        let at = usize::from((n - 1) % 12);
        let mods = [1, 2, 5][usize::from((n - 1) / 12)];
        let bytes = match (mods, at) {
            (1, 0..=3) => first[at].to_owned(),
            (1, _) => format!("\x1b[{}~", rest[at - 4]),
            (_, 0..=3) => format!("\x1b[1;{mods}{}", ['P', 'Q', 'R', 'S'][at]),
            _ => format!("\x1b[{};{mods}~", rest[at - 4]),
        };
        assert_eq!(String::from_utf8_lossy(&encode(&Key::plain(F(n)), &modes)), bytes, "F{n}");
    }
    let enter = Stroke { pad: true, ..Stroke::from(Key::plain(Enter)) };
    assert_eq!(keys::encode(&enter, &modes), b"\x1bOM");
}

#[test]
fn a_keypad_is_told_apart_for_who_asks() {
    let pad = |code| Stroke { pad: true, ..Stroke::from(Key::plain(code)) };
    let app = Modes { app_keypad: true, ..Modes::default() };
    for (code, plain, asked) in [
        (Code::Enter, "\r", "\x1bOM"),
        (Code::Char('7'), "7", "\x1bOw"),
        (Code::Char('*'), "*", "\x1bOj"),
        (Code::Char('='), "=", "\x1bOX"),
        (Code::Up, "\x1b[A", "\x1b[A"),
    ] {
        let text = |modes: &Modes| String::from_utf8(keys::encode(&pad(code), modes)).unwrap();
        assert_eq!((text(&Modes::default()).as_str(), text(&app).as_str()), (plain, asked), "{code:?}");
    }
    let backarrow = Modes { backarrow: true, ..Modes::default() };
    assert_eq!(encode(&Key::plain(Code::Backspace), &backarrow), b"\x08");
    assert_eq!(encode(&Key { code: Code::Backspace, mods: Mods::CTRL }, &backarrow), b"\x7f");
}

#[test]
fn other_keys_become_numbers_as_xterm_has_it() {
    use Code::*;
    let shift_alt = Mods { shift: true, alt: true, ctrl: false };
    // Without a wish, at level 1, at level 2.
    let table: &[(Code, Mods, [&str; 3])] = &[
        (Enter, Mods::NONE, ["\r"; 3]),
        (Enter, Mods::SHIFT, ["\r", "\x1b[27;2;13~", "\x1b[27;2;13~"]),
        (Enter, Mods::CTRL, ["\r", "\x1b[27;5;13~", "\x1b[27;5;13~"]),
        (Enter, Mods::ALT, ["\x1b\r", "\x1b\r", "\x1b[27;3;13~"]),
        (Tab, Mods::CTRL, ["\t", "\x1b[27;5;9~", "\x1b[27;5;9~"]),
        (Tab, Mods::SHIFT, ["\x1b[Z"; 3]),
        (Tab, CTRL_SHIFT, ["\x1b[Z", "\x1b[27;6;9~", "\x1b[27;6;9~"]),
        (Backspace, Mods::CTRL, ["\x08"; 3]),
        (Backspace, Mods::SHIFT, ["\x7f", "\x7f", "\x1b[27;2;127~"]),
        (Esc, Mods::ALT, ["\x1b\x1b", "\x1b\x1b", "\x1b[27;3;27~"]),
        (Char('a'), Mods::CTRL, ["\x01", "\x01", "\x1b[27;5;97~"]),
        (Char('a'), Mods::ALT, ["\x1ba", "\x1ba", "\x1b[27;3;97~"]),
        (Char('A'), shift_alt, ["\x1bA", "\x1bA", "\x1b[27;4;65~"]),
        (Char('A'), CTRL_SHIFT, ["\x01", "\x1b[27;6;65~", "\x1b[27;6;65~"]),
        (Char('1'), Mods::CTRL, ["1", "\x1b[27;5;49~", "\x1b[27;5;49~"]),
        (Char(','), Mods::CTRL, [",", "\x1b[27;5;44~", "\x1b[27;5;44~"]),
        (Char(' '), Mods::CTRL, ["\0", "\0", "\x1b[27;5;32~"]),
        (Char(' '), Mods::SHIFT, [" ", " ", "\x1b[27;2;32~"]),
        (Char('!'), Mods::SHIFT, ["!"; 3]),
        (Up, Mods::CTRL, ["\x1b[1;5A"; 3]),
        (F(5), Mods::SHIFT, ["\x1b[15;2~"; 3]),
    ];
    for (code, mods, bytes) in table {
        let key = Key { code: *code, mods: *mods };
        for (level, bytes) in (0..).zip(bytes) {
            let modes = Modes { other_keys: level, ..Modes::default() };
            assert_eq!(String::from_utf8_lossy(&encode(&key, &modes)), *bytes, "{key:?} at {level}");
        }
    }
    let other = Modes { other_keys: 2, other_format: true, ..Modes::default() };
    assert_eq!(encode(&Key { code: Code::Enter, mods: Mods::SHIFT }, &other), b"\x1b[13;2u");
}

#[test]
fn all_that_the_protocol_can_tell_is_told() {
    let a = Stroke { plain: Some('a'), text: "a".into(), ..Stroke::from(Key::char('a')) };
    let capital = Stroke {
        plain: Some('a'),
        shifted: Some('A'),
        held: Stroke::SHIFT,
        text: "A".into(),
        ..Stroke::from(Key::char('A'))
    };
    let cyrillic = Stroke { plain: Some('ф'), base: Some('a'), ..Stroke::from(Key::ctrl('ф')) };
    let up = |stroke: &Stroke| Stroke { press: Press::Up, text: String::new(), ..stroke.clone() };
    let again = |stroke: &Stroke| Stroke { press: Press::Again, ..stroke.clone() };
    let key = |code| Stroke::from(Key::plain(code));
    let pad = |code| Stroke { pad: true, ..key(code) };
    let table: &[(Stroke, u8, &str)] = &[
        (a.clone(), 3, "a"),
        (again(&a), 3, "a"),
        (up(&a), 1, ""),
        (up(&a), 3, "\x1b[97;1:3u"),
        (a.clone(), 8, "\x1b[97u"),
        (a.clone(), 31, "\x1b[97;;97u"),
        (again(&a), 31, "\x1b[97;1:2;97u"),
        (capital.clone(), 1, "A"),
        (capital.clone(), 8, "\x1b[97;2u"),
        (capital.clone(), 31, "\x1b[97:65;2;65u"),
        (up(&capital), 31, "\x1b[97:65;2:3u"),
        (Stroke::from(Key::char('A')), 31, "\x1b[97:65;2;65u"),
        (cyrillic.clone(), 1, "\x1b[1092;5u"),
        (cyrillic.clone(), 5, "\x1b[1092::97;5u"),
        (cyrillic, 0, "\x01"),
        (key(Code::Enter), 3, "\r"),
        (up(&key(Code::Enter)), 3, ""),
        (up(&key(Code::Enter)), 10, "\x1b[13;1:3u"),
        (key(Code::Enter), 8, "\x1b[13u"),
        (key(Code::Esc), 2, "\x1b"),
        (up(&key(Code::Esc)), 3, "\x1b[27;1:3u"),
        (key(Code::Up), 1, "\x1b[A"),
        (again(&key(Code::Up)), 3, "\x1b[1;1:2A"),
        (up(&key(Code::Up)), 3, "\x1b[1;1:3A"),
        (key(Code::F(1)), 1, "\x1b[P"),
        (key(Code::F(3)), 1, "\x1b[13~"),
        (key(Code::F(13)), 1, "\x1b[57376u"),
        (key(Code::F(13)), 0, "\x1b[1;2P"),
        (pad(Code::Enter), 1, "\x1b[57414u"),
        (pad(Code::Enter), 0, "\r"),
        (pad(Code::Char('5')), 1, "5"),
        (pad(Code::Up), 1, "\x1b[57419u"),
        (key(Code::Other(57441)), 1, ""),
        (key(Code::Other(57441)), 9, "\x1b[57441u"),
        (key(Code::Other(57427)), 1, "\x1b[E"),
        (Stroke::from(Key::ctrl('a')), 2, "\x01"),
        (up(&Stroke::from(Key::ctrl('a'))), 2, "\x1b[97;5:3u"),
        (key(Code::Enter), 4, "\r"),
    ];
    for (stroke, kitty, bytes) in table {
        let modes = Modes { kitty: *kitty, ..Modes::default() };
        let made = keys::encode(stroke, &modes);
        assert_eq!(String::from_utf8_lossy(&made), *bytes, "{stroke:?} with {kitty}");
    }
}

#[test]
fn what_ends_a_line_and_what_leaves_nothing_is_known() {
    let ends = |stroke: Stroke, kitty| {
        let bytes = keys::encode(&stroke, &Modes { kitty, ..Modes::default() });
        submits(&stroke, &bytes)
    };
    for kitty in [0, 1, 31] {
        assert!(ends(Key::plain(Code::Enter).into(), kitty) && ends(Key::ctrl('c').into(), kitty));
        assert!(!ends(Key::char('c').into(), kitty));
    }
    let shift_enter = Key { code: Code::Enter, mods: Mods::SHIFT };
    assert!(ends(shift_enter.into(), 0) && !ends(shift_enter.into(), 1));
    assert!(!ends(Stroke { press: Press::Up, ..Key::plain(Code::Enter).into() }, 31));
    for nothing in
        ["\x1b", "\x1b[A", "\x1b[27u", "\x1b[97;1:3u", "\x1b[57441u", "\x1b[<0;1;1M", "\x1b[I", "\x1ba"]
    {
        assert!(leaves_nothing(nothing.as_bytes()), "{nothing:?}");
    }
    for text in ["a", "\x1b[97u", "\x1b[97:65;2;65u", "\x1b[200~x\x1b[201~", "\x1b[27;2;13~", "\x1b[127;1:2u"]
    {
        assert!(!leaves_nothing(text.as_bytes()), "{text:?}");
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
        (Down(9), Mods::NONE, sgr(MouseMode::Click), b"\x1b[<129;5;10M"),
        (Down(4), Mods::NONE, sgr(MouseMode::Click), b""),
        (ScrollLeft, Mods::NONE, sgr(MouseMode::Click), b"\x1b[<66;5;10M"),
        (Up(0), Mods::NONE, modes(MouseMode::Click, MouseCoding::Utf8), b"\x1b[M#%*"),
        (Down(8), Mods::NONE, modes(MouseMode::Click, MouseCoding::Utf8), "\x1b[M\u{a0}%*".as_bytes()),
    ];
    for (kind, mods, modes, bytes) in table {
        assert_eq!(encode_mouse(&at(*kind, *mods), modes), *bytes, "{kind:?} {modes:?}");
    }
    let far = Mouse { kind: Down(0), column: 223, row: 0, mods: Mods::NONE };
    assert_eq!(encode_mouse(&far, &modes(MouseMode::Click, MouseCoding::X10)), b"");
    assert_eq!(encode_mouse(&far, &sgr(MouseMode::Click)), b"\x1b[<0;224;1M");
    let utf8 = modes(MouseMode::Click, MouseCoding::Utf8);
    assert_eq!(encode_mouse(&far, &utf8), "\x1b[M \u{100}!".as_bytes());
    assert_eq!(encode_mouse(&Mouse { column: 2015, ..far }, &utf8), b"");
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
