//! A task's brief: all that its specialist has to know, as templates see it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::plan::{Item, Task};
use super::project::{Project, Verdict};

/// Bytes of a brief that tell of what was handed over; a prompt has at most 32 KiB in all.
const HANDED: usize = 8 * 1024;
/// Bytes that tell of what is wanted, in the words of who asked.
const REQUEST: usize = 2 * 1024;
/// Bytes of any other part.
const PART: usize = 1280;
/// Tasks that wait for it that are named.
const BLOCKS: usize = 20;

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
    /// What a person settled that its agent asked or waited for, and does not know yet.
    pub answers: Vec<String>,
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
    /// The file below the session's folder that holds its handover; empty: it handed nothing over.
    pub file: String,
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
    // A task that failed and was done again is in the same round still.
    let judged = loops.map_or(0, |l| project.judged(&l.work));
    let round = u8::try_from(judged).unwrap_or(u8::MAX).saturating_add(1);
    let last = loops.and_then(|l| project.rounds.iter().rev().find(|r| r.work == l.work));
    let ticked = |list: &str, point: &str| {
        project.ticks.iter().any(|t| t.phase == task.phase && t.list == list && t.point == point)
    };
    let open = phase.iter().flat_map(|p| &p.checklists).flat_map(|list| {
        let points = list.points.iter().filter(|p| !ticked(&list.name, &p.id));
        points.map(|p| format!("{}/{}: {}", list.name, p.id, p.text))
    });
    let said = |other: &str| {
        let own = project.syncs.iter().filter(|s| s.task == other && s.with == id);
        fit(own.map(|s| &s.text), PART)
    };
    let each = HANDED / task.needs.len().max(1);
    Some(TaskBrief {
        project: project.name.clone(),
        request: fit(project.context.request.lines(), REQUEST),
        goals: fit(&project.context.goals, PART),
        task: id.to_owned(),
        title: task.title.clone(),
        phase: phase.map(|p| p.title.clone()).unwrap_or_default(),
        specialist: task.agent.to_string(),
        duration: task.duration.to_string(),
        priority: task.priority.word().to_owned(),
        environment: task.environment.clone(),
        objectives: fit(&task.objectives, PART),
        infrastructure: fit(&project.context.infrastructure, PART),
        issues: fit(&project.context.issues, PART),
        constraints: fit(&project.context.constraints, PART),
        outcomes: fit(&task.outcomes, PART),
        requires: task.needs.iter().filter_map(|n| upstream(project, plan.task(n)?, id, each)).collect(),
        blocks: plan.blocks(id).take(BLOCKS).map(other).collect(),
        assets: fit(&project.context.assets, PART),
        criteria: fit(&task.criteria, PART),
        checks: task.checks.clone(),
        hands_over: task.hands_over.clone(),
        points: fit(open, PART),
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
            .map(|r| fit(&r.feedback, PART))
            .unwrap_or_default(),
        held: project.tracked(id).map(|t| fit(&t.held, PART)).unwrap_or_default(),
        changed: String::new(),
        answers: fit(project.answers_for(&task.agent, id), PART),
    })
}

/// The first lines of a text that fit into so many bytes; that there are more is said.
fn fit<T: AsRef<str>>(lines: impl IntoIterator<Item = T>, bytes: usize) -> Vec<String> {
    let (mut kept, mut left, mut more) = (Vec::new(), bytes, 0_usize);
    for line in lines {
        let line = line.as_ref();
        if more > 0 || line.len() > left {
            more += 1;
        } else {
            left -= line.len();
            kept.push(line.to_owned());
        }
    }
    kept.extend((more > 0).then(|| format!("(and {more} more lines)")));
    kept
}

fn upstream(project: &Project, task: &Task, to: &str, bytes: usize) -> Option<Required> {
    let handed = project.tracked(&task.id)?.handed.as_ref();
    let for_it = |key: &str| task.hands_over.iter().any(|i| i.key == key && i.to.iter().any(|t| t == to));
    let items = handed.map(|h| &h.parts.items).into_iter().flatten().filter(|(key, _)| for_it(key));
    let mut left = bytes / 2;
    let items = items.take_while(|(k, v)| {
        let size = k.len() + v.len();
        let fits = size <= left;
        left = left.saturating_sub(size);
        fits
    });
    Some(Required {
        task: task.id.clone(),
        title: task.title.clone(),
        agent: task.agent.to_string(),
        file: handed.map(|_| format!("reports/{}", project.handover_file(&task.id))).unwrap_or_default(),
        items: items.map(|(k, v)| HandedItem { key: k.clone(), value: v.clone() }).collect(),
        handover: handed.map(|h| fit(h.text.lines(), bytes / 2)).unwrap_or_default(),
    })
}

fn other(task: &Task) -> Other {
    Other { task: task.id.clone(), title: task.title.clone(), agent: task.agent.to_string() }
}
