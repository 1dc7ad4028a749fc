//! Looking further back than memory goes.

use insta::assert_snapshot;

use super::fixture::*;
use crate::screen::{Gather, Gathered, Size};
use crate::ui::{Action, Past, on_past};

/// A program that painted five pages over the whole screen, and what its log has of them.
fn painted(desk: &mut Desk) -> Gathered {
    let screen = &mut agent(&mut desk.state, "SEC").pane.screen;
    let size = screen.size();
    let mut gather = Gather::new(size, 100);
    let mut print = |text: &str, us: u64| {
        screen.feed(text.as_bytes(), crate::domain::time::Time { mono: us, wall: 0 });
        gather.output(text.as_bytes(), us);
    };
    print("\x1bc$ program\r\n", 0);
    print("\x1b[?1049h", 100_000);
    for n in 1..=5u64 {
        let lines: String =
            (2..size.rows).map(|r| format!("\x1b[{r};1Hpage {n} says this in row {r}")).collect();
        print(&format!("\x1b[2J\x1b[1;1HA Full-screen Program{lines}"), n * 1_000_000);
    }
    gather.end()
}

fn asked(d: &mut Desk) -> u64 {
    let took = d.took();
    let [Action::LookBack { agent, ticket }] = &took[..] else { panic!("{took:?}") };
    assert_eq!(*agent, name("SEC"));
    *ticket
}

fn come(d: &mut Desk, ticket: u64, past: Past) {
    on_past(&d.state, &mut d.view, &name("SEC"), ticket, past);
}

fn at(cols: u16, rows: u16) -> (Desk, Gathered) {
    let mut d = desk(busy(), cols, rows);
    d.press("3");
    if let Some((_, area)) = d.view.pane_areas(&d.state).into_iter().find(|(n, _)| *n == name("SEC")) {
        agent(&mut d.state, "SEC").pane.screen.resize(Size { rows: area.height, cols: area.width });
    }
    let past = painted(&mut d);
    (d, past)
}

#[test]
fn the_pages_of_a_full_screen_program_are_seen_above_the_last() {
    for (cols, rows) in [(80, 24), (120, 40), (200, 50), (20, 5)] {
        let (mut d, past) = at(cols, rows);
        let ticket = {
            d.press("<PgUp>");
            asked(&mut d)
        };
        if rows == 24 {
            come(&mut d, ticket, Past::Reading(40));
            assert!(d.shot().contains("reading the log: 40 %"));
        }
        come(&mut d, ticket, Past::Read(Box::new(past), false));
        assert_snapshot!(format!("pages_{cols}"), d.shot());
    }
}

#[test]
fn a_search_goes_on_in_the_log() {
    let (mut d, past) = at(80, 24);
    d.press("/ p a g e <Space> 2 <Enter>");
    let ticket = asked(&mut d);
    come(&mut d, ticket, Past::Read(Box::new(past), false));
    let shot = d.shot();
    assert!(shot.contains("`page 2` 17 of 17"), "{shot}");
    // All that is asked for is asked for once.
    d.press("n n n g <PgUp> <PgUp>");
    assert_eq!(d.took(), []);
    assert!(d.shot().contains("$ program"), "{}", d.shot());
}

#[test]
fn the_way_forward_ends_where_it_began() {
    let (mut d, past) = at(80, 24);
    d.press("<PgUp>");
    let ticket = asked(&mut d);
    come(&mut d, ticket, Past::Read(Box::new(past), true));
    assert!(d.press("g").shot().contains("what is older is in the record alone"));
    for _ in 0..10 {
        d.press("<PgDn>");
    }
    let shot = d.shot();
    assert!(shot.contains("page 5") && shot.contains("Enter type"), "{shot}");
}

#[test]
fn what_comes_too_late_or_not_at_all_does_no_harm() {
    let (mut d, past) = at(80, 24);
    d.press("<PgUp>");
    let ticket = asked(&mut d);
    come(&mut d, ticket + 1, Past::Read(Box::new(past.clone()), false));
    assert!(d.shot().contains("reading the log"));
    come(&mut d, ticket, Past::Unread("the disk is gone\x1b[2J".into()));
    assert!(d.shot().contains("failed to read the log of SEC: the disk is gone"));
    d.press("<Esc> <Esc>");
    come(&mut d, ticket, Past::Read(Box::new(past), false));
    assert!(d.shot().contains("page 5"));
}

#[test]
fn rows_that_memory_has_are_not_seen_twice() {
    let mut d = desk(busy(), 80, 24);
    d.press("3");
    let size = agent(&mut d.state, "SEC").pane.screen.size();
    let mut gather = Gather::new(size, 2000);
    let screen = &mut agent(&mut d.state, "SEC").pane.screen;
    // As after a start: nothing of before.
    *screen = crate::screen::Screen::new(size, 50);
    for i in 0..500u64 {
        let text = format!("numbered {i}\r\n");
        screen.feed(text.as_bytes(), NOW);
        gather.output(text.as_bytes(), i);
    }
    d.press("c g");
    let ticket = asked(&mut d);
    come(&mut d, ticket, Past::Read(Box::new(gather.end()), false));
    assert!(d.shot().contains("numbered 0 "));
    d.press("V G y");
    let Some(Action::Copy(text)) = d.took().pop() else { panic!() };
    let wanted: String = (0..500).map(|i| format!("numbered {i}\n")).collect();
    assert_eq!(text.trim_end(), wanted.trim_end());
}
