//! Arguments of the commands that give agents work and wait for it.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

use super::Of;
use super::values::{agent, state, target};
use crate::domain::command::Target;
use crate::domain::id::AgentName;
use crate::domain::plan::DoneRule;
use crate::domain::state::AgentState;

/// Arguments of `send`.
#[derive(Args, Debug)]
pub struct Send {
    /// To whom
    #[arg(required = true, value_name = "TARGET", value_parser = target)]
    pub targets: Vec<Target>,
    /// What to send.
    #[command(flatten)]
    pub what: SendWhat,
    /// Fill in the placeholders of the text for each agent, as those of a prompt: {{ agent }}, {{ branch }}
    #[arg(long, conflicts_with_all = ["prompt", "again"])]
    pub fill: bool,
    /// A name for what is sent: an agent that was sent something under it gets nothing, and the receipt of then is printed
    ///
    /// So a script that does not know whether its last try arrived can try again.
    #[arg(long, value_name = "KEY")]
    pub key: Option<String>,
    /// Seconds it may wait for a busy pane, at most a day; 60 without it; 0: refused at once by a busy one
    #[arg(long, value_name = "S")]
    pub patience: Option<u32>,
    /// Wait for every receipt; status 1 when one is not `submitted`
    #[arg(long)]
    pub wait: bool,
    /// Seconds to wait at most
    #[arg(long, value_name = "S", default_value_t = 300, requires = "wait")]
    pub timeout: u64,
    /// Which session, and how to print.
    #[command(flatten)]
    pub of: Of,
}

/// What `send` sends: exactly one of these.
#[derive(Args, Debug)]
#[group(required = true, multiple = false)]
pub struct SendWhat {
    /// A template, rendered for each agent; or universal, role or suggested for that of its task
    #[arg(long, value_name = "NAME")]
    pub prompt: Option<String>,
    /// Text as it is
    #[arg(long, allow_hyphen_values = true)]
    pub text: Option<String>,
    /// A file's text; - reads standard input
    #[arg(long, value_name = "FILE")]
    pub file: Option<PathBuf>,
    /// Once more what was not submitted: an Enter for what sits in a composer, else a new paste
    #[arg(long)]
    pub again: bool,
}

/// All at once, or stage by stage.
#[derive(ValueEnum, Clone, Copy, Debug)]
pub enum Order {
    /// Every task as soon as its own needs are met
    Broadcast,
    /// A stage waits for the whole stage before it
    Staged,
}

/// Arguments of `run`.
#[derive(Args, Debug)]
pub struct Run {
    /// The plan's name
    pub plan: String,
    /// All at once, or stage by stage
    #[arg(long, value_enum, default_value_t = Order::Staged)]
    pub order: Order,
    /// Only for this focus group
    #[arg(long, value_name = "GROUP")]
    pub focus: Option<String>,
    /// Only for these
    #[arg(long = "target", value_name = "TARGET", value_parser = target)]
    pub targets: Vec<Target>,
    /// Which prompts: universal (each task's own), role (that for the agent's role, where there is
    /// one), suggested (as role, with suggestions made from the branch), or a template by name;
    /// role without it
    #[arg(long, value_name = "NAME")]
    pub prompt: Option<String>,
    /// Only say what would be done
    #[arg(long, conflicts_with = "wait")]
    pub dry_run: bool,
    /// Start although gates are red, where the plan looks at them first; without a terminal nobody is asked
    #[arg(long)]
    pub yes: bool,
    /// Wait until the plan has ended; status 1 when a task failed
    #[arg(long)]
    pub wait: bool,
    /// Seconds to wait at most; without it there is no limit
    #[arg(long, value_name = "S", requires = "wait")]
    pub timeout: Option<u64>,
    /// Which session, and how to print.
    #[command(flatten)]
    pub of: Of,
}

/// What proves a task done.
#[derive(ValueEnum, Clone, Copy, Debug)]
pub enum Done {
    /// A new commit, tracked files clean, the agent idle
    Committed,
    /// The agent claimed and was proved ready
    Ready,
    /// The agent is idle again
    Idle,
    /// The agent says that it is done (`orchestra complete`)
    Reported,
}

impl From<Done> for DoneRule {
    fn from(done: Done) -> Self {
        match done {
            Done::Committed => Self::Committed,
            Done::Ready => Self::Ready,
            Done::Idle => Self::Idle,
            Done::Reported => Self::Reported,
        }
    }
}

/// Changes of the plan that runs.
#[derive(Subcommand, Debug)]
pub enum Task {
    /// Adds a task
    Add(TaskAdd),
    /// Takes a task out; it counts as skipped
    Drop(TaskId),
    /// Does a task again
    #[command(visible_alias = "retry")]
    Repeat(TaskId),
    /// Starts tasks that wait, whatever they wait for
    Start(TaskIds),
    /// Has a task done before another; neither may have started
    Move(TaskMove),
    /// Sends nothing more; what was sent goes on
    Pause(Of),
    /// Goes on after a pause
    Resume(Of),
    /// Shows the tasks of the plan that runs, or ran last
    List(Of),
}

/// Arguments of `task move`.
#[derive(Args, Debug)]
pub struct TaskMove {
    /// The task's id
    pub id: String,
    /// The id of the task that is to wait for it
    #[arg(long, value_name = "ID")]
    pub before: String,
    /// Which session, and how to print.
    #[command(flatten)]
    pub of: Of,
}

/// Arguments of `task add`.
#[derive(Args, Debug)]
pub struct TaskAdd {
    /// Its id, unique in the run
    #[arg(long)]
    pub id: String,
    /// Who does it
    #[arg(long, value_parser = agent)]
    pub agent: AgentName,
    /// The template's name
    #[arg(long, value_name = "NAME")]
    pub prompt: String,
    /// A task that must be done first
    #[arg(long = "needs", value_name = "ID")]
    pub needs: Vec<String>,
    /// What proves it done
    #[arg(long, value_enum, default_value_t = Done::Committed)]
    pub done: Done,
    /// Which session, and how to print.
    #[command(flatten)]
    pub of: Of,
}

/// Tasks by their ids.
#[derive(Args, Debug)]
pub struct TaskIds {
    /// The tasks' ids
    #[arg(required = true, value_name = "ID")]
    pub ids: Vec<String>,
    /// Which session, and how to print.
    #[command(flatten)]
    pub of: Of,
}

/// A task by its id.
#[derive(Args, Debug)]
pub struct TaskId {
    /// The task's id
    pub id: String,
    /// Which session, and how to print.
    #[command(flatten)]
    pub of: Of,
}

/// Arguments of `wait`.
#[derive(Args, Debug)]
pub struct Wait {
    /// For whom
    #[arg(required = true, value_name = "TARGET", value_parser = target)]
    pub targets: Vec<Target>,
    /// The state, such as idle, ready or merged; of several, with commas between them, each may be in any
    #[arg(long = "for", value_name = "STATE", value_parser = state, value_delimiter = ',', required = true)]
    pub states: Vec<AgentState>,
    /// Seconds to wait at most; without it there is no limit
    #[arg(long, value_name = "S")]
    pub timeout: Option<u64>,
    /// Which session, and how to print.
    #[command(flatten)]
    pub of: Of,
}
