//! `kill -9` of the server at random moments of a train and of its undoing: the target is before or after, never
//! between, and whatever was cut short can be finished.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};

use crate::kit::{EXE, Place, proc, wait_until};

const AGENTS: [&str; 3] = ["A", "B", "C"];
const GATES: &str = "[[gate]]\nname = \"build\"\nrun = \"test -e README.md\"\n\
    [[gate]]\nname = \"all\"\nrun = \"ls | wc -l\"\n[merge]\norder = [[\"A\"], [\"B\"], [\"C\"]]\n";
/// Files of each branch: enough for the move to take a moment.
const FILES: usize = 60;

/// Three branches, ready.
fn team() -> Place {
    let place = Place::with_shells(&AGENTS, GATES);
    place.up();
    for agent in AGENTS {
        let tree = place.worktree(agent);
        for n in 0..FILES {
            let file = tree.join(format!("{agent}/d{}/f{n}", n % 7));
            std::fs::create_dir_all(file.parent().unwrap()).unwrap();
            std::fs::write(file, format!("{agent} {n}\n")).unwrap();
        }
        place.git_in(&tree, &["add", "-A"]);
        place.git_in(&tree, &["commit", "-q", "-m", &format!("feat: {agent}")]);
        place.ok(&["send", agent, "--text", "orchestra ready", "--wait"]);
    }
    for agent in AGENTS {
        place.ok(&["wait", agent, "--for", "ready", "--timeout", "60"]);
    }
    place
}

/// Random numbers that are the same in every run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, most: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % most.max(1)
    }
}

/// Runs a command and kills the server `after` that; gives how long the command took.
fn cut_short(place: &Place, args: &[&str], after: Duration) {
    let server = place.server();
    let mut command = place.command(EXE, args, &place.repo());
    let mut running = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    std::thread::sleep(after);
    proc::kill("KILL", server);
    running.wait().unwrap();
    wait_until("the server is gone", || !proc::alive(server));
}

/// Files below `.git` that a killed server may not leave.
fn left_behind(git: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut open = vec![git.to_owned()];
    while let Some(dir) = open.pop() {
        for entry in std::fs::read_dir(dir).into_iter().flatten().flatten() {
            let path = entry.path();
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            if path.is_dir() {
                open.push(path);
            } else if (name.ends_with(".lock") && name != "orchestra.lock") || name == "orchestra.applying" {
                found.push(path);
            }
        }
    }
    found
}

/// The target is at one of two commits with the files of that one, and every object is there. A server may be
/// dropping the refs of a train that is over at this moment, which git takes for broken ones; what is broken stays so.
#[track_caller]
fn whole(place: &Place, round: u64, clean: bool) {
    let fsck =
        || place.command("git", &["fsck", "--connectivity-only", "--no-dangling"], &place.repo()).output();
    wait_until(&format!("round {round}: every object is there"), || fsck().unwrap().status.success());
    if clean {
        assert_eq!(place.git(&["status", "--porcelain"]), "", "round {round}");
        assert_eq!(place.git(&["write-tree"]), place.git(&["rev-parse", "main^{tree}"]), "round {round}");
        wait_until(&format!("round {round}: no lock and no note is left"), || {
            left_behind(&place.repo().join(".git")).is_empty()
        });
    }
}

/// How many merges of the train are in the target.
fn merges(place: &Place, before: &str) -> usize {
    let count = place.git(&["rev-list", "--count", "--first-parent", &format!("{before}..main")]);
    place.git(&["merge-base", "--is-ancestor", before, "main"]);
    count.parse().unwrap()
}

fn killed(rounds: u64) {
    let place = team();
    let before = place.git(&["rev-parse", "main"]);
    let tree = |place: &Place| place.git(&["rev-parse", "main^{tree}"]);
    let was = tree(&place);
    let timed = |args: &[&str]| {
        let begun = Instant::now();
        place.ok(args);
        u64::try_from(begun.elapsed().as_micros()).unwrap()
    };
    let (merging, done) = (timed(&["merge", "--yes"]), tree(&place));
    let undoing = timed(&["merge", "--undo", "--yes"]);
    assert_eq!((tree(&place), place.git(&["rev-parse", "main"])), (was.clone(), before.clone()));
    let mut dice = Dice(0x9E37_79B9_7F4A_7C15);
    let (mut landed, mut stayed, mut back) = (0, 0, 0);
    for round in 0..rounds {
        cut_short(&place, &["merge", "--yes"], Duration::from_micros(dice.below(merging * 11 / 10)));
        let there = merges(&place, &before);
        assert!(there == 0 || there == AGENTS.len(), "round {round}: {there} merges are in the target");
        whole(&place, round, false);
        if there == 0 {
            stayed += 1
        } else {
            landed += 1
        }
        // The next command brings the server back; it puts right what was cut short.
        let ran = place.run(&["merge", "--continue", "--yes"]);
        if ran.code == Some(2) {
            // It was killed before it knew of a train.
            assert!(ran.err.contains("no train is halted"), "round {round}: {ran:#?}");
            place.ok(&["merge", "--yes"]);
        } else {
            assert_eq!(ran.code, Some(0), "round {round}: {ran:#?}");
        }
        assert_eq!((merges(&place, &before), tree(&place)), (AGENTS.len(), done.clone()), "round {round}");
        whole(&place, round, true);
        let at = place.git(&["rev-parse", "main"]);
        place.ok(&["merge", "--continue", "--yes"]);
        assert_eq!(place.git(&["rev-parse", "main"]), at, "round {round}: a second time changes nothing");
        if round % 2 == 0 {
            cut_short(
                &place,
                &["merge", "--undo", "--yes"],
                Duration::from_micros(dice.below(undoing * 11 / 10)),
            );
            let now = place.git(&["rev-parse", "main"]);
            assert!(now == at || now == before, "round {round}: {now} is neither {at} nor {before}");
            back += u64::from(now == before);
            whole(&place, round, false);
        }
        place.ok(&["merge", "--undo", "--yes"]);
        assert_eq!((place.git(&["rev-parse", "main"]), tree(&place)), (before.clone(), was.clone()));
        whole(&place, round, true);
    }
    println!("{rounds} kills: {stayed} before, {landed} after, 0 between; {back} of the undoings were done");
}

#[test]
fn ten_kills_leave_the_target_before_or_after_and_a_train_that_goes_on() {
    killed(10);
}

#[test]
#[ignore = "slow: just torture-train"]
fn two_hundred_kills_leave_the_target_before_or_after_and_a_train_that_goes_on() {
    killed(200);
}
