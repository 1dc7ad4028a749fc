use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use super::*;

fn gate(run: &str, timeout: u64) -> Gate {
    Gate { timeout, ready: true, ..Gate::new("build", run) }
}

struct Place {
    _dir: tempfile::TempDir,
    checkout: PathBuf,
    out: PathBuf,
}

fn place() -> Place {
    let dir = tempfile::tempdir().unwrap();
    let checkout = dir.path().join("checkout");
    std::fs::create_dir(&checkout).unwrap();
    let out = dir.path().join("gates/7");
    Place { checkout, out, _dir: dir }
}

fn go(at: &Place, gate: &Gate) -> GateResult {
    watched(at, gate, &AtomicBool::new(false), &mut |_| {})
}

fn watched(at: &Place, gate: &Gate, cancel: &AtomicBool, live: &mut dyn FnMut(String)) -> GateResult {
    let (oid, env) = (Oid("a".repeat(40)), [("GIVEN".into(), "yes".into())]);
    let mask = &Arc::new(Mask::new(&Default::default()));
    run(&Order { gate, oid: &oid, checkout: &at.checkout, env: &env, out_dir: &at.out, mask }, cancel, live)
}

fn wait_until(what: &str, done: impl Fn() -> bool) {
    let end = Instant::now() + Duration::from_secs(20);
    while !done() {
        assert!(Instant::now() < end, "waited in vain until {what}");
        std::thread::sleep(Duration::from_millis(10));
    }
}

/// Pids written to a file of the checkout by processes that try to escape.
fn pids(at: &Path) -> Vec<i32> {
    let text = std::fs::read_to_string(at.join("pids")).unwrap_or_default();
    text.lines().filter_map(|l| l.trim().parse().ok()).collect()
}

fn gone(pid: i32) -> bool {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    stat.rsplit_once(") ").is_none_or(|(_, rest)| rest.starts_with(['Z', 'X']))
}

#[test]
fn a_green_gate_leaves_a_record() {
    let at = place();
    let result = go(&at, &gate("echo out; echo err >&2; pwd", 20));
    assert_eq!((result.status, result.code), (GateStatus::Green, Some(0)));
    let here = at.checkout.canonicalize().unwrap();
    assert_eq!(result.tail, format!("out\nerr\n{}", here.display()));
    assert_eq!((result.record.as_str(), result.gate.as_str()), ("7", "build"));
    assert_eq!(result.oid.0, "a".repeat(40));
    let output = std::fs::read_to_string(at.out.join("output")).unwrap();
    assert_eq!(output.trim_end(), result.tail);
    let note = std::fs::read_to_string(at.out.join("command.json")).unwrap();
    let note: serde_json::Value = serde_json::from_str(&note).unwrap();
    assert_eq!(note["status"], "green");
    assert_eq!(note["oid"], "a".repeat(40));
    assert!(note["started"].as_u64().unwrap() > 0 && note["ms"].is_u64());
    for file in ["output", "command.json"] {
        let mode = std::os::unix::fs::MetadataExt::mode(&std::fs::metadata(at.out.join(file)).unwrap());
        assert_eq!(mode & 0o777, 0o600, "{file}");
    }
}

#[test]
fn red_and_signal_are_told_apart() {
    let at = place();
    let red = go(&at, &gate("echo broken; exit 3", 20));
    assert_eq!((red.status, red.code, red.tail.as_str()), (GateStatus::Red, Some(3), "broken"));
    let killed = go(&at, &gate("kill -TERM $$", 20));
    assert_eq!((killed.status, killed.code), (GateStatus::Red, None));
    assert_eq!(killed.tail, "ended by signal 15");
    assert_eq!(go(&at, &gate("no-such-program-anywhere", 20)).code, Some(127));
}

#[test]
fn the_environment_is_an_allow_list_and_stdin_is_empty() {
    let at = place();
    let result = go(&at, &gate("env; echo stdin=$(wc -c)", 20));
    let names: Vec<&str> = result.tail.lines().filter_map(|l| Some(l.split_once('=')?.0)).collect();
    assert!(result.tail.contains("TERM=dumb") && result.tail.contains("GIVEN=yes"));
    assert!(result.tail.contains("stdin=0"));
    // Cargo sets these for every test; a gate must not see them.
    assert!(!names.iter().any(|n| n.starts_with("CARGO_PKG") || *n == "CARGO_MANIFEST_DIR"), "{names:?}");
}

#[test]
fn a_gate_never_runs_outside_its_checkout() {
    let at = place();
    std::os::unix::fs::symlink("/", at.checkout.join("link")).unwrap();
    std::fs::create_dir(at.checkout.join("sub")).unwrap();
    for dir in ["..", "/", "link", "missing"] {
        let mut gate = gate("touch ran", 20);
        gate.dir = dir.into();
        let result = go(&at, &gate);
        assert_eq!(result.status, GateStatus::Error, "{dir}");
        assert!(result.tail.contains("correct the gate's `dir`"), "{}", result.tail);
    }
    let mut gate = gate("basename $(pwd)", 20);
    gate.dir = "sub".into();
    assert_eq!(go(&at, &gate).tail, "sub");
}

#[test]
fn the_limit_kills_everything_even_what_escaped() {
    let at = place();
    let script = "echo $$ >> pids
        (trap '' HUP TERM INT; echo $(exec sh -c 'echo $PPID') >> pids; sleep 300) &
        setsid sh -c 'echo $$ >> pids; sleep 300' &
        setsid sh -c '(setsid sh -c \"echo \\$\\$ >> pids; exec sleep 300\" &) ; exit 0'
        while [ $(wc -l < pids) -lt 4 ]; do sleep 0.01; done
        echo all here; sleep 300";
    let result = go(&at, &gate(script, 3));
    assert_eq!(result.status, GateStatus::Timeout, "{}", result.tail);
    assert_eq!(result.tail, "all here\nkilled after its limit of 3 s");
    let pids = pids(&at.checkout);
    assert_eq!(pids.len(), 4);
    for pid in pids {
        wait_until("every process is gone", || gone(pid));
    }
}

#[test]
fn what_a_finished_gate_leaves_behind_is_killed_too() {
    let at = place();
    let script = "setsid sh -c 'echo $$ > pids; exec sleep 300' & \
        while [ ! -s pids ]; do sleep 0.01; done; echo done";
    let clock = Instant::now();
    let result = go(&at, &gate(script, 100));
    assert_eq!((result.status, result.tail.as_str()), (GateStatus::Green, "done"));
    assert!(clock.elapsed() < Duration::from_secs(60));
    let pids = pids(&at.checkout);
    assert_eq!(pids.len(), 1);
    wait_until("the leftover is gone", || gone(pids[0]));
}

#[test]
fn cancelling_ends_it() {
    let at = place();
    let cancel = Arc::new(AtomicBool::new(false));
    let (file, flag) = (at.checkout.join("pids"), Arc::clone(&cancel));
    let watcher = std::thread::spawn(move || {
        wait_until("the gate runs", || std::fs::metadata(&file).is_ok_and(|m| m.len() > 0));
        flag.store(true, Ordering::Relaxed);
    });
    let gate = gate("echo $$ > pids; sleep 300", 200);
    let result = watched(&at, &gate, &cancel, &mut |_| {});
    watcher.join().unwrap();
    assert_eq!((result.status, result.tail.as_str()), (GateStatus::Error, "cancelled"));
    let pids = pids(&at.checkout);
    wait_until("it is gone", || gone(pids[0]));
}

#[test]
fn the_last_lines_are_told_while_it_runs() {
    let at = place();
    let mut told = Vec::new();
    // It ends once somebody has heard of its first line, or is red.
    let script =
        "echo first; for i in $(seq 2000); do test -e heard && exit 0; echo $i; sleep 0.01; done; exit 1";
    let heard = at.checkout.join("heard");
    let result = watched(&at, &gate(script, 60), &AtomicBool::new(false), &mut |lines| {
        told.push(lines);
        std::fs::write(&heard, "").unwrap();
    });
    assert_eq!(result.status, GateStatus::Green, "{}", result.tail);
    assert!(told[0].starts_with("first\n1"), "{told:?}");
}

#[test]
fn a_gate_says_how_much_of_its_output_is_kept() {
    let at = place();
    let gate = Gate { output: 1, ..gate("head -c 3000000 /dev/zero | tr '\\0' x", 120) };
    assert_eq!(go(&at, &gate).status, GateStatus::Green);
    let size = std::fs::metadata(at.out.join("output")).unwrap().len();
    assert!(size > 1 << 20 && size < (1 << 20) + 100, "{size}");
}

#[test]
fn a_flood_is_cut_and_does_not_block() {
    let at = place();
    let result = go(&at, &gate("head -c 30000000 /dev/zero | tr '\\0' x; echo; echo last", 120));
    assert_eq!(result.status, GateStatus::Green);
    assert!(result.tail.ends_with("x\nlast") && result.tail.len() <= 2048);
    let size = std::fs::metadata(at.out.join("output")).unwrap().len();
    assert!(size > 10 << 20 && size < (10 << 20) + 100, "{size}");
}

#[test]
fn a_record_that_cannot_be_written_is_no_verdict() {
    let at = place();
    std::fs::create_dir_all(at.out.parent().unwrap()).unwrap();
    std::fs::write(&at.out, "in the way").unwrap();
    let result = go(&at, &gate("true", 20));
    assert_eq!(result.status, GateStatus::Error);
    assert!(result.tail.contains("gates/7"), "{}", result.tail);
}
