//! Conflicts: in the owner's worktree, by hand, remembered; and the way back.

use std::fs;
use std::path::Path;

use super::applying::settled;
use crate::domain::id::Oid;
use crate::domain::train::{Applied, Built, Knot, Move, Solved, TrainPlan, Undone};
use crate::git::testkit::{Kit, commit, edited, git_in, write};
use crate::git::{Worktree, apply, build, by_hand, by_owner, forget, recall, remember, take, undo};

/// Two branches that change the same line, and what building them gives.
fn tied() -> (Kit, Worktree, Worktree, TrainPlan, Knot) {
    let kit = Kit::new();
    let one = kit.work("ONE", |at| write(&at.join("src/a.txt"), &edited(20, 3, "one")));
    let two = kit.work("TWO", |at| {
        write(&at.join("src/a.txt"), &edited(20, 3, "two"));
        write(&at.join("src/b.txt"), &edited(20, 9, "two"));
    });
    let plan = kit.plan(&[&one, &two]);
    let knot = knot(&kit, &plan);
    (kit, one, two, plan, knot)
}

fn knot(kit: &Kit, plan: &TrainPlan) -> Knot {
    match build(&kit.top, plan).unwrap() {
        Built::Conflict(stuck) => Knot::of(plan, &stuck).unwrap(),
        other => panic!("{other:?}"),
    }
}

fn open_of(solved: Solved) -> String {
    let Solved::Unsolved(open) = solved else { panic!("{solved:?}") };
    open.join("; ")
}

#[test]
fn solved_by_hand_it_is_taken_whole_or_not_at_all() {
    let (kit, _, _, mut plan, knot) = tied();
    let dir = by_hand(&kit.top, &kit.beside("hand"), &knot).unwrap();
    let git = |args: &[&str]| git_in(&dir, args).unwrap();
    assert_eq!(git(&["rev-parse", "MERGE_HEAD"]), knot.tip.0);
    assert_eq!(git(&["rev-parse", "HEAD"]), knot.onto.0);
    assert_eq!(git(&["diff", "--name-only", "--diff-filter=U"]), "src/a.txt");
    let text = fs::read_to_string(dir.join("src/a.txt")).unwrap();
    assert!(text.contains("<<<<<<< ") && text.contains("\none\n") && text.contains("\ntwo\n"), "{text}");
    let took = || take(&kit.top, &dir, &knot).unwrap();
    assert_eq!(open_of(took()), "not solved or not added yet: src/a.txt");
    git(&["add", "src/a.txt"]);
    assert_eq!(open_of(took()), "conflict marks are left in src/a.txt");
    write(&dir.join("src/a.txt"), &edited(20, 3, "one and two"));
    assert_eq!(open_of(took()), "changed but not added: src/a.txt");
    write(&dir.join("README.md"), "beside\n");
    git(&["add", "-A"]);
    assert!(open_of(took()).starts_with("changed beside the conflict: README.md"));
    git(&["checkout", "-q", &knot.onto.0, "--", "README.md"]);
    assert_eq!(by_hand(&kit.top, &dir, &knot).unwrap(), dir, "what stands there is left as it is");
    let Solved::Taken { tree } = took() else { panic!() };
    let read = |path: &str| kit.git(&["show", &format!("{tree}:{path}")]);
    assert_eq!(read("src/a.txt"), edited(20, 3, "one and two").trim_end());
    assert_eq!(read("src/b.txt"), edited(20, 9, "two").trim_end());
    // Committed it counts too.
    git(&["commit", "-q", "--no-edit"]);
    assert_eq!(took(), Solved::Taken { tree: tree.clone() });
    assert_eq!(kit.status(), "", "main and its files are as they were");
    assert_eq!(kit.oid("main"), plan.base);
    // Remembered, it is known again; elsewhere in the file it is used on what stands there now.
    let again = recall(&kit.top, &knot).unwrap().unwrap();
    assert_eq!((&again.tree, again.how.as_str()), (&tree, "remembered resolution (train 1, TWO by hand)"));
    kit.write("src/a.txt", &edited(20, 18, "main"));
    kit.commit("far away");
    plan.base = kit.oid("main");
    let later = self::knot(&kit, &plan);
    assert_ne!(later.onto, knot.onto);
    let again = recall(&kit.top, &later).unwrap().unwrap();
    let text = kit.git(&["show", &format!("{}:src/a.txt", again.tree)]);
    assert!(text.contains("one and two") && text.contains("\nmain\n"), "{text}");
    forget(&kit.top, 1).unwrap();
    assert!(!kit.refs().contains("refs/orchestra/train/"), "{}", kit.refs());
    kit.git(&["gc", "-q", "--prune=now"]);
    let later = self::knot(&kit, &plan);
    assert!(recall(&kit.top, &later).unwrap().is_some(), "it outlives the train and gc");
}

#[test]
fn another_conflict_is_not_taken_for_a_remembered_one() {
    let (kit, _, two, mut plan, knot) = tied();
    assert_eq!(recall(&kit.top, &knot).unwrap(), None);
    write(&two.path.join("src/a.txt"), &edited(20, 3, "one and two"));
    let solved = commit(&two.path, "solved");
    remember(&kit.top, &knot, &solved, "by its agent").unwrap();
    assert!(recall(&kit.top, &knot).unwrap().is_some());
    git_in(&two.path, &["reset", "-q", "--hard", &knot.tip.0]).unwrap();
    write(&two.path.join("src/a.txt"), &edited(20, 3, "something else"));
    plan.steps[1].oid = commit(&two.path, "another");
    assert_eq!(recall(&kit.top, &self::knot(&kit, &plan)).unwrap(), None);
}

#[test]
fn an_owner_finds_the_merge_in_its_worktree_and_what_the_other_side_wants() {
    let (kit, _, two, mut plan, knot) = tied();
    let said = by_owner(&kit.top, &two.path, &knot, "").unwrap();
    assert_eq!((said.told.as_str(), said.message.as_str()), ("", "feat: work of TWO"));
    assert_eq!((said.with[0].agent.as_str(), said.with[0].message.as_str()), ("ONE", "feat: work of ONE"));
    assert_eq!((said.files.len(), said.files[0].path.as_str()), (1, "src/a.txt"));
    let text = &said.files[0].text;
    assert!(text.contains("<<<<<<< your branch\ntwo\n=======\none\n>>>>>>> the other side\n"), "{text}");
    let git = |args: &[&str]| git_in(&two.path, args).unwrap();
    assert_eq!(git(&["rev-parse", "MERGE_HEAD"]), knot.onto.0);
    assert_eq!(by_owner(&kit.top, &two.path, &knot, "").unwrap().told, "", "it stands there already");
    // As the prompt says.
    write(&two.path.join("src/a.txt"), &edited(20, 3, "one and two"));
    git(&["add", "-A"]);
    git(&["commit", "-q", "--no-edit"]);
    git(&["reset", "-q", "--soft", &knot.onto.0]);
    plan.steps[1].oid = commit(&two.path, "feat: work of TWO");
    let Built::Clean { result, .. } = build(&kit.top, &plan).unwrap() else { panic!() };
    assert_eq!(kit.git(&["show", &format!("{result}:src/a.txt")]), edited(20, 3, "one and two").trim_end());
    assert_eq!(apply(&kit.top, "main", 1, &plan.base, &result).unwrap(), Applied::Moved);
    settled(&kit, &result);
}

#[test]
fn an_owner_with_open_work_is_told_to_begin_itself() {
    let (kit, _, two, _, knot) = tied();
    let told = |busy: &str| by_owner(&kit.top, &two.path, &knot, busy).unwrap().told;
    assert_eq!(told("TWO is working"), "TWO is working");
    write(&two.path.join("draft"), "mine");
    assert_eq!(told(""), "uncommitted files: draft");
    assert_eq!(git_in(&two.path, &["status", "--porcelain"]).unwrap(), "?? draft");
    fs::remove_file(two.path.join("draft")).unwrap();
    commit_empty(&two.path);
    assert!(told("").contains("has moved on from"), "{}", told(""));
}

fn commit_empty(at: &Path) {
    git_in(at, &["commit", "-q", "--allow-empty", "-m", "more"]).unwrap();
}

fn landed() -> (Kit, Move) {
    let kit = Kit::new();
    kit.write("gone/away.txt", "bye\n");
    kit.commit("more");
    let one = kit.work("ONE", |at| {
        write(&at.join("src/a.txt"), &edited(20, 3, "one"));
        write(&at.join("new/deep/ü.txt"), "new\n");
        fs::remove_dir_all(at.join("gone")).unwrap();
    });
    let plan = kit.plan(&[&one]);
    let Built::Clean { result, .. } = build(&kit.top, &plan).unwrap() else { panic!() };
    assert_eq!(apply(&kit.top, "main", 1, &plan.base, &result).unwrap(), Applied::Moved);
    (kit, Move { train: 1, target: "main".into(), old: result, new: plan.base })
}

#[test]
fn undo_restores_the_target_bit_for_bit_and_keeps_what_was_made() {
    let (kit, back) = landed();
    kit.write("mine", "untracked");
    let backup = "refs/orchestra/backup/a-b/train-1".to_owned();
    assert_eq!(undo(&kit.top, "a b", &back).unwrap(), Undone::Back { backup: backup.clone() });
    assert_eq!(kit.oid(&backup), back.old);
    fs::remove_file(kit.top.join("mine")).unwrap();
    settled(&kit, &back.new);
    assert_eq!(kit.read("gone/away.txt"), "bye\n");
    assert!(!kit.top.join("new").exists());
    assert_eq!(undo(&kit.top, "a b", &back).unwrap(), Undone::Back { backup }, "twice is once");
}

#[test]
fn undo_touches_neither_later_work_nor_open_files() {
    let (kit, back) = landed();
    kit.write("src/b.txt", "mine\n");
    let Undone::Blocked { files, .. } = undo(&kit.top, "s", &back).unwrap() else { panic!() };
    assert_eq!(files, ["src/b.txt"]);
    kit.git(&["checkout", "-q", "src/b.txt"]);
    settled(&kit, &back.old);
    kit.write("later", "x");
    let found: Oid = kit.commit("later");
    let Undone::Built { found: at, backup } = undo(&kit.top, "s", &back).unwrap() else { panic!() };
    assert_eq!((&at, kit.oid(&backup)), (&found, back.old));
    settled(&kit, &found);
}

#[test]
fn locks_that_a_killed_process_left_on_our_own_refs_are_in_nobodys_way() {
    let (kit, _, _, plan, _) = tied();
    let lock = |name: &str| kit.top.join(format!(".git/refs/orchestra/train/1/{name}.lock"));
    fs::write(lock("onto"), "").unwrap();
    build(&kit.top, &plan).unwrap();
    fs::write(lock("base"), "").unwrap();
    let held = fs::File::create(lock("mine")).unwrap();
    forget(&kit.top, 1).unwrap();
    assert!(!kit.refs().contains("refs/orchestra/train/") && !lock("base").exists());
    assert!(lock("mine").exists(), "one that somebody has open is somebody's");
    drop(held);
}
