//! Panes that are read along: each line once, whatever happens to the screen meanwhile.

use super::kit::{Stage, name};
use crate::domain::command::Command;
use crate::domain::view::{Answer, PANE_TEXT, PaneText};
use crate::engine::event::Event;
use crate::engine::state::HISTORY;

fn read(s: &mut Stage, lines: u16, since: Option<u64>) -> PaneText {
    match s.ask(Command::Read { agent: name("SEC"), lines, since }) {
        Answer::Pane(pane) => pane,
        other => panic!("{other:?}"),
    }
}

fn numbers(range: std::ops::Range<usize>) -> String {
    range.map(|n| format!("line {n}\r\n")).collect()
}

/// A pane with nothing in it, and the number to go on from.
fn blank() -> (Stage, u64) {
    let mut s = Stage::new();
    s.print("SEC", "\x1b[2J\x1b[3J\x1b[H");
    let seq = read(&mut s, 0, None).seq;
    (s, seq)
}

fn lines(range: std::ops::Range<usize>) -> Vec<String> {
    range.map(|n| format!("line {n}")).collect()
}

#[test]
fn each_line_is_given_once_beyond_what_the_history_holds() {
    let (mut s, mut seq) = blank();
    let (mut seen, mut n) = (Vec::new(), 0);
    // Steps of all sizes: none, some, more than a screen; in all more than twice what is kept.
    for step in (0..400).map(|i| i * 7 % 31) {
        s.print("SEC", &numbers(n..n + step));
        n += step;
        s.pass(1);
        let pane = read(&mut s, 0, Some(seq));
        assert_eq!((pane.changed, pane.cut), (step > 0, false), "after {n}");
        assert!(pane.seq > seq || step == 0);
        seq = pane.seq;
        seen.extend(pane.lines);
    }
    assert!(n > 2 * HISTORY, "{n}");
    assert_eq!(seen, lines(0..n));
}

#[test]
fn without_anything_new_nothing_is_given_and_the_number_stays() {
    let (mut s, seq) = blank();
    s.print("SEC", "one\r\n");
    let first = read(&mut s, 0, Some(seq));
    assert_eq!((first.lines.as_slice(), first.changed), (&["one".to_owned()][..], true));
    s.pass(5000);
    let again = read(&mut s, 0, Some(first.seq));
    assert_eq!((again.lines.len(), again.changed, again.cut, again.seq), (0, false, false, first.seq));
    assert_eq!((again.origin.as_str(), again.trust.as_str()), ("pane SEC", "untrusted"));
    // An unfinished line is given again once it goes on; finished ones are not.
    s.print("SEC", "two\r\nthree");
    let part = read(&mut s, 0, Some(first.seq));
    assert_eq!(part.lines, ["two", "three"]);
    s.pass(1);
    s.print("SEC", " and four\r\n");
    assert_eq!(read(&mut s, 0, Some(part.seq)).lines, ["three and four"]);
    // Who asks with an earlier number gets it all once more.
    assert_eq!(read(&mut s, 0, Some(first.seq)).lines, ["two", "three and four"]);
}

#[test]
fn repeated_lines_count_while_nothing_is_lost() {
    let (mut s, mut seq) = blank();
    let mut count = 0;
    for _ in 0..20 {
        s.print("SEC", &"y\r\n".repeat(9));
        s.pass(1);
        let pane = read(&mut s, 0, Some(seq));
        (seq, count) = (pane.seq, count + pane.lines.len());
    }
    assert_eq!(count, 180);
}

#[test]
fn other_sizes_and_the_alternate_screen_lose_nothing_and_repeat_nothing() {
    let (mut s, seq) = blank();
    s.print("SEC", &numbers(0..60));
    let pane = read(&mut s, 0, Some(seq));
    assert_eq!(pane.lines, lines(0..60));
    s.happen(Event::Sized { agent: name("SEC"), rows: 9, cols: 4 });
    s.print("SEC", &numbers(60..70));
    let narrow = read(&mut s, 0, Some(pane.seq));
    assert_eq!(narrow.lines, lines(60..70));
    s.happen(Event::Sized { agent: name("SEC"), rows: 30, cols: 90 });
    s.pass(1);
    s.print("SEC", "\x1b[?1049h\x1b[Hediting\r\nsomething");
    let other = read(&mut s, 0, Some(narrow.seq));
    assert_eq!(other.lines, ["editing", "something"]);
    s.pass(1);
    s.print("SEC", "\x1b[H");
    let same = read(&mut s, 0, Some(other.seq));
    assert!(same.lines.is_empty() && !same.cut, "{same:?}");
    s.pass(1);
    s.print("SEC", &format!("\x1b[?1049l{}", numbers(70..72)));
    assert_eq!(read(&mut s, 0, Some(same.seq)).lines, lines(70..72));
}

#[test]
fn what_cannot_be_told_is_said_to_be_cut() {
    let (mut s, seq) = blank();
    s.print("SEC", &numbers(0..60));
    let pane = read(&mut s, 0, Some(seq));
    // Cleared with all its history: what is there now is new, and something may be missing.
    s.pass(1);
    s.print("SEC", "\x1b[2J\x1b[3J\x1b[Hfresh\r\n");
    let cleared = read(&mut s, 0, Some(pane.seq));
    assert_eq!((cleared.lines.as_slice(), cleared.cut), (&["fresh".to_owned()][..], true));
    // More than is kept: the newest, and as much as an answer holds.
    s.pass(1);
    s.print("SEC", &numbers(0..3 * HISTORY));
    let flood = read(&mut s, 0, Some(cleared.seq));
    assert!(flood.cut && flood.lines.last().is_some_and(|l| *l == format!("line {}", 3 * HISTORY - 1)));
    assert!(flood.lines.iter().map(|l| l.len() + 1).sum::<usize>() <= PANE_TEXT);
    assert!(flood.lines.len() > HISTORY / 2);
    // A number that nobody gave.
    let never = read(&mut s, 0, Some(flood.seq + 7));
    assert!(never.cut && never.changed && never.seq >= flood.seq);
}

#[test]
fn another_server_says_that_it_does_not_know() {
    let (mut s, seq) = blank();
    s.print("SEC", "one\r\n");
    let pane = read(&mut s, 0, Some(seq));
    s.crash();
    s.happen(Event::Start);
    s.print("SEC", "two\r\n");
    let after = read(&mut s, 0, Some(pane.seq));
    assert!(after.changed && after.cut && after.seq > pane.seq, "{after:?}");
    assert_eq!(after.lines, ["two"]);
}

#[test]
fn more_lines_than_an_answer_holds_are_cut_from_the_front() {
    let (mut s, _) = blank();
    let line = "x".repeat(79);
    s.print("SEC", &format!("{line}\r\n").repeat(300));
    let pane = read(&mut s, 300, None);
    assert_eq!((pane.lines.len(), pane.cut), (PANE_TEXT / 80, true));
    let pane = read(&mut s, 20, None);
    assert_eq!((pane.lines.len(), pane.cut), (20, false));
    // One endless line: its end.
    s.print("SEC", &format!("\x1b[2J\x1b[3J\x1b[H{}end", "y".repeat(2 * PANE_TEXT)));
    let pane = read(&mut s, 5, None);
    assert!(pane.cut && pane.lines.len() == 1 && pane.lines[0].len() == PANE_TEXT, "{:?}", pane.lines.len());
    assert!(pane.lines[0].ends_with("yend"));
    // The same with something behind it, as a prompt is.
    s.print("SEC", "\r\n# ");
    let pane = read(&mut s, 5, None);
    assert_eq!((pane.cut, pane.lines.len(), pane.lines[1].as_str()), (true, 2, "#"));
    assert!(
        pane.lines[0].ends_with("yend") && pane.lines[0].len() > PANE_TEXT - 10,
        "{}",
        pane.lines[0].len()
    );
}
