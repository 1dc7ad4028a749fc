//! Prompts written in the dashboard: filled in for each agent, seen, sent, and followed.

// Tests may unwrap: a failure there is the report.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod kit;

use std::fs;

use kit::term::Terminal;
use kit::{EXE, Place};

const TABS: &str = "[[tab]]\nname = \"Work\"\npanes = [\"A\", \"B\", \"C\"]\n";

#[test]
fn a_text_is_filled_in_for_three_agents_and_its_receipts_are_followed() {
    let place = Place::with_shells(&["A", "B", "C"], TABS);
    place.up();
    let terminal = Terminal::new(&place, &["attach"], 40, 120);
    terminal.shows(&["A ○ idle", "B ○ idle", "C ○ idle"]);
    terminal.keys("b");
    terminal.shows(&["prompt for 3 of 3"]);
    terminal.keys("echo got-{{ agent }}-$((20+3))");
    // Ctrl-r, Ctrl-o.
    terminal.keys("\x12\x0f");
    terminal.shows(&["preview for A (1 of 3", "echo got-A-$((20+3))"]);
    terminal.keys("\t");
    terminal.shows(&["preview for B (2 of 3", "echo got-B-$((20+3))"]);
    terminal.keys("\r");
    for agent in ["A", "B", "C"] {
        place.shows(agent, &format!("got-{agent}-23"));
    }
    terminal.shows(&["A submitted", "B submitted", "C submitted"]);
    terminal.keys("t");
    terminal.shows(&["3 of 3 submitted", "submitted after"]);
    terminal.keys("qb\x10");
    terminal.shows(&["prompt for 3 of 3", "echo got-{{ agent }}-$((20+3))"]);
}

#[test]
fn the_users_editor_writes_the_prompt() {
    let place = Place::with_shells(&["A", "B", "C"], TABS);
    place.up();
    let editor = place.root().join("editor");
    fs::write(&editor, "#!/bin/sh\nprintf ' && echo edited-%s\\n' '$((3+4))' >> \"$1\"\n").unwrap();
    let script = format!("chmod +x {0}; VISUAL={0} EDITOR={0} {EXE} attach", editor.display());
    let terminal = Terminal::of(&place, &["sh", "-c", &script], 40, 120, "xterm-256color");
    terminal.shows(&["A ○ idle", "B ○ idle", "C ○ idle"]);
    terminal.keys("m");
    terminal.shows(&["prompt for 1 of 3"]);
    terminal.keys("true\x05");
    terminal.shows(&["&& echo edited-$((3+4))"]);
    terminal.keys("\r");
    place.shows("A", "edited-7");
}
