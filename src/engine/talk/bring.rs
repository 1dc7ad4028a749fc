//! Bringing queries to agents that rest, and answers to who asked.
//!
//! What is already on its way to an agent goes first: tasks of a plan, prompts of people. A task that only follows
//! from one that has just ended goes before a query too, unless that is urgent.

use std::time::Duration;

use super::super::Step;
use super::super::dispatch::{Prompting, Template};
use super::super::event::Intake;
use super::super::evidence::BY_WORD;
use super::super::letter::{Model, about};
use super::super::obstacle::{draft_deadline, is_deleted};
use super::super::parts::{Asked, Goal};
use super::super::state::State;
use super::MAX_TRIES;
use crate::domain::id::AgentName;
use crate::domain::profile::Profile;
use crate::domain::prompt::{QueryVar, Vars};
use crate::domain::query::{Priority, Stage};
use crate::domain::record::{Brings, Record, Talked};
use crate::domain::state::AgentState;
use crate::domain::time::Time;

/// The template that puts a query to an agent.
const QUERY: &str = "query";
/// The template that brings the answer.
const ANSWER: &str = "answer";
/// How long after a prompt in vain the next is made.
pub(super) const AGAIN: Duration = Duration::from_secs(30);

/// When something that waits may be brought.
pub(in crate::engine) fn deadline(state: &State) -> Option<Time> {
    let waiting = state.queries.iter().filter_map(|a| Some((a, state.agent(goes_to(a)?)?)));
    let due = waiting.filter_map(|(a, agent)| {
        let draft = draft_deadline(agent, state.now);
        Some(a.again).filter(|t| *t > state.now).into_iter().chain(draft).min()
    });
    due.min()
}

/// Whom something of a query is still to be brought to.
fn goes_to(asked: &Asked) -> Option<&AgentName> {
    match asked.stage {
        Stage::Waiting => Some(&asked.query.to),
        Stage::Answered if !asked.heard && asked.tries < MAX_TRIES => asked.query.from.pane(),
        Stage::Answered | Stage::Delivered | Stage::Dropped => None,
    }
}

impl State {
    /// Whether what an agent is asked waits for a person: it is the orchestrator, and no program of an agent runs there.
    #[must_use]
    pub fn only_people_answer(&self, name: &AgentName) -> bool {
        let agent = self.agent(name).filter(|a| a.spec.is_none());
        agent.is_some_and(|a| self.profile(a).is_none_or(Profile::is_shell))
    }

    /// The oldest of the most urgent queries that wait for a person.
    #[must_use]
    pub fn asked_of_people(&self) -> Option<&Asked> {
        let open = self.queries.iter().filter(|a| a.stage.open() && self.only_people_answer(&a.query.to));
        open.min_by_key(|a| (std::cmp::Reverse(a.query.priority), a.query.id))
    }
}

impl Step<'_> {
    /// Puts to each agent that rests the most urgent of what waits for it.
    pub(in crate::engine) fn bring_all(&mut self, names: &[AgentName]) {
        if self.state.queries.iter().all(|a| goes_to(a).is_none()) {
            return;
        }
        self.drop_in_vain();
        for name in names {
            if self.takes_prompts(name) {
                self.bring(name);
            }
        }
    }

    /// Gives up what was tried often enough.
    fn drop_in_vain(&mut self) {
        let vain = |a: &&Asked| a.stage == Stage::Waiting && a.tries >= MAX_TRIES;
        let vain: Vec<(u64, String)> = self
            .state
            .queries
            .iter()
            .filter(vain)
            .map(|a| (a.query.id, format!("{} did not take it in {MAX_TRIES} tries: {}", a.query.to, a.held)))
            .collect();
        for (query, why) in vain {
            self.record(Record::Talk(Box::new(Talked::Dropped { query, why })));
        }
    }

    /// Whether an agent rests and nothing else is on its way to it.
    fn takes_prompts(&self, name: &AgentName) -> bool {
        let Some(agent) = self.state.agent(name) else { return false };
        let Some(profile) = self.state.profile(agent) else { return false };
        let pane = &agent.pane;
        // Who says that it is blocked may wait for just this. Who calls for a person is left to that person.
        let blocked = matches!(agent.activity, AgentState::Blocked | AgentState::Unknown);
        let idle = agent.activity == AgentState::Idle || (blocked && agent.why.rule == BY_WORD);
        let rests = pane.pid.is_some() && !pane.past && idle;
        let free = agent.queue.is_empty() && !self.state.drafts.iter().any(|d| d.is_for(name));
        let written = pane.draft || pane.leftover.is_some();
        rests
            && free
            && !self.state.closing
            && !profile.is_shell()
            && pane.intake == Intake::Taken
            && (!written || is_deleted(self.state, agent, profile, self.now))
    }

    fn bring(&mut self, name: &AgentName) {
        // What a task has come to is looked at first: another may follow.
        let unsettled = self.state.agent(name).is_some_and(|a| a.inspecting) && self.has_running_task(name);
        let least = if unsettled { Priority::Urgent } else { Priority::Low };
        let due = |a: &&Asked| {
            let ripe = a.again <= self.now && a.query.priority >= least;
            goes_to(a) == Some(name) && ripe && !self.waited_for(a)
        };
        // Who got an answer goes on with it; who is asked begins something new.
        let rank = |a: &&Asked| (std::cmp::Reverse(a.query.priority), a.stage == Stage::Waiting, a.query.id);
        let Some(asked) = self.state.queries.iter().filter(due).min_by_key(rank).cloned() else { return };
        let id = asked.query.id;
        let (model, brings) = match asked.stage {
            Stage::Waiting => (QUERY, Brings::Query(id)),
            _ => (ANSWER, Brings::Answer(id)),
        };
        let Some(agent) = self.state.agent(name) else { return };
        let vars = Vars { query: variables(&asked), ..about(self.state, agent, "") };
        let (model, vars) = (Model::Named(model.into()), Box::new(vars));
        let prompting = Prompting::Template(Template { model, vars, brings: Some(brings) });
        if let Err(why) = self.enqueue(name, &prompting, None) {
            // Nothing of the pane stands in its way: the template does, or a limit.
            match brings {
                Brings::Query(query) => {
                    self.record(Record::Talk(Box::new(Talked::Dropped { query, why })));
                }
                Brings::Answer(query) => self.record(Record::Talk(Box::new(Talked::Heard { query }))),
            }
        }
    }

    /// Whether who asked waits for the answer somewhere else.
    fn waited_for(&self, asked: &Asked) -> bool {
        let goal = Goal::Answer { query: asked.query.id, hears: true };
        asked.stage == Stage::Answered && self.state.waiters.iter().any(|w| w.goal == goal)
    }
}

/// What the templates speak of.
fn variables(asked: &Asked) -> QueryVar {
    let query = &asked.query;
    let lines = |text: &str| text.lines().map(str::to_owned).collect();
    let (by, answer) =
        asked.answer.as_ref().map_or((String::new(), Vec::new()), |(by, text)| (by.to_string(), lines(text)));
    QueryVar {
        number: query.id,
        asker: query.from.to_string(),
        back: query.from.pane().map(ToString::to_string).unwrap_or_default(),
        to: query.to.to_string(),
        priority: query.priority.word().to_owned(),
        lines: lines(&query.message),
        by,
        answer,
    }
}
