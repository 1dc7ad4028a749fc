//! What an agent can plant from its own worktree.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use crate::domain::train::{Applied, Built};
use crate::git::testkit::{Kit, commit, git_in, write};
use crate::git::{
    Error, Removal, ReviewInput, apply, build, check_worktree, dirty, facts, recover_apply, remove_scratch,
    remove_worktree, review, scratch_checkout,
};

/// A program that leaves a mark when it runs.
fn plant(kit: &Kit) -> (std::path::PathBuf, String) {
    let mark = kit.beside("mark");
    let program = kit.beside("evil.sh");
    fs::write(&program, format!("#!/bin/sh\necho \"$0 $@\" >> {}\ncat\n", mark.display())).unwrap();
    fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
    (mark, program.to_str().unwrap().to_owned())
}

#[test]
fn nothing_that_configuration_names_is_run() {
    let kit = Kit::new();
    let (mark, evil) = plant(&kit);
    let one = kit.work("ONE", |at| {
        write(&at.join("src/a.txt"), "changed\n");
        write(&at.join(".gitattributes"), "*.txt filter=evil diff=evil merge=evil\n");
    });
    let two = kit.work("TWO", |at| write(&at.join("new.txt"), "two\n"));
    let hooks = kit.top.join(".git/hooks");
    fs::create_dir_all(&hooks).unwrap();
    for hook in [
        "post-checkout",
        "post-merge",
        "pre-merge-commit",
        "commit-msg",
        "reference-transaction",
        "post-index-change",
        "pre-commit",
        "prepare-commit-msg",
    ] {
        fs::copy(&evil, hooks.join(hook)).unwrap();
    }
    for key in [
        "core.fsmonitor",
        "filter.evil.clean",
        "filter.evil.smudge",
        "filter.evil.process",
        "diff.evil.textconv",
        "diff.external",
        "merge.evil.driver",
        "core.editor",
        "core.pager",
        "gpg.program",
        "core.sshCommand",
    ] {
        git_in(&one.path, &["config", key, &evil]).unwrap();
    }
    kit.write(".git/info/attributes", "* filter=evil\n");
    // The trap works: the git program falls into it.
    git_in(&one.path, &["status"]).unwrap();
    assert!(mark.exists());
    fs::remove_file(&mark).unwrap();

    let base = one.base.clone();
    let plan = kit.plan(&[&one, &two]);
    fs::remove_file(&mark).ok();
    facts(&kit.top, &one.path, &one.branch, &base, "main").unwrap();
    dirty(&kit.top).unwrap();
    let input = ReviewInput {
        agent: plan.steps[0].agent.clone(),
        worktree: one.path.clone(),
        branch: one.branch.clone(),
        base: base.clone(),
    };
    review(&kit.top, &[input], "main").unwrap().remove(0).unwrap();
    let Built::Clean { result, .. } = build(&kit.top, &plan).unwrap() else { panic!("not clean") };
    let scratch = scratch_checkout(&kit.top, &kit.beside("scratch"), &result).unwrap();
    remove_scratch(&kit.top, &scratch).unwrap();
    fs::write(kit.top.join(".git/orchestra.applying"), "").unwrap();
    write(&kit.top.join("new.txt"), "two\n");
    recover_apply(&kit.top, "main", 1, &plan.base, &result).unwrap();
    assert_eq!(apply(&kit.top, "main", 1, &plan.base, &result).unwrap(), Applied::Moved);
    let what = Removal {
        worktree: &two.path,
        branch: &two.branch,
        target: "main",
        session: "s",
        agent: &plan.steps[1].agent,
    };
    remove_worktree(&kit.top, &what).unwrap();
    assert_eq!(fs::read_to_string(kit.top.join("src/a.txt")).unwrap(), "changed\n");
    assert!(!mark.exists(), "{}", fs::read_to_string(&mark).unwrap_or_default());
}

fn tampered(kit: &Kit, path: &Path) -> String {
    let base = kit.oid("main");
    let error = facts(&kit.top, path, "agent-one", &base, "main").unwrap_err();
    assert!(matches!(error, Error::Tampered { .. }), "{error}");
    assert!(check_worktree(&kit.top, path).is_err());
    error.to_string()
}

#[test]
fn a_redirected_worktree_is_not_read() {
    let kit = Kit::new();
    let one = kit.work("ONE", |at| write(&at.join("n"), "1"));
    let two = kit.work("TWO", |at| write(&at.join("n"), "2"));
    let link = one.path.join(".git");
    let honest = fs::read_to_string(&link).unwrap();
    let own = kit.beside("own");
    git_in(&kit.top, &["init", "-q", own.to_str().unwrap()]).unwrap();
    fs::write(&link, format!("gitdir: {}/.git\n", own.display())).unwrap();
    assert!(tampered(&kit, &one.path).contains("points at"));
    fs::write(&link, fs::read_to_string(two.path.join(".git")).unwrap()).unwrap();
    assert!(tampered(&kit, &one.path).contains("its metadata belongs to"));
    fs::remove_file(&link).unwrap();
    assert!(tampered(&kit, &one.path).contains("is missing"));
    std::os::unix::fs::symlink(two.path.join(".git"), &link).unwrap();
    assert!(tampered(&kit, &one.path).contains("not a small regular file"));
    fs::remove_file(&link).unwrap();
    git_in(&one.path, &["init", "-q", "."]).unwrap();
    assert!(tampered(&kit, &one.path).contains("not a small regular file"));
    fs::remove_dir_all(&link).unwrap();
    fs::write(&link, &honest).unwrap();
    check_worktree(&kit.top, &one.path).unwrap();

    let admin = kit.top.join(".git/worktrees/ONE");
    fs::write(admin.join("commondir"), format!("{}/.git\n", own.display())).unwrap();
    assert!(tampered(&kit, &one.path).contains("commondir"));
    fs::write(admin.join("commondir"), "../..\n").unwrap();
    fs::write(admin.join("gitdir"), format!("{}/.git\n", two.path.display())).unwrap();
    assert!(tampered(&kit, &one.path).contains("its metadata belongs to"));
    fs::write(admin.join("gitdir"), format!("{}\n", link.display())).unwrap();
    git_in(&one.path, &["config", "--worktree", "core.worktree", own.to_str().unwrap()]).unwrap();
    if let Err(error) = check_worktree(&kit.top, &one.path) {
        assert!(matches!(error, Error::Tampered { .. }), "{error}");
    }
}

#[test]
fn a_branch_name_is_never_a_command() {
    let kit = Kit::new();
    let odd = kit.worktree("ODD", "a;touch${IFS}x");
    write(&odd.path.join("new"), "1");
    commit(&odd.path, "feat: odd");
    let plan = kit.plan(&[&odd]);
    let Built::Clean { result, .. } = build(&kit.top, &plan).unwrap() else { panic!("not clean") };
    assert_eq!(apply(&kit.top, "main", 1, &plan.base, &result).unwrap(), Applied::Moved);
    for dir in [&kit.top, &odd.path, Path::new(".")] {
        assert!(!dir.join("x").exists());
    }
}
