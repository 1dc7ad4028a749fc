//! Ways of routing on the same incidents: by triage, by keywords, and to everybody.
//!
//! Whom a way engages, what they find, how long that would take and how much of the truth follows from it.

mod keywords;
mod notes;
mod pace;
mod sums;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::Serialize;

pub use self::keywords::Keywords;
pub use self::notes::chain_notes;
pub use self::pace::Pace;
use self::pace::Work;
pub use self::sums::{Sum, sums};
use super::analyst::{Analysis, Analyst, Given, Note, analyse};
use super::correlate::{Class, correlate};
use super::finding::Finding;
use super::kind::Kinds;
use super::mechanism::Mechanisms;
use super::score::{Count, Truth, Verdict, score};
use super::triage::{Open, Reference, Routes, Told, triage};

/// A way of routing.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Strategy {
    /// Four questions, then rules over the answers.
    Triage,
    /// Words of the report.
    Keyword,
    /// Everybody.
    Broadcast,
}

impl Strategy {
    /// All of them, in the order in which they are told.
    pub const ALL: [Self; 3] = [Self::Triage, Self::Keyword, Self::Broadcast];

    /// The word, as written everywhere.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Triage => "triage",
            Self::Keyword => "keyword",
            Self::Broadcast => "broadcast",
        }
    }
}

/// A specialist's data, as it was read.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Folder {
    /// The specialist's name.
    pub specialist: String,
    /// Who reads it here; none: no analyst comes with the program for this specialist.
    pub analyst: Option<Analyst>,
    /// Path below the incident's directory, and text.
    pub files: Vec<(String, String)>,
}

/// An incident, as it was read.
#[derive(Clone, PartialEq, Debug)]
pub struct Subject {
    /// What it is called.
    pub name: String,
    /// The report.
    pub report: String,
    /// When the report came in, where it does not say so itself.
    pub received: Option<Reference>,
    /// The data of every specialist of the routes, in their order.
    pub folders: Vec<Folder>,
    /// What is held to be true of it, where that is known.
    pub truth: Option<Truth>,
}

/// What decides who is engaged, and what follows from findings.
#[derive(Clone, Copy, Debug)]
pub struct Ways<'a> {
    /// The rules of triage, and who there is.
    pub routes: &'a Routes,
    /// The words.
    pub keywords: &'a Keywords,
    /// How findings bring about each other.
    pub mechanisms: &'a Mechanisms,
    /// The kinds of findings.
    pub kinds: &'a Kinds,
    /// The window of the correlation, in seconds.
    pub window_s: u32,
    /// What work costs.
    pub pace: Pace,
}

/// What one way of routing makes of one incident. Times are simulated: they are those of [`Pace`].
#[derive(Clone, PartialEq, Debug, Serialize, JsonSchema)]
pub struct Measured {
    /// The way.
    pub strategy: Strategy,
    /// Who is engaged, in the order of the routes.
    pub engaged: Vec<String>,
    /// What said so: the rules, or the words that the report has.
    pub by: Vec<String>,
    /// How many findings came.
    pub findings: usize,
    /// Seconds until the coordinator knows the first of them. Null where there is none.
    pub first_s: Option<f64>,
    /// Seconds until it knows the last of them. Null where there is none.
    pub last_s: Option<f64>,
    /// Seconds of work of the specialists and of the coordinator, taken together.
    pub work_s: f64,
    /// How many findings are part of what is true: of a causal or correlated pair, or a root cause. Null without truth.
    pub relevant: Option<usize>,
    /// The causal links: said and true, said, true. Null without truth.
    pub links: Option<Count>,
    /// How much of the true links was found, from 0 to 1. Null without truth, and where it has no link.
    pub recall: Option<f64>,
    /// How much of the links that were said is true, from 0 to 1. Null without truth, and where none was said.
    pub precision: Option<f64>,
    /// Whether the root cause is right at rank 1. Null without truth.
    pub root: Option<Verdict>,
}

/// The ways of routing on one incident.
#[derive(Clone, PartialEq, Debug, Serialize, JsonSchema)]
pub struct Compared {
    /// What it is called.
    pub name: String,
    /// Whether its truth is known.
    pub truth: bool,
    /// One for each way.
    pub ways: Vec<Measured>,
    /// What of its data could not be used.
    #[serde(skip)]
    pub notes: Vec<Note>,
}

/// Something that could not be used.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, JsonSchema)]
pub struct Trouble {
    /// The scenario, as it was named.
    pub scenario: String,
    /// What is wrong with it, and what would be right.
    pub why: String,
}

/// Ways of routing on many incidents: `orchestra incident compare`.
#[derive(Clone, PartialEq, Debug, Serialize, JsonSchema)]
#[serde(tag = "answer", rename = "incident_compare")]
pub struct IncidentCompare {
    /// What work costs: the model that all times are of.
    pub pace: Pace,
    /// The incidents, in the order in which they were named.
    pub scenarios: Vec<Compared>,
    /// All of them, one for each way.
    pub sums: Vec<Sum>,
    /// What could not be used.
    pub problems: Vec<Trouble>,
}

/// Compares the ways of routing on one incident.
///
/// # Errors
/// The questions that its report leaves open: triage cannot go on, and so nothing can be compared.
pub fn compare(subject: &Subject, ways: &Ways<'_>) -> Result<Compared, Vec<Open>> {
    let triaged = triage(&subject.report, &Told::default(), subject.received.as_ref(), ways.routes)?;
    let (named, words) = ways.keywords.engage(&subject.report);
    let all: Vec<Analysis> = subject.folders.iter().map(analysed).collect();
    let relevant = subject.truth.as_ref().map(relevant);
    // Ways that engage the same specialists come to the same answer.
    let mut known: BTreeMap<Vec<usize>, (Option<Count>, Option<Verdict>)> = BTreeMap::new();
    let mut measured = Vec::new();
    for strategy in Strategy::ALL {
        let engaged: Vec<usize> = (0..subject.folders.len())
            .filter(|i| {
                let name = subject.folders.get(*i).map_or("", |f| f.specialist.as_str());
                match strategy {
                    Strategy::Triage => triaged.engaged.iter().any(|e| e.name == name),
                    Strategy::Keyword => named.contains(&name),
                    Strategy::Broadcast => true,
                }
            })
            .collect();
        let each = || engaged.iter().filter_map(|i| Some((subject.folders.get(*i)?, all.get(*i)?)));
        let findings: Vec<Finding> = each().flat_map(|(_, a)| a.findings.clone()).collect();
        let (links, root) = *known.entry(engaged.clone()).or_insert_with(|| {
            let Some(truth) = &subject.truth else { return (None, None) };
            let found = correlate(&findings, ways.mechanisms, ways.kinds, ways.window_s);
            let score = score(&found, truth);
            (Some(score.links.count()), Some(score.roots.verdict))
        });
        let work: Vec<Work> =
            each().map(|(folder, a)| Work { bytes: bytes(folder), findings: a.findings.len() }).collect();
        let routed = if strategy == Strategy::Triage { ways.pace.triage_ms } else { 0 };
        let times = ways.pace.first_and_last(routed, &work);
        measured.push(Measured {
            strategy,
            engaged: each().map(|(folder, _)| folder.specialist.clone()).collect(),
            by: match strategy {
                Strategy::Triage => triaged.rules.clone(),
                Strategy::Keyword => words.iter().map(|w| (*w).to_owned()).collect(),
                Strategy::Broadcast => Vec::new(),
            },
            findings: findings.len(),
            first_s: times.map(|(first, _)| seconds(first)),
            last_s: times.map(|(_, last)| seconds(last)),
            work_s: seconds(ways.pace.busy(routed, &work)),
            relevant: relevant
                .as_ref()
                .map(|ids| findings.iter().filter(|f| ids.contains(f.id.as_str())).count()),
            links,
            recall: links.filter(|l| l.labelled > 0).map(|l| l.recall()),
            precision: links.filter(|l| l.said > 0).map(|l| l.precision()),
            root,
        });
    }
    let notes = all.into_iter().flat_map(|a| a.notes).collect();
    Ok(Compared { name: subject.name.clone(), truth: subject.truth.is_some(), ways: measured, notes })
}

fn analysed(folder: &Folder) -> Analysis {
    let Some(analyst) = folder.analyst else {
        let why = "no analyst comes with the program for it: it finds nothing here".to_owned();
        let notes = vec![Note { file: folder.specialist.clone(), why }];
        return Analysis { notes, ..Analysis::default() };
    };
    let given: Vec<Given<'_>> = folder.files.iter().map(|(path, text)| Given { path, text }).collect();
    analyse(analyst, &given)
}

fn bytes(folder: &Folder) -> u64 {
    folder.files.iter().map(|(_, text)| text.len() as u64).sum()
}

/// The findings that are part of what is true: they belong to something, or are a root cause.
fn relevant(truth: &Truth) -> BTreeSet<&str> {
    let pairs = truth.pair.iter().filter(|p| p.class != Class::Independent);
    let pairs = pairs.flat_map(|p| [p.a.as_str(), p.b.as_str()]);
    pairs.chain(truth.roots()).chain(truth.candidates.iter().map(String::as_str)).collect()
}

/// To a tenth of a second: more would be pretended.
fn seconds(ms: u64) -> f64 {
    // Times of the model are far below the 2^53 that would lose digits.
    #[allow(clippy::cast_precision_loss)]
    let tenths = (ms / 100) as f64;
    tenths / 10.0
}
