//! Hooks with the real program: every occasion reaches a command, as JSON.

// Tests may unwrap: a failure there is the report.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod kit;

use std::collections::BTreeSet;
use std::fs;

use kit::{Place, wait_until};
use serde_json::Value;

/// What the hook was told so far: each line is one whole object.
fn told(place: &Place) -> Vec<Value> {
    let text = fs::read_to_string(place.root().join("told")).unwrap_or_default();
    let whole = text.split_inclusive('\n').filter(|l| l.ends_with('\n'));
    whole.map(|l| serde_json::from_str(l).unwrap_or_else(|e| panic!("{e}: {l}"))).collect()
}

fn items(place: &Place) -> Vec<Value> {
    told(place).iter().flat_map(|t| t["items"].as_array().unwrap().clone()).collect()
}

#[track_caller]
fn hears(place: &Place, occasion: &str) {
    wait_until(&format!("the hook hears of {occasion}"), || {
        items(place).iter().any(|i| i["occasion"] == occasion)
    });
}

#[test]
fn every_occasion_reaches_a_command_and_bad_commands_disturb_nobody() {
    let more = "\n[profile.rehearsal]\n\
        env = { ORCHESTRA_REHEARSE_SPEED = \"20\", ORCHESTRA_REHEARSE_MISBEHAVE = \"ASK=asks,LIM=limit,CRA=crash,NET=no-squash\" }\n\
        [[gate]]\nname = \"test\"\nrun = \"test ! -e red\"\n\
        [[hook]]\nrun = \"cat >> ../told\"\n\
        on = [\"asking\", \"limited\", \"failed\", \"claimed\", \"refused\", \"ready\", \"conflict\", \"train-stopped\", \"merged\", \"run-ended\"]\n\
        [[hook]]\nrun = \"sleep 600\"\non = [\"asking\", \"failed\"]\ntimeout = 1\n\
        [[hook]]\nrun = \"yes flood | head -c 3000000; exit 7\"\non = [\"claimed\"]\n";
    let place = Place::with_team(&["ASK", "LIM", "CRA", "NET", "SEC"], "rehearsal", more);
    place.up();
    place.ok(&["send", "ASK", "LIM", "CRA", "--prompt", "enhance"]);
    for occasion in ["asking", "limited", "failed"] {
        hears(&place, occasion);
    }
    for agent in ["ASK", "LIM", "CRA"] {
        place.ok(&["skip", agent]);
    }
    place.commit("NET", "both.txt", "one\n");
    place.commit("SEC", "both.txt", "two\n");
    place.commit("NET", "net/more.txt", "more\n");
    place.ok(&["run", "wrap-up", "--target", "NET", "--target", "SEC"]);
    hears(&place, "refused");
    place.ok(&["reasons", "NET"]);
    place.ok(&["wait", "NET", "SEC", "--for", "ready", "--timeout", "60"]);
    for occasion in ["claimed", "ready", "run-ended"] {
        hears(&place, occasion);
    }
    place.run(&["merge", "--yes"]).refused(1, &["conflicts with"]);
    hears(&place, "conflict");
    place.run(&["merge", "--abort", "--yes"]);
    place.ok(&["skip", "SEC"]);
    // A red gate is another halt. Only the merge meets it: branches are judged without it.
    place.commit("NET", "red", "");
    let tree = place.worktree("NET");
    place.git_in(&tree, &["reset", "-q", "--soft", "HEAD~1"]);
    place.git_in(&tree, &["commit", "-q", "--amend", "-m", "feat(net): both"]);
    place.ok(&["ready", "--for", "NET"]);
    place.ok(&["wait", "NET", "--for", "ready", "--timeout", "60"]);
    assert_eq!(place.run(&["merge", "--yes"]).code, Some(1));
    hears(&place, "train-stopped");
    place.run(&["merge", "--abort", "--yes"]);
    fs::remove_file(tree.join("red")).unwrap();
    place.git_in(&tree, &["commit", "-q", "-a", "--amend", "-m", "feat(net): both"]);
    place.ok(&["ready", "--for", "NET"]);
    place.ok(&["wait", "NET", "--for", "ready", "--timeout", "60"]);
    place.ok(&["merge", "--yes"]);
    hears(&place, "merged");

    let schema: Value = serde_json::from_str(include_str!("../docs/json/hook.json")).unwrap();
    let keys = |value: &Value| value.as_object().unwrap().keys().cloned().collect::<BTreeSet<String>>();
    for one in told(&place) {
        assert_eq!(keys(&one), keys(&schema["properties"]), "{one}");
        assert_eq!(one["repository"], place.repo().to_str().unwrap());
        assert_eq!(one["record"], place.session().to_str().unwrap());
        for item in one["items"].as_array().unwrap() {
            assert_eq!(keys(item), keys(&schema["$defs"]["Notice"]["properties"]), "{item}");
        }
    }
    let conflict = items(&place).into_iter().find(|i| i["occasion"] == "conflict").unwrap();
    assert_eq!(conflict["agent"], "SEC", "whose branch does not merge");

    // How each run ended is logged; the output is bounded; failures are noted once.
    let log = place.session().join("hooks.log");
    let runs = || -> Vec<Value> {
        let text = fs::read_to_string(&log).unwrap();
        text.lines().map(|l| serde_json::from_str(l).unwrap()).collect()
    };
    let of = |n: u64| runs().into_iter().filter(|r| r["hook"] == n).collect::<Vec<_>>();
    wait_until("the hanging one was killed", || !of(2).is_empty());
    assert!(of(1).iter().all(|r| r["status"] == 0 && r["failed"] == false), "{:?}", of(1));
    assert!(of(2).iter().all(|r| r["status"].is_null() && r["failed"] == true), "{:?}", of(2));
    assert!(!of(3).is_empty());
    for run in of(3) {
        assert_eq!((&run["status"], &run["failed"]), (&7.into(), &true.into()));
        assert!(run["said"].as_str().unwrap().len() < 5000, "{run}");
    }
    let journal = fs::read_to_string(place.session().join("journal.jsonl")).unwrap();
    assert_eq!(journal.matches("hook 3 failed").count(), 1);
    let said = place.run(&["doctor"]).out;
    assert!(said.contains("at most 1 s: sleep 600"), "{said}");
}
