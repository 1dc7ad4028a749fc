//! Conflicts and red gates as a user meets them, and every way on.

use std::fs;
use std::path::Path;

use crate::kit::{Place, wait_until};

const GATES: &str = "[[gate]]\nname = \"build\"\nrun = \"test ! -e broken\"\n";

/// Agents with a file each, ready.
fn ready(files: &[(&str, &str, &str)], more: &str) -> Place {
    let names: Vec<&str> = files.iter().map(|f| f.0).collect();
    let place = Place::with_shells(&names, &format!("{GATES}{more}"));
    place.up();
    for (agent, path, text) in files {
        place.commit(agent, path, text);
        place.ok(&["send", agent, "--text", "orchestra ready", "--wait"]);
    }
    for name in names {
        place.ok(&["wait", name, "--for", "ready", "--timeout", "60"]);
    }
    place
}

fn subjects(place: &Place) -> String {
    place.git(&["log", "--first-parent", "--format=%s", "main"]).replace('\n', ", ")
}

/// What must be as it was.
fn state(place: &Place) -> [String; 2] {
    [place.git(&["rev-parse", "main"]), place.git(&["status", "--porcelain"])]
}

fn tied() -> Place {
    ready(&[("A", "shared", "1\n"), ("B", "shared", "2\n"), ("C", "c/x", "3\n")], "")
}

#[test]
fn a_conflict_halts_with_what_can_be_done_and_can_be_skipped() {
    let place = tied();
    let before = state(&place);
    place.run(&["merge", "--yes"]).refused(1, &["B conflicts with A in shared", "main was not moved"]);
    assert_eq!(state(&place), before);
    let ran = place.run(&["merge", "--status", "--json"]);
    let train: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!((ran.code, train["phase"].as_str()), (Some(1), Some("halted")));
    assert_eq!(
        (train["halt"]["reason"].as_str(), train["halt"]["agent"].as_str()),
        (Some("conflict"), Some("B"))
    );
    assert_eq!(train["choices"], serde_json::json!(["hand", "resolve", "skip", "abort"]));
    place.run(&["merge", "--skip", "B"]).refused(2, &["--yes"]);
    place.ok(&["merge", "--skip", "B", "--yes"]);
    assert_eq!(subjects(&place), "feat: c/x, feat: shared, team, start");
    assert_eq!(
        (place.agent("B")["state"].as_str(), place.agent("C")["state"].as_str()),
        (Some("ready"), Some("merged"))
    );
    let plan = place.run(&["merge", "--dry-run"]);
    assert!(plan.out.contains("conflict of B"), "the next train takes it up again: {plan:#?}");
}

#[test]
fn a_conflict_solved_by_hand_is_merged_undone_and_remembered() {
    let place = tied();
    place.run(&["merge", "--yes"]).refused(1, &["shared"]);
    let ran = place.run(&["merge", "--resolve", "--json"]);
    let train: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
    let path = train["halt"]["solving"]["path"].as_str().unwrap_or_else(|| panic!("{ran:#?}")).to_owned();
    let at = Path::new(&path);
    assert!(!at.starts_with(place.repo()), "{path}");
    assert!(fs::read_to_string(at.join("shared")).unwrap().contains("<<<<<<< "));
    place.run(&["merge", "--continue", "--yes"]).refused(1, &["not solved yet", "shared"]);
    fs::write(at.join("shared"), "1\n2\n").unwrap();
    place.git_in(at, &["add", "shared"]);
    let before = state(&place);
    place.ok(&["merge", "--continue", "--yes"]);
    assert_eq!(place.git(&["show", "main:shared"]), "1\n2");
    assert_eq!(subjects(&place), "feat: c/x, feat: shared, feat: shared, team, start");
    assert_eq!(place.git(&["status", "--porcelain"]), "");
    wait_until("its worktree is gone", || !at.exists());
    place.ok(&["merge", "--undo", "--yes"]);
    assert_eq!(state(&place), before);
    assert!(place.git(&["for-each-ref", "--format=%(refname)"]).contains("refs/orchestra/backup/s/train-1"));
    place.run(&["merge", "--yes"]).refused(1, &["remembered resolution", "can be used"]);
    place.ok(&["merge", "--continue", "--yes"]);
    assert_eq!(place.git(&["show", "main:shared"]), "1\n2");
}

#[test]
fn what_is_red_together_names_the_guilty_step_and_the_rest_goes_without_it() {
    let both = "[[gate]]\nname = \"both\"\nready = false\nrun = \"! test -e a/x || ! test -e c/x\"\n";
    let place = ready(&[("A", "a/x", "1\n"), ("B", "b/x", "2\n"), ("C", "c/x", "3\n")], both);
    let before = state(&place);
    place.run(&["merge", "--yes"]).refused(1, &["gate both is red", "the step of C brought it about"]);
    assert_eq!(state(&place), before);
    place.ok(&["merge", "--skip", "C", "--yes"]);
    assert_eq!(subjects(&place), "feat: b/x, feat: a/x, team, start");
}

#[test]
fn a_train_can_be_given_up_and_undone_and_says_what_it_cannot() {
    let place = ready(&[("A", "a/x", "1\n"), ("C", "c/x", "3\n")], "");
    let before = state(&place);
    place.run(&["merge", "--abort", "--yes"]).refused(2, &["no train was started"]);
    place.run(&["merge", "--undo", "--yes"]).refused(2, &["nothing to undo"]);
    place.run(&["merge", "--undo"]).refused(2, &["--yes"]);
    place.ok(&["merge", "--yes"]);
    place.run(&["merge", "--abort", "--yes"]).refused(4, &["nothing to give up"]);
    // Somebody builds on it: that is not thrown away.
    fs::write(place.repo().join("later"), "x").unwrap();
    place.git(&["add", "later"]);
    place.git(&["commit", "-q", "-m", "later"]);
    let built = state(&place);
    let ran = place.run(&["merge", "--undo", "--yes"]);
    ran.refused(
        4,
        &["somebody built on it", "refs/orchestra/backup/s/train-1", "git revert --no-edit -m 1 "],
    );
    assert_eq!(state(&place), built);
    place.git(&["reset", "-q", "--hard", "HEAD~1"]);
    place.ok(&["merge", "--undo", "--yes"]);
    assert_eq!(state(&place), before);
    assert_eq!(place.agent("A")["state"], "ready");
}
