//! Arguments of `workflow run`.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;

use crate::cli::args::values::speed;
use crate::cli::args::{Of, PlanOptions};
use crate::domain::workflow::span::day_ms;

/// Arguments of `workflow run`.
#[derive(Args, Debug)]
pub struct Run {
    /// The pattern
    #[arg(value_name = "PATTERN")]
    pub pattern: String,
    /// What is wanted of it.
    #[command(flatten)]
    pub options: PlanOptions,
    /// What to call the project; as its pattern where it is not given
    #[arg(long, value_name = "N")]
    pub name: Option<String>,
    /// What is wanted, in your words; it goes into every brief
    #[arg(long, value_name = "TEXT")]
    pub request: Option<String>,
    /// What it starts from: a TOML file with request, infrastructure, issues, constraints, assets and goals
    #[arg(long, value_name = "FILE")]
    pub context: Option<PathBuf>,
    /// The agent program of those whom orchestra.toml does not name, such as claude
    #[arg(long, value_name = "P", conflicts_with = "rehearse")]
    pub profile: Option<String>,
    /// Let pretended agents do the work: no model, no network, and nothing stays but record and reports
    #[arg(long)]
    pub rehearse: bool,
    /// Print lines even on a terminal
    #[arg(long)]
    pub headless: bool,
    /// Begin it, and leave it to itself
    #[arg(long, conflicts_with_all = ["headless", "rehearse", "merge"])]
    pub detach: bool,
    /// Keep its record in DIR, which must be empty or missing
    #[arg(long, value_name = "DIR")]
    pub keep: Option<PathBuf>,
    /// How long a planned day lasts, such as 24h (the default), 90m, 2s; in a rehearsal about two seconds
    #[arg(long, value_name = "SPAN", value_parser = day)]
    pub day: Option<Duration>,
    /// What a specialist costs a planned day, in whole units of the currency
    #[arg(long, value_name = "N")]
    pub rate: Option<u64>,
    /// What it may cost in all
    #[arg(long, value_name = "N")]
    pub budget: Option<u64>,
    /// The currency
    #[arg(long, value_name = "C")]
    pub currency: Option<String>,
    /// The day by whose end it has to be ready, such as 2026-03-31
    #[arg(long, value_name = "DATE")]
    pub deadline: Option<jiff::civil::Date>,
    /// A fault that a pretended specialist is to have: conflict, slow, picky, no-handover, blocked and others
    #[arg(long, value_name = "SPECIALIST=FAULT", requires = "rehearse", value_parser = fault)]
    pub fault: Vec<(String, String)>,
    /// The same seed, the same rehearsal
    #[arg(long, value_name = "N", requires = "rehearse")]
    pub seed: Option<u64>,
    /// How many times faster a rehearsal is
    #[arg(long, value_name = "X", requires = "rehearse", value_parser = speed)]
    pub speed: Option<f64>,
    /// Merge the branches once it is complete: the wrap-up, then the merge train
    #[arg(long)]
    pub merge: bool,
    /// Merge without asking
    #[arg(long, requires = "merge")]
    pub yes: bool,
    /// Which session, and how to print: one object at the end, as --headless.
    #[command(flatten)]
    pub of: Of,
}

/// How long a day lasts: `24h`, `90m`, `2s`, `500ms`.
pub(crate) fn day(text: &str) -> Result<Duration, String> {
    day_ms(text).map(Duration::from_millis)
}

fn fault(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((who, what)) if !who.is_empty() && !what.is_empty() => Ok((who.to_owned(), what.to_owned())),
        _ => Err("expected a specialist and a fault, such as docker=slow".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_read_and_what_is_none_is_told() {
        for (text, ms) in [("24h", 86_400_000), ("90m", 5_400_000), ("2s", 2000), ("500ms", 500)] {
            assert_eq!(day(text), Ok(Duration::from_millis(ms)));
        }
        for text in ["", "24", "h", "-1s", "0s", "1.5h", "99999999999999999999h", "200000h", "1d", "é"] {
            assert!(day(text).is_err(), "{text}");
        }
        assert_eq!(fault("docker=slow"), Ok(("docker".into(), "slow".into())));
        assert!(fault("docker").is_err() && fault("=x").is_err());
    }
}
