//! Who needs me: the order of the rows, what is new, and that no row moves under a hand.

use std::time::Duration;

use proptest::prelude::*;

use super::fixture::*;
use crate::domain::key::{Mods, Mouse, MouseKind};
use crate::domain::state::AgentState;
use crate::domain::time::Time;
use crate::ui::{AIM, Look, SETTLE, on_mouse};

const STATES: [AgentState; 6] = [
    AgentState::Asking,
    AgentState::Failed,
    AgentState::Working,
    AgentState::Idle,
    AgentState::Ready,
    AgentState::Unknown,
];

/// The name in each line of what stands at the left.
fn column(shot: &str) -> Vec<String> {
    let word = |line: &str| {
        let cells: String = line.chars().skip(2).take(18).collect();
        cells.split_whitespace().find(|w| w.chars().all(|c| c.is_ascii_uppercase())).unwrap_or("").to_owned()
    };
    shot.lines().map(word).collect()
}

fn click(d: &mut Desk, row: u16, now: Time) {
    let mouse = Mouse { kind: MouseKind::Down(0), column: 4, row, mods: Mods::NONE };
    on_mouse(&d.state, &mut d.view, mouse, now);
}

#[derive(Clone, Debug)]
enum Happens {
    Becomes(usize, usize),
    Passes(u64),
    Clicks(u16),
}

fn happens() -> impl Strategy<Value = Happens> {
    prop_oneof![
        3 => (0usize..8, 0usize..STATES.len()).prop_map(|(a, s)| Happens::Becomes(a, s)),
        2 => (0u64..3000).prop_map(Happens::Passes),
        2 => (1u16..20).prop_map(Happens::Clicks),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// A click hits whom its row showed at any moment within the time it takes to aim, and rows that were just used
    /// stand still.
    #[test]
    fn no_row_moves_under_a_hand(steps in proptest::collection::vec(happens(), 1..60)) {
        let mut d = desk(busy(), 120, 30);
        d.press("3");
        let mut now = d.state.now;
        d.view.observe(&d.state, true, now);
        let mut used = None;
        // What was shown from when on.
        let mut past = vec![(Time::default(), column(&d.shot()))];
        for step in steps {
            match step {
                Happens::Becomes(i, to) => {
                    let who = d.state.team().nth(i).unwrap().name.clone();
                    let agent = d.state.agents.iter_mut().find(|a| a.name == who).unwrap();
                    agent.activity = STATES[to];
                }
                Happens::Passes(ms) => now = now.plus(Duration::from_millis(ms)),
                Happens::Clicks(row) => {
                    // Whoever clicks has aimed at what was there a moment ago.
                    let then = past.iter().rev().find(|(t, _)| t.plus(AIM) <= now).unwrap();
                    let aimed = then.1[usize::from(row)].clone();
                    d.view.focus(&d.state, &name("SEC"));
                    click(&mut d, row, now);
                    let hit = d.view.focused(&d.state).unwrap().to_string();
                    prop_assert_eq!(hit, if aimed.is_empty() { "SEC".to_owned() } else { aimed });
                    used = Some(now);
                    // Another click here is not the second of a double one.
                    d.view.click = None;
                }
            }
            d.view.observe(&d.state, true, now);
            let is = column(&d.shot());
            if used.is_some_and(|used: Time| now < used.plus(SETTLE)) {
                prop_assert_eq!(&is, &past.last().unwrap().1);
            }
            past.push((now, is));
        }
        // Once nobody has used them for a while they are as they should be.
        now = now.plus(SETTLE);
        d.view.observe(&d.state, true, now);
        let settled = column(&d.shot());
        let mut fresh = desk(d.state, 120, 30);
        prop_assert_eq!(settled, column(&fresh.press("3").shot()));
    }
}

#[test]
fn while_rows_wait_the_next_look_is_told_and_then_they_move() {
    let mut d = desk(busy(), 120, 30);
    let now = d.state.now;
    assert_eq!(d.view.observe(&d.state, true, now), None);
    click(&mut d, 3, now);
    agent(&mut d.state, "DOCS").activity = AgentState::Asking;
    assert_eq!(d.view.observe(&d.state, true, now), Some(now.plus(SETTLE)));
    // Its sign changes at once, and it is counted.
    let shot = d.shot();
    assert!(shot.contains("? DOCS"), "{shot}");
    assert!(shot.contains("4 need you"), "{shot}");
    assert_eq!(d.view.observe(&d.state, true, now.plus(SETTLE)), None);
    let rows = column(&d.shot());
    let place = |who: &str| rows.iter().position(|r| r == who).unwrap();
    assert!(place("DOCS") < place("ARCH"));
}

#[test]
fn a_result_is_new_until_its_pane_is_seen() {
    let mut d = desk(busy(), 120, 30);
    let now = d.state.now;
    d.press("3");
    d.view.observe(&d.state, true, now);
    // OPS is on this tab, DOCS and QA are not.
    agent(&mut d.state, "OPS").activity = AgentState::Failed;
    agent(&mut d.state, "DOCS").activity = AgentState::Failed;
    agent(&mut d.state, "QA").activity = AgentState::Working;
    d.view.observe(&d.state, true, now);
    agent(&mut d.state, "QA").activity = AgentState::Idle;
    d.view.observe(&d.state, true, now);
    let shot = d.shot();
    assert!(shot.contains("•! DOCS") && shot.contains("•○ QA") && shot.contains(" ! OPS"), "{shot}");
    let ascii = Look { ascii: true, ..Look::default() };
    d.view = crate::ui::View::new(30, 120, ascii);
    d.view.observe(&d.state, true, now);
    agent(&mut d.state, "QA").activity = AgentState::Asking;
    d.view.observe(&d.state, true, now);
    assert!(d.shot().contains(">? QA"), "{}", d.shot());
    d.press("W");
    assert_eq!(d.view.focused(&d.state), Some(name("QA")));
    // Nobody sees it while the terminal has not the focus.
    d.view.observe(&d.state, false, now);
    assert!(d.shot().contains(">? QA"));
    d.view.observe(&d.state, true, now);
    assert!(d.shot().contains(" ? QA"));
    assert!(d.press("W").shot().contains("no result"));
}

#[test]
fn who_needs_a_human_is_counted_in_every_view() {
    for keys in ["3", "3 z", "v", "M", "5", ":", "?"] {
        for (cols, rows) in [(80, 24), (120, 40), (200, 50)] {
            let shot = desk(busy(), cols, rows).press(keys).shot();
            let top = shot.lines().next().unwrap();
            assert!(top.contains("?3") || top.contains("3 need you"), "{keys} {cols}×{rows}: {top}");
        }
    }
    let shot = desk(fresh(), 120, 30).shot();
    assert!(!shot.lines().next().unwrap().contains("need"), "{shot}");
}
