//! The first step of an incident: four questions, answered from the report where it answers them, and who is engaged.

mod answers;
mod cut;
mod day;
mod lexicon;
mod moment;
mod reach;
mod routes;
#[cfg(test)]
mod tests;
mod words;

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use self::answers::reference as received;
pub use self::lexicon::{Tell, WORDS_MOST, Words};
pub use self::moment::{Reference, reference};
use self::routes::Facts;
pub use self::routes::{ENTRIES_MOST, NOTHING, OTHER, Observable, Route, Routes, Specialist};
use self::words::Text;

/// The most bytes of a report that are read.
pub const REPORT_MOST: usize = 256 * 1024;

/// How much hangs on it.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Priority {
    /// The service level is breached and customers feel it.
    P1,
    /// The service is degraded.
    P2,
    /// Only internal.
    P3,
}

/// How far it reaches.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum ScopeKind {
    /// One service.
    Service,
    /// All services.
    Services,
    /// One region.
    Region,
    /// All regions.
    Regions,
}

/// The reach, and of what.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Scope {
    /// How far.
    pub kind: ScopeKind,
    /// The service or region; empty for all of them, or where it has no name.
    pub name: String,
}

impl fmt::Display for Scope {
    /// As people say it: `service api`, `one service` where it has no name, `all regions`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = &self.name;
        match self.kind {
            ScopeKind::Service if name.is_empty() => f.write_str("one service"),
            ScopeKind::Service => write!(f, "service {name}"),
            ScopeKind::Services => f.write_str("all services"),
            ScopeKind::Region if name.is_empty() => f.write_str("one region"),
            ScopeKind::Region => write!(f, "region {name}"),
            ScopeKind::Regions => f.write_str("all regions"),
        }
    }
}

/// Who gave an answer.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum By {
    /// The report.
    Report,
    /// The report, but it had to be concluded from what it says.
    Concluded,
    /// Whoever ran the command: a flag, or an answer at a prompt.
    Told,
}

/// An answer to one of the four questions.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Given<T> {
    /// The answer.
    pub value: T,
    /// The words that gave it.
    pub words: String,
    /// Whose words.
    pub by: By,
}

/// Something that the report names.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Seen {
    /// The observable.
    pub name: String,
    /// Whether it is said to be there; false: the report says that it is not.
    pub said: bool,
    /// The words that say so.
    pub words: String,
}

/// A specialist, and why it is engaged or not.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Engaged {
    /// Its name.
    pub name: String,
    /// Why.
    pub why: String,
}

/// What triage says: `orchestra incident triage`.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "answer", rename = "triage")]
pub struct Triaged {
    /// What is seen first: an observable that can be one, `none` (nothing is out of order) or `other`.
    pub symptom: Given<String>,
    /// When it started: RFC 3339, UTC. Null where nothing is an incident and no time is given.
    pub started: Option<Given<String>>,
    /// How far it reaches. Null where nothing is an incident and no reach is given.
    pub scope: Option<Given<Scope>>,
    /// How much hangs on it. Null where nothing is an incident and no priority is given.
    pub priority: Option<Given<Priority>>,
    /// All that the report names, in the order of the routes' file.
    pub observables: Vec<Seen>,
    /// The rules that decide: one, or several that hold alike.
    pub rules: Vec<String>,
    /// Why they say so.
    pub why: String,
    /// Who is engaged.
    pub engaged: Vec<Engaged>,
    /// Who is not.
    pub not_engaged: Vec<Engaged>,
    /// What had to be assumed, or is not sure.
    pub doubts: Vec<String>,
}

/// What is asked.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Question {
    /// What is seen first.
    Symptom,
    /// When it started.
    Started,
    /// How far it reaches.
    Scope,
    /// How much hangs on it.
    Priority,
}

impl Question {
    /// The flag that answers it.
    #[must_use]
    pub fn flag(self) -> &'static str {
        match self {
            Self::Symptom => "--symptom",
            Self::Started => "--started",
            Self::Scope => "--scope",
            Self::Priority => "--priority",
        }
    }

    /// The question in words.
    #[must_use]
    pub fn asks(self) -> &'static str {
        match self {
            Self::Symptom => "what is seen first",
            Self::Started => "when it started",
            Self::Scope => "how far it reaches (service NAME, all services, region NAME, all regions)",
            Self::Priority => "its priority (P1 customers feel a breach, P2 degraded, P3 internal only)",
        }
    }
}

/// Answers that somebody gives beside the report; empty: none.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Told {
    /// To [`Question::Symptom`].
    pub symptom: Option<String>,
    /// To [`Question::Started`].
    pub started: Option<String>,
    /// To [`Question::Scope`].
    pub scope: Option<String>,
    /// To [`Question::Priority`].
    pub priority: Option<String>,
}

/// What triage cannot go on without.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Open {
    /// The question.
    pub question: Question,
    /// Why it has no answer: a sentence's end, after the question.
    pub why: String,
    /// Whether an answer was given that makes no sense.
    pub wrong: bool,
}

/// The moment by which the times of a report are told: its own line where it has one, unless `given` was laid down.
#[must_use]
pub fn reference_of(report: &str, given: &Reference, routes: &Routes) -> Reference {
    answers::reference(report, Some(given), &routes.words).unwrap_or_else(|| given.clone())
}

/// Triages a report. `received` is the moment of `--received` or of the file; a line in the report goes before the latter.
///
/// # Errors
/// The questions that nobody answered, or whose answer makes no sense.
pub fn triage(
    report: &str,
    told: &Told,
    received: Option<&Reference>,
    routes: &Routes,
) -> Result<Triaged, Vec<Open>> {
    let words = &routes.words;
    let text = Text::new(report, words);
    let mut doubts = Vec::new();
    let seen = answers::observables(&text, routes, &mut doubts);
    let reference = answers::reference(report, received, words);
    let symptom = answers::symptom(report, told.symptom.as_deref(), routes, &seen);
    let started = answers::started(report, told.started.as_deref(), reference.as_ref(), words, &mut doubts);
    let scope = reach::scope(report, told.scope.as_deref(), words);
    let named: Vec<Seen> = seen.into_iter().map(|s| s.seen).collect();
    let priority = answers::priority(report, told.priority.as_deref(), &named, &routes.tells, words);
    // Nothing began and nothing is reached where nothing is out of order.
    let nothing = matches!(&symptom, Ok(s) if s.value == NOTHING);
    let open: Vec<Open> = [
        (Question::Symptom, symptom.as_ref().err(), false),
        (Question::Started, started.as_ref().err(), nothing),
        (Question::Scope, scope.as_ref().err(), nothing),
        (Question::Priority, priority.as_ref().err(), nothing),
    ]
    .into_iter()
    .filter_map(|(question, missing, spared)| {
        let missing = missing.filter(|m| m.wrong || !spared)?;
        Some(Open { question, why: missing.why.clone(), wrong: missing.wrong })
    })
    .collect();
    let Ok(symptom) = symptom else {
        return Err(open);
    };
    if !open.is_empty() {
        return Err(open);
    }
    let (started, scope, priority) = (started.ok(), scope.ok(), priority.ok());
    if let Some(p) = priority.as_ref().filter(|p| p.by == By::Concluded) {
        doubts.push(format!("the priority is concluded from \"{}\"", p.words));
    }
    let facts = Facts {
        symptom: &symptom.value,
        scope: scope.as_ref().map(|s| s.value.kind),
        priority: priority.as_ref().map(|p| p.value),
        seen: &named,
    };
    let decided = routes.decide(&facts);
    doubts.extend(decided.doubts);
    Ok(Triaged {
        symptom,
        started,
        scope,
        priority,
        observables: named,
        rules: decided.rules,
        why: decided.why,
        engaged: decided.engaged,
        not_engaged: decided.left,
        doubts,
    })
}
