//! What two branches do not merge, with the lines of both.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::domain::id::{AgentName, Oid};
use crate::domain::review::{Conflict, Lines};

/// Paths of one answer, at most; those beyond are counted.
pub const PATHS_MOST: usize = 50;
/// Places of one path, at most.
pub const PLACES_MOST: usize = 30;
/// Lines of one side of a place, at most.
pub const SIDE_MOST: usize = 60;
/// Lines of a place as it was before both: where they are more, only their number is told.
pub const BEFORE_MOST: usize = 12;
/// Lines of all places of one answer, at most.
pub const TOLD_MOST: usize = 2_000;

/// Where two branches, or a branch and the target, do not merge.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Unmerged {
    /// The one that is merged into; none: the target.
    #[serde(default)]
    pub ours: Option<AgentName>,
    /// The one that is merged.
    pub theirs: AgentName,
    /// Their tips.
    pub tips: [Oid; 2],
    /// What could not count in, and why; empty where everything did.
    #[serde(default)]
    pub why: String,
    /// The paths, in order; none where they merge.
    pub files: Vec<UnmergedFile>,
    /// Paths that are not listed.
    pub more: u32,
}

/// One path that does not merge.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
pub struct UnmergedFile {
    /// The path, and what kind of conflict it is in.
    pub conflict: Conflict,
    /// What each side has there, in a few words: for a path without lines that is all there is to tell.
    pub sides: [String; 2],
    /// The places that do not merge.
    pub places: Vec<Place>,
    /// Places that are not listed.
    pub more: u32,
}

/// One place of a path. A side that has no such file has no part.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Place {
    /// As the one side has it.
    pub ours: Option<Part>,
    /// As it was before both.
    pub before: Option<Part>,
    /// As the other side has it.
    pub theirs: Option<Part>,
}

/// Lines of one file.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Part {
    /// Which.
    pub lines: Lines,
    /// What they say, safe to show but for tabs, as far as there was room.
    pub text: Vec<String>,
    /// Lines that are left out here.
    pub more: u32,
}

impl Part {
    /// Which lines, for people.
    #[must_use]
    pub fn span(&self) -> String {
        span(self.lines)
    }
}

/// A range of lines, for people.
#[must_use]
pub fn span([from, to]: Lines) -> String {
    match to.cmp(&from) {
        std::cmp::Ordering::Less => format!("the place before line {from}"),
        std::cmp::Ordering::Equal => format!("line {from}"),
        std::cmp::Ordering::Greater => format!("lines {from}–{to}"),
    }
}
