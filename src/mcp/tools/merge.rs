//! Tools for the merge train.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::args::{Nothing, agents};
use super::{About, Def, Effect, Gives, out_of_turn};
use crate::domain::command::{Command, Until};
use crate::domain::pr::Pr;
use crate::domain::rights::Tool;
use crate::domain::train::Phase;
use crate::domain::view::{Answer, Fault, TrainView};
use crate::mcp::call::{Call, Trouble};
use crate::mcp::untrusted::Place;

/// How often a train that is waited for is looked at, in milliseconds.
const LOOK_MS: u64 = 5000;
/// Seconds that a train is waited for where nothing is said.
const USUAL_S: u64 = 1800;

const TRAIN: &[Place] = &[
    Place { path: "train.plan.steps.*.message", by: "branch" },
    Place { path: "train.gates.*.tail", by: "gate" },
];

pub(super) fn add(all: &mut Vec<Def>) {
    let about = About {
        tool: Tool::MergePlan,
        title: "Plan the merge",
        text: "What merging all ready branches in order would do, tried out without moving anything: the merges, \
               conflicts, gates, and who is missing. Gives the plan_id that start_merge takes.",
        effect: Effect::Looks,
        untrusted: TRAIN,
    };
    all.push(Def::new(about, |call, _: Nothing| merge_plan(call)));
    let about = About {
        tool: Tool::StartMerge,
        title: "Merge",
        text: "Merges exactly what merge_plan showed and moves the target once the gates pass on the result. A person \
               is asked first, as the session's policy says: the call waits for that, and for the end. Refused where \
               anything changed since the plan.",
        effect: Effect::Ends,
        untrusted: TRAIN,
    };
    all.push(Def::new(about, start_merge));
    let about = About {
        tool: Tool::MergeStatus,
        title: "Merge status",
        text: "The latest merge as it is now: how far it is, why it stands still, and what can be done about it.",
        effect: Effect::Looks,
        untrusted: TRAIN,
    };
    all.push(Def::new(about, |call, _: Nothing| {
        let now = shown(call)?;
        Ok(told(now))
    }));
    let about = About {
        tool: Tool::Resolve,
        title: "Resolve a halted merge",
        text: "What to do with a merge that stands still (merge_status lists what can be done): continue, skip the \
               agents that are named, hand the conflict to its agent, make a worktree to solve it by hand, abort, or \
               undo what landed. What moves or gives up work may need a person's confirmation.",
        effect: Effect::Ends,
        untrusted: TRAIN,
    };
    all.push(Def::new(about, resolve));
    let about = About {
        tool: Tool::DraftPr,
        title: "Draft a pull request",
        text: "Describes the last merge that was applied, or with `planned` the one that merge_plan would make, as a \
               pull request. Opens nothing.",
        effect: Effect::Looks,
        untrusted: &[Place { path: "text", by: "branches" }, Place { path: "title", by: "branches" }],
    };
    all.push(Def::new(about, draft_pr));
}

/// A merge that is planned.
#[derive(Serialize, JsonSchema)]
struct Planned {
    /// What start_merge takes: it stands for just these commits in this order onto just that target.
    plan_id: String,
    /// What it would do.
    train: TrainView,
}

fn planned(call: &mut Call) -> Result<Box<TrainView>, Trouble> {
    call.tell("the merge is tried out");
    match call.ask(Command::MergePlan)? {
        Answer::Train(train) => Ok(train),
        other => Err(out_of_turn(&other)),
    }
}

fn merge_plan(call: &mut Call) -> Gives<Planned> {
    let train = planned(call)?;
    let plan_id = train.plan.digest();
    let text = format!("plan {plan_id}: {}", line(&train));
    Ok((Planned { plan_id, train: *train }, text))
}

/// A merge.
#[derive(Serialize, JsonSchema)]
struct Train {
    /// Whether the target moved and everything is done.
    applied: bool,
    /// Whether it is still under way: merge_status says how far, wait_for with `train` waits for its end.
    under_way: bool,
    /// The merge; null: none was started.
    train: Option<TrainView>,
}

/// A merge as it is now, or that there is none.
type Now = Result<Box<TrainView>, String>;

fn told(now: Now) -> (Train, String) {
    match now {
        Ok(train) => {
            let text = line(&train);
            let under_way = train.phase.moves();
            (Train { applied: train.applied && !under_way, under_way, train: Some(*train) }, text)
        }
        Err(text) => (Train { applied: false, under_way: false, train: None }, text),
    }
}

/// A merge in a line.
fn line(train: &TrainView) -> String {
    let mut text = format!(
        "{} merges into {} at {}: {}",
        train.plan.steps.len(),
        train.plan.target,
        train.plan.base.short(),
        train.phase
    );
    if let Some(halt) = &train.halt {
        text.push_str(&format!("; it stands still: {halt}"));
    }
    if let Some(landed) = train.landed.as_ref().filter(|_| train.phase == Phase::Applied) {
        text.push_str(&format!("; {} is at {}", train.plan.target, landed.short()));
    }
    if !train.missing.is_empty() {
        text.push_str(&format!("; not ready: {}", train.missing.join("; ")));
    }
    text
}

fn shown(call: &mut Call) -> Result<Now, Trouble> {
    match call.ask(Command::ShowTrain)? {
        Answer::Train(train) => Ok(Ok(train)),
        Answer::Done { text } => Ok(Err(text)),
        other => Err(out_of_turn(&other)),
    }
}

/// Has a command carried out, and waits for the end of the train.
fn carried_out(call: &mut Call, command: Command, wait_s: u64) -> Result<Now, Trouble> {
    match call.ask(command)? {
        Answer::Train(train) => return Ok(Ok(train)),
        Answer::Done { text } => call.tell(text),
        other => return Err(out_of_turn(&other)),
    }
    let mut left = wait_s.saturating_mul(1000);
    loop {
        let timeout_ms = left.min(LOOK_MS);
        left -= timeout_ms;
        match call.ask(Command::Wait { targets: Vec::new(), until: Until::Train, timeout_ms }) {
            Ok(Answer::Train(train)) => return Ok(Ok(train)),
            Ok(_) => return shown(call),
            Err(Trouble::Fault(Fault::Timeout, _)) => {
                let now = shown(call)?;
                if left == 0 {
                    return Ok(now);
                }
                if let Ok(train) = &now {
                    call.tell(line(train));
                }
            }
            Err(trouble) => return Err(trouble),
        }
    }
}

/// Which plan.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Start {
    /// What merge_plan gave.
    #[schemars(length(min = 1, max = 64))]
    plan_id: String,
    /// Seconds to wait for its end once it began.
    #[serde(default = "usual")]
    #[schemars(range(min = 0, max = 86400))]
    wait_s: u64,
}

fn usual() -> u64 {
    USUAL_S
}

fn start_merge(call: &mut Call, args: Start) -> Gives<Train> {
    call.tell("the merge is prepared");
    Ok(told(carried_out(call, Command::MergePlanned { digest: args.plan_id }, args.wait_s)?))
}

/// What is done about a merge that stands still.
#[derive(Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(inline)]
enum Action {
    Continue,
    Skip,
    Hand,
    Worktree,
    Abort,
    Undo,
}

/// What to do.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Resolve {
    /// `continue`: what is left is built anew; `skip`: the same without `agents`; `hand`: its agent solves the
    /// conflict; `worktree`: for solving it by hand; `abort`: it is given up; `undo`: the target goes back.
    action: Action,
    /// With `skip`: whom to go without.
    #[serde(default)]
    agents: Vec<String>,
    /// Seconds to wait for its end.
    #[serde(default = "usual")]
    #[schemars(range(min = 0, max = 86400))]
    wait_s: u64,
}

fn resolve(call: &mut Call, args: Resolve) -> Gives<Train> {
    let skip = agents("agents", &args.agents)?;
    let command = match args.action {
        Action::Skip if skip.is_empty() => {
            return Err(Trouble::Argument(
                "find argument `agents`: with `skip` it names whom to go without".into(),
            ));
        }
        Action::Continue | Action::Skip => Command::MergeContinue { skip },
        Action::Hand => Command::MergeHand,
        Action::Worktree => Command::MergeResolve,
        Action::Abort => Command::MergeAbort,
        Action::Undo => Command::MergeUndo,
    };
    Ok(told(carried_out(call, command, args.wait_s)?))
}

/// Which merge.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Draft {
    /// Whether it is about what merge_plan would do, not the last merge that was applied.
    #[serde(default)]
    planned: bool,
}

fn draft_pr(call: &mut Call, args: Draft) -> Gives<Pr> {
    let train = if args.planned { Some(planned(call)?) } else { None };
    match call.ask(Command::Pr { train })? {
        Answer::Pr(pr) => {
            let text = format!("a pull request for {}", pr.target);
            Ok((*pr, text))
        }
        other => Err(out_of_turn(&other)),
    }
}
