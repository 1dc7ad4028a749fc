//! `orchestra workflow advise`: whom a request needs.

use std::path::Path;

use super::top;
use crate::cli::args::Advise as Args;
use crate::cli::exit::{Exit, Fail};
use crate::cli::incident::text_of;
use crate::cli::out;
use crate::config;
use crate::domain::signal::printable;
use crate::domain::workflow::advise::{Advice, By, Kind, REQUEST_MOST, Use, Wishes, advise};

/// Runs it.
pub(super) fn run(args: Args) -> anyhow::Result<Exit> {
    let top = top()?;
    let catalogue = config::catalogue(&top)?;
    let guide = config::guide(&top, &catalogue)?;
    let request = if args.request == "-" {
        let remedy = "say in some sentences what is to be done";
        text_of(Path::new("-"), "request", REQUEST_MOST, remedy)?
    } else {
        args.request
    };
    let wishes =
        Wishes { providers: args.provider, with: args.with, without: args.without, pattern: args.pattern };
    let found = advise(&request, &wishes, &catalogue, &guide).map_err(Fail::usage)?;
    if args.json {
        out::json(&found)?;
    } else {
        out::result(&text(&found))?;
    }
    Ok(Exit::Done)
}

/// The advice for people.
fn text(advice: &Advice) -> String {
    let mut text = String::new();
    let mut line = |name: &str, value: &str| text.push_str(&format!("{name:<13}{}\n", printable(value)));
    let verdict = match advice.verdict {
        Use::Orchestra => "an orchestra",
        Use::Direct => "one specialist, no orchestra",
        Use::Unclear => "not clear yet",
        Use::Nothing => "nothing of this is about DevOps",
    };
    line("needs", verdict);
    advice.why.iter().for_each(|why| line("", why));
    if let Some(fits) = &advice.pattern {
        line("pattern", &format!("{}: {}{}", fits.name, fits.why, quoted(&fits.words)));
        if !fits.brings.is_empty() {
            line("brings", &fits.brings.join(", "));
        }
    }
    if !advice.also.is_empty() {
        line("fits too", &advice.also.join(", "));
    }
    for one in &advice.specialists {
        let why = match one.by {
            By::Rule => format!(": {}{}", one.why, quoted(&one.words)),
            By::Words => quoted(&one.words),
            By::Told => format!(": {}", one.why),
        };
        line("specialist", &format!("{}{why}", one.shown));
    }
    for one in &advice.left {
        line("not needed", &format!("{}: {}{}", one.shown, one.why, quoted(&one.words)));
    }
    for one in &advice.domains {
        line("domain", &format!("{}{}", one.name, quoted(&one.words)));
        if !one.gap.is_empty() {
            line("", &one.gap);
        }
    }
    for one in &advice.relations {
        let (kind, joined) = match one.kind {
            Kind::Sequential => ("first", format!("{}, then {}", one.first, one.second)),
            Kind::Parallel => ("together", format!("{} and {}", one.first, one.second)),
            Kind::Iterative => ("in turns", format!("{} and {}", one.first, one.second)),
        };
        let items: Vec<&str> = one.items.iter().map(|i| i.key.as_str()).collect();
        let what = match one.kind {
            Kind::Sequential => format!("hands over {}", items.join(", ")),
            Kind::Parallel => format!("{}. Sync: {}", one.how, one.until),
            Kind::Iterative => format!("{}. Until: {}", one.how, one.until),
        };
        line(kind, &format!("{joined}: {what}"));
    }
    for one in &advice.questions {
        line("question", &format!("{} ({}){}", one.ask, one.why, quoted(&one.words)));
    }
    if !advice.next.is_empty() {
        line("next", &advice.next);
    }
    text
}

/// ` ("a", "b")`, or nothing.
fn quoted(words: &[String]) -> String {
    let quoted: Vec<String> = words.iter().map(|w| format!("\"{w}\"")).collect();
    if quoted.is_empty() { String::new() } else { format!(" ({})", quoted.join(", ")) }
}
