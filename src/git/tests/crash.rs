//! Real processes: killed at any moment, and many at once.

use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process, kill_process_group};

use super::applying::settled;
use crate::domain::id::Oid;
use crate::domain::train::{Applied, Built};
use crate::git::testkit::{Kit, git_in, numbered, wait_until, write};
use crate::git::{
    Recovered, WorktreeSpec, apply, build, ensure_worktree, move_branch, recover_apply, recover_branch,
};

/// What a child process of these tests is to do, as words separated by newlines.
const TASK: &str = "ORCHESTRA_TEST_TASK";

/// Starts this test program again for one task, in a process group of its own.
fn child(task: &[&str]) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "git::tests::crash::does_the_task_of_a_child", "--ignored"])
        .env(TASK, task.join("\n"))
        .stdout(Stdio::null())
        .process_group(0)
        .spawn()
        .unwrap()
}

#[test]
#[ignore = "only a child process of the other tests has something to do"]
fn does_the_task_of_a_child() {
    let task = std::env::var(TASK).unwrap_or_default();
    let words: Vec<&str> = task.lines().collect();
    match words.as_slice() {
        ["apply", top, old, new] => {
            apply(Path::new(top), "main", 1, &Oid((*old).into()), &Oid((*new).into())).unwrap();
        }
        ["move", top, tree, branch, old, new] => {
            let (top, tree) = (Path::new(top), Path::new(tree));
            move_branch(top, tree, branch, &Oid((*old).into()), &Oid((*new).into())).unwrap();
        }
        ["worktree", top, path, branch, base] => {
            let base = Oid((*base).into());
            let (path, name, email) = (Path::new(path), "Agent", "agent@example.org");
            let spec = WorktreeSpec { path, branch, base: &base, recorded: None, name, email };
            ensure_worktree(Path::new(top), &spec).unwrap();
        }
        _ => {}
    }
}

fn killed(rounds: u32) {
    let kit = Kit::new();
    for n in 0..150 {
        kit.write(&format!("d{}/f{n}", n % 7), &numbered(n));
    }
    let old = kit.commit("many files");
    let one = kit.work("ONE", |at| {
        for n in 0..150 {
            write(&at.join(format!("d{}/f{n}", n % 7)), &numbered(n + 1));
            write(&at.join(format!("new{}/f{n}", n % 5)), &numbered(n));
        }
    });
    let Built::Clean { result: new, .. } = build(&kit.top, &kit.plan(&[&one])).unwrap() else {
        panic!("not clean")
    };
    let top = kit.top.to_str().unwrap();
    let (mut finished, mut restored) = (0, 0);
    for round in 0..rounds {
        let mut running = child(&["apply", top, &old.0, &new.0]);
        let moved = || kit.oid("main") == new;
        wait_until("the child applies", || kit.top.join(".git/orchestra.applying").exists() || moved());
        std::thread::sleep(Duration::from_micros(u64::from(round) * 700 % 20_000));
        let pid = Pid::from_child(&running);
        // Alone, its git lives on and has to be waited for; with its group, git dies too.
        let _ = if round % 2 == 0 {
            kill_process(pid, Signal::KILL)
        } else {
            kill_process_group(pid, Signal::KILL)
        };
        running.wait().unwrap();
        let found = recover_apply(&kit.top, "main", 1, &old, &new).unwrap();
        match found {
            Recovered::Moved => {
                finished += 1;
                settled(&kit, &new);
            }
            Recovered::Restored => {
                restored += 1;
                settled(&kit, &old);
                assert_eq!(apply(&kit.top, "main", 1, &old, &new).unwrap(), Applied::Moved);
                settled(&kit, &new);
            }
            other => panic!("round {round}: {other:?}"),
        }
        kit.git(&["reset", "-q", "--hard", &old.0]);
        assert_eq!(kit.status(), "");
    }
    println!("of {rounds} kills {finished} were finished and {restored} put back");
}

#[test]
fn killed_at_twelve_moments_it_always_recovers() {
    killed(12);
}

#[test]
#[ignore = "slow: run with --ignored"]
fn killed_at_two_hundred_moments_it_always_recovers() {
    killed(200);
}

#[test]
fn a_branch_killed_on_its_way_is_finished_or_put_back() {
    let kit = Kit::new();
    let one = kit.work("ONE", |at| {
        for n in 0..200 {
            write(&at.join(format!("d{}/f{n}", n % 7)), &numbered(n));
        }
    });
    let (old, new) = (one.base.clone(), kit.oid(&format!("refs/heads/{}", one.branch)));
    let in_tree = |args: &[&str]| git_in(&one.path, args).unwrap();
    in_tree(&["reset", "-q", "--hard", &old.0]);
    let note = Path::new(&in_tree(&["rev-parse", "--absolute-git-dir"])).join("orchestra.applying");
    let settled = |oid: &Oid| {
        assert_eq!(in_tree(&["rev-parse", "HEAD"]), oid.0);
        assert_eq!(in_tree(&["status", "--porcelain"]), "");
        assert!(!note.exists());
    };
    let recover = || recover_branch(&kit.top, &one.path, &one.branch, &old, &new).unwrap();
    let (top, tree) = (kit.top.to_str().unwrap(), one.path.to_str().unwrap());
    for round in 0..10u64 {
        let mut running = child(&["move", top, tree, &one.branch, &old.0, &new.0]);
        wait_until("the child moves", || note.exists() || in_tree(&["rev-parse", "HEAD"]) == new.0);
        std::thread::sleep(Duration::from_micros(round * 1500));
        let pid = Pid::from_child(&running);
        let _ = if round % 2 == 0 {
            kill_process(pid, Signal::KILL)
        } else {
            kill_process_group(pid, Signal::KILL)
        };
        running.wait().unwrap();
        match recover() {
            Recovered::Moved => settled(&new),
            Recovered::Restored => {
                settled(&old);
                let moved = move_branch(&kit.top, &one.path, &one.branch, &old, &new).unwrap();
                assert_eq!(moved, Applied::Moved);
                settled(&new);
            }
            other => panic!("round {round}: {other:?}"),
        }
        in_tree(&["reset", "-q", "--hard", &old.0]);
    }
}

#[test]
fn worktrees_of_eight_processes_at_once_all_succeed() {
    let kit = Kit::new();
    let base = kit.oid("main");
    let mut children = Vec::new();
    for n in 0..8 {
        let path = kit.beside(&format!("W{n}"));
        let (top, path) = (kit.top.to_str().unwrap(), path.to_str().unwrap());
        children.push(child(&["worktree", top, path, &format!("agent-{n}"), &base.0]));
    }
    for mut running in children {
        assert!(running.wait().unwrap().success());
    }
    for n in 0..8 {
        let path = kit.beside(&format!("W{n}"));
        assert_eq!(git_in(&path, &["status", "--porcelain", "-b"]).unwrap(), format!("## agent-{n}"));
        assert_eq!(git_in(&path, &["config", "user.name"]).unwrap(), "Agent");
    }
}
