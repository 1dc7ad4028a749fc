//! The dashboard in real terminals, driven by keys.

// Tests may unwrap: a failure there is the report.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod kit;

use std::fs;

use kit::term::Terminal;
use kit::{EXE, Place, proc, wait_until};

const TABS: &str =
    "[[tab]]\nname = \"Work\"\npanes = [\"A\", \"B\"]\n[[tab]]\nname = \"Monitor\"\nlayout = \"monitor\"\n";

fn place() -> Place {
    let place = Place::with_shells(&["A", "B"], TABS);
    place.up();
    place
}

#[test]
fn keys_do_what_they_say() {
    let place = place();
    let terminal = Terminal::new(&place, &["attach"], 40, 120);
    terminal.shows(&["Work", "Monitor", "A ○ idle", "B ○ idle"]);
    // Type into the focused pane, then leave typing: the next keys are the dashboard's again.
    terminal.keys("\r");
    terminal.shows(&["leaves"]);
    terminal.keys("echo typed-$((20+3))\r");
    terminal.shows(&["typed-23"]);
    place.shows("A", "typed-23");
    // Pasted text goes through as a paste, not as keys of the dashboard.
    terminal.keys("\x1b[200~echo pasted-$((1+1))\x1b[201~\r");
    terminal.shows(&["pasted-2"]);
    terminal.keys("\x11");
    terminal.shows(&["Enter type"]);
    // Zoom hides the other pane and back.
    terminal.keys("z");
    terminal.hides("B ○ idle");
    terminal.keys("z");
    terminal.shows(&["B ○ idle"]);
    // To the right, and type there.
    terminal.keys("l\r");
    terminal.shows(&["leaves"]);
    terminal.keys("echo in-b-$((2+2))\r\x11");
    place.shows("B", "in-b-4");
    // The Monitor has a row for each.
    terminal.keys("2");
    terminal.shows(&["role", "last"]);
    terminal.keys("?");
    terminal.shows(&["in the dashboard", "write a prompt for many agents"]);
    terminal.keys("\x1b");
    terminal.hides("in the dashboard");
    terminal.keys("1");
    terminal.shows(&["in-b-4"]);
    // Broadcast to everybody.
    terminal.keys("b");
    terminal.shows(&["to whom"]);
    terminal.keys("echo all-$((5+5))\r");
    place.shows("A", "all-10");
    place.shows("B", "all-10");
    terminal.shows(&["all-10"]);
}

#[test]
fn each_client_has_its_own_size_and_leaves_its_terminal_as_it_was() {
    let place = place();
    let report = |n: u8| place.root().join(format!("modes{n}"));
    let client = |n: u8, rows, cols| {
        let file = report(n).display().to_string();
        let script = format!("stty -a > {file}.before; {EXE} attach; echo status $?; stty -a > {file}.after");
        Terminal::of(&place, &["sh", "-c", &script], rows, cols, "xterm-256color")
    };
    let (mut small, mut large) = (client(1, 24, 80), client(2, 50, 200));
    for terminal in [&small, &large] {
        terminal.shows(&["Work", "A ○ idle", "? help"]);
    }
    let width = |t: &Terminal| t.rows().iter().map(|r| r.trim_end().chars().count()).max().unwrap();
    wait_until("both fill their terminals", || width(&small) == 80 && width(&large) == 200);
    let filled = |t: &Terminal| t.rows().iter().filter(|r| !r.trim().is_empty()).count();
    assert!((filled(&small), filled(&large)) == (24, 50), "{} {}", small.text(), large.text());
    // Each looks where it wants.
    small.keys("2");
    small.shows(&["role"]);
    assert!(!large.text().contains("role"));
    small.resize(30, 100);
    wait_until("the new size", || width(&small) == 100);
    for terminal in [&mut small, &mut large] {
        terminal.keys("q");
        assert_eq!(terminal.ended(), 0);
        wait_until("the shell's word", || terminal.count("status 0") == 1);
        for (on, off) in [("\x1b[?1049h", "\x1b[?1049l"), ("\x1b[?25l", "\x1b[?25h")] {
            assert!(terminal.count(on) >= 1);
            assert!(terminal.count(off) >= 1, "{off:?}");
        }
        assert_eq!((terminal.count("\x1b[?1049h"), terminal.count("\x1b[?1049l")), (1, 1));
        for mode in ["2004", "1000", "1002", "1006", "1004"] {
            let (set, unset) = (format!("\x1b[?{mode}h"), format!("\x1b[?{mode}l"));
            assert_eq!((terminal.count(&set), terminal.count(&unset)), (1, 1), "{mode}");
        }
        let bytes = terminal.bytes();
        let left = bytes.windows(8).rposition(|w| w == b"\x1b[?1049l").unwrap();
        assert!(!bytes[left + 8..].contains(&0x1b), "nothing is painted after the terminal is given back");
    }
    for n in [1, 2] {
        let modes = |when: &str| {
            let text = fs::read_to_string(format!("{}.{when}", report(n).display())).unwrap();
            // Its size is the user's affair.
            text.lines().filter(|l| !l.contains("rows")).collect::<Vec<_>>().join("\n")
        };
        assert_eq!(modes("before"), modes("after"));
    }
}

#[test]
fn agents_outlive_clients_however_these_end() {
    let place = place();
    let pids = place.pids();
    let mut killed = Terminal::new(&place, &["attach"], 24, 80);
    let mut closed = Terminal::new(&place, &["attach"], 24, 80);
    let mut told = Terminal::new(&place, &["attach"], 24, 80);
    for terminal in [&killed, &closed, &told] {
        terminal.shows(&["A ○ idle"]);
    }
    proc::kill("KILL", killed.pid());
    killed.ended();
    closed.close();
    // Whatever it is told to show now finds nobody.
    place.shell("A", "echo gone-$((1+1))", "gone-2");
    assert_eq!(closed.ended(), 129);
    proc::kill("TERM", told.pid());
    assert_eq!(told.ended(), 143);
    wait_until("it is told", || told.count("\x1b[?1049l") == 1);
    place.shell("A", "echo alive-$((1+1))", "alive-2");
    assert_eq!(place.pids(), pids);
    assert_eq!(proc::servers(&place.mark()), 1);
}

#[test]
fn a_client_stays_when_its_server_is_killed_and_leaves_when_the_session_ends() {
    let place = place();
    let mut terminal = Terminal::new(&place, &["attach"], 24, 80);
    terminal.shows(&["A ○ idle"]);
    let pids = place.pids();
    place.kill_server();
    place.shell("A", "echo back-$((1+1))", "back-2");
    terminal.shows(&["back-2"]);
    assert_eq!(place.pids(), pids);
    place.ok(&["down"]);
    assert_eq!(terminal.ended(), 0);
    wait_until("the terminal is given back", || terminal.count("\x1b[?1049l") == 1);
    place.assert_nothing_left();
}

#[test]
fn up_in_a_terminal_shows_the_dashboard() {
    let place = Place::with_shells(&["A", "B"], TABS);
    let mut terminal = Terminal::new(&place, &["up"], 24, 80);
    terminal.shows(&["A ○ idle", "○B"]);
    let mut again = Terminal::new(&place, &["up"], 30, 90);
    again.shows(&["A ○ idle", "○B"]);
    assert_eq!(proc::servers(&place.mark()), 1);
    for t in [&mut terminal, &mut again] {
        t.keys("q");
        assert_eq!(t.ended(), 0);
    }
    let mut alone = Terminal::new(&place, &[], 24, 80);
    alone.shows(&["A ○ idle"]);
    alone.keys("q");
    assert_eq!(alone.ended(), 0);
}
