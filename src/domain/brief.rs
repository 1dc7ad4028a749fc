//! What git says of an agent's branch and of the work it builds on, for prompts that speak of
//! what the agent really did.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Most entries of any list here; what is beyond is counted, not named.
pub const MOST: usize = 50;

/// Everything a prompt may say of one agent's work.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Brief {
    /// Its own branch.
    pub work: Work,
    /// The branches of the agents in its `after`, in that order.
    pub upstream: Vec<Upstream>,
    /// Technologies that the repository has at this branch's tip: `kubernetes`, `typescript`, …
    /// sorted, each once. The known ones and how each is recognised are data.
    pub tech: Vec<String>,
}

/// What a branch holds beyond its recorded base.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Work {
    /// Commits, oldest first, at most [`MOST`].
    pub commits: Vec<Commit>,
    /// Commits in all.
    pub ahead: usize,
    /// Files changed, at most [`MOST`].
    pub files: Vec<File>,
    /// Files changed in all.
    pub changed: usize,
    /// Lines added in all.
    pub added: usize,
    /// Lines removed in all.
    pub removed: usize,
    /// Files with uncommitted changes or untracked ones, at most [`MOST`].
    pub uncommitted: Vec<String>,
    /// `TODO` and `FIXME` in added lines, at most [`MOST`].
    pub todos: Vec<Place>,
    /// Tests that added lines skip, at most [`MOST`].
    pub skipped_tests: Vec<Place>,
    /// Changed source files without a test beside them, where the project has that habit, at most [`MOST`].
    pub untested: Vec<String>,
    /// What a review says against the branch, one sentence each.
    pub problems: Vec<String>,
}

/// A commit.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
pub struct Commit {
    /// Its id, 12 digits.
    pub id: String,
    /// First line of its message.
    pub subject: String,
    /// The lines of its message that begin with `-` or `*`, without that sign.
    pub bullets: Vec<String>,
}

/// A changed file.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct File {
    /// Where.
    pub path: String,
    /// `added`, `modified`, `deleted`, `renamed` or `type`.
    pub how: String,
    /// Lines added; 0 for a binary file.
    pub added: usize,
    /// Lines removed; 0 for a binary file.
    pub removed: usize,
}

/// A line of a file.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
pub struct Place {
    /// The file.
    pub path: String,
    /// The line, from 1.
    pub line: usize,
    /// What stands there, at most 200 characters.
    pub text: String,
}

/// The work of an agent that another builds on.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Upstream {
    /// Who.
    pub agent: String,
    /// Its branch.
    pub branch: String,
    /// Commits, oldest first, at most [`MOST`].
    pub commits: Vec<Commit>,
    /// Files changed, at most [`MOST`].
    pub files: Vec<File>,
    /// Files changed in all.
    pub changed: usize,
    /// Lines added in all.
    pub added: usize,
    /// Lines removed in all.
    pub removed: usize,
    /// Names that added lines export, `path: name`, at most [`MOST`]; only of languages in which
    /// that can be seen from a line.
    pub exports: Vec<String>,
    /// Those of them that no line the agent itself added names, at most [`MOST`].
    pub unused: Vec<String>,
}

#[cfg(test)]
impl Brief {
    /// One with an entry in every list.
    pub fn example() -> Self {
        let commit = || Commit {
            id: "0123456789ab".into(),
            subject: "feat: example".into(),
            bullets: vec!["an example".into()],
        };
        let file = || File { path: "src/example.rs".into(), how: "modified".into(), added: 3, removed: 1 };
        let place = |text: &str| Place { path: "src/example.rs".into(), line: 7, text: text.into() };
        let work = Work {
            commits: vec![commit()],
            ahead: 1,
            files: vec![file()],
            changed: 1,
            added: 3,
            removed: 1,
            uncommitted: vec!["notes.txt".into()],
            todos: vec![place("// TODO: example")],
            skipped_tests: vec![place("#[ignore]")],
            untested: vec!["src/example.rs".into()],
            problems: vec!["untracked files: notes.txt".into()],
        };
        let upstream = Upstream {
            agent: "OTHER".into(),
            branch: "agent-0-other".into(),
            commits: vec![commit()],
            files: vec![file()],
            changed: 1,
            added: 3,
            removed: 1,
            exports: vec!["src/example.rs: example".into()],
            unused: vec!["src/example.rs: example".into()],
        };
        Self { work, upstream: vec![upstream], tech: vec!["rust".into()] }
    }
}
