//! Tools for patterns: which there are, what plan comes of one, and beginning a project with it.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::looked_up;
use crate::domain::command::{LookUp, Workflow};
use crate::domain::incident::stamp;
use crate::domain::rights::Tool;
use crate::domain::workflow::advise::REQUEST_MOST;
use crate::domain::workflow::pattern::{Condition, Pattern};
use crate::domain::workflow::plan::{Options, Planned, Waiver};
use crate::domain::workflow::project::{Context, DAY_MS, Terms};
use crate::domain::workflow::schedule::{Schedule, schedule};
use crate::domain::workflow::shelf::Workflows;
use crate::domain::workflow::span::{Span, day_ms};
use crate::domain::workflow::staff::{Member, give, staff};
use crate::mcp::call::{Call, Trouble};
use crate::mcp::tools::args::Done;
use crate::mcp::tools::look::status;
use crate::mcp::tools::project::say;
use crate::mcp::tools::{About, Def, Effect, Gives};

/// The most letters of a project's name.
const NAME_MOST: usize = 100;

pub(super) fn add(all: &mut Vec<Def>) {
    let about = About {
        tool: Tool::WorkflowPlan,
        title: "Plan a workflow",
        text: "A pattern of DevOps work made to fit: its phases and tasks with who does what and what each needs, what was \
               put in or left out and why, and its schedule with the critical path. Without `pattern` the list of patterns \
               with when each fits and what can be chosen. It begins nothing.",
        effect: Effect::Looks,
        untrusted: &[],
    };
    all.push(Def::new(about, plan));
    let about = About {
        tool: Tool::WorkflowStart,
        title: "Begin a project",
        text: "Begins a project with the plan that workflow_plan shows for the same options, done by the agents of this \
               session: each specialist must be in the team by name or role. A person confirms it. Look at workflow_plan \
               first, and at workflow_status afterwards.",
        effect: Effect::Adds,
        untrusted: &[],
    };
    all.push(Def::new(about, start));
}

/// What plans of the session's project are made of, where the caller may look that up.
fn patterns(call: &mut Call) -> Result<Workflows, Trouble> {
    let found = looked_up(call, LookUp::Patterns, |call, top| call.desk().patterns(top))?;
    Ok(found.unwrap_or_else(Workflows::built_in))
}

/// Which plan.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Which {
    /// The pattern, such as kubernetes-pipeline; none: all are listed.
    #[serde(default)]
    pattern: Option<String>,
    /// The cloud providers, such as aws.
    #[serde(default)]
    providers: Vec<String>,
    /// Specialists that are not to take part.
    #[serde(default)]
    without: Vec<String>,
    /// Conditions of the pattern that are decided: name to true or false.
    #[serde(default)]
    conditions: BTreeMap<String, bool>,
    /// Whether it ends in production; what must not be skipped before that is put in.
    #[serde(default)]
    production: bool,
    /// Quick wins and long-term items that it pulls in.
    #[serde(default)]
    wins: Vec<String>,
    /// What is left out all the same of what must not be skipped, each with a reason.
    #[serde(default)]
    waivers: Vec<Waiver>,
}

/// What there is, or what comes of one.
#[derive(Serialize, JsonSchema)]
struct Shown {
    /// The patterns; empty where one was named.
    patterns: Vec<Known>,
    /// The plan; null where none was named.
    plan: Option<Planned>,
    /// When its tasks are done at the earliest, in hours from the start, and which must not be late.
    schedule: Option<Schedule>,
}

/// A pattern in short.
#[derive(Serialize, JsonSchema)]
struct Known {
    /// Its name.
    name: String,
    /// One line for people.
    title: String,
    /// When it fits.
    scenario: String,
    /// What can be chosen.
    conditions: BTreeMap<String, Condition>,
}

fn plan(call: &mut Call, which: Which) -> Gives<Shown> {
    let all = patterns(call)?;
    let Which { pattern, providers, without, conditions, production, wins, waivers } = which;
    let Some(name) = pattern else {
        let options = Options { providers, without, conditions, production, wins, waivers };
        if options != Options::default() {
            let why = "find argument `pattern`: it is missing, and the others are about one; without any the patterns are \
                       listed";
            return Err(Trouble::Argument(why.into()));
        }
        let text = all.patterns.iter().map(|p| p.name.as_str()).collect::<Vec<_>>().join(", ");
        let patterns = all.patterns.into_iter().map(known).collect();
        return Ok((Shown { patterns, plan: None, schedule: None }, text));
    };
    let options = Options { providers, without, conditions, production, wins, waivers };
    let plan = all.planned(&name, &options).map_err(Trouble::Argument)?;
    let times = schedule(&plan.tasks);
    let text = in_short(&plan, &times);
    Ok((Shown { patterns: Vec::new(), plan: Some(plan), schedule: Some(times) }, text))
}

fn known(one: Pattern) -> Known {
    Known { name: one.name, title: one.title, scenario: one.scenario, conditions: one.conditions }
}

/// Its phases with their tasks, what waits for the hands of its specialist, and its critical path.
fn in_short(plan: &Planned, times: &Schedule) -> String {
    let head = format!("{}: {}, {} tasks", plan.pattern, Span::hours(times.length), plan.tasks.len());
    let phases = plan.phases.iter().map(|phase| {
        let tasks = plan.tasks.iter().filter(|t| t.phase == phase.id);
        let tasks: Vec<String> = tasks.map(|t| format!("{} ({}, {})", t.id, t.agent, t.duration)).collect();
        format!("{}: {}", phase.title, tasks.join(", "))
    });
    let path = format!("critical path: {}", times.path.join(" > "));
    let hands = times.slots.iter().filter_map(|slot| {
        let first = slot.after.as_ref()?;
        Some(format!("{} waits for {first}: the same specialist does both", slot.task))
    });
    [head].into_iter().chain(phases).chain(hands).chain([path]).collect::<Vec<_>>().join("\n")
}

/// A project to begin.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Begin {
    /// The pattern, such as kubernetes-pipeline.
    pattern: String,
    /// The cloud providers, such as aws.
    #[serde(default)]
    providers: Vec<String>,
    /// Specialists that are not to take part.
    #[serde(default)]
    without: Vec<String>,
    /// Conditions of the pattern that are decided: name to true or false.
    #[serde(default)]
    conditions: BTreeMap<String, bool>,
    /// Whether it ends in production; what must not be skipped before that is put in.
    #[serde(default)]
    production: bool,
    /// Quick wins and long-term items that it pulls in.
    #[serde(default)]
    wins: Vec<String>,
    /// What is left out all the same of what must not be skipped, each with a reason that goes into the record.
    #[serde(default)]
    waivers: Vec<Waiver>,
    /// What the project is called; empty: as its pattern.
    #[serde(default)]
    #[schemars(length(max = NAME_MOST))]
    name: String,
    /// What is wanted, in the words of who asked: every brief quotes it.
    #[serde(default)]
    #[schemars(length(max = REQUEST_MOST))]
    request: String,
    /// When it has to be ready, RFC 3339; none: not said.
    #[serde(default)]
    deadline: Option<String>,
    /// What it may cost, in whole units of the currency; none: not said.
    #[serde(default)]
    budget: Option<u64>,
    /// What a specialist costs a planned day, in whole units of the currency; none: not said.
    #[serde(default)]
    rate: Option<u64>,
    /// The currency, such as EUR; empty: not said.
    #[serde(default)]
    #[schemars(length(max = 8))]
    currency: String,
    /// How long a day of the plan lasts: 24h, 90m, 2s or 500ms; none: 24h.
    #[serde(default)]
    day: Option<String>,
}

fn start(call: &mut Call, args: Begin) -> Gives<Done> {
    let all = patterns(call)?;
    let team = status(call)?.agents;
    let team: Vec<Member<'_>> = team.iter().map(|a| (&a.name, a.role.as_str())).collect();
    let begin = begin(&all, &team, args).map_err(Trouble::Argument)?;
    say(call, begin)
}

/// What the session is asked to begin; else why it cannot: completes "failed to …".
fn begin(all: &Workflows, team: &[Member<'_>], args: Begin) -> Result<Workflow, String> {
    let Begin { providers, without, conditions, production, wins, waivers, .. } = args;
    let options = Options { providers, without, conditions, production, wins, waivers };
    let mut plan = all.planned(&args.pattern, &options)?;
    let who = staff(team, &plan).map_err(|missing| {
        format!(
            "begin the project: the team of this session has no {}; leave them out with `without`, or let a person begin it \
             with `orchestra workflow run`, which starts a session that has",
            missing.join(", ")
        )
    })?;
    give(&mut plan, &who);
    let wrong = || "use argument `deadline`: expected a time such as 2026-11-30T17:00:00Z".to_owned();
    let deadline = args.deadline.map(|text| stamp::parse(&text).ok_or_else(wrong)).transpose()?;
    let day_ms = match args.day {
        None => DAY_MS,
        Some(text) => {
            let read = day_ms(&text).map_err(|why| format!("use argument `day`: {why}"))?;
            i64::try_from(read).unwrap_or(DAY_MS)
        }
    };
    let terms = Terms { deadline, budget: args.budget, rate: args.rate, currency: args.currency };
    let context = Box::new(Context { request: args.request, ..Context::default() });
    Ok(Workflow::Start { name: args.name, plan: Box::new(plan), context, terms, day_ms })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::domain::id::AgentName;

    const TEAM: [(&str, &str); 7] = [
        ("IMAGES", "docker"),
        ("aws", ""),
        ("kubernetes-specialist", ""),
        ("PIPE", "cicd"),
        ("monitoring", ""),
        ("SEC", "security"),
        ("observability", ""),
    ];

    fn asked(pattern: &str, more: serde_json::Value) -> Begin {
        let mut args = json!({ "pattern": pattern, "providers": ["aws"] });
        if let (Some(args), serde_json::Value::Object(more)) = (args.as_object_mut(), more) {
            args.extend(more);
        }
        serde_json::from_value(args).unwrap()
    }

    fn begun(team: &[(&str, &str)], args: Begin) -> Result<Workflow, String> {
        let names: Vec<AgentName> = team.iter().map(|(name, _)| AgentName::new(name).unwrap()).collect();
        let team: Vec<Member<'_>> = names.iter().zip(team).map(|(name, (_, role))| (name, *role)).collect();
        begin(&Workflows::built_in(), &team, args)
    }

    #[test]
    fn a_project_begins_with_the_plan_that_is_shown_and_agents_of_the_team() {
        let more = json!({
            "name": "Shop", "request": "To EKS", "deadline": "2026-11-30T17:00:00Z", "budget": 9000, "rate": 800,
            "currency": "EUR", "day": "500ms",
        });
        let Workflow::Start { name, plan, context, terms, day_ms } =
            begun(&TEAM, asked("kubernetes-pipeline", more)).unwrap()
        else {
            panic!("something else was asked for")
        };
        assert_eq!((name.as_str(), context.request.as_str(), day_ms), ("Shop", "To EKS", 500));
        assert_eq!((terms.budget, terms.rate, terms.currency.as_str()), (Some(9000), Some(800), "EUR"));
        assert_eq!(terms.deadline, stamp::parse("2026-11-30T17:00:00Z"));
        let options = Options { providers: vec!["aws".into()], ..Options::default() };
        let shown = Workflows::built_in().planned("kubernetes-pipeline", &options).unwrap();
        assert_eq!(plan.options, options);
        assert_eq!(plan.tasks.len(), shown.tasks.len());
        for (task, shown) in plan.tasks.iter().zip(&shown.tasks) {
            assert_eq!(task.specialist, shown.specialist);
            assert!(TEAM.iter().any(|(name, _)| *name == task.agent.as_str()), "{}", task.agent);
        }
        let images = plan.tasks.iter().find(|t| t.specialist == "docker").unwrap();
        assert_eq!(images.agent.as_str(), "IMAGES");
    }

    #[test]
    fn what_cannot_begin_says_what_to_do() {
        let says = |team: &[(&str, &str)], pattern, more| begun(team, asked(pattern, more)).unwrap_err();
        let none = says(&TEAM[1..], "kubernetes-pipeline", json!({}));
        assert!(none.contains("has no docker-specialist; leave them out with `without`"), "{none}");
        let near = says(&TEAM, "kubernets-pipeline", json!({}));
        assert!(near.contains("did you mean `kubernetes-pipeline`"), "{near}");
        let day = says(&TEAM, "kubernetes-pipeline", json!({ "day": "1d" }));
        assert_eq!(day, "use argument `day`: write it as 24h, 90m, 2s or 500ms");
        let time = says(&TEAM, "kubernetes-pipeline", json!({ "deadline": "soon" }));
        assert!(time.starts_with("use argument `deadline`: "), "{time}");
        let cloud = says(&TEAM, "migration", json!({ "providers": [] }));
        assert!(cloud.starts_with("plan migration: which cloud provider?"), "{cloud}");
    }

    #[test]
    fn a_plan_in_short_has_its_phases_and_its_path() {
        let options = Options { providers: vec!["aws".into()], ..Options::default() };
        let plan = Workflows::built_in().planned("kubernetes-pipeline", &options).unwrap();
        let text = in_short(&plan, &schedule(&plan.tasks));
        assert_eq!(text.lines().count(), plan.phases.len() + 2, "{text}");
        assert!(text.contains("containers (docker-specialist, "), "{text}");
        assert!(text.contains("\ncritical path: containers > "), "{text}");
        let mut plan = crate::domain::workflow::project::sample::plan();
        plan.tasks[4].agent = plan.tasks[3].agent.clone();
        let text = in_short(&plan, &schedule(&plan.tasks));
        assert!(text.contains("\nlogging waits for monitoring: the same specialist does both\n"), "{text}");
    }
}
