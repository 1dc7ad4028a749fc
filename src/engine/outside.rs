//! Moves of the target by others: noticed, told, and nothing that was planned before holds any more.

use super::Step;
use super::confirm::ABOUT_TARGET;
use super::train::TrainPhase;
use crate::domain::id::Oid;
use crate::domain::record::Record;
use crate::domain::train::{Applied, Undone};

/// Where the target was seen. Not durable: a server that takes over begins with where its latest train left it.
#[derive(Clone, Debug, Default)]
pub(super) struct Sight {
    /// Where it is, as far as is known.
    at: Option<Oid>,
    /// From where to where others moved it since a train last did.
    moved: Option<(Oid, Oid)>,
}

impl Sight {
    /// Where the target is, as far as is known.
    pub fn at(&self) -> Option<&Oid> {
        self.at.as_ref()
    }
}

impl Step<'_> {
    /// Follows the moves that trains make.
    pub(super) fn follow_target(&mut self, record: &Record) {
        let Some(train) = &self.state.train else { return };
        let at = match record {
            Record::TrainApplied { applied: Applied::Moved, .. } => train.landed.clone(),
            Record::TrainUndone { undone: Undone::Back { .. }, .. } => Some(train.began.clone()),
            _ => return,
        };
        self.state.sight = Sight { at, moved: None };
    }

    /// The target was seen at `oid` by a look that began when it was known to be at `then`.
    pub(super) fn target_seen(&mut self, then: Option<&Oid>, oid: &Oid) {
        let moving = |p| matches!(p, TrainPhase::Applying | TrainPhase::Undoing);
        // A look that began before a train moved it says nothing of now.
        let moving = self.state.train.as_ref().is_some_and(|t| moving(t.phase));
        if moving || oid.0.is_empty() || self.state.sight.at() != then {
            return;
        }
        let left = self.state.train.as_ref().and_then(|t| match t.phase {
            TrainPhase::Undone => Some(t.began.clone()),
            _ => t.landed.clone(),
        });
        let before = self.state.sight.at.replace(oid.clone()).or(left);
        let Some(before) = before.filter(|before| before != oid) else { return };
        let target = &self.state.config.merge.target;
        let text = format!(
            "{target} was moved by others: {} → {}; what was planned of it does not hold any more",
            before.short(),
            oid.short()
        );
        let from = self.state.sight.moved.take().map_or(before, |(from, _)| from);
        self.state.sight.moved = Some((from, oid.clone()));
        self.record(Record::Note { text: text.clone() });
        self.end_stale(ABOUT_TARGET, &text);
    }

    /// What is to be said with a plan of where the target is; none where only trains have moved it.
    pub(super) fn moved_by_others(&self) -> Option<String> {
        let (from, to) = self.state.sight.moved.as_ref()?;
        let target = &self.state.config.merge.target;
        Some(format!("{target} was moved by others since: {} → {}.", from.short(), to.short()))
    }
}
