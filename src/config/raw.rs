//! `orchestra.toml` as it is written, before its names and limits are checked.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::prefs::{Keys, Themes, Ui};
use crate::domain::conduct::{AfterLimit, Alert, Bare, Occasion, Ripple};
use crate::domain::gates::Baseline;
use crate::domain::incident::triage::Priority;
use crate::domain::profile::{Dialogs, Rule};
use crate::domain::review::{Convention, MessageCheck, PathRule, SecretRule};
use crate::domain::team::{Landing, Layout, Signing, Testing};

/// The whole file.
#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Raw {
    pub session: Session,
    pub team: Team,
    #[serde(rename = "tab")]
    pub tabs: Vec<Tab>,
    pub focus: BTreeMap<String, Focus>,
    pub run: Run,
    pub signals: Signals,
    pub notify: Notify,
    #[serde(rename = "hook")]
    pub hooks: Vec<Hook>,
    #[serde(rename = "gate")]
    pub gates: Vec<Gate>,
    pub verify: Verify,
    pub policy: BTreeMap<String, toml::Value>,
    pub merge: Merge,
    pub review: Review,
    pub record: Record,
    pub incident: Option<Incident>,
    pub ui: Ui,
    pub keys: Keys,
    #[serde(rename = "theme")]
    pub themes: Themes,
    #[serde(rename = "profile")]
    pub profiles: BTreeMap<String, ProfileChange>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Session {
    pub name: String,
    pub dir: String,
    pub setup: String,
    pub pass_env: Vec<String>,
    pub orchestrator: Program,
    pub orchestrator_prompt: String,
}

impl Default for Session {
    fn default() -> Self {
        Self {
            name: String::from("sprint"),
            dir: String::new(),
            setup: String::new(),
            pass_env: Vec::new(),
            orchestrator: Program::default(),
            orchestrator_prompt: String::from("orchestrate"),
        }
    }
}

/// A program's name alone, or with arguments.
#[derive(Deserialize)]
#[serde(untagged, expecting = "expected a program, or a list of a program and its arguments")]
pub(super) enum Program {
    Alone(String),
    With(Vec<String>),
}

impl Default for Program {
    fn default() -> Self {
        Self::With(Vec::new())
    }
}

impl Program {
    /// It and its arguments; an empty name is no program.
    pub fn argv(&self) -> &[String] {
        match self {
            Self::Alone(program) if program.is_empty() => &[],
            Self::Alone(program) => std::slice::from_ref(program),
            Self::With(argv) => argv,
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Team {
    pub profile: Option<String>,
    pub worktrees: bool,
    #[serde(rename = "agent")]
    pub agents: Vec<Agent>,
}

impl Default for Team {
    fn default() -> Self {
        Self { profile: None, worktrees: true, agents: Vec::new() }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Agent {
    pub name: String,
    pub role: Option<String>,
    #[serde(default)]
    pub domain: String,
    pub branch: Option<String>,
    #[serde(default)]
    pub focus: Vec<String>,
    #[serde(default)]
    pub after: Vec<String>,
    pub profile: Option<String>,
    pub record: Option<bool>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Tab {
    pub name: String,
    #[serde(default = "grid")]
    pub layout: Layout,
    #[serde(default)]
    pub panes: Vec<String>,
    #[serde(default)]
    pub columns: i64,
    #[serde(default)]
    pub widths: Vec<i64>,
    #[serde(default)]
    pub heights: Vec<i64>,
}

fn grid() -> Layout {
    Layout::Grid
}

/// The members alone, or with what the group is about.
#[derive(Deserialize)]
#[serde(untagged, expecting = "expected a list of agents, or a table with `agents` and `area`")]
pub(super) enum Focus {
    Agents(Vec<String>),
    About(FocusTable),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct FocusTable {
    pub agents: Vec<String>,
    #[serde(default)]
    pub area: String,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Run {
    pub ripple: Ripple,
    pub after_limit: AfterLimit,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Signals {
    pub phrase: Option<String>,
    pub bare: Bare,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Notify {
    pub alert: Alert,
    pub on: Option<Vec<Occasion>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Hook {
    pub on: Vec<Occasion>,
    pub run: String,
    pub timeout: Option<i64>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Gate {
    pub name: String,
    pub run: Option<String>,
    pub timeout: Option<i64>,
    #[serde(default)]
    pub dir: String,
    pub ready: Option<bool>,
    #[serde(default)]
    pub env: Vec<String>,
    pub output: Option<i64>,
    pub retries: Option<i64>,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Verify {
    pub parallel: Option<i64>,
    pub baseline: Baseline,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Merge {
    pub target: String,
    pub order: Vec<Vec<String>>,
    pub messages: BTreeMap<String, String>,
    pub author: String,
    pub testing: Testing,
    pub landing: Landing,
    pub sign: Signing,
    pub programs: BTreeMap<String, String>,
}

impl Default for Merge {
    fn default() -> Self {
        Self {
            target: String::from("main"),
            order: Vec::new(),
            messages: BTreeMap::new(),
            author: String::new(),
            testing: Testing::default(),
            landing: Landing::default(),
            sign: Signing::default(),
            programs: BTreeMap::new(),
        }
    }
}

/// What a review points out; entries replace the built-in ones of their names, or add to them.
#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Review {
    pub message: MessageCheck,
    pub off: Vec<String>,
    pub binary_kib: Option<i64>,
    pub text_kib: Option<i64>,
    #[serde(rename = "convention")]
    pub conventions: Vec<Convention>,
    #[serde(rename = "rule")]
    pub paths: Vec<PathRule>,
    #[serde(rename = "secret")]
    pub secrets: Vec<SecretRule>,
}

/// What is recorded.
#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Record {
    pub keys: bool,
    pub secrets: Vec<String>,
    pub orchestrator: Option<bool>,
    pub compress: Option<bool>,
    pub pane_quota: Option<i64>,
    pub session_quota: Option<i64>,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
pub(super) struct ProfileChange {
    pub argv: Option<Vec<String>>,
    pub env: BTreeMap<String, String>,
    pub dialogs: Option<Dialogs>,
    pub hook: Option<bool>,
    pub mcp: Option<bool>,
    pub submit: SubmitChange,
    #[serde(rename = "rule")]
    pub rules: Vec<Rule>,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
pub(super) struct SubmitChange {
    pub settle_ms: Option<u64>,
    pub bracketed: Option<bool>,
    pub ready: Option<String>,
    pub composer: Option<String>,
    pub commands: Option<Vec<String>>,
    pub verify_ms: Option<u64>,
}

/// An incident fleet.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Incident {
    pub coordinator: String,
    pub approve: Option<Vec<Priority>>,
    pub approve_timeout: Option<i64>,
    pub deadline: Option<i64>,
    pub write_deadline: Option<i64>,
    pub window: Option<i64>,
    pub look_back: Option<i64>,
}
