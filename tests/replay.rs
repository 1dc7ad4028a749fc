//! `orchestra replay` in a real terminal, and the session that lies in the repository.

// Tests may unwrap: a failure there is the report.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod kit;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use kit::Place;
use kit::term::Terminal;
use orchestra::domain::chapter::Kind;
use orchestra::domain::moment::Moment;
use orchestra::domain::state::AgentState;
use orchestra::replay::Player;

fn demo() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("sessions/demo")
}

/// Every file below a folder with its size and when it was changed.
fn files(folder: &Path) -> BTreeSet<(PathBuf, u64, std::time::SystemTime)> {
    let mut found = BTreeSet::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let meta = path.metadata().unwrap();
        if meta.is_dir() {
            found.extend(files(&path));
        } else {
            found.insert((path, meta.len(), meta.modified().unwrap()));
        }
    }
    found
}

#[test]
fn the_bundled_session_plays_through() {
    let mut player = Player::open(&demo()).unwrap();
    assert_eq!(player.recording().passed_over(), (0, 0), "it is of another version: `just demo-session`");
    let kinds: Vec<Kind> = player.recording().chapters().into_iter().map(|(_, c)| c.kind).collect();
    for kind in [Kind::Prompt, Kind::Claim, Kind::Refused, Kind::Ready, Kind::Merge, Kind::Undo] {
        assert!(kinds.contains(&kind), "{kind:?}");
    }
    let (begin, end) = player.span();
    assert!(end - begin > 10_000_000, "it lasts {} s", (end - begin) / 1_000_000);
    let mut worked = BTreeSet::new();
    for i in 0..=40_u32 {
        player.go(Moment::Share(f64::from(i) / 40.0)).unwrap();
        let works = |a: &&orchestra::engine::state::Agent| a.state() == AgentState::Working;
        worked.extend(player.state().team().filter(works).map(|a| a.name.clone()));
    }
    assert_eq!(worked.len(), 8, "{worked:?}");
    player.go(Moment::End).unwrap();
    assert!(player.state().team().all(|a| a.merged.is_some()), "all are merged at its end");
    assert!(player.state().agents.iter().all(|a| !a.pane.screen.is_blank()));
}

#[test]
fn a_recording_in_a_terminal() {
    let place = Place::empty();
    let dir = demo();
    let before = files(&dir);
    let mut terminal = Terminal::new(&place, &["replay", &dir.to_string_lossy()], 30, 120);
    terminal.shows(&[
        "need you",
        "‖ 1×",
        "0:00.000 / ",
        "sessions/demo",
        "» prompt “enhance-arch” → ARCH",
        "Space play",
    ]);
    // The first chapter that is a refusal, from the list.
    terminal.keys("c");
    terminal.shows(&["chapters"]);
    terminal.keys("refused\r");
    terminal.shows(&["NET is not ready", "▸"]);
    terminal.keys("v");
    terminal.shows(&["commits"]);
    terminal.keys("v5");
    // At 80×24 the focused agent has a row.
    terminal.resize(24, 80);
    terminal.shows(&["QA ", "▲"]);
    terminal.keys("G");
    terminal.shows(&["⇉"]);
    terminal.keys("m");
    terminal.shows(&["this is a recording"]);
    terminal.keys("g50%\ra");
    terminal.shows(&["note on this moment"]);
    terminal.keys("half of it\r");
    terminal.shows(&["kept in"]);
    // What a pane showed in between is found, and pointed at.
    terminal.keys("/squash\r");
    terminal.shows(&["“squash” 1 of "]);
    terminal.keys("\x1b");
    terminal.hides("“squash”");
    // It plays, and what it shows goes on.
    terminal.keys("++++++ ");
    terminal.shows(&["▶ 64×"]);
    terminal.shows(&["‖ 64×"]);
    terminal.keys("q");
    assert_eq!(terminal.ended(), 0);
    terminal.shows(&["left at 0:"]);
    for mode in ["1049", "2004", "1000", "1002", "1006", "1004"] {
        let (set, unset) = (format!("\x1b[?{mode}h"), format!("\x1b[?{mode}l"));
        assert_eq!((terminal.count(&set), terminal.count(&unset)), (1, 1), "{mode}");
    }
    assert_eq!(files(&dir), before, "a recording is only read");
    let notes = std::fs::read_dir(place.root().join("data/notes")).unwrap().flatten().next().unwrap();
    assert!(std::fs::read_to_string(notes.path()).unwrap().contains("half of it"));
}

#[test]
fn a_session_that_runs_is_followed_by_its_name() {
    let place = Place::with_shells(&["A", "B"], "");
    place.up();
    let mut terminal = Terminal::new(&place, &["replay", "s"], 30, 120);
    terminal.shows(&["▶ live", "A ○ idle"]);
    place.shell("A", "echo live-$((20+3))", "live-23");
    terminal.shows(&["live-23"]);
    // Back, and on again; the session does not mind.
    terminal.keys("0");
    terminal.shows(&["‖ 1×", "the session goes on", "G live"]);
    terminal.hides("live-23");
    place.shell("A", "echo more-$((2+2))", "more-4");
    terminal.keys("G");
    terminal.shows(&["▶ live", "more-4"]);
    place.ok(&["down"]);
    terminal.shows(&["‖ 1×"]);
    terminal.keys("q");
    assert_eq!(terminal.ended(), 0);
}

#[test]
fn what_is_no_recording_is_told_before_the_terminal_is_touched() {
    let place = Place::repository();
    let mut terminal = Terminal::new(&place, &["replay", "nobody"], 24, 80);
    assert_ne!(terminal.ended(), 0);
    terminal.shows(&["failed to", "nobody"]);
    assert_eq!(terminal.count("\x1b[?1049h"), 0);
    let demo = demo().display().to_string();
    let mut terminal = Terminal::new(&place, &["replay", &demo, "--agent", "WHO"], 24, 80);
    assert_eq!(terminal.ended(), 2);
    terminal.shows(&["the session has ARCH, PLAT"]);
}
