//! Looking at what a pane printed: moving in it, looking for a text, taking some of it to the clipboard.

use insta::assert_snapshot;

use super::fixture::*;
use crate::domain::key::{Mods, Mouse, MouseKind};
use crate::domain::time::Time;
use crate::ui::{Action, Past, on_mouse, on_past};

/// SEC with 100 more lines, some of which go over the edge of its 60 columns.
pub(super) fn printed(cols: u16, rows: u16) -> Desk {
    let mut state = busy();
    for i in 0..100 {
        let now = state.now;
        let long = if i % 10 == 0 {
            " and this one is long enough to be wrapped at the edge, 日本語"
        } else {
            ""
        };
        let text = format!("line {i} Error{}\x1b[32m ok\x1b[0m{long}\r\n", i % 3);
        agent(&mut state, "SEC").pane.screen.feed(text.as_bytes(), now);
    }
    desk(state, cols, rows)
}

fn copied(d: &mut Desk) -> Vec<String> {
    let copies = d.took().into_iter().map(|a| match a {
        Action::Copy(text) => text,
        other => panic!("{other:?}"),
    });
    copies.collect()
}

fn mouse(d: &mut Desk, kind: MouseKind, column: u16, row: u16, mods: Mods) {
    let later = Time { mono: d.state.now.mono + 1_000_000, ..d.state.now };
    let actions = on_mouse(&d.state, &mut d.view, Mouse { kind, column, row, mods }, later);
    d.actions.extend(actions);
}

#[test]
fn a_text_is_looked_for() {
    assert_snapshot!(printed(80, 24).press("3 / e r r").shot());
    assert_snapshot!(printed(80, 24).press("3 / e r r o r 1 <Enter>").shot());
    assert_snapshot!(printed(120, 40).press("3 / e r r o r 1 <Enter> n n n n n n n n").shot());
    assert_snapshot!(printed(200, 50).press("3 / l o n g <Enter> n n N").shot());
    assert_snapshot!(printed(20, 5).press("3 / l o n g <Enter>").shot());
    assert_snapshot!(printed(80, 24).press("3 / n o w h e r e <Enter>").shot());
}

#[test]
fn lower_case_finds_both_and_upper_case_only_itself() {
    let mut d = printed(80, 24);
    assert!(d.press("3 / e r r o r 1 <Enter>").shot().contains("33 of 33"));
    assert!(d.press("/ E r r o r 1 <Enter>").shot().contains("of 33"));
    d.press("/ e R r <Enter>");
    let Some(Action::LookBack { agent, ticket }) = d.took().pop() else { panic!("not asked for") };
    on_past(&d.state, &mut d.view, &agent, ticket, Past::Read(Box::default(), false));
    assert!(d.shot().contains("`eRr` is not in what the pane printed"));
}

#[test]
fn a_match_goes_on_over_the_edge_of_a_row() {
    let mut d = printed(120, 30);
    let shot = d.press("3 z / w r a p p e d <Space> a t <Space> t h e <Space> e d g e <Enter>").shot();
    assert!(shot.contains("10 of 10"), "{shot}");
}

#[test]
fn what_is_selected_is_copied() {
    let mut d = printed(80, 24);
    d.press("3 / l i n e <Space> 9 9 <Enter> v e e y");
    assert_eq!(copied(&mut d), ["line 99"]);
    assert!(d.shot().contains("copied 1 line (7 bytes)"));
    // Whole lines; one that was wrapped is one.
    d.press("/ l i n e <Space> 9 0 <Enter> V j j <Enter>");
    let wrapped = "line 90 Error0 ok and this one is long enough to be wrapped at the edge, 日本語";
    assert_eq!(copied(&mut d), [format!("{wrapped}\nline 91 Error1 ok")]);
    assert!(d.shot().contains("copied 2 lines"));
    // A rectangle.
    d.press("/ l i n e <Space> 9 1 <Enter> w <C-v> j l y");
    assert_eq!(copied(&mut d), ["91\n92"]);
    // A wide character is taken whole, from whichever half.
    d.press("/ 日 本 <Enter> v l y");
    assert_eq!(copied(&mut d), ["日本"]);
}

#[test]
fn nothing_moves_while_output_comes() {
    let mut d = printed(80, 24);
    d.press("3 c <PgUp>");
    let before = d.shot();
    for i in 0..50 {
        let now = d.state.now;
        agent(&mut d.state, "SEC").pane.screen.feed(format!("more {i}\r\n").as_bytes(), now);
    }
    assert_eq!(d.shot(), before);
    assert!(d.press("<Esc>").shot().contains("more 49"));
}

#[test]
fn selecting_is_seen() {
    assert_snapshot!(printed(80, 24).press("3 c k k V k k").shot());
    assert_snapshot!(printed(120, 40).press("3 c k k v k k $").shot());
    assert_snapshot!(printed(200, 50).press("3 c g").shot());
    assert_snapshot!(printed(20, 5).press("3 c k v").shot());
    let mut d = printed(80, 24);
    d.press("3 c k k V k");
    let terminal = d.terminal();
    let reversed = |y: u16| {
        let cell = terminal.backend().buffer().cell((2, y)).unwrap();
        cell.modifier.contains(ratatui::style::Modifier::REVERSED)
    };
    assert_eq!((0..24).filter(|y| reversed(*y)).count(), 2);
}

#[test]
fn the_mouse_selects_and_copies_on_release() {
    let mut d = printed(120, 30);
    d.press("3");
    let area = d.view.pane_areas(&d.state)[0].1;
    let (x, y) = (area.x, area.y + 4);
    mouse(&mut d, MouseKind::Down(0), x, y, Mods::NONE);
    mouse(&mut d, MouseKind::Drag(0), x + 6, y, Mods::NONE);
    mouse(&mut d, MouseKind::Up(0), x + 6, y, Mods::NONE);
    let copies = copied(&mut d);
    assert!(copies[0].starts_with("line 9"), "{copies:?}");
    // A press and a release alone copy nothing: the pane is typed into.
    mouse(&mut d, MouseKind::Down(0), x, y + 1, Mods::NONE);
    mouse(&mut d, MouseKind::Up(0), x, y + 1, Mods::NONE);
    assert_eq!(d.took(), []);
    assert!(d.shot().contains("typing into SEC"));
    // A drag while typing goes back to typing.
    mouse(&mut d, MouseKind::Down(0), x, y + 2, Mods::NONE);
    mouse(&mut d, MouseKind::Drag(0), x + 3, y + 2, Mods::NONE);
    mouse(&mut d, MouseKind::Up(0), x + 3, y + 2, Mods::NONE);
    assert_eq!(copied(&mut d), ["line"]);
    assert!(d.shot().contains("typing into SEC"));
}

#[test]
fn with_shift_the_mouse_is_ours_although_the_program_wants_it() {
    let mut d = printed(120, 30);
    let now = d.state.now;
    agent(&mut d.state, "SEC").pane.screen.feed(b"\x1b[?1002h\x1b[?1006h", now);
    d.press("3 <Enter>").took();
    let area = d.view.pane_areas(&d.state)[0].1;
    for kind in [MouseKind::Down(0), MouseKind::Drag(0), MouseKind::Up(0)] {
        let x = if kind == MouseKind::Down(0) { area.x } else { area.x + 3 };
        mouse(&mut d, kind, x, area.y + 3, Mods::SHIFT);
    }
    assert_eq!(copied(&mut d), ["line"]);
    mouse(&mut d, MouseKind::Down(0), area.x, area.y + 3, Mods::NONE);
    assert!(matches!(&d.took()[..], [Action::Type { .. }]));
}

#[test]
fn a_word_is_taken_by_two_clicks() {
    let mut d = printed(80, 24);
    d.press("3 c");
    let area = d.view.pane_areas(&d.state)[0].1;
    for _ in 0..2 {
        mouse(&mut d, MouseKind::Down(0), area.x + 9, area.y + 2, Mods::NONE);
    }
    assert!(copied(&mut d)[0].starts_with("Error"));
}

#[test]
fn a_clipboard_that_is_off_is_said_to_be() {
    let mut d = printed(80, 24);
    d.view.refuse_clipboard();
    d.press("3 c k V y");
    assert_eq!(d.took(), [Action::Beep]);
    assert!(d.shot().contains("the clipboard is off"));
}

#[test]
fn what_ended_says_how_and_what_brings_it_back() {
    for (cols, rows) in [(80, 24), (120, 40), (200, 50), (20, 5)] {
        let mut d = desk(busy(), cols, rows);
        assert_snapshot!(format!("ended_{cols}"), d.press("3 ] ]").shot());
    }
    let mut d = desk(busy(), 80, 24);
    d.press("3 ] ] R");
    assert_eq!(d.took(), [Action::Beep]);
    assert!(d.shot().contains("has no `resume` arguments"), "{}", d.shot());
}
