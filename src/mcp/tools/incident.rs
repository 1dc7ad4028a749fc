//! Tools for incidents.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::args::{Done, done, none_is};
use super::{About, Def, Effect, Gives, out_of_turn};
use crate::domain::command::{Command, Incident};
use crate::domain::incident::case::{Engagement, POSTMORTEM_MOST, Stage};
use crate::domain::incident::correlate::{Chain, Group};
use crate::domain::incident::finding::{Evidence, Finding, Problem, Severity};
use crate::domain::incident::stamp;
use crate::domain::incident::triage::{self, Engaged, Told};
use crate::domain::rights::Tool;
use crate::domain::view::Answer;
use crate::mcp::call::{Call, Trouble};
use crate::mcp::untrusted::Place;

/// The most findings of one call.
const FINDINGS_MOST: usize = 500;
/// Findings of one answer where nothing is said, and the most.
const USUAL: usize = 100;

/// What of an incident agents and people outside wrote.
const WRITTEN: &[Place] = &[
    Place { path: "report", by: "report" },
    Place { path: "findings.*.summary", by: "agent" },
    Place { path: "specialists.*.note", by: "agent" },
    Place { path: "missing", by: "agent" },
    Place { path: "problems", by: "agent" },
    Place { path: "postmortem", by: "agent" },
];

pub(super) fn add(all: &mut Vec<Def>) {
    let about = About {
        tool: Tool::ShowIncident,
        title: "Show the incident",
        text: "The incident that the fleet works on, or the last one: answers of triage, who was engaged and how far \
               each is, findings, chains and root causes as far as they are known, and what is missing.",
        effect: Effect::Looks,
        untrusted: WRITTEN,
    };
    all.push(Def::new(about, show));
    let about = About {
        tool: Tool::SubmitFindings,
        title: "Hand findings in",
        text: "Hands in what you found out about the incident, in your own name; what is wrong with one is said and the \
               rest is taken. Names files that cannot be used. With `done` it says that these are all, also when there \
               are none: the incident waits for that until your deadline.",
        effect: Effect::Adds,
        untrusted: &[],
    };
    all.push(Def::new(about, submit_findings));
    let about = About {
        tool: Tool::SubmitPostmortem,
        title: "Hand the postmortem in",
        text: "Hands the postmortem in when you are the coordinator. It is checked at once against the sections it has to \
               have and against the findings; what is wrong is the error's text: mend exactly that and call again.",
        effect: Effect::Adds,
        untrusted: &[],
    };
    all.push(Def::new(about, submit_postmortem));
    let about = About {
        tool: Tool::OpenIncident,
        title: "Take an incident on",
        text: "Triages a report and engages the specialists that its route names. A question that neither the report nor \
               an argument answers is an error that names it.",
        effect: Effect::Adds,
        untrusted: WRITTEN,
    };
    all.push(Def::new(about, open));
    let about = About {
        tool: Tool::CloseIncident,
        title: "Close the incident",
        text: "Closes the incident as it is, without waiting for anybody; the program writes the postmortem from what is \
               there.",
        effect: Effect::Ends,
        untrusted: &[],
    };
    all.push(Def::new(about, close));
}

/// Which findings.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Which {
    /// The number of the first wanted, from 0, in the order in which they came.
    #[serde(default)]
    since: usize,
    /// How many findings at most.
    #[serde(default = "usual")]
    #[schemars(range(min = 0, max = 500))]
    limit: usize,
}

fn usual() -> usize {
    USUAL
}

/// An incident.
#[derive(Serialize, JsonSchema)]
struct Shown {
    /// Its number in the session.
    number: u32,
    /// What it is called.
    name: String,
    /// How far it is.
    stage: Stage,
    /// The report.
    report: String,
    /// The folder of its data; empty: none.
    data: String,
    /// The begin of the time that findings may be of.
    from: String,
    /// Its end; empty: it goes on.
    to: String,
    /// What is seen first.
    symptom: String,
    /// When it started; empty: not known.
    started: String,
    /// `P1`, `P2`, `P3` or empty.
    priority: String,
    /// The rules of the route, and why.
    route: String,
    /// Who was not engaged, and why.
    not_engaged: Vec<Engaged>,
    /// Who was, and how far they are.
    specialists: Vec<Engagement>,
    /// Findings, in the order in which they came.
    findings: Vec<Finding>,
    /// How many there are.
    all_findings: usize,
    /// Ids of events that each brought about the next, by their first findings.
    chains: Vec<Chain>,
    /// Events that belong together, with their root causes.
    groups: Vec<Group>,
    /// What is missing of the answer.
    missing: Vec<String>,
    /// What the check says against the last postmortem.
    problems: Vec<String>,
    /// The postmortem that stands; null: there is none.
    postmortem: String,
    /// Why it was closed; empty: it is open.
    ended: String,
}

fn show(call: &mut Call, args: Which) -> Gives<Shown> {
    told(call.ask(Command::Incident(Incident::Show))?, &args)
}

fn told(answer: Answer, which: &Which) -> Gives<Shown> {
    let case = match answer {
        Answer::Incident(case) => *case,
        other => return Err(out_of_turn(&other)),
    };
    let text = format!(
        "incident {} ({}) is {}; {} findings, {} chains",
        case.number,
        case.name,
        case.stage.word(),
        case.findings.len(),
        case.correlation.chains.len()
    );
    let triaged = &case.triaged;
    let problems = case.drafts.last().map(|d| d.problems.clone()).unwrap_or_default();
    let findings = case.findings.iter().skip(which.since).take(which.limit.min(FINDINGS_MOST));
    let shown = Shown {
        number: case.number,
        stage: case.stage,
        from: stamp::text(case.from),
        to: case.to.map(stamp::text).unwrap_or_default(),
        symptom: triaged.symptom.value.clone(),
        started: triaged.started.as_ref().map(|s| s.value.clone()).unwrap_or_default(),
        priority: triaged.priority.as_ref().map(|p| format!("{:?}", p.value)).unwrap_or_default(),
        route: format!("{}: {}", triaged.rules.join(", "), triaged.why),
        not_engaged: triaged.not_engaged.clone(),
        findings: findings.map(|a| a.finding.clone()).collect(),
        all_findings: case.findings.len(),
        missing: case.missing(),
        problems,
        chains: case.correlation.chains.clone(),
        groups: case.correlation.groups.clone(),
        specialists: case.specialists,
        name: case.name,
        report: case.report,
        data: case.data,
        postmortem: case.postmortem,
        ended: case.ended,
    };
    Ok((shown, text))
}

/// What was found.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Submit {
    /// What you found; each wrong one is named, and the rest is taken.
    #[serde(default)]
    #[schemars(with = "Vec<Found>", length(max = FINDINGS_MOST))]
    findings: Vec<Value>,
    /// Files of your data that cannot be used, and why.
    #[serde(default)]
    cannot_use: Vec<CannotUse>,
    /// Whether these are all. Where one of them is wrong it is not said: mend it and call again.
    #[serde(default)]
    done: bool,
    /// With `done`: what you looked at, and what you could not see.
    #[serde(default)]
    #[schemars(length(max = 1000))]
    note: String,
}

/// A finding as it is handed in.
#[derive(JsonSchema)]
#[schemars(inline)]
#[expect(dead_code, reason = "only its schema is used: each finding is checked by itself")]
struct Found {
    /// Its name in the incident: KIND@ENTITY.
    id: String,
    /// When it began, RFC 3339.
    at: String,
    /// When it was over, RFC 3339.
    until: Option<String>,
    /// Its kind, from the vocabulary in your brief.
    kind: String,
    /// What it is about: type/name, such as db/orders; the first is what it happened to.
    #[serde(default)]
    entities: Vec<String>,
    /// One line of what happened.
    summary: String,
    /// How bad it is.
    #[serde(default)]
    severity: Severity,
    /// The value before it.
    before: Option<f64>,
    /// The value after it began.
    after: Option<f64>,
    /// The unit of both.
    #[serde(default)]
    unit: String,
    /// For how many seconds after `at` it may have begun.
    #[serde(default)]
    precision: u32,
    /// Where it was read.
    #[serde(default)]
    evidence: Vec<Evidence>,
}

/// A file that cannot be used.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct CannotUse {
    /// The file.
    file: String,
    /// Why.
    why: String,
}

/// What became of it.
#[derive(Default, Serialize, JsonSchema)]
struct Submitted {
    /// Ids of those that are new.
    taken: Vec<String>,
    /// Ids of those that were there already.
    known: Vec<String>,
    /// Those that say what another one says already: its id by theirs. They were not taken.
    same_as: BTreeMap<String, String>,
    /// What is wrong with the others: `line` is the number of the finding, from 1.
    problems: Vec<Problem>,
    /// What else was done, in a line.
    what: String,
}

fn submit_findings(call: &mut Call, args: Submit) -> Gives<Submitted> {
    if args.findings.is_empty() && args.cannot_use.is_empty() && !args.done {
        let why = "use arguments `findings`, `cannot_use` and `done`: expected at least one of them";
        return Err(Trouble::Argument(why.into()));
    }
    for CannotUse { file: place, why } in args.cannot_use {
        done(call, Command::Incident(Incident::CannotUse { place, why }))?;
    }
    let mut given = Submitted::default();
    if !args.findings.is_empty() {
        let text = Value::Array(args.findings).to_string();
        match call.ask(Command::Incident(Incident::Find { text }))? {
            Answer::Findings(found) => {
                (given.taken, given.known) = (found.taken, found.known);
                (given.same_as, given.problems) = (found.same_as, found.problems);
            }
            other => return Err(out_of_turn(&other)),
        }
    }
    if args.done && given.problems.is_empty() {
        (_, given.what) = done(call, Command::Incident(Incident::Reported { note: args.note }))?;
    } else if args.done {
        given.what = "it is not said that these are all: mend the others first".into();
    }
    let (taken, known, wrong) = (given.taken.len(), given.known.len(), given.problems.len());
    let text = format!("{taken} taken, {known} known before, {wrong} wrong; {}", given.what);
    Ok((given, text))
}

/// The postmortem.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Postmortem {
    /// The whole text, Markdown.
    #[schemars(length(min = 1, max = POSTMORTEM_MOST))]
    text: String,
}

fn submit_postmortem(call: &mut Call, args: Postmortem) -> Gives<Done> {
    done(call, Command::Incident(Incident::Submit { text: args.text }))
}

/// What came in.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Open {
    /// The report's text; it may be left out where the four answers are given.
    #[serde(default)]
    #[schemars(length(max = triage::REPORT_MOST))]
    report: String,
    /// What to call it.
    #[serde(default)]
    name: String,
    /// The folder of its data, an absolute path with a folder for each specialist; none: there is none.
    #[serde(default)]
    data: String,
    /// What is seen first, such as latency, errors, pod-failures, cost; none: the report says it.
    #[serde(default)]
    symptom: Option<String>,
    /// When it started; none: the report says it.
    #[serde(default)]
    started: Option<String>,
    /// What is affected: one service, all services, a region, all regions; none: the report says it.
    #[serde(default)]
    scope: Option<String>,
    /// P1, P2 or P3; none: the report says it.
    #[serde(default)]
    priority: Option<String>,
    /// When the report came in, RFC 3339; none: the report says it, or it is now.
    #[serde(default)]
    received: Option<String>,
}

fn open(call: &mut Call, args: Open) -> Gives<Shown> {
    let wrong =
        |text: &str| Trouble::Argument(format!("use argument `received`: {text} is no time with a date"));
    let received = match none_is("", args.received) {
        text if text.is_empty() => None,
        text => {
            let found = triage::reference(&text, "--received").filter(|r| r.exact);
            let found = found.ok_or_else(|| wrong(&text))?;
            Some((found.at, i32::try_from(found.offset).unwrap_or(0)))
        }
    };
    let Open { name, report, data, symptom, started, scope, priority, .. } = args;
    let told_beside = Told { symptom, started, scope, priority };
    let what = Incident::Open { name, report, told: told_beside, received, data };
    told(call.ask(Command::Incident(what))?, &Which { since: 0, limit: 0 })
}

/// Why.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Close {
    /// Why it is closed.
    #[schemars(length(min = 1, max = 400))]
    why: String,
}

fn close(call: &mut Call, args: Close) -> Gives<Done> {
    done(call, Command::Incident(Incident::Close { why: args.why }))
}
