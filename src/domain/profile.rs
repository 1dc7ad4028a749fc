//! How one agent program is started, prompted, read and stopped: data, not code.

mod fill;
mod orchestrator;
mod parts;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

pub use self::fill::{ARGUMENT, Launch, PLACES, Places, matches_any};
pub use self::parts::{Dialog, DialogKind, Dialogs, Inject, InjectFile, Stop, Usage};
use super::state::AgentState;

/// Where a rule looks for its evidence. Listed from most to least trusted.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, PartialOrd, Ord)]
#[serde(rename_all = "lowercase")]
pub enum Source {
    /// What the program's own hook says.
    Hook,
    /// What the program reports of its own state (`OSC 7501`): `state=working:app=codex`.
    Report,
    /// An `OSC 9` notification's text.
    Notify,
    /// An `OSC 9;4` progress report: `0` none, `1` n %, `2` error, `3` busy, `4` paused.
    Progress,
    /// An `OSC 133` mark: `A` prompt, `B` input, `C` running, `D` finished.
    Mark,
    /// The window title.
    Title,
    /// The last non-blank rows of the screen, joined by newlines.
    Screen,
}

/// One rule: evidence that means a state.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// Named in explanations: `claude/permission`.
    pub name: String,
    /// Where to look.
    pub source: Source,
    /// A regular expression (Rust's `regex` crate).
    pub pattern: String,
    /// What a match means.
    pub state: AgentState,
    /// A regular expression with a group `time` that finds when a limit is over; may be empty.
    /// It is tried from the line of the match on; [`super::reset::parse`] reads what it finds.
    #[serde(default)]
    pub reset: String,
}

/// How a prompt goes in.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Submit {
    /// Milliseconds between the end of the paste and the Enter. Measured: 200 suffices for all
    /// five programs tried, so 300.
    #[serde(default = "settle_default")]
    pub settle_ms: u64,
    /// Whether the program must have asked for bracketed paste (mode 2004) before it is ready.
    #[serde(default = "yes")]
    pub bracketed: bool,
    /// A regular expression over the screen that must match before a prompt goes in; may be empty.
    #[serde(default)]
    pub ready: String,
    /// A regular expression over the screen that finds the composer. Its last match counts, as earlier
    /// ones are what was said before; its first group is the draft in it, and without that group it is
    /// empty. Empty text: a draft cannot be seen.
    #[serde(default)]
    pub composer: String,
    /// Beginnings of a prompt that the program takes for commands of its own, such as `/` and `!`. A prompt
    /// that begins so is refused: it could run in a shell.
    #[serde(default)]
    pub commands: Vec<String>,
    /// Milliseconds within which the program must react to Enter.
    #[serde(default = "verify_default")]
    pub verify_ms: u64,
}

fn settle_default() -> u64 {
    300
}
fn verify_default() -> u64 {
    2000
}
fn yes() -> bool {
    true
}

impl Submit {
    /// The beginning of `text` that the program would take for a command of its own.
    #[must_use]
    pub fn command_in(&self, text: &str) -> Option<&str> {
        let text = text.trim_start();
        self.commands.iter().map(String::as_str).find(|c| !c.is_empty() && text.starts_with(c))
    }
}

impl Default for Submit {
    fn default() -> Self {
        Self {
            settle_ms: 300,
            bracketed: true,
            ready: String::new(),
            composer: String::new(),
            commands: Vec::new(),
            verify_ms: 2000,
        }
    }
}

/// A profile as its file states it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Profile {
    /// The name used in the configuration.
    pub name: String,
    /// One line for people.
    pub title: String,
    /// The program and version that this was tried with, and what was not; empty: nothing was.
    #[serde(default)]
    pub verified: String,
    /// The program and its arguments. `{orchestra}`, `{agent}`, `{shell}`, `{worktree}`, `{files}` are
    /// replaced, see [`Places`], as are `{gitdir}` (the worktree's own git directory) and `{commondir}`
    /// (the one all worktrees share).
    pub argv: Vec<String>,
    /// Arguments that follow when it is started with a prompt (`{prompt}`); empty: it takes none.
    #[serde(default)]
    pub first_prompt: Vec<String>,
    /// Arguments that follow when it goes on where its last run in this folder ended; empty: it cannot.
    #[serde(default)]
    pub resume: Vec<String>,
    /// Arguments that follow when it goes on with the run `{id}`; empty: it cannot.
    #[serde(default)]
    pub resume_id: Vec<String>,
    /// The whole command that does one prompt (`{prompt}`) without a screen; empty: there is none.
    #[serde(default)]
    pub headless: Vec<String>,
    /// Environment variables to set.
    #[serde(default)]
    pub env: BTreeMap<String, String>,
    /// Environment variables of the user's that this program needs: names, or prefixes ending in `*`.
    #[serde(default)]
    pub pass: Vec<String>,
    /// Environment variables never handed on, whoever asks for them: names, or prefixes ending in `*`.
    #[serde(default)]
    pub strip: Vec<String>,
    /// How a prompt goes in.
    #[serde(default)]
    pub submit: Submit,
    /// Whether "the pane's first process has the terminal's foreground" means idle (plain shells).
    #[serde(default)]
    pub foreground_idle: bool,
    /// How the program's hooks or notifications come to `orchestra hook` in this run.
    #[serde(default)]
    pub hook: Inject,
    /// How the program is given orchestra's MCP server in this run.
    #[serde(default)]
    pub mcp: Inject,
    /// What is done about a dialog while an agent starts.
    #[serde(default)]
    pub dialogs: Dialogs,
    /// The dialogs that are known. What counts as asking or limited, the rules say.
    #[serde(default, rename = "dialog")]
    pub dialog: Vec<Dialog>,
    /// How the program is stopped.
    #[serde(default)]
    pub stop: Stop,
    /// Where figures of usage come from.
    #[serde(default)]
    pub usage: Usage,
    /// State rules, tried in order within a source; sources from most to least trusted.
    #[serde(default, rename = "rule")]
    pub rules: Vec<Rule>,
}
