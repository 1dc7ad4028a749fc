//! What a pane printed before what is kept in memory: asked for, awaited, and put above it.

use std::sync::Arc;

use super::act::height;
use super::{Copy, Place};
use crate::domain::id::AgentName;
use crate::domain::signal::printable;
use crate::engine::state::State;
use crate::screen::{Gathered, Rows};
use crate::ui::actions::Action;
use crate::ui::view::{Mode, View};

/// What becomes of a pane's log that was asked for by [`Action::LookBack`].
#[derive(Clone, Debug)]
pub enum Past {
    /// So many hundredths of it are read.
    Reading(u8),
    /// It was read; whether there is more of it, further back.
    Read(Box<Gathered>, bool),
    /// It could not be read, and why.
    Unread(String),
}

/// How much of the log is known.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(in crate::ui) enum Known {
    /// What is in memory.
    Memory,
    /// It is being read: hundredths.
    Reading(u8),
    /// All of it.
    All,
    /// As much as is read of a log.
    Most,
}

/// What a person waits to see once the log is read.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(in crate::ui) enum Then {
    /// The oldest line.
    Top,
    /// So many rows further back.
    Up(usize),
    /// The next place further back where the text is.
    Older,
}

impl Copy {
    /// Asks for the log, unless that was done.
    pub(in crate::ui) fn ask(&mut self, view: &View, then: Option<Then>) -> Vec<Action> {
        if let Known::Reading(_) = self.known {
            self.then = then.or(self.then);
        }
        // What a recording has is all in its player's hands.
        if self.known != Known::Memory || view.deck.is_some() {
            return Vec::new();
        }
        (self.known, self.then) = (Known::Reading(0), then);
        vec![Action::LookBack { agent: self.agent.clone(), ticket: self.ticket }]
    }

    /// Puts what was read above what is known.
    fn join(&mut self, past: &Gathered) {
        let rolled: Vec<usize> = (0..).zip(&past.rolled).filter(|(_, r)| **r).map(|(i, _)| i).collect();
        // Rows that only memory has, and those that both have.
        let own = self.history.saturating_sub(rolled.len());
        let mut rows = Rows::default();
        rows.extend(&self.rows, 0, own);
        rows.extend(&past.rows, 0, past.rows.len());
        rows.extend(&self.rows, self.history, self.rows.len());
        let all = own + past.rows.len() + self.rows.len().saturating_sub(self.history);
        let lost = all - rows.len();
        let history = self.history;
        let moved = |row: usize| {
            let row = match history.checked_sub(row) {
                None | Some(0) => row - history + own + past.rows.len(),
                Some(back) if back <= rolled.len() => {
                    own + rolled.get(rolled.len() - back).copied().unwrap_or(0)
                }
                Some(_) => row,
            };
            row.saturating_sub(lost)
        };
        self.at.row = moved(self.at.row);
        self.top = moved(self.top);
        if let Some(select) = &mut self.select {
            select.from.row = moved(select.from.row);
        }
        if let Some(search) = &mut self.search {
            let here = search
                .at
                .and_then(|at| search.hits.get(at))
                .map(|h| Place { row: moved(h.from.row), ..h.from });
            *search = super::Search::new(&search.text, &rows);
            search.at = here.and_then(|from| search.hits.iter().position(|h| h.from == from));
        }
        self.history = rows.len().saturating_sub(self.rows.len().saturating_sub(history));
        self.rows = Arc::new(rows);
    }

    /// Moves on to where the person wanted to go.
    fn arrive(&mut self, height: usize) -> bool {
        match self.then.take() {
            Some(Then::Top) => self.go(Place::default(), height),
            Some(Then::Up(rows)) => {
                let by = isize::try_from(rows).map_or(isize::MIN + 1, |n| -n);
                self.page_on(by, height);
            }
            Some(Then::Older) => {
                let at = self.at;
                let older = self.search.as_ref().is_some_and(|s| s.hits.first().is_some_and(|h| h.from < at));
                if older || self.search.as_ref().is_some_and(|s| s.at.is_none()) {
                    self.next_hit(true, height);
                }
                return self.search.as_ref().is_none_or(|s| !s.hits.is_empty());
            }
            None => {}
        }
        true
    }
}

/// Something became of a log that was asked for with that ticket.
pub fn on_past(state: &State, view: &mut View, agent: &AgentName, ticket: u64, past: Past) {
    let height = height(state, view, agent);
    let Mode::Copy(copy) = &mut view.mode else { return };
    if copy.agent != *agent || copy.ticket != ticket || !matches!(copy.known, Known::Reading(_)) {
        return;
    }
    match past {
        Past::Reading(part) => copy.known = Known::Reading(part.min(99)),
        Past::Read(gathered, more) => {
            copy.known = if more { Known::Most } else { Known::All };
            copy.join(&gathered);
            let text = copy.search.as_ref().map(|s| printable(&s.text)).unwrap_or_default();
            if !copy.arrive(height) {
                view.complain(format!("`{text}` is not in what the pane printed"));
            }
        }
        Past::Unread(why) => {
            (copy.known, copy.then) = (Known::All, None);
            view.complain(format!("failed to read the log of {agent}: {}", printable(&why)));
        }
    }
}
