//! `orchestra mcp` as the official SDK for Python sees it. Without python3 or the packages it is skipped, which is said.

// Tests may unwrap: a failure there is the report.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stderr)]

mod kit;
#[path = "kit/rehearsal.rs"]
mod rehearsal;

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};

use kit::{EXE, Place, log, wait_until};
use rehearsal::rehearsal;
use serde_json::{Value, json};

/// What is installed from PyPI.
const SDK: &str = "mcp==2.3.0";

/// A Python that has the SDK, made once for this build; none where that cannot be had, which is said.
fn python() -> Option<&'static Path> {
    static MADE: OnceLock<Result<PathBuf, String>> = OnceLock::new();
    let made = MADE.get_or_init(|| {
        let target = Path::new(EXE).ancestors().nth(2).unwrap().join("tools");
        let venv = target.join("mcp-python");
        let python = venv.join("bin/python");
        let has = |python: &Path| {
            let sdk = Command::new(python).args(["-c", "import mcp.client.stdio"]).output();
            sdk.is_ok_and(|out| out.status.success())
        };
        if has(&python) {
            return Ok(python);
        }
        std::fs::create_dir_all(&target).map_err(|e| e.to_string())?;
        let run = |program: &Path, args: &[&str]| {
            let out = Command::new(program).args(args).stdin(Stdio::null()).output();
            match out {
                Ok(out) if out.status.success() => Ok(()),
                Ok(out) => Err(String::from_utf8_lossy(&out.stderr).into_owned()),
                Err(e) => Err(format!("{}: {e}", program.display())),
            }
        };
        run(Path::new("python3"), &["-m", "venv", &venv.to_string_lossy()])?;
        // Without a network it is soon known.
        let quickly = ["--retries", "1", "--timeout", "20", "--disable-pip-version-check"];
        run(&python, &[&["-m", "pip", "install", "--quiet"][..], &quickly, &[SDK]].concat())?;
        Ok(python)
    });
    match made {
        Ok(python) => Some(python),
        Err(why) => {
            eprintln!("skipped: no Python with {SDK} can be had here: {why}");
            None
        }
    }
}

fn script(name: &str) -> String {
    let scripts = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/mcp");
    scripts.join(name).to_string_lossy().into_owned()
}

/// Runs a script here, and gives what it printed.
#[track_caller]
fn converse(place: &Place, python: &Path, name: &str) -> String {
    let mut command = place.command(&python.to_string_lossy(), &[&script(name)], &place.repo());
    let out = command.env("ORCHESTRA_EXE", EXE).output().unwrap();
    let (said, err) = (String::from_utf8_lossy(&out.stdout), String::from_utf8_lossy(&out.stderr));
    assert!(out.status.success(), "{name}: {said}\n{err}");
    assert!(said.contains("all of it holds"), "{name}: {said}\n{err}");
    said.into_owned()
}

/// While `work` runs, a person outside answers everything that waits for one.
fn with_a_person<R>(place: &Place, answer: &str, work: impl FnOnce() -> R) -> (R, Vec<u64>) {
    let over = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let person = scope.spawn(|| {
            let mut answered = Vec::new();
            while !over.load(Ordering::SeqCst) {
                let open = place.status()["confirmations"].as_array().cloned().unwrap_or_default();
                for id in open.iter().filter_map(|c| c["id"].as_u64()) {
                    if place.run(&["confirm", answer, &id.to_string()]).code == Some(0) {
                        answered.push(id);
                    }
                }
                std::thread::sleep(std::time::Duration::from_millis(50));
            }
            answered
        });
        let result = std::panic::catch_unwind(std::panic::AssertUnwindSafe(work));
        over.store(true, Ordering::SeqCst);
        let answered = person.join().unwrap();
        match result {
            Ok(result) => (result, answered),
            Err(panic) => std::panic::resume_unwind(panic),
        }
    })
}

#[test]
fn every_tool_takes_good_input_and_names_what_is_wrong_with_bad() {
    let Some(python) = python() else { return };
    let place = rehearsal();
    let (said, _) = with_a_person(&place, "yes", || converse(&place, python, "tools.py"));
    assert!(said.contains("not called here:"), "{said}");
}

#[test]
fn what_is_asked_or_sent_twice_with_one_key_is_asked_or_sent_once() {
    let Some(python) = python() else { return };
    let place = rehearsal();
    with_a_person(&place, "yes", || converse(&place, python, "talk.py"));
    assert_eq!(log::events(&place.session(), "queued").len(), 1);
}

#[test]
fn a_sprint_is_conducted_through_mcp_alone() {
    let Some(python) = python() else { return };
    let place = rehearsal();
    let before = place.git(&["rev-parse", "main"]);
    let (_, answered) = with_a_person(&place, "yes", || converse(&place, python, "sprint.py"));
    assert!(!answered.is_empty(), "moving the target was not asked about");
    assert_ne!(place.git(&["rev-parse", "main"]), before);
    let merges = place.git(&["log", "--first-parent", "--merges", "--format=%s", "main"]);
    assert_eq!(merges.lines().count(), 8, "{merges}");
}

#[test]
fn in_a_pane_an_agent_has_its_own_tools_and_no_others() {
    let Some(python) = python() else { return };
    let place = Place::with_shells(&["SEC", "NET"], "");
    place.up();
    let out = place.root().join("said");
    let line = format!(
        "ORCHESTRA_EXE={EXE} {} {} > {} 2>&1; echo ended",
        python.display(),
        script("agent.py"),
        out.display()
    );
    place.shell("SEC", &line, "ended");
    let said = std::fs::read_to_string(&out).unwrap();
    assert!(said.contains("all of it holds"), "{said}");
    let net = place.agent("NET");
    assert_eq!(net["state"], "idle", "{net}");
}

/// A client of our own, which can be killed at any moment.
struct Raw {
    child: Child,
    to: ChildStdin,
    from: BufReader<ChildStdout>,
    next: u64,
}

impl Raw {
    fn new(place: &Place) -> Self {
        let mut command = place.command(EXE, &["mcp"], &place.repo());
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let (to, from) = (child.stdin.take().unwrap(), BufReader::new(child.stdout.take().unwrap()));
        let mut raw = Self { child, to, from, next: 0 };
        let hello = json!({"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "raw", "version": "1"}});
        raw.ask("initialize", &hello);
        raw.say(&json!({"jsonrpc": "2.0", "method": "notifications/initialized"}));
        raw
    }

    fn say(&mut self, message: &Value) {
        writeln!(self.to, "{message}").unwrap();
    }

    fn send(&mut self, method: &str, params: &Value) -> u64 {
        self.next += 1;
        self.say(&json!({"jsonrpc": "2.0", "id": self.next, "method": method, "params": params}));
        self.next
    }

    fn read(&mut self) -> Value {
        let mut line = String::new();
        assert!(self.from.read_line(&mut line).unwrap() > 0, "it went away");
        serde_json::from_str(&line).unwrap()
    }

    fn ask(&mut self, method: &str, params: &Value) -> Value {
        let id = self.send(method, params);
        loop {
            let message = self.read();
            if message["id"] == id {
                return message["result"].clone();
            }
        }
    }

    fn call(&mut self, tool: &str, args: &Value) -> Value {
        self.ask("tools/call", &json!({"name": tool, "arguments": args}))
    }
}

#[test]
fn a_client_that_dies_in_the_middle_of_a_broadcast_leaves_no_half_of_it() {
    let place = Place::with_shells(&["A", "B", "C", "D"], "");
    place.up();
    let mut raw = Raw::new(&place);
    raw.send(
        "tools/call",
        &json!({"name": "send_prompt", "arguments": {"agents": ["all"], "text": "echo hi", "wait_s": 60}}),
    );
    let asked = || place.status()["confirmations"].as_array().is_some_and(|c| !c.is_empty());
    wait_until("a person is asked", asked);
    raw.child.kill().unwrap();
    raw.child.wait().unwrap();
    wait_until("nobody is asked any more", || !asked());
    assert_eq!(log::events(&place.session(), "queued").len(), 0, "something was sent");
}

#[test]
fn calls_that_are_cancelled_leave_room_for_others() {
    let place = Place::with_shells(&["A"], "");
    place.up();
    let mut raw = Raw::new(&place);
    // More than may be under way at one time.
    for _ in 0..100 {
        let wait = json!({"name": "wait_for", "arguments": {"until": "merged", "timeout_s": 3600}});
        let id = raw.send("tools/call", &wait);
        raw.say(&json!({"jsonrpc": "2.0", "method": "notifications/cancelled", "params": {"requestId": id}}));
    }
    wait_until("there is room", || raw.call("read_pane", &json!({"agent": "A"}))["isError"] == false);
}

#[test]
fn the_inspector_finds_tools_and_calls_them() {
    let bin = Path::new(EXE).ancestors().nth(2).unwrap().join("tools/inspector/node_modules/.bin");
    let inspector = bin.join("mcp-inspector");
    if !inspector.exists() {
        return eprintln!("skipped: the MCP inspector is not installed; `just mcp-inspector` does that");
    }
    let place = Place::with_shells(&["SEC"], "");
    place.up();
    let path = format!("{}:{}", bin.display(), std::env::var("PATH").unwrap_or_default());
    let inspect = |more: &[&str]| {
        let vars = ["ORCHESTRA_DATA_DIR", "XDG_RUNTIME_DIR", "HOME"];
        let vars = place.env().into_iter().filter(|(name, _)| vars.contains(name));
        let vars: Vec<String> =
            vars.flat_map(|(name, value)| ["-e".into(), format!("{name}={value}")]).collect();
        let vars: Vec<&str> = vars.iter().map(String::as_str).collect();
        let args = [&["--cli"][..], &vars, &[EXE, "mcp"], more].concat();
        let mut command = place.command(&inspector.to_string_lossy(), &args, &place.repo());
        let out = command.env("PATH", &path).output().unwrap();
        let err = String::from_utf8_lossy(&out.stderr);
        assert!(out.status.success() && !err.contains("schema"), "{more:?}: {err}");
        serde_json::from_slice::<Value>(&out.stdout).unwrap()
    };
    let tools = inspect(&["--method", "tools/list"]);
    assert!(tools["tools"].as_array().unwrap().len() > 30, "{tools}");
    let read = ["--method", "tools/call", "--tool-name", "read_pane"];
    let pane = inspect(&[&read[..], &["--tool-arg", "agent=SEC", "--tool-arg", "lines=20"]].concat());
    assert_eq!(pane["structuredContent"]["agent"], "SEC", "{pane}");
    let wrong = inspect(&[&read[..], &["--tool-arg", "agent=SEX"]].concat());
    assert_eq!(wrong["isError"], true, "{wrong}");
    let prompts = inspect(&["--method", "prompts/list"]);
    assert!(!prompts["prompts"].as_array().unwrap().is_empty(), "{prompts}");
    let plans = inspect(&["--method", "resources/read", "--uri", "orchestra://plans"]);
    assert!(plans.to_string().contains("enhancement"), "{plans}");
}

/// Prints what reading costs everybody else; run by `just prove-mcp`.
#[test]
#[ignore = "takes minutes"]
fn ten_thousand_reads_while_panes_flood() {
    let names = ["A", "B", "C", "D", "E", "F", "G", "H"];
    let place = Place::with_shells(&names, "");
    place.up();
    for name in names {
        place.ok(&["send", name, "--text", "while :; do seq 1 5000; sleep 0.05; done"]);
    }
    let mut raw = Raw::new(&place);
    let over = AtomicBool::new(false);
    let mut others = std::thread::scope(|scope| {
        let other = scope.spawn(|| {
            let mut raw = Raw::new(&place);
            let mut took = Vec::new();
            while !over.load(Ordering::SeqCst) {
                let since = std::time::Instant::now();
                assert_eq!(raw.call("wait_for", &json!({"until": "train"}))["isError"], false);
                took.push(since.elapsed());
            }
            took
        });
        let mut seq = json!(null);
        for n in 0..10_000 {
            let name = names[n % names.len()];
            let since = if n % 2 == 0 { json!(null) } else { seq.clone() };
            let pane = raw.call("read_pane", &json!({"agent": name, "lines": 200, "since_seq": since}));
            assert_eq!(pane["isError"], false, "{n}: {pane}");
            assert!(pane.to_string().len() < 64 * 1024, "{n}");
            seq = pane["structuredContent"]["seq"].clone();
        }
        over.store(true, Ordering::SeqCst);
        other.join().unwrap()
    });
    others.sort();
    let at = |part: usize| others[(others.len() * part / 1000).min(others.len() - 1)];
    eprintln!(
        "{} calls of another client: p50 {:?}, p99 {:?}, most {:?}",
        others.len(),
        at(500),
        at(990),
        at(1000)
    );
}

#[test]
fn a_server_that_goes_away_is_told_and_found_again() {
    let place = Place::with_shells(&["A"], "");
    place.up();
    let mut raw = Raw::new(&place);
    assert_eq!(raw.call("list_agents", &json!({}))["isError"], false);
    place.kill_server();
    // It is brought back, as by any other command.
    let again = raw.call("list_agents", &json!({}));
    assert_eq!(again["structuredContent"]["agents"][0]["name"], "A", "{again}");
    // In the middle of a call it cannot be.
    let server = place.server();
    let stop = json!({"name": "stop_agent", "arguments": {"agent": "A"}, "_meta": {"progressToken": "p"}});
    let id = raw.send("tools/call", &stop);
    let told = raw.read();
    assert!(
        told["method"] == "notifications/progress" && told.to_string().contains("confirmation"),
        "{told}"
    );
    kit::proc::kill("KILL", server);
    let lost = loop {
        let message = raw.read();
        if message["id"] == id {
            break message;
        }
    };
    assert_eq!(lost["result"]["isError"], true, "{lost}");
    assert!(lost.to_string().contains("went away"), "{lost}");
    assert_eq!(raw.call("list_agents", &json!({}))["isError"], false);
    // The end of standard input is the end.
    drop(raw.to);
    assert_eq!(raw.child.wait().unwrap().code(), Some(0));
}
