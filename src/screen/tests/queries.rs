//! Every question a program may ask, and what it is told.

use super::super::{REPLIES_PER_SECOND, REPLY_MAX};
use super::{fed, ms, screen};

#[test]
fn every_question_has_its_fixed_answer() {
    let version = format!("\x1bP>|orchestra({})\x1b\\", env!("CARGO_PKG_VERSION"));
    let table: &[(&str, &str)] = &[
        ("\x1b[c", "\x1b[?62;22c"),
        ("\x1b[0c", "\x1b[?62;22c"),
        ("\x1bZ", "\x1b[?62;22c"),
        ("\x1b[>c", "\x1b[>1;10;0c"),
        ("\x1b[=c", ""),
        ("\x1b[5n", "\x1b[0n"),
        ("ab\x1b[6n", "\x1b[1;3R"),
        ("\x1b[3;7H\x1b[?6n", "\x1b[?3;7;1R"),
        ("\x1b[?996n", "\x1b[?997;1n"),
        ("\x1b[>q", &version),
        ("\x1b[>0q", &version),
        ("\x1b[14t", "\x1b[4;80;160t"),
        ("\x1b[16t", "\x1b[6;16;8t"),
        ("\x1b[18t", "\x1b[8;5;20t"),
        ("\x1b[21t", ""),
        ("\x1b[?2004$p", "\x1b[?2004;2$y"),
        ("\x1b[?2004h\x1b[?2004$p", "\x1b[?2004;1$y"),
        ("\x1b[?2026$p", "\x1b[?2026;2$y"),
        ("\x1b[?25$p", "\x1b[?25;1$y"),
        ("\x1b[?2027$p", "\x1b[?2027;0$y"),
        ("\x1b[4$p", "\x1b[4;2$y"),
        ("\x1b[99$p", "\x1b[99;0$y"),
        ("\x1b]10;?\x07", "\x1b]10;rgb:d4d4/d4d4/d4d4\x07"),
        ("\x1b]11;?\x1b\\", "\x1b]11;rgb:1e1e/1e1e/1e1e\x1b\\"),
        ("\x1b]12;?\x07", "\x1b]12;rgb:d4d4/d4d4/d4d4\x07"),
        ("\x1b]10;?;?\x07", "\x1b]10;rgb:d4d4/d4d4/d4d4\x07\x1b]11;rgb:1e1e/1e1e/1e1e\x07"),
        ("\x1b]4;1;?\x07", "\x1b]4;1;rgb:cdcd/3131/3131\x07"),
        ("\x1b]4;16;?;255;?\x07", "\x1b]4;16;rgb:0000/0000/0000\x07\x1b]4;255;rgb:eeee/eeee/eeee\x07"),
        ("\x1b]4;999;?\x07", ""),
        ("\x1b]11;rgb:ff/00/00\x07\x1b]11;?\x07", "\x1b]11;rgb:1e1e/1e1e/1e1e\x07"),
        ("\x1b[?u", "\x1b[?0u"),
        ("\x1b[>1u\x1b[?u", "\x1b[?1u"),
        ("\x1b[>31u\x1b[?u", "\x1b[?31u"),
        ("\x1b[>1u\x1b[<u\x1b[?u", "\x1b[?0u"),
        ("\x1b[=1u\x1b[?u\x1b[=1;3u\x1b[?u", "\x1b[?1u\x1b[?0u"),
        ("\x1b[=1;2u\x1b[?u", "\x1b[?1u"),
        ("\x1b[>1u\x1bc\x1b[?u", "\x1b[?0u"),
        // What others give back from what they were told: titles, settings, capabilities, clipboard.
        ("\x1b]0;evil\x07\x1b[21t\x1b[20t", ""),
        ("\x1bP$qm\x1b\\", ""),
        ("\x1bP+q544e\x1b\\", ""),
        ("\x1b]52;c;?\x07", ""),
        ("\x1b]50;?\x07", ""),
        ("\x05", ""),
    ];
    for (asked, answer) in table {
        let (_, feed) = fed(asked);
        assert_eq!(String::from_utf8_lossy(&feed.replies), *answer, "{asked:?}");
        // The same when it comes a byte at a time.
        let mut one = screen(5, 20);
        let replies: Vec<u8> = asked.bytes().flat_map(|b| one.feed(&[b], ms(0)).replies).collect();
        assert_eq!(String::from_utf8_lossy(&replies), *answer, "{asked:?} byte by byte");
    }
}

#[test]
fn the_two_screens_have_their_own_kitty_flags() {
    let (screen, feed) = fed("\x1b[>1u\x1b[?1049h\x1b[?u\x1b[?1049l\x1b[?u");
    assert_eq!(feed.replies, b"\x1b[?0u\x1b[?1u");
    assert_eq!(screen.modes().kitty, 1);
}

#[test]
fn all_kitty_flags_and_xterm_s_ways_are_known() {
    let (mut screen, feed) = fed("\x1b[>31u\x1b[?u\x1b[=2;3u\x1b[?u\x1b[=2;2u\x1b[?u\x1b[<u\x1b[?u");
    assert_eq!(feed.replies, b"\x1b[?31u\x1b[?29u\x1b[?31u\x1b[?0u");
    let replies = screen.feed(b"\x1b[>4;2m\x1b[?4m\x1b[>4;1f\x1b[?67h\x1b[?67$p", ms(0)).replies;
    assert_eq!(replies, b"\x1b[>4;2m\x1b[?67;1$y");
    let modes = screen.modes();
    assert_eq!((modes.other_keys, modes.other_format, modes.backarrow), (2, true, true));
    let copy = super::super::Screen::restore(&screen.snapshot(0), 0).unwrap().screen;
    assert_eq!(copy.modes(), modes);
    screen.feed(b"\x1b[>4m\x1b[>4;0f\x1b[?67l", ms(0));
    assert_eq!(screen.modes(), super::super::Modes { alternate_scroll: true, ..Default::default() });
}

#[test]
fn no_reply_is_long_and_none_is_sent_beyond_the_rate() {
    let mut screen = screen(5, 20);
    let flood = b"\x1b[5n".repeat(100_000);
    let limit = usize::try_from(REPLIES_PER_SECOND).unwrap() * 4;
    assert_eq!(screen.feed(&flood, ms(5000)).replies.len(), limit);
    assert_eq!(screen.feed(&flood, ms(5999)).replies.len(), 0);
    assert_eq!(screen.feed(b"\x1b[5n", ms(6000)).replies, b"\x1b[0n");

    let all = fed("\x1b[c\x1b[>q\x1b]4;255;?\x1b\\").1.replies;
    assert!(all.split(|b| *b == 0x1b).all(|part| part.len() < REPLY_MAX));
}

#[test]
fn modes_are_told() {
    use super::super::{MouseCoding, MouseMode};
    let (mut screen, _) = fed("\x1b[?2004h\x1b[?1h\x1b=\x1b[?1049h\x1b[?1002h\x1b[?1006h\x1b[?1004h");
    let modes = screen.modes();
    assert!(modes.bracketed_paste && modes.app_cursor && modes.app_keypad);
    assert!(modes.alt_screen && modes.focus_events);
    assert_eq!((modes.mouse, modes.mouse_coding), (MouseMode::Drag, MouseCoding::Sgr));
    screen.feed(b"\x1bc", ms(0));
    assert_eq!(screen.modes().mouse, MouseMode::Off);
    assert!(!screen.modes().bracketed_paste);
}
