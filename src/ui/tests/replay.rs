//! A recording in the dashboard: its time line, its keys, what it refuses.

use insta::assert_snapshot;

use super::fixture::*;
use crate::domain::chapter::Kind;
use crate::domain::key::{Mods, Mouse, MouseKind};
use crate::domain::moment::Moment;
use crate::domain::state::AgentState::{
    self, Asking, Claimed, Failed, Idle, Pending, Ready, Starting, Working,
};
use crate::engine::state::State;
use crate::ui::replay::{Deck, Found, Mark, Play, Sign, Story, Way, Wish};
use crate::ui::{Action, Look, View, on_mouse};

const SECOND: u64 = 1_000_000;

fn mark(at: u64, what: Sign, who: Option<&str>, text: &str) -> Mark {
    let event = (what != Sign::Note).then(|| (usize::try_from(at).unwrap(), at + 100));
    Mark { us: at * SECOND, event, what, agent: who.map(name), text: text.into() }
}

/// Two hours of the sprint: an event every second, chapters here and there.
pub(super) fn story() -> Story {
    let row = |who: &str, states: &[(u64, AgentState)]| {
        (name(who), states.iter().map(|(s, state)| (s * SECOND, *state)).collect())
    };
    let chapter = |at, kind, who: &str, text: &str| mark(at, Sign::Chapter(kind), Some(who), text);
    Story {
        title: "sessions/sprint-1".into(),
        span: (0, 7200 * SECOND),
        rows: vec![
            row("ARCH", &[(0, Starting), (60, Working), (1800, Idle), (2400, Claimed), (2500, Ready)]),
            row("PLAT", &[(0, Pending), (600, Working), (4000, Claimed), (4010, Idle)]),
            row("SEC", &[(0, Pending), (600, Working), (2469, Asking), (2470, Working)]),
            row("OBS", &[(0, Pending), (700, Working), (3000, Asking)]),
            row("NET", &[(0, Pending), (900, Working), (3600, Failed)]),
            row("OPS", &[(0, Pending), (1000, Working)]),
            row("QA", &[(0, Pending), (5000, Starting)]),
            row("DOCS", &[(0, Pending)]),
        ],
        marks: vec![
            chapter(60, Kind::Prompt, "ARCH", "prompt “enhancement” → ARCH"),
            chapter(2400, Kind::Claim, "ARCH", "ARCH claims READY"),
            chapter(2469, Kind::Asking, "SEC", "SEC asks: permission"),
            chapter(2500, Kind::Ready, "ARCH", "ARCH is ready at 9f3e21c"),
            mark(3000, Sign::Note, None, "here OBS waits for nobody"),
            chapter(3600, Kind::Failed, "NET", "NET failed: exited 1"),
            chapter(4010, Kind::Refused, "PLAT", "PLAT is not ready: 2 commits"),
            chapter(5000, Kind::GateRed, "QA", "gate \u{1b}[2Jbuild\u{202e} is red on QA"),
            mark(6000, Sign::Chapter(Kind::Merge), None, "train 1 moved the target"),
        ],
    }
}

pub(super) fn recorded(state: State, cols: u16, rows: u16, look: Look) -> Desk {
    let mut deck = Deck::new(story(), 1.0, 2);
    deck.at(2470 * SECOND, 2470);
    Desk { state, view: View::of_recording(rows, cols, look, deck), actions: Vec::new() }
}

/// Takes the deck to where a wish goes, as far as that can be told without a recording.
pub(super) fn fulfil(view: &mut View, wish: &Wish) {
    let deck = view.deck().unwrap();
    let found = |text: &str| Found { text: text.into(), hits: 3, at: 1, busy: false };
    match wish {
        Wish::To(us) => deck.at(*us, usize::try_from(us / SECOND).unwrap()),
        Wish::Event(place) => deck.at(u64::try_from(*place).unwrap() * SECOND, place + 1),
        Wish::Search(text) => deck.found = Some(found(text)),
        Wish::EndSearch => deck.found = None,
        Wish::Go(_) | Wish::Frame(_) | Wish::Hit(_) | Wish::Note(_) => {}
    }
}

fn tape(cols: u16, rows: u16) -> Desk {
    recorded(busy(), cols, rows, Look::default())
}

fn wishes(d: &mut Desk, keys: &str) -> Vec<Wish> {
    d.press(keys);
    let wish = |a| match a {
        Action::Wish(wish) => Some(wish),
        Action::Beep => None,
        other => panic!("{other:?}"),
    };
    d.took().into_iter().filter_map(wish).collect()
}

fn play(d: &mut Desk) -> Play {
    d.view.deck().unwrap().play
}

fn foot(d: &Desk) -> String {
    d.shot().lines().last().unwrap().to_owned()
}

#[test]
fn the_time_line_at_all_sizes() {
    assert_snapshot!(tape(120, 30).press("3").shot());
    assert_snapshot!(tape(200, 50).press("3").shot());
    assert_snapshot!(tape(80, 24).press("3").shot());
    assert_snapshot!(tape(60, 10).press("3").shot());
    assert_snapshot!(recorded(busy(), 120, 30, Look { ascii: true, plain: true, ..Look::default() }).shot());
}

#[test]
fn more_and_less_of_the_time_line() {
    let mut d = tape(80, 24);
    assert_snapshot!(d.press("3 t t").shot());
    let rows = |d: &Desk| d.shot().lines().filter(|l| l.contains("◌●") || l.contains("…●")).count();
    assert!(rows(&d) > 4, "{}", d.shot());
    d.press("t");
    assert_eq!(rows(&d), 1);
    d.press("t");
    assert_eq!(rows(&d), 0);
}

#[test]
fn lists_and_lines_of_a_recording() {
    assert_snapshot!(tape(80, 24).press("c").shot());
    assert_snapshot!(tape(80, 24).press("c r e f u").shot());
    assert_snapshot!(tape(80, 24).press("g 1 2 m").shot());
    assert_snapshot!(tape(200, 60).press("?").shot());
    assert_snapshot!(tape(120, 30).press(": c h a p").shot());
    assert_snapshot!(tape(80, 24).press("3 e").shot());
}

#[test]
fn time_goes_where_keys_say() {
    let mut d = tape(120, 30);
    let to = |s: u64| vec![Wish::To(s * SECOND)];
    assert_eq!(wishes(&mut d, "<Left>"), to(2465));
    assert_eq!(wishes(&mut d, "<Right>"), to(2475));
    assert_eq!(wishes(&mut d, "<S-Left>"), to(2410));
    assert_eq!(wishes(&mut d, "<S-Right>"), to(2530));
    assert_eq!(wishes(&mut d, "0"), to(0));
    assert_eq!(wishes(&mut d, "G"), [Wish::Go(Moment::End)]);
    assert_eq!(wishes(&mut d, "."), [Wish::Frame(Way::On)]);
    assert_eq!(wishes(&mut d, ","), [Wish::Frame(Way::Back)]);
    assert_eq!(wishes(&mut d, "g 5 0 % <Enter>"), [Wish::Go(Moment::Share(0.5))]);
    assert_eq!(wishes(&mut d, "g # 1 7 <Enter>"), [Wish::Go(Moment::Event(17))]);
    assert!(wishes(&mut d, "g x <Enter>").is_empty());
    assert!(foot(&d).contains("12m30s"), "{}", foot(&d));
    d.view.deck().unwrap().at(2 * SECOND, 2);
    assert_eq!(wishes(&mut d, "<Left>"), to(0));
    d.view.deck().unwrap().at(7199 * SECOND, 7199);
    assert_eq!(wishes(&mut d, "<Right>"), to(7200));
}

#[test]
fn space_plays_and_the_pace_goes_from_a_quarter_to_64() {
    let mut d = tape(120, 30);
    assert!(foot(&d).contains("Space play"));
    assert!(wishes(&mut d, "<Space>").is_empty());
    assert_eq!(play(&mut d), Play::Playing);
    assert!(foot(&d).contains("Space pause") && d.shot().contains("▶ 1×"));
    let mut speed = |keys: &str| {
        d.press(keys);
        d.view.deck().unwrap().speed
    };
    assert!((speed("+ + +") - 8.0).abs() < 1e-9);
    assert!((speed("+ + + + +") - 64.0).abs() < 1e-9);
    assert!((speed("- < - - - - - - - - - -") - 0.25).abs() < 1e-9);
    assert!(d.shot().contains("▶ 0.25×"));
    let mut cut = |keys: &str| {
        d.press(keys);
        d.view.deck().unwrap().cut()
    };
    assert_eq!(cut("i"), None);
    assert_eq!(cut("i"), Some(2 * SECOND));
    // Whoever plays at the end means the whole.
    d.press("<Space>");
    d.view.deck().unwrap().at(7200 * SECOND, 7200);
    assert_eq!(wishes(&mut d, "<Space>"), [Wish::To(0)]);
}

#[test]
fn chapters_and_notes_come_one_after_the_other() {
    let mut d = tape(120, 30);
    assert_eq!(wishes(&mut d, "n"), [Wish::Event(2500)]);
    assert!(foot(&d).contains("ARCH is ready"));
    d.view.deck().unwrap().at(2500 * SECOND, 2501);
    assert_eq!(wishes(&mut d, "n"), [Wish::To(3000 * SECOND)]);
    d.view.deck().unwrap().at(3000 * SECOND, 3000);
    // From a chapter's own moment it goes to the one before it.
    assert_eq!(wishes(&mut d, "p"), [Wish::Event(2500)]);
    d.view.deck().unwrap().at(3001 * SECOND, 3001);
    assert_eq!(wishes(&mut d, "p"), [Wish::To(3000 * SECOND)]);
    // While it plays, just after its beginning too.
    d.press("<Space>");
    assert_eq!(wishes(&mut d, "p"), [Wish::Event(2500)]);
    d.view.deck().unwrap().at(7000 * SECOND, 7000);
    assert!(wishes(&mut d, "n").is_empty());
    assert!(foot(&d).contains("no chapter comes after this"));
    assert_eq!(wishes(&mut d, "c r e f u <Enter>"), [Wish::Event(4010)]);
}

#[test]
fn a_search_lends_n_another_meaning_until_it_is_left() {
    let mut d = tape(120, 30);
    assert!(wishes(&mut d, "N").is_empty());
    assert!(foot(&d).contains("/ finds a text"));
    assert_eq!(wishes(&mut d, "/ e r r o r <Enter>"), [Wish::Search("error".into())]);
    d.view.deck().unwrap().found = Some(Found { text: "error".into(), hits: 12, at: 3, busy: false });
    assert!(d.shot().contains("“error” 3 of 12"), "{}", d.shot());
    assert!(foot(&d).contains("N/n place"));
    assert_eq!(wishes(&mut d, "n N p"), [Wish::Hit(Way::On), Wish::Hit(Way::Back), Wish::Event(2469)]);
    assert_eq!(wishes(&mut d, "<Esc>"), [Wish::EndSearch]);
    assert_eq!(wishes(&mut d, "n"), [Wish::Event(2500)]);
}

#[test]
fn a_note_is_written_at_a_moment_that_stands_still() {
    let mut d = tape(80, 24);
    d.press("<Space> a");
    assert_eq!(play(&mut d), Play::Paused);
    d.paste("the lead\u{1b}[31m was away");
    assert_eq!(wishes(&mut d, "! <Enter>").len(), 1);
    d.press("a x <Esc>");
    assert!(d.took().is_empty());
}

#[test]
fn what_acts_on_agents_is_refused_and_what_looks_is_not() {
    for key in ["b", "m", "x", "s", "S", "r", "P", "o"] {
        let mut d = tape(120, 30);
        d.press(key);
        assert_eq!(d.took(), [Action::Beep], "{key}");
        assert!(foot(&d).contains("this is a recording"), "{key}: {}", foot(&d));
    }
    let mut d = tape(120, 30);
    d.press("v");
    assert!(d.shot().contains("commits"), "{}", d.shot());
    // Here these would run gates, merge and send.
    for key in ["s", "o", "d"] {
        d.press(key);
        assert!(d.took().iter().all(|a| *a == Action::Beep), "{key}");
        d.press("<Esc>");
        d.press("v");
    }
    let mut d = tape(120, 30);
    d.press("6 M");
    assert!(d.took().iter().all(|a| *a == Action::Beep));
    d.press("M 5 j <Enter> z z L <Esc> q");
    assert_eq!(d.took(), [Action::Detach]);
    d.paste("text");
    assert!(foot(&d).contains("nothing takes a paste"));
}

#[test]
fn a_session_that_runs_is_followed_until_somebody_looks_back() {
    let mut d = tape(120, 30);
    let deck = d.view.deck().unwrap();
    (deck.live, deck.play) = (true, Play::Following);
    deck.at(7200 * SECOND, 7200);
    assert!(d.shot().contains("▶ live"), "{}", d.shot());
    assert_eq!(wishes(&mut d, "<Left>"), [Wish::To(7195 * SECOND)]);
    assert_eq!(play(&mut d), Play::Paused);
    d.view.deck().unwrap().at(7195 * SECOND, 7195);
    assert!(d.shot().contains("the session goes on") && foot(&d).contains("G live"), "{}", d.shot());
    assert_eq!(wishes(&mut d, "G"), [Wish::Go(Moment::End)]);
    assert_eq!(play(&mut d), Play::Following);
}

#[test]
fn the_mouse_goes_to_moments_chapters_and_panes() {
    let mut d = tape(120, 30);
    d.press("3");
    let at = |d: &mut Desk, kind, column, row| {
        on_mouse(&d.state, &mut d.view, Mouse { kind, column, row, mods: Mods::NONE }, NOW)
    };
    // The rows begin after the names; the last column is the end.
    let to = |actions: Vec<Action>| match actions.as_slice() {
        [Action::Wish(Wish::To(us))] => us / SECOND,
        other => panic!("{other:?}"),
    };
    assert_eq!(to(at(&mut d, MouseKind::Down(0), 6, 22)), 0);
    assert_eq!(to(at(&mut d, MouseKind::Drag(0), 70, 22)), 7200);
    let middle = to(at(&mut d, MouseKind::Down(0), 38, 28));
    assert!((3400..3800).contains(&middle), "{middle}");
    assert_eq!(at(&mut d, MouseKind::Down(0), 90, 20), [Action::Wish(Wish::Event(60))]);
    assert!(at(&mut d, MouseKind::Down(0), 1, 19).is_empty());
    assert_eq!(d.view.deck().unwrap().play, Play::Playing);
    at(&mut d, MouseKind::Down(0), 90, 6);
    assert_eq!(d.view.focused(&d.state), Some(name("OBS")));
    // A second click would type into the pane of a session that runs.
    let later = NOW.plus(std::time::Duration::from_secs(9));
    let mouse = Mouse { kind: MouseKind::Down(0), column: 90, row: 6, mods: Mods::NONE };
    assert!(on_mouse(&d.state, &mut d.view, mouse, later).is_empty());
    assert_eq!(d.view.typing_into(&d.state), None);
}
