//! Arguments of changing a plan under way, and of what to watch for.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use crate::cli::args::Of;
use crate::domain::incident::stamp;
use crate::domain::near::did_you_mean;
use crate::domain::workflow::pattern::{Must, Priority};
use crate::domain::workflow::project::Reason;
use crate::domain::workflow::span::Span;

/// What of the plan is to be changed.
#[derive(Subcommand, Debug)]
pub enum Reprioritise {
    /// Adds a task
    Add(Box<AddTask>),
    /// Leaves a task out
    Drop(DropTask),
    /// Has a task done before another
    Reorder(Reorder),
    /// Has another specialist do a task
    Reassign(Reassign),
    /// Changes when it has to be ready
    Deadline(Deadline),
    /// Changes what it may cost
    Budget(Budget),
    /// Leaves out something that must not be skipped before production, with a reason that goes into the record
    Waive(Waive),
}

/// Why, and which of the alternatives.
#[derive(Args, Debug)]
pub struct How {
    /// Why: critical-issue, budget, timeline, business, technology, security or performance
    #[arg(long, value_name = "REASON", value_parser = Reason::from_word)]
    pub reason: Option<Reason>,
    /// What is to be added to the record
    #[arg(long, value_name = "TEXT", default_value = "", hide_default_value = true)]
    pub note: String,
    /// Which of the alternatives: by its name, as it was shown, or by its number in the list of now
    #[arg(long, value_name = "NAME|N")]
    pub choose: Option<String>,
    /// Do it without asking
    #[arg(long, requires = "choose")]
    pub yes: bool,
    /// Which session, and how to print.
    #[command(flatten)]
    pub of: Of,
}

/// Arguments of `workflow reprioritise add`.
#[derive(Args, Debug)]
pub struct AddTask {
    /// The id of the new task
    #[arg(value_name = "TASK")]
    pub id: String,
    /// Who does it: a specialist of the plan, such as docker
    #[arg(long, value_name = "SPECIALIST")]
    pub specialist: String,
    /// How long it takes, such as 3d or 1w2d
    #[arg(long, value_name = "SPAN", value_parser = Span::parse)]
    pub duration: Span,
    /// One line of what it is; its id where it is missing
    #[arg(long, value_name = "TEXT")]
    pub title: Option<String>,
    /// Tasks that it needs
    #[arg(long, value_name = "TASKS", value_delimiter = ',')]
    pub after: Vec<String>,
    /// Tasks that shall need it
    #[arg(long, value_name = "TASKS", value_delimiter = ',')]
    pub before: Vec<String>,
    /// Its phase; where it is missing that of a task it needs
    #[arg(long, value_name = "PHASE", default_value = "", hide_default_value = true)]
    pub phase: String,
    /// What it is to reach; again for another
    #[arg(long, value_name = "TEXT")]
    pub objective: Vec<String>,
    /// How one sees that it succeeded; again for another
    #[arg(long, value_name = "TEXT")]
    pub criterion: Vec<String>,
    /// critical, high or medium
    #[arg(long, value_name = "P", value_parser = priority, default_value = "high")]
    pub priority: Priority,
    /// Where its work lands, such as production
    #[arg(long, value_name = "ENV", default_value = "", hide_default_value = true)]
    pub environment: String,
    /// What must not be skipped that it sees to, such as security-review; again for another
    #[arg(long, value_name = "MUST", value_parser = must)]
    pub covers: Vec<Must>,
    /// Why, and which alternative.
    #[command(flatten)]
    pub how: How,
}

/// Arguments of `workflow reprioritise drop`.
#[derive(Args, Debug)]
pub struct DropTask {
    /// The task
    pub task: String,
    /// Why, and which alternative.
    #[command(flatten)]
    pub how: How,
}

/// Arguments of `workflow reprioritise reorder`.
#[derive(Args, Debug)]
pub struct Reorder {
    /// The task that is to be done first
    pub task: String,
    /// The one that is to come after it
    #[arg(long, value_name = "TASK")]
    pub before: String,
    /// Why, and which alternative.
    #[command(flatten)]
    pub how: How,
}

/// Arguments of `workflow reprioritise reassign`.
#[derive(Args, Debug)]
pub struct Reassign {
    /// The task
    pub task: String,
    /// Who does it: a specialist of the plan, such as docker
    #[arg(long, value_name = "SPECIALIST")]
    pub to: String,
    /// Why, and which alternative.
    #[command(flatten)]
    pub how: How,
}

/// Arguments of `workflow reprioritise deadline`.
#[derive(Args, Debug)]
pub struct Deadline {
    /// The day or moment, such as 2026-03-20 (its end, UTC) or 2026-03-20T12:00:00Z; none: no deadline
    #[arg(value_name = "WHEN", value_parser = moment)]
    pub at: Stated<i64>,
    /// Why, and which alternative.
    #[command(flatten)]
    pub how: How,
}

/// Arguments of `workflow reprioritise budget`.
#[derive(Args, Debug)]
pub struct Budget {
    /// The amount in whole units of the project's currency; none: no budget
    #[arg(value_name = "AMOUNT", value_parser = amount)]
    pub amount: Stated<u64>,
    /// Why, and which alternative.
    #[command(flatten)]
    pub how: How,
}

/// Arguments of `workflow reprioritise waive`.
#[derive(Args, Debug)]
pub struct Waive {
    /// What, and why it is left out; without a reason it is no longer left out
    #[arg(value_name = "MUST=REASON", value_parser = waiver)]
    pub waiver: (Must, String),
    /// Why, and which alternative.
    #[command(flatten)]
    pub how: How,
}

/// Arguments of `workflow watch`.
#[derive(Args, Debug)]
pub struct Watch {
    /// The directory of a recorded session, or the name of a session of this repository; without it the project that runs
    #[arg(conflicts_with = "session")]
    pub dir: Option<PathBuf>,
    /// Which session, and how to print.
    #[command(flatten)]
    pub of: Of,
}

/// Something that may be taken back.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Stated<T> {
    /// It.
    To(T),
    /// None any more.
    None,
}

impl<T> Stated<T> {
    /// What was said.
    pub fn given(self) -> Option<T> {
        match self {
            Self::To(value) => Some(value),
            Self::None => None,
        }
    }
}

fn priority(text: &str) -> Result<Priority, String> {
    let all = [Priority::Critical, Priority::High, Priority::Medium];
    let found = all.into_iter().find(|p| p.word() == text);
    found.ok_or_else(|| "expected critical, high or medium".to_owned())
}

fn must(text: &str) -> Result<Must, String> {
    Must::from_word(text).ok_or_else(|| {
        let words = Must::ALL.map(Must::word);
        format!("expected one of {}{}", words.join(", "), did_you_mean(text, words))
    })
}

fn moment(text: &str) -> Result<Stated<i64>, String> {
    if text == "none" {
        return Ok(Stated::None);
    }
    let found = stamp::parse(text).or_else(|| stamp::parse(&format!("{text}T23:59:59Z")));
    found
        .map(Stated::To)
        .ok_or_else(|| "expected a day such as 2026-03-20, an RFC 3339 time or none".to_owned())
}

fn amount(text: &str) -> Result<Stated<u64>, String> {
    if text == "none" {
        return Ok(Stated::None);
    }
    let digits = text.replace([',', '_'], "");
    digits.parse().map(Stated::To).map_err(|_| "expected a whole amount such as 30000, or none".to_owned())
}

fn waiver(text: &str) -> Result<(Must, String), String> {
    let (word, reason) = text.split_once('=').unwrap_or((text, ""));
    Ok((must(word)?, reason.trim().to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_amounts_and_waivers_are_read_and_what_is_none_is_told() {
        assert_eq!(moment("none"), Ok(Stated::None));
        assert_eq!(moment("1970-01-02"), Ok(Stated::To(2 * 86_400_000 - 1_000)));
        assert_eq!(moment("1970-01-02T00:00:00Z"), Ok(Stated::To(86_400_000)));
        assert!(moment("Friday").is_err() && moment("2026-02-30").is_err());
        assert_eq!((amount("30,000"), amount("none")), (Ok(Stated::To(30_000)), Ok(Stated::None)));
        assert!(amount("-1").is_err() && amount("1.5").is_err());
        assert_eq!(waiver("recovery=a = b"), Ok((Must::Recovery, "a = b".into())));
        assert_eq!(waiver("recovery"), Ok((Must::Recovery, String::new())));
        assert!(waiver("recovry=x").unwrap_err().ends_with("did you mean `recovery`?"));
        assert_eq!(priority("medium"), Ok(Priority::Medium));
    }

    #[test]
    fn command_lines_are_read() {
        use clap::Parser as _;
        let read = |line: &str| {
            let line = format!("orchestra workflow {line}");
            crate::cli::args::Cli::try_parse_from(line.split_whitespace())
                .map(|_| ())
                .map_err(|e| e.to_string())
        };
        for line in [
            "reprioritise add a --specialist docker --duration 2d --after b,c --before d --covers recovery",
            "reprioritise drop a --reason budget --note n --choose 1 --yes --session s --json",
            "reprioritise reorder a --before b",
            "reprioritise reassign a --to docker",
            "reprioritise deadline 2026-03-20",
            "reprioritise budget none",
            "reprioritise waive recovery=later",
            "watch --session s --json",
        ] {
            assert_eq!(read(line), Ok(()), "{line}");
        }
        for (line, says) in [
            (
                "reprioritise drop a --reason secutiry",
                "did you mean `security`?; the reasons are critical-issue, budget",
            ),
            ("reprioritise drop a --yes", "--choose"),
            ("reprioritise deadline tomorrow", "expected a day such as 2026-03-20"),
            ("reprioritise add a --specialist docker --duration 2m", "expected weeks, days and hours"),
        ] {
            assert!(read(line).is_err_and(|why| why.contains(says)), "{line}: {:?}", read(line));
        }
    }
}
