//! A task's brief: all that its specialist has to know, as templates see it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::plan::{Item, Task};
use super::project::{Project, Verdict};

/// A brief. Empty parts were not told or do not apply.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
pub struct TaskBrief {
    /// The project's name; empty: there is none.
    pub project: String,
    /// What is wanted, in the words of who asked, line by line.
    pub request: Vec<String>,
    /// What is to be better afterwards.
    pub goals: Vec<String>,
    /// The task's id.
    pub task: String,
    /// One line of what it is.
    pub title: String,
    /// The phase it belongs to.
    pub phase: String,
    /// The specialist.
    pub specialist: String,
    /// How long it is meant to take.
    pub duration: String,
    /// `critical`, `high` or `medium`.
    pub priority: String,
    /// Where its work lands.
    pub environment: String,
    /// What it is to reach.
    pub objectives: Vec<String>,
    /// The infrastructure there is.
    pub infrastructure: Vec<String>,
    /// What is known to be wrong.
    pub issues: Vec<String>,
    /// Limits of budget, time and technology.
    pub constraints: Vec<String>,
    /// What is there afterwards.
    pub outcomes: Vec<String>,
    /// What has to be done first, with what it handed over.
    pub requires: Vec<Required>,
    /// Who waits for it.
    pub blocks: Vec<Other>,
    /// What there is to work with.
    pub assets: Vec<String>,
    /// How one sees that it succeeded.
    pub criteria: Vec<String>,
    /// Gates that have to be green on its commit.
    pub checks: Vec<String>,
    /// What it hands over.
    pub hands_over: Vec<Item>,
    /// Points across all specialists that concern its phase, and are open: `security/least-privilege: …`.
    pub points: Vec<String>,
    /// Who works beside it.
    pub beside: Vec<Beside>,
    /// Which round this is, from 1.
    pub round: u8,
    /// How many rounds there are; 0: it is in no loop.
    pub rounds: u8,
    /// When the loop is over.
    pub until: String,
    /// The task it judges; empty: none.
    pub judges: String,
    /// What its review wants to be better.
    pub feedback: Vec<String>,
    /// Why it is not taken as done though its agent said so.
    pub held: Vec<String>,
    /// What was changed of the plan since the brief; empty: nothing.
    pub changed: String,
}

/// A task that this one needs.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
pub struct Required {
    /// Its id.
    pub task: String,
    /// One line of what it is.
    pub title: String,
    /// Who did it.
    pub agent: String,
    /// What it handed over to this one.
    pub items: Vec<HandedItem>,
    /// The handover, line by line.
    pub handover: Vec<String>,
}

/// Something that was handed over.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
pub struct HandedItem {
    /// Its key.
    pub key: String,
    /// What it is, as the one who handed over says.
    pub value: String,
}

/// A task that waits for this one.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
pub struct Other {
    /// Its id.
    pub task: String,
    /// One line of what it is.
    pub title: String,
    /// Who does it.
    pub agent: String,
}

/// A task that stands beside this one.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
pub struct Beside {
    /// Its id.
    pub task: String,
    /// Who does it.
    pub agent: String,
    /// What they tell each other.
    pub sync: String,
    /// What the other one said.
    pub said: Vec<String>,
}

/// The brief of a task of a project as it is now; none where it has no such task.
#[must_use]
pub fn brief(project: &Project, id: &str) -> Option<TaskBrief> {
    let plan = &project.plan;
    let task = plan.task(id)?;
    let phase = plan.phases.iter().find(|p| p.id == task.phase);
    let loops = plan.loops.iter().find(|l| l.work == id || l.review == id);
    let round = project.tracked(id).map_or(1, |t| t.round.max(1));
    let last = project.rounds.iter().rev().find(|r| r.work == id);
    let ticked = |list: &str, point: &str| {
        project.ticks.iter().any(|t| t.phase == task.phase && t.list == list && t.point == point)
    };
    let open = phase.iter().flat_map(|p| &p.checklists).flat_map(|list| {
        let points = list.points.iter().filter(|p| !ticked(&list.name, &p.id));
        points.map(|p| format!("{}/{}: {}", list.name, p.id, p.text))
    });
    let said = |other: &str| {
        let own = project.syncs.iter().filter(|s| s.task == other && s.with == id);
        own.map(|s| s.text.clone()).collect()
    };
    Some(TaskBrief {
        project: project.name.clone(),
        request: project.context.request.lines().map(str::to_owned).collect(),
        goals: project.context.goals.clone(),
        task: id.to_owned(),
        title: task.title.clone(),
        phase: phase.map(|p| p.title.clone()).unwrap_or_default(),
        specialist: task.agent.to_string(),
        duration: task.duration.to_string(),
        priority: task.priority.word().to_owned(),
        environment: task.environment.clone(),
        objectives: task.objectives.clone(),
        infrastructure: project.context.infrastructure.clone(),
        issues: project.context.issues.clone(),
        constraints: project.context.constraints.clone(),
        outcomes: task.outcomes.clone(),
        requires: task.needs.iter().filter_map(|n| upstream(project, plan.task(n)?, id)).collect(),
        blocks: plan.blocks(id).map(other).collect(),
        assets: project.context.assets.clone(),
        criteria: task.criteria.clone(),
        checks: task.checks.clone(),
        hands_over: task.hands_over.clone(),
        points: open.collect(),
        beside: plan
            .beside(id)
            .map(|(t, sync)| Beside {
                task: t.id.clone(),
                agent: t.agent.to_string(),
                sync: sync.to_owned(),
                said: said(&t.id),
            })
            .collect(),
        round,
        rounds: loops.map_or(0, |l| l.limit),
        until: loops.map(|l| l.until.clone()).unwrap_or_default(),
        judges: loops.filter(|l| l.review == id).map(|l| l.work.clone()).unwrap_or_default(),
        feedback: last
            .filter(|r| r.verdict == Verdict::Again)
            .map(|r| r.feedback.clone())
            .unwrap_or_default(),
        held: project.tracked(id).map(|t| t.held.clone()).unwrap_or_default(),
        changed: String::new(),
    })
}

fn upstream(project: &Project, task: &Task, to: &str) -> Option<Required> {
    let handed = project.tracked(&task.id)?.handed.as_ref();
    let for_it = |key: &str| task.hands_over.iter().any(|i| i.key == key && i.to.iter().any(|t| t == to));
    let items = handed.map(|h| &h.parts.items).into_iter().flatten();
    Some(Required {
        task: task.id.clone(),
        title: task.title.clone(),
        agent: task.agent.to_string(),
        items: items
            .filter(|(key, _)| for_it(key))
            .map(|(k, v)| HandedItem { key: k.clone(), value: v.clone() })
            .collect(),
        handover: handed.map(|h| h.text.lines().map(str::to_owned).collect()).unwrap_or_default(),
    })
}

fn other(task: &Task) -> Other {
    Other { task: task.id.clone(), title: task.title.clone(), agent: task.agent.to_string() }
}
