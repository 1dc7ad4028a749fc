//! What a keyboard tells beyond keys: only a program that is typed into hears of it.

use super::fixture::*;
use crate::domain::key::{Code, Key, Mods, Press, Stroke};
use crate::domain::time::Time;
use crate::ui::{Action, on_key};

fn typed(actions: &[Action]) -> Vec<String> {
    let bytes = |a: &Action| match a {
        Action::Type { bytes, .. } => String::from_utf8_lossy(bytes).into_owned(),
        other => panic!("{other:?}"),
    };
    actions.iter().map(bytes).collect()
}

#[test]
fn releases_and_rare_modifiers_mean_nothing_to_the_dashboard() {
    let mut d = desk(busy(), 120, 30);
    let q = Stroke::from(Key::char('q'));
    for stroke in [
        Stroke { press: Press::Up, ..q.clone() },
        Stroke { held: 8, ..q.clone() },
        Stroke::from(Key::plain(Code::Other(57441))),
    ] {
        assert_eq!(on_key(&d.state, &mut d.view, stroke), []);
    }
    assert_eq!(on_key(&d.state, &mut d.view, Stroke { press: Press::Again, ..q.clone() }), [Action::Detach]);
    // With locks a key is what it is.
    assert_eq!(on_key(&d.state, &mut d.view, Stroke { held: 64, ..q }), [Action::Detach]);
}

#[test]
fn escape_pressed_twice_closes_as_once() {
    let mut d = desk(busy(), 120, 30);
    d.press("?");
    assert!(d.shot().contains("in the dashboard"));
    on_key(&d.state, &mut d.view, Key { code: Code::Esc, mods: Mods::ALT });
    assert!(!d.shot().contains("in the dashboard"));
}

#[test]
fn the_program_that_is_typed_into_hears_of_all_it_asked_for() {
    let mut state = busy();
    agent(&mut state, "SEC").pane.screen.feed(b"\x1b[>3u\x1b[?1003h\x1b=", Time::default());
    let mut d = desk(state, 120, 30);
    let sec = name("SEC");
    d.view.focus(&d.state, &sec);
    assert_eq!(d.view.wants(&d.state), Default::default());
    d.press("<Enter>");
    let wants = d.view.wants(&d.state);
    assert_eq!((wants.kitty, wants.motion, wants.keypad), (3, true, true));
    let up = Stroke { press: Press::Up, ..Stroke::from(Key::char('a')) };
    assert_eq!(typed(&on_key(&d.state, &mut d.view, up.clone())), ["\x1b[97;1:3u"]);
    // What lies between two presses of the key that leaves does not make them two things.
    let leave = Stroke::from(Key::ctrl('q'));
    on_key(&d.state, &mut d.view, leave.clone());
    assert_eq!(on_key(&d.state, &mut d.view, Stroke { press: Press::Up, ..leave.clone() }), []);
    assert_eq!(typed(&on_key(&d.state, &mut d.view, leave)), ["\x1b[113;5u"]);
}
