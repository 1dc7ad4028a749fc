use std::fs;
use std::path::Path;

use crate::domain::conduct::Ripple;
use crate::domain::id::Oid;
use crate::domain::ripple::{RippleBuilt, RipplePlan};
use crate::domain::train::{Applied, Built};
use crate::git::testkit::{Kit, agent, commit, edited, git_in, on_between, write};
use crate::git::{Error, Recovered, Worktree, build, build_ripple, facts, move_branch, recover_branch};

fn in_tree(w: &Worktree, args: &[&str]) -> String {
    git_in(&w.path, args).unwrap()
}

fn tip(kit: &Kit, w: &Worktree) -> Oid {
    kit.oid(&format!("refs/heads/{}", w.branch))
}

/// The plan that brings `w` onto the others.
fn plan(kit: &Kit, how: Ripple, w: &Worktree, base: &Oid, upstream: &[&Worktree]) -> RipplePlan {
    let name = |w: &Worktree| agent(w.path.file_name().unwrap().to_str().unwrap());
    RipplePlan {
        agent: name(w),
        branch: w.branch.clone(),
        how,
        old: tip(kit, w),
        base: base.clone(),
        upstream: upstream.iter().map(|u| (name(u), tip(kit, u))).collect(),
        target: "main".into(),
        date: 1_700_000_100,
    }
}

fn made(kit: &Kit, plan: &RipplePlan) -> (Oid, Oid) {
    match build_ripple(&kit.top, plan).unwrap() {
        RippleBuilt::Ready { base, new } => (base, new),
        other => panic!("not ready: {other:?}"),
    }
}

/// Brings `w` onto the others and gives its new base.
fn ripple(kit: &Kit, how: Ripple, w: &Worktree, base: &Oid, upstream: &[&Worktree]) -> Oid {
    let plan = plan(kit, how, w, base, upstream);
    let (base, new) = made(kit, &plan);
    assert_eq!(move_branch(&kit.top, &w.path, &w.branch, &plan.old, &new).unwrap(), Applied::Moved);
    settled(kit, w, &new);
    base
}

/// Branch, index and files of a worktree are exactly the commit's, and nothing is left beside them.
fn settled(kit: &Kit, w: &Worktree, oid: &Oid) {
    assert_eq!(tip(kit, w), *oid);
    assert_eq!(in_tree(w, &["status", "--porcelain"]), "");
    assert_eq!(in_tree(w, &["write-tree"]), kit.oid(&format!("{oid}^{{tree}}")).0);
    let admin = in_tree(w, &["rev-parse", "--absolute-git-dir"]);
    for left in ["index.lock", "orchestra.applying"] {
        assert!(!Path::new(&admin).join(left).exists(), "{left}");
    }
}

fn ahead(kit: &Kit, w: &Worktree, base: &Oid) -> u32 {
    facts(&kit.top, &w.path, &w.branch, base, "main").unwrap().ahead
}

fn squash(w: &Worktree, base: &Oid) {
    in_tree(w, &["reset", "-q", "--soft", &base.0]);
    in_tree(w, &["commit", "-q", "-m", "feat: all of it"]);
}

/// ARCH with two commits; PLAT with two of its own.
fn two() -> (Kit, Worktree, Worktree) {
    let kit = Kit::new();
    let arch = kit.work("ARCH", |at| write(&at.join("types.txt"), "a\nb\nc\n"));
    write(&arch.path.join("src/a.txt"), &edited(20, 2, "arch"));
    commit(&arch.path, "second");
    let plat = kit.work("PLAT", |at| write(&at.join("plat.txt"), "plat\n"));
    write(&plat.path.join("src/a.txt"), &edited(20, 18, "plat"));
    commit(&plat.path, "feat: plat again");
    (kit, arch, plat)
}

#[test]
fn own_commits_come_to_stand_on_upstream_work() {
    let (kit, arch, plat) = two();
    let old = tip(&kit, &plat);
    let base = ripple(&kit, Ripple::Rebase, &plat, &plat.base, &[&arch]);
    assert_eq!(base, tip(&kit, &arch), "one upstream is the base itself");
    assert_eq!(ahead(&kit, &plat, &base), 2);
    let subjects = in_tree(&plat, &["log", "--format=%an %s", "-3"]);
    assert_eq!(subjects, "Ada feat: plat again\nAda feat: work of PLAT\nAda second");
    assert_eq!(fs::read_to_string(plat.path.join("types.txt")).unwrap(), "a\nb\nc\n");
    let both = edited(20, 2, "arch").replace("line 18\n", "plat\n");
    assert_eq!(fs::read_to_string(plat.path.join("src/a.txt")).unwrap(), both);
    // The branch as it was is kept, and so is the base for whoever takes the session up again.
    assert_eq!(kit.oid(&format!("refs/orchestra/ripple/{}/old", plat.branch)), old);
    assert_eq!(kit.worktree("PLAT", &plat.branch).base, base);
    squash(&plat, &base);
    assert_eq!(ahead(&kit, &plat, &base), 1);
    let again = plan(&kit, Ripple::Rebase, &plat, &base, &[&arch]);
    assert_eq!(build_ripple(&kit.top, &again).unwrap(), RippleBuilt::UpToDate);
}

#[test]
fn merged_work_is_squashed_on_its_upstream_just_so() {
    let (kit, arch, plat) = two();
    let base = ripple(&kit, Ripple::Merge, &plat, &plat.base, &[&arch]);
    assert_eq!(base, tip(&kit, &arch));
    assert_eq!(ahead(&kit, &plat, &base), 3, "two of its own and the merge");
    squash(&plat, &base);
    assert_eq!(ahead(&kit, &plat, &base), 1);
    assert_eq!(in_tree(&plat, &["diff", "--name-only", &base.0, "HEAD"]), "plat.txt\nsrc/a.txt");
    // A branch without work of its own simply follows.
    let net = kit.worktree("NET", "agent-net");
    let base = ripple(&kit, Ripple::Merge, &net, &net.base, &[&plat]);
    assert_eq!(tip(&kit, &net), base);
}

#[test]
fn several_upstreams_become_one_base_without_touching_anybody() {
    let (kit, arch, plat) = two();
    ripple(&kit, Ripple::Rebase, &plat, &plat.base, &[&arch]);
    let sec = kit.work("SEC", |at| write(&at.join("sec.txt"), "sec\n"));
    let net = kit.work("NET", |at| write(&at.join("net.txt"), "net\n"));
    let tips = [&arch, &plat, &sec].map(|w| tip(&kit, w));
    let plan = plan(&kit, Ripple::Rebase, &net, &net.base, &[&arch, &plat, &sec]);
    let (base, new) = made(&kit, &plan);
    assert_eq!(made(&kit, &plan), (base.clone(), new), "the same plan gives the same commits");
    let base_again = ripple(&kit, Ripple::Rebase, &net, &net.base, &[&arch, &plat, &sec]);
    assert_eq!(base_again, base);
    // ARCH is in PLAT already: one merge is enough.
    let parents = kit.git(&["show", "-s", "--format=%P", &base.0]);
    assert_eq!(parents, format!("{} {}", tips[1], tips[2]));
    assert_eq!(ahead(&kit, &net, &base), 1);
    assert_eq!([&arch, &plat, &sec].map(|w| tip(&kit, w)), tips);
}

#[test]
fn a_conflict_changes_nothing() {
    let kit = Kit::new();
    let arch = kit.work("ARCH", |at| write(&at.join("src/a.txt"), &edited(20, 5, "arch")));
    let plat = kit.work("PLAT", |at| write(&at.join("src/a.txt"), &edited(20, 5, "plat")));
    let net = kit.work("NET", |at| write(&at.join("net.txt"), "net\n"));
    let before = (kit.refs(), kit.objects());
    for how in [Ripple::Rebase, Ripple::Merge] {
        let built = build_ripple(&kit.top, &plan(&kit, how, &plat, &plat.base, &[&arch])).unwrap();
        let paths = vec!["src/a.txt (content)".to_owned()];
        assert_eq!(built, RippleBuilt::Conflict { between: "PLAT and ARCH".into(), paths });
        let built = build_ripple(&kit.top, &plan(&kit, how, &net, &net.base, &[&arch, &plat])).unwrap();
        assert!(matches!(built, RippleBuilt::Conflict { between, .. } if between == "ARCH and PLAT"));
    }
    assert_eq!((kit.refs(), kit.objects()), before);
    let mut stale = plan(&kit, Ripple::Rebase, &net, &net.base, &[&arch]);
    stale.old = net.base.clone();
    assert!(matches!(build_ripple(&kit.top, &stale), Err(Error::BranchMoved { .. })));
}

#[test]
fn uncommitted_and_untracked_files_are_never_written_over() {
    let (kit, arch, plat) = two();
    let plan = plan(&kit, Ripple::Rebase, &plat, &plat.base, &[&arch]);
    let (_, new) = made(&kit, &plan);
    let go = || move_branch(&kit.top, &plat.path, &plat.branch, &plan.old, &new).unwrap();
    let stays = |file: &str, text: &str| {
        write(&plat.path.join(file), text);
        assert!(matches!(go(), Applied::InTheWay { files, .. } if files == [file]), "{file}");
        assert_eq!(fs::read_to_string(plat.path.join(file)).unwrap(), text);
        assert_eq!(tip(&kit, &plat), plan.old);
    };
    stays("plat.txt", "being written");
    in_tree(&plat, &["checkout", "-q", "plat.txt"]);
    stays("types.txt", "somebody's own");
    fs::remove_file(plat.path.join("types.txt")).unwrap();
    // What is in nobody's way stays where it is.
    write(&plat.path.join("notes.txt"), "notes");
    assert_eq!(go(), Applied::Moved);
    assert_eq!(fs::read_to_string(plat.path.join("notes.txt")).unwrap(), "notes");
    assert_eq!(go(), Applied::Moved, "done is done");
    in_tree(&plat, &["checkout", "-q", "--detach"]);
    let off = move_branch(&kit.top, &plat.path, &plat.branch, &plan.old, &new);
    assert!(matches!(off, Err(Error::OffBranch { .. })), "{off:?}");
}

#[test]
fn a_branch_that_moves_meanwhile_is_left_as_it_is() {
    let (kit, arch, plat) = two();
    let plan = plan(&kit, Ripple::Rebase, &plat, &plat.base, &[&arch]);
    let (_, new) = made(&kit, &plan);
    let (top, name, to) = (kit.top.clone(), format!("refs/heads/{}", plat.branch), plat.base.clone());
    on_between(move || {
        git_in(&top, &["update-ref", &name, &to.0]).unwrap();
    });
    let moved = move_branch(&kit.top, &plat.path, &plat.branch, &plan.old, &new).unwrap();
    assert_eq!(moved, Applied::Elsewhere { expected: plan.old.clone(), found: plat.base.clone() });
    kit.git(&["update-ref", &format!("refs/heads/{}", plat.branch), &plan.old.0]);
    settled(&kit, &plat, &plan.old);
}

/// One thing git writes into a worktree.
type Write<'a> = &'a dyn Fn(&Path);

#[test]
fn a_crash_at_any_point_is_finished_or_undone() {
    let steps: [Write; 3] = [
        &|at| fs::remove_file(at.join("src/a.txt")).unwrap(),
        &|at| write(&at.join("src/a.txt"), "line 1\nar"),
        &|at| write(&at.join("types.txt"), "a\nb\nc\n"),
    ];
    for done in 0..=steps.len() {
        let (kit, arch, plat) = two();
        let plan = plan(&kit, Ripple::Rebase, &plat, &plat.base, &[&arch]);
        let (_, new) = made(&kit, &plan);
        let recover = || recover_branch(&kit.top, &plat.path, &plat.branch, &plan.old, &new).unwrap();
        assert_eq!(recover(), Recovered::Restored, "before anything was written");
        let admin = in_tree(&plat, &["rev-parse", "--absolute-git-dir"]);
        write(&Path::new(&admin).join("orchestra.applying"), "1");
        write(&Path::new(&admin).join("index.lock"), "half an index");
        steps[..done].iter().for_each(|step| step(&plat.path));
        assert_eq!(recover(), Recovered::Restored, "after {done} steps");
        settled(&kit, &plat, &plan.old);
        // All files, but not the branch.
        write(&Path::new(&admin).join("orchestra.applying"), "1");
        in_tree(&plat, &["read-tree", "-m", "-u", &plan.old.0, &new.0]);
        assert_eq!(recover(), Recovered::Moved);
        assert_eq!(recover(), Recovered::Moved, "repeating it is harmless");
        settled(&kit, &plat, &new);
        assert_eq!(kit.status(), "", "the user's own files have nothing to do with it");
    }
}

/// ARCH, PLAT on it and NET on both, enhanced one after the other with ripple, and their bases.
fn enhanced(how: Ripple) -> (Kit, [Worktree; 3], [Oid; 3]) {
    let kit = Kit::new();
    let arch = kit.work("ARCH", |at| write(&at.join("src/a.txt"), &edited(20, 3, "arch")));
    write(&arch.path.join("types.txt"), "a\nb\n");
    commit(&arch.path, "types");
    let plat = kit.worktree("PLAT", "agent-plat");
    let on_arch = ripple(&kit, how, &plat, &plat.base, &[&arch]);
    write(&plat.path.join("src/a.txt"), &edited(20, 3, "arch").replace("line 15\n", "plat\n"));
    commit(&plat.path, "plat one");
    write(&plat.path.join("plat.txt"), "plat\n");
    commit(&plat.path, "plat two");
    let net = kit.worktree("NET", "agent-net");
    let on_both = ripple(&kit, how, &net, &net.base, &[&arch, &plat]);
    write(&net.path.join("net.txt"), "net\n");
    commit(&net.path, "net");
    let bases = [arch.base.clone(), on_arch, on_both];
    (kit, [arch, plat, net], bases)
}

/// What the train of the three gives as files of the target.
fn train(kit: &Kit, [arch, plat, net]: &[Worktree; 3]) -> Option<String> {
    match build(&kit.top, &kit.plan(&[arch, plat, net])).unwrap() {
        Built::Clean { result, .. } => Some(kit.oid(&format!("{result}^{{tree}}")).0),
        Built::Conflict { .. } => None,
    }
}

#[test]
fn squashed_branches_that_were_rippled_merge_clean_and_to_the_same_files() {
    for how in [Ripple::Rebase, Ripple::Merge] {
        let (kit, all, bases) = enhanced(how);
        let expected = kit.oid(&format!("{}^{{tree}}", tip(&kit, &all[2]))).0;
        // All at once: PLAT and NET still stand on what ARCH was before it was squashed.
        for (w, base) in all.iter().zip(&bases) {
            squash(w, base);
            assert_eq!(ahead(&kit, w, base), 1);
        }
        assert_eq!(train(&kit, &all).as_ref(), Some(&expected), "{how:?}");
    }
}

#[test]
fn wrapped_up_in_stages_even_work_on_upstream_lines_merges_clean() {
    for how in [Ripple::Rebase, Ripple::Merge] {
        let (kit, all, bases) = enhanced(how);
        let [arch, plat, net] = &all;
        // PLAT goes on in the very lines that ARCH added.
        write(&plat.path.join("types.txt"), "a, better\nb\n");
        commit(&plat.path, "better");
        squash(arch, &bases[0]);
        let base = ripple(&kit, how, plat, &bases[1], &[arch]);
        assert_eq!(base, tip(&kit, arch), "on what ARCH is now");
        squash(plat, &base);
        let base = ripple(&kit, how, net, &bases[2], &[arch, plat]);
        squash(net, &base);
        assert_eq!(ahead(&kit, net, &base), 1);
        let expected = kit.oid(&format!("{}^{{tree}}", tip(&kit, net))).0;
        assert_eq!(train(&kit, &all), Some(expected), "{how:?}");
        assert_eq!(fs::read_to_string(net.path.join("types.txt")).unwrap(), "a, better\nb\n");
    }
}
