//! The report of milestones, and of each task that is done.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::look::{Look, OfTask};
use crate::domain::incident::stamp;
use crate::domain::state::TaskState;
use crate::domain::workflow::brief::HandedItem;
use crate::domain::workflow::project::Tracked;
use crate::domain::workflow::vocabulary::measures::Named;

/// Milestones and finished tasks.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Milestones {
    /// The milestones, in their order; those of the plan that have no line of their own at the end.
    pub milestones: Vec<Milestone>,
    /// The tasks that are done, oldest first.
    pub tasks: Vec<Finished>,
}

/// How a milestone stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// All of its tasks are done.
    Reached,
    /// Some of them have begun.
    UnderWay,
    /// None has.
    Ahead,
    /// No task of the plan leads to it.
    NoPart,
}

/// A milestone.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Milestone {
    /// Its name.
    pub name: String,
    /// One line for people.
    pub title: String,
    /// How it stands.
    pub state: State,
    /// When it was reached (RFC 3339).
    #[serde(default, with = "stamp::maybe", skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub at: Option<i64>,
    /// When it is expected (RFC 3339).
    #[serde(default, with = "stamp::maybe", skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub expected: Option<i64>,
    /// The tasks that lead to it, each with its state.
    pub tasks: Vec<OfTask>,
}

/// What came of a task.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Finished {
    /// Its id.
    pub task: String,
    /// One line for people.
    pub title: String,
    /// Who did it.
    pub agent: String,
    /// When it was done (RFC 3339).
    #[serde(default, with = "stamp::maybe", skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub ended: Option<i64>,
    /// Planned hours that it took.
    pub took: Option<u32>,
    /// Hours that were planned.
    pub planned: Option<u32>,
    /// How often its work was begun.
    pub round: u8,
    /// Whether something was handed over.
    pub handed: bool,
    /// What was accomplished.
    pub done: Vec<String>,
    /// Decisions with their reasons.
    pub decisions: Vec<OfTask>,
    /// Risks, each with what is done about it.
    pub risks: Vec<OfTask>,
    /// What should come next.
    pub next: Vec<String>,
    /// What was handed over.
    pub items: Vec<HandedItem>,
}

/// Milestones and finished tasks as they are.
pub(super) fn milestones(look: &Look<'_>) -> Milestones {
    let tasks = &look.project.plan.tasks;
    let mut names = look.vocabulary.milestones.clone();
    for task in tasks.iter().filter(|t| !t.milestone.is_empty()) {
        if !names.iter().any(|n| n.name == task.milestone) {
            names.push(Named { name: task.milestone.clone(), title: task.milestone.clone() });
        }
    }
    let milestones = names.into_iter().map(|n| milestone(look, n)).collect();
    Milestones { milestones, tasks: look.finished().into_iter().map(|t| finished(look, t)).collect() }
}

fn milestone(look: &Look<'_>, of: Named) -> Milestone {
    let own = look.project.plan.tasks.iter().filter(|t| t.milestone == of.name);
    let own: Vec<&Tracked> = own.filter_map(|t| look.project.tracked(&t.id)).collect();
    let left_out = |t: &&&Tracked| t.state != TaskState::Skipped;
    let counts: Vec<&&Tracked> = own.iter().filter(left_out).collect();
    let done = |t: &&&Tracked| t.state == TaskState::Done;
    let state = if counts.is_empty() {
        State::NoPart
    } else if counts.iter().all(done) {
        State::Reached
    } else if counts.iter().any(|t| t.began.is_some() || t.state != TaskState::Queued) {
        State::UnderWay
    } else {
        State::Ahead
    };
    let at = counts.iter().filter_map(|t| t.ended).max().filter(|_| state == State::Reached);
    let open = counts.iter().filter_map(|t| look.track(&t.id)).map(|t| t.to).max();
    let going = look.project.over.is_none() && matches!(state, State::UnderWay | State::Ahead);
    let failed = counts.iter().any(|t| t.state == TaskState::Failed);
    let tasks = own.iter().map(|t| OfTask {
        task: t.id.clone(),
        text: look.title(&t.id),
        more: t.state.word().to_owned(),
    });
    let tasks = tasks.collect();
    Milestone {
        name: of.name,
        title: of.title,
        state,
        at,
        expected: open.filter(|_| going && !failed),
        tasks,
    }
}

fn finished(look: &Look<'_>, t: &Tracked) -> Finished {
    let parts = t.handed.as_ref().map(|h| h.parts.clone()).unwrap_or_default();
    let pairs = |all: Vec<(String, String)>| {
        let of = all.into_iter().map(|(text, more)| OfTask { task: t.id.clone(), text, more });
        of.collect()
    };
    Finished {
        task: t.id.clone(),
        title: look.title(&t.id),
        agent: look.agent(&t.id),
        ended: t.ended,
        took: look.took(t),
        planned: look.planned(&t.id),
        round: t.round,
        handed: t.handed.is_some(),
        done: parts.done,
        decisions: pairs(parts.decisions),
        risks: pairs(parts.risks),
        next: parts.next,
        items: parts.items.into_iter().map(|(key, value)| HandedItem { key, value }).collect(),
    }
}
