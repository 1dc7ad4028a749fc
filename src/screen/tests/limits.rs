//! What a hostile program may try, and where it ends.

use std::time::{Duration, Instant};

use super::super::{NOTICE_MAX, Screen, Signal, Size, TITLE_MAX};
use super::{fed, ms, screen};

/// Far more than any of these takes, far less than without the limit.
const SOON: Duration = Duration::from_secs(20);

#[test]
fn sizes_are_brought_within_limits() {
    let table = [((0, 0), (2, 2)), ((1, 80), (2, 80)), ((24, 1), (24, 2)), ((9999, 9999), (1000, 1000))];
    for ((rows, cols), (r, c)) in table {
        let mut screen = Screen::new(Size { rows, cols }, 0);
        assert_eq!(screen.size(), Size { rows: r, cols: c });
        screen.resize(Size { rows, cols });
        assert_eq!(screen.size(), Size { rows: r, cols: c });
    }
}

#[test]
fn one_column_with_wide_characters_in_history_does_not_hang() {
    let start = Instant::now();
    let mut screen = screen(4, 20);
    screen.feed("中文中文 wide\r\n".repeat(100).as_bytes(), ms(0));
    for cols in [1, 2, 3, 0, 40, 1] {
        screen.resize(Size { rows: 1, cols });
        screen.feed("中x文\r\n".as_bytes(), ms(0));
    }
    assert!(start.elapsed() < SOON);
}

#[test]
fn kitty_flags_pushed_for_ever_do_no_harm() {
    let mut screen = screen(4, 20);
    let feed = screen.feed(&b"\x1b[>1u".repeat(20_000), ms(0));
    assert_eq!(feed.signals, []);
    assert_eq!(screen.feed(b"\x1b[<65535u\x1b[?u", ms(0)).replies, b"\x1b[?0u");
}

#[test]
fn huge_repetition_counts_cost_little() {
    let start = Instant::now();
    let mut screen = Screen::new(Size { rows: 50, cols: 200 }, 2000);
    screen.feed(&b"a\x1b[65535b".repeat(2_000), ms(0));
    // Without the limit these are 131 million cells.
    assert!(start.elapsed() < SOON, "{:?}", start.elapsed());
    for last in "@ABCDEFGIKLMPSTXZ`abde".chars() {
        screen.feed(format!("\x1b[65535{last}\x1b[65535;65535{last}").repeat(200).as_bytes(), ms(0));
    }
    assert!(start.elapsed() < SOON, "{:?}", start.elapsed());
}

#[test]
fn an_honest_repetition_is_done_in_full() {
    let (screen, _) = fed("x\x1b[19b");
    assert_eq!(screen.text_rows()[0], "x".repeat(20));
    let (screen, _) = fed("x\x1b[b\x1b[0by");
    assert_eq!(screen.text_rows()[0], "xxxy");
    // Several rows at once, once enough was printed.
    let (screen, _) = fed(format!("{}\x1b[H\x1b[2Jz\x1b[59b", "a".repeat(20)));
    assert_eq!(screen.text_rows()[..3], ["z".repeat(20), "z".repeat(20), "z".repeat(20)]);
}

#[test]
fn endless_strings_are_dropped_up_to_their_end() {
    for begin in ["\x1b]0;", "\x1b]9;", "\x1bP", "\x1b_", "\x1b^", "\x1bX", "\x1b]52;c;"] {
        let mut screen = screen(4, 20);
        screen.feed(begin.as_bytes(), ms(0));
        for _ in 0..64 {
            let feed = screen.feed(&[b'x'; 64 * 1024], ms(0));
            assert!(feed.signals.is_empty() && feed.replies.is_empty());
        }
        assert!(screen.sieve.memory() < 1024, "{begin:?} keeps {}", screen.sieve.memory());
        let feed = screen.feed(b"\x1b\\after", ms(0));
        assert_eq!((feed.signals, screen.text_rows()[0].as_str()), (vec![], "after"), "{begin:?}");
        // The next is taken as ever.
        assert_eq!(screen.feed(b"\x1b]9;hi\x07", ms(0)).signals, [Signal::Notify("hi".into())]);
    }
}

#[test]
fn an_endless_csi_is_dropped() {
    let mut screen = screen(4, 20);
    screen.feed(b"\x1b[", ms(0));
    screen.feed(&b"1;".repeat(100_000), ms(0));
    assert!(screen.sieve.memory() < 1024);
    screen.feed(b"Hok", ms(0));
    assert_eq!(screen.text_rows()[0], "ok");
    screen.feed(format!("\x1b{}Bx", " ".repeat(100_000)).as_bytes(), ms(0));
    assert!(screen.sieve.memory() < 1024);
    assert_eq!(screen.text_rows()[0], "okx");
}

#[test]
fn marks_on_one_cell_are_bounded() {
    let mut screen = screen(4, 20);
    // Also when the cursor is moved away and back.
    screen.feed("e\u{301}\u{302}\x1b[C\x1b[D".as_bytes(), ms(0));
    for _ in 0..1000 {
        screen.feed("\u{301}\u{302}\x1b[C\x1b[D".as_bytes(), ms(0));
    }
    let cell = screen.row(0, 0).cells().next().unwrap().to_string();
    assert_eq!(cell.chars().count(), 9);
}

#[test]
fn texts_of_signals_are_bounded() {
    let long = "t".repeat(30_000);
    let (_, feed) = fed(format!("\x1b]0;{long}\x07\x1b]9;{long}\x07\x1b]777;notify;{long};{long}\x07"));
    let lengths: Vec<_> = feed
        .signals
        .iter()
        .map(|s| match s {
            Signal::Title(t) | Signal::Notify(t) => t.len(),
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(lengths, [TITLE_MAX, NOTICE_MAX, NOTICE_MAX]);
    let (_, feed) = fed("\x1b]133;A\x07".repeat(5000));
    assert!(feed.signals.len() <= 256);
}

#[test]
fn a_frame_too_large_to_hold_is_shown() {
    let mut screen = screen(4, 20);
    screen.feed(b"\x1b[?2026h", ms(0));
    screen.feed(&vec![b'x'; 3 * 1024 * 1024], ms(1));
    assert_eq!(screen.deadline(), None);
    assert!(!screen.is_blank());
}

#[test]
fn a_failing_emulator_begins_anew_and_the_rest_is_shown() {
    let mut screen = screen(4, 20);
    screen.feed(b"before\x1b[?2004h", ms(0));
    screen.core.trip = Some(b"BOOM");
    let mut bytes = vec![b'.'; 4000];
    bytes.extend_from_slice(b"BOOM");
    bytes.resize(4096, b'-');
    bytes.extend_from_slice(b"after");
    let feed = screen.feed(&bytes, ms(0));
    assert_eq!(feed.signals, [Signal::EmulatorReset]);
    assert_eq!(screen.text_rows()[0], "after");
    assert!(!screen.modes().bracketed_paste);
    // Size and life go on.
    assert_eq!(screen.size(), Size { rows: 4, cols: 20 });
    assert_eq!(screen.feed(b"\x1b[6n", ms(0)).replies, b"\x1b[1;6R");
}
