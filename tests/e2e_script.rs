//! What scripts rely on: objects that fit their schemas, events, waits, keys, and reading along.

mod kit;

use std::fs;
use std::process::Stdio;

use kit::{EXE, LIMIT, Place, schema, wait_until};
use serde_json::Value;

#[test]
fn events_are_followed_over_a_lost_server_to_the_end() {
    let place = Place::with_shells(&["A", "B"], "");
    place.up();
    let seen = place.root().join("events");
    let out = fs::File::create(&seen).unwrap();
    let mut follower = place
        .command(EXE, &["events", "--follow", "--json"], &place.repo())
        .stdout(Stdio::from(out))
        .spawn()
        .unwrap();
    let lines = || -> Vec<Value> {
        let text = fs::read_to_string(&seen).unwrap();
        text.lines().filter_map(|l| serde_json::from_str(l).ok()).collect()
    };
    let has = |kind: &str| lines().iter().any(|e| e["kind"] == kind);
    wait_until("what happened before is told", || has("agent_up"));
    place.kill_server();
    place.ok(&["skip", "B"]);
    wait_until("what happened under the next server is told", || has("recovered") && has("left_out"));
    let session = place.session();
    place.json(&["down"]);
    let end = std::time::Instant::now() + LIMIT;
    let status = loop {
        match follower.try_wait().unwrap() {
            Some(status) => break status,
            None => assert!(std::time::Instant::now() < end, "it goes on after the end"),
        }
        std::thread::sleep(std::time::Duration::from_millis(10));
    };
    assert_eq!(status.code(), Some(0));
    let events = lines();
    events.iter().for_each(|e| schema::fits("event", e));
    let journal = fs::read_to_string(session.join("journal.jsonl")).unwrap();
    let written: Vec<u64> =
        journal.lines().map(|l| serde_json::from_str::<Value>(l).unwrap()["seq"].as_u64().unwrap()).collect();
    let told: Vec<u64> = events.iter().map(|e| e["seq"].as_u64().unwrap()).collect();
    assert_eq!(told, written, "each event once, in order");
    let out = events.iter().find(|e| e["kind"] == "left_out").unwrap();
    assert_eq!((&out["agent"], &out["text"]), (&"B".into(), &"left out of the merge".into()));
    // What has ended is told too, and no longer followed; a reader may stop where it likes.
    let all = place.ok(&["events", "--follow", "--json", "--kind", "closed", "--since", "2"]);
    assert_eq!(all.lines().count(), 1);
    let people = place.ok(&["events", "--agent", "B"]);
    assert!(people.lines().any(|l| l.ends_with("B             left out of the merge")), "{people}");
    let piped = place.command("sh", &["-c", "\"$0\" events --follow | head -n 1", EXE], &place.repo());
    let piped = { piped }.output().unwrap();
    assert!(piped.status.success() && piped.stderr.is_empty(), "{piped:?}");
    place.run(&["events", "--kind", "raedy"]).refused(2, &["raedy", "did you mean `ready`", "train_applied"]);
    place.run(&["events", "--agent", "C"]).refused(2, &["A, B"]);
}

#[test]
fn a_key_delivers_once_however_often_it_is_tried() {
    let place = Place::with_shells(&["A", "B"], "");
    place.up();
    let once = |targets: &[&str]| {
        let more = ["--text", "echo $((40+2))", "--key", "k", "--wait", "--patience", "30"];
        let sent = place.json(&[&["send"], targets, &more].concat());
        schema::fits("receipts", &sent);
        sent["receipts"].as_array().unwrap().clone()
    };
    let first = once(&["A"]);
    assert_eq!(first[0]["outcome"], "submitted");
    place.shows("A", "42");
    assert_eq!(once(&["A"])[0]["dispatch"], first[0]["dispatch"]);
    place.kill_server();
    let third = once(&["A", "B"]);
    assert_eq!((&third[0]["agent"], &third[0]["dispatch"]), (&"A".into(), &first[0]["dispatch"]));
    assert_eq!((&third[1]["agent"], &third[1]["outcome"]), (&"B".into(), &"submitted".into()));
    place.shows("B", "42");
    for agent in ["A", "B"] {
        let pane = place.json(&["read", agent, "--lines", "200"]);
        let count = pane["lines"].as_array().unwrap().iter().filter(|l| **l == "42").count();
        assert_eq!(count, 1, "{pane}");
    }
    // A pane that is busy refuses at once who has no patience.
    place.ok(&["send", "A", "--text", "cat", "--wait"]);
    place.ok(&["wait", "A", "--for", "working"]);
    let ran = place.run(&["send", "A", "--text", "more", "--patience", "0", "--wait", "--json"]);
    assert_eq!((ran.code, &ran.object()["receipts"][0]["outcome"]), (Some(1), &"busy".into()), "{ran:#?}");
}

#[test]
fn a_pane_is_read_along_each_line_once() {
    let place = Place::with_shells(&["A"], "");
    place.program(
        "counter",
        "#!/bin/sh\ni=0\nwhile [ $i -lt 900 ]; do i=$((i+1)); echo \"n$i\"; [ $((i%25)) = 0 ] && sleep 0.02; done\necho counted\n",
    );
    place.up();
    let mut seq = place.json(&["read", "A"])["seq"].as_u64().unwrap();
    place.ok(&["send", "A", "--text", "counter", "--wait"]);
    let mut seen: Vec<String> = Vec::new();
    wait_until("it counts to its end", || {
        let pane = place.json(&["read", "A", "--since", &seq.to_string()]);
        schema::fits("pane", &pane);
        assert_eq!(pane["cut"], false, "{pane}");
        let next = pane["seq"].as_u64().unwrap();
        assert!(next > seq || pane["changed"] == false);
        seq = next;
        seen.extend(pane["lines"].as_array().unwrap().iter().map(|l| l.as_str().unwrap().to_owned()));
        seen.iter().any(|l| l == "counted")
    });
    // Where a line was caught half printed, its beginning is given first.
    let numbers = seen.iter().filter_map(|l| l.strip_prefix('n')?.parse::<u32>().ok());
    let mut numbers: Vec<u32> = numbers.collect();
    let whole: Vec<u32> = (1..=900).collect();
    if numbers != whole {
        let mut at = 0;
        numbers.retain(|n| {
            let fits = whole.get(at) == Some(n);
            let begins = whole.get(at).is_some_and(|w| w.to_string().starts_with(&n.to_string()));
            at += usize::from(fits);
            assert!(fits || begins, "{n} where {at} is due");
            fits
        });
    }
    assert_eq!(numbers, whole);
    place.kill_server();
    let after = place.json(&["read", "A", "--since", &seq.to_string()]);
    assert!(after["cut"] == true && after["seq"].as_u64() > Some(seq), "{after}");
}

#[test]
fn objects_fit_their_schemas_and_faults_are_objects_too() {
    let place = Place::with_shells(&["A", "B"], "");
    for args in [&["status", "--json"][..], &["down", "--json"], &["wait", "A", "--for", "idle", "--json"]] {
        let ran = place.run(args);
        let fault = ran.object();
        schema::fits("fault", &fault);
        assert_eq!((ran.code, &fault["answer"]), (Some(3), &"fault".into()), "{ran:#?}");
        assert!(ran.err.contains(fault["why"].as_str().unwrap()), "{ran:#?}");
    }
    schema::fits("status", &place.json(&["up"]));
    schema::fits("done", &place.json(&["wait", "all", "--for", "idle,asking", "--timeout", "60"]));
    for (kind, args) in [
        ("status", &["status"][..]),
        ("pane", &["read", "A"]),
        ("explained", &["explain", "A"]),
        ("run", &["run", "enhancement", "--dry-run"]),
        ("rendered", &["prompt", "render", "A", "enhance"]),
        ("suggestions", &["suggest", "A"]),
        ("review", &["review"]),
        ("diff", &["diff", "A"]),
        ("guard", &["trust"]),
        ("report", &["report"]),
        ("done", &["skip", "B"]),
    ] {
        let ran = place.run(&[args, &["--json"]].concat());
        schema::fits(kind, &ran.object());
    }
    let ran = place.run(&["wait", "C", "--for", "idle", "--json"]);
    assert_eq!((ran.code, &ran.object()["fault"]), (Some(2), &"usage".into()));
    // A state that cannot come any more is not waited for.
    place.ok(&["stop", "A"]);
    place.ok(&["wait", "A", "--for", "stopped", "--timeout", "60"]);
    let ran = place.run(&["wait", "A", "--for", "ready", "--json"]);
    assert_eq!((ran.code, &ran.object()["fault"]), (Some(1), &"failed".into()));
    ran.refused(1, &["A is stopped", "orchestra restart A"]);
    schema::fits("done", &place.json(&["down"]));
    schema::fits("done", &place.json(&["clean", "--record"]));
}
