//! Tools for plans.

use schemars::JsonSchema;
use serde::Deserialize;

use super::args::{agent, targets};
use super::{About, Def, Effect, Gives, out_of_turn};
use crate::domain::command::{Command, Order};
use crate::domain::ending::Red;
use crate::domain::plan::{DoneRule, Task};
use crate::domain::rights::Tool;
use crate::domain::view::{Answer, RunView};
use crate::mcp::call::{Call, Trouble};

pub(super) fn add(all: &mut Vec<Def>) {
    let about = About {
        tool: Tool::RunPlan,
        title: "Run a plan",
        text: "Starts a plan (resource orchestra://plans lists them): prompts go to the agents in order, each task \
               when those before it are proved done. Answers at once; wait_for with `run` waits for its end. With \
               dry_run nothing is started and every task is shown.",
        effect: Effect::Adds,
        untrusted: &[],
    };
    all.push(Def::new(about, run_plan));
    let about = About {
        tool: Tool::ShowRun,
        title: "Show a run",
        text: "A run of a plan as it is now: how far it is, every task, and what is waited for.",
        effect: Effect::Looks,
        untrusted: &[],
    };
    all.push(Def::new(about, |call, args: Which| shown(call, args.run)));
    let about = About {
        tool: Tool::ChangePlan,
        title: "Change the running plan",
        text: "Changes the plan that runs: add, drop, repeat, start or move tasks, pause and resume it.",
        effect: Effect::Adds,
        untrusted: &[],
    };
    all.push(Def::new(about, change_plan));
}

/// In which order.
#[derive(Clone, Copy, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(inline)]
enum How {
    #[default]
    Staged,
    Broadcast,
}

/// What to start.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct RunPlan {
    /// The plan's name.
    plan: String,
    /// `staged`: a stage waits for the whole stage before it; `broadcast`: every task as soon as its own needs are met.
    #[serde(default)]
    order: How,
    /// For whom: names of agents, `stage:N` or `focus:GROUP`; none: everybody the plan names.
    #[serde(default)]
    agents: Vec<String>,
    /// This template in place of each task's own, or `universal`, `role` or `suggested`.
    #[serde(default)]
    prompt: Option<String>,
    /// Only say what would be done.
    #[serde(default)]
    dry_run: bool,
    /// Whether it starts also where gates are red at the tips of branches that the plan looks at first.
    #[serde(default)]
    accept_red: bool,
}

fn run_plan(call: &mut Call, args: RunPlan) -> Gives<RunView> {
    let order = match args.order {
        How::Staged => Order::Staged,
        How::Broadcast => Order::Broadcast,
    };
    let RunPlan { plan, prompt, .. } = args;
    let targets = targets(args.agents);
    let red = if args.accept_red { Red::Accept } else { Red::Ask };
    told(call.ask(if args.dry_run {
        Command::DryRun { plan, order, targets, prompt }
    } else {
        Command::Run { plan, order, targets, prompt, red }
    })?)
}

fn told(answer: Answer) -> Gives<RunView> {
    match answer {
        Answer::Run(run) => {
            let mut text = format!("run {}: {}", run.run, run.summary());
            let waiting = run.waiting();
            if !run.ended && !waiting.is_empty() {
                text.push_str(&format!(" · waiting for {}", waiting.join(", ")));
            }
            Ok((run, text))
        }
        other => Err(out_of_turn(&other)),
    }
}

/// Which run.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Which {
    /// Its number; none: the latest.
    #[serde(default)]
    run: Option<u64>,
}

fn shown(call: &mut Call, run: Option<u64>) -> Gives<RunView> {
    told(call.ask(Command::ShowRun { run })?)
}

/// What is done to a plan.
#[derive(Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(inline)]
enum Action {
    Add,
    Drop,
    Repeat,
    Start,
    Move,
    Pause,
    Resume,
}

/// What proves a task done.
#[derive(Clone, Copy, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(inline)]
enum Proof {
    #[default]
    Committed,
    Ready,
    Idle,
    Reported,
}

/// What to change.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Change {
    /// What is done: `add`, `drop`, `repeat`, `start` and `move` need `task`, `pause` and `resume` nothing.
    action: Action,
    /// The task's id; with `add` a new one.
    #[serde(default)]
    task: Option<String>,
    /// With `move`: the id of the task that is to wait for it.
    #[serde(default)]
    before: Option<String>,
    /// With `add`: who does it.
    #[serde(default)]
    agent: Option<String>,
    /// With `add`: the template's name.
    #[serde(default)]
    prompt: Option<String>,
    /// With `add`: ids of tasks that must be done first.
    #[serde(default)]
    needs: Vec<String>,
    /// With `add`: what proves it done: a commit, a proved claim, that the agent is idle again,
    /// or that it says it is done (`mark_complete`).
    #[serde(default)]
    done: Proof,
}

fn change_plan(call: &mut Call, args: Change) -> Gives<RunView> {
    let need = |name: &str, given: Option<String>| {
        given.ok_or_else(|| Trouble::Argument(format!("find argument `{name}`: this action needs it")))
    };
    let task = |given| need("task", given);
    let command = match args.action {
        Action::Add => {
            let done = match args.done {
                Proof::Committed => DoneRule::Committed,
                Proof::Ready => DoneRule::Ready,
                Proof::Idle => DoneRule::Idle,
                Proof::Reported => DoneRule::Reported,
            };
            let id = task(args.task)?;
            let agent = Some(agent("agent", &need("agent", args.agent)?)?);
            let new = Task::new(&id, &need("prompt", args.prompt)?, done);
            Command::AddTask { task: Task { agent, needs: args.needs, ..new } }
        }
        Action::Drop => Command::DropTask { task: task(args.task)? },
        Action::Repeat => Command::RepeatTask { task: task(args.task)? },
        Action::Start => Command::StartTasks { tasks: vec![task(args.task)?] },
        Action::Move => Command::MoveTask { task: task(args.task)?, before: need("before", args.before)? },
        Action::Pause => Command::PauseRun,
        Action::Resume => Command::ResumeRun,
    };
    match call.ask(command)? {
        Answer::Done { text } => {
            let (run, as_it_is) = shown(call, None)?;
            Ok((run, if text.is_empty() { as_it_is } else { text }))
        }
        other => told(other),
    }
}
