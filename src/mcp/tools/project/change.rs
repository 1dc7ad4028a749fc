//! Changing the plan of a project: what could be done, and doing it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{project, say};
use crate::domain::command::{LookUp, Workflow};
use crate::domain::incident::stamp;
use crate::domain::near::did_you_mean;
use crate::domain::rights::Tool;
use crate::domain::workflow::catalogue::Specialist;
use crate::domain::workflow::pattern::Must;
use crate::domain::workflow::plan::Waiver;
use crate::domain::workflow::project::{Impact, Project, Reason, Wanted};
use crate::domain::workflow::replan::{alternatives, in_words};
use crate::mcp::call::{Call, Trouble};
use crate::mcp::tools::workflow::guides;
use crate::mcp::tools::{About, Def, Effect, Gives};

pub(super) fn add(all: &mut Vec<Def>) {
    let about = About {
        tool: Tool::WorkflowReprioritise,
        title: "Change the plan of the project",
        text: "Adds, drops, reorders or reassigns a task, changes deadline or budget, or waives what must not be skipped. \
               Without `choice` nothing is changed: at least two alternatives are shown with what each does to the critical \
               path, the dates and the cost. With `choice` and the `version` they were worked out on, that one is done; \
               exactly the agents it affects are briefed again.",
        effect: Effect::Adds,
        untrusted: &[],
    };
    all.push(Def::new(about, reprioritise));
}

/// What is to be done.
#[derive(Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum Kind {
    Add,
    Drop,
    Reorder,
    Reassign,
    Deadline,
    Budget,
    Waive,
}

/// A change.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Change {
    /// What is to be done: add (task, title, phase, specialist, duration, needs, before), drop (task), reorder (task, before),
    /// reassign (task, specialist), deadline (deadline), budget (budget), waive (must, note).
    change: Kind,
    /// Why.
    reason: Reason,
    /// What is to be added to that; with waive the reason that goes into the record.
    #[serde(default)]
    #[schemars(length(max = 400))]
    note: String,
    /// The task's id.
    #[serde(default)]
    task: String,
    /// With reorder: the task it is done before; with add: tasks that shall need it.
    #[serde(default)]
    before: Vec<String>,
    /// With add and reassign: the specialist, by its name in the catalogue.
    #[serde(default)]
    specialist: String,
    /// With add: one line of what it is.
    #[serde(default)]
    title: String,
    /// With add: the id of its phase.
    #[serde(default)]
    phase: String,
    /// With add: how long it takes, such as 3d or 1w.
    #[serde(default)]
    duration: String,
    /// With add: tasks that must be done first.
    #[serde(default)]
    needs: Vec<String>,
    /// With deadline: when, RFC 3339; none: no deadline any more.
    #[serde(default)]
    deadline: Option<String>,
    /// With budget: in whole units of the project's currency; none: no budget any more.
    #[serde(default)]
    budget: Option<u64>,
    /// With waive: security-review, monitoring, recovery, infrastructure-as-code, pipeline or documentation.
    #[serde(default)]
    must: String,
    /// Which of the alternatives, by its name as it was shown; none: they are shown.
    #[serde(default)]
    choice: Option<String>,
    /// With choice: the version they were worked out on.
    #[serde(default)]
    version: Option<u64>,
}

/// What could be done, or was.
#[derive(Serialize, JsonSchema)]
struct Offered {
    /// What was asked for, in words.
    asked: String,
    /// The version on which the alternatives were worked out.
    version: u64,
    /// The alternatives; empty where one was chosen.
    alternatives: Vec<Offer>,
    /// What was done; empty where nothing was.
    what: String,
}

/// An alternative.
#[derive(Serialize, JsonSchema)]
struct Offer {
    /// Its name, made of what it changes: the same as long as it would do the same.
    choice: String,
    /// What, in a line.
    title: String,
    /// What speaks for it.
    gains: Vec<String>,
    /// What speaks against it.
    costs: Vec<String>,
    /// What it does.
    impact: Impact,
}

fn reprioritise(call: &mut Call, args: Change) -> Gives<Offered> {
    let (choice, version, reason, note) = (args.choice.clone(), args.version, args.reason, args.note.clone());
    let project = project(call)?;
    let wanted = wanted(call, &project, args)?;
    let asked = in_words(&wanted);
    let Some(choice) = choice else {
        let found = alternatives(&project, &wanted, call.desk().now()).map_err(Trouble::Argument)?;
        let offer = |a: crate::domain::workflow::replan::Alternative| Offer {
            choice: a.name,
            title: a.title,
            gains: a.gains,
            costs: a.costs,
            impact: a.impact,
        };
        let alternatives: Vec<Offer> = found.into_iter().map(offer).collect();
        let text = format!("{} alternatives to {asked}; nothing is changed", alternatives.len());
        let version = project.version;
        return Ok((Offered { asked, version, alternatives, what: String::new() }, text));
    };
    let Some(version) = version else {
        let why = "find argument `version`: it is missing: the version that came with the alternatives";
        return Err(Trouble::Argument(why.into()));
    };
    let (_, what) = say(call, Workflow::Reprioritise { wanted, reason, note, choice, version })?;
    Ok((Offered { asked, version, alternatives: Vec::new(), what: what.clone() }, what))
}

fn wanted(call: &mut Call, project: &Project, args: Change) -> Result<Wanted, Trouble> {
    let argument = |name: &str, why: &str| Trouble::Argument(format!("use argument `{name}`: {why}"));
    if args.task.is_empty() && !matches!(args.change, Kind::Deadline | Kind::Budget | Kind::Waive) {
        return Err(argument("task", "it is empty; expected the id of a task"));
    }
    Ok(match args.change {
        Kind::Drop => Wanted::Drop { task: args.task },
        Kind::Reorder => match <[String; 1]>::try_from(args.before) {
            Ok([before]) => Wanted::Reorder { task: args.task, before },
            Err(_) => return Err(argument("before", "expected exactly one task")),
        },
        Kind::Reassign => {
            let one = specialist(call, project, &args.specialist)?;
            let agent =
                one.agent_name().ok_or_else(|| argument("specialist", "it has no name of an agent"))?;
            Wanted::Reassign { task: args.task, to: one.name, agent }
        }
        Kind::Add => {
            let one = specialist(call, project, &args.specialist)?;
            let agent =
                one.agent_name().ok_or_else(|| argument("specialist", "it has no name of an agent"))?;
            let task = json!({
                "id": args.task, "title": args.title, "phase": args.phase, "specialist": one.name, "agent": agent,
                "duration": args.duration, "needs": args.needs, "added": args.note,
            });
            let task = serde_json::from_value(task).map_err(|e| argument("duration", &e.to_string()))?;
            Wanted::Add { task: Box::new(task), before: args.before }
        }
        Kind::Deadline => {
            let wrong = || argument("deadline", "expected a time such as 2026-11-30T17:00:00Z");
            let at = args.deadline.map(|text| stamp::parse(&text).ok_or_else(wrong));
            Wanted::Deadline { at: at.transpose()? }
        }
        Kind::Budget => Wanted::Budget { amount: args.budget },
        Kind::Waive => {
            let words: Vec<&str> = Must::ALL.into_iter().map(Must::word).collect();
            let must = Must::from_word(&args.must).ok_or_else(|| {
                let near = did_you_mean(&args.must, words.iter().copied());
                argument("must", &format!("expected {}{near}", words.join(", ")))
            })?;
            Wanted::Waive { waiver: Waiver { must, reason: args.note } }
        }
    })
}

fn specialist(call: &mut Call, project: &Project, name: &str) -> Result<Specialist, Trouble> {
    let (all, _) = guides(call, LookUp::Specialists)?;
    let provider = project.plan.options.providers.first().map(String::as_str);
    let found = all.resolve(name, provider).cloned();
    found.map_err(|why| Trouble::Argument(format!("find the specialist {why}")))
}
