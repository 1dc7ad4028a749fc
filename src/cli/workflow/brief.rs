//! `orchestra workflow brief`: a task's brief, as it would be sent.

use anyhow::Context as _;
use schemars::JsonSchema;
use serde::Serialize;

use super::planned;
use crate::cli::args::workflow::tell::Brief as Args;
use crate::cli::exit::{Exit, Fail};
use crate::cli::{out, place};
use crate::config::{self, Dirs};
use crate::domain::command::{Command, Workflow};
use crate::domain::id::AgentName;
use crate::domain::near::did_you_mean;
use crate::domain::prompt::{Vars, render};
use crate::domain::record::Workflowed;
use crate::domain::signal::printable;
use crate::domain::team::{AgentSpec, Config};
use crate::domain::view::Answer;
use crate::domain::workflow::brief::{TaskBrief, brief};
use crate::domain::workflow::plan::Planned;
use crate::domain::workflow::project::{DAY_MS, Project, Terms};

/// The template of a brief.
const TEMPLATE: &str = "workflow-brief";
/// What stands for a commit and a code that only a session knows.
const NO_BASE: &str = "<base>";
const NO_CODE: &str = "<code>";

/// A brief: `orchestra workflow brief --json`.
#[derive(Serialize, JsonSchema)]
#[serde(tag = "answer", rename = "workflow_brief")]
pub(in crate::cli) struct Briefed {
    /// Who has it.
    pub agent: String,
    /// How long the task is meant to take, in milliseconds of this project's days.
    pub planned_ms: i64,
    /// What it says.
    pub brief: TaskBrief,
    /// It, as it would be sent.
    pub text: String,
}

/// Prints it.
pub(super) fn run(args: &Args) -> anyhow::Result<Exit> {
    let project = match &args.pattern {
        Some(pattern) => not_begun(planned(&args.options, pattern)?)?,
        None => show(args.of.session.as_deref())?,
    };
    let task = match &args.task {
        Some(task) => task.clone(),
        None => own(&project)?,
    };
    print(&briefed(&project, &task)?, args.of.json)
}

/// A project that follows this plan and has not begun.
fn not_begun(plan: Planned) -> anyhow::Result<Project> {
    let begun = Workflowed::Started {
        number: 1,
        name: plan.pattern.clone(),
        context: Box::default(),
        terms: Terms::default(),
        day_ms: DAY_MS,
        plan: Box::new(plan),
        baseline: Vec::new(),
    };
    Project::begun(&begun, 0).context("make a project of the plan")
}

/// The project that runs.
pub(super) fn show(session: Option<&str>) -> anyhow::Result<Project> {
    match place::control(session)?.ask(Command::Workflow(Workflow::Show))? {
        Answer::Project(project) => Ok(*project),
        Answer::Fault { fault, why } => Err(Fail::new(fault.into(), why).into()),
        _ => anyhow::bail!("look at the project: the session answered something else"),
    }
}

/// The task of the agent whose pane this is.
fn own(project: &Project) -> Result<String, Fail> {
    let agent = place::var(place::PANE_VAR).and_then(|name| AgentName::new(&name).ok());
    let Some(agent) = agent else {
        return Err(Fail::usage(
            "choose a task: this is no agent's pane; name one, as `orchestra workflow status` does",
        ));
    };
    let task = project.task_of(&agent).map(|t| t.id.clone());
    task.ok_or_else(|| Fail::new(Exit::Nothing, format!("find the task of {agent}: it has none now")))
}

/// The brief of a task of a project.
///
/// # Errors
/// With status 2 for a task that it does not have; when the template does not render.
fn briefed(project: &Project, id: &str) -> anyhow::Result<Briefed> {
    let (Some(task), Some(brief)) = (project.plan.task(id), brief(project, id)) else {
        let near = did_you_mean(id, project.plan.tasks.iter().map(|t| t.id.as_str()));
        let all: Vec<&str> = project.plan.tasks.iter().map(|t| t.id.as_str()).collect();
        let why =
            format!("find the task `{}` in {}: it has {}{near}", printable(id), project.name, all.join(", "));
        return Err(Fail::usage(why).into());
    };
    let (config, own) = here(&task.agent)?;
    let vars = Vars::of(&config, &own);
    let vars = Vars { workflow: brief.clone(), base: NO_BASE.to_owned(), code: NO_CODE.to_owned(), ..vars };
    let text = render(&config.prompts, TEMPLATE, &vars).map_err(|e| Fail::usage(e.to_string()))?;
    let planned_ms = project.ms(task.duration.as_hours());
    Ok(Briefed { agent: own.to_string(), planned_ms, brief, text })
}

/// The configuration of this project, and who of its team is that specialist; else one of that specialist alone.
fn here(agent: &AgentName) -> anyhow::Result<(Config, AgentName)> {
    let top = place::project().ok().filter(|top| top.join(config::FILE_NAME).exists());
    let mut config = match &top {
        Some(top) => config::load(top)?,
        None => config::parse(config::default_text(), config::FILE_NAME, &Dirs::built_in())?,
    };
    if config.agent(agent).is_none() {
        config.team = vec![AgentSpec::bare(agent.clone())];
    }
    Ok((config, agent.clone()))
}

fn print(briefed: &Briefed, json: bool) -> anyhow::Result<Exit> {
    if json {
        out::json(briefed)?;
    } else {
        let plain = |c: &char| !c.is_control() || matches!(c, '\n' | '\t');
        out::result(&briefed.text.chars().filter(plain).collect::<String>())?;
    }
    Ok(Exit::Done)
}
