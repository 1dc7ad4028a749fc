//! What is said to a project: by agents of their own tasks, and what is decided.

use schemars::JsonSchema;
use serde::Deserialize;

use super::say;
use crate::domain::command::Workflow;
use crate::domain::rights::Tool;
use crate::domain::workflow::project::{Cause, Epoch, HANDOVER_MOST};
use crate::mcp::call::{Call, Trouble};
use crate::mcp::tools::args::Done;
use crate::mcp::tools::{About, Def, Effect, Gives};

pub(super) fn add(all: &mut Vec<Def>) {
    let about = About {
        tool: Tool::WorkflowTell,
        title: "Say something of a task",
        text: "Says how far a task is, that it is done with what it hands over, what blocks it, what those beside it have to \
               know, a figure that was measured, a point of a checklist that was seen to; asks a person, or raises \
               something to one. Without `task` it is the task of the calling pane's agent.",
        effect: Effect::Adds,
        untrusted: &[],
    };
    all.push(Def::new(about, tell));
    let about = About {
        tool: Tool::WorkflowDecide,
        title: "Decide for the project",
        text: "Decides what a project asked, or says what was done about something it raised. It is a person's word: call \
               it only with what a person told you.",
        effect: Effect::Sets,
        untrusted: &[],
    };
    all.push(Def::new(about, decide));
}

/// What is said.
#[derive(Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum What {
    Progress,
    Done,
    Blocked,
    Mitigated,
    Unblocked,
    Sync,
    Figure,
    Ask,
    Escalate,
    Flag,
    Tick,
}

/// Something said.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Tell {
    /// What is said: progress (percent, text), done (text: the handover), blocked (text, mitigation), mitigated (id,
    /// text), unblocked (id), sync (text), figure (name, value, epoch), ask (text), escalate (cause, text), flag (name,
    /// raised, text), tick (list, point, phase, text).
    what: What,
    /// The task; empty: that of the calling pane's agent.
    #[serde(default)]
    task: String,
    /// The text of it: a note, a handover in Markdown, what blocks, what is asked, the evidence.
    #[serde(default)]
    #[schemars(length(max = HANDOVER_MOST))]
    text: String,
    /// With progress: how far it is.
    #[serde(default)]
    #[schemars(range(min = 0, max = 100))]
    percent: Option<u8>,
    /// With blocked: what is done about it.
    #[serde(default)]
    mitigation: String,
    /// With mitigated and unblocked: the blocker's number.
    #[serde(default)]
    id: Option<u32>,
    /// With figure: what it measures, such as lead-time; with flag: the flag.
    #[serde(default)]
    name: String,
    /// With figure: the value with its unit, such as 12 min, as it was measured.
    #[serde(default)]
    value: String,
    /// With figure: of when it is, before the project changed anything, now, or after its end; none: now.
    #[serde(default)]
    epoch: Option<Epoch>,
    /// With escalate: why.
    #[serde(default)]
    cause: Option<Cause>,
    /// With flag: whether it is raised.
    #[serde(default)]
    raised: Option<bool>,
    /// With tick: the checklist.
    #[serde(default)]
    list: String,
    /// With tick: the point.
    #[serde(default)]
    point: String,
    /// With tick: the phase; empty: that of the task.
    #[serde(default)]
    phase: String,
}

fn tell(call: &mut Call, args: Tell) -> Gives<Done> {
    let what = command(args)?;
    say(call, what)
}

/// What it is for the server.
fn command(args: Tell) -> Result<Workflow, Trouble> {
    let Tell { what, task, text, mitigation, name, value, list, point, phase, .. } = args;
    let missing =
        |argument: &str| Trouble::Argument(format!("find argument `{argument}`: what is said needs it"));
    let needed = |argument: &str, given: String| {
        if given.trim().is_empty() { Err(missing(argument)) } else { Ok(given) }
    };
    let number = || args.id.ok_or_else(|| missing("id"));
    Ok(match what {
        What::Progress => {
            let percent = args.percent.ok_or_else(|| missing("percent"))?;
            Workflow::Percent { task, percent, note: text }
        }
        What::Done => Workflow::HandOver { task, text },
        What::Blocked => Workflow::Block { task, text: needed("text", text)?, mitigation },
        What::Mitigated => Workflow::Mitigate { id: number()?, mitigation: needed("text", text)? },
        What::Unblocked => Workflow::Unblock { id: number()? },
        What::Sync => Workflow::Sync { task, text: needed("text", text)? },
        What::Figure => {
            let epoch = args.epoch.unwrap_or(Epoch::Now);
            Workflow::Figure { name: needed("name", name)?, epoch, value: needed("value", value)? }
        }
        What::Ask => Workflow::AskDecision { text: needed("text", text)? },
        What::Escalate => {
            let cause = args.cause.ok_or_else(|| missing("cause"))?;
            Workflow::Escalate { cause, evidence: needed("text", text)? }
        }
        What::Flag => {
            let raised = args.raised.ok_or_else(|| missing("raised"))?;
            Workflow::Answer { flag: needed("name", name)?, raised, note: text }
        }
        What::Tick => {
            Workflow::Tick { phase, list: needed("list", list)?, point: needed("point", point)?, note: text }
        }
    })
}

/// What is decided.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Decide {
    /// The number of the question; none: it is about an escalation.
    #[serde(default)]
    question: Option<u32>,
    /// The number of the escalation; none: it is about a question.
    #[serde(default)]
    escalation: Option<u32>,
    /// What was decided, or done about it.
    #[schemars(length(min = 1, max = 500))]
    text: String,
}

fn decide(call: &mut Call, args: Decide) -> Gives<Done> {
    let what = match (args.question, args.escalation) {
        (Some(id), None) => Workflow::Decide { id, decision: args.text },
        (None, Some(id)) => Workflow::Settle { id, how: args.text },
        _ => {
            let why = "use arguments `question` and `escalation`: expected exactly one of them";
            return Err(Trouble::Argument(why.into()));
        }
    };
    say(call, what)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn said(args: serde_json::Value) -> Result<Workflow, String> {
        command(serde_json::from_value(args).unwrap()).map_err(|t| t.told().1.to_owned())
    }

    #[test]
    fn what_is_said_becomes_the_command_of_the_same_word() {
        for (args, wanted) in [
            (
                json!({"what": "progress", "percent": 40, "text": "charts"}),
                Workflow::Percent { task: String::new(), percent: 40, note: "charts".into() },
            ),
            (
                json!({"what": "done", "task": "cluster", "text": "# It"}),
                Workflow::HandOver { task: "cluster".into(), text: "# It".into() },
            ),
            (json!({"what": "unblocked", "id": 3}), Workflow::Unblock { id: 3 }),
            (
                json!({"what": "figure", "name": "lead-time", "value": "4 h", "epoch": "before"}),
                Workflow::Figure { name: "lead-time".into(), epoch: Epoch::Before, value: "4 h".into() },
            ),
            (
                json!({"what": "escalate", "cause": "budget", "text": "twice"}),
                Workflow::Escalate { cause: Cause::Budget, evidence: "twice".into() },
            ),
            (
                json!({"what": "flag", "name": "rollback", "raised": true}),
                Workflow::Answer { flag: "rollback".into(), raised: true, note: String::new() },
            ),
        ] {
            assert_eq!(said(args), Ok(wanted));
        }
        for (args, says) in [
            (json!({"what": "progress"}), "`percent`"),
            (json!({"what": "blocked", "text": " "}), "`text`"),
            (json!({"what": "mitigated", "text": "x"}), "`id`"),
            (json!({"what": "figure", "name": "x"}), "`value`"),
            (json!({"what": "escalate", "text": "x"}), "`cause`"),
            (json!({"what": "flag", "name": "x"}), "`raised`"),
            (json!({"what": "tick", "list": "x"}), "`point`"),
        ] {
            assert!(said(args).unwrap_err().contains(says), "{says}");
        }
    }
}
