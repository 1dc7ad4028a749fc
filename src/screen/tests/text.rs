//! Rows, lines, blanks.

use super::super::{LogicalLine, Screen, Size};
use super::{fed, ms, screen};

fn line(text: &str, finished: bool) -> LogicalLine {
    LogicalLine { text: text.into(), finished }
}

#[test]
fn soft_wraps_are_joined_and_hard_ones_are_not() {
    let mut screen = screen(4, 5);
    screen.feed(b"abcdefghij\r\nklm  \r\nno", ms(0));
    assert_eq!(screen.text_rows(), ["abcde", "fghij", "klm", "no"]);
    let lines = [line("abcdefghij", true), line("klm", true), line("no", false)];
    assert_eq!(screen.logical_lines(0), lines);
    assert_eq!(screen.last_lines(2), ["klm", "no"]);
    assert_eq!(screen.last_lines(9), ["abcdefghij", "klm", "no"]);
}

#[test]
fn a_line_is_taken_from_its_beginning_in_history() {
    let mut screen = screen(2, 5);
    screen.feed(b"x\r\nabcdefghijklmnop\r\nend", ms(0));
    assert_eq!(screen.history_len(), 4);
    assert_eq!(screen.logical_lines(0), [line("abcdefghijklmnop", true), line("end", false)]);
    assert_eq!(screen.logical_lines(99)[0], line("x", true));
    assert_eq!(screen.last_lines(1), ["end"]);
}

#[test]
fn a_wide_character_at_the_edge_leaves_no_gap_in_the_line() {
    let mut screen = screen(3, 5);
    screen.feed("abcd中文".as_bytes(), ms(0));
    assert_eq!(screen.text_rows()[..2], ["abcd", "中文"]);
    assert_eq!(screen.logical_lines(0), [line("abcd中文", false)]);
}

#[test]
fn a_line_is_finished_once_the_cursor_has_left_it() {
    let mut screen = screen(3, 20);
    screen.feed(b"READY", ms(0));
    assert_eq!(screen.logical_lines(0), [line("READY", false)]);
    screen.feed(b"\r\n", ms(0));
    assert_eq!(screen.logical_lines(0), [line("READY", true), line("", false)]);
}

#[test]
fn lines_survive_a_change_of_width() {
    let mut screen = screen(6, 20);
    screen.feed(b"one two three four five\r\nsix", ms(0));
    for cols in [7, 3, 30, 2, 20] {
        screen.resize(Size { rows: 6, cols });
        let all: Vec<_> = screen.logical_lines(100).into_iter().map(|l| l.text).collect();
        assert_eq!(all[0].replace(' ', ""), "onetwothreefourfive", "at {cols} columns");
    }
}

#[test]
fn a_character_cut_in_two_loses_nothing_after_it() {
    let mut screen = screen(2, 20);
    for part in [&b"\xc3"[..], b"\xa9 \xe4", b"\xb8", b"\xad|\xe4", b"x\xf0\x9f", b"\x1b[0my"] {
        screen.feed(part, ms(0));
    }
    assert_eq!(screen.text_rows()[0], "é 中|\u{fffd}x\u{fffd}y");
}

#[test]
fn blank_is_what_shows_nothing() {
    assert!(Screen::new(Size { rows: 3, cols: 3 }, 0).is_blank());
    assert!(fed("\x1b[41m   \t \x1b[0m").0.is_blank());
    assert!(!fed(".").0.is_blank());
    assert!(fed("x\x1b[2J").0.is_blank());
}

#[test]
fn no_cell_holds_what_is_not_to_be_shown() {
    let bad = "a\u{202e}b\u{200b}c\u{2066}d\u{feff}e\u{e0041}f\u{85}g\u{ad}h\u{200d}i\u{fe0f}j\tk\u{2028}l";
    let (screen, _) = fed(bad);
    let cells: String = screen.row(0, 0).cells().map(|c| c.to_string()).collect();
    assert!(!cells.chars().any(super::super::is_unsafe), "{cells:?}");
    assert_eq!(cells.split_whitespace().collect::<String>(), "abcdefghijkl");
}

#[test]
fn half_a_wide_character_is_drawn_as_blanks() {
    let (screen, _) = fed("中文\x1b[1;2H\x1b[K");
    let widths: Vec<_> = screen.row(0, 0).cells().map(|c| usize::from(c.width)).collect();
    assert_eq!(widths.iter().sum::<usize>(), 20);
    assert_eq!(screen.text_rows()[0], "");
}
