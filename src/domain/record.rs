//! What the journal holds: a record of each durable change. The engine's durable state is their fold, live as in replay.

mod did;
mod incident;
mod kept;
mod kinds;
mod moved;
mod shared;
mod sync;
mod talk;
mod workflow;

use serde::{Deserialize, Serialize};

pub use self::did::{Acted, Did};
pub use self::incident::Incidented;
pub use self::kept::{Changed, Dropped, GateAt, Marked, Recording, Typed, Used, Wrote};
pub use self::moved::{Offered, Rippled, RunReviewed, TaskBound, TaskFreed, TaskMoved};
pub use self::talk::{Brings, Called, Confirmed, End, Talked};
pub use self::workflow::Workflowed;
use super::command::{Order, Terms, Via};
use super::guard::Guarded;
use super::id::{AgentName, DispatchId, Oid, RunId, TrainId};
use super::plan::Bound;
use super::review::{BranchFacts, GateResult};
use super::ripple::RippleMove;
use super::state::{AgentState, Outcome, TaskState};
use super::train::{Applied, Built, Halt, Move, TrainPlan, Undone};

/// One journal record. `kind` and `body` of a journal line are its two parts.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(tag = "kind", content = "body", rename_all = "snake_case")]
pub enum Record {
    /// A server began a session.
    Opened {
        /// The program's version.
        version: String,
        /// The server's process id.
        server: u32,
    },
    /// A server took over after another was lost.
    Recovered {
        /// The program's version.
        version: String,
        /// The server's process id.
        server: u32,
    },
    /// The session was ended on purpose.
    Closed {
        /// Why.
        why: String,
    },
    /// The commit an agent's work is counted from.
    Base {
        /// The agent.
        agent: AgentName,
        /// The commit.
        base: Oid,
    },
    /// An agent's program runs.
    AgentUp {
        /// The agent.
        agent: AgentName,
        /// The program's process id.
        pid: u32,
        /// The holder's process id.
        holder: u32,
        /// Where in the pane's log its output begins.
        log: u64,
    },
    /// An agent's program ended or never ran.
    AgentDown {
        /// The agent.
        agent: AgentName,
        /// Exit status; 128 + n for signal n; none where the program never ran or was lost.
        status: Option<i32>,
        /// Whether someone asked for it, or it ended by itself with status 0 after more than two seconds.
        orderly: bool,
        /// What happened, for people, with the last lines of the pane.
        why: String,
    },
    /// What an agent does, as fused from its signals.
    Activity {
        /// The agent.
        agent: AgentName,
        /// `starting`, `working`, `idle`, `asking`, `limited`, `blocked` or `unknown`.
        state: AgentState,
        /// The rule that decided.
        rule: String,
        /// The text it matched.
        evidence: String,
    },
    /// Somebody laid down what an agent does, or took that back.
    Pinned {
        /// The agent.
        agent: AgentName,
        /// The state that holds until it is taken off or the program ends; none takes it off.
        state: Option<AgentState>,
    },
    /// When a usage limit is over, as its text says; or that its agent is told to go on.
    Limit {
        /// The agent.
        agent: AgentName,
        /// Milliseconds since 1970; none where the text names no time.
        until: Option<i64>,
        /// How often the agent was told to go on.
        attempt: u8,
    },
    /// What git says of a branch now.
    Facts {
        /// The agent.
        agent: AgentName,
        /// The facts.
        facts: BranchFacts,
    },
    /// A prompt was accepted for a pane.
    Queued {
        /// Its number.
        dispatch: DispatchId,
        /// The agent.
        agent: AgentName,
        /// The template's name; none for free text.
        prompt: Option<String>,
        /// The run and task it belongs to.
        task: Option<(RunId, String)>,
        /// The code a claim by text must carry, where the prompt asked for one.
        code: Option<String>,
        /// The text as it will be sent. Empty when it stood beside the journal and is lost.
        #[serde(with = "shared")]
        text: std::sync::Arc<str>,
        /// Control characters that were taken out of it.
        #[serde(default)]
        removed: u64,
        /// On which terms, where it has any; the key with its caller before it.
        #[serde(default)]
        terms: Terms,
        /// What of a query it brings.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        brings: Option<Brings>,
    },
    /// A prompt is about to be pasted.
    Pasting {
        /// Its number.
        dispatch: DispatchId,
        /// The agent.
        agent: AgentName,
    },
    /// A dispatch ended.
    Receipt {
        /// Its number.
        dispatch: DispatchId,
        /// The agent.
        agent: AgentName,
        /// How.
        outcome: Outcome,
        /// Why, for people; may be empty.
        why: String,
        /// Milliseconds from queueing to now.
        ms: u64,
    },
    /// A plan began to run.
    RunStarted {
        /// Its number.
        run: RunId,
        /// The plan.
        plan: String,
        /// All at once or by stages.
        order: Order,
        /// The focus group's name, where one was chosen.
        focus: Option<String>,
        /// The template used in place of each task's own.
        prompt: Option<String>,
        /// The tasks.
        tasks: Vec<Bound>,
    },
    /// A task was added to a run.
    TaskAdded(Box<TaskBound>),
    /// A task changed.
    Task {
        /// The run.
        run: RunId,
        /// The task's id.
        task: String,
        /// Its new state.
        state: TaskState,
        /// Why, for people; may be empty.
        why: String,
        /// The branch's tip when its prompt was submitted.
        since: Option<Oid>,
    },
    /// A task is to be done before another.
    TaskMoved(TaskMoved),
    /// A task is to be started now, whatever it waits for.
    TaskFreed(TaskFreed),
    /// A task is bound anew.
    TaskBound(Box<TaskBound>),
    /// Somebody sent a text with placeholders.
    Wrote(Wrote),
    /// An agent's branch is about to move onto the work it builds on. Written and synced before it does.
    RippleIntent(RippleMove),
    /// What came of bringing an agent's branch onto the work it builds on.
    Rippled(Rippled),
    /// All gates are to run on these branches at these commits, after a run's last task.
    RunGates {
        /// The run.
        run: RunId,
        /// The branches' agents, each with its tip.
        tips: Vec<(AgentName, Oid)>,
    },
    /// All gates of one of these branches have run.
    BranchGated {
        /// The run.
        run: RunId,
        /// The agent.
        agent: AgentName,
    },
    /// All branches were reviewed after a run.
    RunReviewed(RunReviewed),
    /// A prompt is offered to the orchestrator's pane until it arrives, another run begins or a merge ends.
    Offered(Offered),
    /// A run sends nothing more for now.
    RunPaused {
        /// The run.
        run: RunId,
    },
    /// A paused run goes on.
    RunResumed {
        /// The run.
        run: RunId,
    },
    /// A run has no task left to do.
    RunEnded {
        /// The run.
        run: RunId,
    },
    /// An agent says it is ready.
    Claimed {
        /// The agent.
        agent: AgentName,
        /// How it said so.
        via: Via,
        /// What it added.
        note: String,
    },
    /// An agent says it is ready, without the code that proves whose words these are.
    Hint {
        /// The agent.
        agent: AgentName,
        /// What it printed.
        line: String,
    },
    /// A claim that is not so.
    Refused {
        /// The agent.
        agent: AgentName,
        /// What is missing, sentence by sentence.
        reasons: Vec<String>,
    },
    /// A claim proved.
    Ready {
        /// The agent.
        agent: AgentName,
        /// The very commit.
        oid: Oid,
    },
    /// Readiness that no longer holds.
    Withdrawn {
        /// The agent.
        agent: AgentName,
        /// Why.
        why: String,
        /// Whether a new prompt brought it about: then nobody has to look.
        #[serde(default)]
        asked: bool,
    },
    /// The lead leaves an agent out of the merge.
    LeftOut {
        /// The agent.
        agent: AgentName,
    },
    /// The lead takes an agent back that was left out.
    TakenBack {
        /// The agent.
        agent: AgentName,
    },
    /// The lead takes another merge order.
    OrderTaken {
        /// The whole team in order; empty: the configuration's order again.
        order: Vec<AgentName>,
    },
    /// A dialog of a starting program was acted on.
    Dialog(Acted),
    /// Profiles were taken over while the session ran; what they say now is in `session.toml`.
    ProfilesChanged {
        /// Their names.
        profiles: Vec<String>,
    },
    /// A gate ran.
    Gate {
        /// Whose commit; none for a train's result.
        agent: Option<AgentName>,
        /// How it went.
        result: GateResult,
    },
    /// A gate ran at a commit that is no branch's tip and no train's.
    GateAt(Box<GateAt>),
    /// A merge train was planned; with the number of the one before it goes on.
    TrainPlanned {
        /// The plan.
        plan: TrainPlan,
        /// Agents that this train goes without; they stay ready.
        #[serde(default)]
        skipped: Vec<AgentName>,
    },
    /// Its merges were made in the object database.
    TrainBuilt {
        /// Its number.
        train: TrainId,
        /// What came of it.
        built: Built,
    },
    /// The target is about to move. Written and synced before it does.
    TrainIntent(Move),
    /// The target moved, or why not.
    TrainApplied {
        /// Its number.
        train: TrainId,
        /// What came of it.
        applied: Applied,
    },
    /// A train ended without moving the target: written by older versions; it counts as halted.
    TrainStopped {
        /// Its number.
        train: TrainId,
        /// Why, naming paths or gate.
        why: String,
    },
    /// A train stands still until somebody decides, or a conflict is being solved now.
    TrainHalted {
        /// Its number.
        train: TrainId,
        /// Why.
        halt: Halt,
    },
    /// A train was given up; what landed of it stays.
    TrainDropped {
        /// Its number.
        train: TrainId,
    },
    /// The target is about to be taken back. Written and synced before it is.
    UndoIntent(Move),
    /// The target was taken back, or why not.
    TrainUndone {
        /// The train's number.
        train: TrainId,
        /// What came of it.
        undone: Undone,
    },
    /// What any agent may have changed of shared git configuration and hooks, and what the lead says of it.
    Guard(Box<Guarded>),
    /// A pane changed its size.
    Resized {
        /// The agent.
        agent: AgentName,
        /// Rows.
        rows: u16,
        /// Columns.
        cols: u16,
    },
    /// A person typed into a pane.
    Typed(Typed),
    /// The record has gaps from here on, or none any more.
    Recording(Recording),
    /// The oldest part of a pane's log made room.
    Dropped(Dropped),
    /// Somebody marked this moment.
    Marked(Marked),
    /// What the work that an agent claims to be ready changes.
    Changed(Box<Changed>),
    /// What an agent's program has used so far.
    Usage(Box<Used>),
    /// What agents said of themselves and to each other.
    Talk(Box<Talked>),
    /// A call by a program or from a pane is over.
    Call(Box<Called>),
    /// A call waits for a person, or no more.
    Confirm(Box<Confirmed>),
    /// What happened in an incident.
    Incident(Box<Incidented>),
    /// What happened in a project.
    Workflow(Box<Workflowed>),
    /// Something worth telling.
    Note {
        /// The text.
        text: String,
    },
}
