//! What fills the body in place of the panes: the review, the merge train, a branch, receipts.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use super::actions::Action;
use super::keymap::{Act, Op, When};
use super::view::View;
use super::{diff, incident, journal, plan, queries, receipts, review, train, workflow};
use crate::domain::id::AgentName;
use crate::engine::state::State;

/// Which one, and where its cursor is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Sheet {
    Review(review::Cursor),
    Train(train::Cursor),
    Receipts(receipts::Cursor),
    Plan(plan::Cursor),
    Journal(journal::Cursor),
    Diff(diff::Cursor),
    /// Where its cursors are is kept while others are seen.
    Incident,
    /// So it is here.
    Workflow,
}

impl Sheet {
    /// What keys mean while it is seen.
    pub fn when(self) -> When {
        match self {
            Self::Review(_) => When::Reviewing,
            Self::Train(_) => When::Training,
            Self::Receipts(_) => When::Receiving,
            Self::Plan(_) => When::Planning,
            Self::Journal(_) => When::Journaling,
            Self::Diff(_) => When::Diffing,
            Self::Incident => When::Investigating,
            Self::Workflow => When::Following,
        }
    }

    /// The agent its cursor is on.
    pub fn agent(self, state: &State, view: &View) -> Option<AgentName> {
        match self {
            Self::Review(cursor) => cursor.agent(state),
            Self::Train(cursor) => cursor.agent(state),
            Self::Receipts(cursor) => cursor.agent(state, &view.sent),
            Self::Plan(cursor) => cursor.agent(state, view),
            Self::Journal(cursor) => cursor.agent(state, view),
            Self::Diff(cursor) => cursor.agent(state),
            Self::Incident => incident::agent(state, view),
            Self::Workflow => workflow::agent(state, view),
        }
    }

    /// The keys that matter now, the most useful first, with another word than the table's where one is better.
    pub fn keys(self, state: &State, view: &View) -> Vec<(Op, Option<&'static str>)> {
        match self {
            Self::Review(cursor) => review::keys(state, cursor),
            Self::Train(_) => train::keys(state, view),
            Self::Receipts(_) => receipts::keys(),
            Self::Plan(cursor) => plan::keys(state, view, cursor),
            Self::Journal(_) => journal::keys(view),
            Self::Diff(_) => diff::keys(view),
            Self::Incident => incident::keys(state, view),
            Self::Workflow => workflow::keys(state, view),
        }
    }
}

pub(super) fn draw(buffer: &mut Buffer, state: &State, view: &View, body: Rect) {
    match view.sheet {
        Some(Sheet::Review(cursor)) => review::draw(buffer, state, view, cursor, body),
        Some(Sheet::Train(cursor)) => train::draw(buffer, state, view, cursor, body),
        Some(Sheet::Receipts(cursor)) => receipts::draw(buffer, state, view, cursor, body),
        Some(Sheet::Plan(cursor)) => plan::draw(buffer, state, view, cursor, body),
        Some(Sheet::Journal(cursor)) => journal::draw(buffer, state, view, cursor, body),
        Some(Sheet::Diff(_)) => diff::draw(buffer, state, view, body),
        Some(Sheet::Incident) => incident::draw(buffer, state, view, body),
        Some(Sheet::Workflow) => workflow::draw(buffer, state, view, body),
        None => {}
    }
}

/// Does what an operation says on the sheet it belongs to, which is opened for it where it is not yet.
pub(super) fn perform(state: &State, view: &mut View, when: When, op: Op) -> Vec<Action> {
    match (when, view.sheet) {
        (When::Reviewing, Some(Sheet::Review(cursor))) => review::perform(state, view, cursor, op),
        (When::Reviewing, _) => {
            let cursor = review::Cursor::at(state, view.focused(state).as_ref());
            view.sheet = Some(Sheet::Review(cursor));
            review::perform(state, view, cursor, op)
        }
        (When::Training, Some(Sheet::Train(cursor))) => train::perform(state, view, cursor, op),
        (When::Training, _) => {
            let cursor = train::Cursor::default();
            view.sheet = Some(Sheet::Train(cursor));
            train::perform(state, view, cursor, op)
        }
        (When::Diffing, Some(Sheet::Diff(_))) => diff::perform(state, view, op),
        (When::Diffing, _) => {
            let Some(agent) = view.focused(state) else { return Vec::new() };
            diff::open(state, view, &agent)
        }
        (When::Receiving, open) => {
            // What is not seen yet is not acted on.
            let (cursor, op) = match open {
                Some(Sheet::Receipts(cursor)) => (cursor, op),
                _ => (receipts::Cursor::default(), Op::Act(Act::Receipts)),
            };
            view.sheet = Some(Sheet::Receipts(cursor));
            receipts::perform(state, view, cursor, op)
        }
        (When::Planning, Some(Sheet::Plan(cursor))) => plan::perform(state, view, cursor, op),
        (When::Planning, _) => {
            view.trial = None;
            view.sheet = Some(Sheet::Plan(plan::Cursor::default()));
            Vec::new()
        }
        (When::Journaling, Some(Sheet::Journal(cursor))) => journal::perform(state, view, cursor, op),
        (When::Journaling, _) => {
            view.sheet = Some(Sheet::Journal(journal::Cursor::default()));
            Vec::new()
        }
        (When::Investigating, Some(Sheet::Incident)) => incident::perform(state, view, op),
        (When::Investigating, _) => {
            incident::open(state, view);
            incident::perform(state, view, op)
        }
        (When::Following, Some(Sheet::Workflow)) => workflow::perform(state, view, op),
        (When::Following, _) => {
            workflow::open(state, view);
            workflow::perform(state, view, op)
        }
        _ => Vec::new(),
    }
}

/// Opens what an action of the dashboard is about.
pub(super) fn act(state: &State, view: &mut View, act: Act) -> Vec<Action> {
    match act {
        Act::Receipts => perform(state, view, When::Receiving, Op::Act(act)),
        Act::Plan => perform(state, view, When::Planning, Op::Act(act)),
        Act::Queries => queries::open(state, view),
        Act::Incident => incident::open(state, view),
        Act::Workflow => workflow::open(state, view),
        Act::Dismiss => {
            view.sent = receipts::Sent::default();
            Vec::new()
        }
        _ => Vec::new(),
    }
}

/// The left button was pressed there once.
pub(super) fn click(state: &State, view: &mut View, at: Position) -> Vec<Action> {
    match view.sheet {
        Some(Sheet::Review(cursor)) => review::click(state, view, cursor, at),
        Some(Sheet::Train(cursor)) => train::click(state, view, cursor, at),
        Some(Sheet::Receipts(cursor)) => receipts::click(state, view, cursor, at),
        Some(Sheet::Plan(cursor)) => plan::click(state, view, cursor, at),
        Some(Sheet::Journal(cursor)) => journal::click(state, view, cursor, at),
        Some(Sheet::Diff(_)) => diff::click(state, view, at),
        Some(Sheet::Incident) => incident::click(state, view, at),
        Some(Sheet::Workflow) => workflow::click(state, view, at),
        None => Vec::new(),
    }
}
