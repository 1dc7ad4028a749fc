use std::fs;

use super::applying::{ready, settled};
use crate::domain::id::Oid;
use crate::domain::train::Applied;
use crate::git::testkit::{Kit, wait_until};
use crate::git::{Error, Recovered, apply, recover_apply};

fn recover(kit: &Kit, old: &Oid, new: &Oid) -> Recovered {
    let first = recover_apply(&kit.top, "main", 1, old, new).unwrap();
    assert_eq!(recover_apply(&kit.top, "main", 1, old, new).unwrap(), first, "repeating it is harmless");
    first
}

/// One thing git writes.
type Write<'a> = &'a dyn Fn(&Kit, &Oid);

/// As a crash leaves it: the note that an apply began.
fn crashed(kit: &Kit) {
    kit.write(".git/orchestra.applying", "1");
}

#[test]
fn before_anything_was_written() {
    let (kit, old, new) = ready();
    assert_eq!(recover(&kit, &old, &new), Recovered::Restored);
    crashed(&kit);
    assert_eq!(recover(&kit, &old, &new), Recovered::Restored);
    settled(&kit, &old);
    assert_eq!(apply(&kit.top, "main", 1, &old, &new).unwrap(), Applied::Moved);
    settled(&kit, &new);
}

#[test]
fn after_the_files_and_before_the_branch_it_is_finished() {
    let (kit, old, new) = ready();
    crashed(&kit);
    kit.git(&["read-tree", "-m", "-u", &old.0, &new.0]);
    assert_eq!(recover(&kit, &old, &new), Recovered::Moved);
    settled(&kit, &new);
}

#[test]
fn after_the_branch_it_is_done() {
    let (kit, old, new) = ready();
    assert_eq!(apply(&kit.top, "main", 1, &old, &new).unwrap(), Applied::Moved);
    crashed(&kit);
    assert_eq!(recover(&kit, &old, &new), Recovered::Moved);
    settled(&kit, &new);
}

#[test]
fn a_half_written_tree_is_put_back_at_every_point() {
    // What git writes, in order: removals, then files; then the index.
    let steps: [Write; 6] = [
        &|kit, _| fs::remove_dir_all(kit.top.join("gone")).unwrap(),
        &|kit, _| fs::remove_file(kit.top.join("src/a.txt")).unwrap(),
        &|kit, new| kit.write("src/a.txt", kit.git(&["show", &format!("{new}:src/a.txt")]).split_at(40).0),
        &|kit, new| kit.write("src/a.txt", &format!("{}\n", kit.git(&["show", &format!("{new}:src/a.txt")]))),
        &|kit, _| kit.write("new/deep/ü.txt", "new\n"),
        &|kit, _| std::os::unix::fs::symlink("README.md", kit.top.join("link")).unwrap(),
    ];
    for done in 1..=steps.len() {
        let (kit, old, new) = ready();
        kit.write("mine", "stays");
        crashed(&kit);
        kit.write(".git/index.lock", "half an index");
        for step in &steps[..done] {
            step(&kit, &new);
        }
        assert_eq!(recover(&kit, &old, &new), Recovered::Restored, "after {done} steps");
        assert_eq!(kit.read("mine"), "stays");
        fs::remove_file(kit.top.join("mine")).unwrap();
        settled(&kit, &old);
        assert!(!kit.top.join("new").exists());
        assert_eq!(apply(&kit.top, "main", 1, &old, &new).unwrap(), Applied::Moved);
        settled(&kit, &new);
    }
}

#[test]
fn a_file_that_is_neither_stops_it() {
    let (kit, old, new) = ready();
    crashed(&kit);
    kit.git(&["read-tree", "-m", "-u", &old.0, &new.0]);
    kit.write("src/a.txt", "the user's own\n");
    assert_eq!(recover(&kit, &old, &new), Recovered::Stopped { files: vec!["src/a.txt".into()] });
    assert_eq!(kit.read("src/a.txt"), "the user's own\n");
    assert_eq!(kit.oid("main"), old);
    // Once the user has decided, it goes on.
    kit.git(&["checkout-index", "-f", "src/a.txt"]);
    assert_eq!(recover(&kit, &old, &new), Recovered::Moved);
    settled(&kit, &new);
}

#[test]
fn a_target_somewhere_else_is_reported() {
    let (kit, old, new) = ready();
    crashed(&kit);
    let found = kit.oid("refs/heads/agent-one");
    kit.git(&["update-ref", "refs/heads/main", &found.0]);
    assert_eq!(recover(&kit, &old, &new), Recovered::Elsewhere { found });
}

#[test]
fn a_lock_of_a_running_git_is_not_removed() {
    let (kit, old, new) = ready();
    crashed(&kit);
    let lock = kit.top.join(".git/index.lock");
    // Somebody has it open.
    let held = fs::File::create(&lock).unwrap();
    assert!(matches!(recover_apply(&kit.top, "main", 1, &old, &new).unwrap_err(), Error::Locked(_)));
    drop(held);
    let old_lock = fs::File::options().write(true).open(&lock).unwrap();
    old_lock.set_modified(std::time::SystemTime::UNIX_EPOCH).unwrap();
    drop(old_lock);
    // It is older than our attempt.
    assert!(matches!(recover_apply(&kit.top, "main", 1, &old, &new).unwrap_err(), Error::Locked(_)));
    fs::write(&lock, "").unwrap();
    wait_until("nobody has it open", || recover_apply(&kit.top, "main", 1, &old, &new).is_ok());
    settled(&kit, &old);
}
