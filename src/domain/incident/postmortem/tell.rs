//! What a template of a postmortem may use: the case in sentences, each of which ends with the ids it rests on.

use serde::Serialize;

use super::House;
use super::actions::Actions;
use super::follow;
use super::known::{INCIDENTS_MOST, Incident, Known};
use super::text::{self, WIDTH, clock, count, inline, mark, moment};
use crate::domain::incident::case::Case;
use crate::domain::incident::kind::Kinds;
use crate::domain::incident::triage::{NOTHING, Priority, Scope, ScopeKind};

/// The most rows of the timeline.
pub const ROWS_MOST: usize = 200;
/// The most ids of one row.
const IDS_MOST: usize = 3;
/// The most sentences about what is missing, and effects that the impact names.
pub const MISSING_MOST: usize = 20;
const EFFECTS_MOST: usize = 4;
/// The most incidents that the executive summary tells.
const SUMMED_MOST: usize = 3;

/// What a template may use. Every text is safe to stand in a line of Markdown as it is.
#[derive(Debug, Default, Serialize)]
pub struct Vars {
    /// What the incident is called.
    pub title: String,
    /// What happened, why, and how sure that is: sentences.
    pub summary: Vec<String>,
    /// Who felt what since when: sentences.
    pub impact: Vec<String>,
    /// The priority, and whose word it is.
    pub priority: String,
    /// Whether all times are simulated.
    pub simulated: bool,
    /// What has to be known of the times.
    pub notes: Vec<String>,
    /// An event in each row.
    pub timeline: Vec<Row>,
    /// The causes, an incident each.
    pub causes: Vec<Part>,
    /// What had a part, what is unexplained, what is missing.
    pub contributing: Vec<String>,
    /// What is recommended.
    pub recommendations: Vec<String>,
    /// What is to be done.
    pub actions: Vec<Item>,
    /// What stands where there is nothing.
    pub nothing: String,
}

/// An event.
#[derive(Debug, Serialize)]
pub struct Row {
    /// When, `2026-03-14 02:10:00`, with its precision.
    pub time: String,
    /// Who found it.
    pub specialist: String,
    /// What.
    pub what: String,
    /// The ids it rests on, in brackets.
    pub ids: String,
}

/// An incident's cause.
#[derive(Debug, Default, Serialize)]
pub struct Part {
    /// Its heading; empty where there is only one.
    pub title: String,
    /// What the cause is, or that there is none.
    pub lead: String,
    /// What it rests on, and what follows.
    pub lines: Vec<String>,
}

/// Something to do.
#[derive(Debug, Serialize)]
pub struct Item {
    /// What.
    pub item: String,
    /// A role.
    pub owner: String,
    /// `P1`, `P2` or `P3`.
    pub priority: String,
    /// `2026-03-21`.
    pub due: String,
    /// The findings, in brackets.
    pub ids: String,
}

/// All of a case.
pub fn vars(case: &Case, house: House<'_>) -> Vars {
    let known = Known::of(case);
    let actions = Actions::with(house.actions);
    let (_, simulated) = known.simulated();
    let nothing = match case.specialists.len() {
        0 => format!("Nothing: nobody was engaged. {}", mark(["triage"])),
        _ => format!("Nothing: no specialist found anything. {}", mark(["fleet"])),
    };
    Vars {
        title: inline(&case.name, WIDTH),
        summary: summary(&known),
        impact: impact(&known),
        priority: priority(case),
        simulated,
        notes: notes(&known),
        timeline: timeline(&known),
        causes: super::causes::causes(&known, &nothing),
        contributing: super::causes::contributing(&known),
        recommendations: follow::recommendations(&known, &actions),
        actions: follow::items(&known, &actions),
        nothing,
    }
}

/// What is missing, sentence by sentence.
pub fn missing(case: &Case) -> Vec<String> {
    let all = case.missing();
    let more = all.len().saturating_sub(MISSING_MOST);
    let told =
        all.iter().take(MISSING_MOST).map(|m| format!("Missing: {}. {}", inline(m, WIDTH), mark(["fleet"])));
    let rest = (more > 0).then(|| format!("Missing: {more} more of the kind. {}", mark(["fleet"])));
    told.chain(rest).collect()
}

fn summary(known: &Known<'_>) -> Vec<String> {
    let case = known.case;
    let incidents = known.incidents();
    let mut all = Vec::new();
    if case.specialists.is_empty() && case.findings.is_empty() {
        all.push(format!("Nobody was engaged: {}. {}", inline(&case.triaged.why, WIDTH), mark(["triage"])));
    } else if incidents.is_empty() {
        let names: Vec<&str> = case.specialists.iter().map(|s| s.agent.as_str()).collect();
        let names = inline(&names.join(", "), WIDTH);
        all.push(format!("Nothing was found that stands out; who looked: {names}. {}", mark(["fleet"])));
    }
    if incidents.len() > 1 {
        let ids = incidents.iter().take(INCIDENTS_MOST).filter_map(|i| i.events().first().copied());
        all.push(format!(
            "These are {} separate incidents that have nothing to do with each other. {}",
            incidents.len(),
            mark(ids)
        ));
    }
    all.extend(incidents.iter().take(SUMMED_MOST).map(|i| told(known, i)));
    if !case.missing().is_empty() {
        all.push(format!("The answer is not whole; what is missing stands below. {}", mark(["fleet"])));
    }
    all
}

/// An incident in a sentence.
fn told(known: &Known<'_>, incident: &Incident<'_>) -> String {
    match incident {
        Incident::Lone(u) => {
            format!("{}: no finding explains it. {}", event(known, &u.event), mark([u.event.as_str()]))
        }
        Incident::Group(g) if !g.undecided.is_empty() => {
            let names: Vec<String> = g.undecided.iter().map(|e| event(known, e)).collect();
            let ids = g.undecided.iter().map(String::as_str);
            format!("Undecided between {}. {}", names.join(" and "), mark(ids))
        }
        Incident::Group(g) => match g.roots.first() {
            Some(root) => {
                let chain =
                    known.case.correlation.chains.iter().find(|c| c.events.first() == Some(&root.event));
                let last = chain.and_then(|c| c.events.last());
                let then = last.map_or_else(String::new, |e| format!("; it led to {}", event(known, e)));
                let sure = text::number(root.score);
                let ids = [Some(&root.event), last].into_iter().flatten().map(String::as_str);
                let open = super::causes::unlinked(known, g);
                let open = match open.first() {
                    Some(e) => format!(" It does not explain {}. {}", event(known, e), mark([*e])),
                    None => String::new(),
                };
                format!(
                    "The first cause is, with a confidence of {sure}, {}{then}. {}{open}",
                    event(known, &root.event),
                    mark(ids)
                )
            }
            None => {
                let ids = g.events.iter().take(IDS_MOST).map(String::as_str);
                let first = g.events.first().map_or_else(String::new, |e| event(known, e));
                let n = count(g.events.len(), "event");
                format!(
                    "{n} belong together, from {first} on; their common cause is not known. {}",
                    mark(ids)
                )
            }
        },
    }
}

/// `autoscaling.scale_out on asg/web at 2026-03-14 02:10:00`.
pub fn event(known: &Known<'_>, id: &str) -> String {
    match known.events.get(id) {
        Some(e) => {
            let kind = inline(&e.kind, WIDTH);
            format!("{kind} on {} at {}{}", known.on(id), moment(e.at), coarse(e.precision))
        }
        None => text::id(id),
    }
}

/// ` +60 s` for a time that is not an instant.
fn coarse(precision: u32) -> String {
    if precision > 0 { format!(" +{precision} s") } else { String::new() }
}

fn impact(known: &Known<'_>) -> Vec<String> {
    let t = &known.case.triaged;
    let mut all = Vec::new();
    if t.symptom.value == NOTHING {
        all.push(format!("None: the report names nothing that is out of order. {}", mark(["triage"])));
    } else {
        let symptom = inline(&t.symptom.value, WIDTH);
        let since = t.started.as_ref().and_then(|g| crate::domain::incident::stamp::parse(&g.value));
        let since = since.map_or_else(String::new, |at| format!(", since {} UTC", moment(at)));
        let reach = t.scope.as_ref().map_or_else(|| "how far is not known".into(), |g| scope(&g.value));
        all.push(format!("Seen first: {symptom}{since}; reach: {reach}. {}", mark(["triage"])));
    }
    if !t.symptom.words.trim().is_empty() {
        all.push(format!("The words: \"{}\". {}", inline(&t.symptom.words, WIDTH), mark(["report"])));
    }
    let kinds = Kinds::built_in();
    let felt = known.case.correlation.events.iter().filter(|e| {
        kinds.get(&e.kind).is_some_and(|k| k.area == "application")
            && known.severity(&e.id) > crate::domain::incident::finding::Severity::Info
    });
    for e in felt.take(EFFECTS_MOST) {
        let line = inline(&e.summary, WIDTH);
        all.push(format!("Found: {line}, from {} on. {}", moment(e.at), mark([e.id.as_str()])));
    }
    all
}

fn scope(scope: &Scope) -> String {
    let name = inline(&scope.name, WIDTH);
    match scope.kind {
        ScopeKind::Service if name.is_empty() => "one service".into(),
        ScopeKind::Service => format!("the service {name}"),
        ScopeKind::Services => "all services".into(),
        ScopeKind::Region if name.is_empty() => "one region".into(),
        ScopeKind::Region => format!("the region {name}"),
        ScopeKind::Regions => "all regions".into(),
    }
}

/// `P1`, `P2` or `P3`.
pub fn level(priority: Priority) -> &'static str {
    match priority {
        Priority::P1 => "P1",
        Priority::P2 => "P2",
        Priority::P3 => "P3",
    }
}

fn priority(case: &Case) -> String {
    match &case.triaged.priority {
        Some(given) => {
            let words = inline(&given.words, WIDTH);
            format!("{}, by the words \"{words}\". {}", level(given.value), mark(["triage"]))
        }
        None => format!("None: nothing is an incident. {}", mark(["triage"])),
    }
}

/// What has to be known of the times.
fn notes(known: &Known<'_>) -> Vec<String> {
    let c = &known.case.correlation;
    let mut all = Vec::new();
    match known.simulated() {
        (true, true) => all.push(format!(
            "All times are simulated: they are those of the data, not of a clock that ran. {}",
            mark(["fleet"])
        )),
        (true, false) => all
            .push(format!("Times with the word simulated are those of pretended data. {}", mark(["fleet"]))),
        _ => {}
    }
    if c.events.iter().any(|e| e.precision > 0) {
        all.push(format!(
            "What has a time with + and seconds began within so many seconds after it. {}",
            mark(["fleet"])
        ));
    }
    if let Some(skew) = &c.skew {
        let ids = c.events.iter().filter(|e| e.source == skew.source).map(|e| e.id.as_str()).take(1);
        all.push(format!(
            "The clock of {} is assumed to be off: with {} s added to its times the rest below holds; the table has them as reported. {}. {}",
            inline(&skew.source, WIDTH),
            text::number(skew.by_s),
            inline(&skew.why, WIDTH),
            mark(ids)
        ));
    }
    for cycle in c.cycles.iter().take(IDS_MOST) {
        let ids = cycle.iter().map(String::as_str);
        all.push(format!(
            "By their times these events are each other's cause; their order is a guess. {}",
            mark(ids)
        ));
    }
    let more = c.events.len().saturating_sub(ROWS_MOST);
    if more > 0 {
        all.push(format!("{more} more events of lesser weight are not in the table. {}", mark(["fleet"])));
    }
    all
}

fn timeline(known: &Known<'_>) -> Vec<Row> {
    let c = &known.case.correlation;
    let (any, whole) = known.simulated();
    // Where not all fit, what belongs to something goes first.
    let mut chosen: Vec<(bool, usize)> = Vec::new();
    for (n, e) in c.events.iter().enumerate() {
        let held = c.events.len() <= ROWS_MOST || c.chains.iter().any(|k| k.events.contains(&e.id));
        chosen.push((!held, n));
    }
    chosen.sort_unstable();
    chosen.truncate(ROWS_MOST);
    let mut places: Vec<usize> = chosen.into_iter().map(|(_, n)| n).collect();
    places.sort_unstable();
    let row = |e: &crate::domain::incident::correlate::Event| {
        let coarse = coarse(e.precision);
        let pretended = any && !whole && known.under(&e.id).iter().any(|f| f.simulated);
        let pretended = if pretended { ", simulated" } else { "" };
        let many = match e.findings.len() {
            0 | 1 => String::new(),
            n => format!(" ({n} findings)"),
        };
        Row {
            time: format!("{}{coarse}{pretended}", moment(e.at)),
            specialist: inline(&e.source, WIDTH),
            what: format!("{}: {}{many}", inline(&e.kind, WIDTH), inline(&e.summary, WIDTH)),
            ids: mark(e.findings.iter().take(IDS_MOST).map(String::as_str)),
        }
    };
    places.into_iter().filter_map(|n| c.events.get(n)).map(row).collect()
}

/// A chain as one line: `02:10:00 autoscaling.scale_out → 02:12:00 node.added`.
pub fn way(known: &Known<'_>, events: &[String]) -> String {
    let one = |id: &String| {
        known.events.get(id.as_str()).map(|e| format!("{} {}", clock(e.at), inline(&e.kind, WIDTH)))
    };
    events.iter().filter_map(one).collect::<Vec<_>>().join(" → ")
}
