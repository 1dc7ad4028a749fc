//! What is wrong is named, with its remedy and its exit status, and nothing is lost.

// Tests may unwrap: a failure there is the report.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod kit;

use std::fs;
use std::os::unix::fs::PermissionsExt;

use kit::term::Terminal;
use kit::{EXE, Place, proc, wait_until};

#[test]
fn what_is_no_repository_to_work_on() {
    let place = Place::empty();
    let none = place.repo();
    for args in [&["up", "--detach"][..], &["status"], &["init"]] {
        place.run(args).refused(2, &[&none.to_string_lossy(), "not in a git repository", "git init"]);
    }
    let bare = place.root().join("bare");
    place.git(&["init", "-q", "--bare", "../bare"]);
    place.run_in(&bare, &["up", "--detach"]).refused(2, &["bare", "clone with a working tree"]);
    place.git(&["init", "-q", "-b", "main"]);
    place.ok(&["init", "--profile", "shell"]);
    place.run(&["up", "--detach"]).refused(2, &["no commits", "first commit"]);
    assert!(!place.root().join("data/sessions").exists(), "nothing was begun");
}

#[test]
fn the_target_must_exist() {
    let place = Place::with_shells(&["A"], "[merge]\ntarget = \"mian\"\n");
    place.run(&["up", "--detach"]).refused(2, &["`mian`", "did you mean `main`?", "merge.target"]);
    place.git(&["checkout", "-q", "--detach"]);
    fs::remove_file(place.repo().join("orchestra.toml")).unwrap();
    place.run(&["up", "--detach"]).refused(2, &["orchestra.toml", "orchestra init"]);
}

#[test]
fn a_branch_elsewhere_and_a_place_that_is_taken() {
    let place = Place::with_shells(&["A", "B"], "");
    place.git(&["worktree", "add", "-q", "../other", "-b", "b-b"]);
    let other = place.root().join("other");
    place
        .run(&["up", "--detach"])
        .refused(4, &["B", "`b-b`", &other.to_string_lossy(), "git worktree remove"]);
    place.git(&["worktree", "remove", "../other"]);
    place.up();
    let taken = place.worktree("B");
    place.ok(&["down"]);
    place.ok(&["clean"]);
    fs::create_dir_all(&taken).unwrap();
    fs::write(taken.join("precious"), "x").unwrap();
    place.run(&["up", "--detach"]).refused(4, &["B", &taken.to_string_lossy(), "not empty", "move it away"]);
    assert_eq!(fs::read_to_string(taken.join("precious")).unwrap(), "x");
    place.git(&["merge", "-q", "--no-commit", "--no-ff", "b-a"]);
}

#[test]
fn a_merge_under_way_is_left_alone() {
    let place = Place::with_shells(&["A"], "");
    place.git(&["checkout", "-q", "-b", "side"]);
    fs::write(place.repo().join("x"), "x").unwrap();
    place.git(&["add", "x"]);
    place.git(&["commit", "-q", "-m", "x"]);
    place.git(&["checkout", "-q", "main"]);
    place.git(&["merge", "-q", "--no-commit", "--no-ff", "side"]);
    place.run(&["up", "--detach"]).refused(4, &["merge"]);
    assert!(place.repo().join(".git/MERGE_HEAD").exists());
}

#[test]
fn programs_that_are_missing_are_named_with_where_they_were_looked_for() {
    let place = Place::with_team(&["A", "B"], "mine", "");
    fs::create_dir(place.repo().join("profiles")).unwrap();
    let text = "name = \"mine\"\ntitle = \"Mine\"\nargv = [\"no-such-program\"]\n";
    fs::write(place.repo().join("profiles/mine.toml"), text).unwrap();
    let bin = place.root().join("bin");
    place.run(&["up", "--detach"]).refused(
        2,
        &["A (`no-such-program`, profile `mine`)", "B (`no-such-program`", &bin.to_string_lossy(), "install"],
    );
    assert!(place.git(&["branch", "--list", "b-*"]).is_empty(), "nothing was begun");
}

#[test]
fn an_agent_that_dies_at_once_is_failed_and_shows_why() {
    let more = "[profile.shell]\nargv = [\"dies\"]\n";
    let place = Place::with_shells(&["A"], more);
    place.program("dies", "#!/bin/sh\necho fatal: no licence\nexit 3\n");
    place.ok(&["up", "--detach"]);
    place.ok(&["wait", "A", "--for", "failed", "--timeout", "60"]);
    let agent = place.agent("A");
    assert!(agent["pid"].is_null(), "{agent}");
    place.shows("A", "fatal: no licence");
    let why = place.ok(&["explain", "A"]);
    assert!(why.contains('3'), "the exit status: {why}");
    // Put right, it starts again.
    place.program("dies", "#!/bin/sh\nexec sh\n");
    place.ok(&["restart", "A"]);
    place.ok(&["wait", "A", "--for", "idle", "--timeout", "60"]);
}

#[test]
fn an_agent_whose_interpreter_is_missing_is_failed() {
    let place = Place::with_shells(&["A"], "[profile.shell]\nargv = [\"odd\"]\n");
    place.program("odd", "#!/no/such/interpreter\n");
    let ran = place.run(&["up", "--detach"]);
    if ran.code == Some(0) {
        place.ok(&["wait", "A", "--for", "failed", "--timeout", "60"]);
        let why = place.ok(&["explain", "A"]);
        assert!(why.contains("/no/such/interpreter"), "{why}");
    } else {
        ran.refused(2, &["A", "/no/such/interpreter"]);
    }
}

#[test]
fn a_worktree_that_vanished_is_never_replaced_by_the_home() {
    let place = Place::with_shells(&["A", "B"], "");
    place.up();
    let tree = place.worktree("A");
    place.ok(&["stop", "A"]);
    place.ok(&["wait", "A", "--for", "stopped", "--timeout", "60"]);
    fs::rename(&tree, place.root().join("away")).unwrap();
    let ran = place.run(&["restart", "A"]);
    if ran.code == Some(0) {
        place.ok(&["wait", "A", "--for", "failed", "--timeout", "60"]);
        let why = place.ok(&["explain", "A"]);
        assert!(why.contains(&*tree.to_string_lossy()) && why.contains("gone"), "{why}");
    } else {
        ran.refused(4, &[&tree.to_string_lossy()]);
    }
    assert_eq!(place.agent("A")["pid"], serde_json::Value::Null);
    fs::rename(place.root().join("away"), &tree).unwrap();
    place.ok(&["restart", "A"]);
    place.ok(&["wait", "A", "--for", "idle", "--timeout", "60"]);
    place.shell("A", "echo here $PWD", &format!("here {}", tree.display()));
}

#[test]
fn sockets_that_others_could_reach_are_refused() {
    let place = Place::with_shells(&["A"], "");
    place.up();
    let root = place.root().join("run/orchestra");
    let mode = |mode| fs::set_permissions(&root, fs::Permissions::from_mode(mode)).unwrap();
    mode(0o755);
    let parts = [&*root.to_string_lossy(), "0755", "0700", "XDG_RUNTIME_DIR"];
    place.run(&["status"]).refused(2, &parts);
    place.run(&["up", "--detach"]).refused(2, &parts);
    mode(0o700);
    place.ok(&["down"]);
    mode(0o777);
    place.run(&["up", "--detach"]).refused(2, &["0777"]);
    mode(0o700);
    place.up();
}

#[test]
fn terminals_that_cannot_show_a_dashboard() {
    let place = Place::with_shells(&["A"], "");
    place.up();
    place.run(&["attach"]).refused(2, &["no terminal", "orchestra status"]);
    let mut dumb = Terminal::of(&place, &[EXE, "attach"], 24, 80, "dumb");
    assert_eq!(dumb.ended(), 2);
    dumb.shows(&["TERM", "dumb"]);
    assert_eq!(dumb.count("\x1b["), 0, "nothing is painted");
    let small = Terminal::new(&place, &["attach"], 4, 19);
    small.shows(&["20×5"]);
    let mut grown = Terminal::new(&place, &["attach"], 4, 19);
    grown.shows(&["20×5"]);
    grown.resize(24, 80);
    grown.shows(&["Monitor"]);
    assert_eq!(place.agent("A")["state"], "idle");
}

#[test]
fn a_wrong_configuration_is_told_by_line_and_column() {
    let place = Place::with_shells(&["A"], "[merge]\ntraget = \"main\"\n");
    let toml = fs::read_to_string(place.repo().join("orchestra.toml")).unwrap();
    let line = toml.lines().position(|l| l.starts_with("traget")).unwrap() + 1;
    let at = format!("orchestra.toml:{line}:1");
    place.run(&["up", "--detach"]).refused(2, &[&at, "`merge.traget`", "did you mean `target`?"]);
    let cycle = "[team]\nprofile = \"shell\"\n[[team.agent]]\nname = \"X\"\nafter = [\"Y\"]\n[[team.agent]]\nname = \"Y\"\nafter = [\"X\"]\n";
    fs::write(place.repo().join("orchestra.toml"), cycle).unwrap();
    place.run(&["up", "--detach"]).refused(2, &["orchestra.toml:", "X", "Y", "after"]);
    fs::write(place.repo().join("orchestra.toml"), "[session\n").unwrap();
    place.run(&["up", "--detach"]).refused(2, &["orchestra.toml:1:"]);
}

#[test]
fn names_nobody_knows_get_the_near_ones() {
    let place = Place::repository();
    place.ok(&["init", "--profile", "shell"]);
    place.ok(&["up", "--detach"]);
    let cases: [(&[&str], &[&str]); 9] = [
        (&["send", "SECC", "--text", "x"], &["agent `SECC`", "SEC"]),
        (&["read", "ARHC"], &["agent `ARHC`", "ARCH"]),
        (&["send", "focus:secrity", "--text", "x"], &["focus group `secrity`", "security"]),
        (&["send", "stage:9", "--text", "x"], &["stage `9`", "1 to 4"]),
        (&["run", "enhancment"], &["plan `enhancment`", "enhancement"]),
        (&["send", "SEC", "--prompt", "enhence"], &["prompt `enhence`", "enhance"]),
        (&["wait", "SEC", "--for", "raedy"], &["raedy", "ready"]),
        (&["keys", "NOBODY", "Enter"], &["agent `NOBODY`", "ARCH"]),
        (&["stauts"], &["stauts", "status"]),
    ];
    for (args, parts) in cases {
        place.run(args).refused(2, parts);
    }
    for args in
        [&["send", "SEC", "NOBODY"][..], &["send", "all", "focus:nothing"], &["send", "SEC", "stage:0"]]
    {
        place.run(&[args, &["--text", "x"]].concat()).refused(2, &[]);
    }
    let queued = kit::log::events(&place.session(), "queued");
    assert!(queued.is_empty(), "one wrong name, and nothing is sent to anybody: {queued:?}");
    let ran = place.run(&["read", "SECC"]);
    assert!(!ran.err.contains("failed to no "), "{ran:#?}");
    place.run(&["status", "--session", "nope"]).refused(3, &["`nope`", "orchestra ls"]);
    place.ok(&["down"]);
    for args in [&["status"][..], &["send", "all", "--text", "x"], &["attach"], &["down"], &[]] {
        place.run(args).refused(3, &["orchestra up"]);
    }
    wait_until("nothing is left", || proc::marked(&place.mark()).is_empty());
}
