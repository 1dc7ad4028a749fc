//! Tools by which agents speak of themselves and to each other.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::args::{Done, agent, done};
use super::{About, Def, Effect, Gives, out_of_turn};
use crate::domain::command::{Command, Talk};
use crate::domain::query::{MAX_TEXT, Priority};
use crate::domain::rights::Tool;
use crate::domain::state::AgentState;
use crate::domain::view::{Answer, Briefing, QueryView};
use crate::mcp::call::{Call, Trouble};
use crate::mcp::untrusted::Place;

const QUERY: &[Place] = &[
    Place { path: "query.message", by: "agent" },
    Place { path: "query.answer", by: "agent" },
    Place { path: "query.why", by: "agent" },
];

pub(super) fn add(all: &mut Vec<Def>) {
    let about = About {
        tool: Tool::MyBriefing,
        title: "My briefing",
        text: "All you need to know of your own work when you are one of the agents: role, branch, worktree, what you \
               build on, gates, why your last claim was refused, your peers, and queries that wait for you. Call it \
               first.",
        effect: Effect::Looks,
        untrusted: &[
            Place { path: "queries.*.message", by: "agent" },
            Place { path: "queries.*.answer", by: "agent" },
            Place { path: "peers.*.task", by: "agent" },
        ],
    };
    all.push(Def::new(about, my_briefing));
    let about = About {
        tool: Tool::CheckQueries,
        title: "Check queries",
        text: "What other agents asked you, the most urgent first, and answers to what you asked. Call it when you \
               begin and before you claim to be ready.",
        effect: Effect::Looks,
        untrusted: &[
            Place { path: "queries.*.message", by: "agent" },
            Place { path: "queries.*.answer", by: "agent" },
        ],
    };
    all.push(Def::new(about, check_queries));
    let about = About {
        tool: Tool::SendQuery,
        title: "Ask an agent",
        text: "Asks another agent, or ORCHESTRATOR, something. It is prompted with it when it is idle; check_queries \
               has the answer later. Ask for what only it can know, and go on with other work meanwhile.",
        effect: Effect::Adds,
        untrusted: QUERY,
    };
    all.push(Def::new(about, send_query));
    let about = About {
        tool: Tool::AnswerQuery,
        title: "Answer a query",
        text: "Answers a query that was asked of you, by its id.",
        effect: Effect::Sets,
        untrusted: QUERY,
    };
    all.push(Def::new(about, answer_query));
    let about = About {
        tool: Tool::UpdateStatus,
        title: "Say what you do",
        text: "Says what you work on, for people and other agents, and where it differs from what your pane shows \
               also your state.",
        effect: Effect::Sets,
        untrusted: &[],
    };
    all.push(Def::new(about, update_status));
    let about = About {
        tool: Tool::MarkComplete,
        title: "Say that your task is done",
        text: "Says that the task you were prompted with is done, with a summary. It does not claim that your branch \
               is ready to be merged: that is mark_ready.",
        effect: Effect::Adds,
        untrusted: &[],
    };
    all.push(Def::new(about, mark_complete));
    let about = About {
        tool: Tool::MarkReady,
        title: "Claim that your branch is ready",
        text: "Claims that your own branch is READY FOR MERGE. Git and the gates prove it: commit everything first. \
               A claim that is refused is answered with the reasons.",
        effect: Effect::Adds,
        untrusted: &[],
    };
    all.push(Def::new(about, mark_ready));
}

/// Whose.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Whose {
    /// The agent; none: yourself, where you run in its pane.
    #[serde(default)]
    agent: Option<String>,
}

fn my_briefing(call: &mut Call, args: Whose) -> Gives<Briefing> {
    let agent = args.agent.map(|a| agent("agent", &a)).transpose()?;
    match call.ask(Command::Talk(Talk::Briefing { agent }))? {
        Answer::Briefing(briefing) => {
            let text = format!("you are {}, {}; branch {}", briefing.agent, briefing.role, briefing.branch);
            Ok((*briefing, text))
        }
        other => Err(out_of_turn(&other)),
    }
}

/// Which.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Which {
    /// Also those that are over.
    #[serde(default)]
    all: bool,
}

/// Queries.
#[derive(Serialize, JsonSchema)]
struct Queries {
    /// Those that wait for your answer first, the most urgent first.
    queries: Vec<QueryView>,
}

fn check_queries(call: &mut Call, args: Which) -> Gives<Queries> {
    match call.ask(Command::Talk(Talk::Queries { all: args.all }))? {
        Answer::Queries { queries } => {
            let text = format!("{} queries", queries.len());
            Ok((Queries { queries }, text))
        }
        other => Err(out_of_turn(&other)),
    }
}

/// What to ask.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Ask {
    /// Whom: an agent, or ORCHESTRATOR.
    to: String,
    /// What.
    #[schemars(length(min = 1, max = MAX_TEXT))]
    message: String,
    /// How urgent; `urgent`: you cannot go on without it.
    #[serde(default)]
    priority: Priority,
    /// The id of the query that this one comes of.
    #[serde(default)]
    about: Option<u64>,
    /// Chosen by you: with the same one again, nothing is asked twice.
    #[serde(default)]
    #[schemars(length(min = 1, max = 128))]
    idempotency_key: Option<String>,
}

/// A query.
#[derive(Serialize, JsonSchema)]
struct One {
    /// The query; null where it is not told.
    query: Option<QueryView>,
    /// What was done, in a line.
    what: String,
}

fn send_query(call: &mut Call, args: Ask) -> Gives<One> {
    let to = agent("to", &args.to)?;
    let Ask { message, priority, about, idempotency_key: key, .. } = args;
    one(call, Talk::Ask { to, message, priority, about, key })
}

fn one(call: &mut Call, talk: Talk) -> Gives<One> {
    let (query, what) = match call.ask(Command::Talk(talk))? {
        Answer::Query(query) => {
            let what = format!("query {} to {}", query.query.id, query.query.to);
            (Some(*query), what)
        }
        Answer::Done { text } => (None, text),
        other => return Err(out_of_turn(&other)),
    };
    Ok((One { query, what: what.clone() }, what))
}

/// The answer.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Reply {
    /// The query's number.
    id: u64,
    /// What to answer.
    #[schemars(length(min = 1, max = MAX_TEXT))]
    answer: String,
}

fn answer_query(call: &mut Call, args: Reply) -> Gives<One> {
    one(call, Talk::Answer { query: args.id, message: args.answer })
}

/// What you do.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Doing {
    /// Your state, where your pane does not show it; none: only the task is told.
    #[serde(default)]
    status: Option<Pinned>,
    /// What you work on, in one line; empty: as before.
    #[serde(default)]
    #[schemars(length(max = 200))]
    task: String,
}

/// A state that is said, not proved.
#[derive(Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(inline)]
pub(super) enum Pinned {
    Working,
    Idle,
    Asking,
    Blocked,
    Limited,
    Unknown,
}

impl From<Pinned> for AgentState {
    fn from(state: Pinned) -> Self {
        match state {
            Pinned::Working => Self::Working,
            Pinned::Idle => Self::Idle,
            Pinned::Asking => Self::Asking,
            Pinned::Blocked => Self::Blocked,
            Pinned::Limited => Self::Limited,
            Pinned::Unknown => Self::Unknown,
        }
    }
}

fn update_status(call: &mut Call, args: Doing) -> Gives<Done> {
    if args.status.is_none() && args.task.is_empty() {
        return Err(Trouble::Argument(
            "use arguments `status` and `task`: expected at least one of the two".into(),
        ));
    }
    done(call, Command::Talk(Talk::State { state: args.status.map(Into::into), task: args.task }))
}

/// What was done.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Summary {
    /// What was done, for people and the orchestrator.
    #[schemars(length(min = 1, max = MAX_TEXT))]
    summary: String,
}

fn mark_complete(call: &mut Call, args: Summary) -> Gives<Done> {
    done(call, Command::Talk(Talk::Complete { summary: args.summary }))
}

/// A claim.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Claim {
    /// What to add, in a line.
    #[serde(default)]
    #[schemars(length(max = 200))]
    note: String,
}

fn mark_ready(call: &mut Call, args: Claim) -> Gives<Done> {
    done(call, Command::Ready { note: args.note })
}
