//! What somebody who runs a project has to watch for: red flags, and what is raised to a person.

mod causes;
mod delivery;
mod figures;
mod look;
mod plan;
#[cfg(test)]
mod tests;
mod words;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use self::look::{Look, Sign};
use super::project::{Cause, LINE_MOST, Project, Stage};
use super::vocabulary::FlagWords;
use crate::domain::signal::printable;

/// The most sentences that a flag or something due rests on; of more the first ones are told.
pub const EVIDENCE_MOST: usize = 10;
/// The most that is due at once; what is beyond is due at the next look.
pub const DUE_MOST: usize = 50;

/// A conflict that git foresees between two branches, or met.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
pub struct Clash {
    /// The agents, in the order of the plan.
    pub agents: [String; 2],
    /// The files.
    pub files: Vec<String>,
}

/// What is seen of a project beside its own record.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
pub struct Seen {
    /// Branches that do not merge with each other.
    pub clashes: Vec<Clash>,
}

/// How a red flag stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum FlagState {
    /// It is up.
    Raised,
    /// It is not.
    Clear,
    /// It cannot be computed, and nobody has said yet.
    Asked,
}

/// A red flag.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Flag {
    /// Its name.
    pub name: String,
    /// One line of what it means.
    pub title: String,
    /// How it stands.
    pub state: FlagState,
    /// What that rests on, sentence by sentence; where it is asked, the question.
    pub evidence: Vec<String>,
}

/// Something that is to be raised to a person, and was not.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Due {
    /// Why.
    pub cause: Cause,
    /// What tells it apart from another of the same cause.
    pub key: String,
    /// What it rests on.
    pub evidence: Vec<String>,
}

/// What a rule makes of a project.
enum Told {
    /// The record tells: raised where there are signs, else not.
    Signs(Vec<Sign>),
    /// The record does not tell.
    Ask,
}

/// All red flags at `now` (milliseconds since 1970; when the project is over, at its end), in the order of their file.
///
/// A flag that has a question is what was last said of it, unless the record tells something that came after. Anybody
/// may raise one that has none; it is then up until somebody says otherwise. Nobody can take down what the record
/// tells.
#[must_use]
pub fn flags(project: &Project, seen: &Seen, now: i64) -> Vec<Flag> {
    let look = Look::new(project, seen, now);
    look.vocabulary.flags.iter().map(|words| flag(&look, words)).collect()
}

fn flag(look: &Look<'_>, words: &FlagWords) -> Flag {
    let told = match words.name.as_str() {
        "no-objectives" => look.no_objectives(),
        "unidentified-dependencies" => look.unidentified_dependencies(words),
        "metrics-not-improving" => look.metrics_not_improving(),
        "budget-overrun" => look.budget_overrun(),
        "timeline-slipping" => look.timeline_slipping(),
        "late-security-findings" => look.late_security_findings(words),
        "no-rollback-plan" => look.no_rollback_plan(words),
        "monitoring-gaps" => look.monitoring_gaps(),
        "manual-processes" => look.manual_processes(),
        "technical-debt" => look.technical_debt(words),
        _ => Told::Ask,
    };
    let answer = look.project.answers.iter().rev().find(|a| a.flag == words.name && a.at <= look.now);
    let said = |raised: bool| {
        let answer = answer.filter(|a| a.raised == raised)?;
        let note = if answer.note.is_empty() { String::new() } else { format!(": {}", answer.note) };
        let is = if raised { "raised" } else { "not raised" };
        Some(format!("{} said on {} that it is {is}{note}", answer.by, look.day(answer.at)))
    };
    let (state, evidence) = match told {
        Told::Signs(signs) if signs.is_empty() => match said(true) {
            Some(text) => (FlagState::Raised, vec![text]),
            None => (FlagState::Clear, said(false).into_iter().collect()),
        },
        Told::Signs(signs) => {
            let last = signs.iter().map(|s| s.at).max().unwrap_or(look.now);
            let later = answer.filter(|a| !words.question.is_empty() && a.at >= last);
            match later.and_then(|_| said(false)) {
                Some(text) => (FlagState::Clear, vec![text]),
                None => (FlagState::Raised, signs.into_iter().map(|s| s.text).chain(said(true)).collect()),
            }
        }
        Told::Ask => match (said(true), said(false)) {
            (Some(text), _) => (FlagState::Raised, vec![text]),
            (None, Some(text)) => (FlagState::Clear, vec![text]),
            (None, None) => (FlagState::Asked, vec![words.question.clone()]),
        },
    };
    Flag { name: words.name.clone(), title: words.title.clone(), state, evidence: told_of(evidence) }
}

/// What is to be raised to a person at `now` and is not among the project's escalations yet: at most [`DUE_MOST`], each
/// once for its cause and key, whatever was done about it. Nothing once the project is over.
#[must_use]
pub fn due(project: &Project, seen: &Seen, now: i64) -> Vec<Due> {
    if project.stage != Stage::Running {
        return Vec::new();
    }
    fresh(project, Look::new(project, seen, now).causes())
}

/// What of that the rounds alone tell, whatever the time is: loops that are at their limit.
#[must_use]
pub fn unmet(project: &Project) -> Vec<Due> {
    fresh(project, causes::unmet(project))
}

/// What was not raised yet, at most [`DUE_MOST`].
fn fresh(project: &Project, raised: Vec<causes::Raised>) -> Vec<Due> {
    let mut all: Vec<Due> = Vec::new();
    for (cause, key, evidence) in raised {
        let known = project.escalations.iter().any(|e| e.cause == cause && e.key == key);
        if !known && !all.iter().any(|d| d.cause == cause && d.key == key) && all.len() < DUE_MOST {
            all.push(Due { cause, key, evidence: told_of(evidence) });
        }
    }
    all
}

/// When what [`due`] says may change by the time alone, milliseconds since 1970, after `now`; none once the project is
/// over. The expected end moves with every hour that a task runs: it is looked at once a planned hour.
#[must_use]
pub fn next_look(project: &Project, now: i64) -> Option<i64> {
    if project.stage != Stage::Running {
        return None;
    }
    let blockers = project.blocked().map(|b| b.since.saturating_add(causes::blocked_long(project)));
    let open = project.questions.iter().filter(|q| q.decided.is_empty());
    let questions = open.map(|q| q.at.saturating_add(causes::open_long(project)));
    let hour = now.saturating_add(project.ms(1).max(1));
    blockers.chain(questions).filter(|at| *at > now).chain([hour]).min()
}

/// The first sentences, each a line that is safe to show.
fn told_of(evidence: Vec<String>) -> Vec<String> {
    let more = evidence.len().saturating_sub(EVIDENCE_MOST);
    let line = |text: String| printable(&text).chars().take(LINE_MOST).collect();
    let mut told: Vec<String> = evidence.into_iter().take(EVIDENCE_MOST).map(line).collect();
    told.extend((more > 0).then(|| format!("and {more} more")));
    told
}
