//! What can go wrong, each naming the thing and the remedy.

use std::path::PathBuf;

use crate::domain::id::{AgentName, Oid};

/// Why git work was not done. Texts complete "failed to …".
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// No repository at or above the path.
    #[error(
        "{0} is not in a git repository; go to one, run `git init` and make a first commit, or have a team without \
         worktrees: `worktrees = false` under [team] in orchestra.toml"
    )]
    NotARepository(PathBuf),
    /// It has no working tree.
    #[error("{0} is a bare repository; use a clone with a working tree")]
    Bare(PathBuf),
    /// The current branch has no commit.
    #[error("{0} has no commits on its current branch; make a first commit")]
    NoCommits(PathBuf),
    /// The target branch is missing.
    #[error("there is no branch `{target}`; {hint}")]
    NoTarget {
        /// The branch asked for.
        target: String,
        /// A near miss, or how to create it.
        hint: String,
    },
    /// A merge, rebase or the like is under way.
    #[error("{path} is in the middle of a {what}; finish or abort it first")]
    InProgress {
        /// The working tree.
        path: PathBuf,
        /// `merge`, `rebase`, ….
        what: &'static str,
    },
    /// The repository is of a kind that cannot be handled safely.
    #[error("{path} {what}, which is not supported yet; {remedy}")]
    Unsupported {
        /// The repository.
        path: PathBuf,
        /// What it uses.
        what: String,
        /// What to do.
        remedy: String,
    },
    /// Git does not take the name.
    #[error("`{0}` is not a valid branch name; choose another")]
    BranchName(String),
    /// A branch of a name that excludes this one exists.
    #[error("branch `{branch}` cannot exist beside branch `{other}`; rename one of them")]
    BranchClash {
        /// The branch wanted.
        branch: String,
        /// The branch in its way.
        other: String,
    },
    /// A branch is missing.
    #[error("there is no branch `{0}`; create it or take it out of the team")]
    NoBranch(String),
    /// Another working tree has the branch.
    #[error("branch `{branch}` is checked out in {at}; {remedy}")]
    CheckedOut {
        /// The branch.
        branch: String,
        /// Where.
        at: PathBuf,
        /// What to do.
        remedy: String,
    },
    /// Something else is at the path of a worktree.
    #[error("{path} is taken by {by}; move it away or choose another place")]
    Occupied {
        /// The path wanted.
        path: PathBuf,
        /// What is there.
        by: String,
    },
    /// A worktree would lie within its repository.
    #[error("{path} lies inside the repository {repo}; choose a place outside")]
    Inside {
        /// The path wanted.
        path: PathBuf,
        /// The repository.
        repo: PathBuf,
    },
    /// Somebody holds a lock.
    #[error("{0} is held by another process; wait for it, or remove the file when no git runs")]
    Locked(PathBuf),
    /// A worktree does not belong to its repository any more.
    #[error("{worktree} was tampered with: {what}; inspect it by hand before anything reads it")]
    Tampered {
        /// The worktree.
        worktree: PathBuf,
        /// What differs.
        what: String,
    },
    /// A worktree left its branch.
    #[error("{worktree} has {found} checked out, not `{branch}`; run `git switch {branch}` in it")]
    OffBranch {
        /// The worktree.
        worktree: PathBuf,
        /// The branch or commit it has.
        found: String,
        /// The branch it should have.
        branch: String,
    },
    /// A branch is not where the plan says.
    #[error("branch `{branch}` is at {found}, not at {expected} as planned; review it and plan again")]
    BranchMoved {
        /// The branch.
        branch: String,
        /// The commit planned.
        expected: Oid,
        /// The commit found.
        found: Oid,
    },
    /// A commit is not in the repository.
    #[error("there is no commit `{0}` in the repository; fetch it or plan again")]
    NoCommit(Oid),
    /// Two commits have no common ancestor.
    #[error("branch `{branch}` shares no history with {with}; rebase it on the target")]
    Unrelated {
        /// The branch.
        branch: String,
        /// The other side.
        with: Oid,
    },
    /// What a worktree holds cannot be tested.
    #[error("take what the worktree of {agent} holds: {why}")]
    OpenWork {
        /// Whose.
        agent: AgentName,
        /// Why not.
        why: String,
    },
    /// Removing would lose work.
    #[error("removing {path} would lose work: {}", .reasons.join("; "))]
    NotRemovable {
        /// The worktree.
        path: PathBuf,
        /// Why not, each with what is at stake.
        reasons: Vec<String>,
    },
    /// A merge should be signed and could not be.
    #[error(
        "sign a merge with the key {key}: `{program}` said: {text}; nothing was merged. \
             See that `git commit -S` works for you, or set merge.sign = \"never\""
    )]
    NotSigned {
        /// The program that signs.
        program: String,
        /// The key.
        key: String,
        /// What it said.
        text: String,
    },
    /// A merge should be signed and nothing says with which key.
    #[error("find the key that merges are signed with: {0}")]
    NoKey(String),
    /// Objects that were never fetched are needed.
    #[error("{doing}: an object is missing in this partial clone ({text}); {remedy}")]
    Missing {
        /// What was tried.
        doing: String,
        /// Git's words.
        text: String,
        /// How to get it.
        remedy: String,
    },
    /// The git program is missing or failed.
    #[error("`git {command}` failed: {text}")]
    Program {
        /// Its subcommand.
        command: String,
        /// What it said, or why it did not start.
        text: String,
    },
    /// libgit2 failed.
    #[error("{doing}: {source}")]
    Git {
        /// What was tried.
        doing: String,
        /// Its error.
        source: git2::Error,
    },
    /// A file could not be read or written.
    #[error("{}: {source}", .path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// The system's error.
        source: std::io::Error,
    },
}

/// Turns a libgit2 error into ours, saying what was tried.
pub(super) fn git(doing: impl Into<String>) -> impl FnOnce(git2::Error) -> Error {
    move |source| Error::Git { doing: doing.into(), source }
}

/// Turns a system error into ours, naming the file.
pub(super) fn io(path: impl Into<PathBuf>) -> impl FnOnce(std::io::Error) -> Error {
    move |source| Error::Io { path: path.into(), source }
}
