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
