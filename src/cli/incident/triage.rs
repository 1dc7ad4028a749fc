//! `orchestra incident triage`: which specialists an incident needs.

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use anyhow::Context;

use crate::cli::args::Triage as Args;
use crate::cli::exit::{Exit, Fail};
use crate::cli::{out, place};
use crate::config;
use crate::domain::incident::triage::{
    self, By, Given, Open, Question, REPORT_MOST, Reference, Scope, ScopeKind, Told, Triaged,
};
use crate::domain::signal::printable;

/// How often a question is asked on a terminal.
const TRIES: usize = 3;
/// The most bytes of an answer at a prompt.
const ANSWER_MOST: u64 = 1024;

/// Runs it.
pub(super) fn run(args: Args) -> anyhow::Result<Exit> {
    let report = report(args.report.as_deref())?;
    let received = match &args.received {
        Some(text) => Some(moment(text)?),
        None => args.report.as_deref().filter(|p| *p != Path::new("-")).and_then(written),
    };
    let here = std::env::current_dir().context("learn the current folder")?;
    let routes = config::routes(&place::project().unwrap_or(here))?;
    let mut told =
        Told { symptom: args.symptom, started: args.started, scope: args.scope, priority: args.priority };
    // Where the report comes over standard input there is nobody to answer.
    let asks = out::on_terminal() && !args.json && args.report.as_deref() != Some(Path::new("-"));
    let mut tries = 0;
    let found = loop {
        match triage::triage(&report, &told, received.as_ref(), &routes) {
            Ok(found) => break found,
            Err(open) if asks && tries < TRIES => {
                tries += 1;
                for one in &open {
                    put(&mut told, one)?;
                }
            }
            Err(open) => return Err(Fail::usage(missing(&open)).into()),
        }
    };
    if args.json {
        out::json(&found)?;
    } else {
        out::result(&text(&found))?;
    }
    Ok(Exit::Done)
}

/// The report's text; empty where there is none but what the flags say.
fn report(path: Option<&Path>) -> anyhow::Result<String> {
    let Some(path) = path else { return Ok(String::new()) };
    let most = REPORT_MOST as u64;
    let mut bytes = Vec::new();
    let shown = if path == Path::new("-") { PathBuf::from("standard input") } else { path.to_owned() };
    let refused = |why: &str| Fail::usage(format!("read the report {}: {why}", shown.display()));
    if path == Path::new("-") {
        io::stdin().take(most + 1).read_to_end(&mut bytes).context("read the report from standard input")?;
    } else {
        // A pipe or device in place of the file would make the reading wait for ever.
        let about = fs::metadata(path).map_err(|e| refused(&e.to_string()))?;
        if !about.is_file() {
            return Err(refused("it is not a regular file; put - and hand it over standard input").into());
        }
        let file = File::open(path).map_err(|e| refused(&e.to_string()))?;
        file.take(most + 1).read_to_end(&mut bytes).map_err(|e| refused(&e.to_string()))?;
    }
    if bytes.len() > REPORT_MOST {
        return Err(refused(&format!("it is larger than {REPORT_MOST} bytes; cut what is no report")).into());
    }
    String::from_utf8(bytes).map_err(|_| refused("it is not UTF-8 text; save it as UTF-8").into())
}

fn moment(text: &str) -> anyhow::Result<Reference> {
    let found = triage::reference(text, "--received");
    let exact = found.filter(|r| r.exact);
    let why = || {
        format!(
            "read `{}` of --received: it is no time with a date; write it as 2026-03-14T02:40Z",
            printable(text)
        )
    };
    Ok(exact.ok_or_else(|| Fail::usage(why()))?)
}

/// When the file was last written.
fn written(path: &Path) -> Option<Reference> {
    let at = fs::metadata(path).ok()?.modified().ok()?.duration_since(UNIX_EPOCH).ok()?;
    let at = i64::try_from(at.as_millis()).ok()?;
    Some(Reference { at, offset: 0, exact: true, from: "the file's date".into() })
}

/// Asks one question on the terminal.
fn put(told: &mut Told, open: &Open) -> io::Result<()> {
    let mut err = io::stderr().lock();
    let why = if open.wrong { format!(" ({})", printable(&open.why)) } else { String::new() };
    write!(err, "{}{why}? ", open.question.asks())?;
    err.flush()?;
    let mut line = String::new();
    io::BufRead::read_line(&mut io::stdin().lock().take(ANSWER_MOST), &mut line)?;
    let line = line.trim();
    let answer = (!line.is_empty()).then(|| line.to_owned());
    match open.question {
        Question::Symptom => told.symptom = answer,
        Question::Started => told.started = answer,
        Question::Scope => told.scope = answer,
        Question::Priority => told.priority = answer,
    }
    Ok(())
}

fn missing(open: &[Open]) -> String {
    let one = |o: &Open| {
        format!("{} is open: {}; answer with {}", o.question.asks(), printable(&o.why), o.question.flag())
    };
    format!("triage the incident: {}", open.iter().map(one).collect::<Vec<_>>().join("\n  "))
}

/// The result for people.
fn text(t: &Triaged) -> String {
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
    answer("scope", t.scope.as_ref().map(|g| (reach(g), g.words.as_str(), g.by)));
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

fn reach(scope: &Given<Scope>) -> String {
    let name = &scope.value.name;
    match scope.value.kind {
        ScopeKind::Service if name.is_empty() => "one service".into(),
        ScopeKind::Service => format!("service {name}"),
        ScopeKind::Services => "all services".into(),
        ScopeKind::Region if name.is_empty() => "one region".into(),
        ScopeKind::Region => format!("region {name}"),
        ScopeKind::Regions => "all regions".into(),
    }
}
