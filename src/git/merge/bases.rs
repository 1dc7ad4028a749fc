//! Merge bases, found once.

use std::collections::HashMap;
use std::rc::Rc;

use git2::{ErrorCode, Oid, Repository};

use crate::git::Error;
use crate::git::error::git;

/// How far back two straight lines of commits are followed before libgit2 walks the history.
const STRAIGHT: usize = 64;

/// The merge bases of pairs of commits.
#[derive(Default)]
pub(super) struct Bases {
    known: HashMap<(Oid, Oid), Rc<[Oid]>>,
    /// Merges made here, by id: what they merge.
    made: HashMap<Oid, [Oid; 2]>,
}

impl Bases {
    /// All best common ancestors, in libgit2's order; none where the histories are unrelated.
    pub(super) fn find(&mut self, repo: &Repository, one: Oid, two: Oid) -> Result<Rc<[Oid]>, Error> {
        if let Some(known) = self.known.get(&(one, two)) {
            return Ok(Rc::clone(known));
        }
        let found: Rc<[Oid]> = match self.derived(repo, one, two)? {
            Some(one) => Rc::new([one]),
            None => match straight(repo, one, two)? {
                Some(base) => Rc::new([base]),
                None => all(repo, one, two)?.into(),
            },
        };
        self.known.insert((one, two), Rc::clone(&found));
        Ok(found)
    }

    /// Notes that `merge` was made of these two.
    pub(super) fn note(&mut self, merge: Oid, ours: Oid, theirs: Oid) {
        self.made.insert(merge, [ours, theirs]);
    }

    /// The ancestors of a merge are those of both its sides. So where both have the same only base with a
    /// commit, so has the merge; and where one of the two bases is an ancestor of the other, it is no best one.
    fn derived(&mut self, repo: &Repository, merge: Oid, other: Oid) -> Result<Option<Oid>, Error> {
        let Some([ours, theirs]) = self.made.get(&merge).copied() else { return Ok(None) };
        let (a, b) = (self.find(repo, ours, other)?, self.find(repo, theirs, other)?);
        let ([a], [b]) = (&a[..], &b[..]) else { return Ok(None) };
        if a == b {
            return Ok(Some(*a));
        }
        let doing = || git(format!("compare {a} with {b}"));
        if repo.graph_descendant_of(*a, *b).map_err(doing())? {
            Ok(Some(*a))
        } else if repo.graph_descendant_of(*b, *a).map_err(doing())? {
            Ok(Some(*b))
        } else {
            Ok(None)
        }
    }
}

/// The first commit that both have, where each reaches it by single parents alone: then it is the only best one.
fn straight(repo: &Repository, one: Oid, two: Oid) -> Result<Option<Oid>, Error> {
    let mut lines = [vec![one], vec![two]];
    let mut open = [true, true];
    for _ in 0..STRAIGHT {
        let (a, b) = (lines[0].last().copied(), lines[1].last().copied());
        if let Some(base) = b.filter(|b| lines[0].contains(b)).or(a.filter(|a| lines[1].contains(a))) {
            return Ok(Some(base));
        }
        for (line, open) in lines.iter_mut().zip(&mut open) {
            let Some(tip) = line.last().filter(|_| *open) else { continue };
            let commit = repo.find_commit(*tip).map_err(git(format!("read commit {tip}")))?;
            match (commit.parent_count(), commit.parent_id(0)) {
                (1, Ok(parent)) => line.push(parent),
                _ => *open = false,
            }
        }
        if open == [false, false] {
            return Ok(None);
        }
    }
    Ok(None)
}

fn all(repo: &Repository, one: Oid, two: Oid) -> Result<Vec<Oid>, Error> {
    match repo.merge_bases(one, two) {
        Ok(found) => Ok(found.to_vec()),
        Err(e) if e.code() == ErrorCode::NotFound => Ok(Vec::new()),
        Err(e) => Err(git(format!("find the merge base of {one} and {two}"))(e)),
    }
}
