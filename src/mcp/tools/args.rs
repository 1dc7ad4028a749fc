//! What arguments have in common.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Gives, out_of_turn};
use crate::domain::command::{Command, Target};
use crate::domain::id::AgentName;
use crate::domain::view::Answer;
use crate::mcp::call::{Call, Trouble};

/// No argument.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Nothing {}

/// One agent.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct One {
    /// Its name, as list_agents gives it.
    pub agent: String,
}

/// The name in an argument.
pub(super) fn agent(argument: &str, text: &str) -> Result<AgentName, Trouble> {
    AgentName::new(text).map_err(|e| Trouble::Argument(format!("use argument `{argument}`: {e}")))
}

/// The names in an argument.
pub(super) fn agents(argument: &str, texts: &[String]) -> Result<Vec<AgentName>, Trouble> {
    texts.iter().map(|text| agent(argument, text)).collect()
}

/// The targets in an argument; none means everybody.
pub(super) fn targets(texts: Vec<String>) -> Vec<Target> {
    texts.into_iter().map(Target).collect()
}

/// Something that may be left out.
pub(super) fn none_is(usual: &str, given: Option<String>) -> String {
    given.unwrap_or_else(|| usual.to_owned())
}

/// What a tool gives that has nothing to show but a line.
#[derive(Serialize, JsonSchema)]
pub(super) struct Done {
    /// What was done, in a line.
    pub what: String,
}

/// Carries out a command that only acts.
pub(super) fn done(call: &mut Call, command: Command) -> Gives<Done> {
    match call.ask(command)? {
        Answer::Done { text } => {
            let what = if text.is_empty() { "done".to_owned() } else { text };
            Ok((Done { what: what.clone() }, what))
        }
        other => Err(out_of_turn(&other)),
    }
}
