//! Queries as they are seen.

use super::super::Step;
use super::super::parts::Asked;
use super::super::state::State;
use crate::domain::id::{AgentName, ORCHESTRATOR};
use crate::domain::query::{Asker, QueryId, Stage};
use crate::domain::record::{Record, Talked};
use crate::domain::time::rfc3339;
use crate::domain::view::{Answer, QueryView};

/// Bytes of all texts in one list: an answer travels in one frame of 1 MiB, as JSON.
const MAX_LISTED: usize = 384 * 1024;
/// Open queries that a status tells of, and characters of each.
const IN_STATUS: (usize, usize) = (32, 200);
/// Characters of a text in a line of the journal.
const IN_JOURNAL: usize = 300;

impl Step<'_> {
    /// What concerns the caller: what waits for its answer, then answers it has not heard, then the rest. Who
    /// looks has seen it.
    pub(super) fn list_queries(&mut self, who: &Asker, all: bool) -> Answer {
        let mut bytes = 0;
        let mut listed: Vec<(QueryId, QueryView)> = Vec::new();
        for asked in self.state.concerning(who, all) {
            bytes += asked.query.message.len() + asked.answer.as_ref().map_or(0, |(_, text)| text.len());
            if bytes > MAX_LISTED {
                break;
            }
            listed.push((asked.query.id, asked.view()));
        }
        for (id, _) in &listed {
            self.looked_at(*id, who);
        }
        let now = |(id, seen): (QueryId, QueryView)| self.state.query(id).map_or(seen, Asked::view);
        Answer::Queries { queries: listed.into_iter().map(now).collect() }
    }

    /// Somebody has seen a query, which delivers it to whom it was put, and its answer to who asked.
    pub(super) fn looked_at(&mut self, query: QueryId, who: &Asker) {
        let Some(asked) = self.state.query(query) else { return };
        if asked.stage == Stage::Waiting && who.pane() == Some(&asked.query.to) {
            self.record(Record::Talk(Box::new(Talked::Delivered { query })));
        } else if asked.query.from == *who {
            self.heard(query);
        }
    }
}

/// A line of the journal, which names whom it concerns before it; none for what would only be noise there.
pub(in crate::engine) fn told(talked: &Talked) -> Option<String> {
    let short = |text: &str| cut(text, IN_JOURNAL);
    Some(match talked {
        Talked::Asked(query) => {
            let (id, to, priority) = (query.id, &query.to, query.priority.word());
            let message = short(&query.message);
            match query.from.pane() {
                Some(_) => format!("asks {to} ({priority}), query {id}: {message}"),
                None => format!("is asked by {} ({priority}), query {id}: {message}", query.from),
            }
        }
        Talked::Answered { query, by, message } => match by.pane() {
            Some(_) => format!("answers query {query}: {}", short(message)),
            None => format!("{by} answers query {query}: {}", short(message)),
        },
        Talked::Dropped { query, why } => format!("query {query} dropped: {why}"),
        Talked::State { state: Some(state), task, .. } if task.is_empty() => format!("says it is {state}"),
        Talked::State { state: Some(state), task, .. } => format!("says it is {state}: {task}"),
        Talked::State { state: None, task, .. } => format!("works on: {task}"),
        Talked::Complete { summary, .. } => format!("says it is done: {}", short(summary)),
        Talked::Delivered { .. } | Talked::Heard { .. } => return None,
    })
}

/// A text on one line, shortened.
fn cut(text: &str, chars: usize) -> String {
    let line = text.lines().map(str::trim).filter(|l| !l.is_empty()).collect::<Vec<_>>().join(" ");
    match line.chars().count() > chars {
        true => line.chars().take(chars).collect::<String>() + "…",
        false => line,
    }
}

impl State {
    /// The queries that concern somebody, in the order in which they should be looked at.
    #[must_use]
    pub fn concerning(&self, who: &Asker, all: bool) -> Vec<&Asked> {
        let to_it = |a: &Asked| match who {
            Asker::Lead => true,
            Asker::Pane(name) => a.query.to == *name,
            Asker::Program(_) => a.query.to.as_str() == ORCHESTRATOR,
        };
        // Answers and ends are news to who asked; a person sees those of everybody.
        let news = |a: &Asked| !a.stage.open() && !a.heard && (a.query.from == *who || *who == Asker::Lead);
        let rank = |a: &Asked| match a.stage.open() {
            true if to_it(a) => Some(0),
            false if news(a) => Some(1),
            true if a.query.from == *who => Some(2),
            false if all && (a.query.from == *who || to_it(a)) => Some(3),
            _ => None,
        };
        let mut found: Vec<(u8, &Asked)> = self.queries.iter().filter_map(|a| Some((rank(a)?, a))).collect();
        found.sort_by_key(|(rank, a)| (*rank, std::cmp::Reverse(a.query.priority), a.query.id));
        found.into_iter().map(|(_, a)| a).collect()
    }

    /// Queries that wait for an agent's answer, the most urgent first.
    pub(super) fn asked_of(&self, name: &AgentName) -> Vec<&Asked> {
        let mut found: Vec<&Asked> =
            self.queries.iter().filter(|a| a.stage.open() && a.query.to == *name).collect();
        found.sort_by_key(|a| (std::cmp::Reverse(a.query.priority), a.query.id));
        found
    }

    /// Queries without an answer, oldest first, in short.
    pub(in crate::engine) fn open_queries(&self) -> Vec<QueryView> {
        let (most, chars) = IN_STATUS;
        let open = self.queries.iter().filter(|a| a.stage.open()).take(most);
        let short = |a: &Asked| {
            let mut view = a.view();
            view.query.message = cut(&view.query.message, chars);
            view
        };
        open.map(short).collect()
    }
}

impl Asked {
    /// As people and programs see it.
    #[must_use]
    pub fn view(&self) -> QueryView {
        QueryView {
            query: self.query.clone(),
            stage: self.stage,
            asked: rfc3339(self.at),
            answer: self.answer.as_ref().map(|(_, text)| text.clone()),
            why: self.why.clone(),
        }
    }
}
