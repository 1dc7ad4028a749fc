use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use crate::domain::id::Oid;
use crate::domain::review::{Conflict, ConflictKind, Engines, Hunk};
use crate::domain::train::{Built, DRY, TrainPlan};
use crate::git::testkit::{Kit, agent, edited, git_in, numbered, write};
use crate::git::{Error, ReviewInput, Worktree, build, forget, review};

fn input(w: &Worktree) -> ReviewInput {
    let name = w.path.file_name().unwrap().to_str().unwrap();
    ReviewInput {
        agent: agent(name),
        worktree: w.path.clone(),
        branch: w.branch.clone(),
        base: w.base.clone(),
    }
}

fn clean(built: Built) -> (Vec<Oid>, Oid, u32) {
    match built {
        Built::Clean { steps, result, files } => (steps.into_iter().map(|s| s.oid).collect(), result, files),
        other => panic!("not clean: {other:?}"),
    }
}

/// A conflict at one line on both sides.
fn conflict(path: &str, kind: ConflictKind, line: u32) -> Conflict {
    let hunk = Hunk { ours: [line, line], theirs: [line, line] };
    Conflict { hunks: vec![hunk], ..Conflict::new(path, kind) }
}

#[test]
fn a_review_shows_commits_files_overlaps_and_conflicts() {
    let kit = Kit::new();
    let one = kit.work("ONE", |at| {
        write(&at.join("src/a.txt"), &edited(20, 3, "one"));
        write(&at.join("README.md"), "# one\n");
        write(&at.join("ünïcode/ß.txt"), "1\n2\n");
    });
    let two = kit.work("TWO", |at| {
        write(&at.join("src/a.txt"), &edited(20, 17, "two"));
        fs::remove_file(at.join("src/b.txt")).unwrap();
        fs::write(at.join("blob.bin"), [0, 1, 2]).unwrap();
    });
    let three = kit.work("THREE", |at| write(&at.join("new.txt"), "three\n"));
    kit.write("README.md", "# main\n");
    kit.write("src/b.txt", &edited(20, 5, "main"));
    kit.write("new.txt", "main\n");
    kit.commit("main moves");
    let (refs, objects) = (kit.refs(), kit.objects());
    let mut inputs = vec![input(&one), input(&two), input(&three)];
    inputs.push(ReviewInput { branch: "missing".into(), ..input(&one) });
    let found = review(&kit.top, &inputs, "main").unwrap();
    assert_eq!((kit.refs(), kit.objects()), (refs, objects), "a prediction writes nothing");
    let [Ok(first), Ok(second), Ok(third), Err(last)] = found.as_slice() else { panic!("{found:?}") };
    assert!(matches!(last, Error::OffBranch { .. }), "{last}");
    assert_eq!(first.commits.len(), 1);
    assert_eq!(first.commits[0].subject, "feat: work of ONE");
    let files: Vec<_> = first.files.iter().map(|f| (f.path.as_str(), f.added, f.removed)).collect();
    assert_eq!(files, [("README.md", 1, 1), ("src/a.txt", 1, 1), ("ünïcode/ß.txt", 2, 0)]);
    assert_eq!(first.conflicts, [conflict("README.md", ConflictKind::Content, 1)]);
    assert_eq!(first.overlaps.len(), 1);
    assert_eq!(
        (first.overlaps[0].path.as_str(), &first.overlaps[0].with),
        ("src/a.txt", &vec![agent("TWO")])
    );
    assert_eq!(second.conflicts, [Conflict::new("src/b.txt", ConflictKind::ModifyDelete)]);
    assert_eq!(third.conflicts, [conflict("new.txt", ConflictKind::AddAdd, 1)]);
    assert_eq!((first.facts.ahead, first.facts.behind), (1, 1));
}

#[test]
fn a_merge_of_one_file_edited_on_both_sides_leaves_no_object_of_a_prediction() {
    let kit = Kit::new();
    let one = kit.work("ONE", |at| write(&at.join("src/a.txt"), &edited(20, 3, "one")));
    kit.write("src/a.txt", &edited(20, 17, "main"));
    kit.commit("main");
    let objects = kit.objects();
    let found = review(&kit.top, &[input(&one)], "main").unwrap();
    assert!(found[0].as_ref().unwrap().conflicts.is_empty());
    assert_eq!(kit.objects(), objects);
}

#[test]
fn the_same_plan_gives_the_same_ids() {
    let kit = Kit::new();
    let one = kit.work("ONE", |at| write(&at.join("src/a.txt"), &edited(20, 3, "one")));
    let two = kit.work("TWO", |at| write(&at.join("src/a.txt"), &edited(20, 17, "two")));
    let plan = kit.plan(&[&one, &two]);
    let (status, main) = (kit.status(), kit.oid("main"));
    let first = build(&kit.top, &plan).unwrap();
    let objects = kit.objects();
    assert_eq!(build(&kit.top, &plan).unwrap(), first);
    assert_eq!(kit.objects(), objects, "nothing is written twice");
    let (steps, result, files) = clean(first);
    assert_eq!(files, 1);
    assert_eq!(steps.last(), Some(&result));
    assert_eq!((kit.status(), kit.oid("main")), (status, main.clone()));
    assert_eq!(kit.oid("refs/orchestra/train/1/built"), result);
    assert_eq!(kit.oid("refs/orchestra/train/1/base"), main);
    // Both parents, also for the first, which a fast-forward would have done.
    let log = kit.git(&["log", "--first-parent", "--format=%s|%P|%an|%ct", &result.0]);
    let tips: Vec<String> = plan.steps.iter().map(|s| s.oid.0.clone()).collect();
    let lines: Vec<&str> = log.lines().collect();
    assert_eq!(lines[0], format!("merge: agent-two|{} {}|orchestra|1700000100", steps[0], tips[1]));
    assert_eq!(lines[1], format!("merge: agent-one|{main} {}|orchestra|1700000100", tips[0]));
    let body = kit.git(&["log", "-1", "--format=%b", &result.0]);
    assert_eq!(body, "Orchestra-Agent: TWO\nOrchestra-Branch: agent-two");
    // Pinned: a change here changes every id users have seen.
    assert_eq!(result.0, "4b2619e1cccd808b0469dc9e4fb7b132abb73bcc");
    kit.git(&["fsck", "--full", "--strict"]);
    forget(&kit.top, 1).unwrap();
    forget(&kit.top, 1).unwrap();
    assert!(!kit.refs().contains("refs/orchestra"));
}

#[test]
fn a_conflict_names_paths_kinds_and_the_earlier_branches_and_keeps_what_went_well() {
    let kit = Kit::new();
    let one = kit.work("ONE", |at| write(&at.join("src/a.txt"), &edited(20, 3, "one")));
    let two = kit.work("TWO", |at| write(&at.join("src/b.txt"), &edited(20, 3, "two")));
    let three = kit.work("THREE", |at| {
        write(&at.join("src/a.txt"), &edited(20, 3, "three"));
        write(&at.join("x"), "");
    });
    let refs = kit.refs();
    let built = build(&kit.top, &kit.plan(&[&one, &two, &three])).unwrap();
    let conflicts = vec![conflict("src/a.txt", ConflictKind::Content, 3)];
    let Built::Conflict(stuck) = built else { panic!("{built:?}") };
    assert_eq!((stuck.agent, stuck.with, stuck.conflicts), (agent("THREE"), vec![agent("ONE")], conflicts));
    assert_eq!((stuck.engines, stuck.steps.len()), (Engines::Agree, 2));
    assert_eq!(Some(&stuck.onto), stuck.steps.last().map(|s| &s.oid));
    assert_eq!(kit.oid("refs/orchestra/train/1/onto"), stuck.onto);
    kit.git(&["fsck", "--full", "--strict"]);
    forget(&kit.top, 1).unwrap();
    assert_eq!(kit.refs(), refs);
    // A train that is only shown leaves nothing at all.
    let kit = Kit::new();
    let works = [("ONE", 3), ("TWO", 17), ("THREE", 3)]
        .map(|(name, line)| kit.work(name, |at| write(&at.join("src/a.txt"), &edited(20, line, name))));
    let (refs, objects, status) = (kit.refs(), kit.objects(), kit.status());
    for some in [&works[..2], &works[..]] {
        let all: Vec<&Worktree> = some.iter().collect();
        let built = build(&kit.top, &TrainPlan { id: DRY | 7, ..kit.plan(&all) }).unwrap();
        assert_eq!(matches!(built, Built::Clean { .. }), some.len() == 2);
        assert_eq!(
            (kit.refs(), kit.objects(), kit.status()),
            (refs.clone(), objects.clone(), status.clone())
        );
    }
}

#[test]
fn only_what_was_planned_is_merged() {
    let kit = Kit::new();
    let one = kit.work("ONE", |at| write(&at.join("n"), "1"));
    let plan = kit.plan(&[&one]);
    git_in(&one.path, &["commit", "-q", "--amend", "-m", "sneaked in"]).unwrap();
    let error = build(&kit.top, &plan).unwrap_err();
    assert!(matches!(&error, Error::BranchMoved { branch, .. } if branch == "agent-one"), "{error}");
    let gone = TrainPlan { steps: Vec::new(), base: plan.steps[0].oid.clone(), ..plan.clone() };
    assert!(matches!(build(&kit.top, &gone).unwrap_err(), Error::BranchMoved { .. }));
    // Already contained: no commit of its own.
    let plan = kit.plan(&[&one]);
    kit.git(&["merge", "-q", "--ff-only", "agent-one"]);
    let again = TrainPlan { base: kit.oid("main"), ..plan };
    assert_eq!(clean(build(&kit.top, &again).unwrap()), (vec![kit.oid("main")], kit.oid("main"), 0));
}

/// Builds a train and merges the same with git, and compares trees and parents.
fn same_as_git(kit: &Kit, branches: &[&Worktree]) {
    let plan = kit.plan(branches);
    let (steps, result, _) = clean(build(&kit.top, &plan).unwrap());
    for (w, made) in branches.iter().zip(&steps) {
        let message = format!("merge {}", w.branch);
        kit.git(&["merge", "-q", "--no-ff", "-m", &message, "--", &w.branch]);
        assert_eq!(kit.oid("main^{tree}"), kit.oid(&format!("{made}^{{tree}}")), "{}", w.branch);
        assert_eq!(kit.oid("main^2"), kit.oid(&format!("{made}^2")));
    }
    kit.git(&["fsck", "--connectivity-only", &result.0]);
}

#[test]
fn trees_are_gits_own_for_renames_modes_and_nested_folders() {
    let kit = Kit::new();
    kit.write("deep/er/est/file.txt", &numbered(30));
    kit.write("run.sh", "#!/bin/sh\n");
    kit.commit("more");
    let moves = kit.work("MOVES", |at| {
        fs::rename(at.join("deep/er/est/file.txt"), at.join("moved.txt")).unwrap();
        write(&at.join("deep/other/new.txt"), "new\n");
    });
    let edits = kit.work("EDITS", |at| {
        write(&at.join("deep/er/est/file.txt"), &edited(30, 7, "edited"));
        let mode = fs::Permissions::from_mode(0o755);
        fs::set_permissions(at.join("run.sh"), mode).unwrap();
    });
    let links = kit.work("LINKS", |at| {
        std::os::unix::fs::symlink("../README.md", at.join("src/link")).unwrap();
        write(&at.join("src/b.txt"), &edited(20, 1, "first"));
        fs::remove_file(at.join("src/a.txt")).unwrap();
    });
    let folder = kit.work("FOLDER", |at| {
        fs::remove_file(at.join("README.md")).unwrap();
        write(&at.join("README.md/index.md"), "now a folder\n");
        write(&at.join("src/b.txt"), &edited(20, 20, "last"));
    });
    same_as_git(&kit, &[&moves, &edits, &links, &folder]);
}

#[test]
fn trees_are_gits_own_for_criss_cross_and_odd_branch_names() {
    let kit = Kit::new();
    let odd = kit.worktree("ODD", "a;touch${IFS}x");
    write(&odd.path.join("src/a.txt"), &edited(20, 2, "odd"));
    crate::git::testkit::commit(&odd.path, "feat: odd");
    let cross = kit.work("CROSS", |at| write(&at.join("src/a.txt"), &edited(20, 18, "cross")));
    let before = kit.oid("refs/heads/agent-cross");
    git_in(&cross.path, &["merge", "-q", "-m", "x", "a;touch${IFS}x"]).unwrap();
    git_in(&odd.path, &["merge", "-q", "-m", "y", &before.0]).unwrap();
    write(&odd.path.join("src/a.txt"), &edited(20, 10, "later"));
    crate::git::testkit::commit(&odd.path, "feat: later");
    same_as_git(&kit, &[&cross, &odd]);
    assert!(!Path::new("x").exists() && !kit.top.join("x").exists() && !odd.path.join("x").exists());
}
