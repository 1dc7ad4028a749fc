//! Merges that engines see in different ways, one by one, each beside what `git merge` does in a checkout.

use std::fs;
use std::path::Path;

use crate::domain::review::{ConflictKind, Engines};
use crate::domain::train::{Built, Stuck};
use crate::git::merge::Means;
use crate::git::testkit::{Kit, commit, edited, git_in, numbered, set_user_config, write};
use crate::git::{Worktree, build_by};

/// What each of two branches does to the base.
type Edits<'a> = [&'a dyn Fn(&Path); 2];

/// What a train of branches gives, each made by an edit on the same base.
struct Case {
    kit: Kit,
    works: Vec<Worktree>,
}

impl Case {
    fn new(base: impl FnOnce(&Path), edits: Edits<'_>) -> Self {
        let kit = Kit::new();
        base(&kit.top);
        kit.commit("base");
        let works = ["ONE", "TWO"].iter().zip(edits).map(|(name, edit)| kit.work(name, edit)).collect();
        Self { kit, works }
    }

    fn built(&self, means: &Means) -> Built {
        let all: Vec<&Worktree> = self.works.iter().collect();
        build_by(&self.kit.top, &self.kit.plan(&all), means).unwrap()
    }

    /// That it merges, to the tree that `git merge` makes with these settings; who says so.
    #[track_caller]
    fn clean(&self, means: &Means, settings: &[&str]) -> Engines {
        let Built::Clean { steps, result, .. } = self.built(means) else { panic!("{:?}", self.built(means)) };
        for w in &self.works {
            self.merge(w, settings).unwrap();
        }
        let tree = |rev: &str| self.kit.git(&["rev-parse", &format!("{rev}^{{tree}}")]);
        assert_eq!(tree(&result.0), tree("HEAD"));
        steps.into_iter().next_back().unwrap().engines
    }

    /// That the second step does not merge, with git either.
    #[track_caller]
    fn stuck(&self) -> Stuck {
        let built = self.built(&Means::default());
        let Built::Conflict(stuck) = built else { panic!("{built:?}") };
        assert_eq!(stuck.steps.len(), 1);
        self.merge(&self.works[0], &[]).unwrap();
        self.merge(&self.works[1], &[]).unwrap_err();
        stuck
    }

    /// As [`Self::stuck`], at one path: its kind, the path, other names, and the judges.
    #[track_caller]
    fn one(&self) -> (ConflictKind, String, Vec<String>, Engines) {
        let stuck = self.stuck();
        assert_eq!(stuck.conflicts.len(), 1, "{:?}", stuck.conflicts);
        let first = stuck.conflicts.into_iter().next().unwrap();
        (first.kind, first.path, first.also, stuck.engines)
    }

    fn merge(&self, w: &Worktree, settings: &[&str]) -> Result<String, String> {
        let mut args: Vec<&str> = settings.iter().flat_map(|s| ["-c", s]).collect();
        args.extend(["merge", "-q", "--no-ff", "-m", "x", &w.branch]);
        git_in(&self.kit.top, &args)
    }
}

fn disagree(text: &str) -> Engines {
    Engines::Disagree(text.into())
}

fn none(at: &Path) {
    write(&at.join("base"), "");
}

fn names(all: &[&str]) -> Vec<String> {
    all.iter().map(|n| (*n).to_owned()).collect()
}

fn rename(at: &Path, from: &str, to: &str) {
    fs::create_dir_all(at.join(to).parent().unwrap()).unwrap();
    fs::rename(at.join(from), at.join(to)).unwrap();
}

#[test]
fn a_file_added_to_a_folder_that_the_other_side_renamed() {
    let case =
        Case::new(none, [&|at| rename(at, "src", "lib"), &|at| write(&at.join("src/new.txt"), "new\n")]);
    let engines = disagree("libgit2 merges it without a conflict");
    assert_eq!(
        case.one(),
        (ConflictKind::FileLocation, "lib/new.txt".into(), names(&["src/new.txt"]), engines)
    );
}

#[test]
fn both_rename_a_file_alike_and_edit_it_apart() {
    let edit = |line: u32| {
        move |at: &Path| {
            rename(at, "src/a.txt", "src/moved.txt");
            write(&at.join("src/moved.txt"), &edited(20, line, "edited"));
        }
    };
    let case = Case::new(none, [&edit(3), &edit(17)]);
    let engines = case.clean(&Means::default(), &[]);
    assert_eq!(engines, disagree("libgit2 sees conflicts in src/a.txt, src/moved.txt"));
}

#[test]
fn more_renames_with_edits_than_libgit2_looks_for() {
    const MANY: u32 = 1200;
    let text = |n: u32, top: &str, end: &str| format!("{top}\n{}{end} of {n}\n", numbered(10));
    let base =
        |at: &Path| (0..MANY).for_each(|n| write(&at.join(format!("old/{n}.txt")), &text(n, "top", "end")));
    let case = Case::new(
        base,
        [
            &|at| {
                rename(at, "old", "new");
                (0..MANY).for_each(|n| write(&at.join(format!("new/{n}.txt")), &text(n, "changed", "end")));
            },
            &|at| {
                (0..MANY).for_each(|n| write(&at.join(format!("old/{n}.txt")), &text(n, "top", "other end")))
            },
        ],
    );
    assert!(
        matches!(case.clean(&Means::default(), &[]), Engines::Disagree(why) if why.contains("and others"))
    );
}

#[test]
fn union_joins_both_sides_and_is_read_from_the_tree_merged_into() {
    let base = |at: &Path| write(&at.join(".gitattributes"), "*.txt merge=union\n");
    let add = |text: &'static str| move |at: &Path| write(&at.join("src/a.txt"), &edited(20, 9, text));
    let case = Case::new(base, [&add("one"), &add("two")]);
    // What lies about in the target's checkout does not count: it may be anybody's.
    fs::remove_file(case.kit.top.join(".gitattributes")).unwrap();
    let built = case.built(&Means::default());
    assert!(matches!(&built, Built::Clean { steps, .. } if steps[1].engines == Engines::Agree), "{built:?}");
    case.kit.git(&["checkout", "-q", "--", "."]);
    assert_eq!(case.clean(&Means::default(), &[]), Engines::Agree);
    let case = Case::new(none, [&add("one"), &add("two")]);
    write(&case.kit.top.join(".gitattributes"), "*.txt merge=union\n");
    assert!(matches!(case.built(&Means::default()), Built::Conflict(_)));
    // Attributes that an earlier step brings count for the later ones.
    let case = Case::new(
        none,
        [
            &|at| {
                add("one")(at);
                write(&at.join("src/.gitattributes"), "a.txt merge=union\n");
            },
            &add("two"),
        ],
    );
    assert_eq!(case.clean(&Means::default(), &[]), Engines::Agree);
}

/// Files that a driver named `mine` takes, and both sides changed.
fn driven() -> Case {
    let base = |at: &Path| write(&at.join(".gitattributes"), "a.txt merge=mine\n");
    let add = |text: &'static str| move |at: &Path| write(&at.join("src/a.txt"), &edited(20, 9, text));
    Case::new(base, [&add("one"), &add("two")])
}

#[test]
fn a_driver_runs_from_the_users_own_configuration_and_from_no_repositorys() {
    let case = driven();
    let mark = case.kit.beside("ran");
    let command = format!("touch '{}' && cp %B %A", mark.display());
    let setting = format!("merge.mine.driver={command}");
    case.kit.git(&["config", "merge.mine.driver", &command]);
    let Built::Conflict(stuck) = case.built(&Means::default()) else { panic!("merged") };
    assert_eq!((stuck.conflicts[0].kind, mark.exists()), (ConflictKind::Content, false));
    // As `orchestra.toml` names it.
    let means = Means { drivers: [("mine".to_owned(), command.clone())].into(), ..Means::default() };
    let Built::Clean { .. } = case.built(&means) else { panic!("stuck") };
    assert!(mark.exists());
    // As the user's own git has it.
    let case = driven();
    let file = case.kit.beside("gitconfig");
    write(&file, &format!("[merge \"mine\"]\n\tdriver = \"{command}\"\n"));
    set_user_config(&file);
    let engines = case.clean(&Means::default(), &[&setting]);
    assert!(matches!(&engines, Engines::Git(why) if why.contains("the merge driver mine")), "{engines:?}");
}

#[test]
fn settings_of_the_user_that_change_merges_are_git_s_too() {
    let file = tempfile::NamedTempFile::new().unwrap();
    let crlf = |at: &Path| write(&at.join("src/a.txt"), &numbered(20).replace('\n', "\r\n"));
    let text = |at: &Path| {
        write(&at.join(".gitattributes"), "*.txt text\n");
        write(&at.join("src/a.txt"), &edited(20, 9, "one"));
    };
    let case = Case::new(none, [&text, &crlf]);
    let Built::Conflict(_) = case.built(&Means::default()) else { panic!("merged") };
    fs::write(file.path(), "[merge]\n\trenormalize = true\n").unwrap();
    set_user_config(file.path());
    let engines = case.clean(&Means::default(), &["merge.renormalize=true"]);
    assert_eq!(engines, disagree("libgit2 sees conflicts in src/a.txt"));
    // A file added to a folder that the other side renamed: left, or moved along.
    let says = [("false", Engines::Agree), ("true", disagree("libgit2 makes another tree of it"))];
    for (value, engines) in says {
        fs::write(file.path(), format!("[merge]\n\tdirectoryRenames = {value}\n")).unwrap();
        let case =
            Case::new(none, [&|at| rename(at, "src", "lib"), &|at| write(&at.join("src/new.txt"), "new\n")]);
        assert_eq!(case.clean(&Means::default(), &[&format!("merge.directoryRenames={value}")]), engines);
    }
}

#[test]
fn submodules_are_judged_by_git() {
    let at = |id: &'static str| {
        move |path: &Path| {
            write(&path.join(".gitmodules"), "[submodule \"sub\"]\n\tpath = sub\n\turl = ./sub\n");
            git_in(path, &["update-index", "--add", "--cacheinfo", &format!("160000,{id},sub")]).unwrap();
            git_in(path, &["add", ".gitmodules"]).unwrap();
            git_in(path, &["commit", "-q", "-m", "sub"]).unwrap();
            fs::create_dir_all(path.join("sub")).unwrap();
            write(&path.join(format!("note-{}", &id[..1])), "");
        }
    };
    let (a, b, c) =
        ("a".repeat(40).leak() as &str, "b".repeat(40).leak() as &str, "c".repeat(40).leak() as &str);
    let one_side = Case::new(at(a), [&at(b), &|p| write(&p.join("x"), "")]);
    let engines = one_side.clean(&Means::default(), &[]);
    assert!(matches!(&engines, Engines::Git(why) if why.contains("submodules")), "{engines:?}");
    let both = Case::new(at(a), [&at(b), &at(c)]);
    let (kind, path, _, engines) = both.one();
    assert_eq!((kind, path.as_str()), (ConflictKind::Submodule, "sub"));
    assert!(matches!(engines, Engines::Git(_)));
}

#[test]
fn what_all_engines_see_alike() {
    let edit = |line: u32, text: &'static str| {
        move |at: &Path| write(&at.join("src/a.txt"), &edited(20, line, text))
    };
    let clean: [Edits<'_>; 4] = [
        [&|at| rename(at, "src/a.txt", "b/c.txt"), &edit(9, "two")],
        [&|at| chmod(at, "src/a.txt"), &edit(9, "two")],
        [&|at| link(at, "to", "link"), &edit(9, "two")],
        [&edit(9, "same"), &edit(9, "same")],
    ];
    for edits in clean {
        assert_eq!(Case::new(none, edits).clean(&Means::default(), &[]), Engines::Agree);
    }
}

fn chmod(at: &Path, path: &str) {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(at.join(path), fs::Permissions::from_mode(0o755)).unwrap();
}

fn link(at: &Path, to: &str, path: &str) {
    let _ = fs::remove_file(at.join(path));
    std::os::unix::fs::symlink(to, at.join(path)).unwrap();
}

#[test]
fn every_kind_of_conflict_has_its_name() {
    let edit = |line: u32, text: &'static str| {
        move |at: &Path| write(&at.join("src/a.txt"), &edited(20, line, text))
    };
    let gone = |at: &Path| fs::remove_file(at.join("src/a.txt")).unwrap();
    let to = |name: &'static str| move |at: &Path| rename(at, "src/a.txt", name);
    let bytes = |b: u8| move |at: &Path| fs::write(at.join("blob"), [0, 1, b]).unwrap();
    let cases: [(ConflictKind, &str, &[&str], Edits<'_>); 11] = [
        (ConflictKind::Content, "src/a.txt", &[], [&edit(9, "one"), &edit(10, "two")]),
        (ConflictKind::ModifyDelete, "src/a.txt", &[], [&edit(9, "one"), &gone]),
        (ConflictKind::ModifyDelete, "src/a.txt", &[], [&gone, &edit(9, "two")]),
        (
            ConflictKind::AddAdd,
            "n",
            &[],
            [&|at| write(&at.join("n"), "1\n"), &|at| write(&at.join("n"), "2\n")],
        ),
        (ConflictKind::RenameRename, "src/a.txt", &["x", "y"], [&to("x"), &to("y")]),
        (ConflictKind::RenameDelete, "x", &["src/a.txt"], [&to("x"), &gone]),
        (ConflictKind::RenameDelete, "x", &["src/a.txt"], [&gone, &to("x")]),
        (ConflictKind::Binary, "blob", &[], [&bytes(7), &bytes(8)]),
        (
            ConflictKind::DirectoryFile,
            "p",
            &[],
            [&|at| write(&at.join("p"), "file\n"), &|at| write(&at.join("p/q"), "in a folder\n")],
        ),
        (ConflictKind::Content, "link", &[], [&|at| link(at, "one", "link"), &|at| link(at, "two", "link")]),
        (ConflictKind::Mode, "src/a.txt", &[], [&|at| link(at, "to", "src/a.txt"), &edit(9, "two")]),
    ];
    for (kind, path, also, edits) in cases {
        let base = |at: &Path| {
            fs::write(at.join("blob"), [0, 1, 2]).unwrap();
            link(at, "base", "link");
        };
        let case = Case::new(base, edits);
        let (found, at, others, engines) = case.one();
        assert_eq!((found, at.as_str(), others), (kind, path, names(also)), "{engines:?}");
    }
}

#[test]
fn two_renamed_to_one_name_and_a_criss_cross_are_told() {
    let base = |at: &Path| {
        write(&at.join("x"), &numbered(9).replace("line", "x"));
        write(&at.join("y"), &numbered(9).replace("line", "y"));
    };
    let case = Case::new(base, [&|at| rename(at, "x", "both"), &|at| rename(at, "y", "both")]);
    let stuck = case.stuck();
    assert!(stuck.conflicts.iter().any(|c| c.path == "both"), "{:?}", stuck.conflicts);
    // Each takes the other's first commit in, so that they have two bases.
    let case = Case::new(
        none,
        [&|at| write(&at.join("src/a.txt"), &edited(20, 2, "one")), &|at| {
            write(&at.join("src/a.txt"), &edited(20, 18, "two"))
        }],
    );
    let tip = |n: usize| case.kit.oid(&format!("refs/heads/{}", case.works[n].branch)).0;
    let (one, two) = (tip(0), tip(1));
    for (n, other) in [(0, &two), (1, &one)] {
        git_in(&case.works[n].path, &["merge", "-q", "-m", "x", other]).unwrap();
        write(&case.works[n].path.join(format!("later-{n}")), "");
        commit(&case.works[n].path, "later");
    }
    assert_eq!(case.clean(&Means::default(), &[]), Engines::Agree);
}
