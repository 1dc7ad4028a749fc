//! `orchestra demo` in a terminal, by keys alone: every view is come to, seen by a word of it, and left again.

// Tests may unwrap: a failure there is the report.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod kit;

use kit::term::Terminal;
use kit::{Place, wait_until};

/// Escape as terminals with the kitty keyboard protocol send it: never the beginning of something else.
const ESC: &str = "\x1b[27u";

/// What is pressed, one key or text after the other, and the words that then stand on the screen; after `-`
/// one that does not.
const TOUR: &[(&[&str], &[&str])] = &[
    // Layouts.
    (&["1"], &["[1 All]", "ARCH", "DOCS"]),
    (&["z"], &["z unzoom"]),
    (&["z"], &["z zoom"]),
    (&["3"], &["[3 Infrastructure]"]),
    (&["6"], &["[6 Monitor]", "Architect", "agent-1-arch"]),
    (&["1", "]"], &["[1 All]"]),
    // Typing, and out of it.
    (&["\r"], &["typing into"]),
    (&["\x11"], &["z zoom"]),
    // Prompts: text, people.
    (&["b"], &["prompt for 8 of 8", "write the prompt here"]),
    (&["\t"], &["Space tick"]),
    (&[ESC], &["-in the dashboard"]),
    // Plans.
    (&["2", "r"], &["run a plan", "enhancement"]),
    (&[ESC, "1"], &["[1 All]"]),
    // The review: facts, evidence, matrix, a cell.
    (&["v"], &["merge order", "commits"]),
    (&["\r"], &["Esc close", "PgDn page down"]),
    (&[ESC], &["merge order", "-PgDn page down"]),
    (&["\t", "l", "l", "l"], &[" × "]),
    // A branch: unified, both sides, files; a comment.
    (&["d"], &["since", " modified platform/"]),
    (&["n", "s", "s", "x"], &["@@ -0,0 +1,"]),
    (&["c"], &["prompt for 1 of 8", "In `platform/"]),
    (&[ESC], &["the text is kept"]),
    (&["q"], &["merge order"]),
    // The merge.
    (&["M"], &["8 merges"]),
    (&[ESC], &["-in the dashboard"]),
    // What happened, why, all actions, all keys.
    (&["L"], &["journal", "train"]),
    (&[ESC, "e"], &["why ", "stronger than"]),
    (&[ESC, ":"], &["all actions"]),
    (&["zoom"], &["show the focused pane alone"]),
    // What a pane printed, what became of prompts.
    (&[ESC, "c"], &["leave"]),
    (&[ESC, "t"], &["last prompt of each agent"]),
    (&[ESC, "?"], &["in the dashboard"]),
    (&[ESC], &["-in the dashboard"]),
    // A question, and no.
    (&["x"], &["stop ", "leaves it as it is"]),
    (&["n"], &["left as it is"]),
];

#[test]
fn the_demo_shows_every_view_to_somebody_who_only_presses_keys() {
    let place = Place::empty();
    let mut terminal = Terminal::new(&place, &["demo", "--speed", "8"], 45, 150);
    wait_until("the demo is at its end", || {
        let text = terminal.text();
        assert!(!text.contains("press q to leave") || text.contains("look around"), "{text}");
        text.contains("look around, then press q")
    });
    for (keys, words) in TOUR {
        keys.iter().for_each(|key| terminal.keys(key));
        let (gone, there): (Vec<&str>, Vec<&str>) = words.iter().partition(|w| w.starts_with('-'));
        terminal.shows(&there);
        gone.iter().for_each(|word| terminal.hides(&word[1..]));
    }
    terminal.keys("q");
    assert_eq!(terminal.ended(), 0, "{}", terminal.text());
    terminal.shows(&["8 branches merged into main in order"]);
    place.assert_nothing_left();
}

/// Waits until a dialog has been on the screen for more than a second by its own clock, which is longer than it takes to
/// count as seen.
#[track_caller]
fn looks_at_the_dialog(terminal: &Terminal) {
    let left = || {
        let text = terminal.text();
        let row = text.lines().find(|row| row.contains(" asks with "))?;
        row.split(" · ").nth(1)?.split(' ').next().map(str::to_owned)
    };
    for _ in 0..2 {
        let mut before = None;
        wait_until("a second passes", || {
            let now = left();
            before = before.take().or_else(|| now.clone());
            now.is_some() && now != before
        });
    }
}

#[test]
fn a_call_from_a_pane_is_told_of_at_every_dashboard_and_answered_at_one() {
    let place = Place::with_shells(&["SEC", "OPS"], "");
    place.up();
    let (one, other) =
        (Terminal::new(&place, &["attach"], 24, 80), Terminal::new(&place, &["attach"], 50, 200));
    one.shows(&["no plan runs"]);
    other.shows(&["no plan runs"]);
    one.keys("\r");
    one.shows(&["typing into ORCHESTRATOR"]);
    let stop = format!("clear; {} stop SEC; echo told $?\r", kit::EXE);
    for (answer, said, state) in [("n", "told 4", "idle"), ("y", "told 0", "stopped")] {
        one.keys(&stop);
        // Who types types on.
        one.shows(&["ORCHESTRATOR asks: Stop SEC", "Ctrl-q C answers", "typing into ORCHESTRATOR"]);
        one.keys("yn");
        other.shows(&["ORCHESTRATOR asks: Stop SEC", "1 needs you"]);
        other.keys("C");
        other.shows(&["a call waits for you", "[y] yes, do it"]);
        looks_at_the_dialog(&other);
        one.shows(&["ORCHESTRATOR asks: Stop SEC"]);
        other.keys(answer);
        one.shows(&[said]);
        one.hides("asks: Stop SEC");
        other.hides("waits for you");
        wait_until("SEC is what was said of it", || place.agent("SEC")["state"] == state);
        // What was typed meanwhile went to the shell.
        one.shows(&["yn"]);
        one.keys("\x15");
    }
    place.ok(&["down"]);
}
