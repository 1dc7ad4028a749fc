//! Merging as a user sees it: shells that commit and claim.

use std::fs;

use serde_json::Value;

use crate::kit::{Place, log, wait_until};

const GATES: &str = "[[gate]]\nname = \"build\"\nrun = \"test ! -e broken\"\n\
    [[gate]]\nname = \"all\"\nrun = \"echo looked; test ! -e all-broken\"\n\
    [merge]\norder = [[\"A\"], [\"B\"]]\n";

/// Two agents, ready with a file each.
fn two(files: [(&str, &str); 2]) -> Place {
    let place = Place::with_shells(&["A", "B"], GATES);
    place.up();
    for (agent, (path, text)) in ["A", "B"].into_iter().zip(files) {
        place.commit(agent, path, text);
        place.ok(&["send", agent, "--text", "orchestra ready", "--wait"]);
    }
    place
}

fn ready(place: &Place, agents: &[&str]) {
    for agent in agents {
        place.ok(&["wait", agent, "--for", "ready", "--timeout", "60"]);
    }
}

/// What must not change when a merge is refused.
fn state(place: &Place) -> [String; 3] {
    let head = place.git(&["rev-parse", "main"]);
    let status = place.git(&["status", "--porcelain"]);
    [head, status, fs::read_to_string(place.repo().join("README.md")).unwrap()]
}

#[test]
fn ready_branches_are_merged_in_order_and_the_tree_follows() {
    let place = two([("a/x", "1\n"), ("b/y", "2\n")]);
    ready(&place, &["A", "B"]);
    let plan = place.json(&["merge", "--dry-run"]);
    let steps: Vec<&str> =
        plan["plan"]["steps"].as_array().unwrap().iter().map(|s| s["agent"].as_str().unwrap()).collect();
    assert_eq!((steps, &plan["applied"]), (vec!["A", "B"], &Value::from(false)));
    assert_eq!(place.git(&["log", "--format=%s"]), "team\nstart", "a dry run changes nothing");
    fs::write(place.repo().join("mine"), "untracked and in nobody's way").unwrap();
    place.run(&["merge"]).refused(2, &["--yes"]);
    place.ok(&["merge", "--yes"]);
    let subjects = place.git(&["log", "--first-parent", "--format=%s", "main"]);
    assert_eq!(subjects, "feat: b/y\nfeat: a/x\nteam\nstart");
    assert_eq!(place.git(&["status", "--porcelain"]), "?? mine");
    assert_eq!(fs::read_to_string(place.repo().join("a/x")).unwrap(), "1\n");
    assert_eq!(place.agent("A")["state"], "merged");
    let intents = log::events(&place.session(), "train_intent").len();
    assert_eq!((intents, log::events(&place.session(), "train_applied").len()), (1, 1));
}

#[test]
fn who_is_not_ready_is_named_and_may_be_skipped() {
    let place = Place::with_shells(&["A", "B"], GATES);
    place.up();
    place.commit("A", "a/x", "1\n");
    place.ok(&["send", "A", "--text", "orchestra ready", "--wait"]);
    ready(&place, &["A"]);
    let ran = place.run(&["merge", "--yes"]);
    ran.refused(4, &["B", "orchestra skip"]);
    assert!(!ran.err.contains("A (") && !ran.err.contains("A,"), "{ran:#?}");
    place.ok(&["skip", "B"]);
    place.ok(&["merge", "--yes"]);
    assert_eq!(place.git(&["log", "--first-parent", "--format=%s", "main"]), "feat: a/x\nteam\nstart");
}

#[test]
fn a_claim_with_two_commits_or_a_dirty_tree_is_refused_with_the_reason() {
    let place = two([("a/x", "1\n"), ("b/y", "2\n")]);
    ready(&place, &["A", "B"]);
    place.commit("A", "a/z", "3\n");
    wait_until("A is ready no more", || place.agent("A")["state"] != "ready");
    place.ok(&["send", "A", "--text", "orchestra ready", "--wait"]);
    wait_until("the reason", || place.agent("A")["reasons"].to_string().contains('2'));
    assert_ne!(place.agent("A")["state"], "ready");
    place.run(&["merge", "--yes"]).refused(4, &["A"]);
    let tree = place.worktree("A");
    place.git_in(&tree, &["reset", "-q", "--soft", "HEAD~2"]);
    place.git_in(&tree, &["commit", "-q", "-m", "feat: both"]);
    place.ok(&["send", "A", "--text", "orchestra ready", "--wait"]);
    ready(&place, &["A"]);
}

#[test]
fn nothing_of_the_users_is_ever_touched() {
    let place = two([("a/x", "1\n"), ("README.md", "a\nb\n")]);
    ready(&place, &["A", "B"]);
    fs::write(place.repo().join("README.md"), "mine\n").unwrap();
    let before = state(&place);
    place.run(&["merge", "--yes"]).refused(4, &["README.md"]);
    assert_eq!(state(&place), before);
    place.git(&["checkout", "-q", "README.md"]);
    // An untracked file where a branch brings one.
    fs::create_dir(place.repo().join("a")).unwrap();
    fs::write(place.repo().join("a/x"), "mine").unwrap();
    let before = state(&place);
    place.run(&["merge", "--yes"]).refused(4, &["a/x"]);
    assert_eq!(state(&place), before);
    assert_eq!(fs::read_to_string(place.repo().join("a/x")).unwrap(), "mine");
    fs::remove_file(place.repo().join("a/x")).unwrap();
    place.git(&["config", "commit.gpgsign", "true"]);
    let before = state(&place);
    place.run(&["merge", "--yes"]).refused(4, &["commit.gpgsign", "orchestra trust"]);
    assert_eq!(state(&place), before);
    place.git(&["config", "--unset", "commit.gpgsign"]);
    // The target moved since the branches were made.
    fs::write(place.repo().join("later"), "x").unwrap();
    place.git(&["add", "later"]);
    place.git(&["commit", "-q", "-m", "later"]);
    place.ok(&["merge", "--yes"]);
    let subjects = place.git(&["log", "--first-parent", "--format=%s", "main"]);
    assert_eq!(subjects, "feat: README.md\nfeat: a/x\nlater\nteam\nstart");
    assert_eq!(place.git(&["status", "--porcelain"]), "");
}

#[test]
fn a_red_gate_leaves_the_target_where_it_was() {
    let place = two([("a/x", "1\n"), ("all-broken", "2\n")]);
    ready(&place, &["A", "B"]);
    let before = state(&place);
    let ran = place.run(&["merge", "--yes"]);
    assert_eq!(ran.code, Some(1), "{ran:#?}");
    assert!((ran.out.clone() + &ran.err).contains("all"), "{ran:#?}");
    assert_eq!(state(&place), before);
    let red = log::events(&place.session(), "gate").iter().any(|g| g.to_string().contains("red"));
    assert!(red && log::events(&place.session(), "train_applied").is_empty());
}

#[test]
fn a_conflict_is_told_with_its_paths() {
    let place = two([("shared", "1\n"), ("shared", "2\n")]);
    ready(&place, &["A", "B"]);
    let before = state(&place);
    let ran = place.run(&["merge", "--yes"]);
    assert_eq!(ran.code, Some(1), "{ran:#?}");
    assert!((ran.out.clone() + &ran.err).contains("shared"), "{ran:#?}");
    assert_eq!(state(&place), before);
    let dry = place.run(&["merge", "--dry-run", "--json"]);
    assert!(dry.out.contains("shared"), "{dry:#?}");
}
