use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::path::Path;

use crate::git::testkit::{Kit, commit, git_in, write};
use crate::git::{Dirs, Error, Made, check_worktree, copy_included, dirs, dirty, facts};

#[test]
fn a_worktree_is_made_with_its_branch_and_identity() {
    let kit = Kit::new();
    let base = kit.oid("main");
    let made = kit.worktree("SEC", "agent-3-sec");
    assert_eq!((made.made, &made.base), (Made::Created, &base));
    assert_eq!(git_in(&made.path, &["status", "--porcelain", "-b"]).unwrap(), "## agent-3-sec");
    assert_eq!(git_in(&made.path, &["config", "user.name"]).unwrap(), "Agent");
    assert_eq!(git_in(&made.path, &["config", "user.email"]).unwrap(), "agent@example.org");
    git_in(&kit.top, &["config", "user.name"]).unwrap_err();
    git_in(&kit.top, &["config", "--get-regexp", r"^branch\."]).unwrap_err();
    assert_eq!(kit.status(), "");
    let list = kit.git(&["worktree", "list", "--porcelain"]);
    assert!(list.contains("branch refs/heads/agent-3-sec") && !list.contains("prunable"), "{list}");
    assert!(!list.contains("locked"), "{list}");
    check_worktree(&kit.top, &made.path).unwrap();
    let common = kit.top.join(".git").canonicalize().unwrap();
    let own = common.join("worktrees").join(made.path.file_name().unwrap());
    assert_eq!(dirs(&kit.top, &made.path).unwrap(), Dirs { own, common });
    dirs(&kit.top, &kit.top).unwrap_err();
}

#[test]
fn an_existing_worktree_is_adopted_and_an_existing_branch_checked_out() {
    let kit = Kit::new();
    let base = kit.oid("main");
    let first = kit.work("SEC", |at| write(&at.join("new"), "1"));
    kit.write("README.md", "moved on\n");
    kit.commit("main moves");
    let again = kit.worktree("SEC", "agent-sec");
    assert_eq!((again.made, &again.base, &again.path), (Made::Adopted, &base, &first.path));
    assert!(again.path.join("new").exists());
    // Its folder vanished: the branch is checked out anew.
    fs::remove_dir_all(&again.path).unwrap();
    let back = kit.worktree("SEC", "agent-sec");
    assert_eq!((back.made, &back.base), (Made::CheckedOut, &base));
    assert!(back.path.join("new").exists());
    assert_eq!(kit.git(&["worktree", "list"]).lines().count(), 2);
    kit.git(&["branch", "loose", "HEAD~1"]);
    assert_eq!(kit.worktree("LOOSE", "loose").made, Made::CheckedOut);
}

#[test]
fn refusals_leave_nothing_behind() {
    let kit = Kit::new();
    kit.git(&["branch", "dir/leaf"]);
    let other = kit.worktree("OTHER", "other");
    write(&kit.beside("full/file"), "x");
    write(&kit.beside("plain"), "x");
    let refs = kit.refs();
    let refuse = |path: &Path, branch: &str| {
        let error = kit.try_worktree(path, branch).unwrap_err();
        assert_eq!(kit.refs(), refs, "{error}");
        assert_eq!(fs::read_dir(kit.top.join(".git/worktrees")).unwrap().count(), 1, "{error}");
        error
    };
    let text = refuse(&kit.beside("X"), "other").to_string();
    assert!(text.contains("`other` is checked out in") && text.contains(other.path.to_str().unwrap()));
    assert!(matches!(refuse(&kit.beside("X"), "main"), Error::CheckedOut { .. }));
    assert!(matches!(refuse(&kit.beside("full"), "new"), Error::Occupied { .. }));
    assert!(matches!(refuse(&kit.beside("plain"), "new"), Error::Occupied { .. }));
    assert!(refuse(&other.path, "new").to_string().contains("a worktree of branch `other`"));
    assert!(matches!(refuse(&kit.top.join("in/side"), "new"), Error::Inside { .. }));
    assert!(matches!(refuse(&kit.top.join(".git/x"), "new"), Error::Inside { .. }));
    assert!(matches!(refuse(&kit.beside("X"), "a b"), Error::BranchName(_)));
    assert!(refuse(&kit.beside("X"), "dir").to_string().contains("beside branch `dir/leaf`"));
    assert!(matches!(refuse(&kit.beside("plain/below"), "new"), Error::Io { .. }));
    assert!(!kit.beside("X").exists());
}

#[test]
fn a_branch_in_the_middle_of_a_rebase_is_still_checked_out() {
    let kit = Kit::new();
    let made = kit.work("SEC", |at| write(&at.join("README.md"), "sec\n"));
    kit.write("README.md", "main\n");
    kit.commit("main");
    git_in(&made.path, &["rebase", "main"]).unwrap_err();
    let error = kit.try_worktree(&kit.beside("X"), "agent-sec").unwrap_err();
    assert!(matches!(error, Error::CheckedOut { .. }), "{error}");
}

#[test]
fn core_worktree_moves_where_git_wants_it() {
    let kit = Kit::new();
    let top = kit.top.to_str().unwrap().to_owned();
    kit.git(&["config", "core.worktree", &top]);
    let made = kit.worktree("SEC", "agent-sec");
    assert_eq!(git_in(&made.path, &["rev-parse", "--show-toplevel"]).unwrap(), made.path.to_str().unwrap());
    assert_eq!(kit.git(&["rev-parse", "--show-toplevel"]), top);
    assert_eq!(kit.git(&["config", "--worktree", "core.worktree"]), top);
}

fn at_once(count: usize) {
    let kit = Kit::new();
    std::thread::scope(|scope| {
        for n in 0..count {
            let kit = &kit;
            scope.spawn(move || kit.worktree(&format!("W{n}"), &format!("agent-{n}")));
        }
    });
    assert_eq!(kit.git(&["worktree", "list"]).lines().count(), count + 1);
    for n in 0..count {
        let path = kit.beside(&format!("W{n}"));
        assert_eq!(git_in(&path, &["status", "--porcelain", "-b"]).unwrap(), format!("## agent-{n}"));
    }
    kit.git(&["fsck", "--connectivity-only"]);
}

#[test]
fn sixteen_at_once_all_succeed() {
    at_once(16);
}

#[test]
#[ignore = "slow: run with --ignored"]
fn sixty_four_at_once_all_succeed() {
    at_once(64);
}

#[test]
fn included_files_are_ignored_ones_only() {
    let kit = Kit::new();
    kit.write(".gitignore", ".env*\n/cache/\nlink\n");
    kit.write(
        ".worktreeinclude",
        "# secrets\n.env*\n!.env.example\n/cache/keep/\nREADME.md\nuntracked\nlink\n",
    );
    kit.write(".env.tracked", "tracked");
    kit.git(&["add", "-f", ".env.tracked"]);
    kit.commit("rules");
    for path in [".env", "src/.env.local", ".env.example", "cache/keep/k", "cache/drop/d", "untracked"] {
        kit.write(path, path);
    }
    fs::set_permissions(kit.top.join(".env"), fs::Permissions::from_mode(0o640)).unwrap();
    symlink("/etc/passwd", kit.top.join("link")).unwrap();
    let made = kit.worktree("SEC", "agent-sec");
    let done = copy_included(&kit.top, &made.path).unwrap();
    assert_eq!(
        (done.files, done.cut),
        (vec![".env".into(), "cache/keep/k".into(), "src/.env.local".into()], false)
    );
    assert_eq!(fs::read_to_string(made.path.join("src/.env.local")).unwrap(), "src/.env.local");
    assert_eq!(fs::metadata(made.path.join(".env")).unwrap().mode() & 0o777, 0o640);
    // What is there stays, and no link leads out.
    fs::write(made.path.join(".env"), "mine").unwrap();
    fs::remove_dir_all(made.path.join("cache")).unwrap();
    symlink(kit.beside(""), made.path.join("cache")).unwrap();
    assert_eq!(copy_included(&kit.top, &made.path).unwrap().files, Vec::<String>::new());
    assert_eq!(fs::read_to_string(made.path.join(".env")).unwrap(), "mine");
    assert!(!kit.beside("keep").exists());
}

#[test]
fn facts_count_and_list() {
    let kit = Kit::new();
    let base = kit.oid("main");
    let made = kit.work("SEC", |at| write(&at.join("é/ü.txt"), "1"));
    write(&made.path.join("é/ü.txt"), "2");
    let head = commit(&made.path, "fix: second\n\nbody");
    kit.write("README.md", "on\n");
    kit.commit("main moves");
    write(&made.path.join("é/ü.txt"), "3");
    write(&made.path.join("neu"), "");
    let found = facts(&kit.top, &made.path, "agent-sec", &base, "main").unwrap();
    assert_eq!((found.ahead, found.behind, &found.head), (2, 1, &head));
    assert_eq!(
        (found.changed.clone(), found.untracked.clone()),
        (vec!["é/ü.txt".into()], vec!["neu".into()])
    );
    assert_eq!(found.subject, "fix: second");
    assert!(!found.clean());
    git_in(&made.path, &["checkout", "-q", "-b", "elsewhere"]).unwrap();
    let error = facts(&kit.top, &made.path, "agent-sec", &base, "main").unwrap_err();
    assert!(error.to_string().contains("branch `elsewhere` checked out, not `agent-sec`"), "{error}");
}

#[test]
fn what_init_wrote_does_not_make_the_target_dirty() {
    let kit = Kit::new();
    kit.write("orchestra.toml", "");
    kit.write("prompts/a.md", "");
    assert_eq!(dirty(&kit.top).unwrap(), Vec::<String>::new());
    kit.write("new", "");
    kit.write("README.md", "changed\n");
    assert_eq!(dirty(&kit.top).unwrap(), ["README.md", "new"]);
    kit.commit("all");
    kit.write("prompts/a.md", "changed");
    assert_eq!(dirty(&kit.top).unwrap(), ["prompts/a.md"]);
}
