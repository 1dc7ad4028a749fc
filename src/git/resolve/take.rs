//! Taking what somebody made of a conflict by hand.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use git2::{Oid as GitOid, Repository, StatusOptions, Tree};

use super::{descends, memory, merged, merging, paths, sides};
use crate::domain::train::{Knot, Solved};
use crate::git::error::git;
use crate::git::{Error, open, stale, tamper};

/// The most paths named of one kind.
const MAX_NAMED: usize = 8;

/// Takes what was solved in the worktree at `dir`: everything added or committed, no marks left, and nothing
/// changed beside the paths that conflict. A ref keeps the tree, and the resolution is remembered.
///
/// # Errors
/// When the worktree is not what it should be, or git fails.
pub fn take(repo: &Path, dir: &Path, knot: &Knot) -> Result<Solved, Error> {
    let main = open::main(repo)?;
    let opened = tamper::open_checked(&main, dir)?;
    let (onto, tip) = (open::theirs(&knot.onto)?, open::theirs(&knot.tip)?);
    let tree = match solved_tree(&opened, onto, tip)? {
        Ok(tree) => tree,
        Err(open) => return Ok(Solved::Unsolved(open)),
    };
    let automatic = crate::git::merge::in_memory(repo, |memory| {
        let index = merged(memory, onto, tip)?;
        let concerned = paths(&sides(&index)?);
        let clean: BTreeMap<Vec<u8>, (GitOid, u32)> = index
            .iter()
            .filter(|e| (e.flags >> 12) & 3 == 0)
            .map(|e| (e.path.clone(), (e.id, e.mode)))
            .collect();
        Ok((concerned, clean))
    })?;
    let (mut concerned, clean) = automatic;
    concerned.extend(knot.paths.iter().map(|p| p.as_bytes().to_vec()));
    let made = main.find_tree(tree).map_err(git("read what was solved"))?;
    let beside = beside(&made, &concerned, &clean)?;
    let marked: Vec<String> =
        concerned.iter().filter(|p| marked(&main, &made, p, [onto, tip])).map(|p| open::shown(p)).collect();
    let mut open = Vec::new();
    if !marked.is_empty() {
        open.push(format!("conflict marks are left in {}", some(&marked)));
    }
    if !beside.is_empty() {
        let remedy = "take that back, only what conflicts is solved here";
        open.push(format!("changed beside the conflict: {}; {remedy}", some(&beside)));
    }
    if !open.is_empty() {
        return Ok(Solved::Unsolved(open));
    }
    let name = format!("refs/orchestra/train/{}/solved-{}", knot.train, knot.agent);
    stale::write(&main, &name, tree, "orchestra: solved by hand")?;
    memory::note(&main, knot, tree, "by hand")?;
    Ok(Solved::Taken { tree: open::ours(tree) })
}

/// The tree that stands in the worktree, or what is still open.
fn solved_tree(opened: &Repository, onto: GitOid, tip: GitOid) -> Result<Result<GitOid, Vec<String>>, Error> {
    let mut index = opened.index().map_err(git("read the index"))?;
    index.read(true).map_err(git("read the index"))?;
    if index.has_conflicts() {
        let open: Vec<String> = paths(&sides(&index)?).iter().map(|p| open::shown(p)).collect();
        return Ok(Err(vec![format!("not solved or not added yet: {}", some(&open))]));
    }
    let mut what = StatusOptions::new();
    what.include_untracked(false).include_ignored(false).no_refresh(true);
    let found = opened.statuses(Some(&mut what)).map_err(git("look at the worktree"))?;
    let unadded = git2::Status::WT_MODIFIED
        | git2::Status::WT_DELETED
        | git2::Status::WT_TYPECHANGE
        | git2::Status::WT_RENAMED;
    let names = |wanted: git2::Status| -> Vec<String> {
        found.iter().filter(|s| s.status().intersects(wanted)).map(|s| open::shown(s.path_bytes())).collect()
    };
    let changed = names(unadded);
    if !changed.is_empty() {
        return Ok(Err(vec![format!("changed but not added: {}", some(&changed))]));
    }
    let head = opened.head().ok().and_then(|h| h.target());
    let tree = index.write_tree().map_err(git("write what was solved"))?;
    if head == Some(onto) && merging(opened) == Some(tip) {
        return Ok(Ok(tree));
    }
    let committed = head.and_then(|h| opened.find_commit(h).ok()).map(|c| c.tree_id());
    if !descends(opened, onto) {
        return Ok(Err(vec![
            "the merge does not stand in the worktree any more; begin anew with --resolve".into(),
        ]));
    }
    if committed != Some(tree) {
        return Ok(Err(vec!["added but not committed behind a commit of your own".into()]));
    }
    Ok(Ok(tree))
}

/// Paths that are not as the merge itself made them, beside those concerned.
fn beside(
    made: &Tree<'_>,
    concerned: &BTreeSet<Vec<u8>>,
    clean: &BTreeMap<Vec<u8>, (GitOid, u32)>,
) -> Result<Vec<String>, Error> {
    let mut found: BTreeMap<Vec<u8>, (GitOid, u32)> = BTreeMap::new();
    made.walk(git2::TreeWalkMode::PreOrder, |folder, entry| {
        if entry.kind() != Some(git2::ObjectType::Tree) {
            let path = [folder.as_bytes(), entry.name_bytes()].concat();
            found.insert(path, (entry.id(), u32::try_from(entry.filemode()).unwrap_or_default()));
        }
        git2::TreeWalkResult::Ok
    })
    .map_err(git("list what was solved"))?;
    let all: BTreeSet<&Vec<u8>> = found.keys().chain(clean.keys()).collect();
    // A file may have taken the place of a folder, or the other way round.
    let about = |path: &[u8]| {
        concerned.iter().any(|c| {
            let below =
                |a: &[u8], b: &[u8]| a.strip_prefix(b).is_some_and(|rest| rest.first() == Some(&b'/'));
            c == path || below(path, c) || below(c, path)
        })
    };
    let other = all.into_iter().filter(|p| found.get(*p) != clean.get(*p) && !about(p));
    Ok(other.map(|p| open::shown(p)).collect())
}

/// Whether a path still has the marks of a conflict, which neither side had.
fn marked(repo: &Repository, made: &Tree<'_>, path: &[u8], both: [GitOid; 2]) -> bool {
    let has = |tree: &Tree<'_>| {
        let at = Path::new(<std::ffi::OsStr as std::os::unix::ffi::OsStrExt>::from_bytes(path));
        let blob = tree.get_path(at).ok().and_then(|e| repo.find_blob(e.id()).ok());
        blob.is_some_and(|b| {
            let begins = |mark: &[u8]| b.content().split(|c| *c == b'\n').any(|line| line.starts_with(mark));
            begins(b"<<<<<<< ") || begins(b">>>>>>> ")
        })
    };
    let before = |oid| repo.find_commit(oid).and_then(|c| c.tree()).is_ok_and(|tree| has(&tree));
    has(made) && !both.into_iter().any(before)
}

fn some(all: &[String]) -> String {
    let shown = all.iter().take(MAX_NAMED).map(String::as_str).collect::<Vec<_>>().join(", ");
    match all.len().saturating_sub(MAX_NAMED) {
        0 => shown,
        more => format!("{shown} and {more} more"),
    }
}
