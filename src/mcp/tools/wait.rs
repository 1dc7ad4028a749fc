//! The tool that waits.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::args::targets;
use super::look::status;
use super::{About, Def, Effect, Gives, out_of_turn};
use crate::domain::command::{Command, Until};
use crate::domain::id::RunId;
use crate::domain::rights::Tool;
use crate::domain::state::AgentState;
use crate::domain::view::{Answer, Fault};
use crate::mcp::call::{Call, Trouble};

/// Seconds waited where nothing is said: less than most clients wait for an answer.
const USUAL_S: u64 = 50;

pub(super) fn add(all: &mut Vec<Def>) {
    let about = About {
        tool: Tool::WaitFor,
        title: "Wait",
        text: "Waits until all named agents are in a state, until prompts have their receipts, until a run of a plan \
               has ended, or until no merge is under way. Use this instead of asking again and again. That the time \
               was up is a normal result (timed_out), with the states as they are: call again to go on waiting.",
        effect: Effect::Looks,
        untrusted: &[],
    };
    all.push(Def::new(about, wait_for));
}

/// What to wait for.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct WaitFor {
    /// Who: names of agents, `all`, `stage:N` or `focus:GROUP`; none: everybody. Without use for `run` and `train`.
    #[serde(default)]
    agents: Vec<String>,
    /// Until what.
    until: Goal,
    /// With `run`: its number; the latest without one.
    #[serde(default)]
    run: Option<u64>,
    /// Seconds at most.
    #[serde(default = "usual")]
    #[schemars(range(min = 0, max = 3600))]
    timeout_s: u64,
}

fn usual() -> u64 {
    USUAL_S
}

/// Until what.
#[derive(Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(inline)]
enum Goal {
    Pending,
    Starting,
    Working,
    Idle,
    Asking,
    Limited,
    Blocked,
    Claimed,
    Ready,
    Merged,
    Failed,
    Stopped,
    Unknown,
    Receipts,
    Run,
    Train,
}

impl Goal {
    fn until(self, run: impl FnOnce() -> Result<RunId, Trouble>) -> Result<Until, Trouble> {
        Ok(Until::State(match self {
            Self::Pending => AgentState::Pending,
            Self::Starting => AgentState::Starting,
            Self::Working => AgentState::Working,
            Self::Idle => AgentState::Idle,
            Self::Asking => AgentState::Asking,
            Self::Limited => AgentState::Limited,
            Self::Blocked => AgentState::Blocked,
            Self::Claimed => AgentState::Claimed,
            Self::Ready => AgentState::Ready,
            Self::Merged => AgentState::Merged,
            Self::Failed => AgentState::Failed,
            Self::Stopped => AgentState::Stopped,
            Self::Unknown => AgentState::Unknown,
            Self::Receipts => return Ok(Until::Receipts),
            Self::Run => return Ok(Until::Run(run()?)),
            Self::Train => return Ok(Until::Train),
        }))
    }
}

/// What came of waiting.
#[derive(Serialize, JsonSchema)]
struct Waited {
    /// Whether the time was up before it was so.
    timed_out: bool,
    /// What came of it, or what is still waited for, in a line.
    what: String,
    /// What every agent does now.
    states: Vec<StateOf>,
}

/// What an agent does.
#[derive(Serialize, JsonSchema)]
struct StateOf {
    /// Its name.
    agent: String,
    /// Its state.
    state: AgentState,
}

fn wait_for(call: &mut Call, args: WaitFor) -> Gives<Waited> {
    let until = args.until.until(|| match args.run {
        Some(run) => Ok(run),
        None => latest(call),
    })?;
    let wait = Command::Wait { targets: targets(args.agents), until, timeout_ms: args.timeout_s * 1000 };
    let (timed_out, what) = match call.ask(wait) {
        Ok(Answer::Done { text }) => (false, text),
        Ok(Answer::Run(run)) => (false, run.summary()),
        Ok(Answer::Receipts { receipts }) => (false, super::send::outcome(&receipts)),
        Ok(other) => return Err(out_of_turn(&other)),
        Err(Trouble::Fault(Fault::Timeout, why)) => (true, why),
        Err(trouble) => return Err(trouble),
    };
    let states = status(call)?.agents.into_iter();
    let states = states.map(|a| StateOf { agent: a.name.to_string(), state: a.state }).collect();
    let text = what.clone();
    Ok((Waited { timed_out, what, states }, text))
}

fn latest(call: &mut Call) -> Result<RunId, Trouble> {
    match call.ask(Command::ShowRun { run: None })? {
        Answer::Run(run) => Ok(run.run),
        other => Err(out_of_turn(&other)),
    }
}
