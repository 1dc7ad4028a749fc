use std::fs;
use std::path::Path;

use crate::domain::id::Oid;
use crate::domain::train::{Applied, Built};
use crate::git::testkit::{Kit, edited, git_in, on_between, write};
use crate::git::{Error, apply, build, remove_scratch, scratch_checkout};

/// A repository and where a train would move it: edits, a new folder, a removal, a mode and a link.
pub(super) fn ready() -> (Kit, Oid, Oid) {
    let kit = Kit::new();
    kit.write("gone/away.txt", "bye\n");
    kit.write("run.sh", "#!/bin/sh\n");
    kit.commit("more");
    let one = kit.work("ONE", |at| {
        write(&at.join("src/a.txt"), &edited(20, 3, "one"));
        write(&at.join("new/deep/ü.txt"), "new\n");
        fs::remove_dir_all(at.join("gone")).unwrap();
    });
    let two = kit.work("TWO", |at| {
        let mode = <fs::Permissions as std::os::unix::fs::PermissionsExt>::from_mode(0o755);
        fs::set_permissions(at.join("run.sh"), mode).unwrap();
        std::os::unix::fs::symlink("README.md", at.join("link")).unwrap();
    });
    let plan = kit.plan(&[&one, &two]);
    match build(&kit.top, &plan).unwrap() {
        Built::Clean { result, .. } => (kit, plan.base, result),
        other => panic!("{other:?}"),
    }
}

/// Files and index are exactly those of the commit, and no lock or note is left.
pub(super) fn settled(kit: &Kit, oid: &Oid) {
    assert_eq!(kit.oid("main"), *oid);
    assert_eq!(kit.status(), "");
    assert_eq!(kit.git(&["write-tree"]), kit.oid(&format!("{oid}^{{tree}}")).0);
    let left: Vec<_> = crate::git::testkit::files(&kit.top.join(".git"));
    let left =
        left.iter().filter(|f| f.to_string_lossy().ends_with(".lock") || f.ends_with("orchestra.applying"));
    let left: Vec<_> = left.filter(|f| !f.ends_with("orchestra.lock")).collect();
    assert!(left.is_empty(), "{left:?}");
}

#[test]
fn files_and_index_follow_the_target() {
    let (kit, old, new) = ready();
    kit.write("mine/untracked.txt", "stays");
    kit.write(".git/info/exclude", "mine/\n");
    // A changed time is no change.
    let touched = fs::File::options().write(true).open(kit.top.join("src/b.txt")).unwrap();
    touched.set_modified(std::time::SystemTime::UNIX_EPOCH).unwrap();
    assert_eq!(apply(&kit.top, "main", 7, &old, &new).unwrap(), Applied::Moved);
    settled(&kit, &new);
    assert_eq!(kit.read("mine/untracked.txt"), "stays");
    assert_eq!(kit.read("new/deep/ü.txt"), "new\n");
    assert!(!kit.top.join("gone").exists());
    assert_eq!(kit.git(&["reflog", "-1", "--format=%gs", "main"]), "orchestra: train 7");
    assert_eq!(kit.git(&["reflog", "-1", "--format=%gs", "HEAD"]), "orchestra: train 7");
    assert_eq!(apply(&kit.top, "main", 7, &old, &new).unwrap(), Applied::Moved);
    settled(&kit, &new);
}

#[test]
fn a_target_that_moved_is_not_touched() {
    let (kit, old, new) = ready();
    kit.write("README.md", "quick\n");
    let found = kit.commit("in between");
    assert_eq!(
        apply(&kit.top, "main", 1, &old, &new).unwrap(),
        Applied::Elsewhere { expected: old, found: found.clone() }
    );
    settled(&kit, &found);
}

#[test]
fn losing_the_race_puts_the_files_back() {
    let (kit, old, new) = ready();
    let top = kit.top.clone();
    let found = kit.oid("refs/heads/agent-one");
    let to = found.clone();
    on_between(move || {
        git_in(&top, &["update-ref", "refs/heads/main", &to.0]).unwrap();
    });
    let applied = apply(&kit.top, "main", 1, &old, &new).unwrap();
    assert_eq!(applied, Applied::Elsewhere { expected: old.clone(), found });
    kit.git(&["update-ref", "refs/heads/main", &old.0]);
    settled(&kit, &old);
}

fn in_the_way(kit: &Kit, old: &Oid, new: &Oid) -> Vec<String> {
    match apply(&kit.top, "main", 1, old, new).unwrap() {
        Applied::InTheWay { files, remedy } => {
            assert!(!remedy.is_empty());
            assert_eq!(kit.oid("main"), *old);
            files
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn uncommitted_work_is_never_touched() {
    let (kit, old, new) = ready();
    kit.write("README.md", "mine\n");
    assert_eq!(in_the_way(&kit, &old, &new), ["README.md"]);
    kit.git(&["add", "README.md"]);
    assert_eq!(in_the_way(&kit, &old, &new), ["README.md"]);
    kit.git(&["reset", "-q", "--hard"]);
    // Untracked files block only where they would be overwritten, ignored ones too.
    kit.write("other", "mine");
    kit.write("new/deep/ü.txt", "mine");
    assert_eq!(in_the_way(&kit, &old, &new), ["new/deep/ü.txt"]);
    kit.write(".git/info/exclude", "new\n");
    assert_eq!(in_the_way(&kit, &old, &new), ["new/deep/ü.txt"]);
    assert_eq!(kit.read("new/deep/ü.txt"), "mine");
    fs::remove_dir_all(kit.top.join("new")).unwrap();
    kit.write("new", "a file where a folder goes");
    kit.write("link/x", "a folder where a file goes");
    assert_eq!(in_the_way(&kit, &old, &new), ["link/x", "new"]);
    fs::remove_file(kit.top.join("new")).unwrap();
    fs::remove_dir_all(kit.top.join("link")).unwrap();
    assert_eq!(apply(&kit.top, "main", 1, &old, &new).unwrap(), Applied::Moved);
    assert_eq!(kit.status(), "?? other");
}

#[test]
fn a_target_checked_out_elsewhere_is_left_and_one_checked_out_nowhere_moves() {
    let (kit, old, new) = ready();
    kit.git(&["checkout", "-q", "--detach"]);
    let elsewhere = kit.beside("ELSEWHERE");
    kit.git(&["worktree", "add", "-q", elsewhere.to_str().unwrap(), "main"]);
    assert_eq!(in_the_way(&kit, &old, &new), [elsewhere.to_str().unwrap()]);
    kit.git(&["worktree", "remove", elsewhere.to_str().unwrap()]);
    assert_eq!(apply(&kit.top, "main", 1, &old, &new).unwrap(), Applied::Moved);
    assert_eq!((kit.oid("main"), kit.oid("HEAD")), (new, old));
    assert_eq!(kit.status(), "");
}

#[test]
fn a_git_at_work_is_respected() {
    let (kit, old, new) = ready();
    kit.write(".git/index.lock", "");
    assert!(matches!(apply(&kit.top, "main", 1, &old, &new).unwrap_err(), Error::Locked(_)));
    fs::remove_file(kit.top.join(".git/index.lock")).unwrap();
    settled(&kit, &old);
    kit.write(".git/refs/heads/main.lock", "");
    assert!(matches!(apply(&kit.top, "main", 1, &old, &new).unwrap_err(), Error::Locked(_)));
    fs::remove_file(kit.top.join(".git/refs/heads/main.lock")).unwrap();
    settled(&kit, &old);
    kit.git(&["merge", "-q", "--no-commit", "--no-ff", "agent-two"]);
    assert!(matches!(apply(&kit.top, "main", 1, &old, &new).unwrap_err(), Error::InProgress { .. }));
}

fn content(dir: &Path) -> String {
    git_in(dir, &["status", "--porcelain", "--ignored"]).unwrap()
}

#[test]
fn a_scratch_checkout_is_exact_and_keeps_caches() {
    let (kit, old, new) = ready();
    kit.write(".git/info/exclude", "/cache/\n");
    let dir = kit.beside("scratch/1");
    let refs = kit.refs();
    let at = scratch_checkout(&kit.top, &dir, &old).unwrap();
    assert_eq!(git_in(&at, &["rev-parse", "HEAD"]).unwrap(), old.0);
    git_in(&at, &["describe", "--always"]).unwrap();
    write(&at.join("cache/object"), "kept");
    write(&at.join("left/over"), "goes");
    write(&at.join("src/a.txt"), "changed by the build\n");
    // Same size and time as before: only content tells.
    let readme = at.join("README.md");
    let time = fs::metadata(&readme).unwrap().modified().unwrap();
    fs::write(&readme, "# DEMO\n").unwrap();
    fs::File::options().write(true).open(&readme).unwrap().set_modified(time).unwrap();
    for oid in [&old, &new, &old, &new] {
        scratch_checkout(&kit.top, &dir, oid).unwrap();
        assert_eq!(git_in(&at, &["rev-parse", "HEAD"]).unwrap(), oid.0);
        assert_eq!(content(&at), "!! cache/");
        assert_eq!(fs::read_to_string(&readme).unwrap(), "# demo\n");
        assert_eq!(git_in(&at, &["diff", oid.0.as_str(), "--stat"]).unwrap(), "");
    }
    // A gate that redirects it only loses its caches.
    fs::write(at.join(".git"), "gitdir: /tmp\n").unwrap();
    scratch_checkout(&kit.top, &dir, &new).unwrap();
    assert_eq!(content(&at), "");
    remove_scratch(&kit.top, &dir).unwrap();
    remove_scratch(&kit.top, &dir).unwrap();
    assert!(!dir.exists());
    assert_eq!(kit.git(&["worktree", "list"]).lines().count(), 3);
    assert_eq!(kit.refs(), refs);
}

#[test]
fn a_scratch_checkout_never_takes_somebodys_place() {
    let (kit, old, _) = ready();
    for path in [kit.beside("ONE"), kit.top.join("src")] {
        scratch_checkout(&kit.top, &path, &old).unwrap_err();
        remove_scratch(&kit.top, &path).unwrap_err();
        assert!(path.exists());
    }
    let mine = kit.beside("mine");
    write(&mine.join("file"), "x");
    assert!(matches!(scratch_checkout(&kit.top, &mine, &old).unwrap_err(), Error::Occupied { .. }));
    assert!(mine.join("file").exists());
}
