//! The arguments as clap reads them. Help texts are the documentation: `docs/cli.md` is made of them.

mod attach;
mod confirm;
mod events;
mod finding;
mod incident;
mod keymap;
mod merge;
mod pane;
mod plan;
mod pr;
mod programs;
mod prompt;
mod record;
mod talk;
mod values;
mod verify;
pub mod workflow;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

pub use self::attach::Attach;
pub use self::confirm::{Confirm, ConfirmId};
pub use self::events::{Events, Mcp};
pub use self::finding::Finding;
pub use self::incident::{
    Analyse, Answers, Close, Compare, Correlate, Incident, Open, Postmortem, Run as IncidentRun, Submit,
    Triage,
};
pub use self::keymap::Keymap;
pub use self::merge::Merge;
pub use self::pane::{Keys, Pin, Read, Restart};
pub use self::plan::{Done, Order, Run, Send, SendWhat, Task, TaskAdd, TaskId, Wait};
pub use self::pr::{Pr, Trust};
pub use self::programs::{Doctor, Hook, Serve};
pub use self::prompt::{Prompt, PromptOf, PromptOut, PromptRender};
pub use self::record::{Export, ExportFormat, Import, Replay, Report, ReportFormat, Search};
pub use self::talk::{Answer, Ask, Briefing, Complete, Queries, State};
use self::values::{agent, speed};
pub use self::verify::{Diff, Review, Suggest, Verify};
pub use self::workflow::plan::{PatternList, PatternPlan, PatternShow, PlanFormat, PlanOptions};
pub use self::workflow::{Advise, Specialists, Workflow};
use super::answer::Format;
use crate::domain::id::AgentName;

const EXITS: &str = "Exit status: 0 done; 1 failed (a red gate, a conflict, a receipt other than submitted, \
    a review with errors); 2 usage or configuration; 3 nothing running; 4 refused to protect work; \
    124 timed out.\n\nTARGET is an agent's name, all, stage:N or focus:GROUP.";

/// Takes a team of coding agents through a sprint in one terminal
///
/// Without a command: attaches to this repository's running session, or says how to start one.
#[derive(Parser, Debug)]
#[command(name = "orchestra", version, after_help = EXITS)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Option<Cmd>,
}

/// The subcommands.
#[derive(Subcommand, Debug)]
pub enum Cmd {
    /// Shows a whole sprint on a scratch repository with pretended agents
    ///
    /// Needs neither network nor API key and takes about a minute. In a terminal the dashboard
    /// is shown; without one the same steps are printed as lines.
    Demo(Demo),
    /// Writes orchestra.toml, prompts/ and skills/ for this repository
    Init(Init),
    /// Makes worktrees, starts the agents, and shows the dashboard
    Up(Up),
    /// Shows the dashboard of a running session
    ///
    /// Several people may: each sees what they choose at their own size, and who else is where.
    Attach(Attach),
    /// Lists the sessions of this repository, or all of them outside one
    Ls(Ls),
    /// Ends a session: every agent and whatever it left running is stopped
    Down(OneSession),
    /// Removes the worktrees and branches of an ended session, unless work would be lost
    Clean(Clean),
    /// Puts a terminal right that was left in disorder
    Reset,
    /// Shows who does what
    Status(Status),
    /// Says why an agent is in its state
    Explain(OneAgent),
    /// Lays down an agent's state, against all that its signals say
    ///
    /// It holds until it is taken off or the agent's program ends. STATE is one of working, idle,
    /// asking, blocked, limited, unknown.
    Pin(Pin),
    /// Prints what an agent's pane shows
    Read(Read),
    /// Types keys into an agent's pane
    ///
    /// KEY is a name (Enter, Tab, Esc, Space, BSpace, Up, Down, Left, Right, Home, End, PageUp,
    /// PageDown, Insert, Delete, F1 to F12), one with C-, M- or S- before it (C-c, M-x, S-Tab), or
    /// text that is typed as it is.
    Keys(Keys),
    /// Shows the keys of the dashboard that are in force, and what of the files is not
    Keymap(Keymap),
    /// Shows the prompts, and checks them
    #[command(subcommand)]
    Prompt(Prompt),
    /// Sends a prompt to agents; each gets a receipt
    Send(Send),
    /// Says what agents could do next, told from their branches
    Suggest(Suggest),
    /// Runs a plan: enhancement, wrap-up, or one of plans/
    Run(Run),
    /// Changes the plan that runs
    #[command(subcommand)]
    Task(Task),
    /// Waits until agents are in a state
    Wait(Wait),
    /// Claims that the branch is ready to merge; run by an agent in its own pane
    ///
    /// git and the gates decide. With --for somebody outside the panes, or the orchestrator, takes an
    /// agent at its word: one that said so without the code of its prompt, or in other words.
    Ready(Ready),
    /// Leaves an agent out: its tasks are skipped and the merge goes without it
    Skip(Skip),
    /// Sends an agent the reasons its claim was refused
    Reasons(OneAgent),
    /// Shows what git and the gates say of the agents' branches
    Review(Review),
    /// Prints what an agent's branch changes since it left the target
    ///
    /// As the dashboard shows it: lines with three around them. Very large branches are cut short, which is said;
    /// a path then shows that file. No program that git's configuration names is run.
    Diff(Diff),
    /// Runs the gates on branches, or on what merging them would give, and waits for them
    ///
    /// A verdict that is known of the same tree is taken as it is. What is red on the commit that a
    /// branch begins with is said to be so and is no failure. Exit status 1 when a gate is red.
    Verify(Verify),
    /// Merges all ready branches in order, runs the gates, and only then moves the target
    ///
    /// A conflict or a red gate halts the train and leaves the target alone. What can be done then:
    /// --hand, --resolve, --skip or --abort, and --continue. docs/merging.md tells it in full.
    Merge(Merge),
    /// Describes the last merge train for a pull request, or gives it as git commands
    ///
    /// Markdown from facts: what each agent's commit says, its files, the gates, how conflicts were solved, how to
    /// verify and to roll back. Also kept as reports/pr.md of the session. A project's templates/pr.md replaces ours.
    Pr(Pr),
    /// Shows what changed of git configuration and hooks that all worktrees share, and accepts it
    ///
    /// Any agent can change them from its own worktree, and then other people's git runs what they name. So a
    /// change keeps the target from moving until it is put back, or a person accepts it here: husky, or the
    /// lead, may have made it. Only what was just shown is accepted, and never from inside a pane.
    Trust(Trust),
    /// Stops an agent's program
    Stop(OneAgent),
    /// Starts an agent's program again
    Restart(Restart),
    /// Shows a recorded session again: all panes on one clock
    ///
    /// The directory is only read. A session that still runs can be looked at in the same way.
    Replay(Replay),
    /// Finds text in what the panes of a recorded session showed
    ///
    /// The text is looked for as it stood on the screen, whatever its colours and however it got there.
    Search(Search),
    /// Writes one pane of a recorded session as an asciicast, as text or as a page
    Export(Export),
    /// Makes a session of one pane from an asciicast
    Import(Import),
    /// Says what came of a session: who was asked what, who did what, what was merged
    ///
    /// Of a running session it says how things stand.
    Report(Report),
    /// Says whether agents can be started here, and what they would be given
    ///
    /// For every profile the team uses: whether its program is found, its version, and what is injected
    /// for one run; and whether the machine has what a session needs. Exit status 1 when something is
    /// missing, 2 when the configuration cannot be used. Of a session directory: whether its record is whole,
    /// and what is damaged, missing or not private; exit status 1 when something is lost.
    Doctor(Doctor),
    /// Asks an agent something; it is prompted with it when it is idle
    ///
    /// From a pane in its name, otherwise in yours. Prints the query's number, by which it is answered.
    Ask(Ask),
    /// Answers what an agent was asked
    Answer(Answer),
    /// Lists what agents asked each other
    Queries(Queries),
    /// Says what the agent of this pane does; run by an agent in its own pane
    State(State),
    /// Says that the task of this pane's agent is done; run by an agent in its own pane
    Complete(Complete),
    /// Prints what an agent needs to know of its work
    Briefing(Briefing),
    /// Answers calls of agents and programs that wait for a person
    ///
    /// Not from inside a pane. What nobody answers in time is not done.
    #[command(subcommand)]
    Confirm(Confirm),
    /// Prints what happened, from the journal
    Events(Events),
    /// Serves the session to a program that speaks the Model Context Protocol, on standard input and output
    ///
    /// docs/mcp.md lists the tools, and what each caller may do.
    Mcp(Mcp),
    /// Hands in what was found out about the incident; run by an agent in its own pane
    ///
    /// One finding by flags, or many by --file. What is wrong with one is named and the rest is taken; exit status 1
    /// then. --done says that these are all. docs/incidents.md has the kinds and the format.
    Finding(Finding),
    /// Says whom an incident needs, and what findings about it have to do with each other
    ///
    /// triage, correlate, analyse and compare read files and need no session; docs/incidents.md has the formats.
    #[command(subcommand)]
    Incident(Incident),
    /// Says who there is for DevOps work, and whom a request needs
    ///
    /// docs/workflows.md has the formats.
    #[command(subcommand)]
    Workflow(Workflow),
    /// Tells the session what an agent program's hook says (run by programs in their pane)
    #[command(hide = true)]
    Hook(Hook),
    /// Owns one pane (run by the server)
    #[command(hide = true)]
    Hold,
    /// Runs the command of a gate and keeps its processes together (run by the server)
    #[command(hide = true)]
    RunGate {
        /// The command line
        line: String,
    },
    /// Serves one session (run by `up`)
    #[command(hide = true)]
    Serve(Serve),
    /// Pretends to be a coding agent
    #[command(hide = true)]
    Rehearse(crate::rehearse::Args),
}

/// Which session is meant, and how to print.
#[derive(Args, Debug, Default)]
pub struct Of {
    /// The session, where this repository has several
    #[arg(long, value_name = "NAME")]
    pub session: Option<String>,
    /// Print one JSON object
    #[arg(long)]
    pub json: bool,
}

impl Of {
    /// How to print.
    #[must_use]
    pub fn format(&self) -> Format {
        if self.json { Format::Json } else { Format::Text }
    }
}

/// Arguments of `demo`.
#[derive(Args, Debug)]
pub struct Demo {
    /// Print lines even in a terminal
    #[arg(long)]
    pub headless: bool,
    /// Work in DIR, which must be empty or missing, and keep it: repo/ and data/
    #[arg(long, value_name = "DIR")]
    pub keep: Option<PathBuf>,
    /// How many times faster than life the agents pretend to work
    #[arg(long, value_name = "X", default_value_t = 1.0, value_parser = speed)]
    pub speed: f64,
    /// The prepared folder (the program calls itself with it)
    #[arg(long, hide = true, value_name = "DIR")]
    pub prepared: Option<PathBuf>,
}

/// Arguments of `init`.
#[derive(Args, Debug)]
pub struct Init {
    /// A ready-made team
    #[arg(long, value_name = "NAME")]
    pub preset: Option<String>,
    /// The agent program of the whole team, such as claude, codex or shell
    #[arg(long, value_name = "NAME")]
    pub profile: Option<String>,
    /// Overwrite files that exist
    #[arg(long)]
    pub force: bool,
    /// Print one JSON object
    #[arg(long)]
    pub json: bool,
}

/// Arguments of `up`.
#[derive(Args, Debug)]
pub struct Up {
    /// The session's name, in place of the one in orchestra.toml
    #[arg(long, value_name = "NAME")]
    pub session: Option<String>,
    /// Start it without showing the dashboard
    #[arg(long)]
    pub detach: bool,
    /// Print one JSON object, that of `status`; the dashboard is not shown
    #[arg(long)]
    pub json: bool,
}

/// A session by name.
#[derive(Args, Debug)]
pub struct OneSession {
    /// The session, where this repository has several
    pub session: Option<String>,
    /// Print one JSON object
    #[arg(long)]
    pub json: bool,
}

/// Arguments of `ls`.
#[derive(Args, Debug)]
pub struct Ls {
    /// Sessions of all repositories
    #[arg(long)]
    pub all: bool,
    /// Print one JSON object
    #[arg(long)]
    pub json: bool,
}

/// Arguments of `clean`.
#[derive(Args, Debug)]
pub struct Clean {
    /// The session, where this repository has several
    pub session: Option<String>,
    /// Remove the session's record too
    #[arg(long)]
    pub record: bool,
    /// Print one JSON object
    #[arg(long)]
    pub json: bool,
}

/// Arguments of `status`.
#[derive(Args, Debug)]
pub struct Status {
    /// Show it again whenever it changes
    #[arg(long)]
    pub watch: bool,
    /// Which session, and how to print.
    #[command(flatten)]
    pub of: Of,
}

/// One agent.
#[derive(Args, Debug)]
pub struct OneAgent {
    /// The agent's name
    #[arg(value_parser = agent)]
    pub agent: AgentName,
    /// Which session, and how to print.
    #[command(flatten)]
    pub of: Of,
}

/// Arguments of `ready`.
#[derive(Args, Debug)]
pub struct Ready {
    /// What to add
    #[arg(long, value_name = "TEXT", default_value = "", hide_default_value = true)]
    pub note: String,
    /// Take that agent at its word; not for agents
    #[arg(long = "for", value_name = "AGENT", value_parser = agent)]
    pub whom: Option<AgentName>,
    /// The session, where this repository has several
    #[arg(long, value_name = "NAME", requires = "whom")]
    pub session: Option<String>,
    /// Print one JSON object
    #[arg(long)]
    pub json: bool,
}

/// Arguments of `skip`.
#[derive(Args, Debug)]
pub struct Skip {
    /// The agent's name
    #[arg(value_parser = agent)]
    pub agent: AgentName,
    /// Take it back, with the tasks of the running plan that were skipped for it
    #[arg(long)]
    pub off: bool,
    /// Which session, and how to print.
    #[command(flatten)]
    pub of: Of,
}
