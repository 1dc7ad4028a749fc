//! Merging by what changed alone.
//!
//! libgit2 lists every file of three trees for a merge; what comes out depends only on those that differ in one
//! of them. So only these are put into three small trees, merged, and the result is grafted on our side.

use std::collections::{BTreeMap, HashMap};
use std::rc::Rc;

use git2::{Index, IndexEntry, MergeOptions, Odb, Oid, Repository};

use super::attrs::{self, File, Place};
use super::bases::Bases;
use super::change::{Change, Changes, Entry, changes};
use super::graft::{Edit, Graft, graft};
use super::{Merged, kind, tree_of};
use crate::domain::review::{Conflict, ConflictKind};
use crate::git::Error;
use crate::git::error::git;
use crate::git::open;

/// With more changed files than this libgit2 looks for exact renames only. Said to it, so that nobody's
/// configuration is asked.
const RENAME_LIMIT: u32 = 1000;

/// One file in base, ours and theirs.
pub(in crate::git) type Three = [Option<Entry>; 3];

/// All files that differ in one of three trees.
pub(super) type Union = BTreeMap<Vec<u8>, Three>;

/// Merges many pairs in one repository, and reads what they share once.
pub(in crate::git) struct Merger<'r> {
    repo: &'r Repository,
    odb: Odb<'r>,
    bases: Bases,
    trees: HashMap<Oid, Oid>,
    changes: HashMap<(Oid, Oid), Rc<Changes>>,
    /// Where libgit2 merges files, with the attributes it sees there.
    place: Option<Place>,
}

impl<'r> Merger<'r> {
    /// A merger on a repository whose new objects stay in memory (see [`super::in_memory`]).
    pub(in crate::git) fn new(repo: &'r Repository) -> Result<Self, Error> {
        let odb = repo.odb().map_err(git("open the object database"))?;
        Ok(Self {
            repo,
            odb,
            bases: Bases::default(),
            trees: HashMap::new(),
            changes: HashMap::new(),
            place: None,
        })
    }

    /// Merges the commit `theirs` into the commit `ours`.
    pub(in crate::git) fn merge(&mut self, ours: Oid, theirs: Oid) -> Result<Merged, Error> {
        self.commits(ours, theirs, Want::Tree)
    }

    /// As [`Self::merge`], but of a clean merge only that it is one: its tree is some tree of the two.
    pub(in crate::git) fn try_merge(&mut self, ours: Oid, theirs: Oid) -> Result<Merged, Error> {
        self.commits(ours, theirs, Want::Verdict)
    }

    fn commits(&mut self, ours: Oid, theirs: Oid, want: Want) -> Result<Merged, Error> {
        let bases = self.bases(ours, theirs)?;
        match &bases[..] {
            [] => Ok(Merged::Unrelated),
            [base] => {
                let (base, ours, theirs) = (self.tree(*base)?, self.tree(ours)?, self.tree(theirs)?);
                self.three(base, ours, theirs, want)
            }
            [base, ..] => self.whole(*base, ours, theirs),
        }
    }

    /// Merges the trees `ours` and `theirs` that began from the tree `base`.
    pub(in crate::git) fn trees(&mut self, base: Oid, ours: Oid, theirs: Oid) -> Result<Merged, Error> {
        self.three(base, ours, theirs, Want::Tree)
    }

    fn three(&mut self, base: Oid, ours: Oid, theirs: Oid, want: Want) -> Result<Merged, Error> {
        if theirs == base || theirs == ours {
            return Ok(Merged::Clean(ours));
        }
        if ours == base {
            return Ok(Merged::Clean(theirs));
        }
        let (left, right) = (self.changed(base, ours)?, self.changed(base, theirs)?);
        if apart(&left, &right) {
            if want == Want::Verdict {
                return Ok(Merged::Clean(ours));
            }
            let edits: Vec<Edit<'_>> = right.iter().map(|(path, c)| (&path[..], c.new)).collect();
            return self.graft(ours, &edits);
        }
        let (union, alone) = union(&left, &right);
        let small = |side: usize| -> Result<Oid, Error> {
            let files: Vec<Edit<'_>> = union
                .iter()
                .filter(|(_, three)| three[side].is_some())
                .map(|(p, t)| (&p[..], t[side]))
                .collect();
            match graft(self.repo, &self.odb, None, &files)? {
                Graft::Tree(tree) => Ok(tree),
                Graft::Clash(path) => Err(twice(&path)),
            }
        };
        let (a, b, c) = (small(0)?, small(1)?, small(2)?);
        let repo = self.place(ours, union.keys())?;
        let find = |tree: Oid| repo.find_tree(tree).map_err(git("read a tree to merge"));
        let index = repo
            .merge_trees(&find(a)?, &find(b)?, &find(c)?, Some(&options()))
            .map_err(git("merge two trees"))?;
        if index.has_conflicts() {
            return Ok(Merged::Conflict(kind::conflicts(self.repo, &index, &union)?));
        }
        let merged: BTreeMap<Vec<u8>, Entry> = index.iter().map(entry).collect();
        if want == Want::Verdict && !meets(&merged) {
            return Ok(Merged::Clean(ours));
        }
        let mut edits: Vec<Edit<'_>> = alone;
        for (path, three) in &union {
            let now = merged.get(path).copied();
            if now != three[1] {
                edits.push((path, now));
            }
        }
        edits.sort_by_key(|e| e.0);
        self.graft(ours, &edits)
    }

    /// The files that differ between two trees.
    pub(in crate::git) fn changed(&mut self, base: Oid, tip: Oid) -> Result<Rc<Changes>, Error> {
        if let Some(known) = self.changes.get(&(base, tip)) {
            return Ok(Rc::clone(known));
        }
        let found = Rc::new(changes(self.repo, base, tip)?);
        self.changes.insert((base, tip), Rc::clone(&found));
        Ok(found)
    }

    /// All best common ancestors of two commits; none where they share no history.
    pub(in crate::git) fn bases(&mut self, one: Oid, two: Oid) -> Result<Rc<[Oid]>, Error> {
        self.bases.find(self.repo, one, two)
    }

    /// Notes that the commit `merge` was made of these two, so that its merge bases need no walk. Only for a
    /// commit that did not exist before: no other commit may descend from it.
    pub(in crate::git) fn note(&mut self, merge: Oid, ours: Oid, theirs: Oid) {
        self.bases.note(merge, ours, theirs);
    }

    /// The tree of a commit.
    pub(in crate::git) fn tree(&mut self, commit: Oid) -> Result<Oid, Error> {
        if let Some(known) = self.trees.get(&commit) {
            return Ok(*known);
        }
        let tree = tree_of(self.repo, commit)?;
        self.trees.insert(commit, tree);
        Ok(tree)
    }

    /// The attribute files of the tree merged into that concern a merge of two commits.
    pub(in crate::git) fn attributes(&mut self, ours: Oid, theirs: Oid) -> Result<Vec<File>, Error> {
        let Some(base) = self.bases(ours, theirs)?.first().copied() else { return Ok(Vec::new()) };
        let (base, ours, theirs) = (self.tree(base)?, self.tree(ours)?, self.tree(theirs)?);
        let (left, right) = (self.changed(base, ours)?, self.changed(base, theirs)?);
        attrs::files(self.repo, ours, left.keys().chain(right.keys()))
    }

    /// A repository that sees the attributes of the tree `ours` on `paths`.
    fn place<'p>(
        &mut self,
        ours: Oid,
        paths: impl Iterator<Item = &'p Vec<u8>>,
    ) -> Result<&Repository, Error> {
        let files = attrs::files(self.repo, ours, paths)?;
        let place = match self.place.take() {
            Some(place) if place.has(&files) => place,
            _ => Place::new(self.repo, &self.odb, files)?,
        };
        Ok(self.place.insert(place).repo())
    }

    /// Merges with all files listed: where several bases have to be merged first.
    fn whole(&mut self, base: Oid, ours: Oid, theirs: Oid) -> Result<Merged, Error> {
        let mut index = self.index(base, ours, theirs)?;
        if index.has_conflicts() {
            return Ok(Merged::Conflict(kind::conflicts(self.repo, &index, &Union::new())?));
        }
        let doing = git(format!("merge {theirs} into {ours}"));
        index.write_tree_to(self.repo).map(Merged::Clean).map_err(doing)
    }

    /// The paths that keep two commits from merging, each with its files; none where they merge or share no history.
    pub(in crate::git) fn apart_at(
        &mut self,
        ours: Oid,
        theirs: Oid,
    ) -> Result<Vec<(Conflict, Three)>, Error> {
        let Some(base) = self.bases(ours, theirs)?.first().copied() else { return Ok(Vec::new()) };
        let index = self.index(base, ours, theirs)?;
        kind::sorted(self.repo, &index, &Union::new())
    }

    /// Two commits merged, with all files listed.
    fn index(&mut self, base: Oid, ours: Oid, theirs: Oid) -> Result<Index, Error> {
        let doing = || git(format!("merge {theirs} into {ours}"));
        let (from, onto, other) = (self.tree(base)?, self.tree(ours)?, self.tree(theirs)?);
        let (left, right) = (self.changed(from, onto)?, self.changed(from, other)?);
        let repo = self.place(onto, left.keys().chain(right.keys()))?;
        let find = |oid| repo.find_commit(oid).map_err(doing());
        repo.merge_commits(&find(ours)?, &find(theirs)?, Some(&options())).map_err(doing())
    }

    fn graft(&self, ours: Oid, edits: &[Edit<'_>]) -> Result<Merged, Error> {
        Ok(match graft(self.repo, &self.odb, Some(ours), edits)? {
            Graft::Tree(tree) => Merged::Clean(tree),
            Graft::Clash(path) => {
                let kind = ConflictKind::DirectoryFile;
                Merged::Conflict(vec![Conflict::new(open::shown(&path), kind)])
            }
        })
    }
}

/// What is asked of a merge.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Want {
    /// The merged tree.
    Tree,
    /// Whether there is one.
    Verdict,
}

/// Whether a file is where another one has a folder.
fn meets(merged: &BTreeMap<Vec<u8>, Entry>) -> bool {
    merged.keys().any(|path| {
        let below = [&path[..], b"/"].concat();
        merged.range(below.clone()..).next().is_some_and(|(p, _)| p.starts_with(&below))
    })
}

fn options() -> MergeOptions {
    let mut how = MergeOptions::new();
    how.find_renames(true).target_limit(RENAME_LIMIT).skip_reuc(true);
    how
}

fn twice(path: &[u8]) -> Error {
    let text = format!("`{}` is a file and a folder in one tree", open::shown(path));
    git("read a tree to merge")(git2::Error::from_str(&text))
}

fn entry(found: IndexEntry) -> (Vec<u8>, Entry) {
    let mode = i32::try_from(found.mode).unwrap_or_default();
    (found.path, Entry { id: found.id, mode })
}

/// Whether no file is changed by both, and no file of one side is where the other has a folder.
///
/// Then theirs go on top of ours as they are: whatever libgit2 takes for a rename is resolved to just that, as
/// the other side neither touched the old name nor has the new one.
fn apart(ours: &Changes, theirs: &Changes) -> bool {
    let (few, many) = if ours.len() < theirs.len() { (ours, theirs) } else { (theirs, ours) };
    few.keys().all(|path| !many.contains_key(path)) && !nested(ours, theirs)
}

/// Whether a file of one side is above or below one of the other.
fn nested(ours: &Changes, theirs: &Changes) -> bool {
    let (few, many) = if ours.len() < theirs.len() { (ours, theirs) } else { (theirs, ours) };
    few.keys().any(|path| {
        let above = (0..path.len()).filter(|i| path[*i] == b'/').any(|i| many.contains_key(&path[..i]));
        let below = [&path[..], b"/"].concat();
        above || many.range(below.clone()..).next().is_some_and(|(p, _)| p.starts_with(&below))
    })
}

/// The files that have to be merged, and what of theirs holds as it is.
///
/// A file that one side changed in place and the other left alone needs no merge: it is on all three sides, so it is
/// neither end of a rename, and nobody has a folder there. Where whatever both changed was changed in place, what
/// else came and went needs none either, as when they are [`apart`].
fn union<'a>(ours: &Changes, theirs: &'a Changes) -> (Union, Vec<Edit<'a>>) {
    let both = || ours.iter().filter_map(|(path, change)| Some([change, theirs.get(path)?]));
    let all_alone = both().flatten().all(in_place) && !nested(ours, theirs);
    let alone = |change: &Change| all_alone || in_place(change);
    let mut all = Union::new();
    let mut edits = Vec::new();
    for (path, change) in ours {
        if theirs.contains_key(path) || !alone(change) {
            all.insert(path.clone(), [change.old, change.new, change.old]);
        }
    }
    for (path, change) in theirs {
        match all.get_mut(path) {
            Some(three) => three[2] = change.new,
            None if alone(change) => edits.push((&path[..], change.new)),
            None => {
                all.insert(path.clone(), [change.old, change.old, change.new]);
            }
        }
    }
    (all, edits)
}

/// Whether a file was there before and is a file still.
fn in_place(change: &Change) -> bool {
    matches!((change.old, change.new), (Some(a), Some(b)) if a.is_file() && b.is_file())
}
