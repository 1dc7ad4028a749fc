//! `orchestra incident postmortem`: what the findings of an incident add up to, or whether somebody's text says so too.

use std::path::{Path, PathBuf};

use anyhow::Context;
use schemars::JsonSchema;
use serde::Serialize;

use super::intake::{Asks, Intake};
use crate::cli::args::Postmortem as Args;
use crate::cli::exit::{Exit, Fail};
use crate::cli::{out, place};
use crate::config;
use crate::domain::command::{Command, Incident};
use crate::domain::incident::case::{Case, POSTMORTEM_MOST, Unusable};
use crate::domain::incident::correlate::{WINDOW, correlate};
use crate::domain::incident::finding::{BYTES_MOST, Bounds, read};
use crate::domain::incident::kind::Kinds;
use crate::domain::incident::mechanism::Mechanisms;
use crate::domain::incident::postmortem::{self, House, offline};
use crate::domain::signal::printable;
use crate::domain::view::Answer;
use crate::replay::Player;

/// The most findings that a postmortem of files is made of: more than a session takes.
const FILE_MOST: usize = 10_000;

/// An incident, and what its organisation says of postmortems.
struct Found {
    case: Case,
    template: String,
    actions: String,
}

/// A postmortem: `orchestra incident postmortem --json`.
#[derive(Serialize, JsonSchema)]
#[serde(tag = "answer", rename = "postmortem")]
pub(in crate::cli) struct Written {
    /// The text, in Markdown.
    text: String,
    /// The sections it has to have, in their order.
    sections: Vec<String>,
}

/// What the check of a postmortem says: `orchestra incident postmortem --check FILE --json`.
#[derive(Serialize, JsonSchema)]
#[serde(tag = "answer", rename = "checked")]
pub(in crate::cli) struct Checked {
    /// Whether it stands.
    stands: bool,
    /// What is wrong with it, sentence by sentence.
    problems: Vec<String>,
}

/// Runs it.
pub(super) fn run(args: &Args) -> anyhow::Result<Exit> {
    let found = match (&args.dir, &args.findings) {
        (_, Some(findings)) => of_files(args, findings)?,
        (Some(dir), None) => of_record(&place::recording(dir)?)?,
        (None, None) => of_session(args.of.session.as_deref())?,
    };
    let house = House { template: &found.template, actions: &found.actions };
    let Some(file) = &args.check else {
        let text = postmortem::write(&found.case, house);
        match &args.out {
            Some(path) => out::write(path, &text)?,
            None if args.of.json => {
                out::json(&Written { text, sections: postmortem::sections(house) })?;
            }
            None => out::result(text.trim_end())?,
        }
        return Ok(Exit::Done);
    };
    let text = super::text_of(file, "postmortem", POSTMORTEM_MOST, "shorten it")?;
    let problems = postmortem::check(&text, &found.case, house);
    if args.of.json {
        out::json(&Checked { stands: problems.is_empty(), problems: problems.clone() })?;
    } else if problems.is_empty() {
        out::result("the postmortem stands")?;
    } else {
        out::result(&problems.join("\n"))?;
    }
    Ok(if problems.is_empty() { Exit::Done } else { Exit::Failed })
}

/// The folder whose own files count.
fn top() -> anyhow::Result<PathBuf> {
    match place::project() {
        Ok(top) => Ok(top),
        Err(_) => std::env::current_dir().context("learn the current folder"),
    }
}

/// Of the session that runs here.
fn of_session(name: Option<&str>) -> anyhow::Result<Found> {
    const REMEDY: &str = "without a session give its record, or --findings FILE and --report FILE";
    // A pane knows its session by itself, wherever its folder lies.
    if name.is_none() && place::var(place::SOCKET_VAR).is_none() && place::project().is_err() {
        return Err(Fail::new(Exit::Nothing, format!("find an incident: nothing runs here; {REMEDY}")).into());
    }
    let asked = place::control(name)
        .with_context(|| format!("find an incident ({REMEDY})"))?
        .ask(Command::Incident(Incident::Show))?;
    match asked {
        Answer::Incident(case) => {
            let own = config::house(&top()?)?;
            Ok(Found { case: *case, template: own.template, actions: own.actions })
        }
        Answer::Fault { why, .. } => Err(Fail::new(Exit::Nothing, printable(&why)).into()),
        _ => Err(Fail::new(Exit::Failed, "read the incident: the session answers something else").into()),
    }
}

/// Of a record.
fn of_record(dir: &Path) -> anyhow::Result<Found> {
    let mut player = Player::open(dir)?;
    let (_, end) = player.span();
    player.seek(end)?;
    let state = player.state();
    let none =
        || format!("find an incident in {}: its session took none on", printable(&dir.display().to_string()));
    let case = state.incident.as_deref().cloned().ok_or_else(|| Fail::new(Exit::Nothing, none()))?;
    let house = state.config.fleet.as_deref().map(|f| (f.template.clone(), f.actions.clone()));
    let (template, actions) = house.unwrap_or_default();
    Ok(Found { case, template, actions })
}

/// Of files.
fn of_files(args: &Args, findings: &Path) -> anyhow::Result<Found> {
    let top = top()?;
    let mut intake = Intake::read(args.report.as_deref(), &args.answers)?;
    let triaged = intake.triaged(&config::routes(&top)?, Asks::of(args.report.as_deref(), args.of.json))?;
    let own = config::house(&top)?;
    let (mut kinds, mut mechanisms) = (Kinds::built_in(), Mechanisms::built_in());
    // What is wrong with the project's own is told above.
    let _ = mechanisms.add(&own.mechanisms, &mut kinds);
    let most = BYTES_MOST.saturating_mul(FILE_MOST).min(256 << 20);
    let text = super::text_of(findings, "findings", most, "cut what is none")?;
    let now = jiff::Timestamp::now().as_millisecond();
    let (mut found, problems) = read(&text, &Bounds { kinds: &kinds, now: Some(now), window: None });
    let more = found.len().saturating_sub(FILE_MOST);
    found.truncate(FILE_MOST);
    if more > 0 {
        out::note(&format!("{more} findings are left out: a postmortem has at most {FILE_MOST}"));
    }
    let correlation = correlate(&found, &mechanisms, &kinds, WINDOW);
    let beside = args.report.as_deref().and_then(Path::parent).and_then(Path::file_name);
    let name = beside.map_or_else(|| "incident".to_owned(), |n| printable(&n.to_string_lossy()));
    let mut case = offline(&name, &intake.report, triaged, found, correlation);
    let unusable = problems.into_iter().map(|p| Unusable {
        source: printable(&findings.display().to_string()),
        place: format!("line {}", p.line),
        why: p.why,
    });
    case.unusable.extend(unusable.take(crate::domain::incident::case::UNUSABLE_MOST));
    Ok(Found { case, template: own.template, actions: own.actions })
}
