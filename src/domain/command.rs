//! What people, scripts and agents ask of a session.

mod incident;
mod looking;
mod lookup;
mod parts;
mod talk;
mod workflow;

use serde::{Deserialize, Serialize};

pub use self::incident::{Incident, TEXT_MOST};
pub use self::lookup::LookUp;
pub use self::parts::{Begin, Caller, Order, Silence, Subject, Target, Until, Via, What, WhichOrder};
pub use self::talk::{Confirming, Talk, Terms};
pub use self::workflow::Workflow;

use super::ending::Red;
use super::gates::Reuse;
use super::hook::HookEvent;
use super::id::{AgentName, RunId};
use super::plan::Task;
use super::state::AgentState;
use super::view::TrainView;

/// One command.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case")]
pub enum Command {
    /// Everything about the session; branch facts are refreshed first.
    Status,
    /// The last lines of a pane, as text.
    Read {
        /// Whose.
        agent: AgentName,
        /// How many; 0 means the visible screen.
        lines: u16,
        /// The `seq` of an earlier answer: only what is new since then is given; none: all.
        #[serde(default)]
        since: Option<u64>,
    },
    /// Why an agent is in its state.
    Explain {
        /// Whose.
        agent: AgentName,
    },
    /// Shows a prompt as it would be sent.
    Render {
        /// To whom.
        agent: AgentName,
        /// What.
        what: What,
        /// The focus group it would be sent to; may be empty.
        #[serde(default)]
        group: String,
    },
    /// Says what agents could do next, told from their branches; empty means all.
    Suggest {
        /// Who.
        agents: Vec<AgentName>,
    },
    /// Sends a prompt.
    Send {
        /// To whom.
        targets: Vec<Target>,
        /// What.
        what: What,
        /// On which terms.
        #[serde(default)]
        terms: Terms,
    },
    /// Types bytes into a pane.
    Type {
        /// Whose.
        agent: AgentName,
        /// The bytes, at most 64 KiB.
        bytes: Vec<u8>,
    },
    /// Starts a plan.
    Run {
        /// Its name.
        plan: String,
        /// All at once or by stages.
        order: Order,
        /// For whom; empty means everybody the plan names.
        targets: Vec<Target>,
        /// This template in place of each task's own, or `universal`, `role` (as without it) or `suggested`.
        prompt: Option<String>,
        /// What to do about red gates, where the plan looks at them first.
        #[serde(default)]
        red: Red,
    },
    /// Sends the orchestrator's pane the prompt that is offered.
    TakeOffer,
    /// Says what `Run` would do.
    DryRun {
        /// Its name.
        plan: String,
        /// All at once or by stages.
        order: Order,
        /// For whom; empty means everybody the plan names.
        targets: Vec<Target>,
        /// This template in place of each task's own, or `universal`, `role` (as without it) or `suggested`.
        prompt: Option<String>,
    },
    /// Adds a task to the plan that runs.
    AddTask {
        /// The task.
        task: Task,
    },
    /// Takes a task out of the plan that runs (it becomes skipped).
    DropTask {
        /// Its id.
        task: String,
    },
    /// Does a task of the plan that runs again.
    RepeatTask {
        /// Its id.
        task: String,
    },
    /// Has tasks of the plan that runs started now, whatever they wait for.
    StartTasks {
        /// Their ids.
        tasks: Vec<String>,
    },
    /// Starts nothing more of the plan that runs until it is resumed; what was sent goes on.
    PauseRun,
    /// Goes on with a paused plan.
    ResumeRun,
    /// Has a task done before another; neither may have started.
    MoveTask {
        /// Its id.
        task: String,
        /// The other's id.
        before: String,
    },
    /// One run as it is now.
    ShowRun {
        /// Its number; the latest without one.
        run: Option<RunId>,
    },
    /// Leaves an agent out: its open tasks are skipped and the merge goes without it.
    Skip {
        /// Whom.
        agent: AgentName,
    },
    /// Takes an agent back that was left out.
    TakeBack {
        /// Whom.
        agent: AgentName,
    },
    /// Takes another merge order from now on.
    TakeOrder {
        /// Which.
        which: WhichOrder,
    },
    /// Answers once something is so, or when time is up.
    Wait {
        /// For whom.
        targets: Vec<Target>,
        /// What.
        until: Until,
        /// Milliseconds at most.
        timeout_ms: u64,
    },
    /// Claims readiness for the caller's own pane.
    Ready {
        /// What to add.
        note: String,
    },
    /// Takes an agent at its word that it is ready: a claim that the lead makes for it.
    Accept {
        /// Whom.
        agent: AgentName,
        /// What to add.
        note: String,
    },
    /// What the agent program of the caller's own pane says by its hook.
    Hook {
        /// What.
        event: HookEvent,
    },
    /// Lays down what an agent does, against all evidence, or takes that off.
    Pin {
        /// Whom.
        agent: AgentName,
        /// One of [`AgentState::PINNABLE`]; none takes it off.
        state: Option<AgentState>,
    },
    /// Sends an agent the reasons its claim was refused.
    SendReasons {
        /// Whom.
        agent: AgentName,
    },
    /// Reviews branches; empty means all.
    Review {
        /// Whose.
        agents: Vec<AgentName>,
    },
    /// Says what a branch changes since it left the target.
    Diff {
        /// Whose.
        agent: AgentName,
        /// Whether uncommitted work of its worktree counts in.
        #[serde(default)]
        open: bool,
        /// The one file whose lines are wanted; none: all, as far as one answer holds them.
        #[serde(default)]
        path: Option<String>,
    },
    /// Says which lines keep a branch from merging with another, or with the target.
    Unmerged {
        /// The other; none: the target.
        ours: Option<AgentName>,
        /// Whose.
        theirs: AgentName,
    },
    /// Describes a train for a pull request.
    Pr {
        /// One that was only shown; none: the last that was applied.
        #[serde(default)]
        train: Option<Box<TrainView>>,
    },
    /// Keeps the session's report as it is now beside its record.
    Report,
    /// Says what changed of shared git configuration and hooks, or accepts it.
    Trust {
        /// The digest of what is accepted, as shown before; none only shows.
        #[serde(default)]
        digest: Option<String>,
        /// Who accepts it, for the record.
        #[serde(default)]
        by: String,
    },
    /// Runs gates on what somebody wants to know about, and answers when they have ended.
    Verify {
        /// What.
        subject: Subject,
        /// The gates' names; empty means all.
        #[serde(default)]
        gates: Vec<String>,
        /// What is done with verdicts known of the same tree.
        #[serde(default)]
        reuse: Reuse,
    },
    /// The gates that run now.
    Gating,
    /// Says what `Merge` would do, or what another step with a halted train would.
    MergePlan,
    /// The latest train as it is now.
    ShowTrain,
    /// Merges all ready branches in order. A halted train is given up for it.
    Merge,
    /// The same, if it would do exactly what was planned.
    MergePlanned {
        /// The [`TrainPlan::digest`](super::train::TrainPlan::digest) of what was planned.
        digest: String,
    },
    /// Goes on with a halted train: what is left is built anew, proved, and the target moves.
    MergeContinue {
        /// Agents to go without from now on; they stay ready.
        #[serde(default)]
        skip: Vec<AgentName>,
    },
    /// Says what `MergeContinue` would do.
    ContinuePlan {
        /// As there.
        #[serde(default)]
        skip: Vec<AgentName>,
    },
    /// Gives the conflict of a halted train to the agent whose step it is.
    MergeHand,
    /// Makes a worktree in which the conflict of a halted train can be solved by hand.
    MergeResolve,
    /// Gives a train up; what landed of it stays.
    MergeAbort,
    /// Takes the target back to where it was before the latest train.
    MergeUndo,
    /// Stops an agent's program.
    Stop {
        /// Whose.
        agent: AgentName,
    },
    /// Starts an agent's program again.
    Restart {
        /// Whose.
        agent: AgentName,
        /// Where it begins.
        #[serde(default)]
        begin: Begin,
        /// The prompt it begins with.
        #[serde(default)]
        what: Option<What>,
    },
    /// Shows a line in every dashboard until the next one; empty removes it.
    Narrate {
        /// The line.
        text: String,
    },
    /// Ends the session: every agent is stopped.
    Down,
    /// What happened, from the journal.
    History {
        /// Whom it concerns; none: all.
        #[serde(default)]
        agent: Option<AgentName>,
        /// The number of the first wanted; none: the last `limit`.
        #[serde(default)]
        since: Option<u64>,
        /// At most so many, 1 to 500.
        limit: u16,
    },
    /// The prompts and plans of the session.
    Library,
    /// What an agent says of itself, or to another.
    Talk(Talk),
    /// What a person says to calls that wait for one.
    Confirm(Confirming),
    /// Something asked of an incident fleet.
    Incident(Incident),
    /// Something asked of a project.
    Workflow(Workflow),
    /// Whether the caller may look something up, and in which folder's files; the answer's text names it.
    LookUp(LookUp),
}

impl Command {
    /// Starts an agent's program afresh.
    #[must_use]
    pub fn restart(agent: AgentName) -> Self {
        Self::Restart { agent, begin: Begin::Afresh, what: None }
    }
}
