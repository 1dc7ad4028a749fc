//! Random histories, merged by `git merge --no-ff` in a checkout and by a train.

use std::collections::BTreeSet;
use std::io::Write;
use std::process::{Command, Stdio};

use super::histories::{BRANCHES, History, history};
use crate::domain::id::Oid;
use crate::domain::review::Engines;
use crate::domain::team::Signing;
use crate::domain::train::{Built, Step, TrainPlan};
use crate::git::build;
use crate::git::testkit::{Kit, agent, git_in};

#[test]
fn a_hundred_histories_end_as_with_git() {
    differ(0..100);
}

#[test]
#[ignore = "slow: just torture-merge"]
fn a_thousand_histories_end_as_with_git() {
    differ(1000..2000);
}

/// Merges histories both ways and compares.
fn differ(seeds: std::ops::Range<u64>) {
    let (mut clean, mut stuck, mut disagreed, mut broken) = (0, 0, 0, 0);
    let all: Vec<u64> = seeds.collect();
    for some in all.chunks(50) {
        let kit = Kit::new();
        let histories: Vec<History> = some.iter().map(|seed| history(*seed)).collect();
        import(&kit, &histories);
        for history in &histories {
            let (built, seed) = (build(&kit.top, &plan(&kit, history)), history.seed);
            let built = built.unwrap_or_else(|e| panic!("history {seed}: {e}"));
            let (steps, conflict) = match &built {
                Built::Clean { steps, .. } => (steps, None),
                Built::Conflict(s) => (&s.steps, Some(s)),
            };
            let by_git = with_git(&kit, history);
            if by_git.broken {
                broken += 1;
                continue;
            }
            let ours = conflict.map(|s| {
                s.conflicts.iter().flat_map(|c| std::iter::once(&c.path).chain(&c.also)).cloned().collect()
            });
            let trees: Vec<String> = steps.iter().map(|s| tree(&kit, &s.oid.0)).collect();
            assert_eq!(trees, by_git.trees, "history {seed}: the trees of the steps");
            assert_eq!(conflict.is_some(), by_git.stuck, "history {seed}: stuck");
            // A rename is told with its old name as well, and what is about folders by their names: git's index
            // has neither.
            let (mine, gits): (BTreeSet<String>, _) = (ours.unwrap_or_default(), by_git.paths);
            let told = !mine.is_empty() || !by_git.stuck;
            assert!(gits.is_subset(&mine) && told, "history {seed}: {mine:?} {gits:?}");
            let judged = steps.iter().map(|s| &s.engines).chain(conflict.map(|s| &s.engines));
            disagreed += judged.filter(|e| matches!(e, Engines::Disagree(_))).count();
            if conflict.is_some() { stuck += 1 } else { clean += 1 }
        }
    }
    println!(
        "{clean} merged, {stuck} stuck, engines disagreed on {disagreed} steps; {broken} git could not check out"
    );
    assert!(broken * 50 <= all.len(), "{broken} of {} histories prove nothing", all.len());
    assert!(clean > all.len() / 5 && stuck > all.len() / 5, "{clean} clean and {stuck} stuck prove little");
}

fn tree(kit: &Kit, commit: &str) -> String {
    kit.git(&["rev-parse", "--verify", &format!("{commit}^{{tree}}")])
}

fn plan(kit: &Kit, history: &History) -> TrainPlan {
    let seed = history.seed;
    let step = |n: usize| {
        let branch = format!("h{seed}-b{n}");
        let oid = kit.oid(&format!("refs/heads/{branch}"));
        Step { agent: agent(&format!("B{n}")), branch, oid, message: format!("merge {n}") }
    };
    let target = format!("h{seed}-main");
    TrainPlan {
        id: seed + 1,
        base: kit.oid(&format!("refs/heads/{target}")),
        target,
        steps: (0..BRANCHES).map(step).collect(),
        date: 1_700_000_100,
        author: None,
        sign: Signing::Never,
        resolved: Vec::new(),
    }
}

/// Makes all histories with one process.
fn import(kit: &Kit, histories: &[History]) {
    let mut command = Command::new("git");
    command.args(["fast-import", "--quiet", "--force"]).current_dir(&kit.top).stdin(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let mut pipe = child.stdin.take().unwrap();
    for history in histories {
        pipe.write_all(&history.stream).unwrap();
    }
    drop(pipe);
    assert!(child.wait().unwrap().success());
}

struct ByGit {
    trees: Vec<String>,
    stuck: bool,
    broken: bool,
    paths: BTreeSet<String>,
}

/// Merges branch after branch as a person would.
fn with_git(kit: &Kit, history: &History) -> ByGit {
    let seed = history.seed;
    kit.git(&["checkout", "-q", "-f", "--detach", &format!("h{seed}-main")]);
    let mut made = ByGit { trees: Vec::new(), stuck: false, broken: false, paths: BTreeSet::new() };
    for n in 0..BRANCHES {
        let tip: Oid = kit.oid(&format!("refs/heads/h{seed}-b{n}"));
        let merged = git_in(&kit.top, &["merge", "-q", "--no-ff", "-m", "x", &tip.0]);
        if let Err(text) = merged {
            // The merge was made and its files could not be written: git's checkout trips over a link in a folder
            // that was a file. Nothing to compare the rest with.
            made.broken = text.contains("Merge with strategy ort failed");
            let unmerged = kit.git(&["diff", "--name-only", "--diff-filter=U", "-z"]);
            made.stuck = true;
            made.paths = unmerged.split_terminator('\0').map(|p| own(p, &tip.0)).collect();
            kit.git(&["reset", "-q", "--hard"]);
            kit.git(&["clean", "-ffdqx"]);
            break;
        }
        made.trees.push(tree(kit, "HEAD"));
    }
    made
}

/// The name without what git puts behind it when a file has to make way.
fn own(path: &str, tip: &str) -> String {
    let ends = [format!("~{tip}"), "~HEAD".to_owned()];
    let found = ends.iter().find_map(|e| path.find(e.as_str()).map(|at| path[..at].to_owned()));
    found.unwrap_or_else(|| path.to_owned())
}
