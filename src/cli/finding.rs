//! `orchestra finding`: what an agent found out about the incident.

use std::path::Path;

use anyhow::Context;

use super::answer::{self, Format};
use super::args::Finding as Args;
use super::exit::{Exit, Fail};
use super::{incident, out, place};
use crate::client::Control;
use crate::domain::command::{Command, Incident, TEXT_MOST};
use crate::domain::incident::finding::Finding;
use crate::domain::view::{Answer, Taken};

/// Who submits from outside the panes.
const PERSON: &str = "person";

/// Hands in, lists, or says that it is all.
pub(super) fn run(args: Args) -> anyhow::Result<Exit> {
    let format = args.of.format();
    let text = match &args.file {
        Some(path) => Some(text_of(path)?),
        None => None,
    };
    let mut control = place::control(args.of.session.as_deref())?;
    if args.list {
        let Answer::Incident(case) = ask(&mut control, Incident::Show)? else {
            anyhow::bail!("list the findings: the session answered something else");
        };
        if format == Format::Json {
            return answer::show(Answer::Incident(case), format);
        }
        out::result(&incident::findings_text(&case))?;
        return Ok(Exit::Done);
    }
    let (done, note) = (args.done, args.note.clone());
    let mut last = None;
    if let (Some(place), Some(why)) = (&args.cannot_use, &args.why) {
        let (place, why) = (place.clone(), why.clone());
        last = Some(ask(&mut control, Incident::CannotUse { place, why })?);
    }
    let text = match (text, one(args)) {
        (None, Some(finding)) => Some(serde_json::to_string(&finding).context("write the finding")?),
        (text, _) => text,
    };
    let mut taken = None;
    if let Some(text) = text {
        let answer = ask(&mut control, Incident::Find { text })?;
        if let Answer::Findings(found) = &answer {
            taken = Some(found.clone());
        }
        last = Some(answer);
    }
    let wrong = taken.as_ref().is_some_and(|t: &Taken| !t.problems.is_empty());
    if done && !wrong {
        if let (Some(taken), Format::Text) = (&taken, format) {
            out::result(&incident::taken_text(taken))?;
        }
        let said = ask(&mut control, Incident::Reported { note })?;
        // Of what came before, the findings say most.
        last = Some(if taken.is_some() && format == Format::Json { last.unwrap_or(said) } else { said });
    } else if done {
        out::note(
            "it is not said that these are all: mend what is named and hand it in, then `orchestra finding --done`",
        );
    }
    match last {
        Some(answer) => answer::show(answer, format),
        None => Ok(Exit::Done),
    }
}

fn ask(control: &mut Control, what: Incident) -> anyhow::Result<Answer> {
    match control.ask(Command::Incident(what))? {
        Answer::Fault { fault, why } => Err(Fail::new(fault.into(), why).into()),
        answer => Ok(answer),
    }
}

/// The finding that the flags describe.
fn one(args: Args) -> Option<Finding> {
    let (kind, at, summary) = (args.kind?, args.at?, args.summary?);
    let about = args.entities.first().map_or(String::new(), |e| format!("@{e}"));
    Some(Finding {
        id: args.id.unwrap_or_else(|| format!("{kind}{about}")),
        source: place::var(place::PANE_VAR).unwrap_or_else(|| PERSON.to_owned()),
        at,
        until: args.until,
        kind,
        entities: args.entities,
        summary,
        severity: args.severity,
        before: args.before,
        after: args.after,
        unit: args.unit,
        precision: args.precision,
        evidence: args.evidence,
        simulated: false,
    })
}

fn text_of(path: &Path) -> anyhow::Result<String> {
    incident::text_of(path, "findings", TEXT_MOST, "hand them in part by part")
}
