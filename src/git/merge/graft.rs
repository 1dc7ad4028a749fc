//! Trees made from a few paths, alone or on top of another tree.
//!
//! They are written as bytes: what git holds already is put together anew, so nothing has to be checked, and
//! names and modes that libgit2 would not make itself stay as they are.

use std::collections::BTreeMap;

use git2::{ObjectType, Odb, Oid, Repository};

use super::change::{Entry, MAX_DEPTH, order, too_deep};
use crate::git::Error;
use crate::git::error::git;

/// A path and what is to be there; none: nothing.
pub(super) type Edit<'a> = (&'a [u8], Option<Entry>);

/// What grafting gave.
#[derive(PartialEq, Eq, Debug)]
pub(super) enum Graft {
    /// The tree.
    Tree(Oid),
    /// A path that would be a file and a folder.
    Clash(Vec<u8>),
}

/// Puts `edits`, in the order of their paths, into `tree` (none: an empty one).
pub(super) fn graft(
    repo: &Repository,
    odb: &Odb<'_>,
    tree: Option<Oid>,
    edits: &[Edit<'_>],
) -> Result<Graft, Error> {
    let mut maker = Maker { repo, odb, clash: None };
    let made = maker.folder(tree, edits, 0, 0)?;
    if let Some(path) = maker.clash {
        return Ok(Graft::Clash(path));
    }
    match made {
        Some(tree) => Ok(Graft::Tree(tree)),
        None => maker.write(&[]).map(Graft::Tree),
    }
}

struct Maker<'a> {
    repo: &'a Repository,
    odb: &'a Odb<'a>,
    clash: Option<Vec<u8>>,
}

/// A name and whether it is a folder's.
type Name<'a> = (&'a [u8], bool);
/// A line of a tree.
type Line = (Vec<u8>, i32, Oid);

impl Maker<'_> {
    /// One folder; `None` when nothing is left in it. The first `skip` bytes of the paths lead to it.
    fn folder(
        &mut self,
        tree: Option<Oid>,
        edits: &[Edit<'_>],
        skip: usize,
        depth: usize,
    ) -> Result<Option<Oid>, Error> {
        if depth > MAX_DEPTH {
            return Err(too_deep(edits.first().map_or(b"", |e| e.0)));
        }
        let old = match tree {
            Some(id) => self.lines(id)?,
            None => Vec::new(),
        };
        let mut new: BTreeMap<Name<'_>, Option<(i32, Oid)>> = BTreeMap::new();
        let mut rest = edits;
        while let Some((path, entry)) = rest.first() {
            let name = &path[skip..];
            let Some(end) = name.iter().position(|b| *b == b'/') else {
                new.insert((name, false), entry.map(|e| (e.mode, e.id)));
                rest = &rest[1..];
                continue;
            };
            let lead = &path[..=skip + end];
            let many = rest.iter().take_while(|e| e.0.starts_with(lead)).count();
            let name = &name[..end];
            let there = old.iter().find(|l| l.0 == name && is_folder(l.1)).map(|l| l.2);
            let made = self.folder(there, &rest[..many], lead.len(), depth + 1)?;
            new.insert((name, true), made.map(|id| (0o040_000, id)));
            rest = &rest[many..];
        }
        let mut lines: Vec<Line> =
            old.into_iter().filter(|l| !new.contains_key(&(&l.0[..], is_folder(l.1)))).collect();
        for ((name, folder), what) in &new {
            let Some((mode, id)) = what else { continue };
            let other = |l: &Line| l.0 == *name && is_folder(l.1) != *folder;
            if lines.iter().any(other) && self.clash.is_none() {
                let lead = edits.first().map_or(&b""[..], |e| &e.0[..skip]);
                self.clash = Some([lead, name].concat());
            }
            lines.push((name.to_vec(), *mode, *id));
        }
        if lines.is_empty() {
            return Ok(None);
        }
        lines.sort_by(|a, b| order((&a.0, is_folder(a.1)), (&b.0, is_folder(b.1))));
        self.write(&lines).map(Some)
    }

    fn lines(&self, id: Oid) -> Result<Vec<Line>, Error> {
        let tree = self.repo.find_tree(id).map_err(git(format!("read tree {id}")))?;
        Ok(tree.iter().map(|e| (e.name_bytes().to_vec(), e.filemode_raw(), e.id())).collect())
    }

    fn write(&self, lines: &[Line]) -> Result<Oid, Error> {
        let mut bytes = Vec::with_capacity(lines.iter().map(|l| l.0.len() + 28).sum());
        for (name, mode, id) in lines {
            bytes.extend_from_slice(format!("{mode:o} ").as_bytes());
            bytes.extend_from_slice(name);
            bytes.push(0);
            bytes.extend_from_slice(id.as_bytes());
        }
        self.odb.write(ObjectType::Tree, &bytes).map_err(git("write a merged tree"))
    }
}

fn is_folder(mode: i32) -> bool {
    mode & 0o170_000 == 0o040_000
}
