//! Findings in a file, the real program, and what it makes of them.

use std::fs;
use std::process::{Command, Output};

use serde_json::Value;

use crate::kit::schema;

const FINDINGS: &str = r#"{"id":"scale","source":"finops","at":"2026-03-14T02:10:00Z","kind":"autoscaling.scale_out","entities":["asg/web"],"summary":"5 instances more"}
{"id":"node","source":"k8s","at":"2026-03-14T02:12:00Z","kind":"node.added","entities":["asg/web","node/n1"],"summary":"nodes joined"}
{"id":"bad","source":"k8s","at":"2026-03-14T02:12:00Z","kind":"node.addd","summary":"a slip of the pen"}
no JSON at all
{"id":"pods","source":"k8s","at":"2026-03-14T04:14:00+02:00","kind":"pod.scheduled","entities":["node/n1","deployment/api"],"summary":"pods placed"}
{"id":"conn","source":"rds","at":"2026-03-14T02:15:00Z","kind":"db.connections.high","entities":["db/orders","deployment/api"],"summary":"50 more","before":40,"after":90,"unit":"connections"}
{"id":"slow","source":"k8s","at":"2026-03-14T02:16:00Z","kind":"api.latency.high","entities":["deployment/api"],"summary":"slow\u001b[31m"}
{"id":"late","source":"k8s","at":"2999-01-01T00:00:00Z","kind":"api.latency.high","summary":"not yet"}
"#;

fn correlate(dir: &std::path::Path, args: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_orchestra"));
    command.current_dir(dir).args(["incident", "correlate"]).args(args).output().unwrap()
}

#[test]
fn a_file_becomes_a_chain_and_what_is_wrong_in_it_is_named() {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("f.jsonl"), FINDINGS).unwrap();
    for line in FINDINGS.lines().filter(|l| !l.contains("bad") && l.starts_with('{')) {
        schema::fits("finding", &serde_json::from_str(line).unwrap());
    }
    let out = correlate(dir.path(), &["f.jsonl", "--json"]);
    assert!(out.status.success(), "{out:?}");
    let found: Value = serde_json::from_slice(&out.stdout).unwrap();
    schema::fits("correlation", &found);
    assert_eq!(found["chains"][0]["events"], serde_json::json!(["scale", "node", "pods", "conn", "slow"]));
    assert_eq!(found["chains"].as_array().unwrap().len(), 1);
    let lines: Vec<u64> =
        found["problems"].as_array().unwrap().iter().map(|p| p["line"].as_u64().unwrap()).collect();
    assert_eq!(lines, [3, 4, 8]);
    let told = String::from_utf8(out.stderr).unwrap();
    assert!(told.contains("line 3: bad: there is no kind `node.addd`; did you mean `node.added`?"), "{told}");

    let text = correlate(dir.path(), &["f.jsonl"]);
    let text = String::from_utf8(text.stdout).unwrap();
    assert!(text.contains("Chain 1") && text.contains("no finding says what triggered scale"), "{text}");
    assert!(!text.contains('\u{1b}'), "{text}");
}

#[test]
fn what_cannot_be_done_says_so() {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("f.jsonl"), FINDINGS).unwrap();
    fs::write(dir.path().join("none"), "x\n").unwrap();
    fs::write(dir.path().join("own.toml"), "[[mechanism]]\nname = 'x'\n").unwrap();
    for (args, status, why) in [
        (&["missing"][..], 2, "failed to read missing"),
        (&["none"], 1, "no finding that can be used"),
        (&["f.jsonl", "--mechanisms", "own.toml"], 2, "own.toml"),
        (&["f.jsonl", "--from", "02:10"], 2, "--from"),
        (&["f.jsonl", "--from", "2026-03-15T00:00:00Z"], 1, "outside the incident"),
        (&["f.jsonl", "--window", "2 days"], 2, "2m"),
    ] {
        let out = correlate(dir.path(), args);
        let told = String::from_utf8_lossy(&out.stderr).into_owned();
        assert_eq!(out.status.code(), Some(status), "{args:?}: {told}");
        assert!(told.contains(why), "{args:?}: {told}");
    }
}

#[test]
fn a_file_without_findings_is_an_answer_and_text_fits_the_screen() {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("quiet"), "").unwrap();
    let quiet = correlate(dir.path(), &["quiet"]);
    assert!(quiet.status.success(), "{quiet:?}");
    assert_eq!(String::from_utf8_lossy(&quiet.stdout), "no findings: nothing to correlate\n");
    let coarse =
        FINDINGS.replace("\"kind\":\"api.latency.high\"", "\"precision\":60,\"kind\":\"api.latency.high\"");
    fs::write(dir.path().join("f.jsonl"), coarse).unwrap();
    let text = String::from_utf8(correlate(dir.path(), &["f.jsonl"]).stdout).unwrap();
    assert!(text.contains("-> 02:16:00 +60 s  slow api.latency.high: slow") && !text.contains('±'), "{text}");
    assert!(text.lines().all(|l| l.chars().count() <= 80), "{text}");
}
