//! Repositories of kinds that libgit2 gets wrong: git does its part there.

use std::fs;

use crate::domain::train::{Applied, Built, Step, TrainPlan};
use crate::git::testkit::{Kit, agent, commit, edited, git_in, set_user_config, write};
use crate::git::{
    Recovered, WorktreeSpec, apply, build, changed, dirty, ensure_worktree, facts, probe, recover_apply,
    scratch_checkout,
};

/// Makes something special of a repository with three folders.
pub(super) fn special(how: impl FnOnce(&Kit)) -> Kit {
    let kit = Kit::new();
    kit.write("docs/guide.txt", "guide\n");
    kit.write("other/far.txt", "far\n");
    kit.commit("folders");
    how(&kit);
    kit
}

/// Whether the index is of a kind, told by its own bytes.
fn index_has(kit: &Kit, mark: &[u8]) -> bool {
    let bytes = fs::read(kit.top.join(".git/index")).unwrap();
    bytes.windows(mark.len()).any(|w| w == mark)
}

/// What is uncommitted is told right, a train moves files and index, and an apply that a crash cut short is put
/// back. Every file is compared with what git itself says.
fn works(kit: &Kit) {
    probe(&kit.top, "main").unwrap();
    assert_eq!(dirty(&kit.top).unwrap(), Vec::<String>::new());
    kit.write("src/a.txt", "changed\n");
    kit.write("src/new.txt", "new\n");
    assert_eq!(changed(&kit.top).unwrap(), ["src/a.txt"]);
    assert_eq!(dirty(&kit.top).unwrap(), ["src/a.txt", "src/new.txt"]);
    fs::remove_file(kit.top.join("src/new.txt")).unwrap();
    kit.git(&["checkout", "-q", "--", "src/a.txt"]);

    let one = kit.work("ONE", |at| {
        write(&at.join("src/a.txt"), &edited(20, 3, "one"));
        write(&at.join("src/more/n.txt"), "n\n");
    });
    let two = kit.work("TWO", |at| {
        write(&at.join("README.md"), "# two\n");
        // Outside of what a sparse checkout has.
        write(&at.join("other/made.txt"), "made\n");
        git_in(at, &["add", "--sparse", "other/made.txt"]).unwrap();
    });
    let seen = facts(&kit.top, &one.path, &one.branch, &one.base, "main").unwrap();
    assert_eq!((seen.ahead, seen.changed, seen.untracked), (1, vec![], vec![]));
    let plan = kit.plan(&[&one, &two]);
    let Built::Clean { result, .. } = build(&kit.top, &plan).unwrap() else { panic!("not clean") };

    // A crash between the files and the branch, and one with half of the files.
    crate::git::testkit::on_between(|| panic!("crash"));
    let (top, base, to) = (kit.top.clone(), plan.base.clone(), result.clone());
    let crashed = std::panic::catch_unwind(move || apply(&top, "main", 1, &base, &to));
    assert!(crashed.is_err());
    assert_eq!(recover_apply(&kit.top, "main", 1, &plan.base, &result).unwrap(), Recovered::Moved);
    settled(kit, &result.0);
    kit.git(&["update-ref", "refs/heads/main", &plan.base.0]);
    kit.git(&["read-tree", "-m", "-u", &result.0, &plan.base.0]);
    settled(kit, &plan.base.0);
    kit.write(".git/orchestra.applying", "");
    kit.write("src/a.txt", &edited(20, 3, "one"));
    kit.git(&["update-index", "src/a.txt"]);
    assert_eq!(recover_apply(&kit.top, "main", 1, &plan.base, &result).unwrap(), Recovered::Restored);
    settled(kit, &plan.base.0);

    assert_eq!(apply(&kit.top, "main", 1, &plan.base, &result).unwrap(), Applied::Moved);
    settled(kit, &result.0);
    assert_eq!(kit.read("src/more/n.txt"), "n\n");
}

fn settled(kit: &Kit, oid: &str) {
    assert_eq!(kit.oid("main").0, oid);
    assert_eq!(kit.status(), "");
    assert_eq!(dirty(&kit.top).unwrap(), Vec::<String>::new());
    assert_eq!(kit.git(&["write-tree"]), kit.oid(&format!("{oid}^{{tree}}")).0);
    assert!(!kit.top.join(".git/index.lock").exists() && !kit.top.join(".git/orchestra.applying").exists());
}

#[test]
fn a_split_index_works() {
    let kit = special(|kit| drop(kit.git(&["update-index", "--split-index"])));
    assert!(index_has(&kit, b"link"));
    let said = probe(&kit.top, "main").unwrap().capabilities.sentences().join("\n");
    assert!(said.contains("told by git") && said.contains("index is split"), "{said}");
    works(&kit);
    let kit = special(|kit| {
        kit.git(&["config", "core.splitIndex", "true"]);
        kit.git(&["update-index", "--refresh"]);
    });
    works(&kit);
}

#[test]
fn a_sparse_checkout_works_and_worktrees_have_the_same_files() {
    for index in ["--no-sparse-index", "--sparse-index"] {
        let kit = special(|kit| drop(kit.git(&["sparse-checkout", "set", index, "--cone", "src", "docs"])));
        assert_eq!(index_has(&kit, b"sdir"), index == "--sparse-index");
        assert!(!kit.top.join("other").exists());
        let said = probe(&kit.top, "main").unwrap().capabilities.sentences().join("\n");
        assert!(said.contains("checked out by git") && said.contains("sparse"), "{said}");
        works(&kit);
        assert!(!kit.top.join("other").exists(), "files outside stay outside");
        let three = kit.worktree("THREE", "agent-three");
        assert!(three.path.join("docs/guide.txt").exists() && !three.path.join("other").exists());
        assert_eq!(git_in(&three.path, &["status", "--porcelain"]).unwrap(), "");
        assert_eq!(dirty(&three.path).unwrap(), Vec::<String>::new());
        let scratch = scratch_checkout(&kit.top, &kit.beside("scratch"), &kit.oid("main")).unwrap();
        fs::remove_file(scratch.join("docs/guide.txt")).unwrap();
        write(&scratch.join("src/stray.txt"), "x");
        scratch_checkout(&kit.top, &scratch, &kit.oid("main~1")).unwrap();
        assert_eq!(git_in(&scratch, &["status", "--porcelain"]).unwrap(), "");
        assert!(scratch.join("docs/guide.txt").exists() && !scratch.join("src/stray.txt").exists());
        assert!(!scratch.join("other").exists());
    }
}

/// A filter as Git LFS is one, in the user's own configuration: it stores capitals as small letters. It leaves a mark in
/// `home/ran`.
pub(super) fn upper(kit: &Kit) {
    let file = kit.beside("gitconfig");
    let ran = kit.beside("ran");
    let program = |name: &str, from: &str, to: &str| {
        let script = kit.beside(name);
        write(&script, &format!("#!/bin/sh\necho {name} >> {}\nexec tr {from} {to}\n", ran.display()));
        fs::set_permissions(&script, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
        script.display().to_string()
    };
    let (clean, smudge) = (program("clean", "A-Z", "a-z"), program("smudge", "a-z", "A-Z"));
    for (key, value) in [("clean", clean), ("smudge", smudge), ("required", "true".into())] {
        let key = format!("filter.upper.{key}");
        git_in(&kit.top, &["config", "--file", file.to_str().unwrap(), &key, &value]).unwrap();
    }
    set_user_config(&file);
}

#[test]
fn the_users_own_filter_is_run_and_agents_see_what_it_gives() {
    let kit = special(|kit| {
        upper(kit);
        kit.write("src/.gitattributes", "*.big filter=upper\n");
        kit.write("src/one.big", "hello\n");
        // Committed without the filter, as another computer would have it stored.
        kit.commit("filtered");
    });
    fs::write(kit.top.join("src/one.big"), "HELLO\n").unwrap();
    let said = probe(&kit.top, "main").unwrap().capabilities.sentences().join("\n");
    assert!(said.contains("filter upper of your global configuration is run"), "{said}");
    assert_eq!(dirty(&kit.top).unwrap(), Vec::<String>::new());
    let made = kit.worktree("ONE", "agent-one");
    assert_eq!(fs::read_to_string(made.path.join("src/one.big")).unwrap(), "HELLO\n");
    assert_eq!(dirty(&made.path).unwrap(), Vec::<String>::new());
    write(&made.path.join("src/one.big"), "HELLO THERE\n");
    assert_eq!(changed(&made.path).unwrap(), ["src/one.big"]);
    // The agent's git has the user's filter too; here it is stored by hand.
    let blob = kit.beside("blob");
    write(&blob, "hello there\n");
    let id = git_in(&made.path, &["hash-object", "-w", blob.to_str().unwrap()]).unwrap();
    git_in(&made.path, &["update-index", "--cacheinfo", &format!("100644,{id},src/one.big")]).unwrap();
    git_in(&made.path, &["commit", "-q", "-m", "feat: more"]).unwrap();
    let plan = kit.plan(&[&made]);
    let Built::Clean { result, .. } = build(&kit.top, &plan).unwrap() else { panic!("not clean") };
    let scratch = scratch_checkout(&kit.top, &kit.beside("scratch"), &result).unwrap();
    assert_eq!(fs::read_to_string(scratch.join("src/one.big")).unwrap(), "HELLO THERE\n");
    assert_eq!(apply(&kit.top, "main", 1, &plan.base, &result).unwrap(), Applied::Moved);
    assert_eq!(kit.read("src/one.big"), "HELLO THERE\n");
    assert_eq!(dirty(&kit.top).unwrap(), Vec::<String>::new());
}

#[test]
fn a_submodule_is_left_to_its_owner() {
    let kit = special(|kit| {
        let sub = kit.beside("sub");
        git_in(&kit.top, &["init", "-q", "-b", "main", sub.to_str().unwrap()]).unwrap();
        write(&sub.join("inner.txt"), "1\n");
        commit(&sub, "inner");
        let from = sub.to_str().unwrap();
        kit.git(&["-c", "protocol.file.allow=always", "submodule", "--quiet", "add", from, "lib"]);
        kit.commit("submodule");
    });
    let said = probe(&kit.top, "main").unwrap().capabilities.sentences().join("\n");
    assert!(said.contains("submodules are left empty"), "{said}");
    // A program named in the submodule's own configuration must not run when its owner is looked at.
    let mark = kit.beside("mark");
    let evil = kit.beside("evil.sh");
    write(&evil, &format!("#!/bin/sh\ntouch {}\n", mark.display()));
    fs::set_permissions(&evil, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    git_in(&kit.top.join("lib"), &["config", "core.fsmonitor", evil.to_str().unwrap()]).unwrap();
    write(&kit.top.join("lib/inner.txt"), "2\n");
    assert_eq!(dirty(&kit.top).unwrap(), Vec::<String>::new());
    kit.write("src/a.txt", "changed\n");
    assert_eq!(changed(&kit.top).unwrap(), ["src/a.txt"]);
    assert!(!mark.exists());
    let made = kit.worktree("ONE", "agent-one");
    assert_eq!(dirty(&made.path).unwrap(), Vec::<String>::new());
}

/// A clone of some kind takes the place of the repository.
fn clone(kit: &Kit, how: &str) {
    let from = format!("file://{}", kit.top.display());
    kit.git(&["config", "uploadpack.allowFilter", "true"]);
    // Nothing else has this content.
    kit.write("src/c.txt", &edited(30, 5, "first"));
    kit.commit("first");
    kit.git(&["checkout", "-q", "-b", "side"]);
    kit.write("src/c.txt", &edited(30, 1, "side"));
    kit.commit("side");
    kit.git(&["checkout", "-q", "main"]);
    kit.write("src/c.txt", &edited(30, 29, "second"));
    kit.commit("second");
    let to = kit.beside("clone");
    git_in(&kit.top, &["clone", "-q", how, &from, to.to_str().unwrap()]).unwrap();
    fs::rename(&kit.top, kit.beside("origin")).unwrap();
    fs::rename(&to, &kit.top).unwrap();
}

#[test]
fn a_shallow_clone_and_a_partial_one_work_as_far_as_they_reach() {
    for (how, text) in [("--depth=1", "shallow"), ("--filter=blob:none", "partial clone")] {
        let kit = special(|kit| clone(kit, how));
        let said = probe(&kit.top, "main").unwrap().capabilities.sentences().join("\n");
        assert!(said.contains(text) && said.contains("git "), "{said}");
        assert_eq!(said.contains("merges are judged by git"), text == "shallow", "{said}");
        works(&kit);
    }
}

#[test]
fn what_a_partial_clone_does_not_have_is_said_with_how_to_get_it() {
    let kit = special(|kit| clone(kit, "--filter=blob:none"));
    let before = kit.oid("main~1");
    let path = kit.beside("OLD");
    let spec = WorktreeSpec {
        path: &path,
        branch: "agent-old",
        base: &before,
        recorded: None,
        name: "A",
        email: "a@example.org",
    };
    let error = ensure_worktree(&kit.top, &spec).unwrap_err().to_string();
    assert!(error.contains("partial clone") && error.contains("fetch --refetch --no-filter"), "{error}");
    assert!(!path.exists() && git_in(&kit.top, &["rev-parse", "-q", "--verify", "agent-old"]).is_err());
    // The same of a merge: the other side's file and what it came from were never fetched.
    kit.git(&["branch", "agent-one", "origin/side"]);
    let step = |branch: &str| Step {
        agent: agent("ONE"),
        branch: branch.into(),
        oid: kit.oid(branch),
        message: "merge".into(),
    };
    let plan = TrainPlan { steps: vec![step("agent-one")], ..kit.plan(&[]) };
    let error = build(&kit.top, &plan).unwrap_err().to_string();
    assert!(error.contains("partial clone") && error.contains("fetch --refetch"), "{error}");
}
