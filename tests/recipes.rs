//! The scripts of `docs/recipes`, each run with the real program.

// Tests may unwrap: a failure there is the report.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stderr)]

mod kit;

#[path = "recipes/cloud.rs"]
mod cloud;

use std::fs;
use std::path::{Path, PathBuf};

use kit::{EXE, Place, Ran, log, wait_until};

/// A recipe's path.
fn recipe(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/recipes").join(name)
}

/// Runs a shell recipe in a place's repository.
fn run(place: &Place, name: &str, args: &[&str], env: &[(&str, &str)]) -> Ran {
    let path = recipe(name);
    let args = [&[path.to_str().unwrap()][..], args].concat();
    let mut command = place.command("sh", &args, &place.repo());
    command.env("ORCHESTRA", EXE).envs(env.iter().copied());
    kit::finish(command, &args)
}

/// Pretended agents in a hurry, with those faults and gates.
fn rehearsing(agents: &[&str], faults: &str, more: &str) -> Place {
    let env = format!("ORCHESTRA_REHEARSE_SPEED = \"20\", ORCHESTRA_REHEARSE_MISBEHAVE = \"{faults}\"");
    Place::with_team(agents, "rehearsal", &format!("{more}\n[profile.rehearsal]\nenv = {{ {env} }}\n"))
}

#[test]
fn a_sprint_by_script_tells_the_refused_why_and_merges() {
    let gate = "[[gate]]\nname = \"build\"\nrun = \"test -e README.md\"\n";
    let place = rehearsing(&["ARCH", "NET", "SEC"], "NET=no-squash,SEC=dirty", gate);
    let done = run(&place, "sprint.sh", &[], &[]);
    assert_eq!(done.code, Some(0), "{done:#?}");
    let merges = place.git(&["log", "--first-parent", "--merges", "--format=%s", "main"]);
    assert_eq!(merges.lines().count(), 3, "{merges}");
    for (file, part) in [("review.txt", "NET"), ("pr.md", "feat(net)"), ("report.md", "NET")] {
        let text = fs::read_to_string(place.repo().join("sprint-out").join(file)).unwrap();
        assert!(text.contains(part), "{file}: {text}");
    }
    assert_eq!(place.git(&["status", "--porcelain"]), "", "what it writes is ignored");
    place.assert_nothing_left();
    let refused = log::events(&place.session(), "refused");
    for agent in ["NET", "SEC"] {
        assert!(refused.iter().any(|r| r["agent"] == agent), "{agent} was refused: {refused:?}");
    }
}

#[test]
fn a_sprint_that_cannot_be_merged_ends_with_its_reason_and_leaves_what_it_is_told_to() {
    let place = rehearsing(
        &["ARCH"],
        "",
        "[[gate]]\nname = \"test\"\nrun = \"exit 3\"\n[verify]\nbaseline = \"off\"\n",
    );
    let main = place.git(&["rev-parse", "main"]);
    let done = run(&place, "sprint.sh", &[], &[]);
    done.refused(
        4,
        &["gates are not green", "the wrap-up did not succeed (status 4)", "the session goes on"],
    );
    assert_eq!(place.git(&["rev-parse", "main"]), main);
    assert_eq!(place.agent("ARCH")["state"], "idle", "the session is there to be looked at");
    // Again, in the session that runs; this time it is to be ended.
    let done = run(&place, "sprint.sh", &[], &[("DOWN", "always")]);
    done.refused(4, &["the wrap-up did not succeed"]);
    place.assert_nothing_left();
    fs::write(place.repo().join("orchestra.toml"), "[sesion]\n").unwrap();
    run(&place, "sprint.sh", &[], &[]).refused(2, &["setup did not succeed (status 2)", "no session runs"]);
}

#[test]
fn a_rehearsal_keeps_its_record_and_fails_as_the_program_does() {
    let place = Place::repository();
    let out = place.root().join("out");
    let env = [("OUT", out.to_str().unwrap()), ("SPEED", "8")];
    let done = run(&place, "ci-rehearsal.sh", &[], &env);
    assert_eq!(done.code, Some(0), "{done:#?}");
    assert!(done.out.contains("8 merges"), "{done:#?}");
    let unpacked = place.root().join("unpacked");
    fs::create_dir(&unpacked).unwrap();
    let archive = out.join("record.tar.gz");
    let args = ["-C", unpacked.to_str().unwrap(), "-xzf", archive.to_str().unwrap()];
    let tar = kit::finish(place.command("tar", &args, place.root()), &args);
    assert_eq!(tar.code, Some(0), "{tar:?}");
    let only = |dir: &Path| fs::read_dir(dir).unwrap().next().unwrap().unwrap().path();
    let record = only(&only(&unpacked.join("sessions")));
    let report = place.ok(&["report", record.to_str().unwrap()]);
    assert!(report.contains("NET"), "the record can be read: {report}");

    let fails = place.root().join("bin/fails");
    place.program("fails", "#!/bin/sh\necho 'out of luck'\nexit 7\n");
    place.program("hangs", "#!/bin/sh\nexec sleep 600\n");
    let failed = run(&place, "ci-rehearsal.sh", &[], &[env[0], ("ORCHESTRA", fails.to_str().unwrap())]);
    failed.refused(7, &["failed with status 7"]);
    assert_eq!(fs::read_to_string(out.join("rehearsal.log")).unwrap(), "out of luck\n");
    let hangs = place.root().join("bin/hangs");
    let late = [env[0], ("ORCHESTRA", hangs.to_str().unwrap()), ("LIMIT", "1")];
    run(&place, "ci-rehearsal.sh", &[], &late).refused(124, &["status 124"]);

    let job = fs::read_to_string(recipe("ci-rehearsal.yml")).unwrap();
    for part in
        ["run: sh docs/recipes/ci-rehearsal.sh", "OUT: rehearsal-out", "path: rehearsal-out", "if: always()"]
    {
        assert!(job.contains(part), "{part}");
    }
}

#[test]
fn a_push_waits_for_the_merge_and_for_branches_without_errors() {
    let place = Place::with_shells(&["A", "B"], "");
    let upstream = place.root().join("up.git");
    place.git(&["init", "-q", "--bare", upstream.to_str().unwrap()]);
    place.git(&["remote", "add", "up", upstream.to_str().unwrap()]);
    let installed = run(&place, "pre-push", &["--install"], &[]);
    assert_eq!(installed.code, Some(0), "{installed:?}");
    assert_eq!(run(&place, "pre-push", &["--install"], &[]).code, Some(0), "again");
    let push = |dir: &Path, branch: &str, env: &[(&str, &str)]| {
        let args = ["push", "-q", "up", branch];
        let mut command = place.command("git", &args, dir);
        command.env("ORCHESTRA", EXE).envs(env.iter().copied());
        kit::finish(command, &args)
    };
    let (repo, passes) = (place.repo(), |ran: Ran| assert_eq!(ran.code, Some(0), "{ran:#?}"));
    passes(push(&repo, "main", &[]));
    passes(push(&repo, "main", &[("ORCHESTRA", "/nowhere/orchestra")]));
    place.up();
    place.commit("A", "both.txt", "a\n");
    place.commit("B", "both.txt", "b\n");
    for agent in ["A", "B"] {
        place.ok(&["ready", "--for", agent]);
    }
    place.ok(&["wait", "all", "--for", "ready", "--timeout", "60"]);
    passes(push(&repo, "main", &[]));
    let tree = place.worktree("A");
    push(&tree, "b-a", &[("ORCHESTRA_PANE", "A")]).refused(1, &["agents leave pushing to people"]);
    passes(push(&repo, "b-a", &[]));

    assert_eq!(place.run(&["merge", "--yes"]).code, Some(1), "they conflict");
    // Git asks only about what is not there yet.
    place.git(&["commit", "-q", "--allow-empty", "-m", "more"]);
    push(&repo, "main", &[]).refused(1, &["a merge is under way (halted)"]);
    push(&repo, "HEAD:main", &[]).refused(1, &["a merge is under way"]);
    passes(push(&repo, "main:elsewhere", &[]));
    place.run(&["merge", "--abort", "--yes"]);
    passes(push(&repo, "main", &[]));

    place.commit("B", "marks.txt", "<<<<<<< a\none\n=======\ntwo\n>>>>>>> b\n");
    wait_until("the marks are seen", || place.run(&["review", "B"]).code == Some(1));
    push(&repo, "b-b", &[]).refused(1, &["the review of B has errors", "marks.txt"]);
    passes(push(&repo, ":elsewhere", &[]));

    place.git(&["commit", "-q", "--allow-empty", "-m", "more"]);
    place.git(&["config", "alias.x", "!echo planted"]);
    wait_until("the change is seen", || place.run(&["trust"]).code == Some(1));
    push(&repo, "main", &[]).refused(1, &["orchestra trust"]);
}

#[test]
fn a_watch_tells_the_refused_why_and_goes_on_where_it_stopped() {
    let place = rehearsing(&["NET"], "NET=no-squash", "");
    let out = fs::File::create(place.root().join("watched")).unwrap();
    let path = recipe("watch.sh");
    let watch = || {
        let mut command = place.command("sh", &[path.to_str().unwrap()], &place.repo());
        command.env("ORCHESTRA", EXE).stdout(out.try_clone().unwrap()).stderr(out.try_clone().unwrap());
        command.spawn().unwrap()
    };
    let said = || fs::read_to_string(place.root().join("watched")).unwrap();
    place.up();
    let mut first = watch();
    place.ok(&["run", "enhancement", "--wait"]);
    place.ok(&["run", "wrap-up"]);
    place.ok(&["wait", "NET", "--for", "ready", "--timeout", "60"]);
    place.ok(&["down"]);
    assert_eq!(first.wait().unwrap().code(), Some(0), "{}", said());
    let told = said();
    assert_eq!(told.matches("the reasons are on their way to NET").count(), 1, "{told}");
    assert_eq!(told.matches("a plan has ended").count(), 2, "{told}");
    assert_eq!(told.lines().count(), 3, "and nothing else: {told}");
    assert_eq!(watch().wait().unwrap().code(), Some(0));
    assert_eq!(said(), told, "what was seen is not told again");
}

#[test]
fn a_hook_tells_the_desktop_or_an_address() {
    let run_it = format!("sh {}", recipe("notify.sh").display());
    let more = format!("[[hook]]\non = [\"failed\"]\nrun = \"{run_it}\"\n");
    let place = Place::with_shells(&["A"], &more);
    let told = place.root().join("told");
    let show = format!("#!/bin/sh\nprintf '%s|' \"$@\" >> {0}.new\nmv {0}.new {0}\n", told.display());
    place.program("notify-send", &show);
    place.up();
    place.ok(&["send", "A", "--text", "exit 3"]);
    wait_until("the desktop is told", || told.exists());
    let text = fs::read_to_string(&told).unwrap();
    assert!(text.starts_with("--app-name|orchestra|--|orchestra s|A ended: exited 3"), "{text}");

    // An address gets the object as it came, or the text alone, whatever an agent put into it.
    place.program("curl", &format!("#!/bin/sh\ncat > {}.body\n", told.display()));
    let body = || fs::read_to_string(place.root().join("told.body")).unwrap();
    let said = r#"A asks: "rm" C:\new & <b>?"#;
    let env = [("ORCHESTRA_TEXT", said), ("ORCHESTRA_SESSION", "s"), ("NOTIFY_URL", "http://127.0.0.1:9/")];
    let object = r#"{"items":[{"occasion":"asking"}]}"#;
    let post = |kind: &str| {
        let script = format!("printf '%s\\n' '{object}' | sh {}", recipe("notify.sh").display());
        let args = ["-c", script.as_str()];
        let mut command = place.command("sh", &args, &place.repo());
        command.envs(env).env("NOTIFY_KIND", kind);
        let ran = kit::finish(command, &args);
        assert_eq!(ran.code, Some(0), "{ran:?}");
    };
    post("");
    assert_eq!(body(), object);
    post("text");
    let text: serde_json::Value = serde_json::from_str(&body()).unwrap();
    assert_eq!(text["text"], format!("s: {said}"));
}
