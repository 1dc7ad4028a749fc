//! What kind of conflict each path of a merged index is in.
//!
//! The index has up to three files of a path: the base's, ours and theirs. Where a side renamed one, they lie
//! at different paths; they are put together again here.

use std::collections::{BTreeMap, BTreeSet};

use git2::{DiffFindOptions, Index, Repository};

use super::change::Entry;
use super::graft::{Edit, Graft, graft};
use super::lines;
use super::merger::{Three, Union};
use crate::domain::review::{Conflict, ConflictKind};
use crate::git::Error;
use crate::git::error::git;
use crate::git::open::shown;

/// The conflicts of a merged index in the order of their paths. `union` is what the merge was made from, where
/// that is known.
pub(super) fn conflicts(repo: &Repository, index: &Index, union: &Union) -> Result<Vec<Conflict>, Error> {
    Ok(sorted(repo, index, union)?.into_iter().map(|(conflict, _)| conflict).collect())
}

/// The same, each with its files.
pub(super) fn sorted(
    repo: &Repository,
    index: &Index,
    union: &Union,
) -> Result<Vec<(Conflict, Three)>, Error> {
    let staged = stages(index)?;
    let odd = staged.values().any(|t| !matches!(t, [_, Some(_), Some(_)]));
    let renames =
        if odd { [renamed(repo, &staged, 1)?, renamed(repo, &staged, 2)?] } else { Default::default() };
    let mut sorter = Sorter { repo, union, staged: &staged, used: BTreeSet::new(), found: Vec::new() };
    sorter.renames(&renames);
    for (path, three) in &staged {
        if !sorter.used.contains(&path[..]) {
            let kind = sorter.plain(path, three);
            sorter.add(kind, path, &[], three);
        }
    }
    let mut found = sorter.found;
    found.sort_by(|(a, _), (b, _)| a.path.cmp(&b.path));
    Ok(found)
}

/// The kind of a path in conflict, from its files alone.
pub(super) fn of(repo: &Repository, three: &Three) -> ConflictKind {
    let none = Union::new();
    let sorter = Sorter { repo, union: &none, staged: &none, used: BTreeSet::new(), found: Vec::new() };
    sorter.plain(b"", three)
}

/// The files of every path in conflict.
fn stages(index: &Index) -> Result<Union, Error> {
    let mut all = Union::new();
    for conflict in index.conflicts().map_err(git("read conflicts"))? {
        let c = conflict.map_err(git("read a conflict"))?;
        for (side, file) in [c.ancestor, c.our, c.their].into_iter().enumerate() {
            if let Some(file) = file {
                let mode = i32::try_from(file.mode).unwrap_or_default();
                all.entry(file.path).or_insert([None; 3])[side] = Some(Entry { id: file.id, mode });
            }
        }
    }
    Ok(all)
}

type Renames = BTreeMap<Vec<u8>, Vec<u8>>;

/// Which of the files in conflict a side renamed to which.
fn renamed(repo: &Repository, staged: &Union, side: usize) -> Result<Renames, Error> {
    let doing = || git("look for renames");
    let odb = repo.odb().map_err(doing())?;
    let tree = |side: usize| -> Result<Option<git2::Tree<'_>>, Error> {
        let files: Vec<Edit<'_>> =
            staged.iter().filter(|(_, t)| t[side].is_some()).map(|(p, t)| (&p[..], t[side])).collect();
        match graft(repo, &odb, None, &files)? {
            Graft::Tree(tree) => repo.find_tree(tree).map(Some).map_err(doing()),
            Graft::Clash(_) => Ok(None),
        }
    };
    let (Some(base), Some(tip)) = (tree(0)?, tree(side)?) else { return Ok(Renames::new()) };
    let mut diff = repo.diff_tree_to_tree(Some(&base), Some(&tip), None).map_err(doing())?;
    diff.find_similar(Some(DiffFindOptions::new().renames(true))).map_err(doing())?;
    let pair = |d: git2::DiffDelta<'_>| {
        (d.status() == git2::Delta::Renamed)
            .then(|| Some((d.old_file().path_bytes()?.to_vec(), d.new_file().path_bytes()?.to_vec())))
            .flatten()
    };
    Ok(diff.deltas().filter_map(pair).collect())
}

struct Sorter<'a> {
    repo: &'a Repository,
    union: &'a Union,
    staged: &'a Union,
    used: BTreeSet<&'a [u8]>,
    found: Vec<(Conflict, Three)>,
}

impl<'a> Sorter<'a> {
    fn add(&mut self, kind: ConflictKind, path: &[u8], also: &[&[u8]], three: &Three) {
        let mut made = Conflict::new(shown(path), kind);
        made.also = also.iter().filter(|p| **p != path).map(|p| shown(p)).collect();
        if matches!(kind, ConflictKind::Content | ConflictKind::AddAdd | ConflictKind::RenameRename) {
            made.hunks = lines::hunks(self.repo, three);
        }
        self.found.push((made, *three));
    }

    /// The files at a path.
    fn at(&self, path: &[u8]) -> Three {
        self.staged.get(path).copied().unwrap_or_default()
    }

    /// Takes the paths that a rename concerns.
    fn renames(&mut self, [ours, theirs]: &'a [Renames; 2]) {
        let olds: BTreeSet<&'a Vec<u8>> = ours.keys().chain(theirs.keys()).collect();
        for old in olds {
            if self.used.contains(&old[..]) {
                continue;
            }
            let base = self.at(old)[0];
            let (kind, path, also, three) = match (ours.get(old), theirs.get(old)) {
                (Some(a), Some(b)) if a != b => {
                    let three = [base, self.at(a)[1], self.at(b)[2]];
                    (ConflictKind::RenameRename, old, vec![&a[..], b], three)
                }
                (Some(new), Some(_)) => {
                    let [_, o, t] = self.at(new);
                    (ConflictKind::Content, new, vec![&old[..]], [base, o, t])
                }
                (one, two) => {
                    let (Some(new), other) = (one.or(two), if one.is_some() { 2 } else { 1 }) else {
                        continue;
                    };
                    let back = if one.is_some() { theirs } else { ours };
                    let there = self.at(new);
                    if there[other].is_some() {
                        let from = back.iter().find(|(_, n)| *n == new).map(|(o, _)| &o[..]);
                        let kind =
                            if from.is_some() { ConflictKind::RenameRename } else { ConflictKind::AddAdd };
                        let also = std::iter::once(&old[..]).chain(from).collect();
                        (kind, new, also, [None, there[1], there[2]])
                    } else {
                        let mut three = there;
                        three[0] = base;
                        three[other] = self.at(old)[other];
                        let gone = three[other].is_none();
                        let kind = if gone { ConflictKind::RenameDelete } else { self.both(&three) };
                        (kind, new, vec![&old[..]], three)
                    }
                }
            };
            self.used.insert(&old[..]);
            self.used.insert(&path[..]);
            self.used.extend(also.iter().copied());
            self.add(kind, path, &also, &three);
        }
    }

    /// The kind of a path that has nothing to do with renames.
    fn plain(&self, path: &[u8], three: &Three) -> ConflictKind {
        if three.iter().flatten().any(|e| e.is_submodule()) {
            return ConflictKind::Submodule;
        }
        let [base, ours, theirs] = three;
        match (base, ours, theirs) {
            (_, Some(_), Some(_)) => self.both(three),
            _ if self.folder(path) => ConflictKind::DirectoryFile,
            (Some(_), Some(_), None) | (Some(_), None, Some(_)) => ConflictKind::ModifyDelete,
            _ => ConflictKind::Other,
        }
    }

    /// The kind where both sides have the file.
    fn both(&self, three: &Three) -> ConflictKind {
        let [base, Some(ours), Some(theirs)] = three else { return ConflictKind::ModifyDelete };
        if ours.is_submodule() || theirs.is_submodule() {
            return ConflictKind::Submodule;
        }
        if ours.is_file() != theirs.is_file() || ours.id == theirs.id {
            return ConflictKind::Mode;
        }
        let Some(base) = base else { return ConflictKind::AddAdd };
        if lines::binary(self.repo, three) {
            return ConflictKind::Binary;
        }
        let modes = ours.mode != theirs.mode && ours.mode != base.mode && theirs.mode != base.mode;
        if modes && lines::hunks(self.repo, three).is_empty() {
            return ConflictKind::Mode;
        }
        ConflictKind::Content
    }

    /// Whether a side has a folder of this name.
    fn folder(&self, path: &[u8]) -> bool {
        let below = [path, b"/"].concat();
        [self.union, self.staged].into_iter().any(|all| {
            let mut inside = all.range(below.clone()..).take_while(|(p, _)| p.starts_with(&below));
            inside.any(|(_, three)| three[1].is_some() || three[2].is_some())
        })
    }
}
