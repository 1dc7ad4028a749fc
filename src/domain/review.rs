//! What git says of a branch, and what that means for readiness.

mod concern;
mod conflict;
mod convention;
mod gate;
mod matrix;
pub mod order;
mod report;
mod rules;
mod secret;
mod suspect;
#[cfg(test)]
mod suspect_tests;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use self::concern::{Concern, Severity};
pub use self::conflict::{Conflict, ConflictKind, Engines, Hunk, Lines};
pub use self::convention::{Convention, MESSAGE, MessageCheck, convention};
pub use self::gate::{GateResult, GateStatus, gate_reasons};
pub use self::matrix::{Along, Look, Matrix, Pair, Proposal, Tip, Verdict};
pub use self::report::{by_severity, report};
pub use self::rules::{BINARY_MOST, CHECKS, PathRule, RuleFile, Rules, SecretRule, TEXT_MOST};
pub use self::secret::{LINE_MOST, Secrets};
pub use self::suspect::{Change, Kind, Suspects, concern};
use super::id::{AgentName, Oid};

/// A branch and its worktree at one moment. Cheap enough to refresh often.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
pub struct BranchFacts {
    /// The branch's tip.
    pub head: Oid,
    /// The commit it is measured from (the recorded base).
    pub base: Oid,
    /// Commits on the branch that the base does not have.
    pub ahead: u32,
    /// Commits on the target that the branch does not have.
    pub behind: u32,
    /// Tracked files with uncommitted changes, at most 100.
    pub changed: Vec<String>,
    /// Untracked files that are not ignored, at most 100.
    pub untracked: Vec<String>,
    /// First line of the tip's message.
    pub subject: String,
}

impl BranchFacts {
    /// Whether nothing is uncommitted; untracked files count, ignored ones do not.
    #[must_use]
    pub fn clean(&self) -> bool {
        self.changed.is_empty() && self.untracked.is_empty()
    }
}

/// One commit of a branch.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
pub struct CommitLine {
    /// Its id.
    pub oid: Oid,
    /// First line of its message.
    pub subject: String,
    /// Its whole message, at most 16 KiB.
    #[serde(default)]
    pub message: String,
    /// Whether it changes nothing against the commit before it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub empty: bool,
}

/// One file a branch changes.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
pub struct FileChange {
    /// Its path from the top (lossy where it is not UTF-8).
    pub path: String,
    /// Lines added; 0 for binary files.
    pub added: u32,
    /// Lines removed; 0 for binary files.
    pub removed: u32,
}

/// A path that other branches touch too.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Overlap {
    /// The path.
    pub path: String,
    /// Who else touches it.
    pub with: Vec<AgentName>,
}

/// Everything `review` shows of one branch.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Review {
    /// Whose branch.
    pub agent: AgentName,
    /// The branch.
    pub branch: String,
    /// Tip, base, counts and uncommitted files.
    pub facts: BranchFacts,
    /// Commits on the recorded base, newest first, at most 100.
    pub commits: Vec<CommitLine>,
    /// Files changed since the base.
    pub files: Vec<FileChange>,
    /// Paths others touch too.
    pub overlaps: Vec<Overlap>,
    /// Conflicts with the target as it is now.
    pub conflicts: Vec<Conflict>,
    /// Gates known at this very tip.
    pub gates: Vec<GateResult>,
    /// The whole message of the tip, at most 16 KiB.
    #[serde(default)]
    pub message: String,
    /// What to look at, the weightiest first.
    #[serde(default)]
    pub concerns: Vec<Concern>,
}

impl Review {
    /// A review that knows no more than the facts.
    #[must_use]
    pub fn new(agent: AgentName, branch: impl Into<String>, facts: BranchFacts) -> Self {
        Self {
            agent,
            branch: branch.into(),
            facts,
            commits: Vec::new(),
            files: Vec::new(),
            overlaps: Vec::new(),
            conflicts: Vec::new(),
            gates: Vec::new(),
            message: String::new(),
            concerns: Vec::new(),
        }
    }

    /// Lines added and removed in all its files.
    #[must_use]
    pub fn lines(&self) -> (u64, u64) {
        let sum = |side: fn(&FileChange) -> u32| self.files.iter().map(|f| u64::from(side(f))).sum();
        (sum(|f| f.added), sum(|f| f.removed))
    }
}

/// Why a claim is not readiness, each a sentence an agent can act on; empty means git agrees.
#[must_use]
pub fn git_reasons(review: &Review) -> Vec<String> {
    let mut reasons = Vec::new();
    match review.facts.ahead {
        1 => {}
        0 => reasons.push(format!(
            "branch {} has no commit on {}; commit the work first",
            review.branch,
            review.facts.base.short()
        )),
        n => reasons.push(format!(
            "branch {} has {n} commits on {}; squash them into one: git reset --soft {} && git commit",
            review.branch,
            review.facts.base.short(),
            review.facts.base.short()
        )),
    }
    let named = |files: &[String]| {
        let shown: Vec<&str> = files.iter().take(5).map(String::as_str).collect();
        let more = files.len().saturating_sub(5);
        if more > 0 { format!("{} and {more} more", shown.join(", ")) } else { shown.join(", ") }
    };
    if !review.facts.changed.is_empty() {
        reasons.push(format!("uncommitted changes in {}", named(&review.facts.changed)));
    }
    if !review.facts.untracked.is_empty() {
        reasons.push(format!("untracked files: {}", named(&review.facts.untracked)));
    }
    reasons
}

#[cfg(test)]
mod tests {
    use super::*;

    fn review(ahead: u32, changed: &[&str], untracked: &[&str]) -> Review {
        let names = |n: &[&str]| n.iter().map(|s| (*s).to_owned()).collect();
        let facts = BranchFacts {
            base: Oid("0123456789abcdef".into()),
            ahead,
            changed: names(changed),
            untracked: names(untracked),
            ..BranchFacts::default()
        };
        Review::new(AgentName::new("SEC").unwrap(), "agent-3-sec", facts)
    }

    #[test]
    fn exactly_one_commit_and_a_clean_tree_leave_no_reason() {
        assert!(git_reasons(&review(1, &[], &[])).is_empty());
        assert_eq!(
            git_reasons(&review(0, &[], &[])),
            ["branch agent-3-sec has no commit on 0123456; commit the work first"]
        );
        assert_eq!(
            git_reasons(&review(2, &["a"], &["b", "c"])),
            [
                "branch agent-3-sec has 2 commits on 0123456; squash them into one: \
                 git reset --soft 0123456 && git commit",
                "uncommitted changes in a",
                "untracked files: b, c"
            ]
        );
        let many = review(1, &["1", "2", "3", "4", "5", "6", "7"], &[]);
        assert_eq!(git_reasons(&many), ["uncommitted changes in 1, 2, 3, 4, 5 and 2 more"]);
    }
}
