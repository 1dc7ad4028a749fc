//! A copy and a snapshot go on as the screen itself would.

use proptest::prelude::*;

use super::super::{HISTORY, Screen, Size};
use super::property::{size, stream};
use super::{ms, seen};

type Cursor = alacritty_terminal::grid::Cursor<alacritty_terminal::term::cell::Cell>;

/// A cursor but for the link that goes on at it: links are not written down.
fn bare(cursor: &Cursor) -> Cursor {
    let mut cursor = cursor.clone();
    cursor.template.set_hyperlink(None);
    cursor
}

/// All that a screen is, seen and unseen.
fn whole(screen: &Screen) -> String {
    let core = &screen.core;
    let (grid, main) = (core.term.grid(), &core.side.shadow.main);
    format!(
        "{}\n{:?}\n{:?} {:?}\n{:?}\n{:?}\n{:?} {:?}\n{:?} {:?}",
        seen(screen),
        core.term.mode(),
        bare(&grid.cursor),
        bare(&grid.saved_cursor),
        main.as_ref().map(|m| (bare(&m.cursor), bare(&m.saved_cursor))),
        (&core.side.titles, &core.side.progress, &core.side.report, &core.side.kitty),
        (&core.side.shadow.region, &core.side.shadow.tabs, &core.side.shadow.charset),
        core.side.shadow.last,
        (&screen.sieve.state, screen.sieve.too_long, screen.sieve.seen),
        (&core.part, &core.hold, core.repeats, core.earned),
    )
}

fn again(screen: &Screen, history: usize) -> Screen {
    Screen::restore(&screen.snapshot(history), 50).unwrap().screen
}

/// Steps of a screen's life: bytes, and sometimes another size.
type Steps = Vec<(Vec<u8>, Option<Size>)>;

fn steps() -> impl Strategy<Value = Steps> {
    prop::collection::vec((stream(), prop::option::weighted(0.3, size())), 1..5)
}

fn live(screen: &mut Screen, steps: &[(Vec<u8>, Option<Size>)]) {
    for (n, (bytes, size)) in steps.iter().enumerate() {
        screen.feed(bytes, ms(n as u64 * 40));
        if let Some(size) = size {
            screen.resize(*size);
        }
    }
}

proptest! {
    #[test]
    fn copies_and_snapshots_go_on_like_the_screen(first in steps(), then in steps(), size in size()) {
        let mut screen = Screen::new(size, 50);
        live(&mut screen, &first);
        let (mut copy, mut restored) = (screen.clone(), again(&screen, HISTORY));
        prop_assert_eq!(&whole(&copy), &whole(&screen), "copied");
        prop_assert_eq!(&whole(&restored), &whole(&screen), "restored");
        for (n, step) in then.iter().enumerate() {
            for s in [&mut screen, &mut copy, &mut restored] {
                live(s, std::slice::from_ref(step));
            }
            prop_assert_eq!(&whole(&copy), &whole(&screen), "copied, step {}", n);
            prop_assert_eq!(&whole(&restored), &whole(&screen), "restored, step {}", n);
        }
        for s in [&mut screen, &mut copy, &mut restored] {
            s.expire(ms(9999));
            s.feed(b"\x1b[?1049l\x1b8\tx\x0e\x1b[5b\x1b[23t\n", ms(9999));
        }
        prop_assert_eq!(&whole(&copy), &whole(&screen));
        prop_assert_eq!(&whole(&restored), &whole(&screen));
    }

    #[test]
    fn without_history_the_visible_part_is_the_same(first in steps(), then in stream(), size in size()) {
        let mut screen = Screen::new(size, 50);
        live(&mut screen, &first);
        let mut restored = again(&screen, 0);
        for s in [&mut screen, &mut restored] {
            s.feed(&then, ms(500));
            s.feed(b"\x1b[?1049l", ms(5000));
        }
        prop_assert_eq!(restored.text_rows(), screen.text_rows());
        prop_assert_eq!(restored.cursor(), screen.cursor());
        prop_assert_eq!(restored.modes(), screen.modes());
        prop_assert_eq!(restored.title(), screen.title());
    }

    #[test]
    fn a_damaged_snapshot_is_refused_or_gives_some_screen(
        first in steps(), size in size(), at in any::<prop::sample::Index>(), bits in 1..=255_u8, then in stream()
    ) {
        let mut screen = Screen::new(size, 50);
        live(&mut screen, &first);
        let mut bytes = screen.snapshot(10);
        let at = at.index(bytes.len());
        bytes[at] ^= bits;
        for bytes in [&bytes[..], &bytes[..at]] {
            if let Ok(mut restored) = Screen::restore(bytes, 50) {
                restored.screen.feed(&then, ms(1000));
                restored.screen.resize(Size { rows: 7, cols: 9 });
                let _ = seen(&restored.screen);
            }
        }
    }
}

#[test]
fn a_snapshot_says_whether_all_history_is_in_it() {
    let mut screen = super::screen(3, 10);
    screen.feed("one\r\ntwo\r\nthree\r\nfour\r\nfive".as_bytes(), ms(0));
    assert!(!Screen::restore(&screen.snapshot(1), HISTORY).unwrap().whole);
    let restored = Screen::restore(&screen.snapshot(2), HISTORY).unwrap();
    assert!(restored.whole);
    assert_eq!(restored.screen.row(0, 9).text(), "one");
    screen.feed(b"\x1b[?1049h", ms(0));
    assert!(!Screen::restore(&screen.snapshot(1), HISTORY).unwrap().whole);
    assert!(Screen::restore(&screen.snapshot(2), HISTORY).unwrap().whole);
}

/// Recordings of real programs, taken up again at many places.
#[test]
fn recordings_of_real_programs_go_on_from_a_snapshot() {
    const CASTS: [&str; 3] = [
        include_str!("../../../tests/fixtures/casts/aider.cast"),
        include_str!("../../../tests/fixtures/casts/codex.cast"),
        include_str!("../../../tests/fixtures/casts/pi.cast"),
    ];
    for cast in CASTS {
        let events = cast.lines().skip(1).map(|l| serde_json::from_str::<(f64, String, String)>(l).unwrap());
        let events: Vec<_> = events.filter(|(_, kind, _)| kind == "o" || kind == "r").collect();
        let play = |screen: &mut Screen, (at, kind, data): &(f64, String, String)| {
            if kind == "o" {
                screen.feed(data.as_bytes(), ms((at * 1000.0) as u64));
            } else if let Some((cols, rows)) = data.split_once('x') {
                screen.resize(Size { rows: rows.parse().unwrap(), cols: cols.parse().unwrap() });
            }
        };
        let mut screen = Screen::new(Size { rows: 40, cols: 120 }, 50);
        let mut others: Vec<Screen> = Vec::new();
        for (n, event) in events.iter().enumerate() {
            if n % 23 == 11 {
                others.push(again(&screen, HISTORY));
            }
            play(&mut screen, event);
            others.iter_mut().for_each(|other| play(other, event));
        }
        assert!(others.len() > 3);
        for (n, other) in others.iter().enumerate() {
            assert_eq!(whole(other), whole(&screen), "taken up at cut {n}");
        }
    }
}

#[test]
fn a_reset_after_a_change_of_size_leaves_no_colour_behind() {
    let mut screen = super::screen(3, 8);
    screen.feed(b"\x1b[48;2;1;2;3m\x1b[3S", ms(0));
    screen.resize(Size { rows: 3, cols: 12 });
    screen.feed(b"\x1bc", ms(0));
    assert!(!seen(&screen).contains("Rgb"), "{}", seen(&screen));
}
