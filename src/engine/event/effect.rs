//! What can be asked for.

use super::{AgentName, Answer, Notice, Oid, Record, ReplyTo, RipplePlan, TrainId, TrainPlan};
use crate::domain::ending::OnRed;
use crate::domain::gates::{Gate, Reuse};
use crate::domain::pr::Draft;
use crate::domain::review::Look;
use crate::domain::train::{Move, Solve};

/// Why bytes go to a pane.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Writing {
    /// A prompt or its Enter.
    Prompt,
    /// The answer to a terminal query.
    Reply,
    /// Keys from a person or script.
    Keys,
}

/// How much of branches is looked at.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Depth {
    /// What readiness asks for.
    Facts,
    /// Also what they hold, merged in this order.
    Whole(Vec<AgentName>),
}

/// One thing to be done.
#[derive(Clone, PartialEq, Debug)]
pub enum Effect {
    /// Append to the journal, before any effect that follows.
    Journal(Record),
    /// Start the agent's program.
    Spawn {
        /// Whose.
        agent: AgentName,
    },
    /// Write to a pane.
    Write {
        /// Whose.
        agent: AgentName,
        /// What.
        bytes: Vec<u8>,
        /// Why.
        why: Writing,
    },
    /// Change a pane's size.
    SetSize {
        /// Whose.
        agent: AgentName,
        /// Rows.
        rows: u16,
        /// Columns.
        cols: u16,
    },
    /// Ask the holder for [`TtyInfo`].
    Probe {
        /// Whose.
        agent: AgentName,
    },
    /// Stop the agent's program: HUP, TERM, KILL for everything below the holder.
    Stop {
        /// Whose.
        agent: AgentName,
    },
    /// Ask git for [`BranchFacts`].
    Inspect {
        /// Whose.
        agent: AgentName,
    },
    /// Ask git what prompts say of branches and of those they build on.
    Brief {
        /// Number of the answer.
        job: u64,
        /// Whose.
        agents: Vec<AgentName>,
    },
    /// Ask git for reviews.
    Review {
        /// Number of the answer.
        job: u64,
        /// Whose.
        agents: Vec<AgentName>,
        /// How much.
        depth: Depth,
    },
    /// Ask git what a branch changes.
    Diff {
        /// Number of the answer.
        job: u64,
        /// Whose.
        agent: AgentName,
        /// Whether uncommitted work counts in.
        open: bool,
        /// The one file whose lines are wanted.
        path: Option<String>,
    },
    /// Ask git which lines keep a branch from merging with another.
    Unmerged {
        /// Number of the answer.
        job: u64,
        /// The other; none: the target.
        ours: Option<AgentName>,
        /// Whose.
        theirs: AgentName,
    },
    /// Write a report of the session anew.
    Report {
        /// Its file's name.
        name: String,
        /// What it says.
        text: String,
    },
    /// Tell who asked what their question waits for; its answer is still to come.
    Say {
        /// To whom.
        to: ReplyTo,
        /// For people.
        text: String,
    },
    /// Find out what merging would meet.
    Predict {
        /// Number of the answers.
        job: u64,
        /// Whose branches, in team order, and what is known of their worktrees.
        agents: Vec<(AgentName, Look)>,
        /// The merge order of the whole team.
        order: Vec<AgentName>,
    },
    /// Run gates at a commit in a scratch checkout, in order.
    Gates {
        /// Number of the answers.
        job: u64,
        /// The commit.
        oid: Oid,
        /// The gates.
        gates: Vec<Gate>,
        /// Whether the first that does not pass ends it.
        on_red: OnRed,
        /// Where those that are red run too, to tell what was red before; none where nobody asks.
        base: Option<Oid>,
        /// What is done with verdicts known of the same tree.
        reuse: Reuse,
    },
    /// End a gate job that nobody needs any more; what runs for it is killed.
    CancelGates {
        /// Its number.
        job: u64,
    },
    /// Ask git where the target stands.
    LookAtTarget {
        /// Number of the answer.
        job: u64,
    },
    /// Build a train in the object database.
    Build {
        /// The plan.
        plan: TrainPlan,
    },
    /// Make a commit of what an agent's worktree holds, uncommitted work too.
    Snapshot {
        /// Number of the answer.
        job: u64,
        /// Whose.
        agent: AgentName,
    },
    /// Drop what keeps such a commit.
    DropSnapshot {
        /// Whose.
        agent: AgentName,
    },
    /// Drop what keeps a train's objects.
    ForgetTrain {
        /// Its number.
        train: TrainId,
    },
    /// Make the commits that bring a branch onto earlier work.
    BuildRipple {
        /// Number of the answer.
        job: u64,
        /// What to make.
        plan: Box<RipplePlan>,
    },
    /// Move an agent's branch and the files of its worktree.
    MoveBranch {
        /// Whose.
        agent: AgentName,
        /// From.
        old: Oid,
        /// To.
        new: Oid,
    },
    /// Finish or undo such a move that a crash may have cut short.
    RecoverBranch {
        /// Whose.
        agent: AgentName,
        /// From.
        old: Oid,
        /// To.
        new: Oid,
    },
    /// Describe a train: ask git about its merges and write the report.
    Describe {
        /// Number of the answer.
        job: u64,
        /// What the session knows of it.
        draft: Box<Draft>,
    },
    /// Make the session's report and keep it.
    KeepReport {
        /// Number of the answer.
        job: u64,
    },
    /// Look at what is watched of shared git configuration.
    Guard {
        /// Number of the answer.
        job: u64,
    },
    /// Move the target.
    Apply(Move),
    /// Finish or undo a move that a crash may have cut short.
    RecoverApply(Move),
    /// Take the target back; a ref keeps what the train made.
    Undo(Move),
    /// Finish or put right such a move that a crash may have cut short.
    RecoverUndo(Move),
    /// Have a conflict solved, or ask how that went.
    Solve {
        /// Number of the answer.
        job: u64,
        /// What is to be done.
        how: Box<Solve>,
    },
    /// Tell people, by their terminals and by the hooks of the configuration. Never empty.
    Notify {
        /// What, oldest first.
        notices: Vec<Notice>,
    },
    /// Answer a caller.
    Answer {
        /// Where to.
        to: ReplyTo,
        /// What.
        answer: Box<Answer>,
    },
    /// All agents are stopped: the server may end.
    Quit,
}
