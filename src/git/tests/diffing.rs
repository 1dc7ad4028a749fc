//! What a branch changes, as it is read.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};

use crate::domain::diff::{BranchDiff, Change, Ending, Ink, Kind, LINES_MOST, Sign};
use crate::git::testkit::{Kit, agent, commit, edited, git_in, numbered, write};
use crate::git::{ReviewInput, Wanted, Worktree, diff};

fn input(name: &str, made: &Worktree) -> ReviewInput {
    let (worktree, branch, base) = (made.path.clone(), made.branch.clone(), made.base.clone());
    ReviewInput { agent: agent(name), worktree, branch, base }
}

fn read(kit: &Kit, made: &Worktree, open: bool, path: Option<&str>) -> BranchDiff {
    let of = input("ONE", made);
    diff(&kit.top, &Wanted { of: &of, target: "main", open, path }, &mut |_, _| None).unwrap()
}

#[test]
fn a_change_is_read_line_by_line_from_where_the_branch_left_the_target() {
    let kit = Kit::new();
    kit.write("src/lib.rs", &format!("{}fn last() -> u8 {{ 1 }}\n", numbered(60).replace("line", "// line")));
    kit.commit("source");
    let one = kit.work("ONE", |at| {
        let text = fs::read_to_string(at.join("src/lib.rs")).unwrap();
        let text = text.replace("// line 3\n", "// row 3\n").replace("u8 { 1 }", "u16 { 1 }");
        write(&at.join("src/lib.rs"), &text);
    });
    // What the target does meanwhile is not the branch's.
    kit.write("src/a.txt", "elsewhere\n");
    let left = kit.oid("main");
    kit.commit("of the target");

    let found = read(&kit, &one, false, None);
    assert_eq!((found.base, found.head), (left, kit.oid("agent-one")));
    assert_eq!((found.added, found.removed, found.files.len(), found.more), (2, 2, 1, 0));
    let file = &found.files[0];
    assert_eq!((file.path.as_str(), file.change, file.kind), ("src/lib.rs", Change::Modified, Kind::Text));
    assert_eq!(file.hunks.len(), 2, "{:?}", file.hunks);
    let lines = &file.hunks[0].lines;
    let told: Vec<(Sign, u32, u32, &str)> =
        lines[1..5].iter().map(|l| (l.sign, l.old, l.new, l.text.as_str())).collect();
    let expected = [
        (Sign::Same, 2, 2, "// line 2"),
        (Sign::Removed, 3, 0, "// line 3"),
        (Sign::Added, 0, 3, "// row 3"),
        (Sign::Same, 4, 4, "// line 4"),
    ];
    assert_eq!(told, expected);
    assert_eq!((&lines[2].marks[..], &lines[3].marks[..]), (&[[3, 7]][..], &[[3, 6]][..]));
    assert_eq!(lines[3].inks, [(0, 8, Ink::Comment)]);
    let last = file.hunks[1].lines.last().unwrap();
    assert!(
        last.inks
            .iter()
            .any(|(a, b, ink)| (&last.text[*a as usize..*b as usize], *ink) == ("fn", Ink::Keyword))
    );
}

#[test]
fn files_of_all_kinds_are_shown_as_such() {
    let kit = Kit::new();
    kit.write("moved.txt", &numbered(30));
    kit.write("gone.txt", "gone\n");
    kit.write("run.sh", "echo\n");
    kit.write("crlf.txt", "one\r\ntwo\r\n");
    kit.commit("more");
    let sub = kit.oid("main");
    let one = kit.worktree("ONE", "agent-one");
    let at = &one.path;
    fs::rename(at.join("moved.txt"), at.join("there.txt")).unwrap();
    fs::remove_file(at.join("gone.txt")).unwrap();
    fs::set_permissions(at.join("run.sh"), fs::Permissions::from_mode(0o755)).unwrap();
    write(&at.join("crlf.txt"), "one\r\n2\r\nthree");
    write(&at.join("empty.txt"), "");
    fs::write(at.join("image.png"), b"\x89PNG\0\0\x01").unwrap();
    symlink("README.md", at.join("link")).unwrap();
    write(&at.join("big.bin"), "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 9\n");
    write(&at.join("huge.txt"), &"x".repeat(2 << 20));
    let text = format!("160000,{},vendor", sub.0);
    git_in(at, &["update-index", "--add", "--cacheinfo", &text]).unwrap();
    // What is added next must not take the submodule out again.
    fs::create_dir(at.join("vendor")).unwrap();
    git_in(at, &["add", "--", ".", ":!vendor"]).unwrap();
    git_in(at, &["commit", "-q", "-m", "all kinds"]).unwrap();
    let found = read(&kit, &one, false, None);
    let told: Vec<String> = found
        .files
        .iter()
        .map(|f| {
            format!("{} {} +{} -{} {}", f.change.letter(), f.path, f.added, f.removed, f.remarks().join(", "))
        })
        .collect();
    let expected = [
        "A big.bin +3 -0 LFS pointer",
        "M crlf.txt +2 -1 ",
        "A empty.txt +0 -0 empty",
        "D gone.txt +0 -1 ",
        "A huge.txt +0 -0 too large to be read here; open `git diff`",
        "A image.png +0 -0 binary",
        "A link +1 -0 symbolic link",
        "M run.sh +0 -0 mode 100644 → 100755, content as before",
        "R there.txt +0 -0 was moved.txt, content as before",
        "A vendor +1 -0 submodule",
    ];
    assert_eq!(told, expected);
    let lines = |path: &str| found.file(path).unwrap().hunks[0].lines.clone();
    let crlf: Vec<(String, Ending)> = lines("crlf.txt").into_iter().map(|l| (l.text, l.ending)).collect();
    assert!(
        crlf.contains(&("2".into(), Ending::Crlf)) && crlf.contains(&("three".into(), Ending::None)),
        "{crlf:?}"
    );
    assert_eq!(lines("link")[0].text, "README.md");
    assert_eq!(lines("vendor")[0].text, format!("Subproject commit {}", sub.0));
}

#[test]
fn uncommitted_work_counts_in_where_that_is_asked_for_and_is_not_kept() {
    let kit = Kit::new();
    let one = kit.work("ONE", |at| write(&at.join("src/a.txt"), &edited(20, 3, "committed")));
    write(&one.path.join("src/b.txt"), &edited(20, 5, "open"));
    write(&one.path.join("new.txt"), "new\n");
    let objects = kit.objects();
    let paths = |d: &BranchDiff| d.files.iter().map(|f| f.path.clone()).collect::<Vec<_>>();
    let committed = read(&kit, &one, false, None);
    assert_eq!((paths(&committed), committed.open), (vec!["src/a.txt".to_owned()], false));
    let open = read(&kit, &one, true, None);
    assert_eq!(paths(&open), ["new.txt", "src/a.txt", "src/b.txt"]);
    assert!(open.open && open.head == committed.head && open.why.is_empty());
    assert_eq!(kit.objects(), objects);
    commit(&one.path, "all of it");
    assert!(!read(&kit, &one, true, None).open, "nothing is uncommitted any more");
}

#[test]
fn a_branch_that_was_merged_still_says_what_it_did() {
    let kit = Kit::new();
    let one = kit.work("ONE", |at| write(&at.join("src/a.txt"), &edited(20, 3, "done")));
    kit.git(&["merge", "-q", "--ff-only", "agent-one"]);
    let found = read(&kit, &one, false, None);
    assert_eq!((found.files.len(), found.base), (1, one.base.clone()));
}

#[test]
fn much_is_cut_short_and_read_file_by_file() {
    let kit = Kit::new();
    let one = kit.work("ONE", |at| {
        write(&at.join("a.txt"), &numbered(5_000));
        write(&at.join("b.txt"), &numbered(5_000));
        write(&at.join("c.txt"), "c\n");
    });
    let all = read(&kit, &one, false, None);
    let shown = |d: &BranchDiff, n: usize| d.files[n].hunks.iter().map(|h| h.lines.len()).sum::<usize>();
    assert_eq!([0, 1, 2].map(|n| shown(&all, n)), [5_000, LINES_MOST - 5_000, 0]);
    assert_eq!([0, 1, 2].map(|n| all.files[n].more), [0, 4_000, 1]);
    assert_eq!(all.added, 10_001);
    let json = serde_json::to_string(&all).unwrap().len();
    assert!(json < 1 << 20, "{json}");
    let only = read(&kit, &one, false, Some("c.txt"));
    assert_eq!([0, 1, 2].map(|n| shown(&only, n)), [0, 0, 1]);
    let mut both = all.clone();
    both.take(only);
    assert_eq!([0, 1, 2].map(|n| shown(&both, n)), [5_000, 1_000, 1]);
    // The worst text there is still fits a message.
    let two = kit.work("TWO", |at| write(&at.join("q.txt"), &format!("{}\n", "\"".repeat(99)).repeat(9_000)));
    let json = serde_json::to_string(&read(&kit, &two, false, None)).unwrap().len();
    assert!(json < 1 << 20, "{json}");
}

#[test]
fn what_is_known_of_two_commits_is_not_compared_again() {
    let kit = Kit::new();
    let one = kit.work("ONE", |at| write(&at.join("src/a.txt"), "a\n"));
    let first = read(&kit, &one, false, None);
    let of = input("ONE", &one);
    let mut asked = Vec::new();
    let wanted = Wanted { of: &of, target: "main", open: false, path: None };
    let known = diff(&kit.top, &wanted, &mut |base, at| {
        asked.push((base.clone(), at.clone()));
        Some(BranchDiff { added: 99, ..first.clone() })
    });
    assert_eq!(known.unwrap().added, 99);
    assert_eq!(asked, [(first.base.clone(), first.head.clone())]);
}

#[test]
fn no_program_that_the_configuration_names_is_run() {
    let kit = Kit::new();
    let ran = kit.beside("ran");
    let script = kit.beside("evil");
    write(&script, &format!("#!/bin/sh\ntouch {}\ncat \"$1\"\n", ran.display()));
    fs::set_permissions(&script, fs::Permissions::from_mode(0o755)).unwrap();
    let one = kit.work("ONE", |at| {
        write(&at.join(".gitattributes"), "*.txt diff=evil\n");
        write(&at.join("src/a.txt"), &edited(20, 3, "x"));
    });
    let program = script.display().to_string();
    kit.git(&["config", "diff.external", &program]);
    kit.git(&["config", "diff.evil.command", &program]);
    kit.git(&["config", "diff.evil.textconv", &program]);
    write(&one.path.join("src/b.txt"), "open\n");
    let found = read(&kit, &one, true, None);
    assert_eq!(found.files.len(), 3);
    assert!(!ran.exists());
}
