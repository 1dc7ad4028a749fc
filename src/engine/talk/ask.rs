//! Asking and answering, and what keeps two agents from doing nothing else.

use std::time::Duration;

use super::super::Step;
use super::super::event::ReplyTo;
use super::super::parts::{Asked, Goal};
use super::{asker, no_query, words};
use crate::domain::command::Caller;
use crate::domain::id::{AgentName, ORCHESTRATOR};
use crate::domain::query::{Asker, MAX_KEY, Priority, Query, QueryId, Stage};
use crate::domain::record::{Record, Talked};
use crate::domain::view::{Answer, Fault};

/// Queries without an answer that one asker may have with one agent.
pub const MAX_OPEN_EACH: usize = 3;
/// Queries without an answer in all.
pub const MAX_OPEN: usize = 128;
/// Times a thread may be taken up again: queries that come of queries.
pub const MAX_DEPTH: u8 = 4;
/// How long the same text is not put to the same agent again.
pub const SAME: Duration = Duration::from_secs(600);
/// Queries that one asker may begin within [`WITHIN`]; people any number.
pub const MAX_ASKED: usize = 12;
/// See [`MAX_ASKED`].
pub const WITHIN: Duration = Duration::from_secs(600);
/// How an agent reaches a person.
const PERSON: &str = "or ask a person with `orchestra state asking --note \"...\"`";

impl Step<'_> {
    pub(super) fn ask_agent(
        &mut self,
        from: Asker,
        to: AgentName,
        message: &str,
        priority: Priority,
        about: Option<QueryId>,
        key: Option<String>,
    ) -> Result<Answer, String> {
        self.one(&to)?;
        if from.pane() == Some(&to) {
            return Err(format!("ask {to}: that is you; ask another, {PERSON}"));
        }
        let key = key.filter(|k| !k.is_empty());
        if let Some(key) = &key {
            let size = key.chars().count();
            if size > MAX_KEY {
                return Err(format!("take a key of {size} characters: at most {MAX_KEY}"));
            }
            let same = |a: &&Asked| a.query.from == from && a.query.key.as_ref() == Some(key);
            if let Some(earlier) = self.state.queries.iter().rev().find(same) {
                return Ok(Answer::Query(Box::new(earlier.view())));
            }
        }
        let message = words(&format!("ask {to}"), message)?;
        let parent = self.parent(&from, &to, about)?;
        self.damp(&from, &to, &message, parent.as_ref())?;
        let id = self.state.queries.iter().map(|a| a.query.id).max().unwrap_or(0) + 1;
        let (thread, depth) = parent.map_or((id, 0), |p| (p.thread, p.depth.saturating_add(1)));
        let query = Query { id, thread, depth, from, to, priority, message, key };
        self.record(Record::Talk(Box::new(Talked::Asked(query))));
        self.shown_query(id)
    }

    /// The query that this one comes of: the one named, or the one that the asker has from that agent and has
    /// not answered.
    fn parent(&self, from: &Asker, to: &AgentName, about: Option<QueryId>) -> Result<Option<Query>, String> {
        let Some(id) = about else {
            let back = |a: &&Asked| {
                a.stage == Stage::Delivered
                    && from.pane() == Some(&a.query.to)
                    && a.query.from.pane() == Some(to)
            };
            return Ok(self.state.queries.iter().rev().find(back).map(|a| a.query.clone()));
        };
        let found = self.state.query(id).ok_or_else(|| no_query(id))?;
        let own = |name: &AgentName| found.query.to == *name || found.query.from.pane() == Some(name);
        match from.pane() {
            Some(name) if !own(name) => Err(format!(
                "ask about query {id}: it is between {} and {}",
                found.query.from, found.query.to
            )),
            _ => Ok(Some(found.query.clone())),
        }
    }

    /// Refuses what looks like talk for its own sake.
    fn damp(
        &self,
        from: &Asker,
        to: &AgentName,
        message: &str,
        parent: Option<&Query>,
    ) -> Result<(), String> {
        let all = || self.state.queries.iter();
        if all().filter(|a| a.stage.open()).count() >= MAX_OPEN {
            return Err(format!("ask {to}: {MAX_OPEN} queries wait for answers; answer some first"));
        }
        if *from == Asker::Lead {
            return Ok(());
        }
        let first = self.first_of_own(from);
        if let Some(parent) = parent.filter(|p| p.depth >= MAX_DEPTH) {
            let id = parent.id;
            return Err(format!(
                "ask {to}: {} queries of this thread came of each other; answer what was asked of you first \
                 (`orchestra answer {id} \"...\"`), {PERSON}",
                MAX_DEPTH + 1
            ));
        }
        let recent = |a: &&Asked, within| a.query.from == *from && self.now - a.at < within;
        let same = |a: &&Asked| recent(a, SAME) && a.query.to == *to && a.query.message == message;
        if let Some(same) = all().find(same) {
            return Err(format!(
                "ask {to} the same again: it is query {} ({}); `orchestra queries --all` shows its answer",
                same.query.id,
                same.stage.word()
            ));
        }
        let open: Vec<String> = all()
            .filter(|a| a.stage.open() && a.query.from == *from && a.query.to == *to)
            .map(|a| a.query.id.to_string())
            .collect();
        if open.len() >= MAX_OPEN_EACH {
            let open = open.join(", ");
            return Err(format!(
                "ask {to}: it has not answered your queries {open} yet; wait for them{first}, {PERSON}"
            ));
        }
        if all().filter(|a| recent(a, WITHIN)).count() >= MAX_ASKED {
            let minutes = WITHIN.as_secs() / 60;
            return Err(format!(
                "ask {to}: you asked {MAX_ASKED} times within {minutes} minutes; go on with what you know{first}, {PERSON}"
            ));
        }
        Ok(())
    }

    /// What to do first, where something was asked of who asks.
    fn first_of_own(&self, from: &Asker) -> String {
        let own = |a: &&Asked| a.stage.open() && from.pane() == Some(&a.query.to);
        let own = self.state.queries.iter().find(own).map(|a| a.query.id);
        own.map_or(String::new(), |id| format!(", answer what was asked of you first (query {id})"))
    }

    pub(super) fn answer_query(&mut self, by: Asker, id: QueryId, message: &str) -> Result<Answer, String> {
        let found = self.state.query(id).ok_or_else(|| no_query(id))?;
        let to = &found.query.to;
        let may = match &by {
            Asker::Lead => true,
            Asker::Pane(name) => name == to,
            // A program outside that conducts stands where the orchestrator's pane does.
            Asker::Program(_) => to.as_str() == ORCHESTRATOR,
        };
        if !may {
            return Err(format!("answer query {id}: it was asked of {to}; only it or a person answers"));
        }
        match (found.stage, &found.answer) {
            (Stage::Answered, Some((who, _))) => {
                return Err(format!("answer query {id}: it was answered by {who} already"));
            }
            (Stage::Dropped, _) => {
                return Err(format!("answer query {id}: it was dropped: {}", found.why));
            }
            _ => {}
        }
        let message = words(&format!("answer query {id} with"), message)?;
        self.record(Record::Talk(Box::new(Talked::Answered { query: id, by, message })));
        self.shown_query(id)
    }

    fn shown_query(&self, id: QueryId) -> Result<Answer, String> {
        let found = self.state.query(id).ok_or_else(|| no_query(id))?;
        Ok(Answer::Query(Box::new(found.view())))
    }

    /// Has a caller wait until a query is over.
    pub(in crate::engine) fn wait_for_answer(
        &mut self,
        caller: &Caller,
        reply: Option<ReplyTo>,
        query: QueryId,
        limit: Duration,
    ) {
        let Some(found) = self.state.query(query) else {
            return self.reply(reply, Answer::Fault { fault: Fault::Usage, why: no_query(query) });
        };
        let hears = found.query.from == asker(caller);
        self.add_waiter(reply, Vec::new(), Goal::Answer { query, hears }, limit);
    }

    /// Who asked has heard the answer, if there is one.
    pub(in crate::engine) fn heard(&mut self, query: QueryId) {
        let unheard = |a: &Asked| a.stage == Stage::Answered && !a.heard;
        if self.state.query(query).is_some_and(unheard) {
            self.record(Record::Talk(Box::new(Talked::Heard { query })));
        }
    }
}
