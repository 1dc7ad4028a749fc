//! The whole sprint: the demo as it is shown, and once by commands with the server killed on the way.

// Tests may unwrap: a failure there is the report.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod kit;
#[path = "kit/rehearsal.rs"]
mod rehearsal;

use std::path::Path;
use std::process::Command;

use kit::{Place, log, wait_until};
use rehearsal::rehearsal;
use serde_json::Value;

const ORDER: [&str; 8] = ["arch", "plat", "sec", "obs", "net", "ops", "qa", "docs"];

/// Eight merges in order, a clean tree.
fn assert_merged(place: &Place, repo: &Path) {
    let subjects =
        place.git_in(repo, &["log", "--first-parent", "--merges", "--reverse", "--format=%s", "main"]);
    let subjects: Vec<&str> = subjects.lines().collect();
    assert_eq!(subjects.len(), 8, "{subjects:?}");
    for (subject, name) in subjects.iter().zip(ORDER) {
        let scope = subject.split(':').next().unwrap();
        // As its own commit says: by convention tests and documents have no scope.
        let own = match name {
            "qa" => "test".to_owned(),
            "docs" => "docs".to_owned(),
            other => format!("feat({other})"),
        };
        assert_eq!(scope, own, "{subjects:?}");
    }
    assert_eq!(place.git_in(repo, &["status", "--porcelain", "--untracked-files=no"]), "");
    place.git_in(repo, &["fsck", "--strict"]);
}

/// The one session below a data directory.
fn session(data: &Path) -> std::path::PathBuf {
    let only =
        |dir: &Path| std::fs::read_dir(dir).unwrap().flatten().find(|e| e.path().is_dir()).unwrap().path();
    only(&only(&data.join("sessions")))
}

#[test]
fn the_demo_shows_a_whole_sprint() {
    let place = Place::empty();
    let kept = place.root().join("kept");
    let out = place.ok(&["demo", "--headless", "--keep", &kept.to_string_lossy(), "--speed", "8"]);
    for part in [
        "enhancement",
        "wrap-up",
        "NET claims READY FOR MERGE and is refused",
        "28 pairs merge",
        "8 merges, ",
        "orchestra merge --undo",
        "index and files too",
        "green",
    ] {
        assert!(out.contains(part), "`{part}` is not in {out}");
    }
    assert_merged(&place, &kept.join("repo"));
    let session = session(&kept.join("data"));
    let refused = log::events(&session, "refused");
    assert!(
        refused.iter().any(|r| r["agent"] == "NET" && r.to_string().contains("squash them into one")),
        "{refused:?}"
    );
    let page = std::fs::read_to_string(session.join("reports/review.md")).unwrap();
    assert!(page.starts_with("# Review of 8 branches for `main`\n"), "{page}");
    assert!(!page.contains("(message)"), "the demo's own agents keep to the convention: {page}");
    assert_eq!(log::events(&session, "train_applied").len(), 2, "merged, taken back, merged again");
    assert_eq!(log::events(&session, "train_undone").len(), 1);
    for name in ORDER {
        let printed = log::output(&session, &name.to_uppercase());
        assert!(printed.len() > 1000, "{name}: {}", printed.len());
    }
    let again = place.run(&["demo", "--headless", "--keep", &kept.to_string_lossy()]);
    again.refused(4, &["not empty"]);
    place.assert_nothing_left();
    // The kept repository is used on by hand.
    let mut sh = Command::new("sh");
    assert!(sh.args(["test.sh"]).current_dir(kept.join("repo")).output().unwrap().status.success());
}

/// How many tasks of the last run are done.
fn done(status: &Value) -> usize {
    let runs = status["runs"].as_array().unwrap();
    let tasks = runs.last().map(|r| r["tasks"].as_array().unwrap().clone()).unwrap_or_default();
    tasks.iter().filter(|t| t["state"] == "done").count()
}

#[test]
fn a_sprint_outlives_its_server() {
    let place = rehearsal();
    let pids = place.pids();
    for (plan, order) in [("enhancement", "staged"), ("wrap-up", "broadcast")] {
        place.ok(&["run", plan, "--order", order]);
        // In the middle: some are done, others are not.
        wait_until("somebody is done", || done(&place.status()) >= 2);
        place.kill_server();
        let status = place.status();
        assert!(done(&status) >= 2, "what was done stays done: {status}");
        wait_until("the plan ends", || {
            let status = place.status();
            status["runs"].as_array().unwrap().last().unwrap()["ended"] == true
        });
        let status = place.status();
        assert_eq!(done(&status), 8, "{plan}: {status}");
        assert_eq!(place.pids(), pids, "{plan}");
    }
    let recovered = log::events(&place.session(), "recovered").len();
    assert_eq!(recovered, 2);
    for agent in place.status()["agents"].as_array().unwrap() {
        assert_eq!(agent["state"], "ready", "{agent}");
    }
    place.ok(&["merge", "--yes"]);
    assert_merged(&place, &place.repo());
}
