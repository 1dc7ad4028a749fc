//! Prompt templates: minijinja, with every variable documented here and no other.

pub mod example;
mod incident;
mod library;
pub mod lint;
pub mod variables;

use std::collections::BTreeMap;

use serde::Serialize;

pub use self::incident::{IncidentVar, KindVar};
pub use self::library::{BUILT_IN, Library, PromptError};
use super::brief::{Brief, Upstream, Work};
use super::command::Caller;
use super::id::AgentName;
use super::rights::{Say, Tool};
use super::team::Config;
use super::train::ConflictVar;
use super::workflow::brief::TaskBrief;

/// What a text whose placeholders are filled in is called where something is wrong with it.
pub const OWN: &str = "own text";
/// The plan whose prompts are meant where none runs.
pub const ENHANCEMENT: &str = "enhancement";
/// The longest text whose placeholders are filled in, in bytes.
pub const MAX_FILLED: usize = 256 * 1024;

/// What a template may use.
#[derive(Clone, Debug, Serialize, Default)]
pub struct Vars {
    /// The agent's name.
    pub agent: String,
    /// Its role.
    pub role: String,
    /// What it looks after.
    pub domain: String,
    /// Its branch.
    pub branch: String,
    /// The recorded base, the commit to squash on (12 digits).
    pub base: String,
    /// The branch that takes the work.
    pub target: String,
    /// The session's name.
    pub session: String,
    /// Paths the agent mostly works in.
    pub focus: Vec<String>,
    /// The gates.
    pub gates: Vec<GateVar>,
    /// The command of the first gate that readiness asks for; may be empty.
    pub build: String,
    /// The dispatch's claim code.
    pub code: String,
    /// The phrase of a claim.
    pub phrase: String,
    /// Why a claim was refused.
    pub reasons: Vec<String>,
    /// Free text of the sender; may be empty.
    pub extra: String,
    /// What the branch holds beyond its base.
    pub work: Work,
    /// The branches of the agents it builds on.
    pub upstream: Vec<Upstream>,
    /// Technologies the repository has: `{% if 'kubernetes' in tech %}`.
    pub tech: Vec<String>,
    /// The whole team in order.
    pub team: Vec<MemberVar>,
    /// The merge order: groups of names.
    pub order: Vec<Vec<String>>,
    /// The focus group this prompt was sent to; may be empty.
    pub group: String,
    /// What that group is about; may be empty.
    pub area: String,
    /// The session's directory.
    pub session_dir: String,
    /// The repository's top.
    pub repository: String,
    /// What to do next, told from the facts of the branch, the weightiest first; only where the
    /// sender chose `suggested`.
    pub suggestions: Vec<String>,
    /// The conflict the agent is to solve; empty in all other prompts.
    pub conflict: ConflictVar,
    /// The stages of the enhancement plan: groups of names.
    pub stages: Vec<Vec<String>>,
    /// The tools of which a person decides when this agent calls them.
    pub asks: Vec<String>,
    /// The tools this agent may not use.
    pub denied: Vec<String>,
    /// The query that is put to the agent, or answered; empty in all other prompts.
    pub query: QueryVar,
    /// The incident the team works on; empty in all sessions but those of fleets.
    pub incident: IncidentVar,
    /// The task of a project that the agent has; empty where it has none.
    pub workflow: TaskBrief,
}

/// A query between agents as templates see it.
#[derive(Clone, Debug, Serialize, Default)]
pub struct QueryVar {
    /// Its number.
    pub number: u64,
    /// Who asked.
    pub asker: String,
    /// The agent to ask back; empty where nobody is.
    pub back: String,
    /// Who was asked.
    pub to: String,
    /// How urgent.
    pub priority: String,
    /// The message, line by line.
    pub lines: Vec<String>,
    /// Who answered; empty before.
    pub by: String,
    /// The answer, line by line.
    pub answer: Vec<String>,
}

/// An agent of the team as templates see it.
#[derive(Clone, Debug, Serialize, Default)]
pub struct MemberVar {
    /// Its name.
    pub name: String,
    /// Its role.
    pub role: String,
    /// What it looks after.
    pub domain: String,
    /// Its branch.
    pub branch: String,
    /// Whose work it builds on.
    pub after: Vec<String>,
    /// Its state's word.
    pub state: String,
    /// The message of its merge.
    pub message: String,
    /// What its branch holds; only in prompts for the orchestrator.
    pub work: Work,
}

/// A gate as templates see it.
#[derive(Clone, Debug, Serialize)]
pub struct GateVar {
    /// Its name.
    pub name: String,
    /// Its command.
    pub run: String,
}

/// The prompts that come along for a sprint: one for all and one for each role of the default
/// team, for improving and for wrapping up, and two for the orchestrator.
pub const LIBRARY: [&str; 20] = [
    "enhance",
    "enhance-arch",
    "enhance-plat",
    "enhance-sec",
    "enhance-obs",
    "enhance-net",
    "enhance-ops",
    "enhance-qa",
    "enhance-docs",
    "wrap-up",
    "wrap-up-arch",
    "wrap-up-plat",
    "wrap-up-sec",
    "wrap-up-obs",
    "wrap-up-net",
    "wrap-up-ops",
    "wrap-up-qa",
    "wrap-up-docs",
    "orchestrate",
    "orchestrator-review",
];

/// Whether a template of that name is a prompt of its own. One that begins with `_` is a part that
/// others include or extend; one with a `/` is what a project's file replaced.
#[must_use]
pub fn sendable(name: &str) -> bool {
    !name.starts_with('_') && !name.contains('/')
}

/// The names of the prompts that can be sent, sorted.
pub fn names(prompts: &BTreeMap<String, String>) -> impl Iterator<Item = &str> {
    prompts.keys().map(String::as_str).filter(|name| sendable(name))
}

/// The prompt for that agent where a prompt for everybody is called `base`: `base-<name in lower
/// case>` where there is one, else `base`.
#[must_use]
pub fn role_prompt<'a>(prompts: &'a BTreeMap<String, String>, base: &'a str, agent: &str) -> &'a str {
    let own = format!("{base}-{}", agent.to_lowercase());
    prompts.get_key_value(&own).map_or(base, |(name, _)| name)
}

/// Renders the template `name` of `prompts`.
///
/// # Errors
/// When there is no such template, its syntax or that of a template it uses is wrong, or a variable is
/// used that [`Vars`] does not have.
pub fn render(prompts: &BTreeMap<String, String>, name: &str, vars: &Vars) -> Result<String, PromptError> {
    Library::of(prompts, name)?.render(name, vars)
}

/// Fills in the placeholders of a text, which may use the templates of `prompts`.
///
/// # Errors
/// As [`render`].
pub fn fill(prompts: &BTreeMap<String, String>, text: &str, vars: &Vars) -> Result<String, PromptError> {
    let mut all = prompts.clone();
    all.insert(OWN.to_owned(), text.to_owned());
    render(&all, OWN, vars)
}

impl Vars {
    /// What the configuration says of `agent`; what only a session or git knows is left empty.
    #[must_use]
    pub fn of(config: &Config, agent: &AgentName) -> Self {
        let spec = config.agent(agent);
        let text = |take: fn(&super::team::AgentSpec) -> &String| spec.map(take).cloned().unwrap_or_default();
        let gate = |g: &super::team::Gate| GateVar { name: g.name.clone(), run: g.run.clone() };
        let member = |a: &super::team::AgentSpec| MemberVar {
            name: a.name.to_string(),
            role: a.role.clone(),
            domain: a.domain.clone(),
            branch: a.branch.clone(),
            after: a.after.iter().map(ToString::to_string).collect(),
            message: a.message.clone(),
            ..MemberVar::default()
        };
        Self {
            agent: agent.to_string(),
            role: text(|s| &s.role),
            domain: text(|s| &s.domain),
            branch: text(|s| &s.branch),
            target: config.merge.target.clone(),
            session: config.session.clone(),
            focus: spec.map(|s| s.focus.clone()).unwrap_or_default(),
            gates: config.gates.iter().map(gate).collect(),
            build: config.gates.iter().find(|g| g.ready).map(|g| g.run.clone()).unwrap_or_default(),
            phrase: format!("[AGENT] {agent} {}", config.conduct.phrase),
            team: config.team.iter().map(member).collect(),
            order: order(config),
            stages: stages(config),
            asks: tools(config, agent, Say::Confirm),
            denied: tools(config, agent, Say::Deny),
            ..Self::default()
        }
    }

    /// The same with the facts of the agent's branch.
    #[must_use]
    pub fn with(self, brief: Brief) -> Self {
        Self { work: brief.work, upstream: brief.upstream, tech: brief.tech, ..self }
    }
}

/// The merge order; agents it does not name come last, together.
fn order(config: &Config) -> Vec<Vec<String>> {
    let words = |group: &[AgentName]| group.iter().map(ToString::to_string).collect::<Vec<_>>();
    let named: Vec<Vec<String>> = config.merge.order.iter().map(|g| words(g)).collect();
    let done: usize = named.iter().map(Vec::len).sum();
    let rest = words(config.merge_sequence().get(done..).unwrap_or_default());
    named.into_iter().chain([rest]).filter(|g| !g.is_empty()).collect()
}

/// The stages of the enhancement plan; those that the team leaves empty are not there.
fn stages(config: &Config) -> Vec<Vec<String>> {
    let bound = config.plans.get(ENHANCEMENT).and_then(|plan| plan.bind(&config.team, &config.focus).ok());
    let mut stages: BTreeMap<usize, Vec<String>> = BTreeMap::new();
    for task in bound.into_iter().flatten() {
        let stage = stages.entry(task.stage).or_default();
        let name = task.agent.to_string();
        if !stage.contains(&name) {
            stage.push(name);
        }
    }
    stages.into_values().collect()
}

/// The tools of which the policy says that to calls from that agent's pane.
fn tools(config: &Config, agent: &AgentName, says: Say) -> Vec<String> {
    let standing = Caller::Pane(agent.clone()).standing();
    let all = Tool::ALL.into_iter().filter(|t| config.conduct.policy.says(standing, *t) == says);
    all.map(|t| t.word().to_owned()).collect()
}

#[cfg(test)]
mod tests;
