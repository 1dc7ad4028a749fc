//! The prompt composer: a text of several lines or a prompt of the library, the agents it is for, and what each of
//! them would get.

mod act;
mod draw;
mod text;

pub(super) use self::act::{edit, edited, paste, perform, prompts_for_plan, rendered, take, unrendered};
pub(super) use self::draw::{area, draw, size, skip, tick_areas};
pub(super) use self::text::Text;
use super::actions::Action;
use crate::domain::command::{Command, Target, What};
use crate::domain::id::AgentName;
use crate::domain::prompt::MAX_FILLED;
use crate::engine::state::State;

/// A prompt being written.
#[derive(Clone, Debug)]
pub(super) struct Composer {
    pub text: Text,
    pub ticks: Vec<(AgentName, bool)>,
    at: usize,
    part: Part,
    /// Which stage or focus group was ticked last, and what it is called.
    group: Option<String>,
    model: Model,
    preview: Preview,
    /// How far back in what was sent before, from 0; none: what is written now.
    past: Option<usize>,
    /// What was being written before that.
    present: Vec<String>,
}

/// What the keys are for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Part {
    Text,
    People,
    Preview,
}

/// What is sent.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Model {
    /// The text as it is.
    Plain,
    /// The text with its placeholders filled in.
    Filled,
    /// A prompt of the library by its name, or a word that finds one.
    Named(String),
}

/// What one agent would get.
#[derive(Clone, Debug, Default)]
struct Preview {
    /// Whose is seen: a place among those that are ticked.
    at: usize,
    /// Whose was asked for and is not there yet.
    asked: Option<AgentName>,
    /// What came.
    shown: Option<Shown>,
    scroll: usize,
}

/// What came of asking.
#[derive(Clone, Debug)]
struct Shown {
    agent: AgentName,
    /// The template's name.
    prompt: String,
    bytes: usize,
    text: Result<Vec<String>, String>,
}

impl Composer {
    /// For those of the team that `ticked` says, going on with `lines`.
    pub fn new(state: &State, ticked: impl Fn(&AgentName) -> bool, lines: Vec<String>) -> Self {
        let ticks = state.team().map(|a| (a.name.clone(), ticked(&a.name))).collect();
        Self {
            text: Text::new(lines),
            ticks,
            at: 0,
            part: Part::Text,
            group: None,
            model: Model::Plain,
            preview: Preview::default(),
            past: None,
            present: Vec::new(),
        }
    }

    pub fn part(&self) -> Part {
        self.part
    }

    /// Those it is for.
    fn ticked(&self) -> Vec<&AgentName> {
        self.ticks.iter().filter(|(_, on)| *on).map(|(n, _)| n).collect()
    }

    /// The focus group it is for, where exactly that is ticked; else empty.
    fn focus(&self) -> &str {
        self.group.as_deref().and_then(|g| g.strip_prefix("focus ")).unwrap_or_default()
    }

    /// What would be sent, or what is missing.
    fn what(&self) -> Result<What, String> {
        match &self.model {
            Model::Named(name) => return Ok(What::Prompt(name.clone())),
            _ if self.text.is_empty() => return Err("nothing to send yet: write the prompt first".into()),
            Model::Plain => return Ok(What::Text(self.text.whole())),
            Model::Filled => {}
        }
        let size = self.text.bytes();
        if size > MAX_FILLED {
            return Err(format!(
                "the text has {size} bytes, and placeholders are filled in of at most {MAX_FILLED}: ‹fill-in› \
                 sends it as it is"
            ));
        }
        Ok(What::Fill(self.text.whole()))
    }

    /// The command that sends it, or what is missing.
    pub fn command(&self) -> Result<Command, String> {
        let what = self.what()?;
        let names = self.ticked();
        if names.is_empty() {
            return Err("for nobody yet: Tab, then Space ticks an agent and `a` all".into());
        }
        let targets = if names.len() == self.ticks.len() {
            vec![Target("all".into())]
        } else if !self.focus().is_empty() {
            vec![Target(format!("focus:{}", self.focus()))]
        } else {
            names.iter().map(|n| Target(n.to_string())).collect()
        };
        Ok(Command::Send { targets, what, terms: Default::default() })
    }

    pub fn tick(&mut self, at: usize) {
        if let Some((_, on)) = self.ticks.get_mut(at) {
            *on = !*on;
            self.at = at;
            self.group = None;
        }
    }

    fn tick_all(&mut self) {
        let all = self.ticks.iter().all(|(_, on)| *on);
        self.ticks.iter_mut().for_each(|(_, on)| *on = !all);
        self.group = None;
    }

    /// Ticks the group after the one ticked last.
    fn tick_group(&mut self, groups: &[(String, Vec<AgentName>)]) {
        if groups.is_empty() {
            return;
        }
        let last = self.group.as_ref().and_then(|name| groups.iter().position(|(g, _)| g == name));
        let (name, members) = &groups[last.map_or(0, |i| (i + 1) % groups.len())];
        self.ticks.iter_mut().for_each(|(n, on)| *on = members.contains(n));
        self.group = Some(name.clone());
    }

    fn step(&mut self, by: isize) {
        let last = self.ticks.len().saturating_sub(1);
        self.at = self.at.saturating_add_signed(by).min(last);
    }

    /// Asks what the agent that is looked at would get, unless that is there or on its way.
    fn look(&mut self) -> Vec<Action> {
        let names: Vec<AgentName> = self.ticked().into_iter().cloned().collect();
        self.preview.at = self.preview.at.min(names.len().saturating_sub(1));
        let (Some(agent), Ok(what)) = (names.get(self.preview.at).cloned(), self.what()) else {
            self.preview = Preview::default();
            return Vec::new();
        };
        let there = self.preview.shown.as_ref().is_some_and(|s| s.agent == agent);
        if there || self.preview.asked.as_ref() == Some(&agent) {
            return Vec::new();
        }
        self.preview.shown = None;
        self.preview.scroll = 0;
        self.preview.asked = Some(agent.clone());
        vec![Action::Do(Command::Render { agent, what, group: self.focus().to_owned() })]
    }

    /// Something else is sent from now on: what was seen of it is of no use.
    fn forget(&mut self) {
        self.preview = Preview::default();
    }
}
