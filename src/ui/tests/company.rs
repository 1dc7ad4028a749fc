//! Several people: who is seen where, panes of another's size, and who only looks.

use insta::assert_snapshot;

use super::fixture::*;
use crate::domain::key::{Mods, Mouse, MouseKind};
use crate::screen::Size;
use crate::ui::{Action, Guest, on_mouse};

fn guest(name: &str, agent: &str, typing: bool) -> Guest {
    Guest { name: name.into(), agent: Some(super::fixture::name(agent)), typing, looks_only: false }
}

/// Somebody else has made SEC small and OBS large.
pub(super) fn shared(cols: u16, rows: u16) -> Desk {
    let mut state = busy();
    let now = state.now;
    agent(&mut state, "SEC").pane.screen.resize(Size { rows: 6, cols: 40 });
    let large = &mut agent(&mut state, "OBS").pane.screen;
    large.resize(Size { rows: 60, cols: 200 });
    for row in 1..=60 {
        let text = format!("\x1b[{row};1Hrow {row:02} {}", "0123456789".repeat(18));
        large.feed(text.as_bytes(), now);
    }
    let mut d = desk(state, cols, rows);
    d.view.meet(vec![guest("ana", "SEC", true), guest("bob", "DOCS", false)]);
    d.press("3");
    d
}

#[test]
fn a_pane_of_another_size_is_marked_and_shows_its_cursor() {
    assert_snapshot!(shared(120, 30).shot());
    assert_snapshot!(shared(80, 24).shot());
    assert_snapshot!(shared(80, 24).press("]").shot());
}

#[test]
fn all_of_a_larger_pane_can_be_scrolled_to() {
    let mut d = shared(120, 30);
    d.press("l");
    // The cursor is far to the right, and so is what is seen; further left once it goes there.
    assert!(!d.shot().contains("row 60"));
    let now = d.state.now;
    agent(&mut d.state, "OBS").pane.screen.feed(b"\x1b[60;1H", now);
    assert!(d.shot().contains("row 60"), "{}", d.shot());
    d.press(&"<PgUp> ".repeat(5));
    let shot = d.shot();
    assert!(shot.contains("row 01") && !shot.contains("row 60") && shot.contains("rows back of"), "{shot}");
}

#[test]
fn nobody_else_is_nowhere_to_be_seen() {
    let mut d = desk(busy(), 120, 30);
    let alone = d.press("3").shot();
    assert!(!alone.contains("with ") && !alone.contains("····"));
    assert!(!d.view.meet(vec![]));
    assert!(d.view.meet(vec![guest("ana", "SEC", false)]));
    assert!(d.shot().contains("with ana"));
}

#[test]
fn who_only_looks_goes_everywhere_and_does_nothing() {
    let mut d = desk(busy(), 120, 30);
    d.view.look_only();
    d.press("3");
    let shot = d.shot();
    let foot = shot.lines().last().unwrap();
    assert!(shot.contains("read-only") && foot.contains("Space layout"), "{shot}");
    assert!(!foot.contains("type") && !foot.contains("broadcast"), "{shot}");
    for key in ["b", "m", "r", "p", "s", "a", "S", "x", "P", "<Enter>", "o"] {
        d.press(key);
        assert!(d.shot().contains("read-only"), "{key}");
        assert!(d.took().iter().all(|a| *a == Action::Beep), "{key}");
    }
    // The Monitor opens a pane, the review and the merge are seen.
    d.press("5 <Enter>");
    assert!(!d.view.pane_areas(&d.state).is_empty());
    d.press("v g G o M y");
    let acted = |d: &mut Desk| {
        let took = d.took();
        let kept = d.view.allowed(took);
        kept.into_iter().filter(|a| matches!(a, Action::Type { .. } | Action::Edit(_))).count()
            + d.actions.len()
    };
    assert_eq!(acted(&mut d), 0);
    // A click on a focused pane types for others.
    d.press("<Esc> <Esc> 3");
    let (_, area) = d.view.pane_areas(&d.state)[0].clone();
    let now = d.state.now;
    for _ in 0..2 {
        let mouse = Mouse { kind: MouseKind::Down(0), column: area.x + 3, row: area.y + 2, mods: Mods::NONE };
        let actions = on_mouse(&d.state, &mut d.view, mouse, now);
        assert!(actions.iter().all(|a| *a == Action::Beep));
    }
    assert_eq!(d.view.typing_into(&d.state), None);
}
