//! Arguments of `workflow list`, `show` and `plan`.

use clap::{Args, ValueEnum};

use crate::domain::near::did_you_mean;
use crate::domain::workflow::pattern::Must;
use crate::domain::workflow::plan::{Options, Waiver};

/// Arguments of `workflow list`.
#[derive(Args, Debug)]
pub struct PatternList {
    /// Print one JSON object
    #[arg(long)]
    pub json: bool,
}

/// Arguments of `workflow show`.
#[derive(Args, Debug)]
pub struct PatternShow {
    /// The pattern
    #[arg(value_name = "NAME")]
    pub name: String,
    /// Print one JSON object
    #[arg(long)]
    pub json: bool,
}

/// Arguments of `workflow plan`.
#[derive(Args, Debug)]
pub struct PatternPlan {
    /// The pattern
    #[arg(value_name = "NAME")]
    pub name: String,
    /// What is wanted of it.
    #[command(flatten)]
    pub options: PlanOptions,
    /// The day it starts, such as 2026-03-02; today where it is not given
    #[arg(long, value_name = "DATE", value_parser = day)]
    pub start: Option<jiff::civil::Date>,
    /// How to print
    #[arg(long, value_name = "FORMAT", value_enum, default_value_t = PlanFormat::Text, conflicts_with = "json")]
    pub format: PlanFormat,
    /// Print one JSON object
    #[arg(long)]
    pub json: bool,
}

/// How a plan is printed.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub enum PlanFormat {
    /// For people
    Text,
    /// A Gantt chart for Mermaid
    Mermaid,
    /// A graph for Graphviz
    Dot,
}

/// What is wanted of a pattern.
#[derive(Args, Debug, Default)]
pub struct PlanOptions {
    /// A cloud provider, such as aws; several times for several
    #[arg(long, value_name = "P")]
    pub provider: Vec<String>,
    /// A specialist who does not take part
    #[arg(long, value_name = "S")]
    pub without: Vec<String>,
    /// Decide a condition of the pattern
    #[arg(long, value_name = "COND=true|false", value_parser = condition)]
    pub set: Vec<(String, bool)>,
    /// Let it end in production
    #[arg(long)]
    pub production: bool,
    /// Pull in a quick win or a long-term item
    #[arg(long, value_name = "NAME")]
    pub win: Vec<String>,
    /// Leave out what must not be skipped before production; the reason goes into the record
    #[arg(long, value_name = "MUST=REASON", value_parser = waiver)]
    pub waive: Vec<Waiver>,
}

impl PlanOptions {
    /// The same as the domain has it.
    #[must_use]
    pub fn wanted(&self) -> Options {
        Options {
            providers: self.provider.clone(),
            without: self.without.clone(),
            conditions: self.set.iter().cloned().collect(),
            production: self.production,
            wins: self.win.clone(),
            waivers: self.waive.clone(),
        }
    }
}

fn condition(text: &str) -> Result<(String, bool), String> {
    let (name, value) = text.split_once('=').ok_or("expected COND=true or COND=false")?;
    let value = match value.trim() {
        "true" | "yes" | "on" => true,
        "false" | "no" | "off" => false,
        _ => return Err("expected `true` or `false` behind the `=`".into()),
    };
    Ok((name.trim().to_owned(), value))
}

fn waiver(text: &str) -> Result<Waiver, String> {
    let (word, reason) = text.split_once('=').unwrap_or((text, ""));
    let words = Must::ALL.map(Must::word);
    let must = Must::from_word(word.trim()).ok_or_else(|| {
        let near = did_you_mean(word.trim(), words);
        format!("expected one of {}{near}", words.join(", "))
    })?;
    if reason.trim().is_empty() {
        return Err(format!("expected a reason, which goes into the record: {}=REASON", must.word()));
    }
    Ok(Waiver { must, reason: reason.trim().to_owned() })
}

fn day(text: &str) -> Result<jiff::civil::Date, String> {
    text.parse().map_err(|_| "expected a day such as 2026-03-02".into())
}
