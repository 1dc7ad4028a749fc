//! A project: a plan under way, and all that is known of it.
//!
//! It is the fold of the records of [`Workflowed`](crate::domain::record::Workflowed) and of what becomes of the tasks
//! of its run. Tracking, reports, watching and re-planning are functions of it and of the time.

mod change;
mod fold;
pub mod handover;
mod said;
#[cfg(test)]
pub mod sample;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use self::change::{Change, Impact, Reason, Rebriefed, Wanted};
use self::handover::Parts;
pub use self::said::{
    Answered, Blocker, Cause, Epoch, Escalation, Figure, Question, Round, Sync, Tick, Verdict,
};
use super::plan::Planned;
use super::span::DAY;
use crate::domain::id::{AgentName, RunId};
use crate::domain::incident::stamp;
use crate::domain::state::TaskState;

/// The longest handover, in bytes.
pub const HANDOVER_MOST: usize = 16 * 1024;
/// The longest line of anything that is said, in characters.
pub const LINE_MOST: usize = 500;
/// The most entries of each list that grows by what agents and people say; what is beyond is refused.
pub const ENTRIES_MOST: usize = 1_000;
/// The most blockers, questions and escalations each that one agent may put into a project: with twelve specialists none
/// of them can take the room of the others.
pub const OF_ONE_MOST: usize = 80;
/// Milliseconds of a day where nothing else is said.
pub const DAY_MS: i64 = 86_400_000;

/// What a project starts from, as somebody told it. Empty parts were not told.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Context {
    /// What is wanted, in the words of who asked.
    pub request: String,
    /// The infrastructure there is.
    pub infrastructure: Vec<String>,
    /// What is known to be wrong with it.
    pub issues: Vec<String>,
    /// Limits of budget, time and technology.
    pub constraints: Vec<String>,
    /// What there is to work with: documents, repositories, where credentials lie.
    pub assets: Vec<String>,
    /// What is to be better afterwards.
    pub goals: Vec<String>,
}

/// What a project is to keep to.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Terms {
    /// When it has to be ready, milliseconds since 1970; none: not said.
    pub deadline: Option<i64>,
    /// What it may cost in whole units of `currency`; none: not said.
    pub budget: Option<u64>,
    /// What a specialist costs a planned day; none: not said.
    pub rate: Option<u64>,
    /// The currency; empty: not said.
    pub currency: String,
}

/// How far a project is.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Stage {
    /// Tasks are open.
    Running,
    /// All of its tasks are done.
    Complete,
    /// It was closed before that.
    Closed,
}

/// When a task was planned, in hours from the start.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Base {
    /// The task.
    pub task: String,
    /// From.
    pub from: u32,
    /// To.
    pub to: u32,
}

/// A project.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Project {
    /// Its number in the session, from 1.
    pub number: u32,
    /// What it is called.
    pub name: String,
    /// What it starts from.
    pub context: Context,
    /// What it keeps to, as it is now.
    pub terms: Terms,
    /// When it started (RFC 3339).
    #[serde(with = "stamp")]
    #[schemars(with = "String")]
    pub started: i64,
    /// Milliseconds that a planned day lasts, at least 1: a rehearsal's days are short.
    pub day_ms: i64,
    /// The plan as it is now.
    pub plan: Planned,
    /// The schedule it started with.
    pub baseline: Vec<Base>,
    /// The run of its tasks; none before it began.
    #[serde(default)]
    pub run: Option<RunId>,
    /// Its tasks, in the order of the plan; those that were dropped stand at the end.
    pub tasks: Vec<Tracked>,
    /// Figures that were given.
    pub figures: Vec<Figure>,
    /// What keeps somebody from going on.
    pub blockers: Vec<Blocker>,
    /// Questions for a person, and what was decided.
    pub questions: Vec<Question>,
    /// What was said at sync points.
    pub syncs: Vec<Sync>,
    /// The rounds of loops.
    pub rounds: Vec<Round>,
    /// What was raised to a person.
    pub escalations: Vec<Escalation>,
    /// What people and agents said of red flags that cannot be computed.
    pub answers: Vec<Answered>,
    /// Points of checklists that were seen to.
    pub ticks: Vec<Tick>,
    /// What was changed of the plan.
    pub changes: Vec<Change>,
    /// Briefs that were sent again since the plan changed.
    pub rebriefed: Vec<Rebriefed>,
    /// The last week whose report was kept; 0: none yet.
    #[serde(default)]
    pub reported: u32,
    /// How often plan, terms or a task's state changed: whoever decides on an old picture is told.
    pub version: u64,
    /// How far it is.
    pub stage: Stage,
    /// When it ended (RFC 3339).
    #[serde(default, with = "stamp::maybe", skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub over: Option<i64>,
    /// Why it was closed; empty while it runs and where it is complete.
    #[serde(default)]
    pub ended: String,
}

/// A task under way.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Tracked {
    /// Its id.
    pub id: String,
    /// Where it stands.
    pub state: TaskState,
    /// Why, or what it waits for; may be empty.
    #[serde(default)]
    pub why: String,
    /// When its agent first had its brief (RFC 3339).
    #[serde(default, with = "stamp::maybe", skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub began: Option<i64>,
    /// When it was done, failed or left out (RFC 3339).
    #[serde(default, with = "stamp::maybe", skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub ended: Option<i64>,
    /// How far its agent says it is, in percent.
    #[serde(default)]
    pub percent: Option<u8>,
    /// What its agent said with that.
    #[serde(default)]
    pub note: String,
    /// How often its work was begun; more than once in a loop.
    pub round: u8,
    /// What it handed over last.
    #[serde(default)]
    pub handed: Option<Handed>,
    /// Why it is not taken as done though its agent says so; empty: nothing is held against it.
    #[serde(default)]
    pub held: Vec<String>,
    /// Whether its agent was told what is held against it.
    #[serde(default)]
    pub told: bool,
    /// Whether its agent was reminded that it stopped with nothing handed over.
    #[serde(default)]
    pub reminded: bool,
    /// Whether what its review handed over was taken as a judgement; of reviews only.
    #[serde(default)]
    pub judged: bool,
    /// How many changes of the plan its agent knows of; none before it has its brief.
    #[serde(default)]
    pub briefed: Option<u32>,
    /// Whether it is no part of the plan any more.
    #[serde(default)]
    pub dropped: bool,
}

/// A handover.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Handed {
    /// When (RFC 3339).
    #[serde(with = "stamp")]
    #[schemars(with = "String")]
    pub at: i64,
    /// The text.
    pub text: String,
    /// What it says.
    pub parts: Parts,
}

impl Project {
    /// A task as it stands.
    #[must_use]
    pub fn tracked(&self, id: &str) -> Option<&Tracked> {
        self.tasks.iter().find(|t| t.id == id)
    }

    /// The tasks of the plan as it is now, as they stand.
    pub fn current(&self) -> impl Iterator<Item = &Tracked> {
        self.tasks.iter().filter(|t| !t.dropped)
    }

    /// The task an agent has its brief of and has not ended.
    #[must_use]
    pub fn task_of(&self, agent: &AgentName) -> Option<&super::plan::Task> {
        let open = |id: &str| {
            let tracked = self.tracked(id);
            tracked.is_some_and(|t| matches!(t.state, TaskState::Sent | TaskState::Running))
        };
        self.plan.tasks.iter().find(|t| t.agent == *agent && open(&t.id))
    }

    /// How often the work of a loop was judged.
    #[must_use]
    pub fn judged(&self, work: &str) -> usize {
        self.rounds.iter().filter(|r| r.work == work).count()
    }

    /// The name of a file of this project below `reports`: those of later ones have its number in it, and none is
    /// called as a report of the whole session.
    #[must_use]
    pub fn file(&self, name: &str) -> String {
        if self.number <= 1 { format!("project-{name}") } else { format!("project-{}-{name}", self.number) }
    }

    /// The name of the file below `reports` that holds what a task handed over.
    #[must_use]
    pub fn handover_file(&self, task: &str) -> String {
        self.file(&format!("handover-{task}.md"))
    }

    /// Planned hours as milliseconds of this project's days.
    #[must_use]
    pub fn ms(&self, hours: u32) -> i64 {
        i64::from(hours).saturating_mul(self.day_ms) / i64::from(DAY)
    }

    /// Milliseconds since it started as planned hours.
    #[must_use]
    pub fn hours_at(&self, at: i64) -> u32 {
        let since = at.saturating_sub(self.started).max(0);
        u32::try_from(since.saturating_mul(i64::from(DAY)) / self.day_ms.max(1)).unwrap_or(u32::MAX)
    }

    /// The blockers that still block: those of a task that is over block nothing.
    pub fn blocked(&self) -> impl Iterator<Item = &Blocker> {
        let over = |task: &str| {
            self.tracked(task)
                .is_some_and(|t| t.dropped || matches!(t.state, TaskState::Done | TaskState::Skipped))
        };
        self.blockers.iter().filter(move |b| b.until.is_none() && !over(&b.task))
    }

    /// Whether a task's agent waits for somebody: it is blocked, or asked something that nobody has decided.
    #[must_use]
    pub fn waits_for_a_person(&self, agent: &AgentName, task: &str) -> bool {
        self.blocked().any(|b| b.task == task)
            || self.questions.iter().any(|q| q.decided.is_empty() && *agent == *q.by)
    }

    /// What was settled of all that an agent asked, or that blocked this task of it, and it does not know yet.
    pub fn answers_for(&self, agent: &AgentName, task: &str) -> impl Iterator<Item = String> {
        let decided = self.questions.iter().filter(|q| !q.told && !q.decided.is_empty() && *agent == *q.by);
        let decided =
            decided.map(|q| format!("question {}, {}: {} (so {})", q.id, q.text, q.decided, q.decider));
        let gone = self.blockers.iter().filter(move |b| !b.told && b.until.is_some() && b.task == task);
        decided.chain(gone.map(|b| format!("blocker {}, {}: it is gone", b.id, b.text)))
    }

    /// The latest figure of that name and time.
    #[must_use]
    pub fn figure(&self, name: &str, epoch: Epoch) -> Option<&Figure> {
        self.figures.iter().rev().find(|f| f.name == name && f.epoch == epoch)
    }
}
