//! Recordings of real programs, read by the built-in profiles: the states are those that the
//! recordings' markers imply. See `tests/fixtures/casts/README.md`.

use super::kit::{Stage, config, name, output};
use crate::domain::profile::Profile;
use crate::domain::state::AgentState;
use crate::engine::event::Event;

/// Plays a recording in SEC's pane. Gives each state with the millisecond it began.
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
        if std::env::var_os("SHOW").is_some() && kind != "o" {
            eprintln!("--- {at} {kind} {data:?} {:?}", s.agent("SEC").why);
            eprintln!("{}", super::super::fusion::rule_text(s.agent("SEC")));
        }
    }
    for _ in 0..150 {
        s.pass(20);
        note(&s);
    }
    states
}

#[test]
fn show() {
    for (cast, profile) in [
        (
            include_str!("../../../tests/fixtures/casts/codex.cast"),
            include_str!("../../data/profiles/codex.toml"),
        ),
        (
            include_str!("../../../tests/fixtures/casts/codex-unfocused.cast"),
            include_str!("../../data/profiles/codex.toml"),
        ),
        (
            include_str!("../../../tests/fixtures/casts/codex-bigpaste.cast"),
            include_str!("../../data/profiles/codex.toml"),
        ),
        (include_str!("../../../tests/fixtures/casts/pi.cast"), include_str!("../../data/profiles/pi.toml")),
        (
            include_str!("../../../tests/fixtures/casts/aider.cast"),
            include_str!("../../data/profiles/aider.toml"),
        ),
    ] {
        eprintln!("=== {:?}", play(cast, profile));
    }
}
