//! Where two sides do not merge, and who says so.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What kind of conflict it is. The words are those of `git merge`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize, JsonSchema)]
pub enum ConflictKind {
    /// Both sides changed the same lines.
    #[serde(rename = "content")]
    Content,
    /// Both sides added the file, with different content.
    #[serde(rename = "add/add")]
    AddAdd,
    /// One side changed the file, the other removed it.
    #[serde(rename = "modify/delete")]
    ModifyDelete,
    /// Both sides renamed it to different names, or two files to the same name.
    #[serde(rename = "rename/rename")]
    RenameRename,
    /// One side renamed it, the other removed it.
    #[serde(rename = "rename/delete")]
    RenameDelete,
    /// Both sides changed what it is: its mode, or a file into a link.
    #[serde(rename = "mode")]
    Mode,
    /// One side has a folder where the other has a file.
    #[serde(rename = "directory/file")]
    DirectoryFile,
    /// One side added it to a folder that the other renamed.
    #[serde(rename = "file location")]
    FileLocation,
    /// Both sides moved a submodule.
    #[serde(rename = "submodule")]
    Submodule,
    /// Both sides changed a binary file.
    #[serde(rename = "binary")]
    Binary,
    /// Anything else, or of a newer version.
    #[serde(rename = "other", other)]
    Other,
}

impl ConflictKind {
    /// The word, as written everywhere.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Content => "content",
            Self::AddAdd => "add/add",
            Self::ModifyDelete => "modify/delete",
            Self::RenameRename => "rename/rename",
            Self::RenameDelete => "rename/delete",
            Self::Mode => "mode",
            Self::DirectoryFile => "directory/file",
            Self::FileLocation => "file location",
            Self::Submodule => "submodule",
            Self::Binary => "binary",
            Self::Other => "other",
        }
    }
}

impl fmt::Display for ConflictKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}

/// Lines of a file from the first to the last, from 1; `[5, 4]` is the empty place before line 5.
pub type Lines = [u32; 2];

/// One place in a file that does not merge.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Hunk {
    /// Its lines on the side merged into: the target, the steps before, or the first of a pair.
    pub ours: Lines,
    /// Its lines on the side that is merged.
    pub theirs: Lines,
}

/// Why two sides do not merge at a path.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Conflict {
    /// The path.
    pub path: String,
    /// What kind.
    pub kind: ConflictKind,
    /// Other paths concerned: where the sides renamed it to.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub also: Vec<String>,
    /// Where in the file; empty where it is not about lines.
    #[serde(default)]
    pub hunks: Vec<Hunk>,
}

impl Conflict {
    /// A conflict that is not about certain lines.
    #[must_use]
    pub fn new(path: impl Into<String>, kind: ConflictKind) -> Self {
        Self { path: path.into(), kind, also: Vec::new(), hunks: Vec::new() }
    }
}

impl fmt::Display for Conflict {
    /// `policies/egress.yaml 14–31 (content)`: the path, at most three places on our side, the kind.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.path)?;
        for (i, hunk) in self.hunks.iter().take(3).enumerate() {
            let [from, to] = hunk.ours;
            f.write_str(if i == 0 { " " } else { ", " })?;
            if to > from { write!(f, "{from}–{to}")? } else { write!(f, "{from}")? }
        }
        if self.hunks.len() > 3 {
            write!(f, " and {} more", self.hunks.len() - 3)?;
        }
        write!(f, " ({})", self.kind)
    }
}

/// Who judged a merge: libgit2 builds it, the git program checks it.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "said", content = "why", rename_all = "lowercase")]
pub enum Engines {
    /// Nobody compared them.
    #[default]
    Unchecked,
    /// Both say the same.
    Agree,
    /// They say different things, and git is followed. What libgit2 said.
    Disagree(String),
    /// Only git was asked: what libgit2 cannot do here.
    Git(String),
    /// Only libgit2 was asked: why git could not be.
    Library(String),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_conflict_reads_as_path_places_and_kind() {
        let mut c = Conflict::new("a/b.rs", ConflictKind::Content);
        assert_eq!(c.to_string(), "a/b.rs (content)");
        let hunk = |from, to| Hunk { ours: [from, to], theirs: [1, 1] };
        c.hunks = vec![hunk(14, 31), hunk(40, 40), hunk(50, 49), hunk(60, 61)];
        assert_eq!(c.to_string(), "a/b.rs 14–31, 40, 50 and 1 more (content)");
    }

    #[test]
    fn words_of_older_and_newer_versions_are_understood() {
        let old: Conflict = serde_json::from_str(r#"{"path":"a","kind":"add/add"}"#).unwrap();
        assert_eq!(old, Conflict::new("a", ConflictKind::AddAdd));
        let new: Conflict = serde_json::from_str(r#"{"path":"a","kind":"of tomorrow"}"#).unwrap();
        assert_eq!(new.kind, ConflictKind::Other);
        let all: Engines = serde_json::from_str(r#"{"said":"disagree","why":"clean"}"#).unwrap();
        assert_eq!(all, Engines::Disagree("clean".into()));
        assert_eq!(serde_json::to_string(&Engines::Agree).unwrap(), r#"{"said":"agree"}"#);
    }
}
