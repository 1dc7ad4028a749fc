use std::fs;

use crate::git::testkit::{Kit, agent, commit, git_in, write};
use crate::git::{Error, Removal, removable, remove_worktree};

fn reasons(kit: &Kit, name: &str) -> Vec<String> {
    let branch = format!("agent-{}", name.to_lowercase());
    removable(&kit.top, &kit.beside(name), &branch, "main").unwrap().err().unwrap_or_default()
}

#[test]
fn uncommitted_and_unmerged_work_is_protected() {
    let kit = Kit::new();
    let made = kit.worktree("SEC", "agent-sec");
    assert!(reasons(&kit, "SEC").is_empty(), "a branch without work");
    kit.write(".git/info/exclude", "ignored\n");
    write(&made.path.join("ignored"), "");
    assert!(reasons(&kit, "SEC").is_empty(), "ignored files do not count");
    write(&made.path.join("new"), "");
    assert_eq!(reasons(&kit, "SEC"), ["untracked new"]);
    commit(&made.path, "work");
    assert_eq!(reasons(&kit, "SEC"), ["branch `agent-sec` has commits that `main` does not have"]);
    write(&made.path.join("new"), "changed");
    assert_eq!(reasons(&kit, "SEC").len(), 2);
    let name = agent("SEC");
    let what =
        Removal { worktree: &made.path, branch: "agent-sec", target: "main", session: "s", agent: &name };
    let error = remove_worktree(&kit.top, &what).unwrap_err();
    assert!(matches!(error, Error::NotRemovable { .. }), "{error}");
    assert!(made.path.join("new").exists());
    git_in(&made.path, &["checkout", "-q", "--detach"]).unwrap();
    assert!(reasons(&kit, "SEC")[0].contains("detached"));
}

#[test]
fn work_counts_as_contained_by_ancestry_tree_or_content() {
    let kit = Kit::new();
    let ancestor = kit.work("ONE", |at| write(&at.join("one"), "1\n"));
    kit.git(&["merge", "-q", "--no-ff", "-m", "m", &ancestor.branch]);
    assert!(reasons(&kit, "ONE").is_empty());
    // The same commits on another base.
    let picked = kit.work("TWO", |at| write(&at.join("two"), "2\n"));
    write(&picked.path.join("more"), "3\n");
    commit(&picked.path, "second");
    kit.write("README.md", "main\n");
    kit.commit("main");
    kit.git(&["cherry-pick", "agent-two~1"]);
    assert_eq!(reasons(&kit, "TWO").len(), 1, "half of it");
    kit.git(&["cherry-pick", "agent-two"]);
    assert!(reasons(&kit, "TWO").is_empty());
    // All of them as one.
    let squashed = kit.work("THREE", |at| write(&at.join("three"), "3\n"));
    write(&squashed.path.join("three"), "3\n4\n");
    commit(&squashed.path, "second");
    kit.git(&["merge", "-q", "--squash", "agent-three"]);
    kit.commit("squashed");
    kit.write("README.md", "on\n");
    kit.commit("on");
    assert!(reasons(&kit, "THREE").is_empty());
    // Binary files of other content are not the same work.
    let binary = kit.work("FOUR", |at| fs::write(at.join("bin"), [0, 1]).unwrap());
    fs::write(kit.top.join("bin"), [0, 2]).unwrap();
    kit.commit("another");
    kit.write("README.md", "further\n");
    kit.commit("further");
    assert_eq!(reasons(&kit, "FOUR").len(), 1, "{}", binary.branch);
}

#[test]
fn removal_leaves_a_backup_and_no_trace() {
    let kit = Kit::new();
    let name = agent("SEC");
    for (n, backup) in
        ["refs/orchestra/backup/my-session/SEC", "refs/orchestra/backup/my-session/SEC.1"].iter().enumerate()
    {
        let made = kit.work("SEC", |at| write(&at.join(format!("f{n}")), "1"));
        let tip = kit.oid("refs/heads/agent-sec");
        kit.git(&["merge", "-q", "--no-ff", "-m", "m", "agent-sec"]);
        if n == 1 {
            fs::remove_dir_all(&made.path).unwrap();
        }
        let what = Removal {
            worktree: &made.path,
            branch: "agent-sec",
            target: "main",
            session: "my session",
            agent: &name,
        };
        assert_eq!(remove_worktree(&kit.top, &what).unwrap(), *backup);
        assert_eq!(kit.oid(backup), tip);
        assert!(!made.path.exists() && !kit.refs().contains("refs/heads/agent-sec"));
        assert_eq!(kit.git(&["worktree", "list"]).lines().count(), 1);
    }
}
