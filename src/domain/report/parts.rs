//! What a report is made of.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::super::command::{Order, Via};
use super::super::id::{AgentName, DispatchId, Oid, RunId, TrainId};
use super::super::review::GateStatus;
use super::super::state::{AgentState, Outcome, TaskState};
use super::super::time::{Time, rfc3339};

/// A moment of a session.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
pub struct When {
    /// Milliseconds after the session's beginning.
    pub ms: u64,
    /// The wall clock then, RFC 3339 UTC.
    pub time: String,
}

impl When {
    /// That moment of a session that began at `begin`.
    #[must_use]
    pub fn of(at: Time, begin: u64) -> Self {
        Self { ms: at.mono.saturating_sub(begin) / 1000, time: rfc3339(at) }
    }
}

/// Something that happened.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Came {
    /// When.
    pub at: When,
    /// What, in one line.
    pub text: String,
}

/// A prompt, and what came of it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Dispatch {
    /// Its number.
    pub id: DispatchId,
    /// When it was accepted.
    pub at: When,
    /// The template; none for free text.
    pub prompt: Option<String>,
    /// The run and the task it belongs to.
    pub task: Option<(RunId, String)>,
    /// How its text begins: the first lines that say something.
    pub lines: Vec<String>,
    /// Bytes of its text; none where the text is lost.
    pub bytes: Option<usize>,
    /// How it ended; none while it is on its way, or where the record ends before.
    pub outcome: Option<Outcome>,
    /// Why, where it did not arrive.
    pub why: String,
    /// Milliseconds until then.
    pub ms: Option<u64>,
    /// What the agent did until its next prompt: commits, questions, claims, failures.
    pub came: Vec<Came>,
}

/// A commit that became the tip of a branch.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Commit {
    /// When it was seen.
    pub at: When,
    /// Its id.
    pub oid: Oid,
    /// First line of its message.
    pub subject: String,
    /// Commits of the branch on its base then.
    pub ahead: u32,
}

/// What became of a claim.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "verdict", rename_all = "lowercase")]
pub enum Verdict {
    /// Nothing yet, as far as the record goes.
    #[default]
    Open,
    /// It was proved.
    Ready {
        /// At that commit.
        oid: Oid,
    },
    /// It was not so.
    Refused {
        /// Why, sentence by sentence.
        reasons: Vec<String>,
    },
    /// It was overtaken before it was judged.
    Withdrawn {
        /// By what.
        why: String,
    },
}

/// A claim of readiness.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Claim {
    /// When it was made.
    pub at: When,
    /// How; none where the record has only what became of it.
    pub via: Option<Via>,
    /// What the agent added.
    pub note: String,
    /// What became of it.
    #[serde(flatten)]
    pub verdict: Verdict,
    /// When it was judged.
    pub judged: Option<When>,
    /// When and why readiness that was proved did not hold any more.
    pub lost: Option<Came>,
}

/// A gate that ran.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Gate {
    /// When it ended.
    pub at: When,
    /// Its name.
    pub gate: String,
    /// What was tested: `tip`, `train`, or a place as in `orchestra verify`.
    pub on: String,
    /// The commit.
    pub oid: Oid,
    /// How it ended.
    pub status: GateStatus,
    /// Whether it kept nobody from anything.
    pub passed: bool,
    /// Milliseconds it took.
    pub ms: u64,
    /// What is to be said of it beside; may be empty.
    pub remark: String,
    /// Its last lines, where it is not green.
    pub tail: Vec<String>,
}

/// A conflict that stopped a train.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Knot {
    /// When it was met.
    pub at: When,
    /// The train.
    pub train: TrainId,
    /// Whose step.
    pub agent: AgentName,
    /// Earlier branches that touch the same paths.
    pub with: Vec<AgentName>,
    /// The paths, each with its places and kind.
    pub paths: Vec<String>,
    /// What became of it.
    pub solved: String,
    /// When.
    pub over: Option<When>,
}

/// A merge of an agent's branch.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Merge {
    /// When the target had it.
    pub at: When,
    /// The train.
    pub train: TrainId,
    /// The branch's commit.
    pub tip: Oid,
    /// The merge commit.
    pub oid: Oid,
    /// How its conflicts were solved; empty where it had none.
    pub how: String,
    /// When it was taken back; none where it was not.
    pub undone: Option<When>,
}

/// Somebody who waited.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Wait {
    /// Who.
    pub agent: AgentName,
    /// In what state: `asking`, `limited`, `blocked`, `claimed`, `failed`, or `pending` for a task that waited for others.
    pub state: AgentState,
    /// Whom or what it waited for.
    pub whom: String,
    /// What said so.
    pub why: String,
    /// Since when.
    pub from: When,
    /// Until when; none where it still waits.
    pub to: Option<When>,
    /// What released it; empty where it still waits.
    pub released: String,
}

/// A run of a plan.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Run {
    /// Its number.
    pub id: RunId,
    /// The plan.
    pub plan: String,
    /// All at once or by stages.
    pub order: Order,
    /// The focus group, where one was chosen.
    pub focus: Option<String>,
    /// When it began.
    pub begin: When,
    /// When it ended; none where it did not.
    pub end: Option<When>,
    /// What the review after it said.
    pub review: String,
    /// Its tasks, by stage.
    pub tasks: Vec<Task>,
}

/// A task of a run.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Task {
    /// Its id.
    pub id: String,
    /// Whose.
    pub agent: AgentName,
    /// The template.
    pub prompt: String,
    /// Its stage, from 1.
    pub stage: usize,
    /// Tasks that had to be done first.
    pub needs: Vec<String>,
    /// Where it stands.
    pub state: TaskState,
    /// Why; may be empty.
    pub why: String,
    /// When its prompt went out last.
    pub sent: Option<When>,
    /// When it ended.
    pub ended: Option<When>,
}

/// What building a train gave.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Built {
    /// Not in the record.
    Unknown,
    /// All its merges are clean.
    Clean,
    /// A step did not merge.
    Conflict,
}

/// One step of a train.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Landed {
    /// Whose branch.
    pub agent: AgentName,
    /// The branch.
    pub branch: String,
    /// Its commit.
    pub tip: Oid,
    /// First line of the merge's message.
    pub message: String,
    /// The merge commit; none where it was not made.
    pub merge: Option<Oid>,
    /// How its conflicts were solved; empty where it had none.
    pub how: String,
    /// When the target had it; none where it never did.
    pub landed: Option<When>,
}

/// What ended a train.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Gone {
    /// Nothing: it is under way, or the record ends before.
    #[default]
    Open,
    /// The target has all of it.
    Applied,
    /// It stands still.
    Halted,
    /// It was given up.
    Dropped,
    /// The target was taken back to where it was before.
    Undone,
}

/// A merge train.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Train {
    /// Its number.
    pub id: TrainId,
    /// When it was planned.
    pub at: When,
    /// The branch that takes the work.
    pub target: String,
    /// Where the target stood.
    pub base: Oid,
    /// The last merge; none where it was not built.
    pub result: Option<Oid>,
    /// Files that differ between the two.
    pub files: Option<u32>,
    /// The merges in order.
    pub steps: Vec<Landed>,
    /// Agents that it went without.
    pub skipped: Vec<AgentName>,
    /// What building it gave last.
    pub built: Built,
    /// Gates on its result.
    pub gates: Vec<Gate>,
    /// What stopped it, each time.
    pub halts: Vec<Came>,
    /// How it stands.
    pub state: Gone,
    /// When it came to that.
    pub over: Option<When>,
    /// What was said when it was taken back: the ref that keeps what it made, or why it could not be.
    pub undo: String,
}

/// A part of a pane's output that is not in the record.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Gap {
    /// Whose pane; none: the journal.
    pub agent: Option<AgentName>,
    /// When that was written down.
    pub at: When,
    /// Bytes, where they are known.
    pub bytes: u64,
    /// Why.
    pub why: String,
    /// When it was recorded again; none for what was removed, or where it was not.
    pub over: Option<When>,
}
