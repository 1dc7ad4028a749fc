//! What can happen, and what can be asked for.

mod effect;

use std::collections::BTreeMap;

pub use self::effect::{Depth, Effect, Writing};
use crate::domain::brief::Brief;
use crate::domain::command::{Caller, Command};
use crate::domain::conduct::Notice;
use crate::domain::diff::{BranchDiff, Unmerged};
use crate::domain::gates::Part;
use crate::domain::guard::Seen;
use crate::domain::id::{AgentName, Oid, TrainId};
use crate::domain::pr::Pr;
use crate::domain::profile::Profile;
use crate::domain::record::Record;
use crate::domain::review::{BranchFacts, GateResult, Matrix, Review};
use crate::domain::ripple::{RippleBuilt, RipplePlan};
use crate::domain::train::{Applied, Built, Halt, Resolution, Solved, TrainPlan, Undone};
use crate::domain::view::Answer;

/// Where an answer goes. Given by the server, handed back as it is.
pub type ReplyTo = u64;

/// What the holder says of a pane's terminal.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct TtyInfo {
    /// Whether the pane's first process (or its group) has the foreground.
    pub foreground: bool,
    /// Whether the terminal collects lines (canonical mode).
    pub canonical: bool,
}

/// Where the target branch stands and what keeps it from moving.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct TargetFacts {
    /// Its tip.
    pub oid: Oid,
    /// Files somebody has changed where the target is checked out.
    pub in_the_way: Vec<String>,
    /// Any other reason not to touch it, with the remedy; may be empty.
    pub refuse: String,
    /// What is done otherwise here than people may expect.
    pub notes: Vec<String>,
}

/// What changed on disk.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Stirred {
    /// Agents whose branches, indexes or files may have changed.
    pub agents: Vec<AgentName>,
    /// Whether the target may have moved.
    pub target: bool,
}

/// How a pane's program ended.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Ended {
    /// It ran and ended with that status (128 + n for signal n).
    Exited(i32),
    /// It never ran; the text says which program, for which agent, where it was looked for.
    NeverRan(String),
    /// Its holder is gone.
    Lost(String),
}

/// The profiles, read again while the session runs.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Reread {
    /// All of them.
    pub profiles: BTreeMap<String, Profile>,
    /// What they say that cannot be used, each with its place.
    pub left_out: Vec<String>,
}

/// One thing that happened.
#[derive(Clone, PartialEq, Debug)]
pub enum Event {
    /// A journal record, folded again by recovery and replay. Has no effects.
    Recorded(Record),
    /// The server is up: what is not running is started.
    Start,
    /// Time passed; sent when [`super::deadline`] is reached.
    Tick,
    /// A pane printed. Bytes that a recovery reads from the log come with `Recovering`.
    Output {
        /// Whose pane.
        agent: AgentName,
        /// At most 64 KiB.
        bytes: Vec<u8>,
        /// Whether anybody still waits for replies to queries in them.
        mode: Feeding,
    },
    /// Of what a pane printed so many bytes are left out: as the output that follows will leave its screen, they make no
    /// difference to it ([`Screen::skippable`](crate::screen::Screen::skippable)).
    Skipped {
        /// Whose pane.
        agent: AgentName,
        /// Bytes.
        count: usize,
        /// The [`styles`](crate::screen::styles) in them.
        styles: Vec<u8>,
    },
    /// What was just printed may be a claim and will not stand there for long.
    Look {
        /// Whose pane.
        agent: AgentName,
    },
    /// The screen of a pane as an earlier server had written it down; output of after that follows.
    Screen {
        /// Whose pane.
        agent: AgentName,
        /// What [`Screen::snapshot`](crate::screen::Screen::snapshot) gave.
        snapshot: Vec<u8>,
    },
    /// From here on a pane's terminal has that size: its log says so at this place, so a replay does the same there.
    Sized {
        /// Whose pane.
        agent: AgentName,
        /// Rows.
        rows: u16,
        /// Columns.
        cols: u16,
    },
    /// All that a pane had printed when the server came up has been told.
    CaughtUp {
        /// Whose pane.
        agent: AgentName,
    },
    /// A pane's program runs.
    PaneUp {
        /// The agent.
        agent: AgentName,
        /// The program.
        pid: u32,
        /// Its holder.
        holder: u32,
        /// Where in the pane's log its output begins.
        log: u64,
    },
    /// A pane's program ended.
    PaneEnded {
        /// The agent.
        agent: AgentName,
        /// How.
        how: Ended,
    },
    /// The answer to [`Effect::Probe`].
    Tty {
        /// The agent.
        agent: AgentName,
        /// What was seen.
        info: TtyInfo,
    },
    /// What became of the bytes written to a pane. Told while the engine waits to hear of it.
    Input {
        /// The agent.
        agent: AgentName,
        /// How far they are.
        how: Intake,
    },
    /// A person types into a pane.
    Typed {
        /// The agent.
        agent: AgentName,
        /// What.
        bytes: Vec<u8>,
        /// Whether they end what was being typed (contain a carriage return or Ctrl-C).
        submits: bool,
    },
    /// A client wants a pane to have that size.
    Resize {
        /// The agent.
        agent: AgentName,
        /// Rows.
        rows: u16,
        /// Columns.
        cols: u16,
    },
    /// Who asked for these is gone: nobody waits for the answers.
    Left {
        /// The questions.
        replies: Vec<ReplyTo>,
    },
    /// Somebody asks for something.
    Command {
        /// Who.
        caller: Caller,
        /// Where the answer goes; none when nobody waits.
        reply: Option<ReplyTo>,
        /// What.
        command: Command,
    },
    /// The answer to [`Effect::Inspect`].
    Inspected {
        /// The agent.
        agent: AgentName,
        /// The facts, or why there are none.
        facts: Result<BranchFacts, String>,
    },
    /// The answer to [`Effect::Brief`].
    Briefed {
        /// Its number.
        job: u64,
        /// One for each agent asked for: what its branch holds, or why that cannot be read.
        briefs: Vec<(AgentName, Result<Brief, String>)>,
    },
    /// The answer to [`Effect::Review`].
    Reviewed {
        /// Its number.
        job: u64,
        /// The reviews, or why there are none.
        reviews: Result<Vec<Review>, String>,
    },
    /// The answer to [`Effect::Gates`], one gate at a time; the last has `last`.
    Gated {
        /// Its number.
        job: u64,
        /// The result.
        result: GateResult,
        /// Whether the job is over.
        last: bool,
    },
    /// A gate job goes on. Not durable.
    Gating {
        /// Its number.
        job: u64,
        /// What is new.
        news: GateNews,
    },
    /// A gate that was red for a job ran on its base too. Comes before the job's own result.
    BaseGated {
        /// The result.
        result: GateResult,
    },
    /// The answer to [`Effect::Snapshot`].
    Snapshotted {
        /// Its number.
        job: u64,
        /// The commit, or why there is none.
        commit: Result<Oid, String>,
    },
    /// The answer to [`Effect::LookAtTarget`].
    Target {
        /// Its number.
        job: u64,
        /// What was seen, or why nothing was.
        facts: Result<TargetFacts, String>,
    },
    /// The answer to [`Effect::BuildRipple`].
    RippleBuilt {
        /// Its number.
        job: u64,
        /// What was to be made.
        plan: Box<RipplePlan>,
        /// What came of it, or why it could not be tried.
        built: Result<RippleBuilt, String>,
    },
    /// The answer to [`Effect::MoveBranch`] and [`Effect::RecoverBranch`].
    BranchMoved {
        /// Whose.
        agent: AgentName,
        /// What came of it, or why it could not be tried.
        moved: Result<Applied, String>,
    },
    /// The answer to [`Effect::Build`].
    BuiltTrain {
        /// The train.
        train: TrainId,
        /// What came of it, or why nothing did.
        built: Result<Built, Halt>,
        /// How its conflict was solved before, where it was.
        remembered: Option<Resolution>,
    },
    /// The answer to [`Effect::Solve`].
    Solved {
        /// Its number.
        job: u64,
        /// What came of it, or why nothing did.
        solved: Result<Solved, String>,
    },
    /// The answer to [`Effect::Undo`] and [`Effect::RecoverUndo`].
    UndoneTrain {
        /// The train.
        train: TrainId,
        /// What came of it; none: the target is as before, and nothing is under way.
        undone: Option<Undone>,
    },
    /// The answer to [`Effect::Diff`].
    Diffed {
        /// Its number.
        job: u64,
        /// What the branch changes, or why that cannot be told.
        diff: Result<Box<BranchDiff>, String>,
    },
    /// The answer to [`Effect::Unmerged`].
    Unmerged {
        /// Its number.
        job: u64,
        /// The lines, or why they cannot be told.
        unmerged: Result<Box<Unmerged>, String>,
    },
    /// The answer to [`Effect::Describe`].
    Described {
        /// Its number.
        job: u64,
        /// The description, or why there is none.
        pr: Result<Box<Pr>, String>,
    },
    /// The answer to [`Effect::KeepReport`].
    ReportKept {
        /// Its number.
        job: u64,
        /// The file's name, or why there is none.
        kept: Result<String, String>,
    },
    /// What is watched of shared git configuration was looked at: asked for by [`Effect::Guard`], or it changed.
    Guarded {
        /// Whose question that was.
        job: Option<u64>,
        /// What was seen, or why nothing was.
        seen: Result<Box<Seen>, String>,
    },
    /// A command that [`Effect::Notify`] started has ended.
    HookEnded {
        /// Its place in the configuration.
        hook: usize,
        /// Why it failed; none where it did not.
        failed: Option<String>,
    },
    /// The answer to [`Effect::Apply`].
    AppliedTrain {
        /// The train.
        train: TrainId,
        /// What came of it, or why it could not be tried.
        applied: Result<Applied, Halt>,
    },
    /// The kernel told of changes on disk.
    Stirred(Stirred),
    /// The answer to [`Effect::Predict`]: partial ones first, then the whole one.
    Predicted {
        /// Its number.
        job: u64,
        /// What merging would meet, or why that cannot be told.
        found: Result<Box<Matrix>, String>,
    },
    /// The profiles were read again, or why they cannot be used.
    Profiles(Result<Reread, String>),
}

/// What is new of a gate job.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum GateNews {
    /// It came to another part.
    At {
        /// The part.
        part: Part,
        /// The gate it is about.
        gate: String,
    },
    /// The last lines of what runs now, at most a few times a second.
    Says(String),
}

/// Whether output is new.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Feeding {
    /// It just came: queries in it are answered.
    Live,
    /// It is read from the log: its queries were answered, or nobody waits any more.
    Recovering,
}

/// How far bytes written to a pane are.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Intake {
    /// The program's terminal has all of them.
    Taken,
    /// They are on their way.
    Flowing,
    /// The program has read nothing for three seconds.
    Stuck {
        /// Bytes that wait.
        waiting: u64,
    },
    /// Nothing of them was written: too much waits already, or nobody holds the pane.
    Refused,
}
