//! What agents say of themselves and to each other.
//!
//! A query waits until its agent rests and is then put to it as a prompt like any other, one at a time; the answer
//! goes back the same way. Both are also found by who looks. What is under way is read off the dispatches: a record
//! of a dispatch says which query it brings, so that no lost server can bring one twice or forget it.

mod ask;
mod brief;
mod bring;
mod folded;
mod list;
mod say;

use super::Step;
use super::parts::Asked;
use super::state::State;
use crate::domain::command::{Caller, Talk};
use crate::domain::query::{Asker, MAX_TEXT, QueryId, Stage};
use crate::domain::signal::printable;
use crate::domain::view::{Answer, Fault};

pub(super) use self::bring::deadline;
pub(super) use self::folded::{begins_anew, brought, fold, subject, taken_late};
pub(super) use self::list::told;

/// Queries that are over and are still known: the latest.
pub const MAX_OVER: usize = 200;
/// Prompts in vain with one query or one answer before no more are made.
pub const MAX_TRIES: u8 = 5;
/// Longest name of a program that asks, in characters.
const MAX_CLIENT: usize = 64;

impl Step<'_> {
    /// Carries out what an agent says of itself or to another.
    pub(super) fn talk(&mut self, caller: &Caller, talk: Talk) -> Result<Answer, String> {
        match talk {
            Talk::Ask { to, message, priority, about, key } => {
                self.ask_agent(asker(caller), to, &message, priority, about, key)
            }
            Talk::Answer { query, message } => self.answer_query(asker(caller), query, &message),
            Talk::Queries { all } => Ok(self.list_queries(&asker(caller), all)),
            Talk::State { state, task } => self.say_state(caller, state, &task),
            Talk::Complete { summary } => self.say_complete(caller, &summary),
            Talk::Briefing { agent } => self.briefing(caller, agent),
        }
    }

    /// The answer to who waits for a query to be over; none while it is not.
    pub(super) fn over(&self, query: QueryId) -> Option<Answer> {
        match self.state.query(query) {
            Some(asked) if asked.query_open() => None,
            Some(asked) => Some(Answer::Query(Box::new(asked.view()))),
            None => Some(Answer::Fault { fault: Fault::Usage, why: no_query(query) }),
        }
    }
}

impl State {
    /// The query of that number, if it is still known.
    #[must_use]
    pub fn query(&self, id: QueryId) -> Option<&Asked> {
        self.queries.iter().find(|a| a.query.id == id)
    }

    fn query_mut(&mut self, id: QueryId) -> Option<&mut Asked> {
        self.queries.iter_mut().find(|a| a.query.id == id)
    }
}

impl Asked {
    /// Whether somebody may still answer it.
    #[must_use]
    pub fn query_open(&self) -> bool {
        self.stage.open()
    }
}

/// Who it is that calls. An agent speaks in no other's name.
fn asker(caller: &Caller) -> Asker {
    match caller {
        Caller::Pane(name) | Caller::Mcp { pane: Some(name), .. } => Asker::Pane(name.clone()),
        Caller::Outside => Asker::Lead,
        Caller::Mcp { client, pane: None } => {
            Asker::Program(printable(client.trim()).chars().take(MAX_CLIENT).collect())
        }
    }
}

/// How far a query is, for people.
pub(super) fn how_far(asked: &Asked) -> String {
    let (id, to) = (asked.query.id, &asked.query.to);
    match asked.stage {
        Stage::Waiting if asked.held.is_empty() => format!("query {id} waits until {to} rests"),
        Stage::Waiting => format!("query {id} waits for {to}: {}", asked.held),
        Stage::Delivered => format!("{to} has query {id} and has not answered"),
        Stage::Answered => format!("query {id} is answered"),
        Stage::Dropped => format!("query {id} was dropped: {}", asked.why),
    }
}

fn no_query(id: QueryId) -> String {
    format!("find query {id}; `orchestra queries --all` lists those that are known")
}

/// A text as it is kept and shown: line by line, nothing in it that a terminal acts on or an eye cannot see.
///
/// # Errors
/// When nothing is left of it, or it is too long.
fn words(doing: &str, text: &str) -> Result<String, String> {
    if text.len() > MAX_TEXT {
        let size = text.len();
        return Err(format!(
            "{doing} {size} bytes: at most {MAX_TEXT}; put the text into a file of your branch and name that"
        ));
    }
    let lines: Vec<String> = text.trim().lines().map(|l| printable(l).trim_end().to_owned()).collect();
    match lines.iter().all(String::is_empty) {
        true => Err(format!("{doing} nothing: the text is empty")),
        false => Ok(lines.join("\n")),
    }
}
