//! Every misbehaviour of the rehearsal agent, each in a pane of one session: the right receipt and state.

use std::time::Instant;

use serde_json::Value;

use crate::arrive::rehearsing;
use crate::kit::{LIMIT, Place, log, wait_until};

const WORK: &str = "Improve your area.\nCommit it.";
const FAULTS: [(&str, &str); 12] = [
    ("SQUASH", "no-squash"),
    ("DIRTY", "dirty"),
    ("QUOTES", "quotes"),
    ("ASKS", "asks"),
    ("LIMIT", "limit"),
    ("ENTER", "swallow-enter"),
    ("SILENT", "silent"),
    ("FLOOD", "flood"),
    ("CRASH", "crash"),
    ("STAYS", "ignore-hup+setsid-child"),
    ("SLOW", "slow-start"),
    ("TEXT", "by-text"),
];

/// The states an agent went through.
fn states(place: &Place, agent: &str) -> Vec<String> {
    let all = log::events(&place.session(), "activity");
    let own = all.iter().filter(|e| e["agent"] == agent);
    own.map(|e| e["state"].as_str().unwrap().to_owned()).collect()
}

/// Waits until what the status says of an agent fits.
#[track_caller]
fn until(place: &Place, name: &str, what: &str, fits: impl Fn(&Value) -> bool) {
    let end = Instant::now() + LIMIT;
    loop {
        let agent = place.agent(name);
        if fits(&agent) {
            return;
        }
        assert!(Instant::now() < end, "never came: {name} {what}: {agent}");
    }
}

#[test]
fn each_misbehaviour_gets_its_receipt_and_its_state() {
    let agents = FAULTS.map(|(name, _)| name);
    let list = FAULTS.map(|(name, fault)| format!("{name}={fault}")).join(",");
    let place = rehearsing(&agents, 4, &list);
    place.ok(&["up", "--detach"]);
    // Who starts slowly gets its prompt once it is there; who swallows an Enter gets another.
    let answer = place.json(&["send", "all", "--text", WORK, "--wait"]);
    let receipts = answer["receipts"].as_array().unwrap();
    assert_eq!(receipts.len(), 12);
    for receipt in receipts {
        let why = if receipt["agent"] == "ENTER" { "after Enter number 2" } else { "" };
        assert_eq!((&receipt["outcome"], &receipt["why"]), (&"submitted".into(), &why.into()), "{receipt}");
    }
    // A question: nothing is typed on top of it.
    place.ok(&["wait", "ASKS", "--for", "asking", "--timeout", "60"]);
    until(&place, "ASKS", "says what it asks", |a| a["need"].as_str().unwrap().starts_with("asks:"));
    let ran = place.run(&["send", "ASKS", "--text", "more", "--wait"]);
    assert!(ran.code == Some(1) && ran.out.contains("busy") && ran.out.contains("asking"), "{ran:#?}");
    place.ok(&["keys", "ASKS", "1"]);
    // A limit, with its time; a crash, with its last words.
    until(&place, "LIMIT", "is limited", |a| a["state"] == "limited");
    until(&place, "LIMIT", "says until when", |a| a["need"].as_str().unwrap().contains("resets at "));
    place.ok(&["keys", "LIMIT", "Enter"]);
    place.ok(&["wait", "CRASH", "--for", "failed", "--timeout", "60"]);
    until(&place, "CRASH", "says why", |a| {
        let need = a["need"].as_str().unwrap();
        need.contains("exited 3") && need.contains("out of ideas")
    });
    let ran = place.run(&["send", "CRASH", "--text", "more"]);
    assert!(
        ran.code == Some(1) && ran.out.contains("refused") && ran.out.contains("not running"),
        "{ran:#?}"
    );
    // All others finish, whatever they print or do not print meanwhile.
    for agent in agents.iter().filter(|a| **a != "CRASH") {
        until(&place, agent, "is idle with its commits", |a| a["state"] == "idle" && a["ahead"] != 0);
    }
    let silent = states(&place, "SILENT");
    let after = silent.iter().position(|s| s == "working").unwrap();
    let idle = silent[after..].iter().position(|s| s == "idle");
    assert_eq!(idle, Some(silent.len() - after - 1), "silence is no rest: {silent:?}");
    assert!(log::output(&place.session(), "FLOOD").len() > 20 << 20, "the flood is recorded whole");
    assert!(log::events(&place.session(), "claimed").is_empty(), "to quote the phrase claims nothing");
    // The hand-in, with its slips.
    let handing = ["SQUASH", "DIRTY", "QUOTES", "TEXT"];
    place.ok(&[&["send"], &handing[..], &["--prompt", "wrap-up", "--wait"]].concat());
    for agent in ["QUOTES", "TEXT"] {
        place.ok(&["wait", agent, "--for", "ready", "--timeout", "60"]);
    }
    until(&place, "SQUASH", "is told to squash", |a| a["reasons"].to_string().contains("commits"));
    until(&place, "DIRTY", "is told to clean up", |a| a["reasons"].to_string().contains("uncommitted"));
    let via = |name: &str| {
        let claims = log::events(&place.session(), "claimed");
        claims.iter().find(|c| c["agent"] == name).map(|c| c["via"].as_str().unwrap().to_owned())
    };
    assert_eq!((via("TEXT").as_deref(), via("QUOTES").as_deref()), (Some("text"), Some("command")));
    for agent in ["SQUASH", "DIRTY"] {
        place.ok(&["reasons", agent]);
        place.ok(&["wait", agent, "--for", "ready", "--timeout", "60"]);
    }
    // Who ignores HUP and TERM, and what left the pane's session, end with the session all the same.
    place.ok(&["down"]);
    place.assert_nothing_left();
    wait_until("nothing is left", || crate::kit::proc::marked(&place.mark()).is_empty());
}
