//! The things a session is made of: dispatches, runs, trains, jobs, waiters.

mod job;
mod talk;

use std::sync::Arc;
use std::time::Duration;

pub use self::job::Gating;
pub(in crate::engine) use self::job::{Accept, Goal, Job, JobKind, Verifying, Waiter};
pub use self::talk::{Asked, Confirmation};
pub use super::story::Kind;

use super::event::ReplyTo;
pub use super::train::{Train, TrainPhase};
use crate::domain::command::{Order, Via};
use crate::domain::id::{AgentName, DispatchId, Oid, RunId, TrainId};
use crate::domain::plan::Bound;
use crate::domain::profile::Launch;
use crate::domain::record::Brings;
use crate::domain::state::{AgentState, Outcome, TaskState};
use crate::domain::time::Time;

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
    /// What of a query it brings.
    pub brings: Option<Brings>,
    /// When it was accepted.
    pub at: Time,
    /// How long it waits for a busy pane, unless it belongs to a plan.
    pub patience: Duration,
    /// How far it is.
    pub phase: Phase,
}

/// How an agent's program begins and ends.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Life {
    /// How it is started, next or last.
    pub launch: Launch,
    /// The dispatch whose text it is started with.
    pub(super) argued: Option<DispatchId>,
    /// Dialogs acted on since it was started, by name.
    pub dialogs: Vec<String>,
    /// Whether it has worked or rested since it was started: it is no longer starting.
    pub settled: bool,
    /// Why it is stopped, where that was not simply asked for.
    pub(super) stop_why: String,
    /// When it is ended, if its own keys have not done that.
    pub(super) quit_due: Option<Time>,
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
    /// How often it stood there at the least since. Not durable: a server that takes over looks first.
    pub old: Option<usize>,
    /// How often it was seen at the last look.
    pub last: usize,
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

    /// Whether something stands on the screen that must be told from what comes later, and so has
    /// to be watched while the agent works.
    pub fn watches(&self) -> bool {
        [&self.claim, &self.hint].iter().any(|s| s.turn.is_some() && s.old != Some(0))
    }
}

impl Said {
    /// It was said in that turn.
    pub fn at(turn: u64) -> Self {
        Self { turn: Some(turn), ..Self::default() }
    }

    /// Takes in that it stands on the screen `count` times in that turn, and says whether that is
    /// news: the first time it is; after that only in a later turn, and only where it stands more
    /// often than it did at any two looks since, so that neither what scrolls by nor what is drawn
    /// again is taken for new. One look may fall between the two halves of a redraw.
    pub fn news(&mut self, count: usize, turn: u64, ear: Ear) -> bool {
        match self.turn {
            None => ear == Ear::Open && count > 0,
            Some(before) if turn > before && ear != Ear::Closed => {
                let old = self.old.get_or_insert(count);
                let new = count > *old;
                *old = count.max(self.last).min(*old);
                self.last = count;
                new && ear == Ear::Open
            }
            Some(_) => {
                (self.old, self.last) = (Some(count), count);
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

/// A prompt that was not submitted, as it was made.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Undelivered {
    /// The dispatch's number.
    pub id: DispatchId,
    /// How it ended.
    pub outcome: Outcome,
    /// The template's name; none for free text.
    pub prompt: Option<String>,
    /// The run and task it belonged to.
    pub task: Option<(RunId, String)>,
    /// The code a claim by text must carry.
    pub code: Option<String>,
    /// What of a query it brings.
    pub brings: Option<Brings>,
    /// The text.
    pub text: Arc<str>,
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
    /// Whether nothing more is sent until somebody resumes it.
    pub paused: bool,
    /// Branches, each with its tip, on which gates are still to run; none before its tasks have ended.
    pub gating: Option<Vec<(AgentName, Oid)>>,
    /// When it began.
    pub at: Time,
    /// What the review after it said, where its plan asks for one; none before.
    pub review: Option<String>,
    /// When it ended last.
    pub over: Option<Time>,
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
    /// Whether its branch was brought onto the work it builds on.
    pub ripple: Rippling,
    /// Whether somebody wants it started whatever it waits for.
    pub freed: bool,
    /// Since when it is in its state.
    pub entered: Time,
}

impl RunTask {
    /// A task that has not started.
    #[must_use]
    pub fn new(bound: Bound) -> Self {
        let state = TaskState::Queued;
        let (why, since, from, ripple) = (String::new(), None, 0, Rippling::Due);
        Self { bound, state, why, since, from, ripple, freed: false, entered: Time::default() }
    }

    /// When it is late; none where it has no deadline or is not on its way.
    #[must_use]
    pub fn due(&self) -> Option<Time> {
        let on_its_way = matches!(self.state, TaskState::Sent | TaskState::Running);
        let seconds = self.bound.deadline.filter(|_| on_its_way)?;
        Some(self.entered.plus(Duration::from_secs(seconds.into())))
    }
}

/// How far a task's branch is on its way onto earlier work.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Rippling {
    /// It is to be looked at before the task is sent.
    Due,
    /// Branch and files are about to move.
    Moving {
        /// From.
        old: Oid,
        /// To.
        new: Oid,
        /// What its work is counted from then.
        base: Oid,
        /// Whose work it is, for people.
        onto: String,
    },
    /// It was looked at; what came of it, for people.
    Over(String),
}

/// A prompt that may be sent to the orchestrator.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Offer {
    /// The template's name.
    pub prompt: String,
    /// Why, for people.
    pub why: String,
    /// Since when.
    pub at: Time,
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
    /// Of what kind that is.
    pub kind: Kind,
    /// What happened, safe to show.
    pub text: String,
}
