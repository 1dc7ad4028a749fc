//! One prompt for one agent before it is text: which template is meant, and what it may speak of.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::draft::Briefs;
use super::state::{Agent, State};
use super::targets::unknown;
use crate::domain::brief::Work;
use crate::domain::choice::{Choice, WORDS};
use crate::domain::command::Target;
use crate::domain::id::AgentName;
use crate::domain::prompt::{ENHANCEMENT, MAX_FILLED, OWN, Vars, example, fill, names, render, sendable};
use crate::domain::suggest::suggest;

/// As long as a dispatch's code, for prompts that are only tried.
pub(super) const CODE: &str = "xxxxxx";

/// A prompt for one agent.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(in crate::engine) struct Letter {
    /// To whom.
    pub(super) agent: AgentName,
    words: Words,
    /// The focus group it is sent to; may be empty.
    group: String,
}

#[derive(Clone, PartialEq, Eq, Debug)]
enum Words {
    /// Ready to be sent, with the number of control characters taken out.
    Text(Arc<str>, u64),
    Template(Model),
    /// A template, with suggestions made from the facts.
    Suggested(Model),
}

/// What a text is made from.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Model {
    /// The template of that name.
    Named(String),
    /// A text of the sender's own.
    Own(Arc<str>),
}

impl Model {
    /// What it is called.
    pub(super) fn name(&self) -> &str {
        match self {
            Self::Named(name) => name,
            Self::Own(_) => OWN,
        }
    }
}

impl Letter {
    /// Text as it will be sent, and how many control characters were taken out of it.
    pub(super) fn of_text(agent: AgentName, text: Arc<str>, removed: u64) -> Self {
        Self { agent, words: Words::Text(text, removed), group: String::new() }
    }

    /// An empty one: for what only asks about an agent.
    pub(super) fn to(agent: AgentName) -> Self {
        Self::of_text(agent, Arc::default(), 0)
    }

    /// A template by its own name. `word` is the choice that led to it.
    pub(super) fn of_template(agent: AgentName, template: &str, word: Option<&str>, group: &str) -> Self {
        let template = Model::Named(template.to_owned());
        let words = match word.map(Choice::of) {
            Some(Choice::Suggested) => Words::Suggested(template),
            _ => Words::Template(template),
        };
        Self { agent, words, group: group.to_owned() }
    }

    /// A text of the sender's own, whose placeholders are filled in.
    ///
    /// # Errors
    /// When it is longer than can be filled in.
    pub(super) fn own(agent: AgentName, text: &Arc<str>, group: &str) -> Result<Self, String> {
        if text.len() > MAX_FILLED {
            let size = text.len();
            return Err(format!(
                "fill in a text of {size} bytes: at most {MAX_FILLED}; send it as it is, or put it into prompts/"
            ));
        }
        Ok(Self { agent, words: Words::Template(Model::Own(text.clone())), group: group.to_owned() })
    }

    /// The template that `word` means for an agent: a name, or one of [`WORDS`] for the prompt of
    /// its task in the plan that runs, else in the enhancement plan.
    ///
    /// # Errors
    /// When there is none, with the nearest names.
    pub(super) fn chosen(state: &State, agent: AgentName, word: &str, group: &str) -> Result<Self, String> {
        let choice = Choice::of(word);
        known(state, &choice)?;
        let base = match &choice {
            Choice::Named(_) => String::new(),
            _ => base(state, &agent).ok_or_else(|| {
                format!("find a task of {agent} whose prompt `{word}` could be; name a prompt")
            })?,
        };
        let template = choice.template(&state.config.prompts, &base, agent.as_str());
        Ok(Self::of_template(agent, &template, Some(word), group))
    }

    /// What it is made from; none for text.
    pub(super) fn model(&self) -> Option<&Model> {
        match &self.words {
            Words::Text(..) => None,
            Words::Template(model) | Words::Suggested(model) => Some(model),
        }
    }

    /// The text; empty for a template.
    pub(super) fn text(&self) -> (Arc<str>, u64) {
        match &self.words {
            Words::Text(text, removed) => (text.clone(), *removed),
            _ => (Arc::default(), 0),
        }
    }
}

/// Refuses a choice that names no template.
pub(super) fn known(state: &State, choice: &Choice) -> Result<(), String> {
    match choice {
        Choice::Named(name) if !state.config.prompts.contains_key(name) || !sendable(name) => {
            Err(unknown("prompt", name, WORDS.into_iter().chain(names(&state.config.prompts))))
        }
        _ => Ok(()),
    }
}

/// The template of an agent's task as its plan names it.
fn base(state: &State, agent: &AgentName) -> Option<String> {
    let run = state.running();
    let plan = state.config.plans.get(run.map_or(ENHANCEMENT, |r| r.plan.as_str()))?;
    let bound = plan.bind(&state.config.team, &state.groups()).ok()?;
    let open = |id: &str| run.is_some_and(|r| r.tasks.iter().any(|t| t.bound.id == id && !t.state.ended()));
    let own: Vec<_> = bound.into_iter().filter(|b| b.agent == *agent).collect();
    own.iter().find(|b| open(&b.id)).or(own.first()).map(|b| b.prompt.clone())
}

/// The focus group that is meant where exactly one target is given and it is one; else empty.
pub(super) fn group(targets: &[Target]) -> &str {
    match targets {
        [Target(only)] => only.strip_prefix("focus:").unwrap_or_default(),
        _ => "",
    }
}

/// Writes a template out.
///
/// # Errors
/// When there is no such template or it does not render.
pub(super) fn write(state: &State, model: &Model, vars: &Vars) -> Result<String, String> {
    let prompts = &state.config.prompts;
    let template = match model {
        Model::Named(name) => name.as_str(),
        Model::Own(text) => return fill(prompts, text, vars).map_err(|e| e.to_string()),
    };
    if !prompts.contains_key(template) {
        return Err(unknown("prompt", template, names(prompts)));
    }
    render(prompts, template, vars).map_err(|e| e.to_string())
}

/// Tries a letter on an example, so that a template that cannot work is refused before git is asked.
pub(super) fn check(state: &State, letter: &Letter) -> Result<(), String> {
    let Some(model) = letter.model() else { return Ok(()) };
    let agent = state.agent(&letter.agent).ok_or_else(|| format!("no agent {}", letter.agent))?;
    let example = example::brief();
    let mut vars = about(state, agent, &letter.group);
    for list in [&mut vars.reasons, &mut vars.focus, &mut vars.suggestions] {
        if list.is_empty() {
            list.push("example".into());
        }
    }
    for member in &mut vars.team {
        member.work = example.work.clone();
    }
    if vars.incident.name.is_empty() {
        vars.incident = example::incident();
    }
    if vars.workflow.project.is_empty() {
        vars.workflow = example::workflow();
    }
    let vars = Vars { code: CODE.into(), conflict: example::conflict(), ..vars.with(example) };
    write(state, model, &vars).map(|_| ())
}

/// What a letter may speak of, all but the code.
///
/// # Errors
/// When the agent's own branch could not be read.
pub(super) fn vars(state: &State, letter: &Letter, briefs: &Briefs) -> Result<Vars, String> {
    let agent = state.agent(&letter.agent).ok_or_else(|| format!("no agent {}", letter.agent))?;
    let mut vars = about(state, agent, &letter.group);
    if agent.spec.is_none() {
        let all: BTreeSet<&String> = briefs.values().flatten().flat_map(|b| &b.tech).collect();
        vars.tech = all.into_iter().cloned().collect();
        for member in &mut vars.team {
            let found = briefs.iter().find(|(name, _)| name.as_str() == member.name).map(|(_, b)| b);
            member.work = match found {
                Some(Ok(brief)) => brief.work.clone(),
                Some(Err(why)) => unread(why),
                None => Work::default(),
            };
        }
        return Ok(vars);
    }
    let brief = match briefs.get(&agent.name) {
        Some(Ok(brief)) => brief.clone(),
        Some(Err(why)) => return Err(format!("failed to read the branch of {}: {why}", agent.name)),
        None => return Err(format!("git said nothing of the branch of {}", agent.name)),
    };
    if matches!(letter.words, Words::Suggested(_)) {
        vars.suggestions = suggest(&brief, &super::gaps::known(state, agent));
    }
    Ok(vars.with(brief))
}

/// A branch that could not be read, for a prompt about the whole team.
fn unread(why: &str) -> Work {
    Work { problems: vec![format!("its branch cannot be read: {why}")], ..Work::default() }
}

/// Everything that is known without git.
pub(super) fn about(state: &State, agent: &Agent, group: &str) -> Vars {
    let mut vars = Vars::of(&state.config, &agent.name);
    for member in &mut vars.team {
        let known = state.team().find(|a| a.name == *member.name);
        member.state = known.map(|a| a.state().to_string()).unwrap_or_default();
    }
    Vars {
        base: agent.base.as_ref().map(|b| b.0.chars().take(12).collect()).unwrap_or_default(),
        reasons: agent.reasons.clone(),
        group: group.to_owned(),
        area: state.config.areas.get(group).cloned().unwrap_or_default(),
        session_dir: state.info.dir.clone(),
        repository: state.info.repository.clone(),
        incident: super::incident::incident_var(state, &agent.name),
        workflow: super::workflow::brief_of(state, &agent.name),
        conflict: state
            .conflict
            .iter()
            .find(|(a, _)| *a == agent.name)
            .map(|(_, c)| c.clone())
            .unwrap_or_default(),
        ..vars
    }
}
