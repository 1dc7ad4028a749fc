//! Arguments of `prompt`.

use clap::{Args, Subcommand};

use super::super::answer::Format;
use super::Of;
use super::values::agent;
use crate::domain::id::AgentName;

/// The prompts, by themselves and as they would be sent.
#[derive(Subcommand, Debug)]
pub enum Prompt {
    /// Lists the prompts: for whom, whose, how large
    List(PromptOut),
    /// Prints a prompt's template as it is written
    Show(PromptOf),
    /// Prints a prompt as that agent would get it now
    ///
    /// With a running session it speaks of what is on the agent's branch; without one it is filled
    /// from orchestra.toml alone. A claim's code is made when a prompt is sent: here it reads <code>.
    Render(PromptRender),
    /// Checks every prompt: syntax, variables, and what each agent of the team would get
    ///
    /// Ends with status 2 and one line for each thing that is wrong, with file and line. Without an
    /// orchestra.toml the built-in prompts are checked.
    Lint(PromptOut),
}

/// How to print.
#[derive(Args, Debug)]
pub struct PromptOut {
    /// Print one JSON object
    #[arg(long)]
    pub json: bool,
}

impl PromptOut {
    /// How to print.
    #[must_use]
    pub fn format(&self) -> Format {
        if self.json { Format::Json } else { Format::Text }
    }
}

/// A prompt by name.
#[derive(Args, Debug)]
pub struct PromptOf {
    /// The prompt's name
    pub name: String,
    /// How to print.
    #[command(flatten)]
    pub out: PromptOut,
}

/// A prompt for an agent.
#[derive(Args, Debug)]
pub struct PromptRender {
    /// For whom
    #[arg(value_parser = agent)]
    pub agent: AgentName,
    /// The prompt's name
    pub name: String,
    /// Which session, and how to print.
    #[command(flatten)]
    pub of: Of,
}
