//! What could make a git program run something: shared configuration and hooks as they were, and what changed.
//!
//! Any agent can write these from its own worktree. Nothing here is run by this program; people and their tools
//! run git too.

mod entries;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use self::entries::{Scope, entries, masked};
use super::id::AgentName;
use super::signal::printable;

/// Lines of one file that a change shows.
const SHOWN: usize = 20;
/// Characters of one line that are kept.
const WIDTH: usize = 240;
/// The most work a comparison of two files' lines may be; beyond, the old and the new lines are listed.
const WORK: usize = 250_000;
/// Files that a refusal names.
const NAMED: usize = 3;

/// All that is watched, at one moment.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Snapshot {
    /// Of everything below; equal digests mean that nothing changed.
    pub digest: String,
    /// The files, by path.
    pub files: Vec<Watched>,
}

/// One file.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Watched {
    /// Its path: from the repository's top where it lies below, else whole.
    pub path: String,
    /// SHA-256 of what counts of it, in hexadecimal.
    pub digest: String,
    /// What it says, line by line: of a configuration file one `key = value` a line, values that look secret
    /// masked; none where it is too long or no text.
    pub lines: Option<Vec<String>>,
}

/// How a file changed.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Turn {
    /// It was not there.
    Added,
    /// It is gone.
    Removed,
    /// It says something else.
    Changed,
}

/// One file that is not as it was.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Change {
    /// Its path, as in [`Watched`].
    pub path: String,
    /// How.
    pub turn: Turn,
    /// Lines that came and went, each with `+ ` or `- ` before it, at most 20; safe to show.
    pub lines: Vec<String>,
    /// Further lines that are not listed.
    #[serde(default)]
    pub more: usize,
}

/// A worktree that does not belong to its repository any more.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Redirected {
    /// Whose.
    pub agent: AgentName,
    /// What is wrong with it.
    pub what: String,
}

/// What was seen at one moment.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Seen {
    /// Shared configuration and hooks.
    pub snapshot: Snapshot,
    /// Worktrees that were redirected.
    pub redirected: Vec<Redirected>,
}

/// What is not as it was when the session began, or when the lead last accepted it.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
pub struct Tampering {
    /// Of the snapshot that differs: what is accepted by this name is what was shown.
    pub digest: String,
    /// The files that changed.
    pub changes: Vec<Change>,
    /// Worktrees that were redirected.
    #[serde(default)]
    pub redirected: Vec<Redirected>,
}

impl Tampering {
    /// Whether nothing is wrong.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.changes.is_empty() && self.redirected.is_empty()
    }

    /// What is wrong, line by line, for people.
    #[must_use]
    pub fn lines(&self) -> Vec<String> {
        let mut lines = Vec::new();
        for change in &self.changes {
            let turn = match change.turn {
                Turn::Added => "added",
                Turn::Removed => "removed",
                Turn::Changed => "changed",
            };
            lines.push(format!("tampered: {} was {turn}; any agent may have done it", change.path));
            lines.extend(change.lines.iter().map(|l| format!("    {l}")));
            if change.more > 0 {
                lines.push(format!("    and {} lines more", change.more));
            }
        }
        for Redirected { agent, what } in &self.redirected {
            lines.push(format!(
                "tampered: the worktree of {agent}: {}; its branch is not read",
                printable(what)
            ));
        }
        lines
    }
}

/// What the journal holds of it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "did", rename_all = "lowercase")]
pub enum Guarded {
    /// Everything as it is when the session begins.
    Began {
        /// What is watched.
        snapshot: Snapshot,
    },
    /// What differs from it was seen to change; empty: all is as it was again.
    Found {
        /// What differs.
        tampering: Tampering,
    },
    /// The lead accepts what differs.
    Trusted {
        /// Who, as the caller says.
        by: String,
        /// What is watched from now on.
        snapshot: Snapshot,
        /// What was accepted.
        changes: Vec<Change>,
    },
}

impl Snapshot {
    /// What is not as in `self` any more.
    #[must_use]
    pub fn changes(&self, now: &Snapshot) -> Vec<Change> {
        if self.digest == now.digest {
            return Vec::new();
        }
        let find = |all: &[Watched], path: &str| all.iter().find(|w| w.path == path).cloned();
        let mut paths: Vec<&str> = self.files.iter().chain(&now.files).map(|w| w.path.as_str()).collect();
        paths.sort_unstable();
        paths.dedup();
        let change = |path: &str| {
            let (old, new) = (find(&self.files, path), find(&now.files, path));
            let turn = match (&old, &new) {
                (Some(a), Some(b)) if a.digest == b.digest => return None,
                (Some(_), Some(_)) => Turn::Changed,
                (None, _) => Turn::Added,
                (Some(_), None) => Turn::Removed,
            };
            let all = match (lines_of(old.as_ref()), lines_of(new.as_ref())) {
                (Some(a), Some(b)) => differences(a, b),
                _ => vec!["content too long to show, or no text".to_owned()],
            };
            let more = all.len().saturating_sub(SHOWN);
            let cut = |l: &String| printable(l).chars().take(WIDTH).collect();
            Some(Change {
                path: printable(path),
                turn,
                lines: all.iter().take(SHOWN).map(cut).collect(),
                more,
            })
        };
        paths.into_iter().filter_map(change).collect()
    }
}

/// The lines of a file; a missing file has none, and of some they are not known.
fn lines_of(file: Option<&Watched>) -> Option<&[String]> {
    match file {
        None => Some(&[]),
        Some(w) => w.lines.as_deref(),
    }
}

/// What went (`- `) and what came (`+ `), in the order of the files.
fn differences(old: &[String], new: &[String]) -> Vec<String> {
    let head = old.iter().zip(new).take_while(|(a, b)| a == b).count();
    let (old, new) = (old.get(head..).unwrap_or_default(), new.get(head..).unwrap_or_default());
    let tail = old.iter().rev().zip(new.iter().rev()).take_while(|(a, b)| a == b).count();
    let old = old.get(..old.len() - tail).unwrap_or_default();
    let new = new.get(..new.len() - tail).unwrap_or_default();
    let gone = |l: &String| format!("- {l}");
    let came = |l: &String| format!("+ {l}");
    if old.len().saturating_mul(new.len()) > WORK {
        return old.iter().map(gone).chain(new.iter().map(came)).collect();
    }
    // The longest common subsequence, from the end.
    let width = new.len() + 1;
    let mut best = vec![0usize; (old.len() + 1) * width];
    let at = |i: usize, j: usize| i * width + j;
    for i in (0..old.len()).rev() {
        for j in (0..new.len()).rev() {
            best[at(i, j)] = if old[i] == new[j] {
                best[at(i + 1, j + 1)] + 1
            } else {
                best[at(i + 1, j)].max(best[at(i, j + 1)])
            };
        }
    }
    let (mut i, mut j, mut out) = (0, 0, Vec::new());
    while i < old.len() || j < new.len() {
        if i < old.len() && j < new.len() && old[i] == new[j] {
            (i, j) = (i + 1, j + 1);
        } else if j == new.len() || (i < old.len() && best[at(i + 1, j)] >= best[at(i, j + 1)]) {
            out.push(gone(&old[i]));
            i += 1;
        } else {
            out.push(came(&new[j]));
            j += 1;
        }
    }
    out
}

/// Why merging is refused while these changes stand.
#[must_use]
pub fn refusal(changes: &[Change]) -> String {
    let named: Vec<String> = changes
        .iter()
        .take(NAMED)
        .map(|c| match c.lines.first() {
            Some(line) => format!("{} ({line})", c.path),
            None => c.path.clone(),
        })
        .collect();
    let more = changes.len().saturating_sub(NAMED);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    format!(
        "git configuration or hooks that all worktrees share have changed, which any agent may have done: {}{more}; \
         look at it with `orchestra trust`, then accept it there or put it back",
        named.join(", ")
    )
}

#[cfg(test)]
mod tests;
