//! Tests of the screen as its users see it.

mod any_key;
mod keys;
mod limits;
mod property;
mod queries;
mod skim;
mod snapshot;
mod text;

use std::time::Duration;

use super::{Color, Feed, Screen, Signal, Size};
use crate::domain::time::Time;

/// A moment, in milliseconds of the session.
fn ms(ms: u64) -> Time {
    Time::default().plus(Duration::from_millis(ms))
}

fn screen(rows: u16, cols: u16) -> Screen {
    Screen::new(Size { rows, cols }, 100)
}

/// Feeds `bytes` to a new screen of 5 × 20.
fn fed(bytes: impl AsRef<[u8]>) -> (Screen, Feed) {
    let mut screen = screen(5, 20);
    let feed = screen.feed(bytes.as_ref(), ms(0));
    (screen, feed)
}

/// All that can be seen of a screen: rows with colours and attributes, history, cursor, modes, title.
fn seen(screen: &Screen) -> String {
    use std::fmt::Write as _;
    let mut out = format!("{:?} {:?} {:?}\n", screen.cursor(), screen.modes(), screen.title());
    let history = screen.history_len();
    for n in 0..history + usize::from(screen.size().rows) {
        let (row, back) = if n < history { (0, history - n) } else { (n - history, 0) };
        let row = screen.row(row, back);
        for cell in row.cells() {
            write!(out, "{cell}").unwrap();
            if (cell.fg, cell.bg) != (Color::Default, Color::Default) || !cell.attrs.is_empty() {
                write!(out, "<{:?} {:?} {:?}>", cell.fg, cell.bg, cell.attrs).unwrap();
            }
        }
        writeln!(out, "|{}", row.wraps()).unwrap();
    }
    out
}

#[test]
fn signals_are_told_with_clean_texts() {
    let notify = |s: &str| Signal::Notify(s.to_owned());
    let table: &[(&str, &[Signal])] = &[
        ("\x1b]0;a title\x07", &[Signal::Title("a title".into())]),
        ("\x1b]2;b\u{202e}a\u{200b}d\x1b\\", &[Signal::Title("bad".into())]),
        ("\x1b]2;same\x07\x1b]0;same\x07", &[Signal::Title("same".into())]),
        ("\x1b]9;done; ok\x07", &[notify("done; ok")]),
        ("\x1b]9;42\x07", &[notify("42")]),
        ("\x1b]9;9;/tmp\x07", &[]),
        ("\x1b]777;notify;Head;Body; more\x1b\\", &[notify("Head: Body; more")]),
        ("\x1b]133;A\x07", &[Signal::Mark('A', String::new())]),
        ("\x1b]133;D;1\x07", &[Signal::Mark('D', "1".into())]),
        ("\x1b]7;file://host/tmp\x07", &[Signal::Cwd("file://host/tmp".into())]),
        ("\x1b]52;c;aGk=\x07", &[Signal::ClipboardRefused]),
        ("\x1b]52;c;?\x07", &[Signal::ClipboardRefused]),
        ("\x07a\x07b\x07", &[Signal::Bell]),
        ("\x1b]9;cancelled\x18", &[]),
        ("\x1bPq#0~~\x1b\\\x1b_Gi=1\x1b\\\x1b^x\x1b\\\x1bXy\x1b\\", &[]),
        ("\x1b]8;;http://x\x07text\x1b]8;;\x07", &[]),
    ];
    for (bytes, signals) in table {
        let (_, feed) = fed(bytes);
        assert_eq!(&feed.signals, signals, "{bytes:?}");
        assert!(feed.replies.is_empty(), "{bytes:?}");
    }
}

#[test]
fn progress_comes_and_goes() {
    use super::{Progress, ProgressState::*};
    let table = [
        ("1;40", Some(Progress { state: Normal, percent: Some(40) })),
        ("1;250", Some(Progress { state: Normal, percent: Some(100) })),
        ("2;7", Some(Progress { state: Error, percent: Some(7) })),
        ("3;7", Some(Progress { state: Indeterminate, percent: None })),
        ("4", Some(Progress { state: Paused, percent: None })),
        ("0", None),
    ];
    let mut screen = screen(5, 20);
    for (what, progress) in table {
        let feed = screen.feed(format!("\x1b]9;4;{what}\x07").as_bytes(), ms(0));
        assert_eq!(screen.progress(), progress, "{what}");
        assert_eq!(feed.signals, [Signal::Progress(progress)], "{what}");
    }
}

#[test]
fn titles_are_kept_and_taken_back() {
    let (screen, _) = fed("\x1b]0;one\x07\x1b[22;0t\x1b]0;two\x07\x1b[23;0t");
    assert_eq!(screen.title(), "one");
}

#[test]
fn changes_count_what_can_be_seen() {
    let mut screen = screen(5, 20);
    let mut grew = |bytes: &[u8]| {
        let before = screen.changes();
        screen.feed(bytes, ms(0));
        screen.changes() > before
    };
    assert!(grew(b"x"));
    assert!(grew(b"\x1b[2J"));
    assert!(!grew(b"\x1b[c\x1b[6n\x1b[?u\x1b]11;?\x07\x1b[>q\x1b[14t"));
    assert!(!grew(b"\x1b]9;hello\x07\x07\x1b]0;title\x07"));
    assert!(!grew(b"\x1b[31m"));
    assert!(!grew(b""));
}

#[test]
fn a_held_frame_shows_when_it_ends_or_its_time_is_over() {
    let mut screen = screen(5, 20);
    screen.feed(b"old\x1b[?2026h\r\x1b[Knew", ms(1000));
    assert_eq!(screen.text_rows()[0], "old");
    assert_eq!(screen.deadline(), Some(ms(1150)));
    // A frame begun again while one is held does not extend it.
    screen.feed(b"er\x1b[?2026h", ms(1100));
    assert_eq!(screen.deadline(), Some(ms(1150)));
    screen.expire(ms(1149));
    assert_eq!(screen.text_rows()[0], "old");
    screen.expire(ms(1150));
    assert_eq!(screen.text_rows()[0], "newer");
    assert_eq!(screen.deadline(), None);

    screen.feed(b"\x1b[?2026h\rlast \x1b[?2026l", ms(2000));
    assert_eq!(screen.text_rows()[0], "last");
    // A new frame right after the end of one has its own time, and other modes in the same sequence are set.
    screen.feed(b"\x1b[?2026h\x1b[?2026l\x1b[?25;2026h", ms(3000));
    screen.feed(b"\x1b[?2026l\x1b[?2026h\rheld", ms(3100));
    assert_eq!(screen.deadline(), Some(ms(3250)));
    screen.feed(b"", ms(3250));
    assert_eq!(screen.text_rows()[0], "held");
}

#[test]
fn colours_and_attributes_reach_the_cells() {
    use super::Attrs;
    let (screen, _) = fed("\x1b[1;3;4;31;48;5;200mA\x1b[0;2;7;9;8;38;2;1;2;3mB\x1b[0m中e\u{301}C");
    let cells: Vec<_> = screen.row(0, 0).cells().collect();
    assert_eq!((cells[0].fg, cells[0].bg), (Color::Indexed(1), Color::Indexed(200)));
    for a in [Attrs::BOLD, Attrs::ITALIC, Attrs::UNDERLINE] {
        assert!(cells[0].attrs.contains(a));
    }
    assert_eq!(cells[1].fg, Color::Rgb(1, 2, 3));
    for a in [Attrs::DIM, Attrs::REVERSE, Attrs::STRIKETHROUGH, Attrs::HIDDEN] {
        assert!(cells[1].attrs.contains(a));
    }
    assert_eq!((cells[2].single(), cells[2].width), (Some('中'), 2));
    assert_eq!((cells[3].single(), cells[3].to_string().as_str()), (None, "e\u{301}"));
    assert_eq!(cells.iter().map(|c| usize::from(c.width)).sum::<usize>(), 20);
    assert!(screen.row(5, 0).cells().next().is_none());
}

#[test]
fn the_cursor_is_told_unless_hidden() {
    use super::{Cursor, CursorShape};
    let (mut screen, _) = fed("\x1b[2;3H\x1b[5 q");
    assert_eq!(screen.cursor(), Some(Cursor { row: 1, col: 2, shape: CursorShape::Bar }));
    screen.feed(b"\x1b[?25l", ms(0));
    assert_eq!(screen.cursor(), None);
}

#[test]
fn scrolling_back_shows_history() {
    let mut screen = screen(2, 20);
    screen.feed(b"one\r\ntwo\r\nthree\r\nfour", ms(0));
    assert_eq!(screen.history_len(), 2);
    assert_eq!(screen.row(0, 0).text(), "three");
    assert_eq!(screen.row(0, 1).text(), "two");
    assert_eq!(screen.row(0, 2).text(), "one");
    assert_eq!(screen.row(0, 99).text(), "one");
    assert_eq!(screen.row(1, 2).text(), "two");
}
