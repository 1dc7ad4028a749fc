//! What git knows of the merges of a train that was made.

use std::path::Path;

use git2::{Commit, DiffFormat, DiffOptions, Repository};

use super::error::git;
use super::{Error, open, review};
use crate::domain::pr::{Made, Merge};
use crate::domain::train::{Merged, TrainPlan};

/// The longest patch that is carried along, in bytes; all of them together stay below a message's limit.
const MAX_PATCHES: usize = 384 * 1024;
/// The longest message that is kept, in bytes.
const MAX_MESSAGE: usize = 16 * 1024;

/// Reads the merges of a train, in the order of its steps. Nothing is written.
///
/// # Errors
/// When a commit of it is not in the repository, or git fails.
pub fn account(repo: &Path, plan: &TrainPlan, merges: &[Merged]) -> Result<Vec<Merge>, Error> {
    let main = open::main(repo)?;
    let mut room = MAX_PATCHES;
    let mut onto = plan.base.clone();
    let mut all = Vec::new();
    for step in &plan.steps {
        let tip = open::commit(&main, &step.oid)?;
        let from = main
            .merge_base(open::theirs(&onto)?, tip.id())
            .map_err(git(format!("find where `{}` left the target", step.branch)))?;
        let files = review::changes(&main, from, tip.id())?.0;
        let merged = merges.iter().find(|m| m.agent == step.agent).filter(|m| m.oid != onto);
        let made = match merged {
            Some(merged) => {
                onto = merged.oid.clone();
                Some(made(&main, merged, &mut room)?)
            }
            None => None,
        };
        all.push(Merge { message: text(tip.message_bytes()), files, made });
    }
    Ok(all)
}

fn made(main: &Repository, merged: &Merged, room: &mut usize) -> Result<Made, Error> {
    let commit = open::commit(main, &merged.oid)?;
    let who = |s: &git2::Signature<'_>| {
        let when = s.when();
        let (sign, offset) = (when.sign(), when.offset_minutes().unsigned_abs());
        let date = format!("{} {sign}{:02}{:02}", when.seconds(), offset / 60, offset % 60);
        [s.name_bytes(), s.email_bytes(), date.as_bytes()].map(text)
    };
    let patch = if merged.how.is_empty() { None } else { patch(main, &commit)? };
    let patch = patch.filter(|p| p.len() <= *room);
    *room -= patch.as_ref().map_or(0, String::len);
    Ok(Made {
        oid: merged.oid.clone(),
        tree: open::ours(commit.tree_id()),
        message: std::str::from_utf8(commit.message_raw_bytes()).ok().map(str::to_owned),
        author: who(&commit.author()),
        committer: who(&commit.committer()),
        signed: commit.header_field_bytes("gpgsig").is_ok(),
        patch,
    })
}

/// What a merge changes of its first parent, every file as a binary patch: all of it is ASCII then.
fn patch(main: &Repository, commit: &Commit<'_>) -> Result<Option<String>, Error> {
    let doing = || git(format!("compare {} with what it was merged into", commit.id()));
    let before = commit.parent(0).and_then(|p| p.tree()).map_err(doing())?;
    let after = commit.tree().map_err(doing())?;
    let mut how = DiffOptions::new();
    how.show_binary(true).force_binary(true).id_abbrev(40).context_lines(0);
    let diff = main.diff_tree_to_tree(Some(&before), Some(&after), Some(&mut how)).map_err(doing())?;
    let mut bytes = Vec::new();
    let printed = diff.print(DiffFormat::Patch, |_, _, line| {
        bytes.extend_from_slice(line.content());
        bytes.len() <= MAX_PATCHES
    });
    match printed {
        Err(_) if bytes.len() > MAX_PATCHES => Ok(None),
        Err(e) => Err(doing()(e)),
        Ok(()) => Ok(String::from_utf8(bytes).ok().filter(|t| t.is_ascii())),
    }
}

fn text(bytes: &[u8]) -> String {
    let cut = bytes.get(..MAX_MESSAGE).unwrap_or(bytes);
    String::from_utf8_lossy(cut).into_owned()
}
