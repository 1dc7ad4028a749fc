//! Others move refs while we merge: nothing unreviewed gets in, and nothing of theirs is lost.

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::domain::id::Oid;
use crate::domain::train::{Applied, Built};
use crate::git::testkit::{Kit, commit, git_in, write};
use crate::git::{Error, ReviewInput, Worktree, apply, build, review};

/// A branch moves at some moment between its review and its merge: what is merged is what was reviewed, or nothing.
fn moved_between(rounds: usize) {
    let kit = Kit::new();
    let one = kit.worktree("ONE", "agent-one");
    let (mut merged, mut refused) = (0, 0);
    for n in 0..rounds {
        write(&one.path.join("n"), &format!("{n}"));
        commit(&one.path, "feat: reviewed");
        let mut plan = kit.plan(&[&one]);
        plan.id = n as u64 + 1;
        let input = ReviewInput {
            agent: plan.steps[0].agent.clone(),
            worktree: one.path.clone(),
            branch: one.branch.clone(),
            base: plan.base.clone(),
        };
        let seen = review(&kit.top, &[input], "main").unwrap().remove(0).unwrap();
        assert_eq!(seen.facts.head, plan.steps[0].oid);
        // A thread that moves it at a moment of its own choosing; with every fourth it is over before we go on.
        let mover = {
            let path = one.path.clone();
            std::thread::spawn(move || {
                write(&path.join("evil"), &format!("{n}"));
                commit(&path, "feat: unreviewed")
            })
        };
        let unreviewed = if n % 4 == 0 { Some(mover.join().unwrap()) } else { mover_left(mover, &kit, n) };
        match build(&kit.top, &plan) {
            Ok(Built::Clean { result, .. }) => {
                assert_eq!(apply(&kit.top, "main", plan.id, &plan.base, &result).unwrap(), Applied::Moved);
                let second = kit.oid("main^2");
                assert_eq!(second, plan.steps[0].oid, "round {n}: merged something else");
                merged += 1;
            }
            Ok(Built::Conflict(stuck)) => panic!("{stuck:?}"),
            Err(Error::BranchMoved { .. }) => {
                assert_eq!(kit.oid("main"), plan.base);
                refused += 1;
            }
            Err(e) => panic!("{e}"),
        }
        LEFT.with(|l| l.borrow_mut().take().map(|h| h.join().unwrap()));
        let unreviewed = unreviewed.unwrap_or_else(|| kit.oid("agent-one"));
        assert!(
            git_in(&kit.top, &["merge-base", "--is-ancestor", &unreviewed.0, "main"]).is_err(),
            "round {n}"
        );
        // The next round begins on the target.
        git_in(&one.path, &["reset", "-q", "--hard", "main"]).unwrap();
    }
    assert_eq!(merged + refused, rounds);
    assert!(refused > 0, "none was refused");
}

type Mover = std::thread::JoinHandle<crate::domain::id::Oid>;

thread_local! {
    static LEFT: std::cell::RefCell<Option<Mover>> = const { std::cell::RefCell::new(None) };
}

/// Leaves the mover running.
fn mover_left(mover: Mover, _kit: &Kit, _n: usize) -> Option<crate::domain::id::Oid> {
    LEFT.with(|l| *l.borrow_mut() = Some(mover));
    None
}

#[test]
fn a_branch_that_moves_between_review_and_merge_is_not_merged_unreviewed() {
    moved_between(12);
}

#[test]
#[ignore = "just torture-race"]
fn a_branch_that_moves_200_times_between_review_and_merge() {
    moved_between(200);
}

/// Agents commit while refs are packed, garbage is collected, and the target moves.
fn commits_while_applying(trains: usize, agents: usize) {
    let kit = Kit::new();
    let busy: Vec<Worktree> =
        (0..agents).map(|n| kit.worktree(&format!("BUSY{n}"), &format!("busy-{n}"))).collect();
    let train = kit.worktree("ONE", "agent-one");
    let stop = AtomicBool::new(false);
    let made: Vec<Vec<String>> = std::thread::scope(|scope| {
        let workers: Vec<_> = busy
            .iter()
            .map(|w| {
                let stop = &stop;
                scope.spawn(move || {
                    let mut made = Vec::new();
                    while !stop.load(Ordering::Relaxed) {
                        write(&w.path.join(&w.branch), &made.len().to_string());
                        made.push(committed(&w.path, "work").0);
                    }
                    made
                })
            })
            .collect();
        let tidy = scope.spawn(|| {
            while !stop.load(Ordering::Relaxed) {
                // Either may find the other at it, or a ref locked, and say so.
                let _ = git_in(&kit.top, &["pack-refs", "--all"]);
                let _ = git_in(&kit.top, &["gc", "-q", "--auto"]);
                let _ = git_in(&kit.top, &["-c", "gc.auto=1", "gc", "-q"]);
            }
        });
        // The threads must be ended whatever happens here.
        let done = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| trains_of(&kit, &train, trains)));
        stop.store(true, Ordering::Relaxed);
        let made = workers.into_iter().map(|w| w.join().unwrap()).collect();
        tidy.join().unwrap();
        if let Err(why) = done {
            std::panic::resume_unwind(why);
        }
        made
    });
    for (w, made) in busy.iter().zip(made) {
        let log = git_in(&kit.top, &["rev-list", "--reverse", &format!("main..{}", w.branch)]).unwrap();
        let found: Vec<&str> = log.lines().collect();
        assert_eq!(found, made, "{} lost a commit", w.branch);
    }
    kit.git(&["fsck", "--full", "--strict"]);
    assert_eq!(kit.status(), "");
    assert!(!kit.top.join(".git/index.lock").exists());
}

/// Commits as an agent does: where `gc` has just taken away a folder that git was about to write into, once more.
fn committed(dir: &Path, message: &str) -> Oid {
    let mut said = Vec::new();
    for _ in 0..20 {
        let done = git_in(dir, &["add", "-A"]).and_then(|_| git_in(dir, &["commit", "-q", "-m", message]));
        match done {
            Ok(_) => return Oid(git_in(dir, &["rev-parse", "HEAD"]).unwrap()),
            Err(why) => said.push(why),
        }
    }
    panic!("an agent could not commit: {said:?}");
}

fn trains_of(kit: &Kit, train: &Worktree, trains: usize) {
    for n in 0..trains {
        write(&train.path.join("t"), &n.to_string());
        committed(&train.path, "feat: train");
        let mut plan = kit.plan(&[train]);
        plan.id = n as u64 + 1;
        let Built::Clean { result, .. } = build(&kit.top, &plan).unwrap() else { panic!("not clean") };
        assert_eq!(apply(&kit.top, "main", plan.id, &plan.base, &result).unwrap(), Applied::Moved);
        assert_eq!(kit.oid("main"), result);
        git_in(&train.path, &["reset", "-q", "--hard", "main"]).unwrap();
    }
}

#[test]
fn agents_commit_while_refs_are_packed_and_the_target_moves() {
    commits_while_applying(4, 3);
}

#[test]
#[ignore = "just torture-race"]
fn eight_agents_commit_while_refs_are_packed_and_the_target_moves() {
    commits_while_applying(25, 8);
}

#[test]
fn a_target_that_somebody_moves_between_plan_and_apply_stops_the_train() {
    let kit = Kit::new();
    let one = kit.work("ONE", |at| write(&at.join("n"), "1"));
    let plan = kit.plan(&[&one]);
    let Built::Clean { result, .. } = build(&kit.top, &plan).unwrap() else { panic!("not clean") };
    let other = kit.git(&["commit-tree", "-p", "main", "-m", "theirs", "main^{tree}"]);
    kit.git(&["update-ref", "refs/heads/main", &other]);
    let found = crate::domain::id::Oid(other);
    let expected = plan.base.clone();
    assert_eq!(
        apply(&kit.top, "main", 1, &plan.base, &result).unwrap(),
        Applied::Elsewhere { expected, found }
    );
    assert!(matches!(build(&kit.top, &plan), Err(Error::BranchMoved { .. })));
    assert!(!Path::new(&kit.top).join("n").exists());
}
