//! Arguments of `incident`.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Subcommand};

use super::Of;
use crate::domain::incident::triage::Told;

/// Incidents.
#[derive(Subcommand, Debug)]
pub enum Incident {
    /// Shows the incident that the fleet works on, or the last one
    ///
    /// Whom it needs and why, how far each specialist is, the findings by time, what they have to do with each other,
    /// and what is missing of the answer.
    Show(Of),
    /// Takes an incident from its report to its postmortem
    ///
    /// PATH is a directory with report.md and a folder of data for each specialist, or a report. The fleet that runs here
    /// takes it on. Where none runs one is started for it, without a repository, and ended with it: the team of
    /// orchestra.toml where that has [incident], else the one that comes with the program, with the built-in analysts, which
    /// need no model and no network. On a terminal the dashboard is shown; else what happens is printed as lines on standard
    /// error, and at the end the chains of causes, and where postmortem and record lie. What is missing of the answer is
    /// named and is no failure. Exit status 1 when no postmortem stands, 124 when it took too long.
    Run(Run),
    /// Takes an incident on with the fleet that runs here
    ///
    /// REPORT is a file, or a directory with report.md and a folder of data for each specialist. What it leaves open
    /// is asked on a terminal; elsewhere and with --json it ends with status 2.
    Open(Open),
    /// Hands the postmortem of the incident in
    ///
    /// It is checked against the sections it has to have and against the findings. Exit status 1 when it does not
    /// stand; what is wrong is said.
    Submit(Submit),
    /// Closes the incident as it is, without waiting any longer
    Close(Close),
    /// Prints the postmortem of an incident, or checks one that somebody wrote
    ///
    /// The incident is that of the session that runs here, of a session's record (DIR), or of files (--findings). What is
    /// printed is written by the program, from the findings alone. Exit status 1 when a text does not pass --check.
    Postmortem(Postmortem),
    /// Asks what a report leaves open, and says which specialists the incident needs
    ///
    /// Four questions are answered from the report, or by the flags, which go before it. What stays open is asked on a
    /// terminal; elsewhere, with --json and with the report on standard input it ends with status 2.
    Triage(Triage),
    /// Says which findings caused which, which only belong together, and which have nothing to do with each other
    ///
    /// Findings are lines of JSON, or one JSON array. What cannot be used is named with its line and the rest is
    /// gone through. Exit status 1 when no finding can be used.
    Correlate(Correlate),
    /// Says what the built-in analysts find in the output of tools that a directory holds
    ///
    /// The directory has a folder for each specialist: k8s, rds, finops. What cannot be used is named on standard
    /// error and the rest is gone through. Exit status 1 when no file can be used.
    Analyse(Analyse),
    /// Measures ways of routing on the same incidents: by triage, by keywords, to everybody
    ///
    /// SCENARIO is a directory with report.md, a folder of data for each specialist and, where it is known, what is
    /// true of it in truth.toml. Built-in analysts do the work; times are simulated by a model of that work. What cannot
    /// be used is named on standard error and the rest is gone through, with exit status 1 at the end.
    Compare(Compare),
}

/// Answers to the four questions of triage, and when they were asked.
#[derive(Args, Debug, Default)]
pub struct Answers {
    /// What is seen first of all, such as latency, errors, pod-failures, cost; none; other
    #[arg(long, value_name = "TEXT")]
    pub symptom: Option<String>,
    /// When it started
    #[arg(long, value_name = "TIME")]
    pub started: Option<String>,
    /// What is affected: one service, all services, a region, all regions
    #[arg(long, value_name = "TEXT")]
    pub scope: Option<String>,
    /// P1 (customers are hurt), P2 (degraded) or P3 (internal)
    #[arg(long, value_name = "P")]
    pub priority: Option<String>,
    /// When the report came in: what "30 minutes ago" counts from, and the day of a time without a date
    #[arg(long, value_name = "TIME")]
    pub received: Option<String>,
}

impl Answers {
    /// As triage takes them.
    #[must_use]
    pub fn told(&self) -> Told {
        Told {
            symptom: self.symptom.clone(),
            started: self.started.clone(),
            scope: self.scope.clone(),
            priority: self.priority.clone(),
        }
    }
}

/// Arguments of `incident run`.
#[derive(Args, Debug)]
pub struct Run {
    /// A directory with report.md and data, or a report
    #[arg(value_name = "PATH")]
    pub path: PathBuf,
    /// Print lines even on a terminal
    #[arg(long)]
    pub headless: bool,
    /// The directory with a folder of data for each specialist; where that of the report has such folders it is that
    #[arg(long, value_name = "DIR")]
    pub data: Option<PathBuf>,
    /// What to call it
    #[arg(long, value_name = "NAME")]
    pub name: Option<String>,
    /// The agent program of the fleet that is started, such as claude
    #[arg(long, value_name = "NAME")]
    pub profile: Option<String>,
    /// How many seconds each specialist of it has
    #[arg(long, value_name = "S", value_parser = clap::value_parser!(u32).range(5..=86_400))]
    pub deadline: Option<u32>,
    /// How far apart events are looked at together by it, both ends included
    #[arg(long, value_name = "TIME", value_parser = span)]
    pub window: Option<Duration>,
    /// Keep its record in DIR, which must be empty or missing
    #[arg(long, value_name = "DIR")]
    pub keep: Option<PathBuf>,
    /// How many times faster than life the built-in analysts of it work
    #[arg(long, value_name = "X", value_parser = super::values::speed)]
    pub speed: Option<f64>,
    /// Approve the route at once
    #[arg(long)]
    pub yes: bool,
    /// What triage is told.
    #[command(flatten)]
    pub answers: Answers,
    /// Which session, and how to print: one object at the end, as --headless.
    #[command(flatten)]
    pub of: Of,
}

/// Arguments of `incident open`.
#[derive(Args, Debug)]
pub struct Open {
    /// The report, or a directory with report.md; - is standard input
    #[arg(value_name = "REPORT")]
    pub report: Option<PathBuf>,
    /// The directory with a folder of data for each specialist; where that of the report has such folders it is that
    #[arg(long, value_name = "DIR")]
    pub data: Option<PathBuf>,
    /// What to call it
    #[arg(long, value_name = "NAME")]
    pub name: Option<String>,
    /// What triage is told.
    #[command(flatten)]
    pub answers: Answers,
    /// Which session, and how to print.
    #[command(flatten)]
    pub of: Of,
}

/// Arguments of `incident submit`.
#[derive(Args, Debug)]
pub struct Submit {
    /// The postmortem; - is standard input
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    /// Which session, and how to print.
    #[command(flatten)]
    pub of: Of,
}

/// Arguments of `incident postmortem`.
#[derive(Args, Debug)]
pub struct Postmortem {
    /// A session's directory or name; without it the session that runs here
    #[arg(value_name = "DIR", conflicts_with = "findings")]
    pub dir: Option<PathBuf>,
    /// Take these findings, lines of JSON or one JSON array, in place of a session's; - is standard input
    #[arg(long, value_name = "FILE")]
    pub findings: Option<PathBuf>,
    /// The report that belongs to them
    #[arg(long, value_name = "FILE", requires = "findings")]
    pub report: Option<PathBuf>,
    /// What triage is told beside the report.
    #[command(flatten)]
    pub answers: Answers,
    /// Check this text in place of printing one: its sections, and whether all it says is in the findings
    #[arg(long, value_name = "FILE", conflicts_with = "out")]
    pub check: Option<PathBuf>,
    /// Write it to this file
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
    /// Which session, and how to print.
    #[command(flatten)]
    pub of: Of,
}

/// Arguments of `incident close`.
#[derive(Args, Debug)]
pub struct Close {
    /// Why
    #[arg(long, value_name = "TEXT", default_value = "", hide_default_value = true)]
    pub why: String,
    /// Which session, and how to print.
    #[command(flatten)]
    pub of: Of,
}

/// Arguments of `incident analyse`.
#[derive(Args, Debug)]
pub struct Analyse {
    /// The directory of the incident; with --only also the folder of that specialist
    #[arg(value_name = "DIR")]
    pub dir: PathBuf,
    /// Only what that one finds: a specialist, such as k8s-health-agent, or its folder, such as k8s
    #[arg(long, value_name = "SPECIALIST")]
    pub only: Option<String>,
    /// Print a line of JSON for each finding
    #[arg(long)]
    pub json: bool,
}

/// Arguments of `incident compare`.
#[derive(Args, Debug)]
pub struct Compare {
    /// Directories of incidents; files beside them are passed over
    #[arg(value_name = "SCENARIO", required = true)]
    pub scenarios: Vec<PathBuf>,
    /// Print one JSON object
    #[arg(long)]
    pub json: bool,
}

/// Arguments of `incident triage`.
#[derive(Args, Debug)]
pub struct Triage {
    /// The report; - is standard input
    #[arg(value_name = "REPORT")]
    pub report: Option<PathBuf>,
    /// What it is told.
    #[command(flatten)]
    pub answers: Answers,
    /// Print one JSON object
    #[arg(long)]
    pub json: bool,
}

/// Arguments of `incident correlate`.
#[derive(Args, Debug)]
pub struct Correlate {
    /// The findings; - is standard input
    #[arg(value_name = "FINDINGS")]
    pub findings: PathBuf,
    /// How far apart events are looked at together, both ends included
    #[arg(long, value_name = "TIME", default_value = "2m", value_parser = span)]
    pub window: Duration,
    /// Mechanisms and kinds of your own, beside those that come with the program
    #[arg(long, value_name = "FILE")]
    pub mechanisms: Option<PathBuf>,
    /// When the incident began; earlier findings are named and left out
    #[arg(long, value_name = "TIME")]
    pub from: Option<String>,
    /// When the incident was over; later findings are named and left out
    #[arg(long, value_name = "TIME")]
    pub to: Option<String>,
    /// Print one JSON object
    #[arg(long)]
    pub json: bool,
}

/// The longest window.
const WINDOW_MOST: u64 = 24 * 3600;

/// A span such as `90s`, `2m`, `1h` or `90` (seconds).
fn span(text: &str) -> Result<Duration, String> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (number, unit) = text.split_at(digits);
    let unit = match unit {
        "" | "s" => 1,
        "m" => 60,
        "h" => 3600,
        _ => return Err("write it as 90s, 2m or 1h".to_owned()),
    };
    let seconds = number.parse::<u64>().ok().and_then(|n| n.checked_mul(unit));
    match seconds {
        Some(s) if s <= WINDOW_MOST => Ok(Duration::from_secs(s)),
        Some(_) => Err("it is at most 24h".to_owned()),
        None => Err("write it as 90s, 2m or 1h".to_owned()),
    }
}
