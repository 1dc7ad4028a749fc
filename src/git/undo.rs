//! Taking the target back to where it was before a train.

use std::path::Path;

use super::remove::keep_backup;
use super::{Error, apply, open};
use crate::domain::train::{Applied, Move, Undone};

/// Moves the target from what a train made of it back to what it was, with its files, as
/// [`apply`](super::apply()) moved it there. Whatever comes of it, `refs/orchestra/backup/<session>/train-<id>`
/// (numbered where that is taken) keeps what the train made. Call it once the intent is recorded.
///
/// # Errors
/// As [`apply`](super::apply()).
pub fn undo(repo: &Path, session: &str, back: &Move) -> Result<Undone, Error> {
    let backup = back_up(repo, session, back)?;
    let applied = apply::apply(repo, &back.target, back.train, &back.old, &back.new)?;
    Ok(match applied {
        Applied::Moved => Undone::Back { backup },
        Applied::Elsewhere { found, .. } => Undone::Built { found, backup },
        Applied::InTheWay { files, remedy } => Undone::Blocked { files, remedy },
    })
}

/// Leaves the ref that keeps what a train made, and gives its name.
///
/// # Errors
/// When git fails.
pub fn back_up(repo: &Path, session: &str, back: &Move) -> Result<String, Error> {
    let main = open::main(repo)?;
    let tip = open::commit(&main, &back.old)?.id();
    let log = format!("orchestra: train {} undone", back.train);
    keep_backup(&main, session, &format!("train-{}", back.train), tip, &log)
}
