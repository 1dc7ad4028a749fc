//! What must hold for any bytes.

use proptest::prelude::*;

use super::super::{Screen, Size, is_unsafe};
use super::{ms, seen};

/// A piece of what programs print, or of what they should not.
fn piece() -> impl Strategy<Value = Vec<u8>> {
    let text = |s: &'static [&'static str]| prop::sample::select(s).prop_map(|s| s.as_bytes().to_vec());
    prop_oneof![
        4 => "[ -~]{1,30}".prop_map(String::into_bytes),
        2 => text(&["中文", "é", "e\u{301}", "👩\u{200d}👩", "\u{202e}x", "한글", "\u{e0041}", "─│"]),
        2 => text(&["\r\n", "\n", "\t", "\x08", "\r", "\x07", "\x0e", "\x0f", "\x0b", "\x18", "\x1a", "\x7f"]),
        2 => text(&["\x1b[31m", "\x1b[1;38;5;99m", "\x1b[0m", "\x1b[48;2;1;2;3m", "\x1b[4:3m", "\x1b[7m"]),
        2 => text(&["\x1b[H", "\x1b[2J", "\x1b[K", "\x1b[3;5H", "\x1b[2A", "\x1b[4L", "\x1b[2;4r", "\x1b[5b",
            "\x1b[999b", "\x1b[3S", "\x1b[2T", "\x1b[2@", "\x1b[3P", "\x1b[Z", "\x1b[I", "\x1b[6n", "\x1b[18t"]),
        1 => text(&["\x1b[?1049h", "\x1b[?1049l", "\x1b[?2026h", "\x1b[?2026l", "\x1b[?25;2026h", "\x1b[?7l",
            "\x1b[4h", "\x1b[>1u", "\x1b[<u", "\x1b[?u", "\x1b[?3h", "\x1b[?6h", "\x1b[22t", "\x1b[23t"]),
        1 => text(&["\x1b]0;title\x07", "\x1b]9;hi\x1b\\", "\x1b]8;;http://x\x1b\\", "\x1b]4;1;?\x07", "\x1b]x",
            "\x1bPq~\x1b\\", "\x1b_G\x1b\\", "\x1b]52;c;?\x07", "\x1bP", "\x1b\\"]),
        1 => text(&["\x1b7", "\x1b8", "\x1bM", "\x1bD", "\x1bc", "\x1b(0", "\x1b(B", "\x1b#8", "\x1bE", "\x1b="]),
        // Odd ones: controls within, cancelled, restarted, cut off, malformed.
        1 => text(&["\x1b[1\n;2H", "\x1b[3\x18", "\x1b[4\x1b[5G", "\x1b[", "\x1b", "\x1b[>5b", "\x1b[ 5b",
            "\x1b[1;2:3;4z", "\x1b[\x7f3C", "\x1b\x07[2C", "\x1b[?2026$p", "\x1b[5:3b"]),
        1 => prop::collection::vec(any::<u8>(), 1..8),
    ]
}

pub(super) fn stream() -> impl Strategy<Value = Vec<u8>> {
    prop::collection::vec(piece(), 0..25).prop_map(|pieces| pieces.concat())
}

pub(super) fn size() -> impl Strategy<Value = Size> {
    (2..9u16, 2..40u16).prop_map(|(rows, cols)| Size { rows, cols })
}

/// Everything that comes of `bytes` cut at `cuts`.
fn outcome<'a>(size: Size, parts: impl Iterator<Item = &'a [u8]>) -> (String, Vec<u8>) {
    let mut screen = Screen::new(size, 50);
    let replies = parts.flat_map(|part| screen.feed(part, ms(0)).replies).collect();
    screen.expire(ms(10_000));
    (seen(&screen), replies)
}

proptest! {
    #[test]
    fn a_cut_anywhere_changes_nothing(bytes in stream(), size in size()) {
        let whole = outcome(size, std::iter::once(&bytes[..]));
        prop_assert_eq!(&outcome(size, bytes.chunks(1)), &whole, "byte by byte");
        for cut in 0..=bytes.len() {
            let (a, b) = bytes.split_at(cut);
            prop_assert_eq!(&outcome(size, [a, b].into_iter()), &whole, "cut at {}", cut);
        }
    }

    #[test]
    fn cells_and_replies_are_clean_for_any_stream(bytes in stream(), size in size(), other in size()) {
        let mut screen = Screen::new(size, 50);
        let feed = screen.feed(&bytes, ms(0));
        prop_assert!(!feed.signals.contains(&super::super::Signal::EmulatorReset));
        screen.resize(other);
        screen.expire(ms(1000));
        for n in 0..usize::from(other.rows) {
            let mut width = 0;
            for cell in screen.row(n, 1).cells() {
                width += u16::from(cell.width);
                prop_assert!(!cell.to_string().chars().any(is_unsafe), "{:?}", cell);
            }
            prop_assert_eq!(width, other.cols);
        }
        let lines = screen.logical_lines(50);
        prop_assert!(lines.iter().filter(|l| !l.finished).count() == 1);
        prop_assert!(screen.last_lines(3).len() <= 3);
        prop_assert!(screen.text_rows().iter().all(|r| !r.chars().any(is_unsafe)));
    }

    #[test]
    fn random_bytes_never_fail_the_emulator(
        parts in prop::collection::vec((prop::collection::vec(any::<u8>(), 0..300), 0..50u16, 0..50u16), 1..8)
    ) {
        let mut screen = Screen::new(Size { rows: 2, cols: 2 }, 20);
        for (n, (bytes, rows, cols)) in parts.iter().enumerate() {
            let feed = screen.feed(bytes, ms(n as u64 * 100));
            prop_assert!(!feed.signals.contains(&super::super::Signal::EmulatorReset));
            screen.resize(Size { rows: *rows, cols: *cols });
            let _ = seen(&screen);
        }
    }
}
