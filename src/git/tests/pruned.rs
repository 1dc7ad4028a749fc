//! Merging only what changed gives what libgit2 gives of whole trees.

use git2::{MergeOptions, Oid, Repository};
use proptest::prelude::*;

use crate::git::merge::{Merged, Merger, in_memory};
use crate::git::testkit::{Kit, numbered};

/// Few names, so that sides meet: files, folders of the same name, names that sort between.
const NAMES: [&str; 14] =
    ["a", "a-b", "a/b", "a/c", "a/d/e", "b", "b.txt", "b/x", "c", "c/deep/er/est", "d", "d/ü", "e e", "z"];

/// What one side does at a name.
#[derive(Clone, Copy, Debug)]
enum Act {
    Write(u8),
    Edit(u8),
    Remove,
    Mode,
    Link,
    Move(u8),
}

fn act() -> impl Strategy<Value = (usize, Act)> {
    let what = prop_oneof![
        2 => (0u8..6).prop_map(Act::Write),
        6 => (0u8..20).prop_map(Act::Edit),
        2 => Just(Act::Remove),
        1 => Just(Act::Mode),
        1 => Just(Act::Link),
        3 => (0u8..14).prop_map(Act::Move),
    ];
    (0..NAMES.len(), what)
}

type Files = std::collections::BTreeMap<&'static str, (String, i32)>;

/// Puts a file, taking away what cannot be beside it.
fn put(files: &mut Files, name: &'static str, file: (String, i32)) {
    files.retain(|other, _| {
        !other.starts_with(&format!("{name}/")) && !name.starts_with(&format!("{other}/"))
    });
    files.insert(name, file);
}

fn side(base: &Files, acts: &[(usize, Act)]) -> Files {
    let mut files = base.clone();
    for (at, act) in acts {
        let name = NAMES[*at];
        let old = files.get(name).cloned();
        match (act, old) {
            (Act::Write(n), _) => {
                let text = if *n == 0 { String::new() } else { format!("file {n}\n{}", numbered(12)) };
                put(&mut files, name, (text, 0o100_644));
            }
            (Act::Edit(n), Some((text, mode))) => {
                let line = format!("line {n}\n");
                files.insert(name, (text.replace(&line, &format!("edited {at}\n")), mode));
            }
            (Act::Remove, _) => drop(files.remove(name)),
            (Act::Mode, Some((text, _))) => drop(files.insert(name, (text, 0o100_755))),
            (Act::Link, Some(_)) => put(&mut files, name, ("b".into(), 0o120_000)),
            (Act::Move(to), Some(file)) => {
                files.remove(name);
                put(&mut files, NAMES[usize::from(*to)], file);
            }
            _ => {}
        }
    }
    files
}

fn base() -> Files {
    let names = ["a/b", "a/c", "a/d/e", "b", "c", "d/ü", "e e"];
    names.iter().map(|n| (*n, (format!("of {n}\n{}", numbered(20)), 0o100_644))).collect()
}

fn tree(repo: &Repository, files: &Files) -> Oid {
    let mut index = git2::Index::new().unwrap();
    for (name, (text, mode)) in files {
        let id = repo.blob(text.as_bytes()).unwrap();
        let time = git2::IndexTime::new(0, 0);
        let entry = git2::IndexEntry {
            ctime: time,
            mtime: time,
            dev: 0,
            ino: 0,
            mode: u32::try_from(*mode).unwrap(),
            uid: 0,
            gid: 0,
            file_size: 0,
            id,
            flags: 0,
            flags_extended: 0,
            path: name.as_bytes().to_vec(),
        };
        index.add(&entry).unwrap();
    }
    index.write_tree_to(repo).unwrap()
}

/// What libgit2 says of whole trees: the tree, or the paths in conflict; and whether its index holds a file and
/// a folder of one name, which it does not always notice.
fn whole(repo: &Repository, [base, ours, theirs]: [Oid; 3]) -> (Result<Oid, Vec<Vec<u8>>>, bool) {
    let find = |t| repo.find_tree(t).unwrap();
    let mut how = MergeOptions::new();
    how.find_renames(true).target_limit(1000);
    let mut index = repo.merge_trees(&find(base), &find(ours), &find(theirs), Some(&how)).unwrap();
    let paths: Vec<Vec<u8>> = index.iter().map(|e| e.path).collect();
    let clash = paths.iter().any(|p| paths.iter().any(|q| q.starts_with(&[p, &b"/"[..]].concat())));
    if index.has_conflicts() {
        let mut stuck: Vec<Vec<u8>> =
            index.iter().filter(|e| e.flags & 0x3000 != 0).map(|e| e.path).collect();
        stuck.dedup();
        return (Err(stuck), clash);
    }
    (Ok(index.write_tree_to(repo).unwrap()), clash)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]
    #[test]
    fn merging_what_changed_is_merging_all(
        ours in prop::collection::vec(act(), 0..6),
        theirs in prop::collection::vec(act(), 0..6),
    ) {
        thread_local! { static KIT: Kit = Kit::new(); }
        let checked = KIT.with(|kit| in_memory(&kit.top, |repo| {
            let all = [base(), side(&base(), &ours), side(&base(), &theirs)];
            let [b, o, t] = [0, 1, 2].map(|i| tree(repo, &all[i]));
            let (expected, clash) = whole(repo, [b, o, t]);
            let found = Merger::new(repo)?.trees(b, o, t)?;
            Ok((expected, clash, found))
        })).unwrap();
        match checked {
            (Ok(_), true, found) => prop_assert!(matches!(found, Merged::Conflict(_)), "{found:?}"),
            (Ok(tree), false, found) => prop_assert_eq!(found, Merged::Clean(tree)),
            (Err(paths), _, found) => {
                let Merged::Conflict(conflicts) = found else { return Err(TestCaseError::fail("clean")) };
                let mut named: Vec<Vec<u8>> = conflicts
                    .iter()
                    .flat_map(|c| std::iter::once(&c.path).chain(&c.also).map(|p| p.clone().into_bytes()))
                    .collect();
                named.sort();
                named.dedup();
                prop_assert_eq!(named, paths);
            }
        }
    }
}
