//! The incident that a fleet works on: what triage says, what its specialists find, what follows from it, and the
//! postmortem as it forms. Live as in a recording.

mod act;
mod axis;
mod causes;
mod digest;
mod draw;
mod finding;
mod form;
mod list;
mod parts;
mod postmortem;
mod times;
mod triage;

pub(super) use self::act::{click, keys, open, perform, seek, wheel};
pub(super) use self::digest::{agent, beside};
pub(super) use self::draw::draw;
pub(super) use self::form::{
    Form, answered, area as form_area, click as click_form, draw as draw_form, edit, failed, on_form, paste,
};
use std::time::Duration;

use super::sheet::Sheet;
use super::view::View;
use crate::domain::incident::case::{Case, Progress, Stage};
use crate::domain::time::Time;
use crate::engine::state::State;

/// A part of what is seen.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Debug)]
pub(super) enum Part {
    /// The answers, the route, who was left out, doubts, the report.
    Triage,
    /// Findings on one time axis, a row for each specialist.
    #[default]
    Findings,
    /// What follows from them.
    Causes,
    /// The drafts and the text.
    Postmortem,
}

impl Part {
    const ALL: [Self; 4] = [Self::Triage, Self::Findings, Self::Causes, Self::Postmortem];

    fn word(self) -> &'static str {
        match self {
            Self::Triage => "triage",
            Self::Findings => "findings",
            Self::Causes => "causes",
            Self::Postmortem => "postmortem",
        }
    }

    /// The part so many places on.
    fn step(self, by: usize) -> Self {
        let at = Self::ALL.iter().position(|p| *p == self).unwrap_or(0);
        Self::ALL.get((at + by) % Self::ALL.len()).copied().unwrap_or_default()
    }
}

/// What one client sees of it.
#[derive(Clone, Default, Debug)]
pub(super) struct Page {
    /// Of which incident the rest is.
    case: u32,
    part: Part,
    /// Whether the part alone is seen.
    alone: bool,
    /// The finding that is looked at, by its place in the order of arrival; none: the earliest that is an instant.
    chosen: Option<usize>,
    /// Rows above what is seen, of each part that scrolls.
    scroll: [usize; 4],
    /// What was looked for last.
    query: String,
    /// What opens an incident, while it is not open yet.
    form: Option<Box<Form>>,
}

impl Page {
    fn scroll_of(&self, part: Part) -> usize {
        self.scroll.get(part as usize).copied().unwrap_or(0)
    }

    fn scroll_to(&mut self, part: Part, to: usize) {
        if let Some(scroll) = self.scroll.get_mut(part as usize) {
            *scroll = to;
        }
    }

    /// What of it holds for that incident.
    fn of(&self, case: &Case) -> Self {
        if self.case == case.number {
            return self.clone();
        }
        Self { case: case.number, part: self.part, form: self.form.clone(), ..Self::default() }
    }
}

impl View {
    /// The next moment at which one second less is left of what is counted down here.
    pub(super) fn observe_incident(&self, state: &State, now: Time) -> Option<Time> {
        let case = state.incident.as_deref().filter(|_| self.sheet == Some(Sheet::Incident))?;
        let counts = case.specialists.iter().any(|s| s.progress == Progress::Looking && s.until.is_some());
        (counts && case.stage != Stage::Closed && self.deck.is_none())
            .then(|| now.plus(Duration::from_secs(1)))
    }
}
