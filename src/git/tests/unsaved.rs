//! What a worktree holds, as a commit for a test.

use std::fs;

use crate::domain::id::AgentName;
use crate::domain::train::{DRY, TRIAL};
use crate::git::testkit::{Kit, write};
use crate::git::{drop_open, forget, keep_open, sweep};

fn sec() -> AgentName {
    AgentName::new("SEC").unwrap()
}

#[test]
fn changed_and_new_files_make_a_commit_that_only_our_ref_knows_and_nothing_else_changes() {
    let kit = Kit::new();
    kit.write(".gitignore", "build/\n");
    kit.commit("rules");
    let made = kit.worktree("SEC", "agent-sec");
    let tip = kit.oid("agent-sec");
    assert_eq!(keep_open(&kit.top, &made.path, "agent-sec", &sec()).unwrap(), tip, "nothing is uncommitted");
    write(&made.path.join("README.md"), "changed\n");
    write(&made.path.join("new/file"), "new\n");
    write(&made.path.join("build/out"), "ignored\n");
    fs::remove_file(made.path.join("src/b.txt")).unwrap();
    let before = kit.git(&["-C", &made.path.display().to_string(), "status", "--porcelain"]);
    let commit = keep_open(&kit.top, &made.path, "agent-sec", &sec()).unwrap();
    let names = kit.git(&["diff", "--name-status", &tip.0, &commit.0]);
    assert_eq!(names, "M\tREADME.md\nA\tnew/file\nD\tsrc/b.txt");
    assert_eq!(kit.oid("agent-sec"), tip);
    assert_eq!(kit.git(&["-C", &made.path.display().to_string(), "status", "--porcelain"]), before);
    assert_eq!(kit.oid("refs/orchestra/open/SEC"), commit);
    for _ in 0..2 {
        drop_open(&kit.top, &sec()).unwrap();
        assert_eq!(kit.git(&["for-each-ref", "refs/orchestra"]), "");
    }
}

#[test]
fn what_a_lost_server_left_of_tests_goes_and_trains_stay() {
    let kit = Kit::new();
    let main = kit.oid("main");
    for id in [7, TRIAL | 7, DRY | 7] {
        kit.git(&["update-ref", &format!("refs/orchestra/train/{id}/built"), &main.0]);
    }
    kit.git(&["update-ref", "refs/orchestra/open/SEC", &main.0]);
    kit.git(&["update-ref", "refs/orchestra/backup/s/SEC", &main.0]);
    sweep(&kit.top).unwrap();
    let left = kit.git(&["for-each-ref", "--format=%(refname)", "refs/orchestra"]);
    assert_eq!(left, "refs/orchestra/backup/s/SEC\nrefs/orchestra/train/7/built");
    forget(&kit.top, 7).unwrap();
}
