//! A team without worktrees, in a folder that is no repository.

use std::fs;
use std::path::{Path, PathBuf};

use crate::kit::term::Terminal;
use crate::kit::{Place, proc, wait_until};

/// A coordinator and a specialist that pretend, and a shell; a plan that asks for no commits, one file of it a plan's.
const TEAM: &str = "[session]\nname = \"s\"\nsetup = \"echo once >> setup.txt\"\n[team]\nworktrees = false\n\
     profile = \"rehearsal\"\n[[team.agent]]\nname = \"COORD\"\n[[team.agent]]\nname = \"K8S\"\nafter = [\"COORD\"]\n\
     [[team.agent]]\nname = \"SH\"\nprofile = \"shell\"\n\
     [profile.rehearsal]\nargv = [\"{orchestra}\", \"rehearse\", \"--agent\", \"{agent}\", \"--speed\", \"20\"]\n";

const PLAN: &str = "name = \"look\"\ntitle = \"Look\"\nstages = [[\"COORD\"], [\"K8S\"]]\n\
     [[task]]\nid = \"coord\"\nagent = \"COORD\"\nprompt = \"enhance\"\ndone = \"idle\"\n\
     [[task]]\nid = \"k8s\"\nagent = \"K8S\"\nprompt = \"enhance\"\ndone = \"idle\"\n";

fn place() -> Place {
    let place = Place::empty();
    fs::write(place.repo().join("orchestra.toml"), TEAM).unwrap();
    fs::create_dir(place.repo().join("plans")).unwrap();
    fs::write(place.repo().join("plans/look.toml"), PLAN).unwrap();
    place
}

/// Everything below a folder called that.
fn called(name: &str, below: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(below).into_iter().flatten().flatten() {
        let path = entry.path();
        if entry.file_name() == name {
            found.push(path);
        } else if path.is_dir() && !path.is_symlink() {
            found.extend(called(name, &path));
        }
    }
    found
}

#[test]
fn a_team_without_a_repository_works_is_taken_over_and_is_replayed() {
    let place = place();
    let doctor = place.run(&["doctor"]);
    assert!(doctor.code == Some(0) && doctor.out.contains("none is needed"), "{doctor:#?}");
    let up = place.run(&["up", "--detach"]);
    assert!(up.code == Some(0) && !up.out.contains("enhancement"), "{up:#?}");
    place.ok(&["wait", "all", "--for", "idle", "--timeout", "60"]);
    let status = place.ok(&["status"]);
    assert!(!status.contains("branch") && !status.contains("ahead") && !status.contains("clean"), "{status}");

    // Each has a folder of its own, set up once, and commands find the session from below the project's folder.
    let folder = place.worktree("SH");
    place.shell("SH", "pwd", &folder.display().to_string());
    assert_eq!(fs::read_to_string(folder.join("setup.txt")).unwrap(), "once\n");
    let below = place.repo().join("a/b");
    fs::create_dir_all(&below).unwrap();
    assert_eq!(place.run_in(&below, &["status"]).code, Some(0));
    place.shell("SH", "orchestra status > seen.txt; echo inside-$?", "inside-0");

    // A plan runs to its end, over the death of its server.
    let pids = place.pids();
    place.ok(&["run", "look"]);
    place.kill_server();
    wait_until("the plan has ended", || place.status()["runs"][0]["ended"] == true);
    assert_eq!(place.pids(), pids, "the same programs");
    assert_eq!(place.status()["runs"][0]["progress"]["done"], 2);
    assert!(place.worktree("K8S").join("k8s").is_dir(), "it made files where it works");

    // What is about branches is refused with the reason.
    let why = "this session has no worktrees (`worktrees = false` in orchestra.toml)";
    for args in [
        &["merge", "--dry-run"][..],
        &["review"],
        &["diff", "SH"],
        &["verify"],
        &["pr"],
        &["run", "enhancement"],
    ] {
        place.run(args).refused(2, &["failed to ", why]);
    }
    let terminal = Terminal::new(&place, &["attach"], 24, 80);
    terminal.shows(&["COORD", "2 Team"]);
    terminal.keys("v");
    terminal.shows(&["no branches here", "`worktrees = false`"]);
    terminal.keys("q");
    drop(terminal);

    let server = place.server();
    place.ok(&["down"]);
    wait_until("the server has gone", || !proc::alive(server));
    place.assert_nothing_left();
    let replay = place.ok(&["replay", "s", "--headless"]);
    assert!(!replay.is_empty());
    let report = place.ok(&["report", "s"]);
    assert!(report.contains("without worktrees") && !report.contains("ranch"), "{report}");
    // It goes on with the folders as they were; a team with worktrees may not.
    place.up();
    assert_eq!(fs::read_to_string(folder.join("setup.txt")).unwrap(), "once\n");
    place.ok(&["down"]);
    place.run(&["clean"]).refused(4, &["work would be lost", "SH: "]);
    assert!(folder.join("setup.txt").is_file());
    for agent in ["COORD", "K8S", "SH"] {
        let inside = folder.parent().unwrap().join(agent);
        fs::remove_dir_all(&inside).unwrap();
        fs::create_dir(&inside).unwrap();
    }
    place.ok(&["clean", "--record"]);
    assert!(!folder.exists());
    assert_eq!(called(".git", place.root()), Vec::<PathBuf>::new());
}

#[test]
fn a_team_with_worktrees_says_what_it_needs_where_no_repository_is() {
    let place = place();
    let with = TEAM.replacen("worktrees = false", "worktrees = true", 1);
    fs::write(place.repo().join("orchestra.toml"), &with).unwrap();
    place.run(&["up", "--detach"]).refused(2, &["is not in a git repository", "worktrees = false"]);
    // In a repository the nearest folder that asks for none is the project.
    fs::write(
        place.repo().join("orchestra.toml"),
        TEAM.replacen("profile = \"rehearsal\"", "profile = \"shell\"", 1),
    )
    .unwrap();
    fs::write(place.root().join("orchestra.toml"), with).unwrap();
    place.git_in(place.root(), &["init", "-q", "-b", "main"]);
    place.up();
    let status = place.status();
    assert_eq!(status["repository"], place.repo().canonicalize().unwrap().display().to_string());
    // The same session is of one kind for good.
    place.ok(&["down"]);
    fs::remove_file(place.root().join("orchestra.toml")).unwrap();
    place.git(&["init", "-q", "-b", "main"]);
    place.git(&["add", "-A"]);
    place.git(&["commit", "-q", "-m", "start"]);
    let with = TEAM.replacen("worktrees = false", "worktrees = true", 1);
    fs::write(place.repo().join("orchestra.toml"), with).unwrap();
    place.run(&["up", "--detach"]).refused(2, &["had no worktrees", "--session"]);
}
