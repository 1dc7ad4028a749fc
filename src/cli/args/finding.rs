//! Arguments of `finding`.

use std::path::PathBuf;

use clap::{ArgGroup, Args};

use super::Of;
use crate::domain::incident::finding::{Evidence, Severity};

/// Arguments of `finding`.
#[derive(Args, Debug)]
#[command(group(ArgGroup::new("what").required(true).multiple(true).args(["kind", "file", "done", "list", "cannot_use"])))]
pub struct Finding {
    /// Its kind, such as db.connections.high; docs/incidents.md lists them
    #[arg(long, value_name = "KIND", requires = "at", requires = "summary", conflicts_with_all = ["file", "list"])]
    pub kind: Option<String>,
    /// When it began, such as 2026-03-14T02:12:00Z
    #[arg(long, value_name = "TIME", value_parser = moment, requires = "kind")]
    pub at: Option<i64>,
    /// When it was over
    #[arg(long, value_name = "TIME", value_parser = moment, requires = "kind")]
    pub until: Option<i64>,
    /// What it is about, as type/name, such as asg/web; may be given several times
    #[arg(long = "entity", value_name = "ENTITY", requires = "kind")]
    pub entities: Vec<String>,
    /// What it is, in a line
    #[arg(long, value_name = "TEXT", requires = "kind")]
    pub summary: Option<String>,
    /// How bad it is: info, warning or critical
    #[arg(long, value_name = "WORD", value_parser = severity, default_value = "info", requires = "kind")]
    pub severity: Severity,
    /// The value before it
    #[arg(long, value_name = "N", allow_negative_numbers = true, requires = "kind")]
    pub before: Option<f64>,
    /// The value after it began
    #[arg(long, value_name = "N", allow_negative_numbers = true, requires = "kind")]
    pub after: Option<f64>,
    /// The unit of both values
    #[arg(long, value_name = "UNIT", default_value = "", hide_default_value = true, requires = "kind")]
    pub unit: String,
    /// For how many seconds after --at it may have begun: 0 is an instant, 3600 an hourly line
    #[arg(long, value_name = "S", default_value_t = 0, requires = "kind")]
    pub precision: u32,
    /// Where it was read, such as events.json:12; may be given several times
    #[arg(long, value_name = "FILE:PLACE", value_parser = evidence, requires = "kind")]
    pub evidence: Vec<Evidence>,
    /// Its name among the findings of the incident; without it KIND@ENTITY
    #[arg(long, value_name = "ID", requires = "kind")]
    pub id: Option<String>,
    /// Hand findings in as lines of JSON, or one JSON array; - is standard input
    #[arg(long, value_name = "FILE", conflicts_with = "list")]
    pub file: Option<PathBuf>,
    /// Say that these are all; with findings that cannot be used it is not said
    #[arg(long, conflicts_with = "list")]
    pub done: bool,
    /// What to add to --done
    #[arg(long, value_name = "TEXT", default_value = "", hide_default_value = true, requires = "done")]
    pub note: String,
    /// Say of a file of the data that it cannot be used
    #[arg(long, value_name = "FILE", requires = "why", conflicts_with = "list")]
    pub cannot_use: Option<String>,
    /// Why it cannot be used
    #[arg(long, value_name = "TEXT", requires = "cannot_use")]
    pub why: Option<String>,
    /// List the findings that the incident has
    #[arg(long)]
    pub list: bool,
    /// Which session, and how to print.
    #[command(flatten)]
    pub of: Of,
}

/// A time.
fn moment(text: &str) -> Result<i64, String> {
    let why = "write it as 2026-03-14T02:12:00Z, with any offset";
    crate::domain::incident::stamp::parse(text).ok_or_else(|| why.to_owned())
}

fn severity(text: &str) -> Result<Severity, String> {
    match text {
        "info" => Ok(Severity::Info),
        "warning" => Ok(Severity::Warning),
        "critical" => Ok(Severity::Critical),
        _ => Err("expected one of info, warning, critical".to_owned()),
    }
}

fn evidence(text: &str) -> Result<Evidence, String> {
    match text.split_once(':') {
        Some((file, place)) if !file.is_empty() && !place.is_empty() => {
            Ok(Evidence { file: file.to_owned(), place: place.to_owned() })
        }
        _ => Err("write it as FILE:PLACE, such as events.json:12".to_owned()),
    }
}
