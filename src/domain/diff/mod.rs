//! What a branch changes, line by line, as people read it.

mod colour;
mod unmerged;
mod words;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use self::colour::{COLOURED_MOST, colours};
pub use self::unmerged::{
    BEFORE_MOST, PATHS_MOST, PLACES_MOST, Part, Place, SIDE_MOST, TOLD_MOST, Unmerged, UnmergedFile, span,
};
pub use self::words::mark;
use super::id::{AgentName, Oid};

/// Lines of all files that one answer holds at most; files beyond are named and counted.
pub const LINES_MOST: usize = 6_000;
/// Bytes of text that one answer holds at most: with everything around them they fit a message.
pub const BYTES_MOST: usize = 240 * 1024;
/// Files that are named at most.
pub const FILES_MOST: usize = 500;
/// Characters of a line that are kept.
pub const LINE_MOST: usize = 1_000;
/// Unchanged lines kept around changes; views fold most of them.
pub const CONTEXT: u32 = 20;

/// What a branch changes.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
pub struct BranchDiff {
    /// Whose.
    pub agent: AgentName,
    /// The branch.
    pub branch: String,
    /// Where it is measured from: where it left the target, or its recorded base.
    pub base: Oid,
    /// Its tip.
    pub head: Oid,
    /// Whether uncommitted work of its worktree is in it.
    pub open: bool,
    /// Why uncommitted work that was asked for is not in it; empty where it is.
    #[serde(default)]
    pub why: String,
    /// The files, by path.
    pub files: Vec<FileDiff>,
    /// Files that are not named.
    pub more: u32,
    /// Lines added in all files that are named.
    pub added: u32,
    /// Lines removed in them.
    pub removed: u32,
}

/// What happened to a file.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Change {
    /// It is new.
    Added,
    /// It is gone.
    Removed,
    /// Its content or mode is another.
    Modified,
    /// It has another name.
    Renamed,
    /// It became something else: a file a link, for example.
    Retyped,
}

impl Change {
    /// The letter that git writes for it.
    #[must_use]
    pub fn letter(self) -> char {
        match self {
            Self::Added => 'A',
            Self::Removed => 'D',
            Self::Modified => 'M',
            Self::Renamed => 'R',
            Self::Retyped => 'T',
        }
    }

    /// In a word.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Added => "added",
            Self::Removed => "removed",
            Self::Modified => "modified",
            Self::Renamed => "renamed",
            Self::Retyped => "retyped",
        }
    }
}

/// What a file is.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// Lines.
    Text,
    /// Not lines.
    Binary,
    /// A symbolic link; its one line is where it leads.
    Symlink,
    /// A submodule; its line is its commit.
    Submodule,
    /// A pointer to a file that Git LFS keeps.
    Lfs,
    /// More than is read.
    Large,
}

impl Kind {
    /// What is said of it; nothing of plain text.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Text => "",
            Self::Binary => "binary",
            Self::Symlink => "symbolic link",
            Self::Submodule => "submodule",
            Self::Lfs => "LFS pointer",
            Self::Large => "large",
        }
    }
}

/// What a branch changes in one file.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
pub struct FileDiff {
    /// Its path; that before where it is gone.
    pub path: String,
    /// Its path before, where that was another.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// What happened to it.
    pub change: Change,
    /// What it is.
    pub kind: Kind,
    /// Its modes before and after in octal, where they differ.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub modes: Option<[String; 2]>,
    /// Lines added.
    pub added: u32,
    /// Lines removed.
    pub removed: u32,
    /// Where.
    pub hunks: Vec<Hunk>,
    /// Lines of the differences that are left out here.
    pub more: u32,
}

/// Lines that changed, and some around them.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
pub struct Hunk {
    /// First line and number of lines before.
    pub old: [u32; 2],
    /// And after.
    pub new: [u32; 2],
    /// What they stand in, as git found it; may be empty.
    pub section: String,
    /// The lines.
    pub lines: Vec<Line>,
}

impl Hunk {
    /// The same changes with at most `context` unchanged lines around each, as one or several hunks.
    #[must_use]
    pub fn narrow(&self, context: usize) -> Vec<Self> {
        let changed = |l: &Line| l.sign != Sign::Same;
        let near = |at: usize| {
            let from = at.saturating_sub(context);
            self.lines.iter().take(at + context + 1).skip(from).any(changed)
        };
        let (mut all, mut open): (Vec<Self>, Option<Self>) = (Vec::new(), None);
        let [mut old, mut new] = [self.old[0], self.new[0]];
        for (at, line) in self.lines.iter().enumerate() {
            let (before, after) =
                (u32::from(line.sign != Sign::Added), u32::from(line.sign != Sign::Removed));
            if near(at) {
                let hunk = open.get_or_insert_with(|| Self {
                    old: [old, 0],
                    new: [new, 0],
                    section: self.section.clone(),
                    lines: Vec::new(),
                });
                hunk.old[1] += before;
                hunk.new[1] += after;
                hunk.lines.push(line.clone());
            } else {
                all.extend(open.take());
            }
            old += before;
            new += after;
        }
        all.extend(open);
        all
    }
}

/// Which side a line is on.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
pub enum Sign {
    /// On both.
    #[serde(rename = " ")]
    Same,
    /// It is new.
    #[serde(rename = "+")]
    Added,
    /// It is gone.
    #[serde(rename = "-")]
    Removed,
}

impl Sign {
    /// As it is written.
    #[must_use]
    pub fn char(self) -> char {
        match self {
            Self::Same => ' ',
            Self::Added => '+',
            Self::Removed => '-',
        }
    }
}

/// How a line ends.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Ending {
    /// With a newline.
    #[default]
    Lf,
    /// With carriage return and newline.
    Crlf,
    /// The file ends without one.
    None,
}

impl Ending {
    /// Whether it is the usual one.
    #[must_use]
    pub fn usual(&self) -> bool {
        *self == Self::Lf
    }
}

/// One line.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Line {
    /// Which side it is on.
    pub sign: Sign,
    /// Its number before; 0 where it was not there.
    pub old: u32,
    /// Its number after; 0 where it is not there any more.
    pub new: u32,
    /// Safe to show but for tabs, which are kept; at most [`LINE_MOST`] characters.
    pub text: String,
    /// How it ends.
    #[serde(default, skip_serializing_if = "Ending::usual")]
    pub ending: Ending,
    /// Whether more of it is left out.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub cut: bool,
    /// What differs from the line it stands for: ranges of bytes of the text, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub marks: Vec<[u32; 2]>,
    /// What the language sees in it: ranges of bytes, in order. Not told to other programs.
    #[serde(skip)]
    pub inks: Vec<(u32, u32, Ink)>,
}

/// What a piece of source is, as far as colours tell it apart.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Ink {
    /// For people.
    Comment,
    /// A word of the language.
    Keyword,
    /// Text.
    Text,
    /// A number or another constant.
    Constant,
    /// Something that is called.
    Function,
    /// A type.
    Type,
    /// What is said about code: attributes, macros, tags.
    Attribute,
}

impl BranchDiff {
    /// The file at a path.
    #[must_use]
    pub fn file(&self, path: &str) -> Option<&FileDiff> {
        self.files.iter().find(|f| f.path == path)
    }

    /// Takes over what another answer about the same commits knows of its files.
    pub fn take(&mut self, other: Self) {
        for file in other.files {
            if let Some(mine) = self.files.iter_mut().find(|f| f.path == file.path && f.hunks.is_empty()) {
                *mine = file;
            }
        }
    }
}

impl FileDiff {
    /// Everything that is to be said of it beside its lines, as short phrases.
    #[must_use]
    pub fn remarks(&self) -> Vec<String> {
        let mut all = Vec::new();
        if let Some(from) = &self.from {
            all.push(format!("was {from}"));
        }
        if let Some([old, new]) = &self.modes {
            all.push(format!("mode {old} → {new}"));
        }
        match self.kind {
            Kind::Text => {}
            Kind::Large => all.push("too large to be read here; open `git diff`".into()),
            kind => all.push(kind.word().into()),
        }
        if self.kind == Kind::Text && self.hunks.is_empty() && self.more == 0 {
            let text = match self.change {
                Change::Added => "empty",
                Change::Removed => "was empty",
                _ => "content as before",
            };
            all.push(text.into());
        }
        all
    }

    /// Its path before.
    #[must_use]
    pub fn old_path(&self) -> &str {
        self.from.as_deref().unwrap_or(&self.path)
    }
}

/// What a line of a file may show, tabs kept, at most [`LINE_MOST`] characters; how it ends, and whether it was cut.
#[must_use]
pub fn shown(raw: &[u8]) -> (String, Ending, bool) {
    let (body, ending) = match raw {
        [body @ .., b'\r', b'\n'] => (body, Ending::Crlf),
        [body @ .., b'\n'] => (body, Ending::Lf),
        body => (body, Ending::None),
    };
    // Whatever the bytes, a line costs no more than what is kept of it.
    let room = body.len().min(LINE_MOST * 4);
    let text = String::from_utf8_lossy(body.get(..room).unwrap_or(body));
    let mut kept: String = text.chars().take(LINE_MOST).collect();
    let cut = room < body.len() || kept.len() < text.len();
    if kept.contains(|c: char| c != '\t' && (c.is_control() || !c.is_ascii())) {
        kept = kept.split('\t').map(super::signal::printable).collect::<Vec<_>>().join("\t");
    }
    (kept, ending, cut)
}

#[cfg(test)]
mod tests;
