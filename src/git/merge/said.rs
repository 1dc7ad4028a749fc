//! What `git merge-tree --stdin` answers, read with care.

use std::collections::{BTreeMap, BTreeSet};

use git2::{Oid, Repository};

use super::change::Entry;
use super::merger::{Three, Union};
use super::{kind, lines};
use crate::domain::review::{Conflict, ConflictKind};
use crate::git::open::shown;

/// The most paths and messages taken of one merge.
const MAX_PARTS: usize = 100_000;

/// Git's word on one merge.
#[derive(Debug)]
pub(super) struct Said {
    /// The merged tree; where it does not merge, one with markers.
    pub(super) tree: Oid,
    /// Whether it merges.
    pub(super) clean: bool,
    /// The files in conflict.
    files: Union,
    /// What it says of them.
    told: Vec<Told>,
}

#[derive(Debug)]
struct Told {
    paths: Vec<Vec<u8>>,
    kind: String,
}

/// Reads the answers to `count` merges; why not, where it is not what git writes.
pub(super) fn read(output: &[u8], count: usize) -> Result<Vec<Said>, String> {
    let mut reader = Reader { rest: output, parts: 0 };
    let all: Option<Vec<Said>> = (0..count).map(|_| reader.one()).collect();
    let all = all.ok_or("git merge-tree answered something that cannot be read")?;
    if reader.rest.is_empty() { Ok(all) } else { Err("git merge-tree answered more than was asked".into()) }
}

struct Reader<'a> {
    rest: &'a [u8],
    parts: usize,
}

impl<'a> Reader<'a> {
    /// The bytes before the next zero.
    fn part(&mut self) -> Option<&'a [u8]> {
        let end = memchr::memchr(0, self.rest)?;
        let (part, rest) = self.rest.split_at(end);
        self.rest = &rest[1..];
        Some(part)
    }

    fn text(&mut self) -> Option<&'a str> {
        std::str::from_utf8(self.part()?).ok()
    }

    fn one(&mut self) -> Option<Said> {
        self.parts = 0;
        let clean = match self.part()? {
            b"1" => true,
            b"0" => false,
            _ => return None,
        };
        let tree = Oid::from_str(self.text()?).ok()?;
        let mut said = Said { tree, clean, files: Union::new(), told: Vec::new() };
        if clean {
            return self.part()?.is_empty().then_some(said);
        }
        loop {
            let line = self.part()?;
            if line.is_empty() {
                break;
            }
            let tab = memchr::memchr(b'\t', line)?;
            let head = std::str::from_utf8(&line[..tab]).ok()?;
            let mut words = head.split(' ');
            let mode = i32::from_str_radix(words.next()?, 8).ok()?;
            let id = Oid::from_str(words.next()?).ok()?;
            let stage: usize = words.next()?.parse().ok()?;
            let three = said.files.entry(line[tab + 1..].to_vec()).or_insert([None; 3]);
            *three.get_mut(stage.checked_sub(1)?)? = Some(Entry { id, mode });
            self.count()?;
        }
        loop {
            let count = self.text()?;
            if count.is_empty() {
                return Some(said);
            }
            let count: usize = count.parse().ok()?;
            let mut paths = Vec::new();
            for _ in 0..count {
                self.count()?;
                paths.push(self.part()?.to_vec());
            }
            let kind = self.text()?.to_owned();
            self.part()?;
            self.count()?;
            said.told.push(Told { paths, kind });
        }
    }

    fn count(&mut self) -> Option<()> {
        self.parts += 1;
        (self.parts <= MAX_PARTS).then_some(())
    }
}

impl Said {
    /// The paths in conflict, as they are called where everybody sees them.
    pub(super) fn paths(&self) -> BTreeSet<String> {
        let told = self.told.iter().filter(|t| conflict(&t.kind)).flat_map(|t| t.paths.iter());
        if self.files.is_empty() {
            told.map(|p| shown(p)).collect()
        } else {
            self.files.keys().map(|p| plain(p)).collect()
        }
    }

    /// The conflicts, one a path, with kinds and lines. `repo` has the files of both sides.
    pub(super) fn conflicts(&self, repo: &Repository) -> Vec<Conflict> {
        let mut found: BTreeMap<String, Conflict> = BTreeMap::new();
        let mut covered: BTreeSet<&[u8]> = BTreeSet::new();
        for told in self.told.iter().filter(|t| conflict(&t.kind)) {
            let Some(first) = told.paths.first() else { continue };
            let kind = self.kind(told, first);
            covered.extend(told.paths.iter().map(|p| &p[..]));
            let name = plain(first);
            let made = found.entry(name.clone()).or_insert_with(|| Conflict::new(name.clone(), kind));
            made.kind = weightier(made.kind, kind);
            for also in told.paths.iter().skip(1).map(|p| plain(p)) {
                if also != name && !made.also.contains(&also) {
                    made.also.push(also);
                }
            }
            if made.hunks.is_empty() {
                made.hunks = lines::hunks(repo, &self.three(told, first));
            }
        }
        for (path, three) in &self.files {
            let name = plain(path);
            if !covered.contains(&path[..]) && !found.contains_key(&name) {
                let kind = kind::of(repo, three);
                let hunks = lines::hunks(repo, three);
                found.insert(name.clone(), Conflict { hunks, ..Conflict::new(name, kind) });
            }
        }
        // What another conflict names as its other path is not told twice.
        let also: BTreeSet<String> = found
            .values()
            .filter(|c| c.kind == ConflictKind::RenameRename)
            .flat_map(|c| c.also.iter().cloned())
            .collect();
        found.into_values().filter(|c| !also.contains(&c.path)).collect()
    }

    /// The three files that a message is about.
    fn three(&self, told: &Told, first: &[u8]) -> Three {
        let at = |path: &[u8]| self.files.get(path).copied().unwrap_or_default();
        match (&told.paths[..], told.kind.as_str()) {
            ([old, ours, theirs], "CONFLICT (rename/rename)") => [at(old)[0], at(ours)[1], at(theirs)[2]],
            _ => at(first),
        }
    }

    fn kind(&self, told: &Told, path: &[u8]) -> ConflictKind {
        let word = told.kind.trim_start_matches("CONFLICT").trim_start_matches(' ');
        match word.trim_start_matches('(').trim_end_matches(')') {
            "contents" => match self.files.get(path) {
                Some([None, Some(_), Some(_)]) => ConflictKind::AddAdd,
                Some(three) if three.iter().flatten().any(|e| e.is_submodule()) => ConflictKind::Submodule,
                _ => ConflictKind::Content,
            },
            "binary" => ConflictKind::Binary,
            "file/directory" => ConflictKind::DirectoryFile,
            "distinct modes" => ConflictKind::Mode,
            "modify/delete" => ConflictKind::ModifyDelete,
            "rename/rename" | "rename involved in collision" => ConflictKind::RenameRename,
            "rename/delete" => ConflictKind::RenameDelete,
            "directory rename suggested"
            | "file in way of directory rename"
            | "directory rename collision"
            | "directory rename unclear split" => ConflictKind::FileLocation,
            submodule if submodule.starts_with("submodule") => ConflictKind::Submodule,
            _ => ConflictKind::Other,
        }
    }
}

/// Whether a message is of a conflict rather than of what went well.
fn conflict(kind: &str) -> bool {
    kind.starts_with("CONFLICT")
}

/// A path without the `~<commit>` that git puts behind the name of a file that has to make way.
fn plain(path: &[u8]) -> String {
    let name = shown(path);
    match name.rsplit_once('~') {
        Some((before, id)) if commit(id) => before.to_owned(),
        _ => name,
    }
}

/// Whether this is a commit's id, perhaps with the `_0` that makes the name of a file a new one.
fn commit(id: &str) -> bool {
    let id = id.split('_').next().unwrap_or(id);
    id.len() == 40 && id.bytes().all(|b| b.is_ascii_hexdigit())
}

/// The kind that says more of two about one path.
fn weightier(a: ConflictKind, b: ConflictKind) -> ConflictKind {
    const PLAIN: [ConflictKind; 3] = [ConflictKind::Other, ConflictKind::Content, ConflictKind::ModifyDelete];
    let rank = |k| PLAIN.iter().position(|p| *p == k).unwrap_or(PLAIN.len());
    if rank(b) > rank(a) { b } else { a }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "0123456789012345678901234567890123456789";

    fn bytes(parts: &[&str]) -> Vec<u8> {
        parts.iter().flat_map(|p| [p.as_bytes(), b"\0"].concat()).collect()
    }

    #[test]
    fn answers_are_read_whole() {
        let file = format!("100644 {ID} 2\ta\tb");
        let output = bytes(&[
            "1",
            ID,
            "",
            "0",
            ID,
            &file,
            "",
            "1",
            "f",
            "Auto-merging",
            "Auto-merging f\n",
            "2",
            "a\tb",
            "old",
            "CONFLICT (directory rename suggested)",
            "CONFLICT (file location): …",
            "",
            "1",
            ID,
            "",
        ]);
        let all = read(&output, 3).unwrap();
        assert_eq!(all.iter().map(|s| s.clean).collect::<Vec<_>>(), [true, false, true]);
        assert_eq!(all[1].paths().into_iter().collect::<Vec<_>>(), ["a\tb"]);
        assert_eq!(all[1].told.len(), 2);
    }

    #[test]
    fn anything_else_is_no_answer_and_no_panic() {
        let whole =
            bytes(&["0", ID, &format!("100644 {ID} 1\ta"), "", "1", "a", "CONFLICT (contents)", "x", ""]);
        assert!(read(&whole, 1).is_ok());
        for end in 0..whole.len() {
            assert!(read(&whole[..end], 1).is_err(), "{end}");
        }
        let odd: [&[&str]; 7] = [
            &["2", ID, ""],
            &["1", "xyz", ""],
            &["1", ID, "more"],
            &["1", ID, "", "1"],
            &["0", ID, "100644 x 1\ta", "", ""],
            &["0", ID, &format!("100644 {ID} 0\ta"), "", ""],
            &["0", ID, &format!("100644 {ID} 4\ta"), "", ""],
        ];
        for parts in odd {
            assert!(read(&bytes(parts), 1).is_err(), "{parts:?}");
        }
        assert!(read(&bytes(&["0", ID, "", "99999999999999999999", "a"]), 1).is_err());
        assert!(read(&bytes(&["0", ID, "", "4000000000", "a"]), 1).is_err());
    }

    #[test]
    fn a_file_that_made_way_has_its_own_name() {
        assert_eq!(plain(format!("a~{ID}").as_bytes()), "a");
        assert_eq!(plain(format!("a~{ID}_0").as_bytes()), "a");
        assert_eq!(plain(b"a~1"), "a~1");
    }
}
