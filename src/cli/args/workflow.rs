//! Arguments of `workflow`.

pub mod change;
pub mod plan;
pub mod report;
pub mod run;
pub mod status;
pub mod tell;

use clap::{Args, Subcommand};

use self::change::{Reprioritise, Watch};
use self::plan::{PatternList, PatternPlan, PatternShow};
use self::run::Run;
use self::tell::Tell;

/// DevOps workflows.
#[derive(Subcommand, Debug)]
pub enum Workflow {
    /// Lists the specialists there are, or shows one
    ///
    /// What each can do, when to choose it, what it needs and hands over. A project adds its own, or replaces one, in
    /// catalogue/NAME.toml.
    Specialists(Specialists),
    /// Shows how far the project is: its tasks by phase, when it is expected to end, what is in the way
    ///
    /// The project is that of the session that runs here, or of a session's record (DIR) as it ended. Times are UTC; what a
    /// task takes is told in the days of its plan.
    Status(status::Status),
    /// Shows the checklists and their points, and in a project which of them were seen to, and by whom
    ///
    /// A project of one's own adds lists, or replaces some, in workflow/checklists.toml. `workflow tick LIST/POINT` says that a
    /// point was seen to.
    Checklist(status::Checklist),
    /// Lists the patterns there are
    ///
    /// A project adds its own, or replaces one, in workflows/NAME.toml.
    List(PatternList),
    /// Shows a pattern: its phases and tasks, what can be chosen, and how its source was read
    Show(PatternShow),
    /// Shows the plan that a pattern gives: its phases, its tasks in time, the critical path
    ///
    /// What must not be skipped is put before the first task in production: security review, monitoring, backup and
    /// recovery, infrastructure as code, pipeline, documentation. docs/workflows.md has the options in full.
    Plan(PatternPlan),
    /// Says whom a request needs, which pattern fits it, and what is not clear
    ///
    /// Every conclusion names the words of the request and the rule it comes from; the options go over them. Exit status 0
    /// also where nothing of the request is about DevOps: that is the answer.
    Advise(Advise),
    /// Writes a report of the project: of a week, of its milestones, or of the whole
    ///
    /// The project is that of the session that runs here or did so last, or of a session's record (DIR). All that it says
    /// is in that record; a figure that nobody gave is shown as missing.
    Report(report::Report),
    /// Runs a pattern: its specialists work as agents in panes, to the end
    ///
    /// In a session of its own, with an agent and a branch for each specialist, as orchestra.toml has its agents; or in the
    /// session that runs here, where that has all of them. On a terminal the dashboard is shown; else what happens is printed
    /// as lines on standard error, and at the end how it stands, its reports and its record. With --rehearse pretended agents
    /// do it in a copy of the repository. Exit status 1 when it is not complete.
    Run(Box<Run>),
    /// Changes the plan of the project that runs: shows what could be done, asks, and does it
    ///
    /// At least two alternatives are shown, the one that was asked for first, each with what speaks for and against it and
    /// what it does to the critical path, dates, costs and briefs. Finished work stays in every one. Where nobody can be
    /// asked it takes --choose NAME and --yes; with --json and without them it only looks.
    #[command(subcommand)]
    Reprioritise(Reprioritise),
    /// Shows red flags, questions about them, and what waits for a person
    ///
    /// Exit status 1 where a red flag is raised.
    Watch(Watch),
    /// What is said to a project that runs.
    #[command(flatten)]
    Tell(Tell),
}

/// Arguments of `workflow specialists`.
#[derive(Args, Debug)]
pub struct Specialists {
    /// One of them, such as aws or aws-specialist
    #[arg(value_name = "NAME")]
    pub name: Option<String>,
    /// Whom an alias such as cloud means
    #[arg(long, value_name = "P", requires = "name")]
    pub provider: Option<String>,
    /// Print one JSON object
    #[arg(long)]
    pub json: bool,
}

/// Arguments of `workflow advise`.
#[derive(Args, Debug)]
pub struct Advise {
    /// What is wanted, in some sentences; - is standard input
    #[arg(value_name = "REQUEST")]
    pub request: String,
    /// The cloud provider, whatever the request says; again for another
    #[arg(long, value_name = "P")]
    pub provider: Vec<String>,
    /// A specialist that is to take part; again for another
    #[arg(long, value_name = "SPECIALIST")]
    pub with: Vec<String>,
    /// A specialist that is not to take part; again for another
    #[arg(long, value_name = "SPECIALIST")]
    pub without: Vec<String>,
    /// The pattern, or none
    #[arg(long, value_name = "NAME")]
    pub pattern: Option<String>,
    /// Print one JSON object
    #[arg(long)]
    pub json: bool,
}
