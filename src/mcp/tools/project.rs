//! Tools for a project under way.

mod change;
mod tell;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::args::Done;
use super::{About, Def, Effect, Gives, out_of_turn};
use crate::domain::command::{Command, Workflow};
use crate::domain::near::did_you_mean;
use crate::domain::rights::Tool;
use crate::domain::state::TaskState;
use crate::domain::view::Answer;
use crate::domain::workflow::brief::{TaskBrief, brief};
use crate::domain::workflow::project::{Blocker, Cause, Project, Stage};
use crate::domain::workflow::track::{Standing, tracking};
use crate::mcp::call::{Call, Trouble};
use crate::mcp::untrusted::Place;

/// What of a project agents wrote.
const WRITTEN: &[Place] = &[
    Place { path: "tasks.*.note", by: "agent" },
    Place { path: "blockers.*.text", by: "agent" },
    Place { path: "blockers.*.mitigation", by: "agent" },
    Place { path: "questions.*.text", by: "agent" },
    Place { path: "escalations.*.evidence", by: "agent" },
    Place { path: "brief.requires.*.items.*.value", by: "agent" },
    Place { path: "brief.requires.*.handover", by: "agent" },
    Place { path: "brief.beside.*.said", by: "agent" },
    Place { path: "brief.feedback", by: "agent" },
];

pub(super) fn add(all: &mut Vec<Def>) {
    let about = About {
        tool: Tool::WorkflowStatus,
        title: "Show the project",
        text: "The project that the session follows: how far it is and how it stands, its tasks with what they wait for, \
               what blocks, what waits for a person. With `task` also the brief of that task.",
        effect: Effect::Looks,
        untrusted: WRITTEN,
    };
    all.push(Def::new(about, show));
    tell::add(all);
    change::add(all);
    let about = About {
        tool: Tool::WorkflowClose,
        title: "Close the project",
        text: "Closes the project as it is; its agents stay.",
        effect: Effect::Ends,
        untrusted: &[],
    };
    all.push(Def::new(about, |call, args: Close| say(call, Workflow::Close { why: args.why })));
}

/// The project that the session follows.
fn project(call: &mut Call) -> Result<Project, Trouble> {
    match call.ask(Command::Workflow(Workflow::Show))? {
        Answer::Project(project) => Ok(*project),
        other => Err(out_of_turn(&other)),
    }
}

/// Which.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Which {
    /// A task whose brief is wanted, too; empty: none.
    #[serde(default)]
    task: String,
}

/// A project.
#[derive(Serialize, JsonSchema)]
struct Shown {
    /// Its number in the session.
    number: u32,
    /// What it is called.
    name: String,
    /// The pattern it follows.
    pattern: String,
    /// How far it is.
    stage: Stage,
    /// How it stands to its plan.
    standing: Standing,
    /// Why, sentence by sentence.
    why: Vec<String>,
    /// Percent complete.
    percent: u8,
    /// Tasks that are done.
    done: usize,
    /// Its tasks.
    total: usize,
    /// When it was planned to end (RFC 3339).
    planned_end: String,
    /// When it is expected to (RFC 3339).
    expected_end: String,
    /// The longest chain of open tasks.
    path: Vec<String>,
    /// Its tasks, in the order of the plan.
    tasks: Vec<TaskShown>,
    /// What blocks.
    blockers: Vec<Blocker>,
    /// What a person has to decide.
    questions: Vec<Asked>,
    /// What was raised to a person and is open.
    escalations: Vec<Raised>,
    /// What workflow_reprioritise has to be told.
    version: u64,
    /// The brief that was asked for; null where none was.
    brief: Option<TaskBrief>,
}

/// A task.
#[derive(Serialize, JsonSchema)]
struct TaskShown {
    /// Its id.
    id: String,
    /// One line of what it is.
    title: String,
    /// Its phase.
    phase: String,
    /// Who does it.
    agent: String,
    /// Where it stands.
    state: TaskState,
    /// Percent complete.
    percent: u8,
    /// What its agent said with that.
    note: String,
    /// Open tasks that it needs.
    waits_for: Vec<String>,
    /// The open task of the same agent that it waits for longer than for what it needs; null: there is none.
    after: Option<String>,
    /// Why it is not taken as done though its agent says so.
    held: Vec<String>,
}

/// A question for a person.
#[derive(Serialize, JsonSchema)]
struct Asked {
    /// Its number.
    id: u32,
    /// What.
    text: String,
}

/// Something that was raised.
#[derive(Serialize, JsonSchema)]
struct Raised {
    /// Its number.
    id: u32,
    /// Why.
    cause: Cause,
    /// What it rests on.
    evidence: Vec<String>,
}

fn show(call: &mut Call, which: Which) -> Gives<Shown> {
    let project = project(call)?;
    let wanted = match which.task.as_str() {
        "" => None,
        id => Some(brief(&project, id).ok_or_else(|| no_task(&project, id))?),
    };
    let track = tracking(&project, call.desk().now());
    let tasks = project.plan.tasks.iter().map(|task| {
        let (now, far) = (project.tracked(&task.id), track.tasks.iter().find(|t| t.id == task.id));
        TaskShown {
            id: task.id.clone(),
            title: task.title.clone(),
            phase: task.phase.clone(),
            agent: task.agent.to_string(),
            state: now.map_or(TaskState::Queued, |t| t.state),
            percent: far.map_or(0, |t| t.percent),
            note: now.map(|t| t.note.clone()).unwrap_or_default(),
            waits_for: far.map(|t| t.waits_for.clone()).unwrap_or_default(),
            after: far.and_then(|t| t.after.clone()),
            held: now.map(|t| t.held.clone()).unwrap_or_default(),
        }
    });
    let open = project.questions.iter().filter(|q| q.decided.is_empty());
    let raised = project.escalations.iter().filter(|e| e.settled.is_empty());
    let raised = raised.map(|e| Raised { id: e.id, cause: e.cause, evidence: e.evidence.clone() });
    let shown = Shown {
        number: project.number,
        pattern: project.plan.pattern.clone(),
        stage: project.stage,
        standing: track.standing,
        percent: track.percent,
        done: track.done,
        total: track.total,
        planned_end: crate::domain::incident::stamp::text(track.planned_end),
        expected_end: crate::domain::incident::stamp::text(track.expected_end),
        tasks: tasks.collect(),
        blockers: project.blocked().cloned().collect(),
        questions: open.map(|q| Asked { id: q.id, text: q.text.clone() }).collect(),
        escalations: raised.collect(),
        version: project.version,
        brief: wanted,
        why: track.why,
        path: track.path,
        name: project.name,
    };
    let standing = shown.standing.words();
    let text = format!("{}: {} of {} tasks done, {standing}", shown.name, shown.done, shown.total);
    Ok((shown, text))
}

fn no_task(project: &Project, id: &str) -> Trouble {
    let near = did_you_mean(id, project.plan.tasks.iter().map(|t| t.id.as_str()));
    let id: String = id.chars().take(80).collect();
    Trouble::Argument(format!("find the task `{id}` in {}: it has no such task{near}", project.name))
}

/// Why.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Close {
    /// Why it is closed.
    #[schemars(length(min = 1, max = 400))]
    why: String,
}

/// Carries out what is said to a project.
pub(super) fn say(call: &mut Call, what: Workflow) -> Gives<Done> {
    match call.ask(Command::Workflow(what))? {
        Answer::Done { text } => {
            let what = if text.is_empty() { "said".to_owned() } else { text };
            Ok((Done { what: what.clone() }, what))
        }
        Answer::Project(project) => {
            let what = format!("said; the project {} is at version {}", project.name, project.version);
            Ok((Done { what: what.clone() }, what))
        }
        other => Err(out_of_turn(&other)),
    }
}
