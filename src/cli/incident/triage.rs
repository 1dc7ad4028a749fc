//! `orchestra incident triage`: which specialists an incident needs.

use anyhow::Context;

use super::intake::{Asks, Intake};
use crate::cli::args::Triage as Args;
use crate::cli::exit::Exit;
use crate::cli::{out, place};
use crate::config;
use crate::domain::incident::triage::{By, Triaged};
use crate::domain::signal::printable;

/// Runs it.
pub(super) fn run(args: &Args) -> anyhow::Result<Exit> {
    let mut intake = Intake::read(args.report.as_deref(), &args.answers)?;
    let here = std::env::current_dir().context("learn the current folder")?;
    let routes = config::routes(&place::project().unwrap_or(here))?;
    let found = intake.triaged(&routes, Asks::of(args.report.as_deref(), args.json))?;
    if args.json {
        out::json(&found)?;
    } else {
        out::result(&text(&found))?;
    }
    Ok(Exit::Done)
}

/// The result for people.
pub(super) fn text(t: &Triaged) -> String {
    let mut text = String::new();
    let mut line = |name: &str, value: &str| text.push_str(&format!("{name:<13}{}\n", printable(value)));
    let from = |words: &str, by: By| match by {
        By::Report => format!("the report: \"{words}\""),
        By::Concluded => format!("concluded from the report: \"{words}\""),
        By::Told => format!("told: \"{words}\""),
    };
    let mut answer = |name: &str, given: Option<(String, &str, By)>| match given {
        Some((value, words, by)) => line(name, &format!("{value}  ({})", from(words, by))),
        None => line(name, "not asked: nothing is an incident"),
    };
    answer("symptom", Some((t.symptom.value.clone(), &t.symptom.words, t.symptom.by)));
    answer("started", t.started.as_ref().map(|g| (g.value.clone(), g.words.as_str(), g.by)));
    answer("scope", t.scope.as_ref().map(|g| (g.value.to_string(), g.words.as_str(), g.by)));
    answer("priority", t.priority.as_ref().map(|g| (format!("{:?}", g.value), g.words.as_str(), g.by)));
    for seen in &t.observables {
        let what = if seen.said { "reported" } else { "denied" };
        line(what, &format!("{}: \"{}\"", seen.name, seen.words));
    }
    line("rule", &format!("{}: {}", t.rules.join(", "), t.why));
    if t.engaged.is_empty() {
        line("engaged", "nobody");
    }
    for one in &t.engaged {
        line("engaged", &format!("{}: {}", one.name, one.why));
    }
    for one in &t.not_engaged {
        line("not engaged", &format!("{}: {}", one.name, one.why));
    }
    for doubt in &t.doubts {
        line("doubt", doubt);
    }
    text
}
