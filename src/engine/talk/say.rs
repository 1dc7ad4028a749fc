//! What an agent says of itself.

use std::time::Duration;

use super::super::Step;
use super::words;
use crate::domain::command::Caller;
use crate::domain::id::AgentName;
use crate::domain::profile::Source;
use crate::domain::query::MAX_TASK;
use crate::domain::record::{Record, Talked};
use crate::domain::signal::printable;
use crate::domain::state::AgentState;
use crate::domain::time::Time;
use crate::domain::view::Answer;

/// Times an agent may say within [`WITHIN`] what it does.
pub const MAX_SAID: usize = 12;
/// See [`MAX_SAID`].
pub const WITHIN: Duration = Duration::from_secs(60);
/// How long the same said again is no news.
const SAME: Duration = Duration::from_secs(10);
/// Longest summary of what was done, in characters.
const MAX_SUMMARY: usize = 1000;

impl Step<'_> {
    pub(super) fn say_state(
        &mut self,
        caller: &Caller,
        state: Option<AgentState>,
        task: &str,
    ) -> Result<Answer, String> {
        let agent =
            self.speaker(caller, "say what an agent does", "`orchestra pin AGENT STATE` lays it down")?;
        if let Some(state) = state.filter(|s| !AgentState::PINNABLE.contains(s)) {
            let list = AgentState::PINNABLE.map(AgentState::word).join(", ");
            return Err(format!(
                "say that {agent} is `{state}`: only {list} can be said; `orchestra ready` claims"
            ));
        }
        let task = one_line(task);
        let size = task.chars().count();
        if size > MAX_TASK {
            return Err(format!("take a task of {size} characters: at most {MAX_TASK}"));
        }
        if state.is_none() && task.is_empty() {
            return Err("say nothing: give a state, a task or both".into());
        }
        let said = match (state, task.is_empty()) {
            (Some(state), true) => format!("{agent} says it is {state}"),
            (Some(state), false) => format!("{agent} says it is {state}: {task}"),
            (None, _) => format!("{agent} works on: {task}"),
        };
        if !self.said_just_now(&agent, state, &task) {
            self.may_say(&agent)?;
            self.record(Record::Talk(Box::new(Talked::State { agent, state, task })));
        }
        Ok(Answer::Done { text: said })
    }

    /// Whether it said just that a moment ago, and that still counts.
    fn said_just_now(&self, agent: &AgentName, state: Option<AgentState>, task: &str) -> bool {
        self.state.agent(agent).is_some_and(|a| {
            let same = |(at, s, t): &(Time, Option<AgentState>, String)| {
                self.now - *at < SAME && *s == state && t == task
            };
            a.said.back().is_some_and(same) && state.is_none_or(|s| a.evidence.stands(Source::Report, s))
        })
    }

    /// Refuses to keep more of what an agent says than anybody reads.
    fn may_say(&self, agent: &AgentName) -> Result<(), String> {
        let recent = |(at, ..): &&(Time, Option<AgentState>, String)| self.now - *at < WITHIN;
        let said = self.state.agent(agent).map_or(0, |a| a.said.iter().filter(recent).count());
        if said < MAX_SAID {
            return Ok(());
        }
        let seconds = WITHIN.as_secs();
        Err(format!("say what {agent} does: it did {said} times within {seconds} s; go on, and say it later"))
    }

    pub(super) fn say_complete(&mut self, caller: &Caller, summary: &str) -> Result<Answer, String> {
        let agent = self.speaker(caller, "say that a task is done", "`orchestra status` shows who is")?;
        let summary = one_line(&words("complete with", summary)?);
        let size = summary.chars().count();
        if size > MAX_SUMMARY {
            return Err(format!("take a summary of {size} characters: at most {MAX_SUMMARY}"));
        }
        self.may_say(&agent)?;
        let claims = self.state.agent(&agent).is_some_and(|a| a.spec.is_some());
        let said = summary.clone();
        self.record(Record::Talk(Box::new(Talked::Complete { agent: agent.clone(), summary })));
        self.tasks_reported(&agent, &said);
        let claims = match claims {
            true => {
                "; this claims nothing: `orchestra ready` (or mark_ready) claims that the branch can be merged"
            }
            false => "",
        };
        Ok(Answer::Done { text: format!("noted that {agent} is done{claims}") })
    }

    /// Who speaks for itself.
    fn speaker(&self, caller: &Caller, doing: &str, instead: &str) -> Result<AgentName, String> {
        let name =
            caller.pane().ok_or_else(|| format!("{doing}: an agent says it in its own pane; {instead}"))?;
        self.one(name).map(|a| a.name.clone())
    }
}

fn one_line(text: &str) -> String {
    printable(text).split_whitespace().collect::<Vec<_>>().join(" ")
}
