//! Usage limits: when they are over, and going on by itself where the user allows it.
//!
//! A limit's text stays on the screen long after the limit. So it counts as answered once
//! somebody submitted something into the pane; what answered it must lead to work, or to the
//! same text once more, within [`QUIET`].

use std::time::Duration;

use super::Step;
use super::dispatch::Prompting;
use super::draft::Purpose;
use super::evidence::QUIET;
use super::letter::Letter;
use super::parts::Limit;
use super::state::{Agent, State};
use crate::domain::conduct::AfterLimit;
use crate::domain::id::AgentName;
use crate::domain::record::Record;
use crate::domain::reset;
use crate::domain::state::AgentState;
use crate::domain::time::Time;

/// How long after its reset a limit is believed to be over; doubled for each further attempt.
const MARGIN: Duration = Duration::from_secs(60);
/// Attempts to go on by itself.
pub(super) const MAX_ATTEMPTS: u8 = 3;
/// A limit that comes back this soon after an attempt counts that attempt on.
const SAME: Duration = Duration::from_secs(600);
/// What is sent where the project has no prompt of the name [`PROMPT`].
const GO_ON: &str = "The limit is over; go on with what you were doing.";
/// The prompt's name.
const PROMPT: &str = "continue";

/// When the engine must look at an agent's limit again.
pub(super) fn deadline(state: &State, agent: &Agent) -> Option<Time> {
    let waits = (agent.activity == AgentState::Limited).then_some(agent.limit.as_ref()).flatten();
    let over = waits.and_then(due).filter(|at| *at > state.now.wall).map(|at| {
        let ms = u64::try_from(at.saturating_sub(state.now.wall)).unwrap_or(0);
        state.now.plus(Duration::from_millis(ms))
    });
    let answered = agent.evidence.answered.map(|t| t.plus(QUIET)).filter(|t| *t > state.now);
    [over, answered].into_iter().flatten().min()
}

/// Whether an agent's limit is over by its own word, so that a prompt may go in.
pub(super) fn over(agent: &Agent, now: Time) -> bool {
    agent.limit.as_ref().and_then(reset_at).is_some_and(|at| at <= now.wall)
}

/// When a limit is believed to be over, in milliseconds since 1970.
fn reset_at(limit: &Limit) -> Option<i64> {
    Some(limit.until?.saturating_add(margin()))
}

/// When its agent may be told to go on, in milliseconds since 1970.
fn due(limit: &Limit) -> Option<i64> {
    let reset = reset_at(limit)?;
    let wait = margin() << limit.attempt.min(MAX_ATTEMPTS);
    Some(if limit.attempt == 0 { reset } else { reset.max(limit.at.wall.saturating_add(wait)) })
}

fn margin() -> i64 {
    i64::try_from(MARGIN.as_millis()).unwrap_or(0)
}

impl Step<'_> {
    /// Notes when the limit that an agent is at will be over, where its text says so.
    pub(super) fn limited(&mut self, name: &AgentName) {
        let now = self.now;
        let offset = self.state.info.utc_offset;
        let Some(agent) = self.state.agent_mut(name) else { return };
        if agent.activity != AgentState::Limited || agent.pin.is_some() {
            agent.evidence.limit_text = None;
            return;
        }
        let Some(winner) = agent.evidence.winner(agent, now) else { return };
        let Some(text) = winner.reset.clone() else { return };
        let old = winner.why == agent.why;
        if agent.evidence.limit_text.as_ref() == Some(&text) {
            return;
        }
        agent.evidence.limit_text = Some(text.clone());
        let until = reset::parse(&text, now.wall, offset);
        let known = agent.limit.as_ref();
        // A countdown says the same again; so does the screen to a server that just took over.
        let same = known.filter(|l| l.seen >= agent.since).is_some_and(|l| match (l.until, until) {
            _ if old => true,
            (Some(a), Some(b)) => a.abs_diff(b) < 90_000,
            (a, b) => a == b,
        });
        if !same {
            let recent = known.filter(|l| l.attempt > 0 && now - l.at < SAME);
            let attempt = recent.map_or(0, |l| l.attempt);
            self.record(Record::Limit { agent: name.clone(), until, attempt });
        }
    }

    /// Something was submitted into the pane of an agent: what it says of a limit is history,
    /// unless it says it again.
    pub(super) fn answered_limit(&mut self, name: &AgentName) {
        let now = self.now;
        let Some(agent) = self.state.agent(name) else { return };
        if agent.activity != AgentState::Limited {
            return;
        }
        let text = super::fusion::rule_text(agent);
        let spent = self.state.profile(agent).and_then(|p| self.state.rules.limit(&p.name, &text));
        let Some(agent) = self.state.agent_mut(name) else { return };
        agent.evidence.spent = spent;
        agent.evidence.answered = Some(now);
        agent.evidence.touched = Some(now);
        agent.evidence.screen_at = u64::MAX;
        agent.evidence.screen_due = Some(now.plus(super::fusion::SETTLE));
    }

    /// Tells an agent to go on once its limit is over, if the user wants that.
    pub(super) fn go_on(&mut self, name: &AgentName) {
        if self.state.config.conduct.after_limit != AfterLimit::Continue || self.state.closing {
            return;
        }
        let now = self.now;
        let Some(agent) = self.state.agent(name) else { return };
        let Some(limit) = agent.limit.as_ref().filter(|l| l.attempt < MAX_ATTEMPTS) else { return };
        let waits = agent.activity == AgentState::Limited && agent.pin.is_none() && agent.queue.is_empty();
        let answered = agent.evidence.answered.is_some_and(|t| now - t < QUIET);
        if !waits || answered || due(limit).is_none_or(|at| at > now.wall) {
            return;
        }
        let (until, attempt) = (limit.until, limit.attempt + 1);
        self.record(Record::Limit { agent: name.clone(), until, attempt });
        if self.state.config.prompts.contains_key(PROMPT) {
            let letter = Letter::of_template(name.clone(), PROMPT, None, "");
            return self.draft(Purpose::Send(None), vec![letter]);
        }
        if let Err(why) = self.enqueue(name, &Prompting::Text(GO_ON.into(), 0), None) {
            self.record(Record::Note { text: format!("{name}: failed to go on after its limit: {why}") });
        }
    }
}
