//! What the probe says of programs that are run, and of those that are not.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use super::kinds::{special, upper};
use crate::domain::train::Applied;
use crate::git::testkit::{Kit, git_in, set_user_config};
use crate::git::{apply, dirty, probe, statuses};

fn said(kit: &Kit) -> String {
    probe(&kit.top, "main").unwrap().capabilities.sentences().join("\n")
}

#[test]
fn an_ordinary_repository_has_nothing_to_say() {
    assert_eq!(said(&Kit::new()), "");
}

#[test]
fn a_filter_of_the_repositorys_own_configuration_is_refused_with_what_to_do() {
    let kit = Kit::new();
    kit.write("src/.gitattributes", "# *.x filter=no\n*.bin filter=lfs diff=lfs merge=lfs -text\n");
    kit.commit("lfs");
    let text = said(&kit);
    assert!(text.contains("`lfs` (src/.gitattributes) is defined nowhere"), "{text}");
    kit.git(&["config", "filter.lfs.clean", "evil"]);
    let error = probe(&kit.top, "main").unwrap_err().to_string();
    assert!(
        error.contains("only the repository's configuration") && error.contains("git lfs install"),
        "{error}"
    );
    kit.git(&["config", "--unset", "filter.lfs.clean"]);
    kit.write(".git/info/attributes", "* filter=x\n");
    assert!(said(&kit).contains("info/attributes"));
}

#[test]
fn the_repositorys_definition_never_takes_the_place_of_the_users() {
    let kit = special(|kit| {
        upper(kit);
        kit.write(".gitattributes", "*.big filter=upper\n");
        kit.write("one.big", "hello\n");
        kit.commit("filtered");
    });
    let mark = kit.beside("mark");
    let evil = format!("touch {}", mark.display());
    for key in ["clean", "smudge", "process"] {
        git_in(&kit.top, &["config", &format!("filter.upper.{key}"), &evil]).unwrap();
    }
    fs::write(kit.top.join("one.big"), "HELLO\n").unwrap();
    assert_eq!(dirty(&kit.top).unwrap(), Vec::<String>::new());
    kit.worktree("ONE", "agent-one");
    assert!(!mark.exists());
    assert!(kit.beside("ran").exists());
}

#[test]
fn merge_drivers_are_the_users_or_named_as_not_run() {
    let kit = Kit::new();
    kit.write(".gitattributes", "*.lock merge=ours\n*.txt merge=union\n");
    kit.commit("drivers");
    assert_eq!(said(&kit), "");
    kit.git(&["config", "merge.ours.driver", "true"]);
    assert!(said(&kit).contains("merge driver `ours` (.gitattributes) is defined only"), "{}", said(&kit));
    let file = kit.beside("gitconfig");
    git_in(&kit.top, &["config", "--file", file.to_str().unwrap(), "merge.ours.driver", "true"]).unwrap();
    set_user_config(&file);
    let text = said(&kit);
    assert!(text.contains("judged by git") && text.contains("merge driver ours of your global"), "{text}");
}

#[test]
fn hooks_that_exist_are_named_wherever_they_are() {
    let kit = Kit::new();
    let hook = |dir: &str, name: &str, mode: u32| {
        kit.write(&format!("{dir}/{name}"), "#!/bin/sh\nexit 1\n");
        let path = kit.top.join(dir).join(name);
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    };
    hook(".git/hooks", "commit-msg", 0o755);
    hook(".git/hooks", "post-merge", 0o644);
    hook(".git/hooks", "pre-push", 0o755);
    let text = said(&kit);
    assert!(text.contains(".git/hooks are not run: commit-msg;"), "{text}");
    hook("tools", "reference-transaction", 0o755);
    hook("tools", "pre-merge-commit", 0o755);
    kit.git(&["config", "core.hooksPath", "tools"]);
    let text = said(&kit);
    assert!(text.contains("tools are not run: pre-merge-commit, reference-transaction;"), "{text}");
}

#[test]
fn many_working_trees_are_looked_at_in_the_order_asked() {
    let kit = Kit::new();
    let trees: Vec<_> = (0..5).map(|n| kit.worktree(&format!("T{n}"), &format!("agent-{n}"))).collect();
    for (n, tree) in trees.iter().enumerate() {
        fs::write(tree.path.join(format!("new{n}")), "").unwrap();
    }
    let gone = kit.beside("gone");
    let mut asked: Vec<&std::path::Path> = trees.iter().map(|t| t.path.as_path()).collect();
    asked.insert(2, &gone);
    let told = statuses(&asked);
    assert!(told[2].is_err());
    let found: Vec<_> = told.into_iter().flatten().flat_map(|u| u.untracked).collect();
    assert_eq!(found, ["new0", "new1", "new2", "new3", "new4"]);
    assert!(statuses(&[]).is_empty());
}

#[test]
fn another_gits_lock_is_waited_for() {
    for lock in [".git/index.lock", ".git/refs/heads/main.lock"] {
        let (kit, old, new) = super::applying::ready();
        kit.write(lock, "");
        let lock = kit.top.join(lock);
        // Whenever the other git lets go within the time, it goes on.
        let release = std::thread::spawn(move || fs::remove_file(lock).unwrap());
        assert_eq!(apply(&kit.top, "main", 1, &old, &new).unwrap(), Applied::Moved);
        release.join().unwrap();
        super::applying::settled(&kit, &new);
    }
}
