//! The built-in analysts: what they find in the output of tools, without a language model. The same text gives the
//! same findings, in whatever order its files come.
//!
//! An analyst tells a file by its shape, not by its name. A file of a wrong shape is noted, and the rest goes on.

mod cluster;
mod finops;
mod group;
mod k8s;
mod metrics;
mod rds;
mod series;
mod shape;

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;

use self::shape::{Shape, shape};
use super::finding::{Evidence, Finding, Severity};
use crate::domain::signal::printable;

/// The most bytes of one file; a larger one is noted and not read.
pub const BYTES_MOST: usize = 16 * 1024 * 1024;
/// The most findings of one analyst; what is beyond is left out, and noted.
pub const FINDINGS_MOST: usize = 5_000;
/// The most entities of one finding.
const ENTITIES_MOST: usize = 32;
/// The most places of evidence of one finding.
const EVIDENCE_MOST: usize = 8;
/// The most characters of an entity's name.
const NAME_MOST: usize = 120;
/// The most characters of a summary or a note.
const LINE_MOST: usize = 300;

/// One of the specialists that come with the program.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Analyst {
    /// The cluster and what runs in it.
    K8s,
    /// The databases.
    Rds,
    /// Capacity and its cost.
    Finops,
}

impl Analyst {
    /// All of them, in the order in which their findings are listed.
    pub const ALL: [Self; 3] = [Self::K8s, Self::Rds, Self::Finops];

    /// The specialist's name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::K8s => "k8s-health-agent",
            Self::Rds => "rds-health-agent",
            Self::Finops => "finops-agent",
        }
    }

    /// The folder of an incident's directory that holds its data.
    #[must_use]
    pub fn folder(self) -> &'static str {
        match self {
            Self::K8s => "k8s",
            Self::Rds => "rds",
            Self::Finops => "finops",
        }
    }
}

/// A file as it was read.
#[derive(Clone, Copy, Debug)]
pub struct Given<'a> {
    /// Its path below the incident's directory, with `/`.
    pub path: &'a str,
    /// Its text.
    pub text: &'a str,
}

/// What an analyst could not use.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, JsonSchema)]
pub struct Note {
    /// The file, or the analyst's folder.
    pub file: String,
    /// What is wrong with it and what would be right.
    pub why: String,
}

/// What an analyst has to say.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Analysis {
    /// By time; times are marked as simulated.
    pub findings: Vec<Finding>,
    /// By file.
    pub notes: Vec<Note>,
    /// How many of the files are of no shape that is known; each has its note.
    pub unread: usize,
}

/// What `who` finds in `files`: those of its own folder.
#[must_use]
pub fn analyse(who: Analyst, files: &[Given<'_>]) -> Analysis {
    let mut notes = Notes::default();
    if files.is_empty() {
        notes.add(who.folder(), &format!("there is no data for {}", who.name()));
    }
    // In the order of their paths, whatever order they came in.
    let sorted: BTreeMap<&str, &str> = files.iter().map(|f| (f.path, f.text)).collect();
    let (mut shapes, mut unread) = (Vec::new(), 0);
    for (path, text) in sorted {
        match shape(path, text, &mut notes) {
            Ok(shape) => shapes.push((path, shape)),
            Err(why) => {
                unread += 1;
                notes.add(path, &why);
            }
        }
    }
    let findings = match who {
        Analyst::K8s => k8s::find(&shapes, &mut notes),
        Analyst::Rds => rds::find(&shapes, &mut notes),
        Analyst::Finops => finops::find(&shapes, &mut notes),
    };
    let findings = named(who, findings, &mut notes);
    let mut notes = notes.0;
    notes.sort();
    notes.dedup();
    Analysis { findings, notes, unread }
}

/// The same findings by time, each with its analyst and an id that holds neither time nor place in the list: the
/// kind and the first entity, and a number where those are there before.
fn named(who: Analyst, mut findings: Vec<Finding>, notes: &mut Notes) -> Vec<Finding> {
    findings.sort_by(|a, b| (a.at, &a.kind, &a.entities).cmp(&(b.at, &b.kind, &b.entities)));
    if findings.len() > FINDINGS_MOST {
        findings.truncate(FINDINGS_MOST);
        notes.add(who.folder(), &format!("only the first {FINDINGS_MOST} findings are kept"));
    }
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    for finding in &mut findings {
        let name = format!("{}@{}", finding.kind, finding.entities.first().map_or("", String::as_str));
        let before = seen.entry(name.clone()).or_default();
        *before += 1;
        finding.id = if *before == 1 { name } else { format!("{name}#{before}") };
        finding.source = who.name().to_owned();
    }
    findings
}

/// Notes while they are collected.
#[derive(Default)]
struct Notes(Vec<Note>);

impl Notes {
    fn add(&mut self, file: &str, why: &str) {
        let why: String = printable(why).chars().take(LINE_MOST).collect();
        self.0.push(Note { file: printable(file), why });
    }

    /// Says that `path` has data of another analyst.
    fn stranger(&mut self, path: &str, shape: &Shape) {
        self.add(path, &format!("has {}, which this analyst does not read", shape.what()));
    }
}

/// A finding of `kind` that began `at`; the rest is to be filled in. It is named when all are known.
fn drafted(kind: &str, at: i64, entities: Vec<String>, summary: &str) -> Finding {
    let mut once: Vec<String> = Vec::new();
    for entity in entities {
        if once.len() < ENTITIES_MOST && !once.contains(&entity) {
            once.push(entity);
        }
    }
    Finding {
        id: String::new(),
        source: String::new(),
        at,
        until: None,
        kind: kind.to_owned(),
        entities: once,
        summary: printable(summary).chars().take(LINE_MOST).collect(),
        severity: Severity::Warning,
        before: None,
        after: None,
        unit: String::new(),
        precision: 0,
        evidence: Vec::new(),
        simulated: true,
    }
}

/// `type/name`; what may not stand in a name becomes `-`.
fn entity(kind: &str, name: &str) -> String {
    let right = |c: char| if c.is_whitespace() || c.is_control() { '-' } else { c };
    let name: String = name.trim().chars().take(NAME_MOST).map(right).collect();
    let name = if name.is_empty() { "unknown" } else { &name };
    format!("{kind}/{name}")
}

fn evidence(file: &str, place: String) -> Evidence {
    Evidence { file: file.to_owned(), place }
}

#[cfg(test)]
mod tests;
