//! The arguments of what looks back: `replay`, `search`, `export`, `import`, `report`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::values::{agent, moment};
use crate::domain::id::AgentName;
use crate::domain::moment::Moment;

/// Arguments of `replay`.
#[derive(Args, Debug)]
pub struct Replay {
    /// The session's directory, or the name of a session of this repository
    pub dir: PathBuf,
    /// Begin there: 12m30s, 1:02:03, 50%, #123 (an event), or end
    #[arg(long, value_name = "TIME", value_parser = moment)]
    pub at: Option<Moment>,
    /// Print what is seen at that moment instead of showing the dashboard
    #[arg(long)]
    pub headless: bool,
    /// Only this agent's pane
    #[arg(long, value_name = "NAME", value_parser = agent)]
    pub agent: Option<AgentName>,
    /// How many times faster than life it plays, 0.25 to 64
    #[arg(long, value_name = "X", default_value_t = 1.0, value_parser = super::values::pace)]
    pub speed: f64,
    /// Cut times without any event to so many seconds; 0 leaves them as they were
    #[arg(long, value_name = "S", default_value_t = 2)]
    pub idle: u64,
    /// Print one JSON object: as --headless, for programs
    #[arg(long)]
    pub json: bool,
}

/// Arguments of `search`.
#[derive(Args, Debug)]
pub struct Search {
    /// The session's directory, or the name of a session of this repository
    pub dir: PathBuf,
    /// What to look for in what panes showed; lower case finds upper case too
    pub text: String,
    /// TEXT is a regular expression
    #[arg(long)]
    pub regex: bool,
    /// Only this agent's pane
    #[arg(long, value_name = "NAME", value_parser = agent)]
    pub agent: Option<AgentName>,
    /// The most hits that are shown
    #[arg(long, value_name = "N", default_value_t = 200)]
    pub most: usize,
    /// Print one JSON object
    #[arg(long)]
    pub json: bool,
}

/// A form that a pane's recording is written in.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub enum ExportFormat {
    /// asciicast, version 2
    Cast,
    /// asciicast, version 3
    Cast3,
    /// All that was printed, as plain text
    Text,
    /// A page that shows all that was printed, with its colours
    Html,
}

/// Arguments of `export`.
#[derive(Args, Debug)]
pub struct Export {
    /// The session's directory, or the name of a session of this repository
    pub dir: PathBuf,
    /// Whose pane; with several panes one must be named
    #[arg(long, value_name = "NAME", value_parser = agent)]
    pub agent: Option<AgentName>,
    /// In what form
    #[arg(long, value_enum)]
    pub format: ExportFormat,
    /// Write it there; to standard output without it
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
    /// Overwrite FILE
    #[arg(long)]
    pub force: bool,
    /// Print one JSON object that says what was written
    #[arg(long, requires = "out")]
    pub json: bool,
}

/// Arguments of `import`.
#[derive(Args, Debug)]
pub struct Import {
    /// An asciicast, version 1, 2 or 3
    pub file: PathBuf,
    /// The session directory that is made; beside FILE without it
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// The name of its one agent
    #[arg(long, value_name = "NAME", value_parser = agent, default_value = "CAST")]
    pub agent: AgentName,
    /// Print one JSON object
    #[arg(long)]
    pub json: bool,
}

/// A form that a report is written in.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub enum ReportFormat {
    /// Markdown
    Md,
    /// One page without anything from elsewhere, with the screens of all chapters
    Html,
    /// One JSON object
    Json,
}

/// Arguments of `report`.
#[derive(Args, Debug)]
pub struct Report {
    /// The session's directory, or the name of a session of this repository; else the running or latest one here
    pub dir: Option<PathBuf>,
    /// In what form
    #[arg(long, value_enum, default_value_t = ReportFormat::Md)]
    pub format: ReportFormat,
    /// Write it there; to standard output without it
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
    /// Print one JSON object, as --format json
    #[arg(long)]
    pub json: bool,
}
