//! What is measured.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};

use orchestra::domain::id::{AgentName, Oid};
use orchestra::domain::review::order::After;
use orchestra::domain::review::{Look, Matrix};
use orchestra::domain::train::{Applied, Built, Step, TrainPlan};
use orchestra::git::predict::{Asked, Branch, Predictor, Verdicts, predicting};
use orchestra::git::{self as lib, WorktreeSpec};

use crate::measure::{Line, against, median, ms, timed};
use crate::repo::{BRANCHES, Repo, Size, branch, command, git};

/// Worktrees made at once.
const MANY: usize = 64;

pub fn run(what: &str, repo: &Repo, size: &Size, rounds: usize) -> Vec<Line> {
    let by_size = |all: [&str; 3]| match size.name {
        "small" => all[0].to_owned(),
        "medium" => all[1].to_owned(),
        _ => all[2].to_owned(),
    };
    let line = |what: &str, ours: String, theirs: String, ratio: String, target: String| Line {
        size: size.name,
        what: what.to_owned(),
        ours,
        theirs,
        ratio,
        target,
    };
    let compare = |what: &str, (a, b, ratio): (Duration, Duration, f64), target: String| {
        line(what, ms(a), ms(b), format!("{ratio:.2}×"), target)
    };
    match what {
        "memory" => {
            let mb = memory(repo);
            let target = by_size(["≤ 20 MB", "≤ 60 MB", "≤ 80 MB"]);
            vec![line("memory of a prediction", format!("{mb:.0} MB"), "–".into(), "–".into(), target)]
        }
        "predict" => {
            let strongest = against(rounds, &mut || predict_pairs(repo), &mut || merge_tree_once(repo));
            let each = against(rounds, &mut || predict_pairs(repo), &mut || merge_tree_each(repo));
            let whole = against(rounds, &mut || predict_all(repo), &mut || merge_tree_each(repo));
            vec![
                compare("28 pairs, 28 `git merge-tree`", each, by_size(["≥ 3×", "≥ 5×", "≥ 3×"])),
                compare("28 pairs, one `git merge-tree --stdin`", strongest, "–".into()),
                compare("28 pairs and the order's 8 steps, 28 `git merge-tree`", whole, "–".into()),
            ]
        }
        "again" => {
            let (took, pairs) = predict_again(repo, rounds);
            let target = by_size(["–", "–", "≤ 50 ms"]);
            let what = "prediction after one branch moved";
            vec![line(what, ms(took), "–".into(), format!("{pairs} pairs"), target)]
        }
        "first" => {
            let took = median((0..rounds).map(|_| first_verdict(repo)).collect());
            let target = by_size(["–", "≤ 100 ms", "–"]);
            vec![line("time to the first verdict", ms(took), "–".into(), "–".into(), target)]
        }
        "train" => {
            let all = train(repo, rounds);
            vec![compare("8 merges and the files", all, by_size(["≥ 2×", "≥ 2.5×", "≥ 3.5×"]))]
        }
        "status" => {
            let (count, rounds) = if size.name == "large" { (2, 3) } else { (8, rounds) };
            let what = format!("status of {count} worktrees");
            vec![compare(&what, status(repo, count, rounds), "≥ 1×".into())]
        }
        "worktrees" if size.name == "large" => Vec::new(),
        "worktrees" => {
            let all = worktrees(repo, rounds.min(3));
            let mut lines = vec![compare("creating 8 worktrees", all, "≥ 0.9×".into())];
            if size.name == "small" {
                let (took, failed) = at_once(repo);
                let what = format!("creating {MANY} worktrees at once");
                let failed = format!("{failed} failed");
                lines.push(line(&what, ms(took), "–".into(), failed, "0 failed".into()));
            }
            lines
        }
        _ => panic!("nothing is called {what}"),
    }
}

fn branches() -> Vec<Branch> {
    let one = |n| Branch {
        agent: AgentName::new(&format!("A{n}")).unwrap(),
        worktree: PathBuf::new(),
        branch: branch(n),
        look: Look::Clean,
    };
    (0..BRANCHES).map(one).collect()
}

fn order() -> Vec<AgentName> {
    branches().into_iter().map(|b| b.agent).collect()
}

fn ask(predictor: &mut Predictor<'_>, order: &[AgentName], tell: &mut dyn FnMut(&Matrix)) -> Matrix {
    let (branches, after) = (branches(), After::new());
    let asked = Asked { branches: &branches, target: "main", order, after: &after };
    predictor.predict(&asked, tell).expect("a prediction")
}

fn predict(repo: &Path, order: &[AgentName], tell: &mut dyn FnMut(&Matrix)) -> Matrix {
    predicting(repo, &mut Verdicts::default(), |p| Ok(ask(p, order, tell))).expect("a prediction")
}

/// All pairs, and each branch with the target.
fn predict_pairs(repo: &Repo) -> Duration {
    timed(|| {
        let found = predict(&repo.top, &[], &mut |_| {});
        assert!(found.pairs.len() == 28 && found.pairs.iter().all(|p| p.verdict.clean()));
        assert_eq!(found.onto.len(), BRANCHES);
    })
}

/// The whole matrix: the steps of the order too, whose merges are made.
fn predict_all(repo: &Repo) -> Duration {
    timed(|| {
        let found = predict(&repo.top, &order(), &mut |_| {});
        assert!(found.pairs.len() == 28 && found.pairs.iter().all(|p| p.verdict.clean()));
        assert!(found.along.len() == BRANCHES && found.along.iter().all(|s| s.verdict.clean()));
    })
}

fn pairs() -> impl Iterator<Item = (String, String)> {
    (0..BRANCHES).flat_map(|a| (a + 1..BRANCHES).map(move |b| (branch(a), branch(b))))
}

fn merge_tree_each(repo: &Repo) -> Duration {
    timed(|| {
        for (a, b) in pairs() {
            git(&repo.top, &["merge-tree", "--write-tree", &a, &b]);
        }
    })
}

fn merge_tree_once(repo: &Repo) -> Duration {
    timed(|| {
        let mut child = command(&repo.top, &["merge-tree", "--write-tree", "--stdin"])
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        let mut pipe = child.stdin.take().unwrap();
        for (a, b) in pairs() {
            writeln!(pipe, "{a} {b}").unwrap();
        }
        drop(pipe);
        assert!(child.wait().unwrap().success());
    })
}

/// The last branch moves to and fro.
fn predict_again(repo: &Repo, rounds: usize) -> (Duration, usize) {
    let name = format!("refs/heads/{}", branch(BRANCHES - 1));
    let own = repo.oid(&name);
    let mut took = Vec::new();
    let mut most = 0;
    predicting(&repo.top, &mut Verdicts::default(), |p| {
        ask(p, &order(), &mut |_| {});
        for round in 0..rounds {
            let tree = format!("{}^{{tree}}", own.0);
            let message = format!("moved {round}");
            let moved = git(&repo.top, &["commit-tree", "-p", &own.0, "-m", &message, &tree]);
            git(&repo.top, &["update-ref", &name, &moved]);
            took.push(timed(|| drop(ask(p, &order(), &mut |_| {}))));
            most = most.max(p.effort().pairs);
            assert!(p.effort().pairs <= 7 && p.effort().onto <= 1);
        }
        Ok(())
    })
    .unwrap();
    git(&repo.top, &["update-ref", &name, &own.0]);
    (median(took), most)
}

fn first_verdict(repo: &Repo) -> Duration {
    let began = Instant::now();
    let mut first = None;
    predict(&repo.top, &order(), &mut |_| {
        first.get_or_insert_with(|| began.elapsed());
    });
    first.expect("a verdict")
}

fn train(repo: &Repo, rounds: usize) -> (Duration, Duration, f64) {
    let reset = || {
        git(&repo.top, &["reset", "-q", "--hard", &repo.main.0]);
        git(&repo.top, &["status", "--porcelain"]);
    };
    let step = |n| Step {
        agent: AgentName::new(&format!("A{n}")).unwrap(),
        branch: branch(n),
        oid: repo.oid(&branch(n)),
        message: format!("merge {n}"),
    };
    let plan = TrainPlan {
        id: 1,
        target: "main".into(),
        base: repo.main.clone(),
        steps: (0..BRANCHES).map(step).collect(),
        date: 1_700_000_000,
        author: None,
        resolved: Vec::new(),
        sign: Default::default(),
    };
    let tree = || {
        let tree = git(&repo.top, &["rev-parse", "HEAD^{tree}"]);
        assert_eq!(git(&repo.top, &["status", "--porcelain"]), "");
        tree
    };
    let trees = std::cell::RefCell::new(Vec::new());
    let mut ours = || {
        reset();
        let took = timed(|| {
            let Built::Clean { result, .. } = lib::build(&repo.top, &plan).unwrap() else {
                panic!("a conflict")
            };
            let applied = lib::apply(&repo.top, "main", plan.id, &plan.base, &result).unwrap();
            assert_eq!(applied, Applied::Moved);
        });
        trees.borrow_mut().push(tree());
        lib::forget(&repo.top, plan.id).unwrap();
        took
    };
    let mut theirs = || {
        reset();
        let took = timed(|| {
            for n in 0..BRANCHES {
                git(&repo.top, &["merge", "-q", "--no-ff", "-m", &format!("merge {n}"), &branch(n)]);
            }
        });
        trees.borrow_mut().push(tree());
        took
    };
    let found = against(rounds, &mut ours, &mut theirs);
    reset();
    let trees = trees.into_inner();
    assert!(trees.iter().all(|t| Some(t) == trees.first()), "other trees: {trees:?}");
    found
}

fn spec<'a>(path: &'a Path, branch: &'a str, base: &'a Oid) -> WorktreeSpec<'a> {
    WorktreeSpec { path, branch, base, recorded: None, name: "A", email: "a@example.org" }
}

/// Removes what [`worktrees`] and others make.
fn remove(repo: &Repo, dir: &Path, names: &[String]) {
    let _ = std::fs::remove_dir_all(dir);
    git(&repo.top, &["worktree", "prune"]);
    for name in names {
        git(&repo.top, &["branch", "-q", "-D", name]);
    }
}

fn status(repo: &Repo, count: usize, rounds: usize) -> (Duration, Duration, f64) {
    let dir = repo.top.with_extension("status");
    let names: Vec<String> = (0..count).map(|n| format!("status/{n}")).collect();
    let at = |n: usize| dir.join(n.to_string());
    for (n, name) in names.iter().enumerate() {
        lib::ensure_worktree(&repo.top, &spec(&at(n), name, &repo.main)).unwrap();
        std::fs::write(at(n).join("registry.txt"), "changed\n").unwrap();
        std::fs::write(at(n).join("fresh.txt"), "new\n").unwrap();
    }
    let mut ours = || {
        timed(|| {
            for (n, name) in names.iter().enumerate() {
                let facts = lib::facts(&repo.top, &at(n), name, &repo.main, "main").unwrap();
                assert_eq!((facts.changed.len(), facts.untracked.len()), (1, 1));
            }
        })
    };
    let mut theirs = || {
        timed(|| {
            for n in 0..count {
                assert_eq!(git(&at(n), &["status", "--porcelain"]).lines().count(), 2);
            }
        })
    };
    // What git writes into its index at the first look is nobody's time.
    theirs();
    let found = against(rounds, &mut ours, &mut theirs);
    remove(repo, &dir, &names);
    found
}

fn worktrees(repo: &Repo, rounds: usize) -> (Duration, Duration, f64) {
    let dir = repo.top.with_extension("made");
    let names: Vec<String> = (0..8).map(|n| format!("made/{n}")).collect();
    let mut ours = || {
        let took = timed(|| {
            for (n, name) in names.iter().enumerate() {
                lib::ensure_worktree(&repo.top, &spec(&dir.join(n.to_string()), name, &repo.main)).unwrap();
            }
        });
        remove(repo, &dir, &names);
        took
    };
    let mut theirs = || {
        std::fs::create_dir_all(&dir).unwrap();
        let took = timed(|| {
            for (n, name) in names.iter().enumerate() {
                let at = dir.join(n.to_string());
                git(&repo.top, &["worktree", "add", "-q", "-b", name, at.to_str().unwrap(), "main"]);
            }
        });
        remove(repo, &dir, &names);
        took
    };
    against(rounds, &mut ours, &mut theirs)
}

fn at_once(repo: &Repo) -> (Duration, usize) {
    let dir = repo.top.with_extension("many");
    let names: Vec<String> = (0..MANY).map(|n| format!("many/{n}")).collect();
    let began = Instant::now();
    let failed = std::thread::scope(|scope| {
        let make = |(n, name): (usize, &String)| {
            let (at, name) = (dir.join(n.to_string()), name.clone());
            scope.spawn(move || lib::ensure_worktree(&repo.top, &spec(&at, &name, &repo.main)).err())
        };
        let all: Vec<_> = names.iter().enumerate().map(make).collect();
        all.into_iter().filter_map(|t| t.join().unwrap()).inspect(|e| eprintln!("{e}")).count()
    });
    let took = began.elapsed();
    remove(repo, &dir, &names);
    (took, failed)
}

/// The most memory a process of its own takes that predicts, in megabytes.
fn memory(repo: &Repo) -> f64 {
    let exe = std::env::current_exe().unwrap();
    let out = std::process::Command::new(exe).arg("--child").arg(&repo.top).output().unwrap();
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    String::from_utf8_lossy(&out.stdout).trim().parse::<f64>().unwrap() / 1024.0
}

/// Predicts once and prints `VmHWM` in kilobytes.
pub fn child(repo: &Path) {
    assert_eq!(predict(repo, &order(), &mut |_| {}).pairs.len(), 28);
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|l| l.strip_prefix("VmHWM:")).unwrap();
    println!("{}", line.trim().trim_end_matches("kB").trim());
}
