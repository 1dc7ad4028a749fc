//! `orchestra workflow specialists`: who there is, and what each can do.

use schemars::JsonSchema;
use serde::Serialize;

use super::top;
use crate::cli::args::Specialists as Args;
use crate::cli::exit::{Exit, Fail};
use crate::cli::out;
use crate::cli::table::{Side, Table};
use crate::config;
use crate::domain::signal::printable;
use crate::domain::workflow::catalogue::{Catalogue, Specialist};

/// What `--json` prints.
#[derive(Serialize, JsonSchema)]
#[serde(tag = "answer", rename = "specialists")]
pub(crate) struct Specialists {
    /// The one that was asked for, or all, in the order of the catalogue.
    pub specialists: Vec<Known>,
}

/// One of them.
#[derive(Serialize, JsonSchema)]
pub(crate) struct Known {
    /// As people see it, and as its agent is called: `aws-specialist`.
    pub shown: String,
    /// What its file says.
    #[serde(flatten)]
    pub specialist: Specialist,
}

/// Runs it.
pub(super) fn run(args: &Args) -> anyhow::Result<Exit> {
    let all = config::catalogue(&top()?)?;
    let found: Vec<&Specialist> = match &args.name {
        None => all.all().iter().collect(),
        Some(name) => {
            let found = all.resolve(name, args.provider.as_deref());
            vec![found.map_err(|why| Fail::usage(format!("find the specialist {why}")))?]
        }
    };
    if args.json {
        let known = |s: &&Specialist| Known { shown: s.shown(), specialist: (*s).clone() };
        out::json(&Specialists { specialists: found.iter().map(known).collect() })?;
    } else if let (Some(_), Some(one)) = (&args.name, found.first()) {
        out::result(&printable_lines(&text(one, &all)))?;
    } else {
        out::result(&list(&found))?;
    }
    Ok(Exit::Done)
}

fn list(found: &[&Specialist]) -> String {
    let mut table = Table::new(&[("SPECIALIST", Side::Left), ("DOMAIN", Side::Left), ("FOR", Side::Left)]);
    for one in found {
        table.row([one.shown(), one.domain.to_string(), printable(&one.title)]);
    }
    table.render()
}

/// One specialist for people.
fn text(one: &Specialist, all: &Catalogue) -> String {
    let mut text = format!("{}: {}\ndomain: {}\n", one.shown(), one.title, one.domain);
    if let Some(alias) = &one.alias {
        text.push_str(&format!("alias: {alias}\n"));
    }
    let mut points = |head: &str, points: &[String]| {
        if !points.is_empty() {
            text.push_str(&format!("\n{head}\n"));
            points.iter().for_each(|p| text.push_str(&format!("  {p}\n")));
        }
    };
    // An alias and `*` are no specialists: they are shown as they are.
    let called = |name: &str| all.get(name).map_or_else(|| name.to_owned(), Specialist::shown);
    points("can do", &one.capabilities);
    points("choose it when", &one.choose);
    points("needs", &one.needs);
    let handed = one.hands_over.iter().map(|h| {
        let items = h.items.iter().map(|i| format!("{} ({})", i.key, i.what)).collect::<Vec<_>>();
        format!("to {}: {}", called(&h.to), items.join("; "))
    });
    points("hands over", &handed.collect::<Vec<_>>());
    let with = |name: &str| if name == "*" { "anybody".to_owned() } else { called(name) };
    let beside = one.beside.iter().map(|b| format!("{}: {}. Sync: {}", with(&b.with), b.how, b.sync));
    points("works at the same time as", &beside.collect::<Vec<_>>());
    let loops = one.loops.iter().map(|l| format!("{}: {}. Until: {}", with(&l.with), l.how, l.until));
    points("goes round with", &loops.collect::<Vec<_>>());
    text
}

/// A project's texts may hold anything: each line is made safe to show.
fn printable_lines(text: &str) -> String {
    text.lines().map(|l| format!("{}\n", printable(l))).collect()
}
