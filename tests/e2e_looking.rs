//! Looking back, searching and copying in a real terminal.

// Tests may unwrap: a failure there is the report.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod kit;

use kit::Place;
use kit::term::Terminal;

const TABS: &str = "[[tab]]\nname = \"Work\"\npanes = [\"A\"]\n";

/// A full-screen program that paints five pages, a Return apart.
const PAGES: &str = r#"#!/bin/sh
printf '\033[?1049h'
for page in apple bread chess dwarf eagle; do
    printf '\033[2J\033[1;1H== a program over the whole screen =='
    for row in 3 4 5 6 7 8 9 10; do printf '\033[%d;1H%s %s %s %s %d' $row $page $page $page $page $row; done
    read -r _
done
printf '\033[?1049l'
"#;

#[test]
fn pages_of_a_full_screen_program_are_looked_back_at_and_copied() {
    let place = Place::with_shells(&["A"], TABS);
    place.program("pages", PAGES);
    place.up();
    let terminal = Terminal::new(&place, &["attach"], 24, 80);
    terminal.shows(&["A ○ idle"]);
    terminal.keys("\r");
    terminal.shows(&["leaves"]);
    terminal.keys("pages\r");
    for page in ["apple", "bread", "chess", "dwarf", "eagle"] {
        terminal.shows(&[&format!("{page} {page} 10")]);
        if page != "eagle" {
            terminal.keys("\r");
        }
    }
    terminal.keys("\x11");
    terminal.shows(&["Enter type"]);
    // What was painted over is above what is seen, in its order.
    terminal.keys("\x1b[5~");
    terminal.shows(&["chess chess 10", "dwarf dwarf 3"]);
    terminal.keys("\x1b[5~");
    terminal.shows(&["apple apple 10", "bread bread 3"]);
    // A search goes through all of it.
    terminal.keys("/bread bread bread bread\r");
    terminal.shows(&["of 8"]);
    terminal.keys("Vjj");
    terminal.shows(&["selecting in A"]);
    terminal.keys("y");
    terminal.shows(&["copied 3 lines"]);
    let bytes = String::from_utf8_lossy(&terminal.bytes()).into_owned();
    let coded = bytes.split_once("\x1b]52;c;").unwrap().1.split_once('\x07').unwrap().0;
    let text = String::from_utf8(decoded(coded)).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines.len(), 3, "{text}");
    assert!(lines.iter().all(|l| l.starts_with("bread bread ") || l.starts_with("chess chess ")), "{text}");
    // The program is where it was.
    terminal.shows(&["eagle eagle 10"]);
    place.ok(&["down"]);
}

/// Base 64, undone.
fn decoded(coded: &str) -> Vec<u8> {
    let digit = |c: u8| match c {
        b'A'..=b'Z' => c - b'A',
        b'a'..=b'z' => c - b'a' + 26,
        b'0'..=b'9' => c - b'0' + 52,
        b'+' => 62,
        _ => 63,
    };
    let bits: Vec<u8> = coded.bytes().filter(|c| *c != b'=').map(digit).collect();
    let group = |g: &[u8]| {
        let all = g.iter().fold(0u32, |n, d| n << 6 | u32::from(*d)) << (6 * (4 - g.len()));
        all.to_be_bytes()[1..g.len()].to_vec()
    };
    bits.chunks(4).flat_map(group).collect()
}
