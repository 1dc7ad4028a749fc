//! The script of a train makes the same commits again, in a clone.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::domain::pr::script;
use crate::domain::train::{Built, Merged, TrainPlan};
use crate::git::testkit::{Kit, commit, edited, git_in, write};
use crate::git::{account, build};

/// Runs a script in a clone of the repository that stands at the plan's base; what it says.
fn run(kit: &Kit, plan: &TrainPlan, text: &str, at: &Path) -> Result<String, String> {
    let _ = fs::remove_dir_all(at);
    kit.git(&["clone", "-q", "--no-hardlinks", kit.top.to_str().unwrap(), at.to_str().unwrap()]);
    git_in(at, &["switch", "-q", "--detach", &plan.base.0]).unwrap();
    again(text, at)
}

fn again(text: &str, at: &Path) -> Result<String, String> {
    let file = at.parent().unwrap().join("train.sh");
    fs::write(&file, text).unwrap();
    let out = Command::new("sh")
        .arg(&file)
        .current_dir(at)
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap())
        .env("HOME", "/nonexistent")
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&[out.stdout, out.stderr].concat()).into_owned();
    if out.status.success() { Ok(text) } else { Err(text) }
}

#[test]
fn clean_steps_give_the_same_commits_whatever_they_are_called() {
    let kit = Kit::new();
    let one = kit.worktree("ONE", "a;touch${IFS}x");
    write(&one.path.join("src/a.txt"), &edited(20, 2, "o'ne"));
    write(&one.path.join("odd \u{1b}\n'name"), "x");
    commit(
        &one.path,
        "feat: $(touch x) `touch x` 'quotes' \\ \"\n\n# not a comment\n\n\n- Added: a\u{1b}[2J\n",
    );
    let two = kit.work("TWO", |at| write(&at.join("src/a.txt"), &edited(20, 18, "two")));
    let mut plan = kit.plan(&[&one, &two]);
    plan.steps[0].message = "feat: $(touch x) 'it'\n\n# hash\n".into();
    let Built::Clean { steps, result, .. } = build(&kit.top, &plan).unwrap() else { panic!("not clean") };
    let merges = account(&kit.top, &plan, &steps).unwrap();
    assert_eq!(merges[0].files.len(), 2);
    let text = script(&plan, &merges);
    let clone = kit.beside("clone");
    let said = run(&kit, &plan, &text, &clone).unwrap_or_else(|e| panic!("{e}\n{text}"));
    assert_eq!(git_in(&clone, &["rev-parse", "HEAD"]).unwrap(), result.0, "{said}");
    assert_eq!(git_in(&clone, &["status", "--porcelain"]).unwrap(), "");
    assert!(!clone.join("x").exists() && !kit.beside("x").exists());

    // Not at the base, or not clean: nothing is done.
    assert!(again(&text, &clone).unwrap_err().contains("not at the base"));
    git_in(&clone, &["switch", "-q", "--detach", &plan.base.0]).unwrap();
    fs::write(clone.join("README.md"), "mine").unwrap();
    assert!(again(&text, &clone).unwrap_err().contains("uncommitted"));
    assert_eq!(fs::read_to_string(clone.join("README.md")).unwrap(), "mine");
}

#[test]
fn a_solved_step_comes_along_with_its_solution() {
    let kit = Kit::new();
    let one = kit.work("ONE", |at| {
        write(&at.join("src/a.txt"), &edited(20, 5, "one"));
        write(&at.join("moved/b.txt"), "new\n");
    });
    let two = kit.work("TWO", |at| {
        write(&at.join("src/a.txt"), &edited(20, 5, "two"));
        fs::write(at.join("bin"), [0u8, 1, 2, 255, 254]).unwrap();
        fs::remove_file(at.join("README.md")).unwrap();
    });
    let plan = kit.plan(&[&one, &two]);
    assert!(matches!(build(&kit.top, &plan).unwrap(), Built::Conflict(_)));
    // Somebody solves it as the train would have been made, somewhere that no clone sees.
    let by = kit.beside("by-hand");
    kit.git(&["worktree", "add", "-q", "--detach", by.to_str().unwrap(), &plan.base.0]);
    git_in(&by, &["merge", "-q", "--no-ff", "-m", "merge one", &plan.steps[0].oid.0]).unwrap();
    let first = git_in(&by, &["rev-parse", "HEAD"]).unwrap();
    git_in(&by, &["merge", "-q", "--no-ff", &plan.steps[1].oid.0]).unwrap_err();
    write(&by.join("src/a.txt"), &edited(20, 5, "one and two"));
    let second = commit(&by, "merge two");
    let merged = |n: usize, oid: &str, how: &str| Merged {
        how: how.into(),
        ..Merged::new(plan.steps[n].agent.clone(), crate::domain::id::Oid(oid.into()))
    };
    let steps = [merged(0, &first, ""), merged(1, &second.0, "by hand")];
    let merges = account(&kit.top, &plan, &steps).unwrap();
    assert!(
        merges[1].made.as_ref().unwrap().patch.is_some() && merges[0].made.as_ref().unwrap().patch.is_none()
    );
    let text = script(&plan, &merges);
    let clone = kit.beside("clone");
    run(&kit, &plan, &text, &clone).unwrap_or_else(|e| panic!("{e}\n{text}"));
    assert!(git_in(&clone, &["cat-file", "-e", &format!("{}^{{commit}}", second.0)]).is_ok());
    assert_eq!(git_in(&clone, &["rev-parse", "HEAD"]).unwrap(), second.0);
    assert_eq!(fs::read(clone.join("bin")).unwrap(), [0, 1, 2, 255, 254]);
}

#[test]
fn a_step_that_was_contained_is_left_out() {
    let kit = Kit::new();
    let one = kit.work("ONE", |at| write(&at.join("n"), "1"));
    let two = kit.worktree("TWO", "agent-two");
    git_in(&two.path, &["reset", "-q", "--hard", "agent-one"]).unwrap();
    let plan = kit.plan(&[&one, &two]);
    let Built::Clean { steps, result, .. } = build(&kit.top, &plan).unwrap() else { panic!("not clean") };
    let merges = account(&kit.top, &plan, &steps).unwrap();
    assert!(merges[0].made.is_some() && merges[1].made.is_none());
    let clone = kit.beside("clone");
    run(&kit, &plan, &script(&plan, &merges), &clone).unwrap();
    assert_eq!(git_in(&clone, &["rev-parse", "HEAD"]).unwrap(), result.0);
}
