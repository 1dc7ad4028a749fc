//! The report of a whole project.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::impact::{Section, impact};
use super::lessons::{lessons, recommendations};
use super::look::{Look, OfTask};
use super::returns::{Cost, Returns, cost, returns};
use crate::domain::incident::stamp;
use crate::domain::workflow::plan::Waiver;
use crate::domain::workflow::project::{Change, Escalation, Question};
use crate::domain::workflow::schedule::schedule;

/// A whole project.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Completion {
    /// The whole in figures.
    pub overview: Overview,
    /// What was accomplished, by area of work; areas without a specialist are left out.
    pub improvements: Vec<Improved>,
    /// Figures before and after.
    pub impact: Vec<Section>,
    /// What comes back.
    pub returns: Returns,
    /// What was learnt, each with what in the record it rests on.
    pub lessons: Vec<Cited>,
    /// What should be done next, each with what it rests on.
    pub recommendations: Vec<Cited>,
    /// What was left out of what must not be skipped.
    pub waivers: Vec<Waiver>,
    /// What was changed of the plan.
    pub changes: Vec<Change>,
    /// What was raised to a person.
    pub escalations: Vec<Escalation>,
    /// What a person was asked.
    pub questions: Vec<Question>,
}

/// A project in figures.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Overview {
    /// When it ended (RFC 3339); none: it runs.
    #[serde(default, with = "stamp::maybe", skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub over: Option<i64>,
    /// Planned hours it took, or has run.
    pub took: u32,
    /// Hours that were planned, first.
    pub planned: u32,
    /// Hours of the plan as it is now.
    pub planned_now: u32,
    /// Hours it took longer than planned first; 0: it did not.
    pub late: u32,
    /// Hours it took less; 0: it did not.
    pub early: u32,
    /// When it had to be ready (RFC 3339); none: not said.
    #[serde(default, with = "stamp::maybe", skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub deadline: Option<i64>,
    /// Who took part.
    pub specialists: Vec<String>,
    /// The cloud providers; empty: none was chosen.
    pub providers: Vec<String>,
    /// What it cost.
    pub cost: Cost,
}

/// What was accomplished in an area.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Improved {
    /// The area.
    pub title: String,
    /// Who worked in it.
    pub specialists: Vec<String>,
    /// What was accomplished, as it was handed over.
    pub done: Vec<OfTask>,
}

/// A sentence, and what it rests on.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Cited {
    /// The sentence.
    pub text: String,
    /// What in the record says so: `handover of containers`, `change 1`.
    pub from: String,
}

/// The whole project as it is.
pub(super) fn completion(look: &Look<'_>) -> Completion {
    let p = look.project;
    let cost = cost(look);
    Completion {
        returns: returns(look, &cost),
        overview: overview(look, cost),
        improvements: improvements(look),
        impact: impact(look),
        lessons: lessons(look),
        recommendations: recommendations(look),
        waivers: p.plan.options.waivers.clone(),
        changes: p.changes.clone(),
        escalations: p.escalations.clone(),
        questions: p.questions.clone(),
    }
}

fn overview(look: &Look<'_>, cost: Cost) -> Overview {
    let p = look.project;
    let planned = p.baseline.iter().map(|b| b.to).max().unwrap_or_default();
    let took = look.hours(p.started, p.over.unwrap_or(look.at));
    Overview {
        over: p.over,
        took,
        planned,
        planned_now: schedule(&p.plan.tasks).length,
        late: took.saturating_sub(planned),
        // What still runs is not early.
        early: if p.over.is_some() { planned.saturating_sub(took) } else { 0 },
        deadline: p.terms.deadline,
        specialists: p.plan.agents().iter().map(ToString::to_string).collect(),
        providers: p.plan.options.providers.clone(),
        cost,
    }
}

fn improvements(look: &Look<'_>) -> Vec<Improved> {
    let areas = &look.vocabulary.areas;
    let place = |specialist: &str| {
        let own = areas.iter().position(|a| a.specialists.iter().any(|s| s == specialist));
        own.unwrap_or(areas.len().saturating_sub(1))
    };
    let mut all: Vec<Improved> = areas
        .iter()
        .map(|a| Improved { title: a.title.clone(), specialists: Vec::new(), done: Vec::new() })
        .collect();
    let plan = &look.project.plan;
    for tracked in &look.project.tasks {
        // Who did a task that was dropped since is not known any more.
        let task = plan.task(&tracked.id);
        let Some(area) = all.get_mut(place(task.map_or("", |t| &t.specialist))) else { continue };
        if let Some(agent) = task.map(|t| t.agent.to_string()).filter(|a| !area.specialists.contains(a)) {
            area.specialists.push(agent);
        }
        for text in tracked.handed.iter().flat_map(|h| &h.parts.done) {
            area.done.push(OfTask { task: tracked.id.clone(), text: text.clone(), more: String::new() });
        }
    }
    all.retain(|a| !(a.specialists.is_empty() && a.done.is_empty()));
    all
}
