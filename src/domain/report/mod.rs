//! What came of a session: facts from its record, and what people are shown of them.
//!
//! Everything here was told by the record. What it does not say is none or empty, never guessed.

mod chart;
mod incident;
mod page;
mod parts;
mod text;
mod words;

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use self::incident::Incident;
pub use self::page::{SHOTS, Shot, page};
pub use self::parts::{
    Built, Came, Claim, Commit, Dispatch, Gap, Gate, Gone, Knot, Landed, Merge, Run, Task, Train, Verdict,
    Wait, When,
};
pub(in crate::domain) use self::text::squeeze;
pub use self::text::{TEMPLATE, markdown};
pub use self::words::{clean, length};
use super::chapter::Chapter;
use super::id::{AgentName, Oid};
use super::review::BranchFacts;
use super::state::AgentState;
use super::usage::Usage;

/// What came of a session.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize, JsonSchema)]
pub struct Report {
    /// The session.
    pub session: Session,
    /// The whole in figures.
    pub summary: Summary,
    /// The team in order.
    pub agents: Vec<Agent>,
    /// Who waited for whom, by beginning.
    pub waits: Vec<Wait>,
    /// Runs of plans, oldest first.
    pub runs: Vec<Run>,
    /// Incidents of a fleet, oldest first.
    #[serde(default)]
    pub incidents: Vec<Incident>,
    /// Merge trains, oldest first.
    pub trains: Vec<Train>,
    /// Gates that ran on the base and on what merging would have given.
    pub elsewhere: Vec<Gate>,
    /// The moments that somebody who looks back wants to find.
    pub chapters: Vec<Mark>,
    /// What the record does not hold.
    pub gaps: Gaps,
}

/// How a session stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Standing {
    /// A server runs it.
    Running,
    /// It was ended on purpose.
    Closed,
    /// Its record ends without a word.
    #[default]
    Halfway,
}

/// A session.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
pub struct Session {
    /// Its name.
    pub name: String,
    /// The repository's top.
    pub repository: String,
    /// The branch that takes the work; empty where it is not known, and without worktrees.
    pub target: String,
    /// Whether it had no worktrees: no branches, nothing to merge.
    #[serde(default)]
    pub plain: bool,
    /// The program's version that recorded it last.
    pub version: String,
    /// How it stands.
    pub standing: Standing,
    /// Whether its sprint is over: it was closed, or all work is merged.
    pub over: bool,
    /// Why it was closed; empty where it was not.
    pub why: String,
    /// Its first event.
    pub begin: When,
    /// Its last event, or now where it runs.
    pub end: When,
    /// Milliseconds in which it was open: without those between its end and its next beginning.
    pub open_ms: u64,
    /// From when to when it was open, in milliseconds after its beginning.
    pub sittings: Vec<(u64, u64)>,
    /// How often a server was lost and another took over.
    pub recovered: u32,
}

impl Session {
    /// The file among a session's reports that its report is kept in.
    #[must_use]
    pub fn file(&self) -> &'static str {
        if self.over { "completion.md" } else { "status.md" }
    }
}

/// A session in figures.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
pub struct Summary {
    /// Agents.
    pub agents: usize,
    /// Of these, merged now.
    pub merged: usize,
    /// Prompts accepted.
    pub prompts: usize,
    /// Of these, those that did not arrive.
    pub undelivered: usize,
    /// Commits that were seen on branches.
    pub commits: usize,
    /// Files that differ between the target before its merges and after; none where nothing is merged or it is not known.
    pub files: Option<u64>,
    /// Merge commits that are in the target now.
    pub merges: usize,
    /// Of all that were made, those that were taken back.
    pub undone: usize,
    /// Claims.
    pub claims: usize,
    /// Claims that were refused.
    pub refused: usize,
    /// Gates that ran.
    pub gates: usize,
    /// Gates that did not pass.
    pub red: usize,
    /// Conflicts that stopped a train.
    pub conflicts: usize,
    /// Milliseconds in which agents waited for a human to answer, all agents together.
    pub asked_ms: u64,
    /// Tokens of all agents that say so; none where nobody does.
    pub tokens: Option<u64>,
    /// Millionths of a US dollar of all agents that say so; none where nobody does.
    pub micro_usd: Option<u64>,
    /// How many agents say what they use.
    pub metered: usize,
}

/// One agent.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Agent {
    /// Its name.
    pub name: AgentName,
    /// Its role.
    pub role: String,
    /// Its branch.
    pub branch: String,
    /// The agent program's profile.
    pub profile: String,
    /// Its state at the end.
    pub state: AgentState,
    /// What it waits for then; may be empty.
    pub why: String,
    /// Whether the lead leaves it out of the merge.
    pub left_out: bool,
    /// Milliseconds in each state; they add up to the time the session was open.
    pub times: BTreeMap<String, u64>,
    /// Each state it was in with the moment it began, in milliseconds after the session's beginning.
    pub line: Vec<(u64, AgentState)>,
    /// What it was asked, and what came of that.
    pub prompts: Vec<Dispatch>,
    /// Commits that became the tip of its branch.
    pub commits: Vec<Commit>,
    /// What git said last of its branch; none where it is not in the record.
    pub facts: Option<BranchFacts>,
    /// The commit its work is counted from.
    pub base: Option<Oid>,
    /// Files of the work it claimed last; none where they are not in the record.
    pub files: Option<Vec<super::review::FileChange>>,
    /// Files of it that are not listed.
    pub more_files: usize,
    /// Its claims, and what became of them.
    pub claims: Vec<Claim>,
    /// Gates at its commits.
    pub gates: Vec<Gate>,
    /// Conflicts of its merges.
    pub conflicts: Vec<Knot>,
    /// Its merges.
    pub merges: Vec<Merge>,
    /// How often its program was started.
    pub starts: u32,
    /// Ends of its program that nobody asked for.
    pub failures: Vec<Came>,
    /// How often a person typed into its pane, keys that follow each other closely counted once.
    pub typed: u32,
    /// What its program says it has used; none where that is not in the record.
    pub usage: Option<Usage>,
}

/// A chapter of the record.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Mark {
    /// The number of its event.
    pub seq: u64,
    /// When.
    pub at: When,
    /// What.
    #[serde(flatten)]
    pub chapter: Chapter,
}

/// What the record does not hold.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
pub struct Gaps {
    /// Events of kinds that this version does not know.
    pub unknown: u64,
    /// Damaged lines of the journal.
    pub damaged: u64,
    /// Events whose numbers are missing.
    pub missing: u64,
    /// Prompts whose text is lost.
    pub texts: u64,
    /// Agents whose panes are not recorded because the configuration says so.
    #[serde(default)]
    pub private: Vec<AgentName>,
    /// Output of panes that was not recorded, or was removed to keep the record small.
    pub panes: Vec<Gap>,
}

impl Gaps {
    /// Whether nothing is missing.
    #[must_use]
    pub fn none(&self) -> bool {
        *self == Self::default()
    }
}
