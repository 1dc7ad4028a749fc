//! `orchestra workflow list`: which patterns there are.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;

use super::top;
use crate::cli::args::PatternList as Args;
use crate::cli::exit::Exit;
use crate::cli::out;
use crate::cli::table::{Side, Table};
use crate::config;
use crate::domain::signal::printable;
use crate::domain::workflow::pattern::{Condition, Pattern};

/// What `--json` prints.
#[derive(Serialize, JsonSchema)]
#[serde(tag = "answer", rename = "patterns")]
pub(crate) struct Patterns {
    /// The patterns: those that come along, then the project's own.
    pub patterns: Vec<Known>,
}

/// A pattern in short.
#[derive(Serialize, JsonSchema)]
pub(crate) struct Known {
    /// Its name.
    pub name: String,
    /// One line for people.
    pub title: String,
    /// When it fits.
    pub scenario: String,
    /// How many phases it has.
    pub phases: usize,
    /// How many tasks it has.
    pub tasks: usize,
    /// Its specialists, each once, in the order of its tasks; `cloud` is any provider.
    pub specialists: Vec<String>,
    /// What can be chosen.
    pub conditions: BTreeMap<String, Condition>,
}

/// Runs it.
pub(super) fn run(args: &Args) -> anyhow::Result<Exit> {
    let all = config::workflows(&top()?)?;
    if args.json {
        out::json(&Patterns { patterns: all.patterns.iter().map(known).collect() })?;
        return Ok(Exit::Done);
    }
    let number = |name| (name, Side::Right);
    let mut table =
        Table::new(&[("PATTERN", Side::Left), number("PHASES"), number("TASKS"), ("FOR", Side::Left)]);
    for one in &all.patterns {
        let known = known(one);
        table.row([known.name, known.phases.to_string(), known.tasks.to_string(), printable(&known.title)]);
    }
    out::result(&table.render())?;
    Ok(Exit::Done)
}

fn known(one: &Pattern) -> Known {
    let mut specialists: Vec<String> = Vec::new();
    for step in &one.tasks {
        let name = one.specialist(step);
        if !specialists.iter().any(|s| s == name) {
            specialists.push(name.to_owned());
        }
    }
    Known {
        name: one.name.clone(),
        title: one.title.clone(),
        scenario: one.scenario.clone(),
        phases: one.phases.len(),
        tasks: one.tasks.len(),
        specialists,
        conditions: one.conditions.clone(),
    }
}
