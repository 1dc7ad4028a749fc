//! What arguments have in common.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::domain::command::Target;
use crate::domain::id::AgentName;
use crate::mcp::call::Trouble;

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
