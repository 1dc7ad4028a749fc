//! Plans and prompt templates: built in and of the project.

use std::collections::BTreeMap;

use super::super::data::{Dirs, File, PLANS};
use super::super::doc::Doc;
use super::super::doc::Step::{At, Key};
use super::super::error::{Error, Wrong};
use super::super::names;
use super::super::raw::Team;
use super::{expect_known, worktrees};
use crate::domain::plan::{Groups, Plan, PlanError};
use crate::domain::prompt::sendable;
use crate::domain::team::AgentSpec;

type Plans = BTreeMap<String, Plan>;
type Prompts = BTreeMap<String, String>;

/// All plans and all prompt templates by name.
pub(super) fn read(
    raw: &Team,
    team: &[AgentSpec],
    groups: &Groups,
    dirs: &Dirs,
) -> Result<(Plans, Prompts), Error> {
    let mut prompts = Prompts::new();
    for (name, file) in dirs.prompts()? {
        check_template(&file)?;
        prompts.insert(name, file.text);
    }
    let mut plans = Plans::new();
    for (name, text) in PLANS {
        let file = File::built_in(name, "plans", "toml", text);
        let (_, plan) = parse(&file, &prompts)?;
        plans.insert(plan.name.clone(), plan);
    }
    for file in dirs.files("plans", "toml")? {
        let (doc, plan) = parse(&file, &prompts)?;
        // A project writes its plans for its own team, so what does not fit is a mistake.
        plan.bind(team, groups).map_err(|e| misfit(&doc, &plan, &e))?;
        if !raw.worktrees {
            worktrees::check_plan(&doc, &plan)?;
        }
        plans.insert(plan.name.clone(), plan);
    }
    Ok((plans, prompts))
}

fn parse<'f>(file: &'f File, prompts: &Prompts) -> Result<(Doc<'f>, Plan), Error> {
    let doc = Doc::parse(&file.shown, &file.text)?;
    let plan: Plan = doc.read()?;
    if plan.name != file.name {
        let what = format!("expected `{}`, like the file, found {}", file.name, names::shown(&plan.name));
        return Err(doc.wrong(&[Key("name")], what));
    }
    names::word(&plan.name).map_err(|what| doc.wrong(&[Key("name")], what))?;
    if plan.tasks.is_empty() {
        return Err(doc.wrong(&[Key("task")], "expected at least one task: add a `[[task]]`"));
    }
    for (index, task) in plan.tasks.iter().enumerate() {
        let at = |key| [Key("task"), At(index), Key(key)];
        names::word(&task.id.replace("{agent}", "A")).map_err(|what| doc.wrong(&at("id"), what))?;
        expect_known(&task.prompt, "a prompt", prompts.keys().map(String::as_str).filter(|n| sendable(n)))
            .map_err(|what| doc.wrong(&at("prompt"), what))?;
    }
    Ok((doc, plan))
}

/// Puts what `bind` says to the task it is about.
fn misfit(doc: &Doc<'_>, plan: &Plan, error: &PlanError) -> Error {
    let task = match error {
        PlanError::Twice { task, .. } | PlanError::Nobody { task, .. } | PlanError::Deadline { task, .. } => {
            Some(task)
        }
        PlanError::Cycle { cycle, .. } => cycle.first(),
        PlanError::Missing { name, .. } => {
            let holder = plan.tasks.iter().find(|t| t.needs.contains(name));
            if holder.is_none() {
                return doc.wrong(&[Key("stages")], error.to_string());
            }
            holder.map(|t| &t.id)
        }
    };
    // The last of two tasks with one id is the one that is wrong.
    match plan.tasks.iter().rposition(|t| Some(&t.id) == task) {
        Some(index) => doc.wrong(&[Key("task"), At(index), Key("id")], error.to_string()),
        None => doc.wrong(&[Key("task")], error.to_string()),
    }
}

fn check_template(file: &File) -> Result<(), Error> {
    let mut environment = minijinja::Environment::new();
    environment.add_template(&file.shown, &file.text).map_err(|e| {
        Error::Wrong(Box::new(Wrong {
            file: file.shown.clone(),
            line: e.line().unwrap_or(1),
            column: 1,
            key: String::new(),
            what: format!("expected a template: {}", e.detail().unwrap_or("it cannot be read")),
        }))
    })
}
