//! The user's terminal, given back as it was however the dashboard ends or steps aside, and put right when it was not.

// Tests may unwrap: a failure there is the report.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod kit;

use std::fs;

use kit::term::Terminal;
use kit::{EXE, Place, proc, wait_until};
use orchestra::screen::Modes;

fn place() -> Place {
    let place = Place::with_shells(&["A"], "[[tab]]\nname = \"Work\"\npanes = [\"A\"]\n");
    place.up();
    place
}

/// A terminal of which nobody asked anything.
fn untouched() -> Modes {
    Modes { alternate_scroll: true, ..Modes::default() }
}

/// What `stty` tells, but for the size.
fn modes(place: &Place, when: &str) -> String {
    let text = fs::read_to_string(place.root().join(when)).unwrap();
    text.lines().filter(|l| !l.contains("rows")).collect::<Vec<_>>().join("\n")
}

/// A terminal whose shell tells its modes before and after `what`.
fn around(place: &Place, what: &str) -> Terminal {
    let root = place.root().display();
    let script =
        format!("stty -a > {root}/before; {what}; echo status $?; stty -a > {root}/after; echo over");
    Terminal::of(place, &["sh", "-c", &script], 24, 80, "xterm-256color")
}

/// The client's process.
fn client(place: &Place) -> u64 {
    let mut found = None;
    wait_until("the client runs", || {
        let ours =
            |pid: &u64| proc::names(&[*pid]).iter().any(|n| n.contains("attach") && !n.contains("sh -c"));
        found = proc::marked(&place.mark()).into_iter().find(ours);
        found.is_some()
    });
    found.unwrap()
}

#[test]
fn whatever_ends_the_dashboard_the_terminal_is_as_before() {
    let place = place();
    for how in ["TERM", "HUP", "QUIT", "down"] {
        let mut terminal = around(&place, &format!("{EXE} attach"));
        terminal.shows(&["A ○ idle"]);
        // All that can be asked of a terminal is asked of it.
        let asks = "\\033[?1003h\\033[>31u\\033=";
        place.ok(&["send", "A", "--text", &format!("printf '{asks}'; cat")]);
        terminal.keys("\r");
        terminal.shows(&["typing into A"]);
        wait_until("it is asked for", || terminal.modes().kitty == 31 && terminal.count("\x1b[?1003h") >= 1);
        match how {
            "down" => drop(place.ok(&["down"])),
            signal => proc::kill(signal, client(&place)),
        }
        terminal.shows(&["over"]);
        terminal.ended();
        assert_eq!(terminal.modes(), untouched(), "{how}");
        assert_eq!(modes(&place, "before"), modes(&place, "after"), "{how}");
        assert_eq!((terminal.count("\x1b[>5u"), terminal.count("\x1b[<u")), (1, 1), "{how}");
        assert_eq!((terminal.count("\x1b[?1049h"), terminal.count("\x1b[?1049l")), (1, 1), "{how}");
        if how != "down" {
            place.ok(&["keys", "A", "C-c"]);
        }
    }
}

#[test]
fn it_steps_aside_for_the_shell_and_comes_back() {
    let place = place();
    let shell = "set -m; PS1='$ '; stty -a > ../before";
    let mut terminal = Terminal::of(&place, &["sh", "-i"], 24, 80, "xterm-256color");
    terminal.keys(&format!("{shell}\r{EXE} attach\r"));
    terminal.shows(&["A ○ idle"]);
    for (n, how) in ["key", "signal"].into_iter().enumerate() {
        match how {
            "key" => terminal.keys("\x1b[122;5u"),
            _ => proc::kill("TSTP", client(&place)),
        }
        wait_until("the terminal is given back", || terminal.count("\x1b[?1049l") == n + 1);
        terminal.keys(&format!("stty -a > ../after; echo here-$((40+{n}))\r"));
        terminal.shows(&[&format!("here-4{n}")]);
        assert_eq!(terminal.modes(), untouched(), "{how}");
        assert_eq!(modes(&place, "before"), modes(&place, "after"), "{how}");
        // What happens meanwhile is not painted over the shell.
        place.shell("A", &format!("echo meanwhile-$((70+{n}))"), &format!("meanwhile-7{n}"));
        assert!(!terminal.text().contains("meanwhile"));
        terminal.resize(30, 100 + u16::try_from(n).unwrap());
        terminal.keys("fg\r");
        terminal.shows(&[&format!("meanwhile-7{n}"), "? help"]);
        let width = 100 + n;
        wait_until("the new size", || {
            terminal.rows().iter().map(|r| r.trim_end().chars().count()).max().unwrap() == width
        });
    }
    // In a pane the key is the program's.
    terminal.keys("\r");
    terminal.shows(&["typing into A"]);
    terminal.keys("\x1a");
    terminal.shows(&["^Z"]);
    terminal.keys("\x11");
    terminal.hides("typing into");
    terminal.keys("q");
    terminal.shows(&["$ "]);
    terminal.keys("exit\r");
    terminal.ended();
}

#[test]
fn without_a_shell_it_stays_and_says_so() {
    let place = place();
    let mut terminal = Terminal::new(&place, &["attach"], 24, 80);
    terminal.shows(&["A ○ idle"]);
    terminal.keys("\x1a");
    terminal.shows(&["no shell here"]);
    terminal.keys("q");
    assert_eq!(terminal.ended(), 0);
}

#[test]
fn reset_puts_a_broken_terminal_right() {
    let place = Place::empty();
    let broken = "\\033[?1049h\\033[?1003h\\033[?1006h\\033[?1004h\\033[?2004h\\033[>31u\\033[>31u\\033[>4;2m\\033=\\033[?1h\\033[?6h\\033[3;9r\\033[?25l\\033(0\\033[4h\\033[?67h\\033[?7l\\033[?1005h";
    let what = format!("stty raw -echo; printf '{broken}'; {EXE} reset");
    let mut terminal = around(&place, &what);
    terminal.shows(&["status 0", "over"]);
    terminal.ended();
    assert_eq!(terminal.modes(), untouched());
    // As `stty sane` has it, whatever it was.
    let sane = modes(&place, "before").replace("-brkint", "brkint");
    assert_eq!(sane, modes(&place, "after"));
    assert!(terminal.cursor_is_shown());
}

#[test]
fn a_prompt_is_written_in_the_user_s_editor() {
    let place = place();
    place.program(
        "edit",
        "#!/bin/sh\nstty -a > \"$HOME/../editing\"\nprintf ' and the editor' >> \"$2\"\nread line\n\
                           printf ' and %s' \"$line\" >> \"$2\"\n",
    );
    let what = format!("VISUAL='edit --wait' {EXE} attach");
    let mut terminal = around(&place, &what);
    terminal.shows(&["A ○ idle"]);
    terminal.keys("b");
    terminal.shows(&["to whom"]);
    terminal.keys("echo by the composer\x05");
    wait_until("the terminal is the editor's", || terminal.count("\x1b[?1049l") == 1);
    wait_until("the editor runs", || fs::metadata(place.root().join("editing")).is_ok_and(|m| m.len() > 0));
    // What is typed now is the editor's alone.
    terminal.keys("what was typed\r");
    terminal.shows(&["by the composer and the editor and what was typed"]);
    assert_eq!(modes(&place, "before"), modes(&place, "editing"));
    terminal.keys("\r");
    place.shows("A", "by the composer and the editor and what was typed");
    terminal.hides("to whom");
    terminal.keys("q");
    terminal.shows(&["over"]);
    assert_eq!(terminal.ended(), 0);
    assert_eq!((modes(&place, "before"), terminal.modes()), (modes(&place, "after"), untouched()));
}
