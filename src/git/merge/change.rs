//! What differs between two trees, file by file, without reading what they share.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use git2::{ObjectType, Oid, Repository, Tree, TreeEntry};

use crate::git::Error;
use crate::git::error::git;

/// The deepest path that is read: folders in folders. Git itself stops at 2,048.
pub(super) const MAX_DEPTH: usize = 500;

/// A file, link or submodule in a tree.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(in crate::git) struct Entry {
    /// The blob, or a submodule's commit.
    pub(in crate::git) id: Oid,
    /// One of git's modes: `0o100644`, `0o100755`, `0o120000`, `0o160000`.
    pub(in crate::git) mode: i32,
}

impl Entry {
    /// Whether it is a plain or executable file.
    pub(in crate::git) fn is_file(self) -> bool {
        self.mode & 0o170_000 == 0o100_000
    }

    /// Whether it is a submodule.
    pub(in crate::git) fn is_submodule(self) -> bool {
        self.mode == 0o160_000
    }
}

/// One path before and after.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(in crate::git) struct Change {
    /// What was there.
    pub(in crate::git) old: Option<Entry>,
    /// What is there now.
    pub(in crate::git) new: Option<Entry>,
}

/// All files that differ, by path. A file that became a folder is gone, and the files in the folder are new.
pub(in crate::git) type Changes = BTreeMap<Vec<u8>, Change>;

/// Compares two trees. Folders with the same id are not opened.
pub(in crate::git) fn changes(repo: &Repository, old: Oid, new: Oid) -> Result<Changes, Error> {
    let mut found = Changes::new();
    let mut queue = vec![(Vec::new(), 0, Some(old), Some(new))];
    while let Some((prefix, depth, old, new)) = queue.pop() {
        if old == new {
            continue;
        }
        if depth > MAX_DEPTH {
            return Err(too_deep(&prefix));
        }
        let open = |id: Option<Oid>| {
            id.map(|id| repo.find_tree(id)).transpose().map_err(git("read a tree to compare"))
        };
        let (old, new) = (open(old)?, open(new)?);
        let mut walk = Walk { prefix: &prefix, found: &mut found, below: Vec::new() };
        walk.pair(old.as_ref(), new.as_ref());
        queue.extend(walk.below.into_iter().map(|(path, old, new)| (path, depth + 1, old, new)));
    }
    Ok(found)
}

/// What is said of a path below more folders than are read.
pub(super) fn too_deep(path: &[u8]) -> Error {
    let start = crate::git::open::shown(&path[..path.len().min(60)]);
    git("read a tree")(git2::Error::from_str(&format!("`{start}…` lies below more than {MAX_DEPTH} folders")))
}

/// The order of entries in a tree: as if folders' names ended in `/`.
pub(super) fn order(a: (&[u8], bool), b: (&[u8], bool)) -> Ordering {
    let ended = |(name, folder): (&'_ [u8], bool), at: usize| match name.get(at) {
        Some(byte) => *byte,
        None if folder && at == name.len() => b'/',
        None => 0,
    };
    let shared = a.0.len().min(b.0.len());
    a.0[..shared].cmp(&b.0[..shared]).then_with(|| {
        let next = ended(a, shared).cmp(&ended(b, shared));
        next.then_with(|| a.0.len().cmp(&b.0.len())).then_with(|| a.1.cmp(&b.1))
    })
}

/// One folder of both trees.
struct Walk<'a> {
    prefix: &'a [u8],
    found: &'a mut Changes,
    below: Vec<(Vec<u8>, Option<Oid>, Option<Oid>)>,
}

impl Walk<'_> {
    fn pair(&mut self, old: Option<&Tree<'_>>, new: Option<&Tree<'_>>) {
        let (mut i, mut j) = (0, 0);
        loop {
            let a = old.and_then(|t| t.get(i));
            let b = new.and_then(|t| t.get(j));
            let which = match (&a, &b) {
                (None, None) => return,
                (Some(_), None) => Ordering::Less,
                (None, Some(_)) => Ordering::Greater,
                (Some(a), Some(b)) => order(key(a), key(b)),
            };
            let (left, right) = (a.filter(|_| which.is_le()), b.filter(|_| which.is_ge()));
            i += usize::from(left.is_some());
            j += usize::from(right.is_some());
            self.one(left.as_ref(), right.as_ref());
        }
    }

    /// The same name on both sides, or a name of one side. Both are folders or both are not.
    fn one(&mut self, old: Option<&TreeEntry<'_>>, new: Option<&TreeEntry<'_>>) {
        let Some(any) = old.or(new) else { return };
        if old.map(TreeEntry::id) == new.map(TreeEntry::id)
            && old.map(TreeEntry::filemode) == new.map(TreeEntry::filemode)
        {
            return;
        }
        let mut path = self.prefix.to_vec();
        path.extend_from_slice(any.name_bytes());
        if any.kind() == Some(ObjectType::Tree) {
            path.push(b'/');
            self.below.push((path, old.map(TreeEntry::id), new.map(TreeEntry::id)));
            return;
        }
        let entry = |e: &TreeEntry<'_>| Entry { id: e.id(), mode: e.filemode() };
        self.found.insert(path, Change { old: old.map(entry), new: new.map(entry) });
    }
}

fn key<'a>(entry: &'a TreeEntry<'_>) -> (&'a [u8], bool) {
    (entry.name_bytes(), entry.kind() == Some(ObjectType::Tree))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_sort_as_if_they_ended_in_a_slash() {
        let mut all = [
            (&b"a"[..], true),
            (b"a", false),
            (b"a-b", false),
            (b"a0", false),
            (b"ab", true),
            (b"a.b", true),
        ];
        all.sort_by(|a, b| order(*a, *b));
        let names: Vec<String> = all
            .iter()
            .map(|(n, d)| format!("{}{}", String::from_utf8_lossy(n), if *d { "/" } else { "" }))
            .collect();
        assert_eq!(names, ["a", "a-b", "a.b/", "a/", "a0", "ab/"]);
    }
}
