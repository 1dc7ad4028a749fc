//! From `init` to `clean`.

use std::fs;

use serde_json::Value;

use crate::kit::{Place, log, proc, wait_until};

#[test]
fn a_session_from_init_to_down() {
    let place = Place::repository();
    place.ok(&["init", "--profile", "shell"]);
    assert_eq!(place.run(&["init"]).code, Some(4), "what exists is not overwritten");
    place.ok(&["up", "--detach"]);
    place.ok(&["wait", "all", "--for", "idle", "--timeout", "60"]);
    let status = place.status();
    assert_eq!(status["session"], "sprint");
    assert!(proc::alive(status["server_pid"].as_u64().unwrap()));
    let agents = status["agents"].as_array().unwrap();
    let names: Vec<&str> = agents.iter().map(|a| a["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["ARCH", "PLAT", "SEC", "OBS", "NET", "OPS", "QA", "DOCS"]);
    for (n, agent) in agents.iter().enumerate() {
        let branch = format!("agent-{}-{}", n + 1, names[n].to_lowercase());
        assert_eq!((&agent["state"], &agent["branch"]), (&Value::from("idle"), &Value::from(branch)));
        assert!(proc::alive(agent["pid"].as_u64().unwrap()), "{agent}");
        assert_eq!(
            (&agent["ahead"], &agent["behind"], &agent["dirty"]),
            (&0.into(), &0.into(), &false.into())
        );
        assert!(agent["last_activity"].as_str().unwrap().ends_with('Z'), "{agent}");
        assert!(fs::exists(agent["worktree"].as_str().unwrap()).unwrap());
    }
    let sent = place.json(&["send", "all", "--text", "echo me-$((40+2)) in $PWD", "--wait"]);
    let receipts = sent["receipts"].as_array().unwrap();
    assert_eq!(receipts.len(), 8);
    for receipt in receipts {
        assert_eq!(receipt["outcome"], "submitted", "{receipt}");
    }
    place.shows("ARCH", &format!("me-42 in {}", place.worktree("ARCH").display()));
    let pane = place.json(&["read", "ARCH"]);
    assert_eq!((&pane["answer"], &pane["agent"]), (&"pane".into(), &"ARCH".into()));
    // What an agent does shows: a file, then a commit.
    fs::write(place.worktree("SEC").join("x"), "x").unwrap();
    wait_until("SEC is dirty", || place.agent("SEC")["dirty"] == true);
    place.commit("SEC", "x", "y");
    wait_until("SEC is ahead", || {
        let agent = place.agent("SEC");
        agent["ahead"] == 1 && agent["dirty"] == false
    });
    assert_eq!(place.git(&["status", "--porcelain", "--untracked-files=no"]), "");
    place.ok(&["down"]);
    place.assert_nothing_left();
    place.run(&["status"]).refused(3, &["`sprint` has ended", "orchestra up"]);
}

#[test]
fn down_ends_whatever_was_started_in_a_pane() {
    let place = Place::with_shells(&["A", "B"], "");
    place.up();
    // Beyond the group, deaf to a hang-up, orphaned: each tells when it has become what it is.
    let beyond = "setsid sh -c 'echo beyond > ../beyond; exec sleep 1000' &";
    let deaf = "(trap '' HUP TERM; echo deaf > ../deaf; while :; do sleep 1; done) &";
    let twice = "(setsid sh -c '(trap \"\" HUP TERM; echo twice > ../twice; sleep 1000; sleep 1000) &' &)";
    for line in [beyond, deaf, twice] {
        place.ok(&["send", "A", "--text", line, "--wait"]);
    }
    let folder = place.worktree("A").parent().unwrap().to_owned();
    for name in ["beyond", "deaf", "twice"] {
        wait_until(name, || folder.join(name).exists());
    }
    let before = proc::marked(&place.mark()).len();
    assert!(before >= 8, "server, two holders, two shells and the three: {before}");
    place.ok(&["down"]);
    place.assert_nothing_left();
}

#[test]
fn a_server_that_is_started_for_a_lost_one_leaves_an_ended_session_ended() {
    let place = Place::with_shells(&["A"], "");
    place.up();
    let record = place.session();
    place.ok(&["down"]);
    let before = fs::read(record.join("journal.jsonl")).unwrap();
    let done = place.run(&["serve", &record.to_string_lossy(), "--lost"]);
    done.refused(1, &["it has ended"]);
    assert_eq!(fs::read(record.join("journal.jsonl")).unwrap(), before);
    place.assert_nothing_left();
}

#[test]
fn up_again_says_so_and_after_down_goes_on_where_it_was() {
    let place = Place::with_shells(&["A", "B"], "");
    place.up();
    let server = place.server();
    let again = place.ok(&["up", "--detach"]);
    assert!(again.contains("`s` is running already") && again.contains("orchestra attach"), "{again}");
    assert_eq!((place.server(), proc::servers(&place.mark())), (server, 1));
    place.commit("A", "a/x", "1\n");
    let (tree, head) = (place.worktree("A"), place.git_in(&place.worktree("A"), &["rev-parse", "HEAD"]));
    fs::write(tree.join("draft"), "unfinished").unwrap();
    place.ok(&["down"]);
    assert_eq!(place.run(&["down"]).code, Some(3));
    place.up();
    assert_ne!(place.server(), server);
    assert_eq!(place.worktree("A"), tree);
    assert_eq!(place.git_in(&tree, &["rev-parse", "HEAD"]), head);
    assert_eq!(fs::read_to_string(tree.join("draft")).unwrap(), "unfinished");
    let agent = place.agent("A");
    assert_eq!((&agent["ahead"], &agent["dirty"]), (&1.into(), &true.into()));
    place.shell("B", "echo again-$((1+1))", "again-2");
    let seqs: Vec<u64> = log::journal(&place.session()).iter().map(|e| e["seq"].as_u64().unwrap()).collect();
    assert!(seqs.windows(2).all(|w| w[0] + 1 == w[1]), "one journal without a gap: {seqs:?}");
}

#[test]
fn ten_that_start_at_once_start_one() {
    let place = Place::with_shells(&["A", "B"], "");
    let results: Vec<_> = std::thread::scope(|scope| {
        let started: Vec<_> = (0..10).map(|_| scope.spawn(|| place.run(&["up", "--detach"]))).collect();
        started.into_iter().map(|t| t.join().unwrap()).collect()
    });
    assert!(results.iter().all(|r| r.code == Some(0)), "{results:#?}");
    let fresh = results.iter().filter(|r| r.out.contains("is up;")).count();
    assert_eq!(fresh, 1, "{results:#?}");
    wait_until("one server", || proc::servers(&place.mark()) == 1);
    place.ok(&["wait", "all", "--for", "idle", "--timeout", "60"]);
    let shells = proc::names(&proc::marked(&place.mark())).iter().filter(|n| n.contains(" hold")).count();
    assert_eq!(shells, 3, "one holder each, and the orchestrator's");
}

#[test]
fn clean_keeps_what_would_be_lost() {
    let place = Place::with_shells(&["A", "B", "C"], "");
    place.up();
    place.run(&["clean"]).refused(4, &["`s`", "running", "orchestra down"]);
    place.commit("A", "a/x", "1\n");
    fs::write(place.worktree("B").join("note"), "untracked").unwrap();
    let trees: Vec<_> = ["A", "B", "C"].map(|n| place.worktree(n)).into();
    place.ok(&["down"]);
    place.run(&["clean"]).refused(4, &["A:", "B:", "note"]);
    let there = |n: usize| trees[n].exists();
    assert!(there(0) && there(1) && !there(2), "only C was clean and merged");
    assert!(!place.git(&["for-each-ref", "refs/orchestra/backup/s/C"]).is_empty());
    fs::remove_file(trees[1].join("note")).unwrap();
    place.git(&["merge", "-q", "--no-edit", "b-a"]);
    let head = place.git(&["rev-parse", "b-a"]);
    place.ok(&["clean"]);
    assert!(!there(0) && !there(1));
    assert_eq!(place.git(&["rev-parse", "refs/orchestra/backup/s/A"]), head);
    assert!(place.git(&["worktree", "list"]).lines().count() == 1);
    place.up();
    place.shell("A", "echo back-$((1+1))", "back-2");
}

#[test]
fn a_stopped_agent_is_sent_nothing_and_starts_again() {
    let place = Place::with_shells(&["A", "B"], "");
    place.up();
    place.ok(&["send", "all", "--text", "echo first", "--wait"]);
    place.ok(&["stop", "A"]);
    place.ok(&["wait", "A", "--for", "stopped", "--timeout", "60"]);
    let ran = place.run(&["send", "all", "--text", "echo lost", "--wait", "--json"]);
    assert_eq!(ran.code, Some(1), "{ran:#?}");
    let sent: Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!(sent["receipts"].as_array().unwrap().len(), 2, "{sent}");
    let of = |name: &str| {
        let receipts = sent["receipts"].as_array().unwrap();
        receipts.iter().find(|r| r["agent"] == name).unwrap()["outcome"].clone()
    };
    assert_eq!((of("A"), of("B")), ("refused".into(), "submitted".into()), "{sent}");
    place.ok(&["restart", "A"]);
    place.ok(&["wait", "A", "--for", "idle", "--timeout", "60"]);
    place.shell("A", "echo again-$((1+1))", "again-2");
    assert_eq!(place.run(&["wait", "A", "--for", "ready", "--timeout", "1"]).code, Some(124));
}

#[test]
fn a_repository_of_any_name_and_records_beside_it() {
    let place = Place::with_shells(&["A"], "");
    let name = format!("é {}", "long-".repeat(12));
    let repo = place.root().join(&name);
    place.git(&["clone", "-q", "../repo", &repo.to_string_lossy()]);
    let toml = fs::read_to_string(repo.join("orchestra.toml")).unwrap();
    fs::write(
        repo.join("orchestra.toml"),
        toml.replace("name = \"s\"\n", "name = \"s\"\ndir = \"../records\"\n"),
    )
    .unwrap();
    let ran = place.run_in(&repo, &["up", "--detach"]);
    assert_eq!(ran.code, Some(0), "{ran:#?}");
    // From a folder below, too.
    fs::create_dir(repo.join("sub")).unwrap();
    let ran = place.run_in(&repo.join("sub"), &["status", "--json"]);
    assert_eq!(ran.code, Some(0), "{ran:#?}");
    assert!(place.root().join("records").is_dir());
    assert_eq!(place.run_in(&repo, &["down"]).code, Some(0));
    place.assert_nothing_left();
}
