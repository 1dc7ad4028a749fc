//! The team and everything else a checked configuration says.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::conduct::Conduct;
pub use super::gates::Gate;
use super::gates::Verify;
use super::id::AgentName;
use super::incident::case::Fleet;
use super::plan::Plan;
use super::prefs::Prefs;
use super::profile::Profile;
use super::review;
use super::train::Who;

/// One agent of the team.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct AgentSpec {
    /// Its name.
    pub name: AgentName,
    /// What it is, for people: `Security Engineer`.
    pub role: String,
    /// What it looks after, for prompts.
    pub domain: String,
    /// Its branch; empty in a team without worktrees.
    pub branch: String,
    /// Paths it mostly works in.
    pub focus: Vec<String>,
    /// Whose work it builds on.
    pub after: Vec<AgentName>,
    /// The profile's name.
    pub profile: String,
    /// The message of its merge into the target; empty: the first line of its own commit.
    pub message: String,
    /// Whether its pane is recorded.
    #[serde(default = "yes")]
    pub record: bool,
}

fn yes() -> bool {
    true
}

/// How the panes of a tab are laid out.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Layout {
    /// Rows and columns of panes.
    Grid,
    /// The chosen pane large, the others small beside it.
    Focus,
    /// The chosen pane open, of the others a line each.
    Stack,
    /// The chosen pane and nothing else.
    One,
    /// The table with one row an agent.
    Monitor,
    /// The incident that a fleet works on: triage, findings, causes, postmortem.
    Incident,
    /// The project that follows a workflow: its tasks, when they are done, what waits for a person.
    Workflow,
}

impl Layout {
    /// Those of panes and agents, in the order in which a key goes through them. [`Self::Incident`] and
    /// [`Self::Workflow`] are not among them: a tab has them by configuration alone.
    pub const ALL: [Self; 5] = [Self::Grid, Self::Focus, Self::Stack, Self::One, Self::Monitor];

    /// As `orchestra.toml` has it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Grid => "grid",
            Self::Focus => "focus",
            Self::Stack => "stack",
            Self::One => "one",
            Self::Monitor => "monitor",
            Self::Incident => "incident",
            Self::Workflow => "workflow",
        }
    }

    /// Whether it shows panes: neither a row for every agent nor what the session is about.
    #[must_use]
    pub fn has_panes(self) -> bool {
        !matches!(self, Self::Monitor | Self::Incident | Self::Workflow)
    }
}

/// One tab of the dashboard.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Tab {
    /// Its title.
    pub name: String,
    /// What it shows.
    pub layout: Layout,
    /// Its panes in reading order.
    pub panes: Vec<AgentName>,
    /// Columns of the grid; 0 means as many as fit.
    pub columns: u16,
    /// How wide its columns are beside one another, from the left; empty: all alike.
    #[serde(default)]
    pub widths: Vec<u16>,
    /// How tall its rows are beside one another, from the top; empty: all alike.
    #[serde(default)]
    pub heights: Vec<u16>,
}

impl Tab {
    /// A tab whose columns and rows are all alike, as many as fit.
    #[must_use]
    pub fn new(name: impl Into<String>, layout: Layout, panes: Vec<AgentName>) -> Self {
        Self { name: name.into(), layout, panes, columns: 0, widths: Vec::new(), heights: Vec::new() }
    }

    /// Puts a tab of that layout, without panes, before the others, unless one of them has that layout. It is called
    /// `name`, with a number behind it where another is called so.
    pub fn put_first(tabs: &mut Vec<Self>, name: &str, layout: Layout) {
        if tabs.iter().any(|t| t.layout == layout) {
            return;
        }
        let taken = |name: &String| tabs.iter().any(|t| t.name == *name);
        let numbered = (2..).map(|n| format!("{name} {n}"));
        let name = std::iter::once(name.to_owned()).chain(numbered).find(|name| !taken(name));
        tabs.insert(0, Self::new(name.unwrap_or_default(), layout, Vec::new()));
    }
}

/// How branches come together.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Merge {
    /// The branch that takes the work; empty in a team without worktrees.
    pub target: String,
    /// Groups in order; within a group the order given is used.
    pub order: Vec<Vec<AgentName>>,
    /// Author and committer of merges; none: the program itself.
    #[serde(default)]
    pub author: Option<Who>,
    /// When gates run on what a train builds.
    #[serde(default)]
    pub testing: Testing,
    /// When the target moves.
    #[serde(default)]
    pub landing: Landing,
    /// Whether merges are signed.
    #[serde(default)]
    pub sign: Signing,
    /// Settings of git that name programs (filters, merge drivers, signing), beside the user's global ones and before
    /// them.
    #[serde(default)]
    pub programs: BTreeMap<String, String>,
}

/// When gates run on what a train builds.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Testing {
    /// Once, on the result.
    End,
    /// After every step.
    Each,
    /// On the result; where that is red, the guilty step is looked for by halves.
    #[default]
    Bisect,
}

/// When the target moves.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Landing {
    /// Once, when the whole train is green: all or nothing.
    #[default]
    End,
    /// After every step that is green.
    Each,
}

/// Whether merges are signed.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Signing {
    /// As the user's own git is set up: with `commit.gpgSign` they are, or there is no merge.
    #[default]
    AsGit,
    /// Not, whatever git is set up to do.
    Never,
}

/// A checked configuration with all data files read.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Config {
    /// The session's name, also the last folder of its directory.
    pub session: String,
    /// Root of session directories; empty for the user data directory.
    pub session_dir: String,
    /// Whether every agent has a worktree on a branch of its own. Without, the session needs no repository, each agent
    /// works in a plain folder, and every branch is empty.
    #[serde(default = "yes")]
    pub worktrees: bool,
    /// The agents in order.
    pub team: Vec<AgentSpec>,
    /// The tabs in order.
    pub tabs: Vec<Tab>,
    /// Focus groups by name.
    pub focus: BTreeMap<String, Vec<AgentName>>,
    /// What a focus group is about, for prompts; groups without a text are missing.
    pub areas: BTreeMap<String, String>,
    /// The gates in order.
    pub gates: Vec<Gate>,
    /// How they are run.
    #[serde(default)]
    pub verify: Verify,
    /// Merge target and order.
    pub merge: Merge,
    /// What a review points out.
    #[serde(default)]
    pub review: review::Rules,
    /// What is recorded, and how much of it.
    #[serde(default)]
    pub record: super::recording::Rules,
    /// How the dashboard is wanted.
    #[serde(default)]
    pub prefs: Prefs,
    /// A command run by `sh -c` in each new worktree before its agent starts; may be empty.
    pub setup: String,
    /// Names of environment variables handed on to panes beside the built-in allow-list.
    pub pass_env: Vec<String>,
    /// The orchestrator's program and arguments as they are written, see [`Config::conductor`]; empty for the
    /// user's shell.
    pub orchestrator: Vec<String>,
    /// The prompt that an agent program there is sent once it is ready; empty: none.
    #[serde(default)]
    pub orchestrator_prompt: String,
    /// How the session is conducted.
    pub conduct: Conduct,
    /// Profiles by name.
    pub profiles: BTreeMap<String, Profile>,
    /// Plans by name.
    pub plans: BTreeMap<String, Plan>,
    /// Prompt templates by name.
    pub prompts: BTreeMap<String, String>,
    /// What makes the team an incident fleet; none: it is no such fleet.
    #[serde(default)]
    pub fleet: Option<Box<Fleet>>,
}

impl AgentSpec {
    /// An agent of which nothing is known but its name.
    #[must_use]
    pub fn bare(name: AgentName) -> Self {
        Self {
            name,
            role: String::new(),
            domain: String::new(),
            branch: String::new(),
            focus: Vec::new(),
            after: Vec::new(),
            profile: String::new(),
            message: String::new(),
            record: true,
        }
    }
}

impl Config {
    /// The configuration of a session that is nothing but a record: a team on one tab, without profiles, plans and the
    /// rest.
    #[must_use]
    pub fn bare(session: &str, team: Vec<AgentSpec>) -> Self {
        let panes = team.iter().map(|a| a.name.clone()).collect();
        let tab = Tab::new("Panes", Layout::Grid, panes);
        Self {
            session: session.to_owned(),
            session_dir: String::new(),
            worktrees: true,
            team,
            tabs: vec![tab],
            focus: BTreeMap::new(),
            areas: BTreeMap::new(),
            gates: Vec::new(),
            verify: Verify::default(),
            merge: Merge::default(),
            review: review::Rules::default(),
            record: super::recording::Rules::default(),
            prefs: Prefs::default(),
            setup: String::new(),
            pass_env: Vec::new(),
            orchestrator: Vec::new(),
            orchestrator_prompt: String::new(),
            conduct: Conduct::default(),
            profiles: BTreeMap::new(),
            plans: BTreeMap::new(),
            prompts: BTreeMap::new(),
            fleet: None,
        }
    }

    /// The agent of that name.
    #[must_use]
    pub fn agent(&self, name: &AgentName) -> Option<&AgentSpec> {
        self.team.iter().find(|a| a.name == *name)
    }

    /// Whether what that pane shows is recorded.
    #[must_use]
    pub fn records(&self, name: &AgentName) -> bool {
        self.agent(name).map_or(self.record.orchestrator, |a| a.record)
    }

    /// The merge order as one sequence; agents it does not name come last, in team order.
    #[must_use]
    pub fn merge_sequence(&self) -> Vec<AgentName> {
        let mut all: Vec<AgentName> = self.merge.order.iter().flatten().cloned().collect();
        for agent in &self.team {
            if !all.contains(&agent.name) {
                all.push(agent.name.clone());
            }
        }
        all
    }
}

/// The agents of a cycle in `after`, in order, or `None` when there is none.
#[must_use]
pub fn after_cycle(team: &[AgentSpec]) -> Option<Vec<AgentName>> {
    let edges: BTreeMap<&AgentName, &[AgentName]> =
        team.iter().map(|a| (&a.name, a.after.as_slice())).collect();
    super::plan::find_cycle(team.iter().map(|a| &a.name), |n| edges.get(n).copied().unwrap_or(&[]))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn agent(name: &str, after: &[&str]) -> AgentSpec {
        AgentSpec {
            branch: format!("b-{name}"),
            after: after.iter().map(|a| AgentName::new(a).unwrap()).collect(),
            profile: "shell".into(),
            ..AgentSpec::bare(AgentName::new(name).unwrap())
        }
    }

    #[test]
    fn a_cycle_is_named_agent_by_agent() {
        assert_eq!(after_cycle(&[agent("A", &[]), agent("B", &["A"])]), None);
        let cycle = after_cycle(&[agent("A", &["C"]), agent("B", &["A"]), agent("C", &["B"])]);
        let names: Vec<String> = cycle.unwrap().iter().map(ToString::to_string).collect();
        assert_eq!(names, ["A", "C", "B", "A"]);
        assert!(after_cycle(&[agent("A", &["A"])]).is_some());
    }
}
