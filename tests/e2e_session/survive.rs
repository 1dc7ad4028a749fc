//! The server killed at any moment: same processes, nothing of their output lost.

use std::fs;

use crate::kit::term::Terminal;
use crate::kit::{Place, log, proc, wait_until};

/// Prints numbered lines in bursts until `stop` is there, then says how many.
const COUNTER: &str = "#!/bin/sh
i=0
while [ ! -e \"$1\" ]; do
  k=0
  while [ $k -lt 40 ]; do i=$((i+1)); k=$((k+1)); echo \"n$i the quick brown fox\"; done
  sleep 0.01
done
echo $i > \"$1.count\"
echo counted
";

#[test]
fn ten_kills_of_the_server_lose_no_agent_and_no_byte() {
    let place = Place::with_shells(&["A", "B", "C"], "");
    place.program("counter", COUNTER);
    place.up();
    let (pids, session) = (place.pids(), place.session());
    let flag = place.root().join("stop");
    for name in ["A", "B", "C"] {
        let line = format!("{} {}-{name}", place.root().join("bin/counter").display(), flag.display());
        place.ok(&["send", name, "--text", &line, "--wait"]);
    }
    let printed = |name: &str| log::output(&session, name).len();
    for round in 0..10u64 {
        let server = place.server();
        let (a, c) = (printed("A"), printed("C"));
        // The moment differs each time: after more output, at once, while it comes back.
        if round % 3 != 0 {
            wait_until("some output", || printed("A") > a + 7919 * round as usize / 4);
        }
        proc::kill("KILL", server);
        wait_until("the server is gone", || !proc::alive(server));
        wait_until("output without a server", || printed("C") > c);
        wait_until("B is read", || {
            let pane = place.json(&["read", "B", "--lines", "3"]);
            !pane["lines"].as_array().unwrap().is_empty()
        });
        assert_eq!(place.pids(), pids, "round {round}");
        assert_ne!(place.server(), server);
    }
    for name in ["A", "B", "C"] {
        fs::write(format!("{}-{name}", flag.display()), "").unwrap();
        place.shows(name, "counted");
        let count: usize =
            fs::read_to_string(format!("{}-{name}.count", flag.display())).unwrap().trim().parse().unwrap();
        let text = String::from_utf8(log::output(&session, name)).unwrap();
        let lines: Vec<&str> = text.lines().filter(|l| l.ends_with("the quick brown fox")).collect();
        let expected: Vec<String> = (1..=count).map(|i| format!("n{i} the quick brown fox")).collect();
        assert!(count > 1000, "{count}");
        assert!(lines == expected, "{name}: {} lines of {count}", lines.len());
        // And every byte between the first line and the last.
        let body = expected.join("\r\n") + "\r\ncounted\r\n";
        assert!(text.contains(&body), "{name}: bytes are missing or doubled");
    }
    let terminal = Terminal::new(&place, &["attach"], 40, 120);
    terminal.shows(&["Monitor"]);
    terminal.keys("2");
    terminal.shows(&["counted"]);
    assert_eq!(place.pids(), pids);
    assert_eq!(proc::servers(&place.mark()), 1);
    // The program itself is what it was: its own pid says so.
    place.shell("A", "echo I am $$", &format!("I am {}", pids[0].1));
}

#[test]
fn a_server_killed_at_once_after_up_is_brought_back() {
    let place = Place::with_shells(&["A", "B"], "");
    place.ok(&["up", "--detach"]);
    for _ in 0..3 {
        let names = proc::marked(&place.mark());
        for pid in names {
            if proc::names(&[pid])[0].contains(" serve ") {
                proc::kill("KILL", pid);
                wait_until("it is gone", || !proc::alive(pid));
            }
        }
        let ran = place.run(&["status"]);
        assert_eq!(ran.code, Some(0), "{ran:#?}");
        assert!(ran.err.contains("bringing it back"), "{ran:#?}");
    }
    place.ok(&["wait", "all", "--for", "idle", "--timeout", "60"]);
    place.shell("B", "echo fine-$((1+1))", "fine-2");
}

#[test]
fn twelve_that_find_the_server_gone_bring_back_one() {
    let place = Place::with_shells(&["A", "B"], "");
    place.up();
    let pids = place.pids();
    place.kill_server();
    let results: Vec<_> = std::thread::scope(|scope| {
        let started: Vec<_> = (0..12).map(|_| scope.spawn(|| place.run(&["status"]))).collect();
        started.into_iter().map(|t| t.join().unwrap()).collect()
    });
    assert!(results.iter().all(|r| r.code == Some(0)), "{results:#?}");
    wait_until("one server", || proc::servers(&place.mark()) == 1);
    assert_eq!(place.pids(), pids);
}

/// A process that is dying still has its lock a moment after it counts as dead, and who looks whether a session is
/// served has it a moment, too.
#[test]
fn a_lock_that_is_still_held_for_a_moment_is_waited_for() {
    let place = Place::with_shells(&["A"], "");
    place.up();
    place.kill_server();
    let session = place.session();
    let log = || fs::read_to_string(session.join("server.log")).unwrap();
    let lock = fs::File::open(session.join("server.lock")).unwrap();
    lock.lock().unwrap();
    let ran = std::thread::scope(|scope| {
        let asked = scope.spawn(|| place.run(&["status"]));
        wait_until("a server has lost", || log().contains("already does"));
        lock.unlock().unwrap();
        asked.join().unwrap()
    });
    assert_eq!(ran.code, Some(0), "{ran:#?}");
}

#[test]
fn an_agent_that_ends_while_no_server_is_there_is_noticed() {
    let place = end_without_a_server();
    place.ok(&["restart", "A"]);
    place.ok(&["wait", "A", "--for", "idle", "--timeout", "60"]);
    place.shell("A", "echo fine-$((1+1))", "fine-2");
}

#[test]
fn the_last_lines_of_an_agent_that_ended_unseen_are_shown() {
    end_without_a_server().shows("A", "last words");
}

#[test]
fn the_last_lines_of_an_agent_that_ended_before_its_server_are_shown() {
    let place = Place::with_shells(&["A", "B"], "");
    place.up();
    place.ok(&["keys", "A", "echo last $((40 + 2)) words; exit 7", "Enter"]);
    place.ok(&["wait", "A", "--for", "failed", "--timeout", "60"]);
    place.kill_server();
    place.shows("A", "last 42 words");
}

fn end_without_a_server() -> Place {
    let place = Place::with_shells(&["A", "B"], "");
    place.up();
    // However slow the machine is, the shell ends only after the server has.
    let alive = format!("kill -0 {} 2> /dev/null", place.server());
    let line = format!("echo ; while {alive}; do sleep 0.1; done; echo last words; exit 7");
    place.ok(&["keys", "A", &line, "Enter"]);
    let pid = place.pids()[0].1;
    place.kill_server();
    wait_until("the shell ends", || !proc::alive(pid));
    place.ok(&["wait", "A", "--for", "failed", "--timeout", "60"]);
    place
}
