//! Arguments of `workflow report`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use crate::cli::args::Of;

/// What a report is of.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub enum ReportKind {
    /// A week: what was done, what comes next, what is in the way
    Weekly,
    /// The milestones, and what came of each finished task
    Milestone,
    /// The whole project: what it improved, measured, cost and taught
    Completion,
}

/// A form that a report is written in.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub enum ReportForm {
    /// Markdown
    Md,
    /// One page that needs nothing from elsewhere
    Html,
    /// One JSON object
    Json,
}

/// Arguments of `workflow report`.
#[derive(Args, Debug)]
pub struct Report {
    /// What it is of
    #[arg(value_enum)]
    pub kind: ReportKind,
    /// The session's directory, or the name of a session of this repository; else the running or latest one here
    #[arg(conflicts_with = "session")]
    pub dir: Option<PathBuf>,
    /// Which week, from 1, by the project's own days; without it the one that runs or ran last
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub week: Option<u32>,
    /// In what form
    #[arg(long, value_enum, default_value_t = ReportForm::Md, conflicts_with = "json")]
    pub format: ReportForm,
    /// Write it there; to standard output without it
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
    /// Which session, and how to print.
    #[command(flatten)]
    pub of: Of,
}
