//! What terminals send, and that it reaches a program that asked for the same as it came.

use proptest::prelude::*;

use super::*;
use crate::domain::key::{Mouse, MouseKind, Press};
use crate::screen::{Modes, keys};

fn all(bytes: &[u8]) -> Vec<Came> {
    let mut decoder = Decoder::default();
    let mut came = decoder.feed(bytes);
    came.extend(decoder.give_up());
    assert!(decoder.patience().is_none());
    came
}

fn strokes(bytes: &[u8]) -> Vec<Stroke> {
    let stroke = |came| match came {
        Came::Input(Input::Key(stroke)) => stroke,
        other => panic!("{other:?} of {bytes:?}"),
    };
    all(bytes).into_iter().map(stroke).collect()
}

fn one(bytes: &str) -> Key {
    let strokes = strokes(bytes.as_bytes());
    assert_eq!(strokes.len(), 1, "{bytes:?}: {strokes:?}");
    strokes[0].key
}

const CTRL_ALT: Mods = Mods { shift: false, alt: true, ctrl: true };
const CTRL_SHIFT: Mods = Mods { shift: true, alt: false, ctrl: true };

#[test]
fn keys_are_known_in_every_encoding() {
    use Code::*;
    let table: &[(&str, Code, Mods)] = &[
        ("a", Char('a'), Mods::NONE),
        ("é", Char('é'), Mods::NONE),
        ("\u{1f600}", Char('\u{1f600}'), Mods::NONE),
        ("\x11", Char('q'), Mods::CTRL),
        ("\x1b[113;5u", Char('q'), Mods::CTRL),
        ("\x1b[27;5;113~", Char('q'), Mods::CTRL),
        ("\x1b[113;69u", Char('q'), Mods::CTRL),
        ("\0", Char(' '), Mods::CTRL),
        ("\x1f", Char('_'), Mods::CTRL),
        ("\x1b", Esc, Mods::NONE),
        ("\x1b[27u", Esc, Mods::NONE),
        ("\x1b\x1b", Esc, Mods::ALT),
        ("\x1b\x1b[A", Up, Mods::ALT),
        ("\x1bx", Char('x'), Mods::ALT),
        ("\x1b\x01", Char('a'), CTRL_ALT),
        ("\x1b[", Char('['), Mods::ALT),
        ("\x1bO", Char('O'), Mods::ALT),
        ("\x1b]", Char(']'), Mods::ALT),
        ("\r", Enter, Mods::NONE),
        ("\x1b[13;2u", Enter, Mods::SHIFT),
        ("\x1b[27;2;13~", Enter, Mods::SHIFT),
        ("\x1b\r", Enter, Mods::ALT),
        ("\x7f", Backspace, Mods::NONE),
        ("\x1b[127;5u", Backspace, Mods::CTRL),
        ("\x1b\x7f", Backspace, Mods::ALT),
        ("\x1b[Z", Tab, Mods::SHIFT),
        ("\x1b[9;5u", Tab, Mods::CTRL),
        ("\x1b[A", Up, Mods::NONE),
        ("\x1bOA", Up, Mods::NONE),
        ("\x1b[1;6C", Right, CTRL_SHIFT),
        ("\x1b[3;5~", Delete, Mods::CTRL),
        ("\x1bOP", F(1), Mods::NONE),
        ("\x1b[[A", F(1), Mods::NONE),
        ("\x1b[11~", F(1), Mods::NONE),
        ("\x1b[15;2~", F(5), Mods::SHIFT),
        ("\x1b[24~", F(12), Mods::NONE),
        ("\x1b[57376u", F(13), Mods::NONE),
        ("\x1b[97:65;2;65u", Char('A'), Mods::NONE),
        ("\x1b[97;2;65u", Char('A'), Mods::NONE),
        ("\x1b[97;6u", Char('A'), Mods::CTRL),
        ("\x1b[0;;229u", Char('å'), Mods::NONE),
        ("\x1b[57399u", Char('0'), Mods::NONE),
        ("\x1bOM", Enter, Mods::NONE),
        ("\x1b[57430u", Other(57430), Mods::NONE),
    ];
    for (bytes, code, mods) in table {
        assert_eq!(one(bytes), Key { code: *code, mods: *mods }, "{bytes:?}");
    }
    assert!(strokes(b"\x1bOM")[0].pad && strokes(b"\x1b[57414u")[0].pad);
    let presses: Vec<_> = strokes(b"\x1b[97;1:1u\x1b[97;1:2u\x1b[97;1:3u\x1b[1;1:3A\x1b[5;1:3~")
        .iter()
        .map(|s| s.press)
        .collect();
    assert_eq!(presses, [Press::Down, Press::Again, Press::Up, Press::Up, Press::Up]);
}

/// Whatever a terminal sends in a mode, a program in a pane that asked for that mode gets.
#[test]
fn what_was_asked_for_comes_as_it_was_sent() {
    let plain: &[&str] = &[
        "a",
        "A",
        "é",
        "\x01",
        "\x1b",
        "\x1b\x1b",
        "\x1ba",
        "\x1bA",
        "\x1b\x01",
        "\r",
        "\t",
        "\x7f",
        "\x08",
        "\x1b[Z",
        "\x1b[A",
        "\x1b[1;5A",
        "\x1b[1;8H",
        "\x1bOP",
        "\x1b[1;2P",
        "\x1b[15~",
        "\x1b[15;5~",
        "\x1b[2~",
        "\x1b[3;2~",
        "\0",
        "\x1c",
        "\x1d",
        "\x1e",
        "\x1f",
        "\x1b\x7f",
        "\x1b\r",
        "\x1b[1;3R",
    ];
    let level1: &[&str] = &[
        "\x1b[27;5;9~",
        "\x1b[27;2;13~",
        "\x1b[27;5;13~",
        "\x1b[27;5;49~",
        "\x1b[27;6;65~",
        "\x01",
        "\x1ba",
        "\x1b[Z",
    ];
    let level2: &[&str] = &[
        "a",
        // From a terminal that does not know the level; or Escape, and at once another key.
        "\x1ba",
        "\x1b:",
        "\x1b\x1b",
        "\x1b\r",
        "A",
        "\x1b[27;2;65~",
        "\x1b[27;5;97~",
        "\x1b[27;6;65~",
        "\x1b[27;3;97~",
        "\x1b[27;2;13~",
        "\x1b[27;3;27~",
        "\x1b[27;5;32~",
        "\x1b[27;2;127~",
        "\x1b[Z",
        "\x1b[27;6;9~",
        "\x1b[1;5A",
        "!",
    ];
    let kitty1: &[&str] = &[
        "a",
        "A",
        "\x1b[97;5u",
        "\x1b[97;6u",
        "\x1b[97;3u",
        "\x1b[27u",
        "\x1b[27;3u",
        "\r",
        "\x1b[13;2u",
        "\x1b[13;5u",
        "\t",
        "\x1b[9;5u",
        "\x1b[9;2u",
        "\x7f",
        "\x1b[127;5u",
        "\x1b[57414u",
        "\x1b[57417u",
        "\x1b[A",
        "\x1b[1;5A",
        "\x1b[P",
        "\x1b[13~",
        "\x1b[S",
        "\x1b[57376u",
        "\x1b[1;129A",
        "\x1b[32;5u",
        "\x1b[E",
        "\x1b[97;9u",
    ];
    let kitty3: &[&str] = &[
        "a",
        "\x1b[97;1:3u",
        "\x1b[97;2:3u",
        "\x1b[97;5u",
        "\x1b[97;5:3u",
        "\x1b[1;1:3A",
        "\x1b[1;1:2A",
        "\x1b[3;1:3~",
    ];
    let kitty31: &[&str] = &[
        "\x1b[97;;97u",
        "\x1b[97;1:3u",
        "\x1b[97:65;2;65u",
        "\x1b[97:65;2:2;65u",
        "\x1b[97:65;2:3u",
        "\x1b[97;5u",
        "\x1b[1092::97;5u",
        "\x1b[1092:1060:97;6u",
        "\x1b[13u",
        "\x1b[13;2u",
        "\x1b[13;1:3u",
        "\x1b[57441;2u",
        "\x1b[57441;1:3u",
        "\x1b[57358;65u",
        "\x1b[0;;229u",
        "\x1b[57404;129;53u",
        "\x1b[49:33;2;33u",
        "\x1b[A",
    ];
    let default = Modes::default();
    for (modes, sent) in [
        (default, plain),
        (Modes { other_keys: 1, ..default }, level1),
        (Modes { other_keys: 2, ..default }, level2),
        (Modes { kitty: 1, ..default }, kitty1),
        (Modes { kitty: 3, ..default }, kitty3),
        (Modes { kitty: 31, ..default }, kitty31),
        (Modes { app_keypad: true, app_cursor: true, ..default }, &["\x1bOM", "\x1bOw", "\x1bOA", "\x1bOk"]),
    ] {
        for bytes in sent {
            let made: Vec<u8> =
                strokes(bytes.as_bytes()).iter().flat_map(|s| keys::encode(s, &modes)).collect();
            assert_eq!(String::from_utf8_lossy(&made), *bytes, "{modes:?}: {:?}", strokes(bytes.as_bytes()));
        }
    }
}

#[test]
fn a_terminal_that_tells_of_modifiers_means_backspace_by_a_control_character() {
    assert_eq!(one("\x08"), Key::ctrl('h'));
    let backspace = Key { code: Code::Backspace, mods: Mods::CTRL };
    for before in ["\x1b[?0u", "\x1b[27;5;97~"] {
        let last = all(format!("{before}\x08").as_bytes()).pop();
        assert_eq!(last, Some(Came::Input(Input::Key(backspace.into()))), "{before:?}");
    }
}

#[test]
fn mouse_and_focus_are_known() {
    use MouseKind::*;
    let at = |kind, mods| Came::Input(Input::Mouse(Mouse { kind, column: 4, row: 9, mods }));
    for (bytes, kind, mods) in [
        ("\x1b[<0;5;10M", Down(0), Mods::NONE),
        ("\x1b[<2;5;10m", Up(2), Mods::NONE),
        ("\x1b[<32;5;10M", Drag(0), Mods::NONE),
        ("\x1b[<35;5;10M", Moved, Mods::NONE),
        ("\x1b[<84;5;10M", ScrollUp, CTRL_SHIFT),
        ("\x1b[<66;5;10M", ScrollLeft, Mods::NONE),
        ("\x1b[<128;5;10M", Down(8), Mods::NONE),
        ("\x1b[M %*", Down(0), Mods::NONE),
    ] {
        assert_eq!(all(bytes.as_bytes()), [at(kind, mods)], "{bytes:?}");
    }
    let focus = [Came::Input(Input::Focus(true)), Came::Input(Input::Focus(false))];
    assert_eq!(all(b"\x1b[I\x1b[O"), focus);
}

#[test]
fn answers_are_nobody_s_keys() {
    let q = [Came::Input(Input::Key(Key::char('q').into()))];
    for answer in [
        "\x1b]11;rgb:1e1e/1e1e/2e2e\x1b\\",
        "\x1b]11;rgb:1e1e/1e1e/2e2e\x07",
        "\x1bP>|XTerm(390)\x1b\\",
        "\x1b[?2026;2$y",
        "\x1b[>41;390;0c",
        "\x1b[3;7R",
        "\x1b_Gi=31;OK\x1b\\",
    ] {
        assert_eq!(all(format!("{answer}q").as_bytes()), q, "{answer:?}");
        // However late its rest comes.
        let mut decoder = Decoder::default();
        assert_eq!(decoder.feed(&answer.as_bytes()[..3]), []);
    }
    assert_eq!(all(b"\x1b[?5u\x1b[?62;4c"), [Came::Kitty, Came::Attributes]);
    // What does not go on like an answer was typed.
    let typed = strokes(b"\x1b]hello");
    assert_eq!(typed[0].key, Key { code: Code::Char(']'), mods: Mods::ALT });
    assert_eq!(typed.len(), 6);
}

#[test]
fn a_paste_is_whole_however_it_is_cut() {
    let text = format!("{}\x1b[20\x1b[201é", "a line\r\n".repeat(1000));
    let sent = format!("x\x1b[200~{text}\x1b[201~y");
    for size in [1, 2, 7, 100, sent.len()] {
        let mut decoder = Decoder::default();
        let came: Vec<Came> = sent.as_bytes().chunks(size).flat_map(|part| decoder.feed(part)).collect();
        let (mut pasted, mut keys, mut ends) = (Vec::new(), 0, 0);
        for came in came {
            match came {
                Came::Paste(part) => pasted.extend(part),
                Came::PasteEnd => ends += 1,
                _ => keys += 1,
            }
        }
        assert_eq!((String::from_utf8(pasted).unwrap(), keys, ends), (text.clone(), 2, 1), "{size}");
    }
    assert_eq!(all(b"\x1b[200~\x1b[201~"), [Came::PasteEnd]);
}

proptest! {
    #[test]
    fn nothing_is_too_much_for_it(bytes in prop::collection::vec(
        prop_oneof![any::<u8>(), prop::sample::select(b"\x1b[]O<?;:0123456789~uMmAPc".to_vec())], 0..300
    ), cut in 1..50_usize) {
        let mut whole = Decoder::default();
        let mut parts = Decoder::default();
        let join = |came: Vec<Came>| came.into_iter().fold(Vec::new(), |mut all: Vec<Came>, came| {
            match (all.last_mut(), came) {
                (Some(Came::Paste(before)), Came::Paste(more)) => before.extend(more),
                (_, came) => all.push(came),
            }
            all
        });
        let at_once = join(whole.feed(&bytes));
        let bit_by_bit = join(bytes.chunks(cut).flat_map(|part| parts.feed(part)).collect());
        prop_assert_eq!(at_once, bit_by_bit);
        whole.give_up();
        prop_assert!(whole.pasting || whole.buffer.is_empty());
    }
}
