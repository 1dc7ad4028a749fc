//! Recordings of real programs, read by the built-in profiles: the states are those that the
//! recordings' markers imply. See `tests/fixtures/casts/README.md`.

use super::kit::{Stage, config, name, output};
use crate::domain::profile::Profile;
use crate::domain::state::AgentState::{self, Idle, Working};
use crate::engine::event::Event;

const CODEX: &str = include_str!("../../../tests/fixtures/casts/codex.cast");
const UNFOCUSED: &str = include_str!("../../../tests/fixtures/casts/codex-unfocused.cast");
const BIG: &str = include_str!("../../../tests/fixtures/casts/codex-bigpaste.cast");
const PI: &str = include_str!("../../../tests/fixtures/casts/pi.cast");
const AIDER: &str = include_str!("../../../tests/fixtures/casts/aider.cast");
const CODEX_RULES: &str = include_str!("../../data/profiles/codex.toml");
const PI_RULES: &str = include_str!("../../data/profiles/pi.toml");
const AIDER_RULES: &str = include_str!("../../data/profiles/aider.toml");

/// Plays a recording in SEC's pane until it is told to quit, and then waits. Gives each state with the millisecond it began.
fn play(cast: &str, profile: &str) -> Vec<(u64, AgentState)> {
    let profile: Profile = toml::from_str(profile).unwrap();
    let mut c = config();
    for agent in &mut c.team {
        agent.profile.clone_from(&profile.name);
    }
    c.profiles.insert(profile.name.clone(), profile);
    let mut s = Stage::dark(c);
    s.happen(Event::Resize { agent: name("SEC"), rows: 40, cols: 120 });
    s.happen(Event::Start);
    s.up("SEC");
    let mut states = vec![(0, s.is("SEC"))];
    let mut note = |s: &Stage| {
        let (ms, state) = (s.ms, s.is("SEC"));
        if states.last().is_none_or(|(_, last)| *last != state) {
            states.push((ms, state));
        }
    };
    for line in cast.lines().skip(1) {
        let (at, kind, data): (f64, String, String) = serde_json::from_str(line).unwrap();
        let at = (at * 1000.0) as u64;
        if kind == "i" && data == "\u{3}" {
            // It is told to quit: what it would have gone on to do is more worth.
            break;
        }
        while s.ms < at {
            s.pass((at - s.ms).min(20));
            note(&s);
        }
        match kind.as_str() {
            "o" => drop(s.happen(output(&name("SEC"), data.as_bytes()))),
            "r" => {
                let (cols, rows) = data.split_once('x').unwrap();
                let (rows, cols) = (rows.parse().unwrap(), cols.parse().unwrap());
                s.happen(Event::Resize { agent: name("SEC"), rows, cols });
            }
            _ => {}
        }
        note(&s);
    }
    for _ in 0..150 {
        s.pass(20);
        note(&s);
    }
    states
}

fn at(states: &[(u64, AgentState)], ms: u64) -> AgentState {
    states.iter().rev().find(|(from, _)| *from <= ms).map(|(_, s)| *s).unwrap()
}

/// The state holds without a break from one moment to the other.
fn holds(states: &[(u64, AgentState)], from: u64, to: u64, state: AgentState) {
    let within = states.iter().filter(|(ms, _)| *ms > from && *ms <= to);
    let seen: Vec<_> = std::iter::once(at(states, from)).chain(within.map(|(_, s)| *s)).collect();
    assert!(seen.iter().all(|s| *s == state), "{from} to {to}: {seen:?}, not {state}; {states:?}");
}

/// The moments of a recording's markers and of the Enters after them.
fn moments(cast: &str) -> Vec<(u64, String)> {
    let events = cast.lines().skip(1).map(|l| serde_json::from_str::<(f64, String, String)>(l).unwrap());
    let told = events.filter(|(_, kind, data)| kind == "m" || (kind == "i" && data == "\r"));
    told.map(|(at, _, data)| ((at * 1000.0) as u64, data)).collect()
}

fn marker(cast: &str, wanted: &str) -> u64 {
    moments(cast).iter().find(|(_, m)| m == wanted).unwrap_or_else(|| panic!("no {wanted}")).0
}

/// The Enter after a marker.
fn enter(cast: &str, wanted: &str) -> u64 {
    let from = marker(cast, wanted);
    moments(cast).iter().find(|(ms, m)| *ms >= from && m == "\r").unwrap().0
}

#[test]
fn codex_with_two_turns_and_a_resize() {
    let states = play(CODEX, CODEX_RULES);
    holds(&states, 600, marker(CODEX, "start") + 1000, Idle);
    assert_eq!(at(&states, marker(CODEX, "prompt")), Idle);
    assert_eq!(at(&states, enter(CODEX, "prompt") + 100), Working);
    // Its second turn begins less than a second and a half after the first: all of it is work,
    // also while the terminal changes its size.
    holds(&states, enter(CODEX, "busy"), marker(CODEX, "quit"), Working);
}

#[test]
fn codex_out_of_focus_rests_after_its_turn() {
    let states = play(UNFOCUSED, CODEX_RULES);
    holds(&states, 500, 1826, Idle);
    holds(&states, 1840, 1989, Working);
    // It said so at 1,989 ms; it is left alone until 3,856 ms.
    holds(&states, 1989 + 1520, 3850, Idle);
}

#[test]
fn codex_takes_a_big_paste() {
    let states = play(BIG, CODEX_RULES);
    let cr = marker(BIG, "cr");
    holds(&states, 600, cr, Idle);
    holds(&states, cr + 20, 3300, Working);
}

#[test]
fn pi_with_two_turns_and_a_resize() {
    let states = play(PI, PI_RULES);
    holds(&states, 2200, enter(PI, "prompt"), Idle);
    holds(&states, enter(PI, "prompt") + 200, marker(PI, "busy"), Working);
    holds(&states, enter(PI, "busy") + 200, 8024, Working);
    // Its last word came at 8,024 ms.
    assert_eq!(at(&states, 8024 + 1700), Idle);
}

#[test]
fn aider_with_two_turns_and_a_resize() {
    let states = play(AIDER, AIDER_RULES);
    // It starts at length, and its prompt comes at 4,989 ms.
    assert_ne!(at(&states, 4900), Idle);
    // The model's first words of the turn; the model's last ones.
    holds(&states, 9200, 11_860, Working);
    // Its prompt is back at 11,873 ms.
    assert_eq!(at(&states, 11_873 + 1700), Idle);
}

#[test]
fn none_flickers_or_gets_lost_and_all_come_to_rest() {
    for (cast, rules) in [
        (CODEX, CODEX_RULES),
        (UNFOCUSED, CODEX_RULES),
        (BIG, CODEX_RULES),
        (PI, PI_RULES),
        (AIDER, AIDER_RULES),
    ] {
        let states = play(cast, rules);
        assert!(states.iter().all(|(_, s)| *s != AgentState::Unknown), "{states:?}");
        assert!(states.len() <= 8, "it flickers: {states:?}");
        assert_eq!(states.last().unwrap().1, Idle, "{states:?}");
    }
}
