//! Everything git can say of branches before they merge.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use git2::{DiffFindOptions, Patch, Repository, Sort};

use super::error::git;
use super::{Error, facts, merge, open};
use crate::domain::id::{AgentName, Oid};
use crate::domain::review::{CommitLine, Conflict, FileChange, Overlap, Review};

/// The most commits listed of a branch.
const MAX_COMMITS: usize = 100;
/// Bytes of a message that are read.
const MESSAGE_MOST: usize = 16 * 1024;

/// One branch to review.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ReviewInput {
    /// Whose it is.
    pub agent: AgentName,
    /// Its worktree.
    pub worktree: PathBuf,
    /// The branch.
    pub branch: String,
    /// The commit it is measured from.
    pub base: Oid,
}

/// Reviews branches and compares them with each other and with the target. Nothing is written anywhere.
/// The results are in the order of `inputs`; one branch that cannot be read does not hide the others.
/// `gates` is left empty: git knows none.
///
/// # Errors
/// When the repository or the target cannot be read.
pub fn review(
    repo: &Path,
    inputs: &[ReviewInput],
    target: &str,
) -> Result<Vec<Result<Review, Error>>, Error> {
    merge::in_memory(repo, |main| {
        let onto = open::tip(main, target)?;
        let mut touches: BTreeMap<Vec<u8>, Vec<AgentName>> = BTreeMap::new();
        let mut reviews = Vec::new();
        for input in inputs {
            let one = one(main, input, target, onto);
            if let Ok((_, paths)) = &one {
                for path in paths {
                    touches.entry(path.clone()).or_default().push(input.agent.clone());
                }
            }
            reviews.push(one);
        }
        let finish = |(mut review, paths): (Review, Vec<Vec<u8>>)| {
            for path in paths {
                let all = touches.get(&path).into_iter().flatten();
                let with: Vec<AgentName> = all.filter(|a| **a != review.agent).cloned().collect();
                if !with.is_empty() {
                    review.overlaps.push(Overlap { path: open::shown(&path), with });
                }
            }
            review
        };
        Ok(reviews.into_iter().map(|one| one.map(finish)).collect())
    })
}

/// One branch alone, and the paths it touches.
fn one(
    main: &Repository,
    input: &ReviewInput,
    target: &str,
    onto: git2::Oid,
) -> Result<(Review, Vec<Vec<u8>>), Error> {
    let facts = facts::facts_in(main, &input.worktree, &input.branch, &input.base, target)?;
    let (head, base) = (open::theirs(&facts.head)?, open::theirs(&facts.base)?);
    let (files, paths) = changes(main, base, head)?;
    let mut review = Review::new(input.agent.clone(), input.branch.clone(), facts);
    review.commits = commits(main, base, head)?;
    review.message = review.commits.first().map(|c| c.message.clone()).unwrap_or_default();
    review.files = files;
    review.conflicts = conflicts(main, onto, head, &input.branch)?;
    Ok((review, paths))
}

fn commits(main: &Repository, base: git2::Oid, head: git2::Oid) -> Result<Vec<CommitLine>, Error> {
    let doing = || git(format!("list commits of {head}"));
    let mut walk = main.revwalk().map_err(doing())?;
    walk.set_sorting(Sort::TOPOLOGICAL | Sort::TIME).map_err(doing())?;
    walk.push(head).map_err(doing())?;
    walk.hide(base).map_err(doing())?;
    walk.take(MAX_COMMITS)
        .map(|oid| {
            let commit = oid.and_then(|oid| main.find_commit(oid)).map_err(doing())?;
            let (oid, subject) = (open::ours(commit.id()), facts::subject(&commit));
            let message = commit.message_bytes();
            let message = open::shown(message.get(..MESSAGE_MOST).unwrap_or(message));
            let before = commit.parent(0).ok().map(|p| p.tree_id());
            let empty = before == Some(commit.tree_id());
            Ok(CommitLine { oid, subject, message, empty })
        })
        .collect()
}

/// Files with their line counts, and all paths on both sides of renames.
pub(super) fn changes(
    main: &Repository,
    base: git2::Oid,
    head: git2::Oid,
) -> Result<(Vec<FileChange>, Vec<Vec<u8>>), Error> {
    let doing = || git(format!("compare {base} with {head}"));
    let tree = |oid| main.find_commit(oid).and_then(|c| c.tree()).map_err(doing());
    let mut diff = main.diff_tree_to_tree(Some(&tree(base)?), Some(&tree(head)?), None).map_err(doing())?;
    diff.find_similar(Some(DiffFindOptions::new().renames(true))).map_err(doing())?;
    let (mut files, mut paths) = (Vec::new(), Vec::new());
    for (n, delta) in diff.deltas().enumerate() {
        let sides = [delta.old_file().path_bytes(), delta.new_file().path_bytes()];
        paths.extend(sides.iter().flatten().map(|p| p.to_vec()));
        let [old, new] = sides;
        let (added, removed) = match Patch::from_diff(&diff, n).map_err(doing())? {
            Some(patch) => patch.line_stats().map(|(_, a, r)| (a, r)).map_err(doing())?,
            None => (0, 0),
        };
        let count = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        let path = open::shown(new.or(old).unwrap_or_default());
        files.push(FileChange { path, added: count(added), removed: count(removed) });
    }
    paths.sort();
    paths.dedup();
    Ok((files, paths))
}

fn conflicts(
    main: &Repository,
    onto: git2::Oid,
    head: git2::Oid,
    branch: &str,
) -> Result<Vec<Conflict>, Error> {
    match merge::Merger::new(main)?.merge(onto, head)? {
        merge::Merged::Clean(_) => Ok(Vec::new()),
        merge::Merged::Conflict(found) => Ok(found),
        merge::Merged::Unrelated => {
            Err(Error::Unrelated { branch: branch.to_owned(), with: open::ours(onto) })
        }
    }
}
