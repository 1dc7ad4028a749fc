//! The things a session is made of: dispatches, runs, trains, jobs, waiters.

use std::sync::Arc;

use super::event::ReplyTo;
use crate::domain::command::{Order, Until, Via};
use crate::domain::id::{AgentName, DispatchId, Oid, RunId, TrainId};
use crate::domain::plan::Bound;
use crate::domain::review::GateResult;
use crate::domain::state::{AgentState, Outcome, TaskState};
use crate::domain::time::Time;
use crate::domain::train::{Built, TrainPlan};

/// One prompt on its way into one pane.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Dispatch {
    /// Its number.
    pub id: DispatchId,
    /// The template's name; none for free text.
    pub prompt: Option<String>,
    /// The run and task it belongs to.
    pub task: Option<(RunId, String)>,
    /// The text, already cleaned; empty when it was lost with its file.
    pub text: Arc<str>,
    /// Control characters that were taken out of it.
    pub removed: u64,
    /// Bytes of its longest line.
    pub longest: usize,
    /// The code a claim by text must carry, where the prompt asks for one.
    pub code: Option<String>,
    /// When it was accepted.
    pub at: Time,
    /// How far it is.
    pub phase: Phase,
}

/// How far a dispatch is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Phase {
    /// Waits for the pane: the text says for what.
    Waiting(String),
    /// Pasted; Enter follows after the settle time.
    Pasted {
        /// When.
        at: Time,
        /// The screen's change counter before.
        changes: u64,
    },
    /// Enter was sent; a reaction is awaited.
    Entered {
        /// When last.
        at: Time,
        /// How often.
        times: u8,
        /// The screen's change counter before.
        changes: u64,
        /// How often the agent had started to work before.
        works: u64,
    },
}

/// What a claim by text must say, from the moment the prompt that asked for it was pasted.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(in crate::engine) struct Expected {
    /// The dispatch's code.
    pub code: String,
    /// The prompt, by which its echo is known.
    pub prompt: std::sync::Arc<str>,
    /// The claim.
    pub claim: Said,
    /// The phrase without its code.
    pub hint: Said,
}

/// Whether something was said, and what of it stands on the screen from before.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(in crate::engine) struct Said {
    /// The agent's turn in which it was.
    pub turn: Option<u64>,
    /// How often it was seen at the least since. Not durable: a server that takes over looks first.
    pub old: Option<usize>,
}

/// Whether what an agent says may count now.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(in crate::engine) enum Ear {
    /// It rests: what it says counts.
    Open,
    /// It still works: what it says counts once it rests.
    Later,
    /// Its claim is being examined: what it says meanwhile says nothing new.
    Closed,
}

impl Expected {
    /// For a prompt that was pasted in that turn. The code is new, but the phrase may stand there
    /// from before.
    pub fn new(code: String, prompt: std::sync::Arc<str>, turn: u64) -> Self {
        Self { code, prompt, claim: Said::default(), hint: Said::at(turn) }
    }
}

impl Said {
    /// It was said in that turn.
    pub fn at(turn: u64) -> Self {
        Self { turn: Some(turn), old: None }
    }

    /// Takes in that it stands on the screen `count` times in that turn, and says whether that is
    /// news: the first time it is; after that only in a later turn, and only where it stands more
    /// often than it did at any moment since, so that neither what scrolls by nor what is drawn
    /// again is taken for new.
    pub fn news(&mut self, count: usize, turn: u64, ear: Ear) -> bool {
        match self.turn {
            None => ear == Ear::Open && count > 0,
            Some(before) if turn > before && ear != Ear::Closed => {
                let old = self.old.get_or_insert(count);
                let new = count > *old;
                *old = count.min(*old);
                new && ear == Ear::Open
            }
            Some(_) => {
                self.old = Some(count);
                false
            }
        }
    }
}

/// How a dispatch ended.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Receipt {
    /// Its number.
    pub id: DispatchId,
    /// The template's name; none for free text.
    pub prompt: Option<String>,
    /// The run and task it belonged to.
    pub task: Option<(RunId, String)>,
    /// How.
    pub outcome: Outcome,
    /// Why, for people.
    pub why: String,
    /// Control characters that were taken out of the text.
    pub removed: u64,
    /// Milliseconds it took.
    pub ms: u64,
    /// When.
    pub at: Time,
}

/// One run of a plan.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Run {
    /// Its number.
    pub id: RunId,
    /// The plan.
    pub plan: String,
    /// All at once or by stages.
    pub order: Order,
    /// The focus group, where one was chosen.
    pub focus: Option<String>,
    /// The template used in place of each task's own.
    pub prompt: Option<String>,
    /// The tasks, by stage.
    pub tasks: Vec<RunTask>,
    /// Whether nothing is left to do.
    pub ended: bool,
    /// When it began.
    pub at: Time,
}

/// A task under way.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RunTask {
    /// What the plan says.
    pub bound: Bound,
    /// Where it stands.
    pub state: TaskState,
    /// Why, or what it waits for.
    pub why: String,
    /// The branch's tip when its prompt was submitted.
    pub since: Option<Oid>,
    /// Dispatches of its latest sending carry this number or a higher one.
    pub from: DispatchId,
}

/// The latest merge train.
#[derive(Clone, PartialEq, Debug)]
pub struct Train {
    /// The plan.
    pub plan: TrainPlan,
    /// What building it gave.
    pub built: Option<Built>,
    /// Gates on the result.
    pub gates: Vec<GateResult>,
    /// How far it is.
    pub phase: TrainPhase,
    /// Why it stopped, or empty.
    pub why: String,
    /// Who waits for its end.
    pub(in crate::engine) reply: Option<ReplyTo>,
}

/// How far a train is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum TrainPhase {
    /// Merges are being made in the object database.
    Building,
    /// Gates run on the result.
    Gating,
    /// The target is being moved.
    Applying,
    /// The target moved.
    Applied,
    /// It ended; the target did not move.
    Stopped,
}

/// A state that somebody laid down for an agent.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Pin {
    /// The state.
    pub state: AgentState,
    /// Since when.
    pub at: Time,
}

/// A usage limit.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Limit {
    /// When it is over, in milliseconds since 1970; none where that is not known.
    pub until: Option<i64>,
    /// How often the agent was told to go on.
    pub attempt: u8,
    /// When it was last told so, or else when the limit was seen.
    pub at: Time,
    /// When it was last read.
    pub seen: Time,
}

/// A claim under examination.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Claim {
    /// How it was made.
    pub via: Via,
    /// What the agent added.
    pub note: String,
    /// When.
    pub at: Time,
    /// The commit whose gates run.
    pub oid: Option<Oid>,
}

/// Keys kept back while a prompt goes in.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(in crate::engine) struct Held {
    /// Their bytes, at most [`super::state::MAX_HELD`].
    pub bytes: Vec<u8>,
    /// Whether they leave a draft in the composer; none when they do not touch it.
    pub draft: Option<bool>,
    /// Bytes that did not fit.
    pub lost: usize,
}

/// A line for the journal view.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LogLine {
    /// When.
    pub at: Time,
    /// Whom it concerns.
    pub agent: Option<AgentName>,
    /// What happened, safe to show.
    pub text: String,
}

/// A question put to a worker.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(in crate::engine) struct Job {
    pub id: u64,
    pub kind: JobKind,
}

/// What a worker's answer is for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(in crate::engine) enum JobKind {
    /// Somebody asked to see reviews.
    Show(Option<ReplyTo>),
    /// A claim is examined: git first, then the gates.
    Claim(AgentName),
    /// A train's result is tested.
    Train(TrainId),
    /// A train is to be planned and then only shown.
    ShowPlan(Option<ReplyTo>),
    /// A train is to be planned and then carried out.
    StartTrain(Option<ReplyTo>),
}

/// Somebody who waits.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(in crate::engine) struct Waiter {
    pub reply: ReplyTo,
    pub agents: Vec<AgentName>,
    pub goal: Goal,
    pub deadline: Time,
}

/// What is waited for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(in crate::engine) enum Goal {
    /// What a caller asked for.
    Until(Until),
    /// Fresh facts of the agents listed, for a status.
    Facts,
}
