//! `orchestra workflow show`: what a pattern says.

use schemars::JsonSchema;
use serde::Serialize;

use super::{lines, top};
use crate::cli::args::PatternShow as Args;
use crate::cli::exit::{Exit, Fail};
use crate::cli::out;
use crate::cli::table::wrapped;
use crate::config;
use crate::domain::signal::printable;
use crate::domain::workflow::chart::weeks;
use crate::domain::workflow::pattern::{Pattern, Step};

/// What `--json` prints.
#[derive(Serialize, JsonSchema)]
#[serde(tag = "answer", rename = "pattern")]
pub(crate) struct Shown {
    /// The pattern as its file states it.
    pub pattern: Pattern,
}

/// Runs it.
pub(super) fn run(args: &Args) -> anyhow::Result<Exit> {
    let all = config::workflows(&top()?)?;
    let pattern = all.pattern(&args.name).map_err(Fail::usage)?;
    if args.json {
        out::json(&Shown { pattern: pattern.clone() })?;
    } else {
        out::result(&text(pattern))?;
    }
    Ok(Exit::Done)
}

fn text(pattern: &Pattern) -> String {
    let mut text = String::new();
    let mut line = |l: String| {
        text.push_str(&wrapped(&printable(&l)));
        text.push('\n');
    };
    line(format!("{}: {}", pattern.name, pattern.title));
    line(pattern.scenario.clone());
    for phase in &pattern.phases {
        line(String::new());
        line(format!("{}{}", phase.title, weeks(&phase.weeks)));
        if !phase.checklists.is_empty() {
            line(format!("  checklists  {}", phase.checklists.join(", ")));
        }
        for step in pattern.tasks.iter().filter(|t| t.phase == phase.id) {
            line(format!("  {}: {}", step.id, step.title));
            line(format!("    {}", facts(pattern, step)));
            for (name, list) in [
                ("objective  ", &step.objectives),
                ("outcome    ", &step.outcomes),
                ("success    ", &step.criteria),
            ] {
                list.iter().for_each(|t| line(format!("    {name}  {t}")));
            }
        }
    }
    let mut part = |name: &str, lines: Vec<String>| {
        if !lines.is_empty() {
            line(String::new());
            line(name.to_owned());
            lines.into_iter().for_each(|l| line(format!("  {l}")));
        }
    };
    let word = |is: bool| if is { "true" } else { "false" };
    let conditions = pattern.conditions.iter();
    part("Conditions", conditions.map(|(n, c)| format!("{n}={}  {}", word(c.default), c.about)).collect());
    part("Side by side", pattern.pairs.iter().map(lines::pair).collect());
    part("Until content", pattern.loops.iter().map(lines::round).collect());
    let readings = pattern.readings.iter().flat_map(|r| {
        [
            r.about.clone(),
            format!("  source  {}", r.source),
            format!("  taken   {}", r.taken),
            format!("  why     {}", r.why),
        ]
    });
    part("How the source was read", readings.collect());
    text
}

fn facts(pattern: &Pattern, step: &Step) -> String {
    let mut facts = vec![pattern.specialist(step).to_owned(), step.duration.to_string()];
    facts.push(step.priority.word().to_owned());
    if !step.environment.is_empty() {
        facts.push(format!("in {}", step.environment));
    }
    if let Some(when) = &step.when {
        facts.push(match when.strip_prefix('!') {
            Some(name) => format!("if not {name}"),
            None => format!("if {when}"),
        });
    }
    if !step.needs.is_empty() {
        facts.push(format!("needs {}", step.needs.join(", ")));
    }
    facts.join("; ")
}
