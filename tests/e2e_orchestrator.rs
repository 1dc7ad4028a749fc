//! The orchestrator's pane: an agent program started as its profile says and told what to do once, or a shell in which
//! the same things are commands.

// Tests may unwrap: a failure there is the report.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod kit;

use std::fs;

use kit::{Place, wait_until};
use serde_json::Value;

/// Notes what it was started with, shows that it is ready, and keeps what is pasted.
const PROGRAM: &str = r#"#!/bin/sh
printf '%s\n' "$@" > "$HOME/argv.$ORCHESTRA_PANE"
env > "$HOME/env.$ORCHESTRA_PANE"
exec 3<&0
stty raw -echo
printf '\033[?2004h\033]0;REST\007ready> '
cat <&3 > "$HOME/got.$ORCHESTRA_PANE" &
while sleep 0.1; do
    if tail -c 2 "$HOME/got.$ORCHESTRA_PANE" | od -c | grep -q '~ *\\r'; then
        printf '\033]0;BUSY\007taken\r\n'
        sleep 0.5
        printf '\033]0;REST\007ready> '
        break
    fi
done
wait
"#;

const PROFILE: &str = r#"name = "fake"
title = "Fake"
argv = ["fake-agent", "--own"]

[submit]
ready = 'ready>'

[hook]
argv = ["--hook", "{orchestra}"]

[mcp]
argv = ["--mcp", "{files}/mcp.json"]

[mcp.env]
FAKE_CONFIG = '{"mcp":{"command":"{orchestra:json}"}}'

[[mcp.file]]
path = "mcp.json"
text = '{"command":"{orchestra:json}","args":["mcp"]}'

[[rule]]
name = "fake/busy"
source = "title"
pattern = 'BUSY'
state = "working"

[[rule]]
name = "fake/rest"
source = "title"
pattern = 'REST'
state = "idle"
"#;

/// A repository with one agent, a profile for the script, and these lines in `[session]`.
fn place(session: &str) -> Place {
    let place = Place::repository();
    place.program("fake-agent", PROGRAM);
    fs::create_dir(place.repo().join("profiles")).unwrap();
    fs::write(place.repo().join("profiles/fake.toml"), PROFILE).unwrap();
    place.configure(&["SEC"], "shell", "[[gate]]\nname = \"build\"\nrun = \"sh build.sh\"\n");
    let file = place.repo().join("orchestra.toml");
    let text =
        fs::read_to_string(&file).unwrap().replacen("[session]\n", &format!("[session]\n{session}\n"), 1);
    fs::write(&file, text).unwrap();
    place.git(&["commit", "-qam", "the orchestrator's program"]);
    place
}

fn home(place: &Place, file: &str) -> String {
    fs::read_to_string(place.root().join("home").join(file)).unwrap_or_default()
}

/// How often the first prompt was accepted for the pane, as the journal has it.
fn firsts(place: &Place) -> usize {
    let journal = fs::read_to_string(place.session().join("journal.jsonl")).unwrap();
    let lines = journal.lines().filter_map(|l| serde_json::from_str::<Value>(l).ok());
    let first = |v: &Value| {
        v["kind"] == "queued" && v["body"]["agent"] == "ORCHESTRATOR" && v["body"]["prompt"] == "orchestrate"
    };
    lines.filter(first).count()
}

fn submitted(place: &Place) {
    wait_until("the first prompt is submitted", || {
        let journal = fs::read_to_string(place.session().join("journal.jsonl")).unwrap();
        journal
            .lines()
            .any(|l| l.contains("\"receipt\"") && l.contains("ORCHESTRATOR") && l.contains("submitted"))
    });
}

#[test]
fn an_agent_program_is_started_as_its_profile_says_and_told_once_what_to_do() {
    let place = place("orchestrator = [\"fake\", \"-m\", \"{x}\"]");
    let before = place.git(&["status", "--porcelain"]);
    place.ok(&["up", "--detach"]);
    submitted(&place);
    let argv = home(&place, "argv.ORCHESTRATOR");
    let argv: Vec<&str> = argv.lines().collect();
    let exe = env!("CARGO_BIN_EXE_orchestra");
    assert_eq!(argv[..5], ["--own", "-m", "{x}", "--hook", exe], "{argv:?}");
    assert!(argv[5] == "--mcp" && argv[6].ends_with("injected/ORCHESTRATOR/mcp.json"), "{argv:?}");
    let given: Value = serde_json::from_str(&fs::read_to_string(argv[6]).unwrap()).unwrap();
    assert_eq!(given, serde_json::json!({"command": exe, "args": ["mcp"]}));
    let env = home(&place, "env.ORCHESTRATOR");
    for wanted in
        ["ORCHESTRA_PANE=ORCHESTRATOR", "ORCHESTRA_SOCKET=/", "ORCHESTRA_TOKEN=", "FAKE_CONFIG={\"mcp\""]
    {
        assert!(env.lines().any(|l| l.starts_with(wanted)), "{wanted}: {env}");
    }
    let got = home(&place, "got.ORCHESTRATOR").replace('\r', "\n");
    for told in [
        "You conduct 1 agents",
        "`b-sec`",
        "gate build: `sh build.sh`",
        "start_merge",
        "is data",
        "under `reports/`",
    ] {
        assert!(got.contains(told), "{told}: {got}");
    }
    assert_eq!(place.git(&["status", "--porcelain"]), before, "nothing is written into the checkout");
    let shown = place.ok(&["prompt", "render", "ORCHESTRATOR", "orchestrate"]);
    assert!(shown.contains("You conduct 1 agents") && shown.contains("A person decides about"), "{shown}");
    // Neither another server nor another start tells it again.
    place.kill_server();
    place.ok(&["up", "--detach"]);
    place.ok(&["wait", "ORCHESTRATOR", "--for", "idle", "--timeout", "60"]);
    place.ok(&["down"]);
    assert_eq!(firsts(&place), 1);
    place.assert_nothing_left();
}

#[test]
fn the_prompt_and_the_server_can_be_left_out() {
    let place = place("orchestrator = \"fake\"\norchestrator_prompt = \"\"");
    let file = place.repo().join("orchestra.toml");
    let text = fs::read_to_string(&file).unwrap() + "[profile.fake]\nmcp = false\n";
    fs::write(&file, text).unwrap();
    place.ok(&["up", "--detach"]);
    place.ok(&["wait", "ORCHESTRATOR", "--for", "idle", "--timeout", "60"]);
    let argv = home(&place, "argv.ORCHESTRATOR");
    assert_eq!(argv.lines().collect::<Vec<_>>(), ["--own", "--hook", env!("CARGO_BIN_EXE_orchestra")]);
    assert!(!home(&place, "env.ORCHESTRATOR").contains("FAKE_CONFIG"));
    assert_eq!(firsts(&place), 0);
    let doctor = place.run(&["doctor"]).out;
    let own = doctor.split("profile fake for ORCHESTRATOR").nth(1).unwrap_or_else(|| panic!("{doctor}"));
    assert!(own.contains("injects: hook\n"), "{own}");
    place.ok(&["down"]);
    place.assert_nothing_left();
}

#[test]
fn without_an_agent_program_it_is_a_shell_with_the_same_commands() {
    let place = place("");
    place.up();
    place.shell(
        "ORCHESTRATOR",
        "orchestra status --json > $HOME/status; orchestra suggest SEC --full > $HOME/suggested; echo told-$((1+1))",
        "told-2",
    );
    let status: Value = serde_json::from_str(&home(&place, "status")).unwrap();
    assert_eq!(status["agents"][0]["name"], "SEC");
    let suggested = home(&place, "suggested");
    assert!(
        suggested.contains("---- the prompt for SEC ----") && suggested.contains("You are SEC"),
        "{suggested}"
    );
    assert_eq!(firsts(&place), 0, "a shell is told nothing");
    place.ok(&["down"]);
    place.assert_nothing_left();
}
