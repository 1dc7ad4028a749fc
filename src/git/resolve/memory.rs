//! Resolutions that are remembered, as rerere does: known by the places that do not merge, used again on the
//! text around them as it is now.
//!
//! Each is a commit at `refs/orchestra/resolutions/<key>` with the text before and after, so that it outlives
//! trains and is packed with everything else.

use std::path::Path;

use git2::{Index, MergeFileInput, Oid as GitOid, Repository, Signature};

use super::{Sides, merged, sides, text};
use crate::domain::id::Oid;
use crate::domain::train::{Knot, Resolution};
use crate::git::error::git;
use crate::git::{Error, merge, open, stale};

const BEFORE: &str = "before";
const AFTER: &str = "after";

/// Remembers how a conflict was solved, path by path, where it is about lines of a text: `solved` has the
/// files as they should be, and `how` says for people where that is from.
///
/// # Errors
/// When git fails.
pub fn remember(repo: &Path, knot: &Knot, solved: &Oid, how: &str) -> Result<(), Error> {
    let main = open::main(repo)?;
    let tree = open::commit(&main, solved)?.tree_id();
    note(&main, knot, tree, how)
}

pub(super) fn note(main: &Repository, knot: &Knot, tree: GitOid, how: &str) -> Result<(), Error> {
    let doing = || git("remember a resolution");
    let solved = main.find_tree(tree).map_err(doing())?;
    let index = merged(main, open::theirs(&knot.onto)?, open::theirs(&knot.tip)?)?;
    let who = Signature::now("orchestra", "orchestra@localhost").map_err(doing())?;
    for three in sides(&index)? {
        let Some(pieces) = text::pieces(main, &three)? else { continue };
        let (Some(key), Some(entry)) = (text::key(&pieces), &three[1]) else { continue };
        let path = Path::new(<std::ffi::OsStr as std::os::unix::ffi::OsStrExt>::from_bytes(&entry.path));
        let Ok(after) = solved.get_path(path) else { continue };
        let before = main.blob(&text::normal(&pieces)).map_err(doing())?;
        let mut builder = main.treebuilder(None).map_err(doing())?;
        builder.insert(BEFORE, before, 0o100_644).map_err(doing())?;
        builder.insert(AFTER, after.id(), 0o100_644).map_err(doing())?;
        let both = builder.write().and_then(|oid| main.find_tree(oid)).map_err(doing())?;
        let message = format!("train {}, {} {how}\n\n{}\n", knot.train, knot.agent, open::shown(&entry.path));
        let made = main.commit(None, &who, &who, &message, &both, &[]).map_err(doing())?;
        let name = named(key);
        stale::write(main, &name, made, "orchestra: a resolution")?;
    }
    Ok(())
}

/// How a conflict was solved before, where every path of it was; its tree is kept by a ref of the train.
///
/// # Errors
/// When git fails.
pub fn recall(repo: &Path, knot: &Knot) -> Result<Option<Resolution>, Error> {
    let (onto, tip) = (open::theirs(&knot.onto)?, open::theirs(&knot.tip)?);
    // Most conflicts are new: nothing is written for them.
    let known = merge::in_memory(repo, |memory| Ok(!solved(memory, onto, tip)?.is_empty()))?;
    if !known {
        return Ok(None);
    }
    let main = open::main(repo)?;
    let mut index = merged(&main, onto, tip)?;
    let mut how = String::new();
    for file in solved(&main, onto, tip)? {
        settle(&main, &mut index, &file)?;
        how = file.how;
    }
    let tree = index.write_tree_to(&main).map_err(git("write a remembered resolution"))?;
    let name = format!("refs/orchestra/train/{}/remembered-{}", knot.train, knot.agent);
    stale::write(&main, &name, tree, "orchestra: remembered")?;
    let (agent, how) = (knot.agent.clone(), format!("remembered resolution ({how})"));
    Ok(Some(Resolution {
        agent,
        onto: knot.onto.clone(),
        tip: knot.tip.clone(),
        tree: open::ours(tree),
        how,
    }))
}

/// A file that is solved.
struct Known {
    three: Sides,
    content: Vec<u8>,
    how: String,
}

/// All files of a conflict as they were solved before; empty where one of them was not.
fn solved(repo: &Repository, onto: GitOid, tip: GitOid) -> Result<Vec<Known>, Error> {
    let mut all = Vec::new();
    for three in sides(&merged(repo, onto, tip)?)? {
        match again(repo, &three)? {
            Some((content, how)) => all.push(Known { three, content, how }),
            None => return Ok(Vec::new()),
        }
    }
    Ok(all)
}

/// One file as it was solved before, and where that is from.
fn again(repo: &Repository, three: &Sides) -> Result<Option<(Vec<u8>, String)>, Error> {
    let Some(pieces) = text::pieces(repo, three)? else { return Ok(None) };
    let Some(key) = text::key(&pieces) else { return Ok(None) };
    let kept = repo.find_reference(&named(key)).and_then(|r| r.peel_to_commit());
    let Ok(kept) = kept else { return Ok(None) };
    let content = |name: &str| {
        let entry = kept.tree().ok()?.get_name(name)?.id();
        Some(repo.find_blob(entry).ok()?.content().to_vec())
    };
    let (Some(before), Some(after)) = (content(BEFORE), content(AFTER)) else { return Ok(None) };
    let now = text::normal(&pieces);
    let (mut a, mut b, mut c) = (MergeFileInput::new(), MergeFileInput::new(), MergeFileInput::new());
    let made = git2::merge_file(a.content(&before), b.content(&now), c.content(&after), None)
        .map_err(git("use a remembered resolution"))?;
    let how = String::from_utf8_lossy(kept.summary_bytes().unwrap_or_default()).into_owned();
    Ok(made.is_automergeable().then(|| (made.content().to_vec(), how)))
}

fn settle(main: &Repository, index: &mut Index, file: &Known) -> Result<(), Error> {
    let [before, ours, theirs] = &file.three;
    let (Some(ours), Some(theirs)) = (ours, theirs) else { return Ok(()) };
    let id = main.blob(&file.content).map_err(git("write a remembered resolution"))?;
    let same = before.as_ref().is_some_and(|b| b.mode == ours.mode);
    let mode = if same { theirs.mode } else { ours.mode };
    let path = Path::new(<std::ffi::OsStr as std::os::unix::ffi::OsStrExt>::from_bytes(&ours.path));
    index.remove_path(path).map_err(git("solve a conflict"))?;
    let entry = git2::IndexEntry { id, mode, flags: 0, flags_extended: 0, ..super::copy(ours) };
    index.add(&entry).map_err(git("solve a conflict"))
}

fn named(key: GitOid) -> String {
    format!("refs/orchestra/resolutions/{key}")
}
