//! What is left out of a flood is never missed.

use proptest::prelude::*;

use super::super::{HISTORY, Screen, Size, styles};
use super::ms;
use super::property::{size, stream};

const HISTORY_ROWS: usize = 20;

/// Lines as programs print them, and things that only look harmless.
fn text() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        8 => "[ -~]{0,90}\r\n".prop_map(String::into_bytes),
        2 => prop::sample::select(vec!["中文\r\n", "e\u{301}\r\n", "\u{301}", "한글", "\t", "\x08", "\r", "\n", "\x0b",
            "\x0c", "\x18", "\x1a", "\x7f", "\u{84}", "\u{8d}", "\u{9b}2J", "\r\n\r\n"])
            .prop_map(|s| s.as_bytes().to_vec()),
        2 => prop::sample::select(vec!["\x1b[31m", "\x1b[m", "\x1b[0m", "\x1b[1;38;5;99m", "\x1b[4:3;48;2;1;2;3m", "\x1b[7m"])
            .prop_map(|s| s.as_bytes().to_vec()),
        1 => prop::collection::vec(any::<u8>(), 1..6),
    ];
    prop::collection::vec(piece, 0..120).prop_map(|pieces| pieces.concat())
}

/// Feeds `bytes` as a server does that leaves out what it may, in portions. Gives how much it left out.
fn skim(screen: &mut Screen, bytes: &[u8], portion: usize) -> usize {
    let skipped = screen.skippable(bytes);
    screen.skip(skipped, &styles(&bytes[..skipped]));
    bytes[skipped..].chunks(portion).for_each(|part| drop(screen.feed(part, ms(0))));
    skipped
}

/// Feeds the same bytes, all of them, in as many portions.
fn feed(screen: &mut Screen, bytes: &[u8]) {
    screen.feed(bytes, ms(0));
}

fn same(a: &Screen, b: &Screen) -> bool {
    // But for the count of changes, which is one of feeds.
    let mut a = a.clone();
    a.changes = b.changes;
    a.snapshot(HISTORY) == b.snapshot(HISTORY)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]
    #[test]
    fn what_is_left_out_makes_no_difference(
        before in stream(), flood in text(), more in text(), after in stream(),
        size in size(), other in size(), portion in 1..400_usize
    ) {
        let start = || {
            let mut screen = Screen::new(size, HISTORY_ROWS);
            screen.feed(&before, ms(0));
            screen
        };
        let (mut all, mut some) = (start(), start());
        for bytes in [&flood, &more] {
            feed(&mut all, bytes);
            skim(&mut some, bytes, portion);
            prop_assert!(same(&all, &some), "after the flood");
        }
        for screen in [&mut all, &mut some] {
            screen.feed(&after, ms(0));
            screen.resize(other);
            screen.feed(b"\x1b[3b\x1b[?1049l\x1b8x", ms(1000));
        }
        prop_assert!(same(&all, &some), "later");
    }
}

#[test]
fn much_of_a_flood_is_left_out_and_lines_without_a_return_never() {
    let mut screen = Screen::new(Size { rows: 5, cols: 20 }, HISTORY_ROWS);
    let lines =
        |end: &str| (0..1000).flat_map(|n| format!("line {n}{end}").into_bytes()).collect::<Vec<u8>>();
    let flood = lines("\r\n");
    let skipped = skim(&mut screen, &flood, 4096);
    assert!(skipped > flood.len() * 9 / 10 && skipped < flood.len());
    assert_eq!(screen.row(0, HISTORY_ROWS).text(), "line 976");
    assert_eq!(screen.row(3, 0).text(), "line 999");
    assert_eq!(screen.skippable(&lines("\n")), 0);
    assert!(screen.skippable(&lines("\x1b[1;32m in colour\x1b[0m\r\n")) > flood.len());
    for odd in ["\x1b[K", "\x1b[>4;2m", "\x1b[?m", "\x1bM", "\x0e", "\x0f", "\x07"] {
        assert_eq!(screen.skippable(&[&flood[..], odd.as_bytes()].concat()), 0, "{odd:?}");
    }
    for odd in ["\x1b[2;4r", "\x1b[?2026h", "\x1b[", "\x1b]0;t"] {
        let mut screen = screen.clone();
        screen.feed(odd.as_bytes(), ms(0));
        assert_eq!(screen.skippable(&flood), 0, "{odd:?}");
    }
    screen.feed(b"\x1b[r\x1b[1;5r", ms(0));
    assert_eq!(screen.skippable(&flood), skipped, "a region of the whole screen is none");
}
