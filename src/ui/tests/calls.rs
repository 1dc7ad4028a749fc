//! Calls that wait for a person: they are told of in every view, take no key from anybody, and are answered only by who
//! has seen what they are about.

use std::time::Duration;

use insta::assert_snapshot;

use super::fixture::*;
use crate::domain::command::{Caller, Command, Confirming, Silence};
use crate::domain::key::{Mods, Mouse, MouseKind};
use crate::domain::time::Time;
use crate::engine::parts::Confirmation;
use crate::engine::state::State;
use crate::ui::{AIM, Action, Look, draw, on_mouse};

/// A call by a program, which waits for so many seconds more.
pub(super) fn call(id: u64, title: &str, seconds: u64) -> Confirmation {
    let caller = Caller::Mcp { client: "codex".into(), pane: Some(name("ORCHESTRATOR")) };
    let until = NOW.plus(Duration::from_secs(seconds));
    Confirmation::shown(id, caller, "start_merge", title, (NOW, until))
}

/// A session in which the orchestrator's agent wants to merge, and a program outside to stop SEC.
pub(super) fn waiting() -> State {
    let mut state = busy();
    let mut merge = call(1, "Move main 1b1c6aa → 5e0d9c2 (8 merges, 46 files)", 107);
    merge.lines = vec![
        "Order: ARCH, PLAT, SEC, OBS, NET, OPS, QA, DOCS.".into(),
        "All gates are green on the result.".into(),
        "Undo: orchestra merge --undo.".into(),
    ];
    let mut stop = call(2, "Stop SEC: its program, and all it started", 118);
    stop.caller = Caller::Mcp { client: "conduct.py".into(), pane: None };
    stop.tool = "stop_agent".into();
    state.confirmations = vec![merge, stop];
    state
}

/// Draws, as a server does: what is seen is known from then on.
fn look(d: &mut Desk, now: Time) -> Option<Time> {
    d.state.now = now;
    d.view.at(now);
    d.view.observe(&d.state, true, now)
}

/// The same before a key is pressed, seen once.
pub(super) fn told(cols: u16, rows: u16) -> Desk {
    seen(cols, rows, "", Look::default())
}

fn later(ms: u64) -> Time {
    NOW.plus(Duration::from_millis(ms))
}

fn seen(cols: u16, rows: u16, keys: &str, look_of: Look) -> Desk {
    let mut d = looking(waiting(), cols, rows, look_of);
    look(&mut d, NOW);
    d.press(keys);
    look(&mut d, NOW);
    d
}

fn answers(d: &mut Desk) -> Vec<Confirming> {
    let confirming = |a: Action| match a {
        Action::Do(Command::Confirm(what)) => Some(what),
        _ => None,
    };
    d.took().into_iter().filter_map(confirming).collect()
}

#[test]
fn the_line_that_tells_of_calls() {
    let plain = Look { ascii: true, plain: true, ..Look::default() };
    for (name, cols, rows, keys, look_of) in [
        ("small", 80, 24, "3", Look::default()),
        ("typing_small", 80, 24, "3 <Enter>", Look::default()),
        ("typing_grid", 200, 50, "3 <Enter>", Look::default()),
        ("prompt_small", 80, 24, "3 b H i", Look::default()),
        ("ascii", 80, 24, "5", plain),
        ("smallest", 20, 5, "3", Look::default()),
    ] {
        assert_snapshot!(format!("line_{name}"), seen(cols, rows, keys, look_of).shot());
    }
}

#[test]
fn the_dialog() {
    let plain = Look { ascii: true, plain: true, ..Look::default() };
    for (name, cols, rows, look_of) in [
        ("small", 80, 24, Look::default()),
        ("large", 200, 50, Look::default()),
        ("ascii", 80, 24, plain),
        ("smallest", 20, 5, Look::default()),
    ] {
        assert_snapshot!(format!("dialog_{name}"), seen(cols, rows, "3 C", look_of).shot());
    }
    let mut d = seen(80, 24, "3 C", Look::default());
    d.state.confirmations[0].lines = (1..=40).map(|i| format!("consequence {i}")).collect();
    look(&mut d, NOW);
    assert_snapshot!("dialog_long", d.press("<PgDn> j").shot());
    assert!(d.press("G").shot().contains("consequence 40"));
    assert!(d.press("g <Tab>").shot().contains("Stop SEC"));
    d.state.confirmations.clear();
    assert_snapshot!("dialog_over", d.shot());
}

#[test]
fn in_every_view_the_line_is_there_and_the_calls_are_counted() {
    for keys in
        ["1", "3", "3 z", "3 <Enter>", "3 c", "5", "v", "M", "t", "T", "L", ":", "?", "b", "m", "3 x", "2 r"]
    {
        for (cols, rows) in [(80, 24), (120, 30), (200, 50)] {
            for layout in ["", "<Space>", "<Space> <Space>", "<Space> <Space> <Space>"] {
                let d = seen(cols, rows, &format!("3 {layout} {keys}"), Look::default());
                let shot = d.shot();
                let top = shot.lines().next().unwrap();
                assert!(shot.contains("asks: Move main"), "{keys} {cols}×{rows}:\n{shot}");
                assert!(shot.contains("1:47"), "{keys} {cols}×{rows}:\n{shot}");
                assert!(top.contains("?5") || top.contains("5 need you"), "{keys} {cols}×{rows}: {top}");
            }
        }
    }
}

#[test]
fn no_program_is_resized_by_it() {
    for keys in ["3", "3 z", "3 <Space>", "3 <Space> <Space>"] {
        for (cols, rows) in [(80, 24), (120, 30), (200, 50)] {
            let mut d = desk(busy(), cols, rows);
            d.press(keys);
            let before = d.view.sized_areas(&d.state);
            d.state.confirmations = waiting().confirmations;
            look(&mut d, NOW);
            assert_eq!(d.view.sized_areas(&d.state), before, "{keys} {cols}×{rows}");
        }
    }
}

#[test]
fn it_takes_no_key_from_who_types_or_writes() {
    let mut d = desk(busy(), 80, 24);
    d.press("3 <Enter>");
    d.state.confirmations = waiting().confirmations;
    look(&mut d, NOW);
    d.press("y n C w <Enter> <Esc>");
    let typed = d.took();
    assert_eq!(typed.len(), 6);
    assert!(typed.iter().all(|a| matches!(a, Action::Type { .. })), "{typed:?}");
    d.press("<C-q> b y C");
    assert!(d.shot().contains("yC") && d.took().is_empty(), "{}", d.shot());
    // The keys that the line names lead there.
    d.press("<Esc> C");
    assert!(d.shot().contains("a call waits for you"), "{}", d.shot());
}

#[test]
fn an_answer_counts_once_the_dialog_was_seen_for_long_enough() {
    let ms = u64::try_from(AIM.as_millis()).unwrap();
    let mut d = desk(waiting(), 80, 24);
    look(&mut d, NOW);
    // Not drawn yet, however long ago it was opened.
    d.press("C");
    d.view.at(later(5000));
    d.press("y");
    assert_eq!(answers(&mut d), []);
    look(&mut d, later(5000));
    d.view.at(later(5000 + ms - 1));
    d.press("y");
    assert_eq!(answers(&mut d), []);
    assert!(d.shot().contains("too quick"), "{}", d.shot());
    // A key that is held down never answers.
    for i in 1..40 {
        d.view.at(later(5000 + ms + i * 30));
        d.press("y");
    }
    assert_eq!(answers(&mut d), []);
    look(&mut d, later(9000));
    d.press("y");
    assert_eq!(answers(&mut d), [Confirming::Yes { id: 1 }]);
    // The next one is shown, and is not answered by the same hand.
    d.press("y");
    look(&mut d, later(9100));
    d.press("y");
    assert_eq!(answers(&mut d), []);
    assert!(d.shot().contains("Stop SEC"), "{}", d.shot());
    look(&mut d, later(9600));
    d.press("n");
    assert_eq!(answers(&mut d), [Confirming::No { id: 2 }]);
}

#[test]
fn what_changes_under_the_hand_is_not_answered() {
    let mut d = seen(80, 24, "C", Look::default());
    look(&mut d, later(1000));
    d.state.confirmations[0].title = "Move main 1b1c6aa → 7777777 (9 merges)".into();
    d.press("y");
    assert_eq!(answers(&mut d), []);
    look(&mut d, later(1100));
    d.press("y");
    assert_eq!(answers(&mut d), []);
    look(&mut d, later(1600));
    d.press("y");
    assert_eq!(answers(&mut d), [Confirming::Yes { id: 1 }]);
}

#[test]
fn a_call_that_is_over_says_so_and_any_key_closes() {
    for key in ["y", "<Enter>", "Z"] {
        let mut d = seen(80, 24, "3 <Enter> <C-q> C", Look::default());
        look(&mut d, later(1000));
        d.state.confirmations.remove(0);
        look(&mut d, later(1100));
        assert!(d.shot().contains("It waits no more: it was answered"), "{}", d.shot());
        look(&mut d, later(9000));
        d.press(key);
        assert!(!d.shot().contains("It waits no more"), "{key}");
        assert_eq!(answers(&mut d), []);
    }
    let mut d = seen(80, 24, "C", Look::default());
    d.state.confirmations[0].agree();
    assert!(d.shot().contains("somebody said yes"), "{}", d.shot());
    look(&mut d, later(1000));
    assert_eq!(answers(d.press("y")), []);
    assert!(d.shot().contains("4 need you") || d.shot().contains("?4"), "{}", d.shot());
    let mut d = seen(80, 24, "C", Look::default());
    d.state.confirmations.clear();
    d.state.now = later(107_000);
    assert!(d.shot().contains("the time is over"), "{}", d.shot());
}

#[test]
fn escape_leaves_it_waiting_and_w_goes_round_agents_and_calls() {
    let mut d = seen(80, 24, "w", Look::default());
    assert!(d.shot().contains("a call waits for you"), "{}", d.shot());
    d.press("<Esc>");
    assert_eq!(answers(&mut d), []);
    assert_eq!(d.state.confirmations.len(), 2);
    let mut rounds = Vec::new();
    for _ in 0..8 {
        d.press("w");
        let dialog = d.shot().contains("a call waits for you");
        rounds.push(if dialog { "calls".to_owned() } else { d.view.focused(&d.state).unwrap().to_string() });
        if dialog {
            d.press("<Esc>");
        }
    }
    assert_eq!(rounds, ["PLAT", "OBS", "NET", "calls", "PLAT", "OBS", "NET", "calls"]);
    // Where nobody else does, the calls go on needing somebody.
    let mut d = desk(fresh(), 80, 24);
    d.state.confirmations = waiting().confirmations;
    for _ in 0..3 {
        assert!(d.press("w").shot().contains("a call waits for you"));
        d.press("<Esc>");
    }
    // One that is new goes before agents.
    let mut d = seen(80, 24, "C <Esc> w", Look::default());
    assert_eq!(d.view.focused(&d.state), Some(name("PLAT")));
    d.state.confirmations.push(call(3, "Send all of them a prompt", 90));
    assert!(d.press("w").shot().contains("Send all of them"), "{}", d.shot());
}

#[test]
fn whoever_typed_types_on() {
    let mut d = seen(80, 24, "3 <Enter>", Look::default());
    let row = d.view.frame(&d.state).banner.y;
    let press = |d: &mut Desk, column, row| {
        let mouse = Mouse { kind: MouseKind::Down(0), column, row, mods: Mods::NONE };
        let now = d.view.now;
        let actions = on_mouse(&d.state, &mut d.view, mouse, now);
        d.actions.extend(actions);
    };
    press(&mut d, 10, row);
    assert!(d.shot().contains("a call waits for you"), "{}", d.shot());
    look(&mut d, NOW);
    // The buttons are pressed where they stand.
    let find = |d: &Desk, what: &str| {
        let shot = d.shot();
        let (y, line) = shot.lines().enumerate().find(|(_, l)| l.contains(what)).unwrap();
        let x = line.trim_start_matches('"').split(what).next().unwrap().chars().count();
        (u16::try_from(x).unwrap() + 1, u16::try_from(y).unwrap())
    };
    let (x, y) = find(&d, "[y]");
    press(&mut d, x, y);
    assert_eq!(answers(&mut d), []);
    look(&mut d, later(1000));
    let (x, y) = find(&d, "[n]");
    press(&mut d, x, y);
    assert_eq!(answers(&mut d), [Confirming::No { id: 1 }]);
    d.press("<Esc> y");
    assert!(matches!(d.took()[..], [Action::Type { .. }]));
}

#[test]
fn a_second_yes_does_not_go_to_a_question_below() {
    let mut d = seen(80, 24, "3 x", Look::default());
    let row = d.view.frame(&d.state).banner.y;
    let mouse = Mouse { kind: MouseKind::Down(0), column: 3, row, mods: Mods::NONE };
    let _ = on_mouse(&d.state, &mut d.view, mouse, NOW);
    d.state.confirmations.truncate(1);
    look(&mut d, NOW);
    look(&mut d, later(1000));
    d.press("y y y");
    assert_eq!(d.took(), [Action::Do(Command::Confirm(Confirming::Yes { id: 1 }))]);
}

#[test]
fn who_only_looks_and_who_looks_at_a_recording_answer_nothing() {
    let mut d = desk(waiting(), 80, 24);
    d.view.look_only();
    look(&mut d, NOW);
    assert!(d.shot().contains("C shows it"), "{}", d.shot());
    d.press("C");
    look(&mut d, NOW);
    look(&mut d, later(1000));
    assert!(d.shot().contains("read-only: others answer"), "{}", d.shot());
    d.press("y n");
    assert_eq!(answers(&mut d), []);
    let mut d = super::replay::recorded(waiting(), 80, 24, Look::default());
    look(&mut d, NOW);
    assert!(d.shot().contains("asks: Move main") && !d.shot().contains("answers"), "{}", d.shot());
    d.press("C");
    look(&mut d, NOW);
    look(&mut d, later(1000));
    assert!(d.shot().contains("This is a recording"), "{}", d.shot());
    d.press("y n");
    assert_eq!(answers(&mut d), []);
}

#[test]
fn the_seconds_are_counted_only_while_a_call_waits() {
    let mut d = desk(busy(), 80, 24);
    assert_eq!(look(&mut d, NOW), None);
    d.state.confirmations = vec![call(1, "Stop SEC", 2)];
    assert_eq!(look(&mut d, NOW), Some(later(1000)));
    assert_eq!(look(&mut d, later(400)), Some(later(1000)));
    assert!(d.shot().contains("0:02 left"), "{}", d.shot());
    assert_eq!(look(&mut d, later(1000)), Some(later(2000)));
    assert!(d.shot().contains("0:01 left"), "{}", d.shot());
    assert_eq!(look(&mut d, later(2000)), None);
    d.press("C");
    assert_eq!(look(&mut d, later(1500)), Some(later(2000)));
    d.state.confirmations.clear();
    assert_eq!(look(&mut d, later(1600)), None);
}

#[test]
fn what_a_caller_says_is_shown_safely() {
    let mut d = desk(busy(), 80, 24);
    let mut evil = call(1, "Stop \x1b[2J SEC\u{202e}", 60);
    evil.tool = "\x07".into();
    evil.lines = vec!["\x1b]0;evil\x07".into()];
    evil.caller = Caller::Mcp { client: "\x1b[31mcodex".into(), pane: None };
    d.state.confirmations = vec![evil];
    for keys in ["3", "C"] {
        d.press(keys);
        let mut terminal = d.terminal();
        terminal.draw(|frame| draw(frame, &d.state, &d.view)).unwrap();
        let cells = &terminal.backend().buffer().content;
        assert!(cells.iter().all(|c| !c.symbol().chars().any(crate::screen::is_unsafe)));
    }
}

#[test]
fn a_route_that_goes_ahead_by_itself_says_so() {
    let mut state = busy();
    let mut route = call(1, "Engage k8s-health-agent for incident 1 (P1, scale-out)", 20);
    (route.silence, route.caller) = (Silence::Yes, Caller::Outside);
    state.confirmations = vec![route];
    let mut d = looking(state, 120, 30, Look::default());
    look(&mut d, NOW);
    assert!(d.shot().contains("goes ahead in 0:20 · "), "{}", d.shot());
    d.press("C");
    look(&mut d, NOW);
    let shot = d.shot();
    for part in ["goes ahead in 0:20", "yes, do it", "no, refuse it", "silence lets it go ahead"] {
        assert!(shot.contains(part), "{part}:\n{shot}");
    }
}
