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
use crate::domain::workflow::project::{Blocker, Cause, Escalation, Project, Stage};
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
    blockers: Vec<Blocking>,
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

/// Something that keeps an agent from going on.
#[derive(Serialize, JsonSchema)]
struct Blocking {
    /// Who said so.
    agent: String,
    /// What is known of it.
    #[serde(flatten)]
    blocker: Blocker,
}

/// A question for a person.
#[derive(Serialize, JsonSchema)]
struct Asked {
    /// Its number.
    id: u32,
    /// Who asks.
    agent: String,
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
    /// Who raised it, or whose blocker it is; empty where a rule saw it in what several said.
    agent: String,
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
    let raised = raised.map(|e| Raised {
        id: e.id,
        cause: e.cause,
        agent: raised_by(&project, e),
        evidence: e.evidence.clone(),
    });
    let blocks =
        project.blocked().map(|b| Blocking { agent: agent_of(&project, &b.task), blocker: b.clone() });
    let blockers = blocks.collect();
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
        blockers,
        questions: open.map(|q| Asked { id: q.id, agent: q.by.clone(), text: q.text.clone() }).collect(),
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

/// Whose task it is.
fn agent_of(project: &Project, task: &str) -> String {
    project.plan.task(task).map(|t| t.agent.to_string()).unwrap_or_default()
}

/// Who raised it, as far as one agent did.
fn raised_by(project: &Project, raised: &Escalation) -> String {
    let blocker = || {
        let id: u32 = raised.key.strip_prefix("blocker-")?.parse().ok()?;
        let of = project.blockers.iter().find(|b| b.id == id)?;
        Some(agent_of(project, &of.task))
    };
    raised.by().map(str::to_owned).or_else(blocker).unwrap_or_default()
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

#[cfg(test)]
mod tests {
    use serde_json::{json, to_value};

    use super::*;
    use crate::domain::workflow::project::sample;
    use crate::mcp::untrusted::mark;

    #[test]
    fn what_agents_said_names_the_agent_it_is_from() {
        let p = sample::ninth_day();
        let blocker = p.blocked().next().unwrap().clone();
        let (id, agent) = (blocker.id, agent_of(&p, &blocker.task));
        assert_eq!(agent, "kubernetes-specialist");
        let raised = |key: &str, first: &str| Escalation {
            id: 1,
            cause: Cause::Blocker,
            key: key.into(),
            evidence: vec![first.into()],
            at: 0,
            settled: String::new(),
        };
        let by = |e: &Escalation| raised_by(&p, e);
        assert_eq!(by(&raised(&format!("blocker-{id}"), "the cluster is blocked: x")), agent);
        assert_eq!(by(&raised("said-3", "cicd-specialist: it: burns")), "cicd-specialist");
        assert_eq!(by(&raised("budget-1", "it is expected: to cost")), "");
        let mut result = json!({
            "name": p.name,
            "blockers": [to_value(Blocking { agent: agent.clone(), blocker }).unwrap()],
            "escalations": [{"id": 1, "agent": "", "evidence": ["x"]}],
        });
        assert!(mark(&mut result, WRITTEN));
        assert_eq!(result["blockers"][0]["text"]["origin"], "agent kubernetes-specialist");
        assert_eq!(result["escalations"][0]["evidence"]["origin"], "agent");
    }
}
