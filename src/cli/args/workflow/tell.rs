//! Arguments of what is said to a project that runs.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use crate::cli::args::{Of, PlanOptions};
use crate::domain::workflow::project::{Cause, Epoch};

/// What is said to a project that runs.
#[derive(Subcommand, Debug)]
pub enum Tell {
    /// Says how far a task is; run by an agent in its own pane
    Progress(Progress),
    /// Says that a task is done, and hands over; run by an agent in its own pane
    ///
    /// The handover is Markdown with the sections that the brief names. Whether it is done its checks decide too; what is
    /// held against it is said.
    Done(HandOver),
    /// Says what keeps a task from going on; prints the number of the blocker
    Blocked(Blocked),
    /// Says that a blocker blocks no longer
    Unblocked(Numbered),
    /// Says what is done about a blocker
    Mitigate(About),
    /// Tells the tasks beside a task something
    Sync(Sync),
    /// Gives a figure, as it was measured
    ///
    /// Reports use no figure that was not given. These have a place in them; any other name stands under other figures:
    ///
    /// mttr, change-failure-rate, uptime, deployment-success-rate; response-time-p95, throughput, error-rate;
    /// deployment-frequency, lead-time, manual-processes-automated, time-saved; infrastructure-cost, operational-cost,
    /// cost-per-transaction, infrastructure-spend, investment, annual-savings; vulnerabilities-remediated,
    /// compliance-standards, security-incidents
    Figure(Figure),
    /// Asks a person to decide something
    Ask(AskDecision),
    /// Decides what was asked
    ///
    /// A person does; not from inside a pane.
    Decide(About),
    /// Raises something to a person
    Escalate(Escalate),
    /// Says what was done about an escalation
    ///
    /// A person does; not from inside a pane.
    Settle(About),
    /// Says whether a red flag is raised that cannot be computed
    Answer(AnswerFlag),
    /// Says that a point of a checklist was seen to
    Tick(Tick),
    /// Closes the project as it is; its agents stay
    Close(CloseProject),
    /// Prints the brief of a task, as it would be sent
    ///
    /// Of the project that runs, in a pane without TASK that of its own task. With --pattern of a pattern that nobody runs.
    Brief(Box<Brief>),
}

/// Arguments of `workflow progress`.
#[derive(Args, Debug)]
pub struct Progress {
    /// How far it is, 0 to 100
    #[arg(value_parser = clap::value_parser!(u8).range(0..=100))]
    pub percent: u8,
    /// What is to be added
    #[arg(long, value_name = "TEXT", default_value = "", hide_default_value = true)]
    pub note: String,
    /// The task, where it is not that of this pane's agent
    #[arg(long, value_name = "TASK", default_value = "", hide_default_value = true)]
    pub task: String,
    /// Which session, and how to print.
    #[command(flatten)]
    pub of: Of,
}

/// Arguments of `workflow done`.
#[derive(Args, Debug)]
pub struct HandOver {
    /// The task, where it is not that of this pane's agent
    #[arg(value_name = "TASK", default_value = "", hide_default_value = true)]
    pub task: String,
    /// What is handed over, as the brief wants it; - is standard input
    #[arg(long, value_name = "FILE")]
    pub handover: Option<PathBuf>,
    /// Which session, and how to print.
    #[command(flatten)]
    pub of: Of,
}

/// Arguments of `workflow sync`.
#[derive(Args, Debug)]
pub struct Sync {
    /// What
    pub text: String,
    /// The task, where it is not that of this pane's agent
    #[arg(long, value_name = "TASK", default_value = "", hide_default_value = true)]
    pub task: String,
    /// Which session, and how to print.
    #[command(flatten)]
    pub of: Of,
}

/// Arguments of `workflow figure`.
#[derive(Args, Debug)]
pub struct Figure {
    /// What it measures, such as lead-time
    pub name: String,
    /// The value with its unit, such as "12 min"
    #[arg(allow_negative_numbers = true)]
    pub value: String,
    /// It is of the time before the project changed anything
    #[arg(long, conflicts_with = "after")]
    pub before: bool,
    /// It is of the project's end
    #[arg(long)]
    pub after: bool,
    /// Which session, and how to print.
    #[command(flatten)]
    pub of: Of,
}

impl Figure {
    /// Of when it is.
    #[must_use]
    pub fn epoch(&self) -> Epoch {
        match (self.before, self.after) {
            (true, _) => Epoch::Before,
            (_, true) => Epoch::After,
            _ => Epoch::Now,
        }
    }
}

/// Arguments of `workflow blocked`.
#[derive(Args, Debug)]
pub struct Blocked {
    /// What keeps it from going on
    pub text: String,
    /// What is done about it
    #[arg(long, value_name = "TEXT", default_value = "", hide_default_value = true)]
    pub mitigation: String,
    /// The task, where it is not that of this pane's agent
    #[arg(long, value_name = "TASK", default_value = "", hide_default_value = true)]
    pub task: String,
    /// Which session, and how to print.
    #[command(flatten)]
    pub of: Of,
}

/// A number of something in the project.
#[derive(Args, Debug)]
pub struct Numbered {
    /// Its number, as `orchestra workflow status` shows it
    pub id: u32,
    /// Which session, and how to print.
    #[command(flatten)]
    pub of: Of,
}

/// A number of something in the project, and what is said of it.
#[derive(Args, Debug)]
pub struct About {
    /// Its number, as `orchestra workflow status` shows it
    pub id: u32,
    /// What is said of it
    pub text: String,
    /// Which session, and how to print.
    #[command(flatten)]
    pub of: Of,
}

/// Arguments of `workflow ask`.
#[derive(Args, Debug)]
pub struct AskDecision {
    /// What is to be decided
    pub text: String,
    /// Which session, and how to print.
    #[command(flatten)]
    pub of: Of,
}

/// Arguments of `workflow escalate`.
#[derive(Args, Debug)]
pub struct Escalate {
    /// Why: blocker, vulnerability, outage, budget, delay, conflict, decision or compliance
    #[arg(value_parser = Cause::from_word)]
    pub cause: Cause,
    /// What it rests on
    pub evidence: String,
    /// Which session, and how to print.
    #[command(flatten)]
    pub of: Of,
}

/// Arguments of `workflow answer`.
#[derive(Args, Debug)]
pub struct AnswerFlag {
    /// The red flag, by its name
    pub flag: String,
    /// Whether it is raised
    #[arg(value_enum)]
    pub raised: YesNo,
    /// What is to be added
    #[arg(long, value_name = "TEXT", default_value = "", hide_default_value = true)]
    pub note: String,
    /// Which session, and how to print.
    #[command(flatten)]
    pub of: Of,
}

/// An answer.
#[derive(Clone, Copy, PartialEq, Eq, Debug, clap::ValueEnum)]
pub enum YesNo {
    /// It is.
    Yes,
    /// It is not.
    No,
}

/// Arguments of `workflow tick`.
#[derive(Args, Debug)]
pub struct Tick {
    /// The checklist and its point, such as security/secrets
    #[arg(value_name = "LIST/POINT", value_parser = point)]
    pub point: (String, String),
    /// The phase, where it is not that of this pane's task and several have the list
    #[arg(long, value_name = "PHASE", default_value = "", hide_default_value = true)]
    pub phase: String,
    /// What was seen
    #[arg(long, value_name = "TEXT", default_value = "", hide_default_value = true)]
    pub note: String,
    /// Which session, and how to print.
    #[command(flatten)]
    pub of: Of,
}

/// Arguments of `workflow close`.
#[derive(Args, Debug)]
pub struct CloseProject {
    /// Why
    #[arg(long, value_name = "TEXT")]
    pub why: String,
    /// Which session, and how to print.
    #[command(flatten)]
    pub of: Of,
}

/// Arguments of `workflow brief`.
#[derive(Args, Debug)]
pub struct Brief {
    /// The task, where it is not that of this pane's agent
    #[arg(value_name = "TASK")]
    pub task: Option<String>,
    /// The pattern, in place of the project that runs
    #[arg(long, value_name = "NAME", requires = "task", conflicts_with = "session")]
    pub pattern: Option<String>,
    /// What is wanted of the pattern.
    #[command(flatten)]
    pub options: PlanOptions,
    /// Which session, and how to print.
    #[command(flatten)]
    pub of: Of,
}

fn point(text: &str) -> Result<(String, String), String> {
    match text.split_once('/') {
        Some((list, point)) if !list.is_empty() && !point.is_empty() => {
            Ok((list.to_owned(), point.to_owned()))
        }
        _ => Err("expected a checklist and its point, such as security/secrets".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn points_are_read_and_what_is_none_is_told() {
        assert_eq!(point("security/a/b"), Ok(("security".into(), "a/b".into())));
        for wrong in ["security", "/x", "x/"] {
            assert!(point(wrong).is_err(), "{wrong}");
        }
    }
}
