//! The three ways to find out what is uncommitted say the same.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;

use crate::git::status::all_ways;
use crate::git::testkit::{Kit, git_in};

/// Asks in every way, and what git itself prints.
fn agree(kit: &Kit, what: &str) {
    let [quick, by_git, by_library] = all_ways(&kit.top);
    let quick = quick.unwrap_or_else(|| panic!("{what}: not sure"));
    assert_eq!(Some(&quick), by_git.as_ref(), "{what}");
    // libgit2 has one word for a path that is no longer tracked and still there.
    let mut once = quick;
    once.untracked.retain(|path| !once.changed.contains(path));
    let mut by_library = by_library.unwrap_or_else(|| panic!("{what}: libgit2 failed"));
    by_library.changed.sort();
    by_library.untracked.sort();
    assert_eq!(once, by_library, "{what}");
}

#[test]
fn they_agree_whatever_happens_to_files() {
    let kit = Kit::new();
    kit.write(".gitignore", "*.o\n/build/\n!keep.o\n");
    kit.write("src/deep/er/x.txt", "x\n");
    kit.write("src-more/y.txt", "y\n");
    kit.write("run.sh", "#!/bin/sh\n");
    kit.write("empty", "");
    symlink("README.md", kit.top.join("link")).unwrap();
    kit.commit("more");
    agree(&kit, "clean");
    type Change<'a> = (&'a str, &'a dyn Fn(&Path));
    let put = |path: &'static str, text: &'static str| {
        move |top: &Path| {
            fs::create_dir_all(top.join(path).parent().unwrap()).unwrap();
            fs::write(top.join(path), text).unwrap();
        }
    };
    let git = |args: &'static [&'static str]| move |top: &Path| drop(git_in(top, args).unwrap());
    let changes: &[Change] = &[
        ("changed", &put("src/a.txt", "new\n")),
        ("same size", &put("src/deep/er/x.txt", "z\n")),
        ("written again", &|top| {
            let text = fs::read(top.join("src/b.txt")).unwrap();
            fs::write(top.join("src/b.txt"), text).unwrap();
        }),
        ("untracked", &put("new.txt", "n\n")),
        ("untracked folder", &put("fresh/a/b.txt", "n\n")),
        ("ignored", &put("build/out", "n\n")),
        ("ignored file in untracked folder", &put("objects/a.o", "n\n")),
        ("kept file in untracked folder", &put("kept/keep.o", "n\n")),
        ("empty folder", &|top| fs::create_dir(top.join("void")).unwrap()),
        ("beside a tracked folder", &put("src.txt", "n\n")),
        ("removed", &|top| fs::remove_file(top.join("run.sh")).unwrap()),
        ("staged removal", &git(&["rm", "-q", "--cached", "README.md"])),
        ("staged", &git(&["add", "new.txt"])),
        ("staged and put back", &|top| {
            fs::write(top.join("empty"), "full").unwrap();
            git_in(top, &["add", "empty"]).unwrap();
            fs::write(top.join("empty"), "").unwrap();
        }),
        ("mode", &|top| {
            fs::set_permissions(top.join("src/b.txt"), fs::Permissions::from_mode(0o755)).unwrap();
        }),
        ("link elsewhere", &|top| {
            fs::remove_file(top.join("link")).unwrap();
            symlink("src", top.join("link")).unwrap();
        }),
        ("folder moved behind a link", &|top| {
            fs::rename(top.join("src-more"), top.parent().unwrap().join("away")).unwrap();
            symlink(top.parent().unwrap().join("away"), top.join("src-more")).unwrap();
        }),
        ("folder became a file", &|top| {
            fs::remove_dir_all(top.join("src/deep")).unwrap();
            fs::write(top.join("src/deep"), "f").unwrap();
        }),
        ("intended", &git(&["add", "-N", "src.txt"])),
        ("assumed", &git(&["update-index", "--assume-unchanged", "src/a.txt"])),
        ("committed", &git(&["commit", "-q", "-m", "some"])),
    ];
    for (what, change) in changes {
        change(&kit.top);
        agree(&kit, what);
        // What git writes into its index at a look changes nothing.
        kit.git(&["status"]);
        agree(&kit, what);
    }
}

#[test]
fn line_ends_and_conflicts_are_taken_into_account() {
    let kit = Kit::new();
    kit.write(".gitattributes", "*.txt text eol=crlf\n");
    kit.git(&["add", "-A"]);
    kit.commit("ends");
    fs::remove_file(kit.top.join("src/a.txt")).unwrap();
    kit.git(&["checkout", "-q", "--", "src/a.txt"]);
    assert!(kit.read("src/a.txt").contains("\r\n"));
    agree(&kit, "written with other line ends");
    let text = kit.read("src/a.txt");
    kit.write("src/a.txt", &text);
    agree(&kit, "the same again");
    kit.git(&["checkout", "-q", "-b", "other"]);
    kit.write("README.md", "other\n");
    kit.commit("other");
    kit.git(&["checkout", "-q", "main"]);
    kit.write("README.md", "mine\n");
    kit.commit("mine");
    git_in(&kit.top, &["merge", "other"]).unwrap_err();
    agree(&kit, "conflict");
}
