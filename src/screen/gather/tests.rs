//! What is kept of what programs paint over.

use proptest::prelude::*;

use super::*;
use crate::screen::Color;

const SIZE: Size = Size { rows: 10, cols: 40 };

fn gather() -> Gather {
    Gather::new(SIZE, 100)
}

fn texts(gathered: &Gathered) -> Vec<String> {
    let rows = 0..gathered.rows.end_row();
    rows.map(|row| gathered.rows.row_at(row).text()).filter(|t| !t.is_empty()).collect()
}

/// A page of a full-screen program: title, eight lines, foot.
fn page(n: usize) -> String {
    let lines: String = (2..10).map(|row| format!("\x1b[{row};1Hpage {n} has line {row}")).collect();
    format!("\x1b[2J\x1b[1;1H\x1b[7mA Program\x1b[0m{lines}\x1b[10;1H? for help")
}

#[test]
fn the_pages_of_a_full_screen_program_are_kept_in_their_order() {
    let mut g = gather();
    g.output(b"$ program\r\n\x1b[?1049h", 0);
    for n in 0..5 {
        g.output(page(n).as_bytes(), (n as u64 + 1) * 400_000);
    }
    let found = texts(&g.end());
    let wanted = (0..4).flat_map(|n| (2..10).map(move |row| format!("page {n} has line {row}")));
    assert_eq!(found, ["$ program".to_owned()].into_iter().chain(wanted).collect::<Vec<_>>());
}

#[test]
fn pages_painted_one_after_the_other_in_no_time_are_kept_too() {
    let mut g = gather();
    g.output(b"\x1b[?1049h", 0);
    for n in 0..3 {
        let mut us = (n as u64 + 1) * 20_000;
        // As a slow program writes: a line at a time.
        for part in page(n).split_inclusive('e') {
            us += 100;
            g.output(part.as_bytes(), us);
        }
    }
    assert_eq!(texts(&g.end()).len(), 16);
}

#[test]
fn going_back_and_forth_between_pages_keeps_each_once() {
    let mut g = gather();
    g.output(b"\x1b[?1049h", 0);
    for (i, n) in [0, 1, 0, 1, 2, 1, 2].into_iter().enumerate() {
        g.output(page(n).as_bytes(), (i as u64 + 1) * 3_000_000);
    }
    let found = texts(&g.end());
    assert_eq!(found.len(), 16, "{found:?}");
}

#[test]
fn what_spins_leaves_nothing() {
    let mut g = gather();
    for i in 0..1000u64 {
        let sign = ['⠋', '⠙', '⠹', '⠸'][i as usize % 4];
        g.output(format!("\r\x1b[K{sign} Working {}s", i / 10).as_bytes(), i * 100_000);
    }
    assert!(texts(&g.end()).is_empty());
}

#[test]
fn what_blinks_is_kept_at_most_once() {
    let mut g = gather();
    g.output(b"\x1b[?1049h\x1b[3;1Hthe text", 0);
    for i in 0..500u64 {
        let said = if i % 2 == 0 { "waiting for an answer" } else { "" };
        g.output(format!("\x1b[5;1H\x1b[K{said}").as_bytes(), (i + 1) * 500_000);
    }
    assert!(texts(&g.end()).len() <= 1);
}

#[test]
fn a_list_that_scrolls_gives_each_line_once_and_in_order() {
    let mut g = gather();
    g.output(b"\x1b[?1049h\x1b[1;1HA list\x1b[10;1Hfoot of it\x1b[2;9r", 0);
    let mut us = 0;
    let mut show = |g: &mut Gather, first: usize| {
        us += 100_000;
        let lines: String =
            (0..8).map(|i| format!("\x1b[{};1H\x1b[Kentry number {}", i + 2, first + i)).collect();
        g.output(lines.as_bytes(), us);
    };
    let there = 0..40;
    there.clone().chain(there.clone().rev()).chain(there).for_each(|first| show(&mut g, first));
    let found = texts(&g.end());
    let wanted: Vec<_> = (0..39).map(|i| format!("entry number {i}")).collect();
    assert_eq!(found, wanted);
}

#[test]
fn a_program_that_paints_its_foot_anew_below_what_it_says() {
    let mut g = gather();
    g.output(b"$ agent\r\n", 0);
    let foot = |n: u32| format!("------------\r\n> {n}\r\n------------");
    g.output(foot(0).as_bytes(), 100_000);
    for n in 1..30u32 {
        let us = u64::from(n) * 1_000_000;
        g.output(format!("\x1b[2A\r\x1b[Jit said thing number {n}\r\n{}", foot(n)).as_bytes(), us);
    }
    let found = texts(&g.end());
    let said: Vec<_> = found.iter().filter(|t| t.starts_with("it said")).collect();
    let wanted: Vec<_> = (1..=said.len()).map(|n| format!("it said thing number {n}")).collect();
    assert_eq!(said, wanted.iter().collect::<Vec<_>>());
    assert_eq!(found.len(), said.len() + 1, "{found:?}");
}

#[test]
fn the_last_of_a_full_screen_program_is_kept_and_the_shell_s_rows_are_not_twice() {
    let mut g = gather();
    g.output(b"$ one\r\n$ two\r\n", 0);
    g.output(format!("\x1b[?1049h{}", page(7)).as_bytes(), 1_000_000);
    g.output(b"\x1b[?1049l$ three\r\n", 2_000_000);
    let found = texts(&g.end());
    assert_eq!(found.len(), 10, "{found:?}");
    assert!(found.iter().all(|t| !t.starts_with('$')), "{found:?}");
}

#[test]
fn colours_and_another_program_s_rows_stay() {
    let mut g = gather();
    g.output(b"\x1b[32mgreen\x1b[0m\r\n", 0);
    g.begin("here it was started again");
    for i in 0..40 {
        g.output(format!("row {i}\r\n").as_bytes(), 1);
    }
    let found = g.end();
    assert_eq!(texts(&found)[..3], ["green", "here it was started again", "row 0"]);
    assert_eq!(found.rows.row_at(0).cells().next().unwrap().fg, Color::Indexed(2));
    assert_eq!(found.rolled[..3], [false, false, true]);
}

fn piece() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        3 => "[a-z ]{0,60}".prop_map(String::into_bytes),
        3 => Just(b"\r\n".to_vec()),
        1 => (1u8..12, 1u8..50).prop_map(|(r, c)| format!("\x1b[{r};{c}H").into_bytes()),
        1 => prop_oneof![
            Just(b"\x1b[?1049h".to_vec()),
            Just(b"\x1b[?1049l".to_vec()),
            Just(b"\x1b[2J".to_vec()),
            Just(b"\x1b[3J".to_vec()),
            Just(b"\x1b[J".to_vec()),
            Just(b"\x1b[2;6r".to_vec()),
            Just(b"\x1b[5S".to_vec()),
            Just(b"\x1b[3T".to_vec()),
            Just(b"\x1b[4L".to_vec()),
            Just(b"\x1bc".to_vec()),
            Just("日本\u{301}語".as_bytes().to_vec()),
        ],
        1 => proptest::collection::vec(any::<u8>(), 0..20),
    ]
}

proptest! {
    /// The history that a screen still has is always the end of what rolled.
    #[test]
    fn what_rolled_ends_with_the_history_of_the_screen(
        pieces in proptest::collection::vec((piece(), 0u64..40_000), 0..80),
        sizes in proptest::collection::vec((0usize..80, 2u16..20, 2u16..60), 0..4),
    ) {
        let mut g = Gather::new(SIZE, 200);
        let mut screen = Screen::new(SIZE, 200);
        let mut us = 0;
        for (i, (bytes, pause)) in pieces.iter().enumerate() {
            us += pause;
            g.output(bytes, us);
            drop(screen.feed(bytes, Time { mono: us, wall: 0 }));
            for (_, rows, cols) in sizes.iter().filter(|s| s.0 == i) {
                let size = Size { rows: *rows, cols: *cols };
                g.resize(size);
                screen.resize(size);
            }
        }
        let found = g.end();
        prop_assert_eq!(found.rows.len(), found.rolled.len());
        let rolled: Vec<String> = (0i32..)
            .zip(&found.rolled)
            .filter(|(_, r)| **r)
            .map(|(row, _)| found.rows.row_at(row).text())
            .collect();
        let history: Vec<String> = (screen.first_row()..0).map(|row| screen.row_at(row).text()).collect();
        if !screen.modes().alt_screen {
            prop_assert!(rolled.ends_with(&history), "{:?} {:?}", rolled, history);
        }
    }
}
