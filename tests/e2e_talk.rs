//! Agents of the real program that ask each other from their panes; the server is killed in between.

// Tests may unwrap: a failure there is the report.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod kit;

use std::fs;

use kit::{EXE, Place, wait_until};

/// A program that takes lines, keeps what it was told, and does what some of them say.
const TALKER: &str = r#"#!/bin/sh
told="@ROOT@/told-$ORCHESTRA_PANE"
printf '\033]0;* %s\007ready\n' "$ORCHESTRA_PANE"
while IFS= read -r line; do
  printf '%s\n' "$line" >> "$told"
  case $line in
    ask*) "@EXE@" ask B "Which labels?
Two lines." --priority high --key k1 >> "$told.ran" 2>&1 ;;
    answer*) "@EXE@" answer 1 "owner and team" >> "$told.ran" 2>&1 ;;
    look*) "@EXE@" queries --all >> "$told.ran" 2>&1 ;;
    other*) "@EXE@" answer 1 "not mine" >> "$told.ran" 2>&1; echo "exit $?" >> "$told.ran" ;;
    say*) "@EXE@" state blocked --note "waits for labels" >> "$told.ran" 2>&1
      "@EXE@" pin B idle >> "$told.ran" 2>&1; echo "exit $?" >> "$told.ran" ;;
    done*) "@EXE@" complete "labels are in" >> "$told.ran" 2>&1 ;;
  esac
done
"#;

const PROFILE: &str = r#"
name = "talker"
title = "A program that takes lines"
verified = "comes with its test"
argv = ["talker"]
strip = []

[submit]
settle_ms = 100
bracketed = false
ready = ""
verify_ms = 2000

[[rule]]
name = "talker/rest"
source = "title"
pattern = '^\* '
state = "idle"
"#;

fn place() -> Place {
    let place = Place::repository();
    fs::create_dir(place.repo().join("profiles")).unwrap();
    fs::write(place.repo().join("profiles/talker.toml"), PROFILE.trim_start()).unwrap();
    let script = TALKER.replace("@ROOT@", &place.mark()).replace("@EXE@", EXE);
    place.program("talker", &script);
    place.configure(&["A", "B"], "talker", "");
    place.up();
    place
}

/// What an agent was told, line by line.
fn told(place: &Place, agent: &str) -> String {
    fs::read_to_string(place.root().join(format!("told-{agent}"))).unwrap_or_default()
}

/// What the commands that it ran printed.
fn ran(place: &Place, agent: &str) -> String {
    fs::read_to_string(place.root().join(format!("told-{agent}.ran"))).unwrap_or_default()
}

fn tell(place: &Place, agent: &str, text: &str) {
    place.ok(&["send", agent, "--text", text, "--wait"]);
}

#[test]
fn a_query_and_its_answer_survive_the_server() {
    let place = place();
    tell(&place, "A", "ask");
    wait_until("B is asked", || told(&place, "B").contains("A> Two lines."));
    assert!(told(&place, "B").contains("A> Which labels?\n"), "{}", told(&place, "B"));
    wait_until("A has the number", || ran(&place, "A") == "1\n");
    let delivered = || place.json(&["queries", "--all"])["queries"][0]["stage"] == "delivered";
    wait_until("it is delivered", delivered);
    place.kill_server();
    // Nobody but B or a person answers; with the same key nothing is asked twice.
    tell(&place, "A", "other");
    wait_until("A was refused", || ran(&place, "A").contains("only it or a person answers"));
    wait_until("with a usage fault", || ran(&place, "A").contains("exit 2"));
    tell(&place, "A", "ask");
    wait_until("A has the same number", || ran(&place, "A").ends_with("exit 2\n1\n"));
    tell(&place, "B", "answer");
    wait_until("B has answered", || ran(&place, "B").contains("owner and team"));
    place.kill_server();
    // Whoever looks brings the server back.
    place.status();
    wait_until("A is told", || told(&place, "A").contains("B> owner and team"));
    place.kill_server();
    let queries = place.json(&["queries", "--all"]);
    let all = queries["queries"].as_array().unwrap();
    assert_eq!(all.len(), 1, "{queries}");
    assert_eq!(
        (all[0]["stage"].as_str(), all[0]["answer"].as_str()),
        (Some("answered"), Some("owner and team"))
    );
    assert_eq!(told(&place, "B").matches("A> Which labels?").count(), 1);
    assert_eq!(told(&place, "A").matches("B> owner and team").count(), 1);
    place.ok(&["down"]);
    place.assert_nothing_left();
}

#[test]
fn an_agent_speaks_for_itself_and_people_wait_for_answers() {
    let place = place();
    tell(&place, "A", "say");
    place.ok(&["wait", "A", "--for", "blocked", "--timeout", "60"]);
    assert_eq!(place.agent("A")["task"], "waits for labels");
    let explained = place.json(&["explain", "A"]);
    assert_eq!(
        (explained["rule"].as_str(), explained["source"].as_str()),
        (Some("agent/says"), Some("report"))
    );
    wait_until("it may not pin another", || ran(&place, "A").ends_with("exit 4\n"));
    tell(&place, "A", "done");
    wait_until("it is done", || place.agent("A")["task"] == "done: labels are in");
    assert!(ran(&place, "A").contains("this claims nothing"));
    place.run(&["state", "idle"]).refused(2, &["in its own pane", "orchestra pin"]);
    place.run(&["ask", "C", "hello"]).refused(2, &["find the agent `C`"]);
    place.run(&["ask", "B", "hello?", "--wait", "1"]).refused(124, &["B has query 1"]);
    place.run(&["answer", "9", "x"]).refused(2, &["find query 9"]);
    tell(&place, "B", "answer");
    wait_until("it is answered", || place.json(&["queries", "--all"])["queries"][0]["stage"] == "answered");
    let brief = place.json(&["briefing", "B"]);
    assert_eq!(
        (brief["branch"].as_str(), brief["peers"][0]["task"].as_str()),
        (Some("b-b"), Some("done: labels are in"))
    );
    place.run(&["briefing"]).refused(2, &["name an agent"]);
    // Who waits has the answer on standard output, and nothing else.
    let (asked, answered) = std::thread::scope(|scope| {
        let asks = scope.spawn(|| place.ok(&["ask", "B", "And now?", "--wait", "60"]));
        wait_until("it is asked", || place.json(&["queries"])["queries"][0]["id"] == 2);
        let answered = place.ok(&["answer", "2", "now too"]);
        (asks.join().unwrap(), answered)
    });
    assert_eq!(asked, "now too\n");
    assert!(answered.contains("the lead asks B (normal, answered"), "{answered}");
}
